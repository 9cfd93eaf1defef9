// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/angular/harmonics.hpp>
#include <kolace/core/lane_math.hpp>
#include <kolace/core/scratch.hpp>
#include <kolace/core/team_loops.hpp>
#include <kolace/core/tuning.hpp>
#include <kolace/evaluate/detail/pair_store.hpp>
#include <kolace/model/device_basis.hpp>
#include <kolace/neighbors/neighbors_view.hpp>

namespace kolace::detail {

/// Derivatives that pair tables hold. With `radial`, they hold no harmonics: sum_harmonics() needs
/// none.
enum class PairDerivatives { none, radial, all };

/// Tables in team scratch for a segment of a center's neighbors of one element: g_k, sums of them
/// (PairSums), R_nl and derivatives, real harmonics and gradients. Rows of `capacity` pairs; lanes
/// after the last pair are placed at the cutoff and contribute zero.
///
/// FLOPs per pair: 9 K (Chebyshev recurrences; 8 K for each sum) + 30 (lmax+1)^2 (harmonics; 3
/// without gradients) + 4 calls of exp, cos.
template <class Space, PairDerivatives derivatives, class Scalar = double> struct PairTables {
  using T = typename LaneTraits<Space, Scalar>::type;
  static constexpr int width = LaneTraits<Space, Scalar>::width;
  static constexpr int capacity = // of equal bytes, since sizes are tuned for doubles
      (tuned_as_host<Space> ? int(sizeof(double) / sizeof(Scalar)) : 1) *
      (derivatives == PairDerivatives::none     ? Tuning<Space>::segment_of_values
       : derivatives == PairDerivatives::radial ? Tuning<Space>::segment_of_slopes
                                                : Tuning<Space>::segment_of_gradients);
  static_assert(capacity % width == 0);
  using Member = typename Kokkos::TeamPolicy<Space>::member_type;
  /// Row k holds one number per pair of the segment.
  using Rows = LaneColumn<T, capacity>;

  Rows g, dg;              ///< [n_radial]
  Rows rank1, drank1;      ///< [layout.n_radial]: g, dg themselves, or their sums (PairSums)
  Rows r, dr;              ///< R_nl and derivatives; g, dg themselves if R_nl = g_n
  Rows y, gradient[3];     ///< [n_harmonics]
  Rows unit, displacement; ///< [3] r_j - r_i over r, and r_j - r_i, Angstrom
  Rows inverse;            ///< 1/r [1]
  int* neighbor;           ///< [capacity] atom index
  int* pair;               ///< [capacity] index within the row of the center
  int* state;  ///< [0] number of pairs in the segment, [1] next pair of the row, [2] end of the row
  int* sorted; ///< [sorted_neighbors] pairs of a row by element, see sort_row()
  int* first_sorted; ///< [n_elements + 2] first of each element; [0] = -1: not sorted
  int n_radial;      ///< number of rows of g
  int n_sums;        ///< number of rows of rank1 that are sums

  static constexpr bool has_slopes = derivatives != PairDerivatives::none;
  static constexpr bool has_gradients = derivatives == PairDerivatives::all;
  static constexpr bool has_harmonics = derivatives != PairDerivatives::radial;

  /// @param with_rank1 false: omit what only rank 1 needs
  KOKKOS_FORCEINLINE_FUNCTION PairTables(Scratch<Space>& scratch,
                                         DeviceBasis<Space, Scalar> const& basis,
                                         bool with_rank1 = true)
      : n_radial(with_rank1 || !basis.radial.is_plain() ? basis.radial.n_functions
                                                        : basis.layout.n_max),
        n_sums(with_rank1 ? basis.radial.n_sums : 0) {
    auto const take = [&](int rows) {
      return Rows(scratch.template take<Scalar>(rows * capacity));
    };
    int const n_harmonics = basis.layout.n_harmonics(), transformed = basis.radial.n_transformed;
    r = g = take(n_radial);
    if (transformed > 0)
      r = take(transformed);
    if constexpr (has_slopes) {
      dr = dg = take(n_radial);
      if (transformed > 0)
        dr = take(transformed);
    }
    rank1 = g;
    drank1 = dg;
    if (n_sums > 0) {
      rank1 = take(n_sums);
      if constexpr (has_slopes)
        drank1 = take(n_sums);
    }
    if constexpr (has_harmonics)
      y = take(n_harmonics);
    if constexpr (has_gradients)
      for (Rows& rows : gradient)
        rows = take(n_harmonics);
    unit = take(3);
    displacement = take(3);
    inverse = take(1);
    neighbor = scratch.template take<int>(capacity);
    pair = scratch.template take<int>(capacity);
    state = scratch.template take<int>(3);
    bool const sorts = sorts_rows && basis.n_elements() > 1;
    sorted = scratch.template take<int>(sorts ? Tuning<Space>::sorted_neighbors : 0);
    first_sorted = scratch.template take<int>(sorts ? basis.n_elements() + 2 : 0);
  }

  /// Prepares the row of a center for for_each_segment(): with several elements, a host finds the
  /// pairs of all of them in one pass. Their order within an element remains.
  KOKKOS_FUNCTION void sort_row(DeviceBasis<Space, Scalar> const& basis,
                                NeighborsView<Space> const& pairs, int center) const {
    if constexpr (sorts_rows) {
      int const n = basis.n_elements();
      if (n == 1)
        return;
      NeighborRow const row = pairs.row(center, pairs.atom(center));
      if (row.count > Tuning<Space>::sorted_neighbors) {
        first_sorted[0] = -1;
        return;
      }
      int const* const species = pairs.species.data();
      auto const element_of = [&](int at) { // n: an atom to ignore
        int const element = species[row[at]];
        return element < 0 ? n : element;
      };
      for (int e = 0; e <= n + 1; ++e)
        first_sorted[e] = 0;
      for (int at = 0; at < row.count; ++at)
        ++first_sorted[element_of(at) + 1];
      for (int e = 1; e <= n; ++e) // one place ahead: the next loop moves each to its end
        first_sorted[e + 1] += first_sorted[e];
      for (int at = 0; at < row.count; ++at)
        sorted[first_sorted[element_of(at)]++] = at;
      for (int e = n; e > 0; --e)
        first_sorted[e] = first_sorted[e - 1];
      first_sorted[0] = 0;
    }
  }

  /// False if no pair of the row is of element `mu`; true where that is not known.
  /// @pre sort_row() was called for the center
  KOKKOS_FUNCTION bool may_have_pairs(DeviceBasis<Space, Scalar> const& basis, int mu) const {
    return !is_sorted(basis) || first_sorted[mu] < first_sorted[mu + 1];
  }

  /// Loops over the neighbors of element `mu` of the `center`-th center in segments of at most
  /// `capacity`: fills the tables of each, then calls visit(count) on the whole team.
  /// @pre sort_row() was called for the center
  template <class Visit>
  KOKKOS_FUNCTION void for_each_segment(Member const& team, DeviceBasis<Space, Scalar> const& basis,
                                        NeighborsView<Space> const& pairs, int center, int mu,
                                        int bond, Visit const& visit) const {
    team_once<Space>(team, [&] {
      bool const sorted_row = is_sorted(basis);
      state[1] = sorted_row ? first_sorted[mu] : 0;
      state[2] = sorted_row ? first_sorted[mu + 1] : pairs.row(center, pairs.atom(center)).count;
    });
    while (true) {
      int const count = gather(team, basis, pairs, center, mu, basis.radial.bonds(bond).cutoff());
      if (count == 0)
        return;
      evaluate(team, basis, bond, count);
      visit(count);
    }
  }

  /// For visitors of for_each_segment(): true if no segment follows. A last segment may be followed
  /// by pairs beyond the cutoff; then this is false.
  KOKKOS_FUNCTION bool at_end() const { return state[1] >= state[2]; }

  /// The same for pairs that an earlier loop has stored; without sort_row().
  template <class Visit>
  KOKKOS_FUNCTION void
  for_each_stored_segment(Member const& team, DeviceBasis<Space, Scalar> const& basis,
                          PairStore<Space, Scalar> const& store, int slot, int center_atom, int mu,
                          int bond, Visit const& visit) const {
    for (int at = store.first(slot, mu); at < store.first(slot, mu + 1); at += capacity) {
      int const left = store.first(slot, mu + 1) - at, count = left < capacity ? left : capacity;
      for (int x = 0; x < 3; ++x) {
        Scalar const* const from = &store.vectors(slot, x, at);
        Scalar* const to = &displacement.lane(x);
        for (int p = 0; p < count; ++p)
          to[p] = from[p];
      }
      for (int p = 0; p < count; ++p) {
        neighbor[p] = store.indices(slot, 0, at + p);
        pair[p] = store.indices(slot, 1, at + p);
      }
      fill_lanes(team, count, center_atom, basis.radial.bonds(bond).cutoff());
      evaluate(team, basis, bond, count);
      visit(count);
    }
  }

private:
  static constexpr bool sorts_rows = Tuning<Space>::sorted_neighbors > 0;

  KOKKOS_FORCEINLINE_FUNCTION bool is_sorted(DeviceBasis<Space, Scalar> const& basis) const {
    return sorts_rows && basis.n_elements() > 1 && first_sorted[0] == 0;
  }

  /// Collects the next pairs whose neighbor is of element `mu` and within the cutoff. `state[1]`
  /// must hold the first pair to consider (relative to the row).
  /// @return number of pairs
  KOKKOS_FUNCTION int gather(Member const& team, DeviceBasis<Space, Scalar> const& basis,
                             NeighborsView<Space> const& pairs, int center, int mu,
                             double cutoff) const {
    team_wait<Space>(team);
    int const atom_of_center = pairs.atom(center);
    NeighborRow const row = pairs.row(center, atom_of_center);
    int const n_row = state[2];
    double const limit = cutoff * cutoff;
    int const* const species = pairs.species.data();
    struct Candidate {
      int atom, pair;
      NeighborRow::Vector r;
      bool belongs;
    };
    auto const look_at = [&](int at) {
      int const atom = row[at];
      auto const r = row.displacement(at, atom);
      // Tests for "outside", not "within": NaN must show in the results.
      bool const outside = r.x * r.x + r.y * r.y + r.z * r.z >= limit;
      return Candidate{atom, at, r, species[atom] == mu && !outside};
    };
    auto const put = [&](Candidate const& candidate, int at) {
      neighbor[at] = candidate.atom;
      pair[at] = candidate.pair;
      Rows const vector = displacement.at(at);
      vector.lane(0) = static_cast<Scalar>(candidate.r.x);
      vector.lane(1) = static_cast<Scalar>(candidate.r.y);
      vector.lane(2) = static_cast<Scalar>(candidate.r.z);
    };
    if constexpr (Tuning<Space>::scans_for_neighbors) { // one pair per thread, within a window
      int next = state[1], count = 0;
      while (count == 0 && next < n_row) {
        int const window = n_row - next < capacity ? n_row - next : capacity;
        Kokkos::parallel_scan(
            Kokkos::TeamThreadRange(team, window),
            [&](int k, int& before, bool last) {
              Candidate const candidate = look_at(next + k);
              if (last && candidate.belongs)
                put(candidate, before);
              before += candidate.belongs;
            },
            count);
        next += window;
      }
      team_wait<Space>(team);
      team_once<Space>(team, [&] {
        state[0] = count;
        state[1] = next;
      });
    } else {
      int next = state[1], count = 0;
      auto const collect = [&](int end,
                               auto const& pair_of) { // branch-free: write, then keep or not
        for (; next < end && count < capacity; ++next) {
          Candidate const candidate = look_at(pair_of(next));
          put(candidate, count);
          count += candidate.belongs;
        }
      };
      if (is_sorted(basis))
        collect(n_row, [&](int k) { return sorted[k]; });
      else
        collect(n_row, [](int k) { return k; });
      state[0] = count;
      state[1] = next;
    }
    team_wait<Space>(team);
    int const count = state[0];
    fill_lanes(team, count, atom_of_center, cutoff);
    return count;
  }

  /// Places the lanes after the last of `count` pairs at the cutoff.
  KOKKOS_FUNCTION void fill_lanes(Member const& team, int count, int center_atom,
                                  double cutoff) const {
    int const end = (count + width - 1) / width * width;
    team_for<Space>(team, count, end, [&](int p) {
      neighbor[p] = center_atom;
      Rows const vector = displacement.at(p);
      vector.lane(0) = static_cast<Scalar>(cutoff);
      vector.lane(1) = vector.lane(2) = 0;
    });
    team_wait<Space>(team);
  }

  /// Evaluates the radial functions and harmonics of the collected pairs, and their derivatives.
  KOKKOS_FUNCTION void evaluate(Member const& team, DeviceBasis<Space, Scalar> const& basis,
                                int bond, int count) const {
    int const n_packs = (count + width - 1) / width;
    team_for<Space>(team, n_packs, [&](int pack) {
      int const p = pack * width;
      Rows const vector = displacement.at(p);
      T const x = vector[0], y_ = vector[1], z = vector[2];
      T const distance = lane_sqrt(x * x + y_ * y_ + z * z), inverse_r = T(1.) / distance;
      evaluate_radial(basis.radial, bond, distance, p);
      T const ux = x * inverse_r, uy = y_ * inverse_r, uz = z * inverse_r;
      inverse.at(p).set(0, inverse_r);
      Rows const along = unit.at(p);
      along.set(0, ux);
      along.set(1, uy);
      along.set(2, uz);
      if constexpr (has_gradients) {
        Rows const value = y.at(p);
        Rows const grad_x = gradient[0].at(p), grad_y = gradient[1].at(p),
                   grad_z = gradient[2].at(p);
        real_harmonics(basis.layout.l_max, basis.harmonics.data(), ux, uy, uz, inverse_r,
                       [&](int lm, T s, T gx, T gy, T gz) {
                         value.set(lm, s);
                         grad_x.set(lm, gx);
                         grad_y.set(lm, gy);
                         grad_z.set(lm, gz);
                       });
      } else if constexpr (has_harmonics) {
        real_harmonic_values(basis.layout.l_max, basis.harmonics.data(), ux, uy, uz,
                             [value = y.at(p)](int lm, T s) { value.set(lm, s); });
      }
    });
    team_wait<Space>(team);
  }

  /// Evaluates g_k, their products and sums, and R_nl of pairs p, p + 1, ..
  KOKKOS_FORCEINLINE_FUNCTION void evaluate_radial(RadialTables<Space, Scalar> const& radial,
                                                   int bond, T distance, int p) const {
    Rows const value = g.at(p), slope = has_slopes ? dg.at(p) : value;
    radial.evaluate(
        bond, distance,
        [&](int k, T of_k, T slope_of_k) {
          int const row = radial.row(k);
          value.set(row, of_k);
          if constexpr (has_slopes)
            slope.set(row, slope_of_k);
        },
        n_radial, n_sums,
        [&](int k, T sum, T slope_of_sum) {
          rank1.at(p).set(k, sum);
          if constexpr (has_slopes)
            drank1.at(p).set(k, slope_of_sum);
        });
    for (int k = radial.bonds(bond).size(); k < radial.n_plain() && k < n_radial; ++k) {
      int const row = radial.row(k);
      value.set(row, T(0.));
      if constexpr (has_slopes)
        slope.set(row, T(0.));
    }
    for (int k = 0; k < radial.products.extent_int(0); ++k) {
      RadialProduct const product = radial.products(k);
      T const left = value[product.left], right = value[product.right];
      value.set(product.row, left * right);
      if constexpr (has_slopes)
        slope.set(product.row, left * slope[product.right] + right * slope[product.left]);
    }
    if (radial.stride > 0)
      transform(radial, bond, value, slope, p);
  }

  /// Computes R_nl = sum_k c_nlk g_k of pairs p, p + 1, ..
  KOKKOS_FUNCTION void transform(RadialTables<Space, Scalar> const& radial, int bond, Rows value,
                                 Rows slope, int p) const {
    int const n = radial.n_functions;
    Scalar const* c =
        radial.coefficients.data() + static_cast<std::size_t>(bond) * radial.n_transformed * n;
    Rows const out = r.at(p), slope_out = has_slopes ? dr.at(p) : out;
    for (int row = 0; row < radial.n_transformed; ++row, c += n) {
      T sum(0.), slope_sum(0.);
      for (int k = 0; k < n; ++k) {
        T const factor(c[k]);
        sum += factor * value[k];
        if constexpr (has_slopes)
          slope_sum += factor * slope[k];
      }
      out.set(row, sum);
      if constexpr (has_slopes)
        slope_out.set(row, slope_sum);
    }
  }
};

} // namespace kolace::detail
