# SPDX-License-Identifier: BSD-3-Clause
# Sourced by scripts that unpack Debian packages into a folder of their own: nothing of the system changes. apt runs with
# a private state, and the packages are those of Debian unstable and experimental, signed as usual.
#
#   debian_apt PREFIX NAME     prepares PREFIX/apt and reads the package index; NAME starts messages. Status 77: this is no
#                              Debian, or its mirror cannot be reached
#   debian_unpack PREFIX PACKAGE...    unpacks packages into PREFIX/root and lists them in PREFIX/versions.txt
#   debian_libraries PREFIX    folder of the libraries in PREFIX/root

debian_apt() {
  local prefix=$1 name=$2 tool mirror suite
  local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  for tool in apt-get dpkg-deb dpkg; do
    command -v "$tool" >/dev/null || { echo "$name: needs $tool (a Debian system)" >&2; return 77; }
  done
  [ -f "$keyring" ] || { echo "$name: $keyring is missing" >&2; return 77; }
  # The mirror this machine already uses.
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    grep -oE 'https?://[^ ]+/debian/?( |$)' | grep -v -e security -e snapshot | head -n 1 | tr -d ' ' || true)
  [ -n "$mirror" ] || { echo "$name: no Debian mirror in /etc/apt" >&2; return 77; }
  rm -rf "$prefix"
  mkdir -p "$prefix"/apt/{state/lists/partial,cache/archives/partial,debs} "$prefix/root"
  for suite in unstable experimental; do
    echo "deb [signed-by=$keyring] $mirror $suite main"
  done >"$prefix/apt/sources.list"
  apt_options=(-o Dir::State="$prefix/apt/state" -o Dir::State::Lists="$prefix/apt/state/lists"
    -o Dir::State::status=/dev/null -o Dir::Cache="$prefix/apt/cache"
    -o Dir::Etc::SourceList="$prefix/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o Acquire::Check-Valid-Until=false # any signed state of the index will do, also an old mirror's
    -o Acquire::Languages=none -o APT::Sandbox::User="$(id -un)")
  echo "$name: reading the package index"
  apt-get "${apt_options[@]}" -qq update || { echo "$name: the mirror cannot be reached" >&2; return 77; }
}

debian_unpack() {
  local prefix=$1 deb
  shift
  (cd "$prefix/apt/debs" && apt-get "${apt_options[@]}" -qq download "$@")
  for deb in "$prefix"/apt/debs/*.deb; do
    dpkg -x "$deb" "$prefix/root"
    dpkg-deb -W --showformat='${Package} ${Version}\n' "$deb"
  done | sort >"$prefix/versions.txt"
}

debian_libraries() {
  echo "$1/root/usr/lib/$(dpkg --print-architecture | sed 's/amd64/x86_64/; s/arm64/aarch64/')-linux-gnu"
}
