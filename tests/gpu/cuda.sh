#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Compiles every kernel of the library for an NVIDIA GPU, without a GPU and without a CUDA build of Kokkos: the headers of
# a Kokkos 5 installation with the CUDA backend switched on. Objects only.
#
#   bash tests/gpu/cuda.sh BUILD_FOLDER [--write | source ...]     --write: renews the table of registers
set -euo pipefail
command -v nvcc >/dev/null || { echo "cuda: nvcc is not installed"; exit 77; }
source "$(dirname "$0")/kernels.sh"

overlay CUDA '#define KOKKOS_ENABLE_CUDA
#define KOKKOS_ENABLE_IMPL_CUDA_MALLOC_ASYNC
#define KOKKOS_ARCH_HOPPER
#define KOKKOS_ARCH_HOPPER90
#define KOKKOS_IMPL_ARCH_NVIDIA_GPU 90'
all=$((${#sources[@]} == 0))
if [ $all = 1 ]; then
  rm -f "$objects"/*.log
  mapfile -t sources < <(kernel_sources)
  sources+=(lib/kolace/core/device.cpp apps/cuda_driver.cpp)
fi
compile() {
  local log
  log=$objects/$(echo "$1" | tr / _).log
  echo "nvcc $1"
  nvcc -x cu -arch=sm_90 -std=c++20 -O1 --resource-usage --extended-lambda --expt-relaxed-constexpr \
    -Xcompiler -fopenmp -Werror cross-execution-space-call -diag-suppress 177 -DFMT_USE_CONSTEXPR=1 \
    -I"$include" -I"$kokkos" -I"${kernels:-$kokkos}" -I"$root/lib" -I"$build/lib" $mpi \
    -c "$root/$1" -o "${log%.log}.o" 2>"$log" || { cat "$log"; return 1; }
  # A host function called on the device is only a warning, and the kernel's body is then left out.
  if grep -A1 'calling a __host__ function("kolace::' "$log"; then
    echo "cuda: $1: device code calls host functions" >&2
    return 1
  fi
}
export -f compile
export include objects kokkos kernels root build mpi
printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -I{} bash -c 'compile {}'
echo "cuda: ${#sources[@]} files compile for sm_90"
if [ $all = 1 ]; then
  python3 "$root/tests/gpu/resources.py" cuda "$objects" "$(nvcc --version | sed -n 's/.* V\([0-9.]*\)$/nvcc \1, sm_90/p')" $write
fi
