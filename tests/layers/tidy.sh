#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs clang-tidy (.clang-tidy) over sources of a build.
#
#   bash tests/layers/tidy.sh BUILD_FOLDER [SOURCE ...]     default: those that differ from origin/main
set -euo pipefail
build=$(realpath "${1:?usage: tidy.sh BUILD_FOLDER [SOURCE ...]}")
shift
cd "$(dirname "$0")/../.."
if [ $# -eq 0 ]; then
  base=$(git merge-base HEAD origin/main 2>/dev/null || git rev-parse HEAD~1)
  mapfile -t sources < <(git diff --name-only --diff-filter=d "$base" -- 'lib/kolace/*.cpp' 'apps/*.cpp')
else
  sources=("$@")
fi
# clang does not know the warnings that are switched off for GCC.
[ ${#sources[@]} -eq 0 ] || printf '%s\n' "${sources[@]}" |
  xargs -P "$(nproc)" -n 1 clang-tidy --quiet -p "$build" --extra-arg=-Wno-unknown-warning-option
echo "tidy: ${#sources[@]} sources"
