#pragma once

#include <Kokkos_Core.hpp>

#include <type_traits>

/// @file The execution spaces the library is compiled for: every one that this Kokkos enables.

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

/// Expands MACRO(Space) for each enabled execution space: explicit instantiation.
#define KOLACE_FOR_EACH_EXECUTION_SPACE(MACRO)                                                     \
  KOLACE_IF_SERIAL(MACRO)                                                                          \
  KOLACE_IF_OPENMP(MACRO)                                                                          \
  KOLACE_IF_THREADS(MACRO)                                                                         \
  KOLACE_IF_CUDA(MACRO)                                                                            \
  KOLACE_IF_HIP(MACRO)

namespace kolace {

/// Does code on this space run on the host's processor? (Memory that a host can reach is not
/// enough.)
template <class Space>
inline constexpr bool is_host_space =
    std::is_same_v<typename Space::memory_space, Kokkos::HostSpace>;

/// Do kernels on this space work as suits a host? Tests of the device's way define
/// KOLACE_TUNE_AS_DEVICE and run it on a host.
template <class Space>
#ifdef KOLACE_TUNE_AS_DEVICE
inline constexpr bool tuned_as_host = false;
#else
inline constexpr bool tuned_as_host = is_host_space<Space>;
#endif

} // namespace kolace
