// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/lane_math.hpp>
#include <kolace/core/types.hpp>
#include <kolace/evaluate/detail/core_functions.hpp>
#include <kolace/neighbors/neighbors_view.hpp>

namespace kolace::detail {

/// Neighbors of a center within the cutoff of its core repulsion, one per lane. Lanes from `n` on
/// have phi = 0 and d = 0.
template <class T> struct CorePairs {
  static constexpr int width = lane_width<T>;
  int n = 0;
  int k[width] = {}, j[width] = {};    ///< entries of the list, and their atoms
  T d[3] = {T(0.), T(0.), T(0.)};      ///< r_j - r_i, Angstrom
  T r = T(1.);                         ///< its length
  T value = T(0.), derivative = T(0.); ///< phi, eV, and phi', eV/Angstrom
};

/// Gaussian core repulsion: phi and its derivative without inner cutoff. One exp, sine and cosine
/// for all lanes.
/// @pre lambda r^2 < 50, r < cutoff
template <class T>
KOKKOS_FORCEINLINE_FUNCTION void gaussian_core(T r, T prefactor, T lambda, T per_cutoff, T& value,
                                               T& derivative) {
  constexpr double pi = 3.14159265358979323846;
  T const inverse = T(1.) / r, lambda_r = lambda * r;
  T const e = prefactor * lane_exp(T(0.) - lambda_r * r) * inverse;
  T sine, cosine;
  lane_sincospi(r * per_cutoff, sine, cosine);
  T const f = T(0.5) * (T(1.) + cosine), df = T(-0.5 * pi) * per_cutoff * sine;
  value = e * f;
  derivative = e * (df - f * (T(2.) * lambda_r + inverse));
}

/// Calls visit(CorePairs) for the neighbors of a center within the cutoff of their core repulsion.
/// Gaussian cores are evaluated for all lanes of a host's vectors at once.
/// @param all true: also visits neighbors within the cutoff that have no Gaussian core, with phi =
/// 0
template <class Space, class Visit>
KOKKOS_FUNCTION void for_each_core_pair(NeighborsView<Space> const& pairs,
                                        Array<CoreBond, Space> const& bonds, int n_elements,
                                        int center, bool all, Visit const& visit) {
  using T = typename LaneTraits<Space, double>::type;
  constexpr int width = CorePairs<T>::width;
  int const i = pairs.atom(center), first_bond = pairs.species(i) * n_elements;
  NeighborRow const row = pairs.row(center, i);
  int k_of[width], j_of[width], bond_of[width], n = 0;
  alignas(64) double d[3][width], square[width], prefactor[width], lambda[width], per_cutoff[width];
  auto const evaluate = [&] {
    CorePairs<T> found;
    found.n = n;
    for (int lane = n; lane < width; ++lane) {
      d[0][lane] = d[1][lane] = d[2][lane] = prefactor[lane] = 0;
      square[lane] = lambda[lane] = per_cutoff[lane] = 0.5;
    }
    for (int lane = 0; lane < n; ++lane) {
      found.k[lane] = k_of[lane];
      found.j[lane] = j_of[lane];
    }
    for (int x = 0; x < 3; ++x)
      found.d[x] = lane_load<T>(d[x]);
    found.r = lane_sqrt(lane_load<T>(square));
    gaussian_core(found.r, lane_load<T>(prefactor), lane_load<T>(lambda), lane_load<T>(per_cutoff),
                  found.value, found.derivative);
    for (int lane = 0; lane < n; ++lane)
      if (CoreBond const& bond = bonds(bond_of[lane]); bond.inner) {
        ValueDerivative const p = step_down(lane_get(found.r, lane), bond.r_in, bond.delta_in);
        double const value = lane_get(found.value, lane),
                     derivative = lane_get(found.derivative, lane);
        lane_set(found.value, lane, value * p.value);
        lane_set(found.derivative, lane, derivative * p.value + value * p.derivative);
      }
    visit(found);
    n = 0;
  };
  for (int k = 0; k < row.count; ++k) {
    int const j = row[k], mu = pairs.species(j);
    if (mu < 0 || mu >= n_elements)
      continue;
    auto const& bond = bonds(first_bond + mu);
    auto const to = row.displacement(k, j);
    double const r2 = to.x * to.x + to.y * to.y + to.z * to.z;
    if (!(r2 < bond.cutoff * bond.cutoff))
      continue;
    if (!bond.zbl && bond.prefactor != 0 && bond.lambda * r2 < 50) {
      k_of[n] = k;
      j_of[n] = j;
      bond_of[n] = first_bond + mu;
      d[0][n] = to.x;
      d[1][n] = to.y;
      d[2][n] = to.z;
      square[n] = r2;
      prefactor[n] = bond.prefactor;
      lambda[n] = bond.lambda;
      per_cutoff[n] = 1 / bond.cutoff;
      if (++n == width)
        evaluate();
      continue;
    }
    if (!bond.zbl && !all)
      continue;
    CorePairs<T> one;
    one.n = 1;
    one.k[0] = k;
    one.j[0] = j;
    lane_set(one.d[0], 0, to.x);
    lane_set(one.d[1], 0, to.y);
    lane_set(one.d[2], 0, to.z);
    double const r = Kokkos::sqrt(r2);
    lane_set(one.r, 0, r);
    if (bond.zbl) {
      ValueDerivative const phi = bond.screened_core(r);
      lane_set(one.value, 0, phi.value);
      lane_set(one.derivative, 0, phi.derivative);
    }
    visit(one);
  }
  if (n > 0)
    evaluate();
}

} // namespace kolace::detail
