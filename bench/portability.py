#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Performance portability of the benchmarks over several backends.

    build/release/bench/bench_design --benchmark_out=openmp.json --benchmark_out_format=json
    build/cuda/bench/bench_design --benchmark_out=cuda.json --benchmark_out_format=json
    python3 bench/portability.py OpenMP=openmp.json CUDA=cuda.json

A kernel's efficiency e on a backend is its share of the peak that bounds it, both measured in the same
run: the larger of `of_peak` (arithmetic) and `of_triad` (memory). Over a set H of backends
PP = |H| / sum(1 / e), the harmonic mean, and 0 where one of them did not run it (Pennycook, Sewall and
Lee, Future Gener. Comput. Syst. 92, 947 (2019)). A backend may be given several files.
"""

import argparse
import json
import sys


def efficiencies(path):
    """{benchmark: e} of one JSON file; failed benchmarks are left out."""
    with open(path, encoding="utf-8") as file:
        runs = json.load(file)["benchmarks"]
    found = {}
    for run in runs:
        shares = [run[key] for key in ("of_peak", "of_triad") if key in run]
        if shares and not run.get("error_occurred"):
            found[run["name"]] = max(found.get(run["name"], 0), *shares)
    return found


def portability(values):
    """The harmonic mean, 0 where a value is missing (None) or 0."""
    if not all(values):
        return 0.0
    return len(values) / sum(1 / e for e in values)


def table(backends):
    """Rows [benchmark, e of each backend or None, PP], in the order of the first mention."""
    names = dict.fromkeys(name for found in backends.values() for name in found)
    rows = []
    for name in names:
        values = [found.get(name) for found in backends.values()]
        rows.append([name, *values, portability(values)])
    return rows


def main(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", nargs="+", metavar="BACKEND=FILE",
                        help="Google Benchmark's JSON of one backend")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    backends = {}
    options = parser.parse_args(arguments)
    for argument in options.results:
        backend, equals, path = argument.partition("=")
        if not equals:
            parser.error(f"expected BACKEND=FILE, got '{argument}'")
        try:
            found = efficiencies(path)
        except (OSError, ValueError, KeyError, TypeError) as error:
            parser.error(f"{path}: not a benchmark's JSON output ({error})")
        if not found:
            parser.error(f"{path}: no benchmark counts of_peak or of_triad")
        backends.setdefault(backend, {}).update(found)
    rows = table(backends)
    if options.json:
        columns = ["benchmark", *backends, "PP"]
        json.dump([dict(zip(columns, row)) for row in rows], sys.stdout, indent=1)
        print()
        return
    width = max(len(row[0]) for row in rows)
    print("benchmark".ljust(width), *(b.rjust(10) for b in backends), "PP".rjust(10))
    for name, *values in rows:
        print(name.ljust(width), *(("-" if e is None else f"{e:.3f}").rjust(10) for e in values))


if __name__ == "__main__":
    main(sys.argv[1:])
