#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Energies, forces and virials against another evaluator of .yace files, in one run and at equal neighbors.

    python3 bench/peers/compare.py build/release/apps/kolace --peer NAME=EXECUTABLE -o bench/results/peers.json

EXECUTABLE POTENTIAL.yace STRUCTURE.extxyz CUTOFF REPETITIONS evaluates all atoms of the structure (one thread,
full neighbor list of the cutoff, made before the clock starts) and prints JSON: us_per_atom (best of the
repetitions), neighbors (an atom), energy (eV), force0 (of the first atom, eV/A). None is part of this project.

Potentials are fitted to the bundled carbon data, with the paper's bases and one of K = 5 with thousands of
functions; four elements to --alloy (extended XYZ of Nb, Mo, Ta, W). Each pair of times is taken in turns, three
times, and counts only if energy and force agree to 1e-6. One thread; nothing else should run.
"""

import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from machine import described

CARBON = pathlib.Path(__file__).resolve().parents[2] / "apps" / "carbon" / "data"
BASES = {  # by what they are called: nradmax_by_orders, lmax_by_orders
    "45": ("[45]", "[0]"), "90": ("[45, 5]", "[0, 2]"), "250": ("[45, 5, 4]", "[0, 2, 2]"),
    "493": ("[45, 8, 4]", "[0, 3, 3]"), "793": ("[45, 8, 4, 3]", "[0, 3, 3, 2]"), "930": ("[45, 9, 5]", "[0, 6, 3]"),
    "K=5, thousands": ("[20, 10, 8, 6]", "[0, 3, 3, 2]"),
}
FOUR = ("[15, 4, 2]", "[0, 3, 2]")
TURNS = 3


def run(*command):
    environment = dict(os.environ, OMP_NUM_THREADS="1", OMP_PROC_BIND="false")
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, env=environment)
    if result.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stdout}{result.stderr}")
    return result.stdout


def write_crystal(path, a, cells, sites, elements, rattle=0.05):
    state = random.Random(1)
    edge = a * cells
    lines = []
    for i in range(cells):
        for j in range(cells):
            for k in range(cells):
                for site in sites:
                    place = [(o + x) * a + state.uniform(-rattle, rattle) for o, x in zip((i, j, k), site)]
                    lines.append(f"{state.choice(elements)} " + " ".join(f"{x:.9f}" for x in place))
    path.write_text(f'{len(lines)}\nLattice="{edge} 0 0 0 {edge} 0 0 0 {edge}" Properties=species:S:1:pos:R:3\n'
                    + "\n".join(lines) + "\n")


def first_frames(source, target, count):
    with open(source) as lines, open(target, "w") as out:
        for _ in range(count):
            head = lines.readline()
            if not head:
                break
            out.write(head)
            out.writelines(lines.readline() for _ in range(int(head) + 1))
    return target


def fit(kolace, folder, name, data, elements, cutoff, limits):
    source = folder / f"{name}.yaml"
    source.write_text(f"cutoff: {cutoff}\ndata: {{filename: {data}}}\npotential:\n  elements: [{', '.join(elements)}]\n"
                      f"  functions: {{ALL: {{nradmax_by_orders: {limits[0]}, lmax_by_orders: {limits[1]}}}}}\n"
                      "fit: {repulsion: none, loss: {kappa: 0.5}, solver: {type: lsqr, iterations: 5}}\n")
    run(kolace, "fit", source, "-o", folder / name, "--no-predictions")
    return folder / name / "potential.yace"


def energy_and_force(kolace, folder, potential, structure):
    run(kolace, "evaluate", potential, structure, "-o", folder / "evaluated.extxyz")
    lines = (folder / "evaluated.extxyz").read_text().splitlines()
    energy = float(next(w for w in lines[1].split() if w.startswith("kolace_energy="))[14:].strip('"'))
    columns = next(w for w in lines[1].split() if w.startswith("Properties="))[11:].split(":")
    at = 0
    for name, width in zip(columns[::3], columns[2::3]):
        if name == "kolace_forces":
            return energy, [float(x) for x in lines[2].split()[at:at + 3]]
        at += int(width)
    sys.exit("kolace evaluate wrote no forces")


def measure(kolace, peer, folder, name, potential, structure, cutoff):
    energy, force = energy_and_force(kolace, folder, potential, structure)
    ours, theirs = [], []
    for _ in range(TURNS):
        mine = json.loads(run(kolace, "bench", potential, "--structure", structure, "--threads", 1, "--json"))
        other = json.loads(run(peer, potential, structure, cutoff, 3))
        ours.append(mine["energy_forces_us_per_atom"])
        theirs.append(other["us_per_atom"])
        if abs(other["energy"] - energy) > 1e-6 * max(abs(energy), 1) or \
                any(abs(a - b) > 1e-6 * (1 + abs(b)) for a, b in zip(other["force0"], force)):
            sys.exit(f"{name}: the two disagree: {other['energy']} and {energy} eV, {other['force0']} and {force} eV/A")
        if abs(other["neighbors"] - mine["pairs_per_atom"]) > 0.01:
            sys.exit(f"{name}: {other['neighbors']} and {mine['pairs_per_atom']} neighbors")
    row = {"case": name, "n_functions": mine["n_functions"], "neighbors": round(other["neighbors"], 2),
           "kolace_us": min(ours), "peer_us": min(theirs), "ratio": min(theirs) / min(ours),
           "kolace_all_us": ours, "peer_all_us": theirs}
    print(f"{name:32} N_f {row['n_functions']:5}  {row['neighbors']:6.1f} neighbors  kolace {row['kolace_us']:8.2f}  "
          f"peer {row['peer_us']:9.2f} us/atom  {row['ratio']:5.1f}x", flush=True)
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kolace", nargs="?")
    parser.add_argument("--peer", help="NAME=EXECUTABLE")
    parser.add_argument("--alloy", type=pathlib.Path,
                        help="extended XYZ of Nb, Mo, Ta, W; its first 100 frames are fitted")
    parser.add_argument("--cases", nargs="*", help="bases to measure (default: all)")
    parser.add_argument("-o", "--output", default="peers.json")
    arguments = parser.parse_args()
    if not arguments.kolace or "=" not in (arguments.peer or ""):
        parser.error("KOLACE and --peer NAME=EXECUTABLE are needed")
    name, peer = arguments.peer.split("=", 1)
    diamond = [(0, 0, 0), (0, .5, .5), (.5, 0, .5), (.5, .5, 0), (.25, .25, .25), (.25, .75, .75), (.75, .25, .75),
               (.75, .75, .25)]
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        structure = folder / "diamond.extxyz"
        write_crystal(structure, 3.57, 4, diamond, ["C"])
        for basis, limits in BASES.items():
            if arguments.cases and basis not in arguments.cases:
                continue
            for cutoff in (3.7,) if basis.startswith("K") else (5, 7):
                potential = fit(arguments.kolace, folder, f"{basis.split(',')[0]}_{cutoff}",
                                CARBON / "diamond_like.extxyz", ["C"], cutoff, limits)
                rows.append(measure(arguments.kolace, peer, folder, f"C, {basis}, {cutoff} A", potential, structure, cutoff))
        if arguments.alloy:
            structure = folder / "bcc.extxyz"
            write_crystal(structure, 3.24, 6, [(0, 0, 0), (.5, .5, .5)], ["Mo", "Nb", "Ta", "W"])
            potential = fit(arguments.kolace, folder, "alloy",
                            first_frames(arguments.alloy.resolve(), folder / "alloy.extxyz", 100), ["Mo", "Nb", "Ta", "W"], 5, FOUR)
            rows.append(measure(arguments.kolace, peer, folder, "Mo-Nb-Ta-W, 5 A", potential, structure, 5))
    result = {**described(threads=1), "peer": name, "rows": rows}
    pathlib.Path(arguments.output).write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
