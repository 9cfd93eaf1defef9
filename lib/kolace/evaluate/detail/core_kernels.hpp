// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/evaluate/atomic_results.hpp>
#include <kolace/evaluate/detail/core_pairs.hpp>
#include <kolace/evaluate/detail/force_sum.hpp>

/// @file
/// Kernels for core repulsion that is not tabulated with the sums of rank 1 (SiteEnergy).

namespace kolace::detail {

/// Pair forces of the core repulsion of one center.
template <class Space> class CoreForces {
public:
  using Target = typename ForceSum<Space>::Target;
  using T = typename LaneTraits<Space, double>::type;

  KOKKOS_FUNCTION CoreForces(NeighborsView<Space> const& pairs, int center, Target const& target,
                             AtomicResults<Space> const& results)
      : results_(results), sum_(target), atom_(pairs.atom(center)),
        first_pair_(pairs.row(center, atom_).pair), has_forces_(results.forces.extent(0) > 0) {}

  /// Adds the forces of dE/dr = `derivative` along pairs.
  KOKKOS_FUNCTION void add(CorePairs<T> const& found, T derivative) {
    T const scale = derivative / found.r;
    T f[3];
    for (int x = 0; x < 3; ++x) {
      f[x] = scale * found.d[x]; // dE_i/dr_j
      own_[x] += f[x];
    }
    int const first[6] = {0, 1, 2, 1, 0, 0}, second[6] = {0, 1, 2, 2, 2, 1};
    for (int v = 0; v < 6; ++v)
      virial_[v] = virial_[v] - found.d[first[v]] * f[second[v]];
    for (int lane = 0; lane < found.n; ++lane) {
      double const force[3] = {lane_get(f[0], lane), lane_get(f[1], lane), lane_get(f[2], lane)};
      int const j = found.j[lane];
      for (int x = 0; x < 3 && has_forces_; ++x)
        sum_.add(j, x, -force[x]);
      for (int x = 0; x < 3 && results_.pair_gradients.extent(0) > 0; ++x)
        results_.pair_gradients(first_pair_ + found.k[lane], x) += force[x];
      for (int x = 0; x < 9 && results_.centroid_virials.extent(0) > 0; ++x)
        Kokkos::atomic_add(&results_.centroid_virials(j, x),
                           -lane_get(found.d[x / 3], lane) * force[x % 3]);
    }
  }

  /// Adds what belongs to the center itself.
  KOKKOS_FUNCTION void finish() const {
    for (int v = 0; v < 6 && results_.virials.extent(0) > 0; ++v)
      results_.virials(atom_, v) += lane_sum(virial_[v]);
    for (int x = 0; x < 3 && has_forces_; ++x)
      sum_.add(atom_, x, lane_sum(own_[x]));
  }

private:
  AtomicResults<Space> const& results_;
  typename Target::Access sum_;
  int atom_;
  std::size_t first_pair_;
  bool has_forces_;
  T own_[3] = {T(0.), T(0.), T(0.)};
  T virial_[6] = {T(0.), T(0.), T(0.), T(0.), T(0.), T(0.)};
};

/// Sums phi over a center's neighbors. About 100 FLOPs per pair, most of them in polynomials for
/// exp and cos; 28 bytes read. For Gaussian cores, the pair forces are added immediately with
/// weight 1, the weight of all atoms that are not strongly compressed; CoreForceKernel corrects the
/// others. With inner cutoffs of type zbl, finds the neighbor that is deepest inside its inner
/// cutoff; only centers with a neighbor inside one need the sum: 10 FLOPs per pair for the others.
template <class Space> struct CoreSumKernel {
  NeighborsView<Space> pairs;
  Array<CoreBond, Space> bonds;
  int n_elements;
  bool zbl, has_derivatives;
  typename ForceSum<Space>::Target forces;
  AtomicResults<Space> results;
  Array<double, Space> density, closest_distance;
  Array<int, Space> closest_neighbor;

  KOKKOS_FUNCTION void operator()(int center) const {
    int const i = pairs.atom(center), element = pairs.species(i);
    if (element < 0 || element >= n_elements)
      return;
    double deepest = Kokkos::Experimental::infinity_v<double>, width = 0;
    int which = 0;
    if (zbl) {
      NeighborRow const row = pairs.row(center, i);
      for (int k = 0; k < row.count; ++k) {
        int const j = row[k], mu = pairs.species(j);
        if (mu < 0 || mu >= n_elements)
          continue;
        auto const& bond = bonds(element * n_elements + mu);
        auto const d = row.displacement(k, j);
        double const r = Kokkos::sqrt(d.x * d.x + d.y * d.y + d.z * d.z),
                     depth = r - (bond.r_in - bond.delta_in);
        if (r < bond.cutoff && depth < deepest)
          deepest = depth, which = k, width = bond.delta_in;
      }
    }
    using T = typename LaneTraits<Space, double>::type;
    T sum(0.);
    if (!zbl && has_derivatives) {
      CoreForces<Space> of_center(pairs, center, forces, results);
      for_each_core_pair(pairs, bonds, n_elements, center, false, [&](CorePairs<T> const& found) {
        sum += found.value;
        of_center.add(found, found.derivative);
      });
      of_center.finish();
    } else if (!zbl || deepest < width) {
      for_each_core_pair(pairs, bonds, n_elements, center, false,
                         [&](CorePairs<T> const& found) { sum += found.value; });
    }
    density(center) = lane_sum(sum);
    closest_distance(center) = deepest;
    closest_neighbor(center) = which;
  }
};

/// Adds the pair forces of the core that CoreSumKernel has not added: weight · phi'(r) along each
/// pair, plus the term of the closest neighbor.
template <class Space> struct CoreForceKernel {
  NeighborsView<Space> pairs;
  Array<CoreBond, Space> bonds;
  int n_elements;
  double added; ///< weight of the forces of CoreSumKernel
  Array<double, Space> core_weight, closest_weight;
  Array<int, Space> closest_neighbor;
  typename ForceSum<Space>::Target forces;
  AtomicResults<Space> results;

  KOKKOS_FUNCTION void operator()(int center) const {
    int const element = pairs.species(pairs.atom(center));
    if (element < 0 || element >= n_elements)
      return;
    double const weight = core_weight(center) - added, of_closest = closest_weight(center);
    if (weight == 0 && of_closest == 0)
      return;
    int const closest = closest_neighbor(center);
    CoreForces<Space> of_center(pairs, center, forces, results);
    using T = typename LaneTraits<Space, double>::type;
    for_each_core_pair(pairs, bonds, n_elements, center, of_closest != 0,
                       [&](CorePairs<T> const& found) {
                         T derivative = T(weight) * found.derivative;
                         for (int lane = 0; lane < found.n; ++lane)
                           if (found.k[lane] == closest)
                             lane_set(derivative, lane, lane_get(derivative, lane) + of_closest);
                         of_center.add(found, derivative);
                       });
    of_center.finish();
  }
};

} // namespace kolace::detail
