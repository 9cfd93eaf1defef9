# SPDX-License-Identifier: BSD-3-Clause
# Sourced by the checks: headers that a build uses, and the sources with kernels. Sets build, root, kokkos, kernels,
# mpi, include, objects, and from the arguments write and sources (empty: all).

build=$(realpath "${1:?usage: bash $0 BUILD_FOLDER [--write | source ...]}")
shift
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
kokkos=$(grep -m 1 -oE '/[^ "]*/include/kokkos\b' "$build/compile_commands.json" | sed -n 1p || true)
kernels=$(grep -m 1 -oE '/[^ "]*/include/kokkos-kernels\b' "$build/compile_commands.json" | sed -n 1p || true)
mpi=$(grep -oE '(-I|-isystem )/[^ "]*mpi[^ "]*' "$build/compile_commands.json" | sort -u | tr '\n' ' ' || true)
check=$(basename "$0" .sh)
include=$build/gpu/$check
objects=$build/gpu/$check-objects
mkdir -p "$objects"
write=
if [ "${1:-}" = --write ]; then write=--write; shift; fi
sources=("$@")
[ -f "$kokkos/KokkosCore_config.h" ] || { echo "$check: no Kokkos headers in $build"; exit 77; }
version=$(awk '/define KOKKOS_VERSION_MAJOR/ {print $3}' "$kokkos/KokkosCore_config.h")
[ "$version" -ge 5 ] || { echo "$check: needs the headers of Kokkos 5"; exit 77; }

# Headers of Kokkos with another backend switched on, in $include.
#   overlay BACKEND "definitions, one per line"
overlay() {
  mkdir -p "$include/desul/atomics"
  DEFINITIONS=$2 awk '{print} /define KOKKOS_ENABLE_OPENMP/ {print ENVIRON["DEFINITIONS"]}' \
    "$kokkos/KokkosCore_config.h" >"$include/KokkosCore_config.h"
  local setup=$1
  [ "$1" = CUDA ] && setup=Cuda
  echo "#include <setup/Kokkos_Setup_$setup.hpp>" >"$include/KokkosCore_Config_SetupBackend.hpp"
  printf '#include <fwd/Kokkos_Fwd_OPENMP.hpp>\n#include <fwd/Kokkos_Fwd_%s.hpp>\n' "$1" \
    >"$include/KokkosCore_Config_FwdBackend.hpp"
  printf '#include <decl/Kokkos_Declare_OPENMP.hpp>\n#include <decl/Kokkos_Declare_%s.hpp>\n' "$1" \
    >"$include/KokkosCore_Config_DeclareBackend.hpp"
  sed "s|.*DESUL_ATOMICS_ENABLE_$1\b.*|#define DESUL_ATOMICS_ENABLE_$1|" \
    "$kokkos/desul/atomics/Config.hpp" >"$include/desul/atomics/Config.hpp"
}

# Files with kernels, relative to the root.
kernel_sources() {
  (cd "$root" && grep -rlE 'KOLACE_FOR_EACH_EXECUTION_SPACE|KOKKOS_LAMBDA' --include='*.cpp' lib) |
    grep -v core/version.cpp | sort
}
