/// @file The driver library is loaded when it is first needed, not with the program: what needs no
/// GPU then also runs on a machine without a driver. Kokkos calls these three functions of it,
/// which the program resolves here; each asks the CUDA runtime, which loads the driver itself. With
/// a Kokkos that calls others the program starts with the driver's library, as without this file.

#include <cuda.h>
#include <cuda_runtime_api.h>

namespace {

/// @return null where there is no driver or no such function
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

extern "C" CUresult CUDAAPI cuCtxPushCurrent(CUcontext context) { // cuda.h: a macro for ..._v2
  static auto* const function = driver_function<CUresult(CUcontext)>("cuCtxPushCurrent");
  return function ? function(context) : CUDA_ERROR_NOT_INITIALIZED;
}

extern "C" CUresult CUDAAPI cuStreamGetCtx(CUstream stream, CUcontext* context) {
  static auto* const function = driver_function<CUresult(CUstream, CUcontext*)>("cuStreamGetCtx");
  return function ? function(stream, context) : CUDA_ERROR_NOT_INITIALIZED;
}
