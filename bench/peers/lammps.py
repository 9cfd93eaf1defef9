#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""pair_style kolace and pace in one LAMMPS: times of the pair style in short runs, at equal energies and pressures.

    python3 bench/peers/lammps.py LMP kolaceplugin.so -o lammps.json
        --case "793 functions" tests/data/reference/C_K5_793.yace "diamond 3.57" C 4 ...

LMP needs the packages PLUGIN and ML-PACE, or pair_style pace as a plugin of its own (--pace-plugin); with KOKKOS and a plugin that has kolace/kk, --kokkos measures that too.
A case has a name, a .yace file, the lattice, the elements (separated by commas, at random sites) and the cells along
an edge. Runs are of 20 steps on one thread with a skin of 0.5 A; the best of three turns counts.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from machine import described

STYLES = {"pace": "pair_style pace", "kolace": "pair_style kolace", "single": "pair_style kolace single"}
KOKKOS = ["-k", "on", "t", "1", "-sf", "kk", "-pk", "kokkos", "newton", "on", "neigh", "half"]


def script(plugins, style, case):
    _, file, lattice, elements, cells = case
    elements = elements.split(",")
    mixed = "".join(f"set group all type/ratio {t} {1 / t} {100 + t}\n" for t in range(2, len(elements) + 1))
    loaded = "".join(f"plugin load {plugin.resolve()}\n" for plugin in plugins)
    return (f"{loaded}units metal\natom_modify map yes\nlattice {lattice}\n"
            f"region box block 0 {cells} 0 {cells} 0 {cells}\ncreate_box {len(elements)} box\ncreate_atoms 1 box\n{mixed}"
            f"displace_atoms all random 0.05 0.05 0.05 87287\nmass * 50\n{style}\n"
            f"pair_coeff * * {pathlib.Path(file).resolve()} {' '.join(elements)}\nneighbor 0.5 bin\n"
            "neigh_modify every 20 delay 0 check no\nvelocity all create 300 4928459\nfix 1 all nve\ntimestep 0.0005\n"
            "thermo_style custom step pe press\nthermo_modify format float %.12g\nthermo 20\nrun 2\nrun 20\n")


def run(given, style, case, folder, arguments=()):
    """Microseconds per atom and step, number of atoms, energy and pressure at the end."""
    (folder / "in.lmp").write_text(script([given.plugin, *given.pace_plugin], style, case))
    done = subprocess.run([given.lmp.resolve(), *arguments, "-in", "in.lmp", "-log", "none"], cwd=folder, text=True,
                          capture_output=True, env=dict(os.environ, OMP_NUM_THREADS="1", OMP_PROC_BIND="false"))
    if done.returncode:
        sys.exit(f"lammps.py: {style}, {case[0]}:\n{done.stdout[-1500:]}{done.stderr[-500:]}")
    atoms = int(re.findall(r"with (\d+) atoms", done.stdout)[-1])
    seconds = float(re.findall(r"^Pair\s+\|\s*(\S+)", done.stdout, re.M)[-1])
    energy, pressure = re.findall(r"^\s*22\s+(\S+)\s+(\S+)", done.stdout, re.M)[-1]
    return 1e6 * seconds / 20 / atoms, atoms, float(energy), float(pressure)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lmp", type=pathlib.Path)
    parser.add_argument("plugin", type=pathlib.Path)
    parser.add_argument("--case", nargs=5, action="append", required=True)
    parser.add_argument("--kokkos", action="store_true")
    parser.add_argument("--pace-plugin", type=pathlib.Path, nargs=1, default=[])
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    given = parser.parse_args()
    runs = {name: (style, ()) for name, style in STYLES.items()}
    if given.kokkos:
        runs["kolace/kk"] = ("pair_style kolace", KOKKOS)
    rows = []
    with tempfile.TemporaryDirectory() as name:
        for case in given.case:
            row = {"case": case[0]}
            results = {}
            for _ in range(3):
                for style, (line, arguments) in runs.items():
                    found = run(given, line, case, pathlib.Path(name), arguments)
                    results[style] = min(found, results.get(style, found))
            _, row["atoms"], energy, pressure = results["pace"]
            for style, (us, _, e, p) in results.items():
                row[f"{style}_us"] = round(us, 3)
                tolerance = 1e-4 if style == "single" else 1e-7
                if abs(e - energy) > tolerance * abs(energy) or abs(p - pressure) > 100 * tolerance * abs(pressure):
                    sys.exit(f"lammps.py: {case[0]}: {style} has {e} eV, {p} bar, pace {energy} eV, {pressure} bar")
            row["ratio"] = round(row["pace_us"] / row["kolace_us"], 2)
            rows.append(row)
            print(row, flush=True)
    given.output.write_text(json.dumps({**described(threads=1), "runs": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
