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


# The Python package, built with the installed library.
python=$source/build/client/bin/python3
if [ -f "$source/build/client/complete" ] && grep -q '^KOLACE_BUILD_PYTHON:BOOL=ON' "$build/CMakeCache.txt"; then
  CMAKE_PREFIX_PATH=$work/installed "$python" -m pip wheel -q --no-deps --no-build-isolation \
    -C cmake.define.KOLACE_PYTHON_WITH_INSTALLED=ON -w "$work/wheel" \
    "$source/apps/python"
  "$python" -m pip install -q --no-deps --target "$work/python" "$work"/wheel/kolace-*.whl
  loader=$(ls "$(sed -n 's/^Kokkos_DIR:PATH=//p' "$build/CMakeCache.txt")"/../../ld-linux*.so.* 2>/dev/null || true)
  python3 "$source/tests/python/run.py" "$work/installed/bin/kolace" "$work/python" "$python" $loader
else
  echo "consume: the Python package is not built here (no nanobind, or no headers of Python)"
fi

cmake -S "$here" -B "$work/subdirectory" -G Ninja \
  -DCMAKE_CXX_FLAGS=-O0 -DKOLACE_SOURCE="$source" -DCMAKE_PREFIX_PATH="$prefix_path" >/dev/null
cmake --build "$work/subdirectory" --target consumer >/dev/null
"$work/subdirectory/consumer" "$source/tests/data/reference/C_chebpow.yaml"
echo "consume: installed package and subdirectory both work"
