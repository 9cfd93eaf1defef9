#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Test errors of kolace fit: without settings, and under settings that a specialist might choose.

    KOLACE_FURTHER_DATA=FOLDER python3 bench/accuracy/accuracy.py build/release/apps/kolace -o bench/accuracy

Writes accuracy.csv, one line per data set and setting, and accuracy.md, the table of the page on accuracy.
FOLDER has silicon, nbmotaw, ...; data sets that are not in it are left out. A quarter of an hour on two cores.
"""

import argparse
import csv
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

BASIS = {
    "small": ("[10, 4, 2]", "[0, 3, 2]"),
    "medium": ("[12, 6, 4]", "[0, 4, 3]"),
    "alloy": ("[6, 2]", "[0, 2]"),
}

# The settings: lines of the section fit, None: no such section.
SETTINGS = {
    "none (automatic)": None,
    "automatic, repulsion none": "  repulsion: none\n",
    "pacemaker's weights, least squares": "  solver: least_squares\n  loss: {kappa: 0.3}\n",
    "ridge by GCV, kappa 0.3": "  solver: {type: ridge, choose: gcv}\n  loss: {kappa: 0.3}\n",
    "ridge by GCV, kappa 0.05, virials 0.1":
        "  solver: {type: ridge, choose: gcv}\n  loss: {kappa: 0.05, kappa_virial: 0.1}\n",
    "ridge by GCV, kappa 0.01, virials 0.1":
        "  solver: {type: ridge, choose: gcv}\n  loss: {kappa: 0.01, kappa_virial: 0.1}\n",
    "ridge by folds, smooth prior, kappa 0.05, virials 0.1":
        "  solver: {type: ridge, choose: folds, prior: smooth}\n"
        "  loss: {kappa: 0.05, kappa_virial: 0.1}\n",
    "evidence, kappa 0.05, virials 0.1":
        "  solver: evidence\n  loss: {kappa: 0.05, kappa_virial: 0.1}\n",
    "ARD, kappa 0.05, virials 0.1": "  solver: ard\n  loss: {kappa: 0.05, kappa_virial: 0.1}\n",
}


def frames(path):
    """The frames of an extended XYZ file, as text."""
    lines = path.read_text().splitlines(keepends=True)
    found, at = [], 0
    while at < len(lines) and lines[at].strip():
        end = at + 2 + int(lines[at])
        found.append("".join(lines[at:end]))
        at = end
    return found


def sample(source, folder, name, count, seed=1):
    """`count` frames at random, and the others: two files."""
    all_frames = frames(source)
    order = list(range(len(all_frames)))
    random.Random(seed).shuffle(order)
    few, rest = folder / f"{name}_train.extxyz", folder / f"{name}_test.extxyz"
    few.write_text("".join(all_frames[k] for k in sorted(order[:count])))
    rest.write_text("".join(all_frames[k] for k in sorted(order[count:])))
    return few, rest


def symbols(frame):
    return {line.split()[0] for line in frame.splitlines()[2:]}


def cases(data, folder):
    """(name, elements, cutoff, training file, test file, basis) of what there is."""
    silicon, alloy = data / "silicon", data / "nbmotaw"
    if silicon.exists():
        train, test = silicon / "train.extxyz", silicon / "test.extxyz"
        yield "silicon", ["Si"], 5.0, train, test, "small"
        yield "silicon", ["Si"], 5.0, train, test, "medium"
        few, rest = sample(train, folder, "si25", 25)
        yield "silicon, 25 structures", ["Si"], 5.0, few, rest, "small"
    if alloy.exists():
        elements = ["Mo", "Nb", "Ta", "W"]
        train, test = alloy / "train.extxyz", alloy / "test.extxyz"
        tantalum = [folder / "ta_train.extxyz", folder / "ta_test.extxyz"]
        for source, target in zip((train, test), tantalum):
            target.write_text("".join(f for f in frames(source) if symbols(f) == {"Ta"}))
        yield "tantalum", ["Ta"], 5.0, *tantalum, "medium"
        yield "Nb-Mo-Ta-W", elements, 5.0, train, test, "alloy"
        mixed = folder / "quaternary.extxyz"
        mixed.write_text("".join(f for f in frames(test) if len(symbols(f)) == 4))
        yield "Nb-Mo-Ta-W, quaternaries", elements, 5.0, train, mixed, "alloy"
    crystals = data / "carbon-crystals" / "carbon-crystals.extxyz"
    if crystals.exists():
        few, rest = sample(crystals, folder, "carbon", 2990)
        yield "carbon crystals", ["C"], 5.0, few, rest, "medium"
    diverse = data / "carbon-qe" / "diverse.extxyz"
    if diverse.exists():
        few, rest = sample(diverse, folder, "diverse", len(frames(diverse)) * 4 // 5)
        yield "diverse carbon", ["C"], 5.0, few, rest, "small"


def fit(kolace, folder, case, setting, basis):
    name, elements, cutoff, train, test, _ = case
    functions = ""
    if basis:
        functions = (f"  functions: {{ALL: {{nradmax_by_orders: {BASIS[basis][0]}, "
                     f"lmax_by_orders: {BASIS[basis][1]}}}}}\n")
    text = (f"cutoff: {cutoff}\ndata: {{filename: {train.resolve()}, test_filename: {test.resolve()}}}\n"
            f"potential:\n  elements: [{', '.join(elements)}]\n{functions}")
    if setting:
        text += "fit:\n" + setting
    path = folder / "input.yaml"
    path.write_text(text)
    shutil.rmtree(folder / "out", ignore_errors=True)
    start = time.time()
    run = subprocess.run([kolace, "fit", path, "-o", folder / "out", "--no-predictions"],
                         capture_output=True, text=True)
    if run.returncode != 0:
        return {"error": run.stderr.strip().splitlines()[-1]}
    report = json.loads((folder / "out" / "report.json").read_text())
    uncertainty = (report.get("uncertainty") or {}).get("test") or {}
    result = {"functions": report["n_functions"], "seconds": round(time.time() - start, 1),
              "crystals_that_collapse": sum(not c["rises"] for c in report["compression"])}
    for kind in ("energy_rmse_mev_per_atom", "energy_mae_mev_per_atom", "force_rmse_mev_per_a",
                 "force_mae_mev_per_a", "virial_rmse_mev_per_atom"):
        for data_set in ("train", "test"):
            value = report[data_set][kind]
            result[f"{data_set}_{kind}"] = "" if value is None else round(value, 2)
    for kind in ("energy_coverage", "force_coverage"):
        value = uncertainty.get(kind)
        result[kind] = "" if value is None else round(value, 3)
    return result


def table(rows):
    """Without settings against the best of all, per data set and basis."""
    lines = ["| data | N_f | energy, no settings | best (which) | forces, no settings | best (which) "
             "| within one deviation: E, F |", "|---|---|---|---|---|---|---|"]
    groups = {}
    for row in rows:
        groups.setdefault((row["data"], row["basis"]), []).append(row)
    for (name, basis), group in groups.items():
        group = [r for r in group if "error" not in r]
        default = next((r for r in group if r["setting"].startswith("none")), None)
        if default is None:
            continue
        cells = []
        for kind in ("test_energy_rmse_mev_per_atom", "test_force_rmse_mev_per_a"):
            best = min(group, key=lambda r: r[kind] if r[kind] != "" else 1e300)
            cells += [f"{default[kind]:.4g}",
                      f"{best[kind]:.4g} ({best['setting']})" if len(group) > 1 else ""]
        covered = ", ".join(f"{100 * default[k]:.0f} %" if default[k] != "" else "-"
                            for k in ("energy_coverage", "force_coverage"))
        basis = "" if basis else " (default basis)"
        lines.append(f"| {name}{basis} | {default['functions']} | " + " | ".join(cells) +
                     f" | {covered} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kolace", help="the program")
    parser.add_argument("data", type=pathlib.Path, nargs="?", default=os.environ.get("KOLACE_FURTHER_DATA") or None,
                        help="folder with silicon, nbmotaw, ... (default: KOLACE_FURTHER_DATA)")
    parser.add_argument("-o", "--output", type=pathlib.Path, default=pathlib.Path("."))
    parser.add_argument("--only", help="data sets whose name contains this")
    arguments = parser.parse_args()
    if arguments.data is None:
        parser.error("expected a folder of data, as argument or in KOLACE_FURTHER_DATA")
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for case in cases(arguments.data, folder):
            if arguments.only and arguments.only not in case[0]:
                continue
            runs = [(setting, lines, case[5]) for setting, lines in SETTINGS.items()]
            if all(row["data"] != case[0] for row in rows):
                runs.append(("none (automatic)", None, ""))
            for setting, lines, basis in runs:
                row = {"data": case[0], "basis": basis, "setting": setting,
                       **fit(arguments.kolace, folder, case, lines, basis)}
                rows.append(row)
                print(row["data"], "|", basis, "|", setting, "|",
                      row.get("error") or (row["test_energy_rmse_mev_per_atom"],
                                           row["test_force_rmse_mev_per_a"]), flush=True)
    if not rows:
        sys.exit(f"{arguments.data}: none of the data sets is there")
    columns = list(dict.fromkeys(key for row in rows for key in row))
    with open(arguments.output / "accuracy.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    (arguments.output / "accuracy.md").write_text(table(rows), encoding="utf-8")
    print(table(rows))


if __name__ == "__main__":
    main()
