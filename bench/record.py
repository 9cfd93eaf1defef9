#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Runs the benchmarks and keeps the best of their repetitions. tables.py shows what was kept.

    python3 bench/record.py build/release/bench -o bench/results/NAME.json [--filter REGEX] [--repetitions 3]

Of each benchmark the shortest time is kept with its counters (README.md here explains them), beside date,
processor, threads and version; names of machines and paths are not. Repetitions are taken in random order, so
that a disturbance does not hit one benchmark alone. OMP_NUM_THREADS is the caller's (default 1).
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

from machine import described

PROGRAMS = ("bench_evaluate", "bench_design", "bench_linalg", "bench_neighbors", "bench_end_to_end")
KEPT = ("real_time", "time_unit", "us/atom", "GFLOP/s", "GB/s", "of_peak", "of_triad", "pairs/atom", "entries/atom", "rows",
        "dgeqrf_s", "functions", "MB")


def record(program, arguments):
    environment = dict(os.environ, OMP_PROC_BIND="false")
    environment.setdefault("OMP_NUM_THREADS", "1")
    result = subprocess.run(
        [str(program), f"--benchmark_filter={arguments.filter}", "--benchmark_format=json",
         f"--benchmark_repetitions={arguments.repetitions}", f"--benchmark_min_time={arguments.min_time}",
         "--benchmark_enable_random_interleaving=true"], capture_output=True, text=True, env=environment)
    if "Failed to match any benchmarks" in result.stderr:
        return {}
    if result.returncode:
        sys.exit(f"{program} ended with {result.returncode}\n{result.stderr}")
    best = {}
    for run in json.loads(result.stdout)["benchmarks"]:
        if run.get("run_type") != "iteration":
            continue
        if run.get("error_occurred"):
            sys.exit(f"{run['name']}: {run['error_message']}")
        if run["name"] not in best or run["real_time"] < best[run["name"]]["real_time"]:
            best[run["name"]] = {key: run[key] for key in KEPT if key in run}
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", help="of the benchmark programs", default="build/release/bench")
    parser.add_argument("--filter", default=".")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--min-time", type=float, default=0.1)
    parser.add_argument("-o", "--output", default="benchmarks.json")
    arguments = parser.parse_args()
    benchmarks = {}
    for name in PROGRAMS:
        benchmarks.update(record(pathlib.Path(arguments.folder) / name, arguments))
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip()
    result = {**described(int(os.environ.get("OMP_NUM_THREADS", 1))), "commit": commit, "benchmarks": benchmarks}
    pathlib.Path(arguments.output).write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
