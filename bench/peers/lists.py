#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Neighbor lists of kolace, vesin and matscipy for rattled diamond of 1 to a million atoms, on one thread.

    VENV/bin/python3 bench/peers/lists.py build/release/bench/bench_neighbors -o lists.json

needs numpy, vesin and matscipy in that Python. All make full lists within 5 A: index of the center, index of the
neighbor, shifts of the cell (vesin, matscipy) and vectors; kolace keeps offsets, indices and vectors. The best of
several runs counts; kolace's lists take new memory in every run, as those of the others do, or reuse it.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from machine import described

A, RATTLE, CUTOFF = 3.57, 0.05, 5.0
FRACTIONS = np.array([[0, 0, 0], [0, .5, .5], [.5, 0, .5], [.5, .5, 0]])
BASIS = np.concatenate([FRACTIONS, FRACTIONS + 0.25])


def crystal(cells):
    """Positions and edge of cells^3 cubic cells of diamond; 0: one atom with the volume of an atom in diamond."""
    if cells == 0:
        return np.zeros((1, 3)), A / 2
    corners = np.stack(np.meshgrid(*3 * [np.arange(cells)], indexing="ij"), -1).reshape(-1, 1, 3)
    positions = ((corners + BASIS) * A).reshape(-1, 3)
    return positions + np.random.default_rng(1).uniform(-RATTLE, RATTLE, positions.shape), cells * A


def vesin(positions, edge):
    from vesin import NeighborList
    found = NeighborList(cutoff=CUTOFF, full_list=True).compute(points=positions, box=edge * np.eye(3), periodic=True,
                                                                quantities="ijSD")
    return len(found[0])


def matscipy(positions, edge):
    from matscipy.neighbours import neighbour_list
    found = neighbour_list("ijSD", cutoff=CUTOFF, positions=positions, cell=edge * np.eye(3), pbc=[True] * 3)
    return len(found[0])


def best_time(function, *arguments):
    """Milliseconds of the fastest run, and what it returns."""
    best, begin = float("inf"), time.perf_counter()
    for run in range(200):
        start = time.perf_counter()
        result = function(*arguments)
        best = min(best, time.perf_counter() - start)
        if run >= 2 and time.perf_counter() - begin > 2:
            break
    return 1e3 * best, result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("benchmark", type=pathlib.Path, help="bench_neighbors")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    given = parser.parse_args()
    os.sched_setaffinity(0, {0})
    rows = []
    for cells in (0, 1, 2, 4, 8, 16, 32, 50):
        positions, edge = crystal(cells)
        row = {"atoms": len(positions)}
        for name, function in (("vesin", vesin), ("matscipy", matscipy)):
            row[f"{name}_ms"], pairs = best_time(function, positions, edge)
            row[f"{name}_pairs"] = pairs / len(positions)
        for again in (0, 1):
            run = subprocess.run([given.benchmark.resolve(), f"--benchmark_filter=^neighbor_list/{cells}/50/{again}$",
                                  "--benchmark_format=json", "--benchmark_min_time=0.5", "--benchmark_repetitions=3"],
                                 capture_output=True, text=True, check=True,
                                 env=dict(os.environ, OMP_NUM_THREADS="1", OMP_PROC_BIND="false"))
            runs = [r for r in json.loads(run.stdout)["benchmarks"] if r["run_type"] == "iteration"]
            fastest = min(runs, key=lambda r: r["real_time"])
            row["kolace_again_ms" if again else "kolace_ms"] = fastest["real_time"]
            row["pairs"] = fastest["pairs/atom"]
        for name in ("vesin", "matscipy"):
            if abs(row.pop(f"{name}_pairs") - row["pairs"]) > 0.005 * row["pairs"]:
                sys.exit(f"lists.py: {name} finds another number of neighbors: {row}")
        rows.append(row)
        print(row, flush=True)
    given.output.write_text(json.dumps({**described(threads=1), "lists": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
