// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <kolace/core/device.hpp>
#include <kolace/core/lanes.hpp>
#include <kolace/core/spaces.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>

/// @file
/// Tuned sizes, and the ways in which kernels differ between host and device. A host has few
/// threads, each with vector registers and its own caches; a device has many threads and needs work
/// for all of them.

namespace kolace {

struct HostTuning {
  /// Team size of kernels that loop over the neighbors of one center.
  static constexpr int pair_team = 1;
  /// Bytes of a team's workspace in shared memory; the rest is in global memory (scratch level 1).
  /// 0 on a host, where both levels are ordinary memory.
  static constexpr std::size_t shared_bytes = 0;
  /// Number of pairs tabulated at a time (PairTables): for values, for radial derivatives, for
  /// gradients. Sums gain from long segments, forces from tables that stay in the L1 cache; rows of
  /// 72 or 136 doubles lie in different cache sets.
  static constexpr int segment_of_values = 136, segment_of_slopes = 24, segment_of_gradients = 72;
  /// True if the whole team scans for the neighbors of a segment.
  static constexpr bool scans_for_neighbors = false;

  /// Register blocks of an evaluation: products of sum_n radial functions and sum_m harmonics are
  /// summed over pairs together; the sums over radial functions are formed for contract_m harmonics
  /// at a time.
  static constexpr int sum_n = packs_fit_registers ? 5 : 3, sum_m = packs_fit_registers ? 4 : 2;
  static constexpr int contract_m = packs_fit_registers ? 7 : 3;
  /// True: tasks (one harmonic, one block of n) are distributed over the threads of a team, which
  /// start at different pairs. False: one l after the other, in blocks of sum_m harmonics.
  static constexpr bool thread_per_harmonic = false;

  /// Reverse rows: number of radial functions summed at a time (three sums of one Pack each stay in
  /// registers), and number of pairs processed between two visits to a node's sums. The packed rows
  /// of that many neighbors stream through the caches together, and the sums (up to 60 KB) are read
  /// and written once for all of them.
  static constexpr int radial_block = packs_fit_registers ? 5 : 3;
  static constexpr int pairs_per_sweep = 24;
  /// True if the terms that a pair adds to a node are computed once for all n, with code
  /// instantiated for each l.
  static constexpr bool keeps_pair_terms = true;
  /// Number of threads that share the columns of a block of centers; true if each node of a center
  /// has its own thread.
  static constexpr int column_shares = 1;
  static constexpr bool thread_per_node = false;

  /// True if the neighbors of an atom are collected as vectors, at most `collected_neighbors` at a
  /// time.
  static constexpr bool collects_neighbors = true;
  static constexpr int collected_neighbors = 256;
  /// Longest row of neighbors that kernels sort by element; longer ones are searched for each
  /// element. 0: all are searched.
  static constexpr int sorted_neighbors = 4096;

  /// Tables of an evaluation: bytes of one chunk of centers, per thread if `chunk_per_thread` (so
  /// that a chunk stays in the core's cache from the sums to the forces), and the smallest and
  /// largest number of blocks of centers in it.
  static constexpr std::size_t chunk_bytes = std::size_t{1} << 19;
  static constexpr int least_chunk = 2, most_chunk = 128;
  static constexpr bool chunk_per_thread = true;

  static constexpr std::size_t atoms_per_batch = 1024;            ///< batch size of evaluations
  static constexpr std::size_t row_bytes = std::size_t{32} << 20; ///< batch size of design rows
  static constexpr int memory_parts = 0;     ///< sizes do not depend on the free memory
  static constexpr int qr_update_rows = 256; ///< rows collected for a QR update
  static constexpr int qr_team = 1, fingerprint_team = 1;
};

struct DeviceTuning {
  /// Team size of one warp or wavefront: each pair of a segment has its own thread, and barriers
  /// are cheap.
#ifdef KOKKOS_ENABLE_HIP
  static constexpr int pair_team = 64;
  static constexpr std::size_t shared_bytes = std::size_t{16} << 10; ///< of 64 KB: four teams
#else
  static constexpr int pair_team = 32;
  static constexpr std::size_t shared_bytes = std::size_t{20} << 10; ///< of 228 KB: eleven teams
#endif
  static constexpr int segment_of_values = 32, segment_of_slopes = 32, segment_of_gradients = 32;
  static constexpr bool scans_for_neighbors = true;

