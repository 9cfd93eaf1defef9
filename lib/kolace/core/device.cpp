// SPDX-License-Identifier: BSD-3-Clause
#include <kolace/core/device.hpp>

#include <Kokkos_Core.hpp>

#ifdef KOKKOS_ENABLE_CUDA
#include <cuda_runtime_api.h>
#endif
#ifdef KOKKOS_ENABLE_HIP
#include <hip/hip_runtime_api.h>
#endif

namespace kolace {

std::string missing_device() {
#if defined(KOKKOS_ENABLE_CUDA)
  int count = 0;
  cudaError_t const error = cudaGetDeviceCount(&count);
  if (error == cudaErrorInsufficientDriver)
    return "no usable NVIDIA GPU: the driver is missing, or older than CUDA " +
           std::to_string(CUDART_VERSION / 1000) + "." +
           std::to_string(CUDART_VERSION % 1000 / 10) + " requires";
  if (error != cudaSuccess)
    return std::string("no usable NVIDIA GPU (") + cudaGetErrorString(error) + ")";
  return count > 0 ? "" : "no NVIDIA GPU found";
#elif defined(KOKKOS_ENABLE_HIP)
  int count = 0;
  hipError_t const error = hipGetDeviceCount(&count);
  if (error != hipSuccess)
    return std::string("no usable AMD GPU (") + hipGetErrorString(error) + ")";
  return count > 0 ? "" : "no AMD GPU found";
#else
  return "";
#endif
}

std::size_t free_device_memory() {
  static std::size_t const bytes = [] {
    std::size_t free = 0, total = 0;
#if defined(KOKKOS_ENABLE_CUDA)
    if (cudaMemGetInfo(&free, &total) != cudaSuccess)
      free = 0;
#elif defined(KOKKOS_ENABLE_HIP)
    if (hipMemGetInfo(&free, &total) != hipSuccess)
      free = 0;
#endif
    static_cast<void>(total);
    return free;
  }();
  return bytes;
}

} // namespace kolace
