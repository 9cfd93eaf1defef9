#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Compiles every source of the preset `hip` for an AMD GPU with that preset's options (see tree.sh) and Debian's compiler
# (cmake/debian_hip.sh), and compares registers, spills and shared memory of each kernel of the library with hip.csv.
#
#   bash tests/gpu/hip.sh BUILD_FOLDER [--write]     --write: renews the table
set -euo pipefail
source "$(dirname "$0")/tree.sh"
compiler=$root/build/hip-clang
mkdir -p "$build/gpu"
bash "$root/cmake/debian_hip.sh" "$compiler" >"$build/gpu/hip-clang.log" 2>&1 || {
  status=$?
  tail -n 2 "$build/gpu/hip-clang.log"
  echo "hip: the compiler cannot be unpacked here"
  exit $status # 77: no Debian, or no network
}

device_package HIP '#define KOKKOS_ENABLE_HIP
#define KOKKOS_ARCH_AMD_GFX90A
#define KOKKOS_ARCH_AMD_GPU "gfx90a"
#define KOKKOS_IMPL_ARCH_AMD_GPU 90' '--offload-arch=gfx90a;-Wno-unused-command-line-argument'
export KOLACE_DEVICE=hip
rm -rf "$tree" # clang writes no dependencies when it compiles for the device alone
compile_tree hip "$compiler/hip-clang"
python3 "$root/tests/gpu/resources.py" hip "$tree/lib/kolace" \
  "clang $("$compiler/hip-clang" --version | grep -oE '[0-9]+\.[0-9.]+' | head -n 1), gfx90a" $write
