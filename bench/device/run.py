#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Runs prebuilt tests and benchmarks on a machine that has a device and neither network nor compiler.

    cmake --preset cuda -DKokkos_ARCH_HOPPER90=ON -DKOLACE_BUILD_BENCH=ON -DKOLACE_RUNTIME_SOURCE_DIR=.
    cmake --build build/cuda                                # where there is a compiler
    python3 bench/device/run.py build/cuda OUT              # on the device, in this folder

Tests come first, then a few small ones under compute-sanitizer where it is installed, then the benchmarks and
their efficiencies (bench/portability.py), within --seconds in all; what finds no time left is named. OUT gets
the logs, Google Test's and Google Benchmark's JSON, machine.txt and summary.json. Exit code 1 where a step failed.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

BENCH = pathlib.Path(__file__).resolve().parents[1]
NOT_HERE = {"test_device_tuning", "test_mpi_split"}  # a host as a device; ranks
#: Small tests of each kernel, for a sanitizer that slows them down a hundred times.
SANITIZED = {"test_neighbors": "*ThinCells*:*AtomAtTheOrigin*:*BuildsOver*",
             "test_evaluate": "*Cu_zbl:*C_K6_small:*EveryFormOfLists*:*GhostAtoms*",
             "test_design": "*SameInAnyBatch*",
             "test_linalg": "StreamingQr*Batches*:StreamingQr*Zeros*:CholeskyQr*Zeros*"}
TESTS_SHARE, SANITIZER_SHARE = 0.5, 0.65  # of the time, when the step has to end


class Steps:
    """What was run, with its end and its seconds."""

    def __init__(self, out, seconds):
        self.out, self.seconds, self.start, self.done = out, seconds, time.monotonic(), []

    def left(self, share=1.0):
        return share * self.seconds - (time.monotonic() - self.start)

    def run(self, name, command, share=1.0):
        """Runs a command within `share` of the whole time; True where it succeeded."""
        limit, begin = self.left(share), time.monotonic()
        if limit < 2:
            result = "no time left"
        else:
            with (self.out / f"{name}.log").open("w") as log:
                try:
                    code = subprocess.run([str(word) for word in command], stdout=log, stderr=subprocess.STDOUT,
                                          timeout=limit, check=False).returncode
                    result = "ok" if code == 0 else f"exit code {code}"
                except subprocess.TimeoutExpired:
                    result = "stopped at its limit"
                except OSError as error:
                    result = str(error)
        seconds = round(time.monotonic() - begin, 1)
        self.done.append({"step": name, "result": result, "seconds": seconds})
        print(f"{name:<32} {result:<22} {seconds:7.1f} s", flush=True)
        return result == "ok"


def describe_machine(path):
    with path.open("w") as file:
        for command in (["nvidia-smi"], ["rocm-smi"], ["lscpu"]):
            if shutil.which(command[0]):
                file.write(subprocess.run(command, capture_output=True, text=True, check=False).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path, help="build folder with tests/test_* and bench/bench_*")
    parser.add_argument("out", type=pathlib.Path, help="folder for results")
    parser.add_argument("--seconds", type=float, default=480, help="for everything (480)")
    parser.add_argument("--name", default="device", help="of the backend in portability.txt")
    options = parser.parse_args()
    tests = sorted(path for path in (options.build / "tests").glob("test_*")
                   if path.is_file() and os.access(path, os.X_OK) and path.name not in NOT_HERE)
    benchmarks = sorted(path for path in (options.build / "bench").glob("bench_*")
                        if path.is_file() and os.access(path, os.X_OK))
    if not tests and not benchmarks:
        sys.exit(f"run.py: {options.build} holds neither tests/test_* nor bench/bench_*")
    options.out.mkdir(parents=True, exist_ok=True)
    describe_machine(options.out / "machine.txt")
    os.environ.setdefault("OMP_PROC_BIND", "false")

    steps = Steps(options.out, options.seconds)
    for test in tests:
        steps.run(test.name, [test.resolve(), f"--gtest_output=json:{options.out / test.name}.json"], TESTS_SHARE)
    if sanitizer := shutil.which("compute-sanitizer"):
        for test in tests:
            if test.name in SANITIZED:
                steps.run(f"{test.name}_sanitizer", [sanitizer, "--error-exitcode", "9", test.resolve(),
                                                     f"--gtest_filter={SANITIZED[test.name]}"], SANITIZER_SHARE)
    measured = []
    for benchmark in benchmarks:
        result = options.out / f"{benchmark.name}.json"
        if steps.run(benchmark.name, [benchmark.resolve(), "--benchmark_min_time=0.2", "--benchmark_out_format=json",
                                      f"--benchmark_out={result}"]):
            if re.search(r'"of_(peak|triad)"', result.read_text()):
                measured.append(f"{options.name}={result}")
    if measured:
        steps.run("portability", [sys.executable, BENCH / "portability.py", *measured])
    (options.out / "summary.json").write_text(json.dumps(steps.done, indent=1) + "\n")
    return 1 if any(step["result"] != "ok" for step in steps.done) else 0


if __name__ == "__main__":
    sys.exit(main())
