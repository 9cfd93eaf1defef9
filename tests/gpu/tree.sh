# SPDX-License-Identifier: BSD-3-Clause
# Sourced by the checks of a backend. From BUILD_FOLDER, whose Kokkos 5 is built for a host, it makes a package of Kokkos'
# headers with the backend switched on, configures the backend's preset with it, and compiles every source of that tree:
# objects only, since the package has no library. Needs neither a GPU nor a build of Kokkos for one.
#
#   device_package BACKEND "definitions, one per line" "compile options, separated by ;"
#   compile_tree PRESET COMPILER [cmake argument ...]
#
# Sets root, build, tree (the preset's build folder), write (--write or empty).

build=$(realpath "${1:?usage: bash $0 BUILD_FOLDER [--write]}")
write=${2:-}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
check=$(basename "$0" .sh)
package=$build/gpu/$check-package
tree=$build/gpu/$check
of_build() { grep -m 1 -oE "/[^ \"]*/include/$1\b" "$build/compile_commands.json" | sed -n 1p || true; }
kokkos=$(of_build kokkos)
kernels=$(of_build kokkos-kernels)
[ -f "$kokkos/KokkosCore_config.h" ] || { echo "$check: no Kokkos headers in $build"; exit 77; }
version=$(awk '/define KOKKOS_VERSION_(MAJOR|MINOR|PATCH)/ {printf "%s%s", sep, $3; sep="."}' "$kokkos/KokkosCore_config.h")
[ "${version%%.*}" -ge 5 ] || { echo "$check: needs the headers of Kokkos 5"; exit 77; }

device_package() {
  local include=$package/include setup=$1 name to
  [ "$1" = CUDA ] && setup=Cuda
  mkdir -p "$include/desul/atomics"
  DEFINITIONS=$2 awk '{print} /define KOKKOS_ENABLE_OPENMP/ {print ENVIRON["DEFINITIONS"]}' \
    "$kokkos/KokkosCore_config.h" >"$include/KokkosCore_config.h"
  echo "#include <setup/Kokkos_Setup_$setup.hpp>" >"$include/KokkosCore_Config_SetupBackend.hpp"
  for name in Fwd Declare; do
    printf '#include <%s/Kokkos_%s_OPENMP.hpp>\n#include <%s/Kokkos_%s_%s.hpp>\n' \
      "${name,,}" $name "${name,,}" $name "$1" | sed 's|<declare/|<decl/|' >"$include/KokkosCore_Config_${name}Backend.hpp"
  done
  sed "s|.*DESUL_ATOMICS_ENABLE_$1\b.*|#define DESUL_ATOMICS_ENABLE_$1|" \
    "$kokkos/desul/atomics/Config.hpp" >"$include/desul/atomics/Config.hpp"

  # Packages as an installed Kokkos has them: KOKKOS_DEPENDENCE tells the launcher which sources are for the device.
  for name in Kokkos KokkosKernels; do
    to=$package/lib/cmake/$name
    mkdir -p "$to"
    printf 'set(PACKAGE_VERSION "%s")\nset(PACKAGE_VERSION_COMPATIBLE TRUE)\n' "$version" >"$to/${name}ConfigVersion.cmake"
  done
  cat >"$package/lib/cmake/Kokkos/KokkosConfig.cmake" <<CMAKE
set(Kokkos_ENABLE_OPENMP ON)
set(Kokkos_ENABLE_$1 ON)
include(CMakeFindDependencyMacro)
find_dependency(OpenMP)
if(NOT TARGET Kokkos::kokkos)
  add_library(Kokkos::kokkos INTERFACE IMPORTED)
  target_include_directories(Kokkos::kokkos SYSTEM INTERFACE "$include" "$kokkos")
  target_compile_definitions(Kokkos::kokkos INTERFACE KOKKOS_DEPENDENCE)
  target_compile_options(Kokkos::kokkos INTERFACE $3)
  target_compile_features(Kokkos::kokkos INTERFACE cxx_std_20)
  target_link_libraries(Kokkos::kokkos INTERFACE OpenMP::OpenMP_CXX)
endif()
CMAKE
  cat >"$package/lib/cmake/KokkosKernels/KokkosKernelsConfig.cmake" <<CMAKE
if(NOT TARGET Kokkos::kokkoskernels)
  add_library(Kokkos::kokkoskernels INTERFACE IMPORTED)
  target_include_directories(Kokkos::kokkoskernels SYSTEM INTERFACE "${kernels:-$kokkos}")
  target_link_libraries(Kokkos::kokkoskernels INTERFACE Kokkos::kokkos)
endif()
CMAKE
}

compile_tree() {
  local preset=$1 compiler=$2
  shift 2
  (cd "$root" && cmake --preset "$preset" -B "$tree" -DCMAKE_PREFIX_PATH="$package" -DCMAKE_CXX_COMPILER="$compiler" \
    -DCMAKE_CXX_COMPILER_LAUNCHER="$root/tests/gpu/launcher.sh" -DKOLACE_WERROR=OFF "$@") >"$build/gpu/$check.log" 2>&1 ||
    { tail -n 20 "$build/gpu/$check.log"; echo "$check: preset $preset cannot be configured"; exit 1; }
  mapfile -t objects < <(ninja -C "$tree" -t targets all | sed -n 's/^\([^:]*\.o\): .*/\1/p')
  ninja -C "$tree" -k 0 "${objects[@]}" >>"$build/gpu/$check.log" 2>&1 ||
    { grep -vE '^\[|ptxas info|Used [0-9]* registers' "$build/gpu/$check.log" | tail -n 60; echo "$check: compilation fails"; exit 1; }
  echo "$check: preset $preset: ${#objects[@]} sources compile"
}
