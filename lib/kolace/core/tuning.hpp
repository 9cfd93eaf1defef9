#pragma once

#include <kolace/core/lanes.hpp>
#include <kolace/core/spaces.hpp>

#include <cstddef>
#include <type_traits>

/// @file Sizes found by measuring, and the ways in which kernels differ between a host and a
/// device. A host has few threads with vector registers and caches of their own; a device has many
/// threads and needs work for all of them.

namespace kolace {

struct HostTuning {
  /// Threads of a team that goes through the neighbors of one center.
  static constexpr int pair_team = 1;
  /// Pairs whose tables are held at a time (PairTables). Sums gain from long segments, forces from
  /// tables that stay in the nearest cache; rows of 72 or 136 doubles lie on different cache sets.
  static constexpr int segment_of_values = 136, segment_of_slopes = 24, segment_of_gradients = 72;
  /// Are the neighbors of a segment found by a scan of the whole team?
  static constexpr bool scans_for_neighbors = false;

  /// Evaluation: radial functions times harmonics summed over pairs at a time, and harmonics whose
  /// two sums over radial functions are made at a time; all these sums stay in registers.
  static constexpr int sum_n = packs_fit_registers ? 5 : 3, sum_m = packs_fit_registers ? 4 : 2;
  static constexpr int contract_m = packs_fit_registers ? 7 : 3;

  /// Reverse rows: radial functions summed at a time (three sums of a pack each stay in registers),
  /// and pairs between two visits of a node's sums: the packed rows of that many neighbors stream
  /// through the caches side by side, the sums (up to 60 KB) are read and written once for all.
  static constexpr int radial_block = packs_fit_registers ? 5 : 3;
  static constexpr int pairs_per_sweep = 24;
  /// Is what a pair adds to a node kept for all n, and is the code made for each l on its own?
  static constexpr bool keeps_pair_terms = true;
  /// Threads that share the columns of a block of centers, and the nodes of a center.
  static constexpr int column_shares = 1;
  static constexpr bool thread_per_node = false;

  /// Are the neighbors of an atom collected as vectors, at most `collected_neighbors` at a time?
  static constexpr bool collects_neighbors = true;
  static constexpr int collected_neighbors = 256;

  /// Tables of an evaluation: the memory of one core (a chunk of centers stays there from the sums
  /// to the forces), and the least and most blocks of centers at a time.
  static constexpr std::size_t chunk_bytes = std::size_t{1} << 19;
  static constexpr int least_chunk = 2, most_chunk = 128;
  static constexpr bool chunk_per_thread = true;

  static constexpr std::size_t atoms_per_batch = 1024;            ///< of evaluations
  static constexpr std::size_t row_bytes = std::size_t{32} << 20; ///< of a batch of design rows
  static constexpr int rows_worth_folding = 256;
  static constexpr int qr_team = 1, fingerprint_team = 1;
};

struct DeviceTuning {
  static constexpr int pair_team = 64;
  static constexpr int segment_of_values = 32, segment_of_slopes = 32, segment_of_gradients = 32;
  static constexpr bool scans_for_neighbors = true;

  static constexpr int sum_n = 5, sum_m = 4, contract_m = 7;
  static constexpr int radial_block = 5;
  static constexpr int pairs_per_sweep = segment_of_gradients;
  static constexpr bool keeps_pair_terms = false;
  static constexpr int column_shares = 32;
  static constexpr bool thread_per_node = true;

  static constexpr bool collects_neighbors = false;
  static constexpr int collected_neighbors = 0;

  static constexpr std::size_t chunk_bytes = std::size_t{2} << 30;
  static constexpr int least_chunk = 1, most_chunk = 2048;
  static constexpr bool chunk_per_thread = false;

  static constexpr std::size_t atoms_per_batch = 65536;
  static constexpr std::size_t row_bytes = std::size_t{1} << 30;
  static constexpr int rows_worth_folding = 2048; ///< a fold is bound by its launches
  static constexpr int qr_team = 256, fingerprint_team = 128;
};

template <class Space>
using Tuning = std::conditional_t<tuned_as_host<Space>, HostTuning, DeviceTuning>;

/// QR updates by kernels (RowFolder): columns of a panel, rows of a team.
struct KernelQrTuning {
  static constexpr int panel = 32, chunk = 256;
};

/// QR updates on a host (TriangularFactor): columns of a panel, columns that a thread takes at a
/// time, and rows at once, so that a panel stays in a core's cache.
struct HostQrTuning {
  static constexpr int panel = 48, share = 24, most_rows = 1024;
};

/// Teams of at most `Threads` threads, which a device's compiler shares its registers out to: where
/// it is not told, HIP assumes 1024 and spills.
template <class Space, int Threads>
using Teams =
    Kokkos::TeamPolicy<Space, Kokkos::LaunchBounds<Threads, 1>, Kokkos::Schedule<Kokkos::Dynamic>>;

/// A policy of teams of `wanted` threads, or of as many as the space allows.
template <class Policy, class Space, class Kernel>
Policy team_policy(Space const& space, int league, int wanted, std::size_t scratch_bytes,
                   Kernel const& kernel) {
  Policy policy(space, league, 1);
  policy.set_scratch_size(1, Kokkos::PerTeam(scratch_bytes));
  if (wanted > 1) {
    int const most = policy.team_size_max(kernel, Kokkos::ParallelForTag());
    policy = Policy(space, league, wanted < most ? wanted : most);
    policy.set_scratch_size(1, Kokkos::PerTeam(scratch_bytes));
  }
  return policy;
}

} // namespace kolace
