// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Loads the driver library when it is first needed and not at program start, so that
///   commands without GPU work also run on a machine without a driver. Kokkos calls the three
///   driver functions that are defined here; each gets its address from the CUDA runtime, which
///   loads the driver itself. If a version of Kokkos calls other driver functions, the program
///   loads the driver library at its start, as it does without this file.

#include <cuda.h>
#include <cuda_runtime_api.h>

namespace {

/// @return null without a driver or such a function
template <class Function> Function* driver_function(char const* name) {
  void* address = nullptr;
  cudaDriverEntryPointQueryResult result{};
#if CUDART_VERSION >= 12050
  cudaError_t const error =
      cudaGetDriverEntryPointByVersion(name, &address, 12000, cudaEnableDefault, &result);
#else
  cudaError_t const error = cudaGetDriverEntryPoint(name, &address, cudaEnableDefault, &result);
#endif
  return error == cudaSuccess && result == cudaDriverEntryPointSuccess
             ? reinterpret_cast<Function*>(address)
             : nullptr;
}

} // namespace

extern "C" CUresult CUDAAPI cuCtxGetDevice(CUdevice* device) {
  static auto* const function = driver_function<CUresult(CUdevice*)>("cuCtxGetDevice");
  return function ? function(device) : CUDA_ERROR_NOT_INITIALIZED;
}

// cuda.h defines this name as a macro for ..._v2.
extern "C" CUresult CUDAAPI cuCtxPushCurrent(CUcontext context) {
  static auto* const function = driver_function<CUresult(CUcontext)>("cuCtxPushCurrent");
  return function ? function(context) : CUDA_ERROR_NOT_INITIALIZED;
}

extern "C" CUresult CUDAAPI cuStreamGetCtx(CUstream stream, CUcontext* context) {
  static auto* const function = driver_function<CUresult(CUstream, CUcontext*)>("cuStreamGetCtx");
  return function ? function(stream, context) : CUDA_ERROR_NOT_INITIALIZED;
}
