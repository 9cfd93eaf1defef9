#!/usr/bin/env bash
# Installs a build and uses it from another CMake project, found as a package and as a subdirectory.
#
#   bash tests/install/consume.sh BUILD_FOLDER
set -euo pipefail
build=$(realpath "${1:?usage: consume.sh BUILD_FOLDER}")
source=$(cd "$(dirname "$0")/../.." && pwd)
here=$source/tests/install
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix_path=$(sed -n 's/^CMAKE_PREFIX_PATH:[A-Z]*=//p' "$build/CMakeCache.txt")

cmake --install "$build" --prefix "$work/installed" >/dev/null
"$work/installed/bin/kolace" --version
# The installed package names Kokkos' place itself: no prefix path for it here.
cmake -S "$here" -B "$work/package" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_PREFIX_PATH="$work/installed" >/dev/null
cmake --build "$work/package" >/dev/null
"$work/package/consumer" "$source/tests/data/reference/C_chebpow.yaml"

cmake -S "$here" -B "$work/subdirectory" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  -DKOLACE_SOURCE="$source" -DCMAKE_PREFIX_PATH="$prefix_path" >/dev/null
cmake --build "$work/subdirectory" --target consumer >/dev/null
"$work/subdirectory/consumer" "$source/tests/data/reference/C_chebpow.yaml"
echo "consume: installed package and subdirectory both work"
