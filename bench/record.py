#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Runs the benchmarks, keeps the best of their repetitions, and prints tables of what was kept.

    python3 bench/record.py build/release/bench -o bench/results/NAME.json [--filter REGEX] [--repetitions 3]
    python3 bench/record.py --table bench/results/NAME.json

Of each benchmark the shortest time is kept with its counters (README.md here explains them), beside date,
processor, threads and version; names of machines and paths are not. Repetitions are taken in random order, so
that a disturbance does not hit one benchmark alone. OMP_NUM_THREADS is the caller's (default 1).
"""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import time

PROGRAMS = ("bench_evaluate", "bench_design", "bench_linalg", "bench_neighbors")
KEPT = ("real_time", "time_unit", "us/atom", "GFLOP/s", "GB/s", "of_peak", "of_triad", "pairs/atom", "entries/atom")


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


def table(path):
    result = json.loads(pathlib.Path(path).read_text())
    print(f"{result['processor']}, {result['threads']} thread(s), {result['date']}\n")
    print("| benchmark | us/atom | GFLOP/s | of peak |\n|---|---|---|---|")
    for name, run in sorted(result["benchmarks"].items(), key=lambda item: [
            (not word.isdigit(), int(word) if word.isdigit() else 0, word) for word in item[0].split("/")]):
        cells = [f"{run['us/atom']:.3g}" if "us/atom" in run else f"{run['real_time']:.3g} {run['time_unit']}"]
        cells.append(f"{run['GFLOP/s']:.1f}" if run.get("GFLOP/s") else "")
        cells.append(f"{run['of_peak']:.2f}" if run.get("of_peak") else "")
        print(f"| {name} | {' | '.join(cells)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", help="of the benchmark programs", default="build/release/bench")
    parser.add_argument("--filter", default="^(energy_forces|design_rows|qr_update)")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--min-time", type=float, default=0.1)
    parser.add_argument("--table", help="print the table of a result")
    parser.add_argument("-o", "--output", default="benchmarks.json")
    arguments = parser.parse_args()
    if arguments.table:
        return table(arguments.table)
    benchmarks = {}
    for name in PROGRAMS:
        benchmarks.update(record(pathlib.Path(arguments.folder) / name, arguments))
    cpuinfo = pathlib.Path("/proc/cpuinfo").read_text()
    processor = next((line.split(":")[1].strip() for line in cpuinfo.splitlines() if line.startswith("model name")),
                     platform.processor())
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip()
    result = {"date": time.strftime("%Y-%m-%d"), "commit": commit, "processor": processor,
              "vectors": "AVX-512" if "avx512f" in cpuinfo else "AVX2" if "avx2" in cpuinfo else "",
              "threads": int(os.environ.get("OMP_NUM_THREADS", 1)), "benchmarks": benchmarks}
    pathlib.Path(arguments.output).write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
