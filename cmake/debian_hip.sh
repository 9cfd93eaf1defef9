#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Unpacks the HIP compiler of Debian (clang, the device library and the headers of ROCm) into a private prefix, to
# compile kernels for AMD GPUs where no ROCm is installed. Objects only: nothing links, nothing runs.
#
#   bash cmake/debian_hip.sh PREFIX       then: PREFIX/hip-clang -x hip --offload-arch=gfx90a ... -c FILE
set -euo pipefail

prefix=$(realpath -m "${1:?usage: debian_hip.sh PREFIX}")
[ -f "$prefix/complete" ] && exit 0

source "$(dirname "$0")/debian_apt.sh"
debian_apt "$prefix" debian_hip

version=$(apt-cache "${apt_options[@]}" depends hipcc | sed -n 's/.*Depends: clang-\([0-9]*\)$/\1/p' | head -n 1)
[ -n "$version" ] || { echo "debian_hip: the index has no hipcc" >&2; exit 1; }
mapfile -t libraries < <(apt-cache "${apt_options[@]}" depends --recurse --no-recommends --no-suggests --no-conflicts \
  --no-breaks --no-replaces --no-enhances "libclang-cpp$version" | grep -E '^[a-z]' | sort -u)
echo "debian_hip: fetching clang $version and what it needs"
debian_unpack "$prefix" "clang-$version" "libclang-common-$version-dev" "libomp-$version-dev" \
  "rocm-device-libs-$version" libamdhip64-dev libhsa-runtime-dev "${libraries[@]}"

root=$prefix/root
libdir=$(debian_libraries "$prefix")
resources=$root/usr/lib/llvm-$version/lib/clang/$version
loader=$(find "$libdir" "$root/lib64" "$root/usr/lib64" -maxdepth 1 -name 'ld-linux*.so.*' -print -quit 2>/dev/null)
cat >"$prefix/hip-clang" <<SCRIPT
#!/bin/sh
# clang runs with the C library that it was built with.
exec "$loader" --argv0 clang++ --library-path "$libdir" "$root/usr/lib/llvm-$version/bin/clang-$version" --driver-mode=g++ \\
  -resource-dir "$resources" --rocm-path="$root/usr" --rocm-device-lib-path="$resources/amdgcn/bitcode" \\
  -isystem "$root/usr/include" "\$@"
SCRIPT
chmod +x "$prefix/hip-clang"
"$prefix/hip-clang" --version | head -n 1
rm -rf "$prefix/apt"
touch "$prefix/complete"
echo "debian_hip: ready"
