#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Compiles every kernel of the library for an AMD GPU, without a GPU, ROCm or a HIP build of Kokkos: the headers of a
# Kokkos 5 installation with the HIP backend switched on, and Debian's compiler (cmake/debian_hip.sh). Device code only.
#
#   bash tests/gpu/hip.sh BUILD_FOLDER [--write | source ...]     --write: renews the table of registers
set -euo pipefail
source "$(dirname "$0")/kernels.sh"
compiler=$root/build/hip-clang
bash "$root/cmake/debian_hip.sh" "$compiler" >"$build/hip-clang.log" 2>&1 || {
  status=$?
  tail -n 2 "$build/hip-clang.log"
  echo "hip: the compiler cannot be unpacked here"
  exit $status # 77: no Debian, or no network
}

overlay HIP '#define KOKKOS_ENABLE_HIP
#define KOKKOS_ARCH_AMD_GFX90A
#define KOKKOS_ARCH_AMD_GPU "gfx90a"
#define KOKKOS_IMPL_ARCH_AMD_GPU 90'
all=$((${#sources[@]} == 0))
if [ $all = 1 ]; then
  rm -f "$objects"/*.s
  mapfile -t sources < <(kernel_sources)
  sources+=(lib/kolace/core/device.cpp)
fi
compile() {
  local to
  to=$objects/$(echo "$1" | tr / _).s
  echo "clang $1"
  "$compiler/hip-clang" -x hip --offload-arch=gfx90a --offload-device-only -S -std=c++20 -O3 -Werror \
    -Wno-unused-command-line-argument -I"$include" -isystem "$kokkos" -isystem "${kernels:-$kokkos}" -I"$root/lib" \
    -I"$build/lib" $mpi "$root/$1" -o "$to"
}
export -f compile
export compiler include objects kokkos kernels root build mpi
printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -I{} bash -c 'compile {}'
echo "hip: ${#sources[@]} files compile for gfx90a"
if [ $all = 1 ]; then
  python3 "$root/tests/gpu/resources.py" hip "$objects" \
    "clang $("$compiler/hip-clang" --version | grep -oE '[0-9]+\.[0-9.]+' | head -n 1), gfx90a" $write
fi
