#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Compiles every kernel of the library for an NVIDIA GPU, without a GPU and without a CUDA build of
# Kokkos: the headers of a Kokkos 5 installation with the CUDA backend switched on. Objects only.
#
#   bash tests/cuda/compile_check.sh BUILD_FOLDER [source ...]
set -euo pipefail
build=$(realpath "${1:?usage: compile_check.sh BUILD_FOLDER [source ...]}")
shift
root=$(cd "$(dirname "$0")/../.." && pwd)
command -v nvcc >/dev/null || { echo "compile_check: nvcc is not installed"; exit 77; }
kokkos=$(grep -m 1 -oE '/[^ "]*/include/kokkos\b' "$build/compile_commands.json" | sed -n 1p)
kernels=$(grep -m 1 -oE '/[^ "]*/include/kokkos-kernels\b' "$build/compile_commands.json" | sed -n 1p)
mpi=$(grep -oE '(-I|-isystem )/[^ "]*mpi[^ "]*' "$build/compile_commands.json" | sort -u | tr '\n' ' ')
[ -f "$kokkos/KokkosCore_config.h" ] || { echo "compile_check: no Kokkos headers in $build"; exit 77; }
version=$(awk '/define KOKKOS_VERSION_MAJOR/ {print $3}' "$kokkos/KokkosCore_config.h")
[ "$version" -ge 5 ] || { echo "compile_check: needs the headers of Kokkos 5"; exit 77; }

overlay=$build/cuda-overlay
mkdir -p "$overlay/desul/atomics" "$build/cuda-objects"
awk '{print} /define KOKKOS_ENABLE_OPENMP/ {
  print "#define KOKKOS_ENABLE_CUDA"
  print "#define KOKKOS_ENABLE_IMPL_CUDA_MALLOC_ASYNC"
  print "#define KOKKOS_ARCH_HOPPER"
  print "#define KOKKOS_ARCH_HOPPER90"
  print "#define KOKKOS_IMPL_ARCH_NVIDIA_GPU 90" }' "$kokkos/KokkosCore_config.h" >"$overlay/KokkosCore_config.h"
echo '#include <setup/Kokkos_Setup_Cuda.hpp>' >"$overlay/KokkosCore_Config_SetupBackend.hpp"
printf '#include <fwd/Kokkos_Fwd_OPENMP.hpp>\n#include <fwd/Kokkos_Fwd_CUDA.hpp>\n' \
  >"$overlay/KokkosCore_Config_FwdBackend.hpp"
printf '#include <decl/Kokkos_Declare_OPENMP.hpp>\n#include <decl/Kokkos_Declare_CUDA.hpp>\n' \
  >"$overlay/KokkosCore_Config_DeclareBackend.hpp"
sed 's|.*DESUL_ATOMICS_ENABLE_CUDA\b.*|#define DESUL_ATOMICS_ENABLE_CUDA|' \
  "$kokkos/desul/atomics/Config.hpp" >"$overlay/desul/atomics/Config.hpp"

if [ $# -gt 0 ]; then
  sources=("$@")
else
  rm -f "$build"/cuda-objects/*.log
  mapfile -t sources < <(cd "$root" && grep -rlE 'KOLACE_FOR_EACH_EXECUTION_SPACE|KOKKOS_LAMBDA' \
    --include='*.cpp' lib | grep -v core/version.cpp | sort)
  sources+=(lib/kolace/core/device.cpp apps/cuda_driver.cpp)
fi
compile() {
  echo "nvcc $1"
  nvcc -x cu -arch=sm_90 -std=c++20 -O1 --resource-usage --extended-lambda --expt-relaxed-constexpr \
    -Xcompiler -fopenmp -Werror cross-execution-space-call -diag-suppress 177 -DFMT_USE_CONSTEXPR=1 \
    -I"$overlay" -I"$kokkos" -I"${kernels:-$kokkos}" -I"$root/lib" -I"$build/lib" $mpi \
    -c "$root/$1" -o "$build/cuda-objects/$(echo "$1" | tr / _).o" 2>"$build/cuda-objects/$(echo "$1" | tr / _).log" ||
    { cat "$build/cuda-objects/$(echo "$1" | tr / _).log"; return 1; }
  # A host function called on the device is only a warning, and the kernel's body is then left out.
  if grep -A1 'calling a __host__ function("kolace::' "$build/cuda-objects/$(echo "$1" | tr / _).log"; then
    echo "compile_check: $1: device code calls host functions" >&2
    return 1
  fi
}
export -f compile
export overlay kokkos kernels root build mpi
printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -I{} bash -c 'compile {}'
echo "compile_check: ${#sources[@]} files compile for sm_90"
if [ $# -eq 0 ]; then
  python3 "$root/tests/cuda/resources.py" "$build/cuda-objects"
fi