  static constexpr int sum_n = 5, sum_m = 1, contract_m = 7;
  static constexpr bool thread_per_harmonic = true;
  static constexpr int radial_block = 5;
  static constexpr int pairs_per_sweep = segment_of_gradients;
  static constexpr bool keeps_pair_terms = false;
  static constexpr int column_shares = 32;
  static constexpr bool thread_per_node = true;

  static constexpr bool collects_neighbors = false;
  static constexpr int collected_neighbors = 0;
  static constexpr int sorted_neighbors = 0;

  static constexpr std::size_t chunk_bytes = std::size_t{2} << 30;
  static constexpr int least_chunk = 1, most_chunk = 2048;
  static constexpr bool chunk_per_thread = false;

  static constexpr std::size_t atoms_per_batch = 65536;
  static constexpr std::size_t row_bytes = std::size_t{4} << 30;
  /// Sizes are at most this part of the free memory (sized_by_memory()).
  static constexpr int memory_parts = 16;
  static constexpr int qr_update_rows = 8192;
  /// Bytes of the rows of one QR update. With N_f = 930, its launches then take less time than its
  /// products by a factor of five.
  static constexpr std::size_t qr_update_bytes = std::size_t{256} << 20;
  static constexpr int qr_team = 256, fingerprint_team = 128;
};

template <class Space>
using Tuning = std::conditional_t<tuned_as_host<Space>, HostTuning, DeviceTuning>;

/// Size of an allocation: `bytes`, or less where a GPU has little free memory.
template <class Space> std::size_t sized_by_memory(std::size_t bytes) {
  if constexpr (Tuning<Space>::memory_parts > 0)
    if (std::size_t const free = free_device_memory(); free > 0)
      return std::min(bytes, free / Tuning<Space>::memory_parts);
  return bytes;
}

/// QR updates by kernels (StreamingQr): columns per panel, rows per team; columns per product of
/// large blocks.
struct KernelQrTuning {
  static constexpr int panel = 32, chunk = 256, block = 256;
};

/// QR updates on a host (TriangularFactor): columns per panel, columns per task, and maximum number
/// of rows per update, chosen so that a panel stays in a core's cache.
struct HostQrTuning {
  static constexpr int panel = 48, share = 24, most_rows = 1024;
};

/// Tiles of products of blocks on a host: packs of rows times columns. Their sums take 24 of 32
/// registers with AVX-512, 12 of 16 with AVX2.
struct HostTile {
  static constexpr int tall = packs_fit_registers ? 3 : 1, wide = packs_fit_registers ? 8 : 6;
};

/// Batch limits for structures generated by checks, whose results are read on the host: clusters
/// per batch; for compressed crystals, atoms and estimated neighbor pairs per batch.
struct CheckTuning {
  static constexpr std::size_t clusters = 2048;
  static constexpr std::size_t crystal_atoms = 256;
  static constexpr double crystal_pairs = 2e6;
};

/// Team policy with at most `Threads` threads per team. A device compiler divides its registers
/// among that many threads; without the bound, HIP assumes 1024 threads and spills registers.
/// Kernels that sum into one copy per thread use a static schedule: with a dynamic one, the order
/// of their sums would depend on timing.
template <class Space, int Threads, class Schedule = Kokkos::Dynamic>
using Teams =
    Kokkos::TeamPolicy<Space, Kokkos::LaunchBounds<Threads, 1>, Kokkos::Schedule<Schedule>>;

/// Range policy for kernels that need many registers per index, with the same bound.
template <class Space>
using BoundedRange = Kokkos::RangePolicy<Space, Kokkos::LaunchBounds<256, 1>>;

/// Scratch memory of a team.
struct ScratchBytes {
  std::size_t shared = 0; ///< level 0
  std::size_t global = 0; ///< level 1
};

/// Team policy with `wanted` threads per team, or with as many as the space allows if that is
/// fewer.
template <class Policy, class Space, class Kernel>
Policy team_policy(Space const& space, int league, int wanted, ScratchBytes bytes,
                   Kernel const& kernel) {
  auto const with_threads = [&](int threads) {
    Policy policy(space, league, threads);
    policy.set_scratch_size(0, Kokkos::PerTeam(bytes.shared));
    policy.set_scratch_size(1, Kokkos::PerTeam(bytes.global));
    return policy;
  };
  Policy const single = with_threads(1);
  if (wanted == 1)
    return single;
  int const most = single.team_size_max(kernel, Kokkos::ParallelForTag());
  return with_threads(wanted < most ? wanted : most);
}

} // namespace kolace
