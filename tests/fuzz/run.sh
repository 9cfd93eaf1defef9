#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Fuzzes every reader, with AddressSanitizer and UndefinedBehaviorSanitizer:
#
#   bash tests/fuzz/run.sh SECONDS [target ...]
#
# Each target (extxyz, potential, yace, input, weights, factors) runs for SECONDS from the seeds in
# tests/fuzz/seeds and what build/fuzz/corpus has found before. A finding is a crash, a report of a
# sanitizer, an input that takes more than 2 s or more than 1 GB: it is left in build/fuzz/findings.
# Memory that a C library asks for beyond that (HDF5 takes lengths from damaged headers) is refused as a
# small machine would refuse it; what it makes of that is tested too. C++ code that asks for as much is
# a finding. KOLACE_FUZZ_SEED chooses the random numbers (1).
# Needs clang with its runtimes, and Kokkos as the other presets do (cmake/bootstrap.sh).
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:?usage: run.sh SECONDS [target ...]}
shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(extxyz potential yace input weights factors)
command -v clang++ >/dev/null || { echo "fuzz: skipped, clang is not installed"; exit 77; }
[ -e "$(clang++ -print-file-name=libclang_rt.fuzzer-x86_64.a)" ] ||
  [ -e "$(clang++ -print-resource-dir)/lib/linux/libclang_rt.fuzzer-x86_64.a" ] ||
  { echo "fuzz: skipped, clang has no libFuzzer"; exit 77; }
if [ -z "${KOLACE_PREFIX_PATH:-}" ] && [ -d build/kokkos-prefix/root/usr ]; then
  export KOLACE_PREFIX_PATH=$PWD/build/kokkos-prefix/root/usr
fi
cmake --preset fuzz >build/fuzz.log 2>&1 || { cat build/fuzz.log; exit 1; }
cmake --build build/fuzz "${targets[@]/#/--target=fuzz_}" >>build/fuzz.log 2>&1 ||
  { tail -n 50 build/fuzz.log; exit 1; }
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:max_allocation_size_mb=1024 UBSAN_OPTIONS=print_stacktrace=1 OMP_NUM_THREADS=1
findings=build/fuzz/findings
mkdir -p "$findings"
failed=0
for target in "${targets[@]}"; do
  corpus=build/fuzz/corpus/$target
  mkdir -p "$corpus"
  log=build/fuzz/$target.log
  if build/fuzz/tests/fuzz/fuzz_"$target" "$corpus" "tests/fuzz/seeds/$target" \
    -max_total_time="$seconds" -timeout=2 -rss_limit_mb=1500 -max_len=40000 -print_final_stats=1 \
    -seed="${KOLACE_FUZZ_SEED:-1}" -artifact_prefix="$findings/$target-" >"$log" 2>&1; then
    echo "fuzz: $target: $(awk '/number_of_executed_units/ {print $2}' "$log") inputs, no finding"
  else
    echo "fuzz: $target: a finding, see $log and $findings"
    tail -n 25 "$log"
    failed=1
  fi
done
exit $failed
