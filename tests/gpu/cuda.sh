#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Compiles every source of the preset `cuda` for an NVIDIA GPU with that preset's options (see tree.sh), and compares
# registers, spills and shared memory of each kernel of the library with cuda.csv.
#
#   bash tests/gpu/cuda.sh BUILD_FOLDER [--write]     --write: renews the table
set -euo pipefail
command -v nvcc >/dev/null || { echo "cuda: nvcc is not installed"; exit 77; }
source "$(dirname "$0")/tree.sh"

device_package CUDA '#define KOKKOS_ENABLE_CUDA
#define KOKKOS_ENABLE_IMPL_CUDA_MALLOC_ASYNC
#define KOKKOS_ARCH_HOPPER
#define KOKKOS_ARCH_HOPPER90
#define KOKKOS_IMPL_ARCH_NVIDIA_GPU 90' '--extended-lambda;-arch=sm_90'
export KOLACE_DEVICE=cuda
compile_tree cuda c++
python3 "$root/tests/gpu/resources.py" cuda "$tree/lib/kolace" "$(nvcc --version | sed -n 's/.* V\([0-9.]*\)$/nvcc \1, sm_90/p')" $write
