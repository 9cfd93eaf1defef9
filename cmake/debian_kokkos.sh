#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Builds a private prefix with Kokkos and KokkosKernels from Debian's own binary packages.
#
#   bash cmake/debian_kokkos.sh PREFIX
#
# For a Debian machine that cannot reach the pinned releases. Nothing of the system changes: apt runs
# on a state of its own below PREFIX, checks Debian's signatures and checksums, and the packages are
# unpacked, not installed. The result is found by find_package like any other installation.
# Kokkos is built with OpenMP there. KokkosKernels is used header-only.
set -euo pipefail

prefix=$(realpath -m "${1:?usage: debian_kokkos.sh PREFIX}")
[ -f "$prefix/complete" ] && exit 0

source "$(dirname "$0")/debian_apt.sh"
debian_apt "$prefix" debian_kokkos

runtime=$(apt-cache "${apt_options[@]}" depends libkokkos-dev | awk '/Depends: libkokkos[0-9]/ && !n++ {print $2}')
[ -n "$runtime" ] || { echo "debian_kokkos: the index has no libkokkos-dev" >&2; exit 1; }

packages=("$runtime" libkokkos-dev libtrilinos-kokkos-kernels-dev/experimental)
# The library wants the C and C++ run-time libraries it was built with, unless this system is as new.
needs_runtime=false
glibc=$(getconf GNU_LIBC_VERSION | awk '{print $2}')
libstdcxx=$(dpkg-query -W -f '${Version}' libstdc++6 2>/dev/null || echo 0)
if dpkg --compare-versions "$glibc" lt 2.38 || dpkg --compare-versions "$libstdcxx" lt 13.1; then
  needs_runtime=true
  packages+=(libc6 libstdc++6 libgcc-s1 libgomp1)
fi
echo "debian_kokkos: fetching ${packages[*]}"
debian_unpack "$prefix" "${packages[@]}"
root=$prefix/root
libdir=$(debian_libraries "$prefix")
kokkos_cmake=$libdir/cmake/Kokkos
[ -f "$kokkos_cmake/KokkosTargets.cmake" ] || { echo "debian_kokkos: unexpected package layout" >&2; exit 1; }

# The package's own target file names /usr and libraries that its packages leave out: replace it.
link_options="-L$libdir;LINKER:-rpath,$libdir"
if $needs_runtime; then
  # Programs run with the C and C++ libraries that this Kokkos was built with.
  loader=$(find "$libdir" -maxdepth 1 -name 'ld-linux*.so.*' -print -quit)
  link_options+=";LINKER:--allow-shlib-undefined,--disable-new-dtags;LINKER:--dynamic-linker=$loader"
fi
rm -f "$kokkos_cmake"/KokkosTargets-*.cmake
cat >"$kokkos_cmake/KokkosTargets.cmake" <<CMAKE
if(NOT TARGET Kokkos::kokkos)
  add_library(Kokkos::kokkos INTERFACE IMPORTED)
  set_target_properties(Kokkos::kokkos PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "$root/usr/include/kokkos"
    INTERFACE_COMPILE_FEATURES cxx_std_20
    INTERFACE_LINK_LIBRARIES "kokkoscontainers;kokkoscore;OpenMP::OpenMP_CXX;dl"
    INTERFACE_LINK_OPTIONS "$link_options")
endif()
CMAKE

# KokkosKernels, header-only: without pre-compiled instantiations and without BLAS and LAPACK.
kernels=$root/usr/include/kokkos-kernels
mkdir -p "$kernels/generated_specializations_hpp"
cp "$root"/usr/include/trilinos/Kokkos*.h* "$kernels/"
(cd "$root/usr/include/trilinos/generated_specializations_hpp" && ls) | while read -r header; do
  : >"$kernels/generated_specializations_hpp/$header"
done
sed -i -E 's|^#define (KOKKOSKERNELS_INST_EXECSPACE_SERIAL\|KOKKOSKERNELS_ENABLE_TPL_(BLAS\|LAPACK)\|KOKKOSKERNELS_TEST_ETI_ONLY)$|/* #undef \1 */|' \
  "$kernels/KokkosKernels_config.h"
version=$(awk '/define KOKKOSKERNELS_VERSION_(MAJOR|MINOR|PATCH)/ {printf "%s%s", sep, $3; sep="."}' \
  "$kernels/KokkosKernels_config.h")
rm -rf "$libdir/cmake/KokkosKernels" "$libdir/libtrilinos_kokkoskernels.so" "$root/usr/include/trilinos"
mkdir -p "$libdir/cmake/KokkosKernels"
cat >"$libdir/cmake/KokkosKernels/KokkosKernelsConfig.cmake" <<CMAKE
include(CMakeFindDependencyMacro)
find_dependency(Kokkos)
if(NOT TARGET Kokkos::kokkoskernels)
  add_library(Kokkos::kokkoskernels INTERFACE IMPORTED)
  set_target_properties(Kokkos::kokkoskernels PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "$kernels"
    INTERFACE_LINK_LIBRARIES Kokkos::kokkos)
endif()
CMAKE
cat >"$libdir/cmake/KokkosKernels/KokkosKernelsConfigVersion.cmake" <<CMAKE
set(PACKAGE_VERSION "$version")
if(PACKAGE_VERSION VERSION_LESS PACKAGE_FIND_VERSION)
  set(PACKAGE_VERSION_COMPATIBLE FALSE)
else()
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
endif()
CMAKE

rm -rf "$prefix/apt"
touch "$prefix/complete"
echo "debian_kokkos: ready"
cat "$prefix/versions.txt"
