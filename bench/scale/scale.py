#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Assembly of factors from many structures: time per atom, memory, interruption, parts, appending.

    python3 bench/scale/scale.py build/release/apps/kolace OUTDIR --structures 50000

Makes carbon cells of 24 to 36 atoms (fcc, bcc, simple cubic, diamond; strained and rattled), labels
them with a potential fitted to the bundled data, and assembles the first 1,000, 10,000 and all of them
with 250 functions; with 930, no more than --larger of them. Interruption, parts and appending are tried
on --tried. Writes OUTDIR/scale.json. A quarter of an hour on two cores with AVX2 at 50,000 structures.
"""

import argparse
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from machine import described

CARBON = pathlib.Path(__file__).resolve().parents[2] / "apps" / "carbon" / "data"
E0 = -245.33863645
# Basis by its number of functions: nradmax_by_orders, lmax_by_orders.
BASES = {250: ("[45, 5, 4]", "[0, 2, 2]"), 930: ("[45, 9, 5]", "[0, 6, 3]")}
LATTICES = {  # sites of the conventional cell, repetitions, nearest neighbor in units of a
    "diamond": ([(0, 0, 0), (0, .5, .5), (.5, 0, .5), (.5, .5, 0), (.25, .25, .25), (.25, .75, .75),
                 (.75, .25, .75), (.75, .75, .25)], (2, 2, 1), 0.433),
    "fcc": ([(0, 0, 0), (0, .5, .5), (.5, 0, .5), (.5, .5, 0)], (3, 2, 1), 0.707),
    "bcc": ([(0, 0, 0), (.5, .5, .5)], (3, 3, 2), 0.866),
    "simple cubic": ([(0, 0, 0)], (3, 3, 3), 1.0),
}


def write_cells(path, count):
    state = random.Random(1)
    names = list(LATTICES)
    with open(path, "w") as out:
        for k in range(count):
            sites, repetitions, nearest = LATTICES[names[k % len(names)]]
            a = state.uniform(1.45, 2.2) / nearest
            strain = [[(i == j) + state.uniform(-0.03, 0.03) for j in range(3)] for i in range(3)]
            cell = [[a * repetitions[i] * x for x in strain[i]] for i in range(3)]
            atoms = []
            for u in range(repetitions[0]):
                for v in range(repetitions[1]):
                    for w in range(repetitions[2]):
                        for site in sites:
                            f = [(x + o) / n for x, o, n in zip(site, (u, v, w), repetitions)]
                            atoms.append([sum(f[i] * cell[i][d] for i in range(3)) + state.gauss(0, 0.05)
                                          for d in range(3)])
            lattice = " ".join(f"{x:.6f}" for row in cell for x in row)
            out.write(f'{len(atoms)}\nLattice="{lattice}" Properties=species:S:1:pos:R:3 pbc="T T T" '
                      f'config_type="{names[k % len(names)]}"\n')
            out.writelines("C " + " ".join(f"{x:.6f}" for x in r) + "\n" for r in atoms)


def first_frames(source, target, begin, end):
    """Copies frames [begin, end). @return atoms"""
    atoms = 0
    with open(source) as lines, open(target, "w") as out:
        for k in range(end):
            count = int(next(lines))
            block = [f"{count}\n"] + [next(lines) for _ in range(count + 1)]
            if k >= begin:
                out.writelines(block)
                atoms += count
    return atoms


class Bench:
    def __init__(self, program, out):
        self.program, self.out = program, out
        self.environment = dict(os.environ, OMP_PROC_BIND="false")

    def run(self, *arguments, kill_after=None):
        """@return (seconds, peak MB, output)"""
        log = self.out / "log.txt"
        began = time.time()
        with open(log, "w") as sink:
            job = subprocess.Popen([self.program, *map(str, arguments)], stdout=sink, stderr=subprocess.STDOUT,
                                   env=self.environment)
            if kill_after:
                time.sleep(kill_after)
                job.send_signal(signal.SIGKILL)
            _, status, usage = os.wait4(job.pid, 0)
            job.returncode = os.waitstatus_to_exitcode(status)
        if job.returncode != 0 and not kill_after:
            sys.exit(log.read_text())
        return time.time() - began, usage.ru_maxrss / 1024, log.read_text()

    def input(self, n_functions, files, name="input.yaml"):
        n, l = BASES[n_functions]
        path = self.out / name
        path.write_text(
            f"cutoff: 5.0\ndata:\n  filename: [{', '.join(map(str, files))}]\n  reference_energy: {E0}\n"
            "  energy_key: kolace_energy\n  forces_key: kolace_forces\n  virial_key: kolace_virial\n"
            f"potential:\n  elements: [C]\n  functions: {{ALL: {{nradmax_by_orders: {n}, lmax_by_orders: {l}}}}}\n"
            "fit:\n  loss: {kappa: 0.3, kappa_virial: 0.1, L2_coeffs: 1e-10}\n  repulsion: none\n")
        return path

    def loss(self, source, factors):
        folder = self.out / "fit"
        seconds, _, _ = self.run("fit", source, "--factors", factors, "-o", folder)
        report = json.loads((folder / "report.json").read_text())
        return report["train"]["loss"], report["n_functions"], seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--structures", type=int, default=50000)
    parser.add_argument("--larger", type=int, default=10000, help="structures for the larger basis")
    parser.add_argument("--tried", type=int, default=10000, help="structures of interruption, parts and appending")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    out, total = arguments.out.resolve(), arguments.structures
    bench = Bench(arguments.program.resolve(), out)

    everything = out / "all.extxyz"
    if not everything.exists():
        (out / "truth.yaml").write_text(
            f"cutoff: 5.0\ndata: {{filename: [{CARBON}/diamond_like.extxyz, {CARBON}/diverse.extxyz], "
            f"reference_energy: {E0}}}\npotential:\n  elements: [C]\n"
            "  functions: {ALL: {nradmax_by_orders: [12, 5, 3, 2], lmax_by_orders: [0, 4, 2, 1]}}\n")
        bench.run("fit", out / "truth.yaml", "--no-predictions", "-o", out / "truth")
        write_cells(out / "cells.extxyz", total)
        bench.run("evaluate", out / "truth" / "potential.yaml", out / "cells.extxyz", "-o", everything)
        (out / "cells.extxyz").unlink()
    sizes = sorted({min(1000, total), min(10000, total), total})
    files, atoms = {}, {}
    for size in sizes:
        files[size] = out / f"{size}.extxyz"
        atoms[size] = first_frames(everything, files[size], 0, size)
    tried = max((size for size in sizes if size <= arguments.tried), default=sizes[0])  # for what follows the table
    half, rest = out / "half.extxyz", out / "rest.extxyz"
    first_frames(everything, half, 0, tried // 2)
    first_frames(everything, rest, tried // 2, tried)

    ten = out / "10.extxyz"  # what a run costs before it has data worth mentioning
    first_frames(everything, ten, 0, 10)
    results = {**described(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count()))), "structures": total, "runs": []}
    for n_functions in BASES:
        start = min(bench.run("assemble", bench.input(n_functions, [ten]), "-o", out / "ten.h5")[0] for _ in range(3))
        for size in sizes:
            if n_functions > min(BASES) and size > arguments.larger:
                continue
            source = bench.input(n_functions, [files[size]])
            seconds, memory, _ = bench.run("assemble", source, "-o", out / f"{n_functions}_{size}.h5")
            loss, counted, solving = bench.loss(source, out / f"{n_functions}_{size}.h5")
            results["runs"].append({"n_functions": counted, "structures": size, "atoms": atoms[size],
                                    "seconds": seconds, "us_per_atom": 1e6 * seconds / atoms[size],
                                    "peak_mb": memory, "solve_seconds": solving, "loss": loss,
                                    "start_seconds": start})
            print(results["runs"][-1], flush=True)

    # The same result by other ways, with the smaller basis.
    n_functions = min(BASES)
    source = bench.input(n_functions, [files[tried]])
    whole, _, _ = bench.loss(source, out / f"{n_functions}_{tried}.h5")
    full = next(r["seconds"] for r in results["runs"] if r["structures"] == tried)
    cut = out / "cut.h5"
    for path in (cut, out / "cut.h5.checkpoint"):
        path.unlink(missing_ok=True)
    bench.run("assemble", source, "-o", cut, "--checkpoint", full / 10, kill_after=0.6 * full)
    seconds, _, text = bench.run("assemble", source, "-o", cut)
    results["tried"] = tried
    results["killed_and_resumed"] = {"loss_over_whole_minus_1": bench.loss(source, cut)[0] / whole - 1,
                                     "continued": "continuing with structure" in text,
                                     "seconds_after": seconds}
    for k in (1, 2):
        bench.run("assemble", source, "--part", f"{k}/2", "-o", out / f"part{k}.h5")
    bench.run("merge", out / "part1.h5", out / "part2.h5", "-o", out / "merged.h5")
    results["two_parts"] = {"loss_over_whole_minus_1": bench.loss(source, out / "merged.h5")[0] / whole - 1}
    both = bench.input(n_functions, [half, rest], "both.yaml")
    bench.run("assemble", bench.input(n_functions, [half]), "-o", out / "appended.h5")
    bench.run("assemble", both, "--onto", out / "appended.h5", "-o", out / "appended.h5")
    results["appended"] = {"loss_over_whole_minus_1": bench.loss(both, out / "appended.h5")[0] / whole - 1}
    (out / "scale.json").write_text(json.dumps(results, indent=1) + "\n")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
