#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the tables of README.md from the results they show.

    python3 bench/tables.py            # rewrites the tables
    python3 bench/tables.py --check    # ends with 1 if a table is not that of its results

A table stands between <!-- table KIND FILE ... --> and <!-- end of table -->, with files relative to this
folder. Kinds: peers FILE, kernels FILE REGEX, threads FILE_OF_ONE FILE_OF_MORE REGEX, precision FILE,
scale FILE, fits FILE, lists FILE, lammps FILE.
"""

import argparse
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent


def load(name):
    return json.loads((HERE / name).read_text())


def markdown(*rows):
    rows = [f"| {' | '.join(row)} |" for row in rows]
    rows.insert(1, "|" + "---|" * (rows[0].count("|") - 1))
    return rows


def machine(result):
    vectors = result.get("vectors") or ("AVX-512" if result.get("avx512") else "")
    threads = f"{result['threads']} thread{'s' if result['threads'] > 1 else ''}"
    return [f"{result['processor']}{' with ' + vectors if vectors else ''}, {threads}, {result['date']}:", ""]


def peers(file):
    result = load(file)
    return machine(result) + markdown(
        ("case", "N_f", "neighbors", f"{result['peer']}, us/atom", "kolace, us/atom", "ratio"),
        *((row["case"].replace(" A", " Å"), str(row["n_functions"]), f"{row['neighbors']:.0f}", f"{row['peer_us']:.1f}",
           f"{row['kolace_us']:.1f}", f"{row['ratio']:.1f}x") for row in result["rows"]))


def in_order(names):
    return sorted(names, key=lambda name: [(not word.isdigit(), int(word) if word.isdigit() else 0, word)
                                           for word in name.split("/")])


def plain(name):
    return name.removesuffix("/iterations:1")


def time_of(run):
    """Per atom where there are atoms, else of one run."""
    time, unit = (run["us/atom"], "us/atom") if "us/atom" in run else (run["real_time"], run["time_unit"])
    return f"{time:.3g} {unit}" if time < 999 else f"{time:.0f} {unit}"


def kernels(file, wanted):
    result = load(file)
    runs = result["benchmarks"]
    cell = lambda run, key, digits: f"{run[key]:.{digits}f}" if run.get(key) else ""
    return machine(result) + markdown(
        ("benchmark", "time", "GFLOP/s", "of peak"),
        *((plain(name), time_of(runs[name]), cell(runs[name], "GFLOP/s", 1), cell(runs[name], "of_peak", 2))
          for name in in_order(runs) if re.search(wanted, name)))


def threads(one, more, wanted):
    first, second = load(one), load(more)
    runs, others = first["benchmarks"], second["benchmarks"]
    return machine(first)[0:1] + [f"against {second['threads']} threads, {second['date']}:", ""] + markdown(
        ("benchmark", f"{first['threads']} thread", f"{second['threads']} threads", "ratio"),
        *((plain(name), time_of(runs[name]), time_of(others[name]), f"{runs[name]['real_time'] / others[name]['real_time']:.2f}x")
          for name in in_order(runs) if name in others and re.search(wanted, name)))


def precision(file):
    result = load(file)
    runs = result["benchmarks"]
    names = in_order(name for name in runs if name.startswith("energy_forces_float32/"))
    rows = []
    for name in names:
        case = name.split("/", 1)[1]
        single, tables, exact = (runs[f"{kind}/{case}"]["us/atom"] for kind in
                                 ("energy_forces_float32", "energy_forces_splines", "energy_forces"))
        rows.append((case, f"{exact:.2f}", f"{tables:.2f}", f"{single:.2f}", f"{tables / single:.2f}x"))
    return machine(result) + markdown(("N_f / cutoff", "doubles, us/atom", "doubles with tables", "floats", "tables / floats"), *rows)


def scale(file):
    result = load(file)
    return machine(result) + markdown(
        ("N_f", "structures", "atoms", "seconds", "of which start", "us/atom after it", "peak memory", "solve from factors"),
        *((str(run["n_functions"]), f"{run['structures']:,}", f"{run['atoms']:,}", f"{run['seconds']:.2f}",
           f"{run['start_seconds']:.2f}", f"{1e6 * (run['seconds'] - run['start_seconds']) / run['atoms']:.1f}",
           f"{run['peak_mb']:.0f} MB", f"{run['solve_seconds']:.1f} s") for run in result["runs"]))


def fits(file):
    result = load(file)
    return machine(result) + markdown(
        ("program", "functions", "CPU s", "memory", "energies, meV/atom", "forces, meV/Å"),
        *((row["program"], str(row["functions"]), f"{row['cpu_s']:.1f}", f"{row['peak_mb']} MB",
           f"{row['energy_rmse_mev_per_atom']:.1f}", f"{row['force_rmse_mev_per_a']:.0f}") for row in result["fits"]))


def lists(file):
    result = load(file)
    return machine(result) + markdown(
        ("atoms", "neighbors", "vesin, ms", "matscipy, ms", "kolace, ms", "kolace in memory of an earlier list"),
        *((f"{row['atoms']:,}", f"{row['pairs']:.0f}", *(f"{row[key]:.3g}" if row[key] < 999 else f"{row[key]:,.0f}" for key in
           ("vesin_ms", "matscipy_ms", "kolace_ms", "kolace_again_ms"))) for row in result["lists"]))


def lammps(file):
    result = load(file)
    styles = {"pace, us/atom": "pace_us", "kolace": "kolace_us", "kolace single": "single_us", "kolace/kk": "kolace/kk_us"}
    styles = {name: key for name, key in styles.items() if any(key in row for row in result["runs"])}
    return machine(result) + markdown(
        ("case", "atoms", *styles, "pace / kolace"),
        *((row["case"], str(row["atoms"]), *(f"{row[key]:.2f}" if key in row else "" for key in styles.values()),
           f"{row['ratio']:.1f}x") for row in result["runs"]))


KINDS = {"fits": fits, "lammps": lammps, "lists": lists, "peers": peers, "kernels": kernels, "threads": threads, "precision": precision, "scale": scale}


def with_tables(text):
    def table(match):
        kind, *arguments = match[1].split()
        return "\n".join([f"<!-- table {match[1]} -->", *KINDS[kind](*arguments), "<!-- end of table -->"])
    return re.sub(r"<!-- table (.*?) -->\n.*?<!-- end of table -->", table, text, flags=re.S)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    page = HERE / "README.md"
    text = page.read_text()
    made = with_tables(text)
    if text.count("<!-- table ") != made.count("<!-- end of table -->") or text.count("<!-- table ") == 0:
        sys.exit("README.md: a table is not closed by <!-- end of table -->")
    if check and made != text:
        line = next(k for k, (a, b) in enumerate(zip(text.splitlines(), made.splitlines()), 1) if a != b)
        sys.exit(f"README.md:{line}: not the table of its results (run bench/tables.py)")
    if not check:
        page.write_text(made)


if __name__ == "__main__":
    main()
