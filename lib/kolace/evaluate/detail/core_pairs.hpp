// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/lane_math.hpp>
#include <kolace/core/spaces.hpp>
#include <kolace/core/types.hpp>
#include <kolace/evaluate/detail/core_functions.hpp>
#include <kolace/neighbors/neighbors_view.hpp>

namespace kolace::detail {

/// One neighbor of a center within the cutoff of its core repulsion.
struct CorePair {
  int k = 0, j = 0; ///< entry of the list, and its atom
  CoreBond const* bond = nullptr;
  double d[3] = {0, 0, 0}; ///< r_j - r_i, Angstrom
  double r = 0;            ///< its length
};

/// Gaussian core repulsion of lanes of pairs: phi and its derivative without inner cutoff. One exp,
/// sine and cosine for all lanes.
/// @pre lambda r^2 < 50, r < cutoff
template <class T>
KOKKOS_FUNCTION void gaussian_core(T r, T prefactor, T lambda, T cutoff, T& value, T& derivative) {
  constexpr double pi = 3.14159265358979323846;
  T const inverse = T(1.) / r, per_cutoff = T(1.) / cutoff;
  T const e = prefactor * lane_exp(T(0.) - lambda * r * r) * inverse;
  T sine, cosine;
  lane_sincospi(r * per_cutoff, sine, cosine);
  T const f = T(0.5) * (T(1.) + cosine), df = T(-0.5 * pi) * per_cutoff * sine;
  value = e * f;
  derivative = e * (df - f * (T(2.) * lambda * r + inverse));
}

/// Calls visit(pair, phi) with value and derivative of the core repulsion of every neighbor of a
/// center within its cutoff. Gaussian cores are evaluated for all lanes of a host's vectors at
/// once.
template <class Space, class Visit>
KOKKOS_FUNCTION void for_each_core_pair(NeighborsView<Space> const& pairs,
                                        Array<CoreBond, Space> const& bonds, int n_elements,
                                        int center, Visit const& visit) {
  using T = typename LaneTraits<Space, double>::type;
  constexpr int width = LaneTraits<Space, double>::width;
  int const i = pairs.atom(center), row_of_bonds = pairs.species(i) * n_elements;
  NeighborRow const row = pairs.row(center, i);
  CorePair waiting[width];
  int n = 0;
  auto const evaluate = [&] {
    T r(1.), prefactor(0.), lambda(1.), cutoff(2.);
    for (int lane = 0; lane < n; ++lane) {
      CoreBond const& bond = *waiting[lane].bond;
      lane_set(r, lane, waiting[lane].r);
      lane_set(prefactor, lane, bond.prefactor);
      lane_set(lambda, lane, bond.lambda);
      lane_set(cutoff, lane, bond.cutoff);
    }
    T value, derivative;
    gaussian_core(r, prefactor, lambda, cutoff, value, derivative);
    for (int lane = 0; lane < n; ++lane) {
      CoreBond const& bond = *waiting[lane].bond;
      ValueDerivative phi{lane_get(value, lane), lane_get(derivative, lane)};
      if (bond.inner) {
        ValueDerivative const p = step_down(waiting[lane].r, bond.r_in, bond.delta_in);
        phi = {phi.value * p.value, phi.derivative * p.value + phi.value * p.derivative};
      }
      visit(waiting[lane], phi);
    }
    n = 0;
  };
  for (int k = 0; k < row.count; ++k) {
    int const j = row[k], mu = pairs.species(j);
    if (mu < 0 || mu >= n_elements)
      continue;
    auto const& bond = bonds(row_of_bonds + mu);
    auto const d = row.displacement(k, j);
    double const square = d.x * d.x + d.y * d.y + d.z * d.z;
    if (!(square < bond.cutoff * bond.cutoff))
      continue;
    CorePair const pair{k, j, &bond, {d.x, d.y, d.z}, Kokkos::sqrt(square)};
    if (bond.zbl) {
      visit(pair, bond(pair.r));
    } else if (bond.prefactor != 0 && bond.lambda * square < 50) {
      waiting[n++] = pair;
      if (n == width)
        evaluate();
    } else {
      visit(pair, ValueDerivative{0, 0});
    }
  }
  if (n > 0)
    evaluate();
}

} // namespace kolace::detail
