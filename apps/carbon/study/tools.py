# SPDX-License-Identifier: BSD-3-Clause
"""Running the program and reading what it wrote."""

import csv
import itertools
import json
import math
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

# The models of the study by N_f, as the paper names them: nradmax and lmax, one number per rank (body order - 1).
LIMITS = {
    45: ("[45]", "[0]"),
    189: ("[45, 8]", "[0, 3]"),
    250: ("[45, 5, 4]", "[0, 2, 2]"),
    493: ("[45, 8, 4]", "[0, 3, 3]"),
    930: ("[45, 9, 5]", "[0, 6, 3]"),
    793: ("[45, 8, 4, 3]", "[0, 3, 3, 2]"),
}
PATH = {2: 45, 3: 189, 4: 493, 5: 793}  # body order -> N_f at its end
# A path of small bases, which reaches body order 6.
SMALL = {
    2: ("[12]", "[0]"),
    3: ("[12, 5]", "[0, 3]"),
    4: ("[12, 5, 3]", "[0, 3, 2]"),
    5: ("[12, 5, 3, 2]", "[0, 3, 2, 1]"),
    6: ("[12, 5, 3, 2, 2]", "[0, 3, 2, 1, 1]"),
}
KAPPA = 50 / 51  # forces weigh 50 times as much as energies
WELL = (1.0, 5.0)  # distances over which dimer curves are judged, Angstrom, as far as the training data reach
CLOSEST = 5  # that many training structures have atoms at the shortest distance at which a curve is judged


class Study:
    """The program, the folders, and the results as they come."""

    def __init__(self, program, data, out):
        self.program, self.data, self.out = program, Path(data), Path(out)
        self.models = []
        self.stages = {}
        self.covered = {}
        self.out.mkdir(parents=True, exist_ok=True)
        self.e0 = read_energy(self.data / "atom.extxyz")
        # Most fits are too small for several threads: several of them run at once instead.
        self.workers = int(os.environ.get("OMP_NUM_THREADS") or len(os.sched_getaffinity(0)))

    def stage(self, name, work):
        start = time.time()
        result = work()
        self.stages[name] = time.time() - start
        print(f"{name:<28} {self.stages[name]:7.1f} s", flush=True)
        return result

    def run(self, *arguments, **keywords):
        command = [str(a) for a in (self.program, *arguments)]
        done = subprocess.run(command, capture_output=True, text=True, **keywords)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}\n{done.stderr}")
        return done.stdout + done.stderr

    def covered_from(self, files):
        """Shortest distance at which a dimer curve of a fit to these files is judged: closer atoms are in fewer than
        five of the structures."""
        key = tuple(map(str, files))
        if key not in self.covered:
            with ProcessPoolExecutor(self.workers) as pool:
                found = sorted(pool.map(shortest_distance, (f for path in files for f in frames(path)), chunksize=64))
            self.covered[key] = round(min(max(WELL[0], found[min(CLOSEST, len(found)) - 1]), 2.0), 3)
        return self.covered[key]

    def judge_alike(self, sets):
        """Judges fits to any of these training sets at the same distances: those that occur in all of them."""
        common = max(map(self.covered_from, sets))
        for files in sets:
            self.covered[tuple(map(str, files))] = common

    def run_all(self, commands):
        """Independent runs of the program, several at once with one thread each."""
        environment = dict(os.environ, OMP_NUM_THREADS="1")
        with ThreadPoolExecutor(self.workers) as pool:
            return list(pool.map(lambda command: self.run(*command, env=environment), commands))

    def input(self, folder, train, test, n_functions, reference, solver="least_squares",
              basis="self-interacting", extra="", limits=None, kappa=KAPPA):
        n, l = limits or LIMITS[n_functions]
        train = ", ".join(str(t) for t in train)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "study.yaml"
        path.write_text(
            f"cutoff: 5.0\n"
            f"data: {{filename: [{train}], test_filename: {test}, reference_energy: {reference}}}\n"
            f"potential:\n"
            f"  elements: [C]\n"
            f"  deltaSplineBins: 0.0002  # coefficients of exact fits reach 1e10 eV: fine tables\n"
            f"  basis: {basis}\n"
            f"  bonds: {{ALL: {{radbase: ChebExpCos, radparameters: [5.25], rcut: 5.0, dcut: 0.01}}}}\n"
            f"  functions: {{ALL: {{nradmax_by_orders: {n}, lmax_by_orders: {l}}}}}\n"
            f"fit:\n"
            f"  loss: {{kappa: {kappa:.12f}}}\n"
            f"  repulsion: none  # the expansion itself is studied, at short distances too\n"
            f"  solver: {solver}\n{extra}")
        return path

    def fits(self, wanted):
        """Fits, each a dict of name, training_set, train, test, n_functions, reference, the options of
        input() and, to solve without reading the data, their factors. Their models are entered into
        the results; returns (model, potential) of each."""
        commands = []
        for fit in wanted:
            options = {key: value for key, value in fit.items()
                       if key not in ("name", "training_set", "factors")}
            folder = self.out / "fits" / fit["name"]
            factors = ("--factors", fit["factors"]) if "factors" in fit else ()
            commands.append(("fit", self.input(folder, **options), *factors, "-o", folder))
        self.run_all(commands)
        return [self.result_of(fit) for fit in wanted]

    def result_of(self, fit):
        folder = self.out / "fits" / fit["name"]
        report = json.loads((folder / "report.json").read_text())
        basis = fit.get("basis", "self-interacting")
        potential = folder / ("potential.kolace.yaml" if basis == "canonical" else "potential.yaml")
        model = self.enter(fit["name"], fit["training_set"],
                           body_order(fit.get("limits") or LIMITS[fit["n_functions"]]),
                           report["n_functions"], basis, report["solver"]["type"],
                           report["train"], report["test"], self.covered_from(fit["train"]))
        model["condition"] = report["condition"]
        model["kappa"] = fit.get("kappa", KAPPA)
        model["seconds"] = sum(report["seconds"].values())
        return model, potential

    def enter(self, name, training_set, order, n_functions, basis, solver, train, test, from_a):
        model = {"name": name, "training_set": training_set, "K": order,
                 "n_functions": n_functions, "basis": basis, "solver": solver,
                 "train": train, "test": test, "from_a": from_a, "dimer_rmse_ev": None}
        self.models.append(model)
        return model

    def dimers(self, name, models, potentials):
        """Curves of several potentials against DFT; enters dimer_rmse_ev. Returns the CSV."""
        return self.all_dimers([(name, models, potentials)])[0]

    def all_dimers(self, wanted, reference=None):
        """The same for many sets of potentials: (name, models, potentials) each, and for another
        reference: files of dimers and of the free atom."""
        folder = self.out / "dimers"
        folder.mkdir(exist_ok=True)
        commands = []
        for name, models, potentials in wanted:
            names = [m["name"] for m in models]
            # The program names columns only where there are several.
            commands.append(("dimer", *potentials, *potentials[:1], "--names", *names, "again",
                             "--elements", "C", "C", "--range", 0.5, 8, "--points", 247,
                             "--spacing", "log", "--reference",
                             *(reference or (self.data / "dimers.extxyz", self.data / "atom.extxyz")),
                             "-o", folder / f"{name}.csv"))
        self.run_all(commands)
        for name, models, _ in wanted:
            rows = read_csv(folder / f"{name}.csv")
            before = None
            for model in models:
                energy, force = "energy " + model["name"], "force " + model["name"]
                judged = model["from_a"], WELL[1]
                model["dimer_rmse_ev"] = rms(rows, energy, "energy_ref", *judged)
                model["dimer_force_rmse_ev_per_a"] = rms(rows, force, "force_ref", *judged)
                model["dimer_short_force_rmse_ev_per_a"] = rms(rows, force, "force_ref", 0.5, 1.2)
                near = [r for r in rows if judged[0] <= r["r"] <= 2.5]
                bottom = min(near, key=lambda r: r[energy])
                is_well = near[0] is not bottom is not near[-1] and bottom[energy] < 0  # else it falls out of the range
                model["dimer_well_ev"] = -bottom[energy] if is_well else None
                model["dimer_well_a"] = bottom["r"] if is_well else None
                model["reference_well_ev"] = -min(
                    r["energy_ref"] for r in rows if r["energy_ref"] is not None and WELL[0] <= r["r"] <= 2.5)
                model["dimer_step_ev"] = rms(rows, energy, before, *judged) if before else None
                before = energy
        return [folder / f"{name}.csv" for name, _, _ in wanted]


