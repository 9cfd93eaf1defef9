// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>

#include <type_traits>

/// @file
/// The execution spaces the library is compiled for: all that the Kokkos installation
/// enables.

#ifdef KOKKOS_ENABLE_SERIAL
#define KOLACE_IF_SERIAL(MACRO) MACRO(Kokkos::Serial)
#else
#define KOLACE_IF_SERIAL(MACRO)
#endif
#ifdef KOKKOS_ENABLE_OPENMP
#define KOLACE_IF_OPENMP(MACRO) MACRO(Kokkos::OpenMP)
#else
#define KOLACE_IF_OPENMP(MACRO)
#endif
#ifdef KOKKOS_ENABLE_THREADS
#define KOLACE_IF_THREADS(MACRO) MACRO(Kokkos::Threads)
#else
#define KOLACE_IF_THREADS(MACRO)
#endif
#ifdef KOKKOS_ENABLE_CUDA
#define KOLACE_IF_CUDA(MACRO) MACRO(Kokkos::Cuda)
#else
#define KOLACE_IF_CUDA(MACRO)
#endif
#ifdef KOKKOS_ENABLE_HIP
#define KOLACE_IF_HIP(MACRO) MACRO(Kokkos::HIP)
#else
#define KOLACE_IF_HIP(MACRO)
#endif

/// Expands MACRO(Space) for each enabled execution space; used for explicit instantiation.
#define KOLACE_FOR_EACH_EXECUTION_SPACE(MACRO)                                                     \
  KOLACE_IF_SERIAL(MACRO)                                                                          \
  KOLACE_IF_OPENMP(MACRO)                                                                          \
  KOLACE_IF_THREADS(MACRO)                                                                         \
  KOLACE_IF_CUDA(MACRO)                                                                            \
  KOLACE_IF_HIP(MACRO)

namespace kolace {

/// True if kernels of this space run on the host's processor. Memory that the host can access (as
/// managed GPU memory) is not enough.
template <class Space>
inline constexpr bool is_host_space =
    std::is_same_v<typename Space::memory_space, Kokkos::HostSpace>;

/// True if kernels of this space use the host's tuning. Tests define KOLACE_TUNE_AS_DEVICE to run
/// the device's code paths on a host.
template <class Space>
#ifdef KOLACE_TUNE_AS_DEVICE
inline constexpr bool tuned_as_host = false;
#else
inline constexpr bool tuned_as_host = is_host_space<Space>;
#endif

} // namespace kolace
