#pragma once

#include <kolace/angular/harmonics.hpp>
#include <kolace/core/lane_math.hpp>
#include <kolace/model/device_basis.hpp>
#include <kolace/neighbors/neighbor_list.hpp>

namespace kolace::detail {

/// Which derivatives pair tables hold.
enum class PairDerivatives { none, radial, all };

/// What a segment of a centre's neighbors of one element needs, in team scratch: g_k, R_nl and
/// derivatives, real harmonics and gradients. Rows of `capacity` pairs; lanes beyond the last pair
/// stand at the cutoff and contribute zero.
///
/// FLOPs a pair: about 7 K (Chebyshev recurrences) + 30 (lmax+1)^2 (harmonics; 3 without gradients)
/// + 4 calls of exp, cos.
template <class Space, PairDerivatives derivatives> struct PairTables {
  using T = typename LaneTraits<Space>::type;
  static constexpr int width = LaneTraits<Space>::width;
  /// On a host: sums gain from long segments, forces from tables that stay in the nearest cache;
  /// rows of 72 or 136 lie on different cache sets.
  static constexpr int capacity = !is_host_space<Space>                    ? 32
                                  : derivatives == PairDerivatives::none   ? 136
                                  : derivatives == PairDerivatives::radial ? 24
                                                                           : 72;
  using Member = typename Kokkos::TeamPolicy<Space>::member_type;
  static constexpr bool gathers_in_parallel = !is_host_space<Space>;

  double *g, *dg;              ///< [n_radial_table][capacity]
  double *r, *dr;              ///< R_nl and derivative; g, dg themselves where R_nl = g_n
  double *y, *grad;            ///< [n_harmonics][capacity], [3][n_harmonics][capacity]
  double *unit, *displacement; ///< [3][capacity]
  double* inverse;             ///< 1/r [capacity]
  int* neighbor;               ///< [capacity]
  int* state;                  ///< [0] pairs in the segment, [1] next pair of the row
  int n_radial;                ///< rows of g

  static constexpr int n_slopes = derivatives == PairDerivatives::none ? 0 : 1;
  static constexpr int n_gradients = derivatives == PairDerivatives::all ? 3 : 0;

  KOKKOS_FUNCTION static int n_doubles(DeviceBasis<Space> const& basis, int n_radial) {
    int const nlm = basis.layout.n_harmonics();
    int const transformed = basis.radial_stride * (basis.layout.l_max + 1);
    return capacity * ((1 + n_slopes) * (n_radial + transformed) + (1 + n_gradients) * nlm + 7);
  }
  static std::size_t scratch_bytes(DeviceBasis<Space> const& basis) {
    return scratch_bytes(basis, basis.n_radial_table);
  }
  static std::size_t scratch_bytes(DeviceBasis<Space> const& basis, int n_radial) {
    return n_doubles(basis, n_radial) * sizeof(double) + (capacity + 2) * sizeof(int) + 128;
  }

  KOKKOS_FUNCTION PairTables(Member const& team, DeviceBasis<Space> const& basis)
      : PairTables(team, basis, basis.n_radial_table) {}

  /// Tables of the first g_k only.
  /// @pre basis.has_plain_radial() unless n_radial is all of them
  KOKKOS_FUNCTION PairTables(Member const& team, DeviceBasis<Space> const& basis, int n_radial_)
      : n_radial(n_radial_) {
    int const nlm = basis.layout.n_harmonics();
    int const transformed = basis.radial_stride * (basis.layout.l_max + 1);
    double* next = static_cast<double*>(
        team.team_scratch(1).get_shmem_aligned(n_doubles(basis, n_radial) * sizeof(double), 64));
    auto const take = [&](int rows) {
      double* const begin = next;
      next += rows * capacity;
      return begin;
    };
    g = take(n_radial);
    dg = take(n_slopes * n_radial);
    r = transformed ? take(transformed) : g;
    dr = transformed ? take(n_slopes * transformed) : dg;
    y = take(nlm);
    grad = take(n_gradients * nlm);
    unit = take(3);
    displacement = take(3);
    inverse = take(1);
    neighbor =
        static_cast<int*>(team.team_scratch(1).get_shmem_aligned((capacity + 2) * sizeof(int), 64));
    state = neighbor + capacity;
  }

  /// Goes through a centre's neighbors of element `mu` in segments of at most `capacity`: for each,
  /// the tables are filled, then visit(count) runs on the whole team.
  template <class Visit>
  KOKKOS_FUNCTION void for_each_segment(Member const& team, DeviceBasis<Space> const& basis,
                                        NeighborsView<Space> const& pairs, int center, int mu,
                                        int bond, Visit const& visit) const {
    Kokkos::single(Kokkos::PerTeam(team), [&] { state[1] = 0; });
    while (true) {
      int const count = gather(team, pairs, center, mu, basis.bonds(bond).cutoff());
      if (count == 0)
        return;
      evaluate(team, basis, bond, count);
      visit(count);
    }
  }

private:
  /// Collects the next pairs whose neighbor is of element `mu` and within its cutoff.
  /// `state[1]` must hold the first pair to look at (relative to the row). @return their number
  KOKKOS_FUNCTION int gather(Member const& team, NeighborsView<Space> const& pairs, int center,
                             int mu, double cutoff) const {
    team.team_barrier();
    std::size_t const begin = pairs.row_offsets(center);
    int const n_row = static_cast<int>(pairs.row_offsets(center + 1) - begin);
    double const limit = cutoff * cutoff;
    int const* const neighbors = pairs.neighbors.data() + begin;
    int const* const species = pairs.species.data();
    double const* const vectors =
        pairs.displacements.data() + begin * pairs.displacements.stride(0);
    auto const row = pairs.displacements.stride(0), column = pairs.displacements.stride(1);
    struct Candidate {
      int atom;
      double x, y, z;
      bool belongs;
    };
    auto const look_at = [&](int pair) {
      double const* const r = vectors + pair * row;
      double const x = r[0], y = r[column], z = r[2 * column];
      int const atom = neighbors[pair];
      return Candidate{atom, x, y, z, species[atom] == mu && x * x + y * y + z * z < limit};
    };
    auto const put = [&](Candidate const& candidate, int at) {
      neighbor[at] = candidate.atom;
      displacement[at] = candidate.x;
      displacement[capacity + at] = candidate.y;
      displacement[2 * capacity + at] = candidate.z;
    };
    if constexpr (gathers_in_parallel) { // a pair a thread, as many at a time as have room
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
      team.team_barrier();
      Kokkos::single(Kokkos::PerTeam(team), [&] {
        state[0] = count;
        state[1] = next;
      });
    } else {
      int next = state[1], count = 0;
      for (; next < n_row && count < capacity; ++next) { // no branch: written, then kept or not
        Candidate const candidate = look_at(next);
        put(candidate, count);
        count += candidate.belongs;
      }
      state[0] = count;
      state[1] = next;
    }
    team.team_barrier();
    int const count = state[0];
    int const end = (count + width - 1) / width * width;
    Kokkos::parallel_for(Kokkos::TeamVectorRange(team, count, end), [&](int p) {
      neighbor[p] = center;
      displacement[p] = cutoff;
      displacement[capacity + p] = displacement[2 * capacity + p] = 0;
    });
    team.team_barrier();
    return count;
  }

  /// Evaluates the radial functions and harmonics of the collected pairs, and their derivatives.
  KOKKOS_FUNCTION void evaluate(Member const& team, DeviceBasis<Space> const& basis, int bond,
                                int count) const {
    int const n_packs = (count + width - 1) / width;
    Kokkos::parallel_for(Kokkos::TeamVectorRange(team, n_packs), [&](int pack) {
      int const p = pack * width;
      T const x = lane_load<T>(displacement + p), y_ = lane_load<T>(displacement + capacity + p),
              z = lane_load<T>(displacement + 2 * capacity + p);
      T const distance = lane_sqrt(x * x + y_ * y_ + z * z), inverse_r = T(1.) / distance;
      basis.evaluate_radial(
          bond, distance,
          [&](int k, T value, T slope) {
            int const row = basis.radial_row(k);
            lane_store(g + row * capacity + p, value);
            if constexpr (n_slopes > 0)
              lane_store(dg + row * capacity + p, slope);
          },
          n_radial);
      for (int k = basis.bonds(bond).size(); k < basis.n_plain() && k < n_radial; ++k) {
        int const row = basis.radial_row(k);
        lane_store(g + row * capacity + p, T(0.));
        if constexpr (n_slopes > 0)
          lane_store(dg + row * capacity + p, T(0.));
      }
      if (basis.radial_products.extent(0) > 0)
        multiply_radial(basis, p);
      if (basis.radial_stride > 0)
        transform(basis, bond, p);
      T const ux = x * inverse_r, uy = y_ * inverse_r, uz = z * inverse_r;
      lane_store(inverse + p, inverse_r);
      lane_store(unit + p, ux);
      lane_store(unit + capacity + p, uy);
      lane_store(unit + 2 * capacity + p, uz);
      if constexpr (n_gradients > 0) {
        int const plane = basis.layout.n_harmonics() * capacity;
        real_harmonics(basis.layout.l_max, basis.harmonic_factors.data(), ux, uy, uz, inverse_r,
                       [&](int lm, T value, T gx, T gy, T gz) {
                         lane_store(y + lm * capacity + p, value);
                         lane_store(grad + lm * capacity + p, gx);
                         lane_store(grad + plane + lm * capacity + p, gy);
                         lane_store(grad + 2 * plane + lm * capacity + p, gz);
                       });
      } else {
        real_harmonic_values(basis.layout.l_max, basis.harmonic_factors.data(), ux, uy, uz,
                             [&](int lm, T value) { lane_store(y + lm * capacity + p, value); });
      }
    });
    team.team_barrier();
  }

  /// Products of radial functions for pairs p..
  KOKKOS_FUNCTION void multiply_radial(DeviceBasis<Space> const& basis, int p) const {
    for (int k = 0; k < basis.radial_products.extent_int(0); ++k) {
      RadialProduct const product = basis.radial_products(k);
      T const left = lane_load<T>(g + product.left * capacity + p),
              right = lane_load<T>(g + product.right * capacity + p);
      lane_store(g + product.row * capacity + p, left * right);
      if constexpr (n_slopes > 0)
        lane_store(dg + product.row * capacity + p,
                   left * lane_load<T>(dg + product.right * capacity + p) +
                       right * lane_load<T>(dg + product.left * capacity + p));
    }
  }

  /// R_nl = sum_k c_nlk g_k for pairs p..
  KOKKOS_FUNCTION void transform(DeviceBasis<Space> const& basis, int bond, int p) const {
    int const rows = basis.radial_stride * (basis.layout.l_max + 1);
    double const* c = basis.radial_coefficients.data() +
                      static_cast<std::size_t>(bond) * rows * basis.n_radial_table;
    for (int row = 0; row < rows; ++row) {
      T value(0.), slope(0.);
      for (int k = 0; k < basis.n_radial_table; ++k) {
        T const factor(c[row * basis.n_radial_table + k]);
        value += factor * lane_load<T>(g + k * capacity + p);
        if constexpr (n_slopes > 0)
          slope += factor * lane_load<T>(dg + k * capacity + p);
      }
      lane_store(r + row * capacity + p, value);
      if constexpr (n_slopes > 0)
        lane_store(dr + row * capacity + p, slope);
    }
  }
};

} // namespace kolace::detail
