#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs clang-tidy (.clang-tidy) over sources of a build.
#
#   bash tests/layers/tidy.sh BUILD_FOLDER [SOURCE ...]     default: one module, another one each day
set -euo pipefail
build=$(realpath "${1:?usage: tidy.sh BUILD_FOLDER [SOURCE ...]}")
shift
cd "$(dirname "$0")/../.."
if [ $# -eq 0 ]; then
  mapfile -t modules < <(ls -d lib/kolace/*/)
  module=${modules[$(($(date +%s) / 86400 % ${#modules[@]}))]}
  mapfile -t sources < <(git ls-files "$module*.cpp")
  echo "tidy: $module"
else
  sources=("$@")
fi
# clang does not know the warnings that are switched off for GCC.
[ ${#sources[@]} -eq 0 ] || printf '%s\n' "${sources[@]}" |
  xargs -P "$(nproc)" -n 1 clang-tidy --quiet -p "$build" --extra-arg=-Wno-unknown-warning-option
echo "tidy: ${#sources[@]} sources"
