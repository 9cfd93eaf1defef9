#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# CMake's launcher of compilers in the checks of this folder, in place of the one that Kokkos installs: sources that see
# Kokkos are compiled for the device, others by the host's compiler. KOLACE_DEVICE: cuda or hip. Nothing is to run, so
# host code is not optimized; outside the library, whose kernels are counted, the device's front end is enough (both
# front ends read the whole source).
set -euo pipefail

object= sees_kokkos=false arguments=() device=()
for ((k = 1; k <= $#; k++)); do
  case ${!k} in
  -o) k=$((k + 1)) object=${!k} ;;
  -DKOKKOS_DEPENDENCE) sees_kokkos=true ;;
  *) arguments+=("${!k}") ;;
  esac
done
compiler=${arguments[0]}
arguments=("${arguments[@]:1}")
$sees_kokkos || exec "$compiler" "${arguments[@]/#-O3/-O0}" -o "$object"

case $KOLACE_DEVICE in
cuda)
  mode=(-c)
  [[ $object == lib/* ]] || mode=(-ptx)
  for ((k = 0; k < ${#arguments[@]}; k++)); do
    case ${arguments[k]} in
    -c) device+=("${mode[@]}") ;;
    -O3) device+=(-O0) ;;
    -Werror=cross-execution-space-call) device+=(-Werror cross-execution-space-call) ;;
    -W* | -f* | -m* | -pthread) device+=(-Xcompiler "${arguments[k]}") ;;
    *) device+=("${arguments[k]}") ;;
    esac
  done
  nvcc -x cu --resource-usage "${device[@]}" -o "$object" 2>"$object.log" || { cat "$object.log"; exit 1; }
  ;;
hip)
  mode=(-S)
  [[ $object == lib/* ]] || mode=(-fsyntax-only)
  for argument in "${arguments[@]}"; do
    [ "$argument" != -c ] || argument=${mode[0]}
    device+=("$argument")
  done
  "$compiler" -x hip --offload-device-only "${device[@]}" -o "$object"
  touch "$object"
  ;;
esac