def body_order(limits):
    return limits[0].count(",") + 2


def rms(rows, column, reference, low, high):
    squares = [(row[column] - row[reference]) ** 2 for row in rows
               if low <= row["r"] <= high and row[reference] is not None]
    return math.sqrt(sum(squares) / len(squares))


def read_csv(path):
    def number(text):
        try:
            return float(text)
        except ValueError:
            return text or None
    with open(path, newline="") as file:
        return [{key: number(value) for key, value in row.items()} for row in csv.DictReader(file)]


def read_energy(path):
    for word in Path(path).read_text().split():
        if word.startswith("energy="):
            return float(word[7:])
    sys.exit(f"{path}: no energy")


def shortest_distance(frame, least=2.0):
    """Of the atoms of a frame given as text, Angstrom, or `least` if no two are closer."""
    lines = frame.splitlines()
    atoms = [[float(x) for x in line.split()[1:4]] for line in lines[2:]]
    cell = re.search(r'Lattice="([^"]*)"', lines[1])
    shifts = [(0.0, 0.0, 0.0)]
    if cell and 'pbc="F' not in lines[1]:
        x = [float(number) for number in cell[1].split()]
        a, b, c = x[0:3], x[3:6], x[6:9]
        normals = [cross(b, c), cross(c, a), cross(a, b)]
        volume = dot(a, normals[0])
        fractions = [[dot(atom, normal) / volume % 1 for normal in normals] for atom in atoms]
        atoms = [[sum(f[m] * v[k] for m, v in enumerate((a, b, c))) for k in range(3)] for f in fractions]
        reach = [math.ceil(least * math.sqrt(dot(n, n)) / abs(volume)) for n in normals]
        shifts = [[sum(m * v[k] for m, v in zip(image, (a, b, c))) for k in range(3)]
                  for image in itertools.product(*(range(-n, n + 1) for n in reach))]
    square = least * least
    for i, (x, y, z) in enumerate(atoms):
        for j in range(i, len(atoms)):
            u, v, w = atoms[j][0] - x, atoms[j][1] - y, atoms[j][2] - z
            for s in shifts:
                d = (u + s[0]) ** 2 + (v + s[1]) ** 2 + (w + s[2]) ** 2
                if 1e-12 < d < square:
                    square = d
    return math.sqrt(square)


def cross(u, v):
    return [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]]


def dot(u, v):
    return sum(x * y for x, y in zip(u, v))


def frames(path):
    """The frames of an extended XYZ file as text."""
    lines = Path(path).read_text().splitlines(keepends=True)
    result, at = [], 0
    while at < len(lines) and lines[at].strip():
        size = int(lines[at]) + 2
        result.append("".join(lines[at:at + size]))
        at += size
    return result
