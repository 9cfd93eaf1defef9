#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Installs a build and uses it from other CMake projects: as a package, through a library that links
# it, as a subdirectory; its examples and its Python package too.
#
#   bash tests/install/consume.sh BUILD_FOLDER [--quick]     --quick: the package alone
set -euo pipefail
build=$(realpath "${1:?usage: consume.sh BUILD_FOLDER [--quick]}")
source=$(cd "$(dirname "$0")/../.." && pwd)
here=$source/tests/install
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix_path=$(sed -n 's/^CMAKE_PREFIX_PATH:[A-Z]*=//p' "$build/CMakeCache.txt")
if [ -z "$prefix_path" ]; then # the build has found Kokkos in another way
  prefix_path=$(sed -n 's#^Kokkos_DIR:PATH=\(.*\)/lib[^/]*\(/[^/]*\)\{0,1\}/cmake/Kokkos$#\1#p' "$build/CMakeCache.txt")
fi
potential=$source/tests/data/reference/C_chebpow.yaml
fitted=$build/tests/example/potential.yaml

cmake --install "$build" --prefix "$work/installed" >/dev/null
# Moved, as a package of a distribution is; the program finds its Kokkos all the same.
mv "$work/installed" "$work/moved"
"$work/moved/bin/kolace" --version
if grep -rlF -e "$source" -e "$build" -e "${prefix_path:-$source}" "$work/moved/lib/cmake/kolace"; then
  echo "consume: these files of the package name folders of this machine"
  exit 1
fi
everything="$work/moved;$prefix_path"

cmake -S "$here" -B "$work/package" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_PREFIX_PATH="$everything" >/dev/null
cmake --build "$work/package" >/dev/null
"$work/package/consumer" "$potential"
if [ "${2:-}" = --quick ]; then exit 0; fi
cmake --install "$work/package" --prefix "$work/consumer" >/dev/null
cmake -S "$here/downstream" -B "$work/downstream" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  -DCONSUMER="$work/consumer" -DCMAKE_PREFIX_PATH="$everything" >/dev/null
cmake --build "$work/downstream" >/dev/null
"$work/downstream/downstream" "$potential"

if [ -f "$fitted" ]; then
  cmake -S "$source/lib/examples" -B "$work/examples" -G Ninja -DCMAKE_BUILD_TYPE=Release \
    -DKOLACE_EXAMPLE_POTENTIAL="$fitted" -DCMAKE_PREFIX_PATH="$everything" >/dev/null
  cmake --build "$work/examples" >/dev/null
  ctest --test-dir "$work/examples" --output-on-failure | tail -n 8
else
  echo "consume: the examples need the potential that ctest -R example.potential fits"
fi

# The Python package, built with the installed library: for the Python of the tests, and for another one if this machine
# has one with headers (installed, or by pyenv) and packages for it can be had.
test_wheel() {
  local python=$1 folder=$2 loader
  CMAKE_PREFIX_PATH=$work/moved:$prefix_path "$python" -m pip wheel -q --no-deps --no-build-isolation \
    -C cmake.define.KOLACE_PYTHON_WITH_INSTALLED=ON -w "$folder/wheel" "$source/apps/python"
  "$python" -m pip install -q --no-deps --target "$folder/package" "$folder"/wheel/kolace-*.whl
  loader=$(ls "$(sed -n 's/^Kokkos_DIR:PATH=//p' "$build/CMakeCache.txt")"/../../ld-linux*.so.* 2>/dev/null || true)
  python3 "$source/tests/python/run.py" "$work/moved/bin/kolace" "$folder/package" "$python" $loader
}
other_python() { # prints the newest whose version is not $1
  local python
  for python in $(compgen -c python3. | grep -xE 'python3\.[0-9]+' | sort -t. -k2 -nr -u) $(ls -dv "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.*/bin/python3 2>/dev/null | tac); do
    if "$python" -c "import pathlib, sys, sysconfig, venv
sys.exit(sys.version_info < (3, 9) or sys.version.split()[0] == '$1'
         or not (pathlib.Path(sysconfig.get_paths()['include']) / 'Python.h').exists())" 2>/dev/null; then
      echo "$python"
      return
    fi
  done
}
python=$source/build/client/bin/python3
if [ -f "$source/build/client/complete" ] && grep -q '^KOLACE_BUILD_PYTHON:BOOL=ON' "$build/CMakeCache.txt"; then
  test_wheel "$python" "$work/python"
  other=$(other_python "$("$python" -c 'import sys; print(sys.version.split()[0])')")
  if [ -z "$other" ]; then
    echo "consume: this machine has no other Python with headers"
  elif "$other" -m venv "$work/other" && timeout 300 "$work/other/bin/pip" install -q --only-binary :all: \
    numpy ase nanobind scikit-build-core pytest; then
    "$work/other/bin/python3" --version
    test_wheel "$work/other/bin/python3" "$work/other_package"
  else
    echo "consume: numpy, ase and nanobind cannot be installed for $other"
  fi
else
  echo "consume: the Python package is not built here (no nanobind, or no headers of Python)"
fi

# The plugin of LAMMPS by itself, with the installed library.
lammps=$(sed -n 's/^LAMMPS_INCLUDE_DIR:[A-Z]*=//p' "$build/CMakeCache.txt")
if [ -f "$lammps/pair.h" ]; then
  cmake -S "$source/apps/lammps" -B "$work/plugin" -G Ninja -DCMAKE_PREFIX_PATH="$everything" -DLAMMPS_INCLUDE_DIR="$lammps" \
    -DLAMMPS_MPI_INCLUDE_DIR="$(sed -n 's/^LAMMPS_MPI_INCLUDE_DIR:[A-Z]*=//p' "$build/CMakeCache.txt")" >/dev/null
  cmake --build "$work/plugin" >/dev/null
  test -f "$work/plugin/kolaceplugin.so"
else
  echo "consume: the plugin of LAMMPS is not built here (no headers of LAMMPS)"
fi

# Evaluation and files alone as a subdirectory, where nothing of fitting is at hand; for any processor of this kind, as
# distributions build packages (the presets' tests have the instructions of this one).
cmake -S "$here" -B "$work/subdirectory" -G Ninja -DKOLACE_COMPONENTS=io \
  -DCMAKE_DISABLE_FIND_PACKAGE_LAPACK=ON -DCMAKE_DISABLE_FIND_PACKAGE_HDF5=ON \
  -DCMAKE_DISABLE_FIND_PACKAGE_MPI=ON -DCMAKE_DISABLE_FIND_PACKAGE_Eigen3=ON \
  -DCMAKE_DISABLE_FIND_PACKAGE_KokkosKernels=ON \
  -DCMAKE_CXX_FLAGS=-O0 -DKOLACE_WERROR=ON -DKOLACE_SOURCE="$source" -DCMAKE_PREFIX_PATH="$prefix_path" >/dev/null
cmake --build "$work/subdirectory" --target consumer >/dev/null
"$work/subdirectory/consumer" "$potential"
cmake --install "$work/subdirectory" --prefix "$work/from_subdirectory" >/dev/null
test -f "$work/from_subdirectory/lib/cmake/kolace/kolace_io_targets.cmake"
echo "consume: installed package, library in between, examples and subdirectory work"
