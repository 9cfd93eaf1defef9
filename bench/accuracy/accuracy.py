#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Test errors of kolace fit: without settings, and under settings that a specialist might choose.

    KOLACE_FURTHER_DATA=FOLDER python3 bench/accuracy/accuracy.py build/release/apps/kolace -o bench/accuracy

Writes accuracy.csv, one line per data set and setting, and accuracy.md, the table of the page on accuracy.
FOLDER has silicon, nbmotaw, ...; data sets that are not in it are left out. Small data sets are divided five times
into training and test sets; their errors are averaged with the numbers of structures as weights. Fifteen minutes on
two cores.
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
    "small": "ALL: {nradmax_by_orders: [10, 4, 2], lmax_by_orders: [0, 3, 2]}",
    "medium": "ALL: {nradmax_by_orders: [12, 6, 4], lmax_by_orders: [0, 4, 3]}",
    "alloy": "ALL: {nradmax_by_orders: [6, 2], lmax_by_orders: [0, 2]}",
    "more functions of one element": "UNARY: {nradmax_by_orders: [12, 6, 4], lmax_by_orders: [0, 4, 3]}, "
                                     "ALL: {nradmax_by_orders: [6, 2], lmax_by_orders: [0, 2]}",
}
AUTOMATIC_ONLY = ("", "more functions of one element")  # bases that are not fitted with other settings

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


SPLITS = 5


def split(all_frames, folder, name, n_train, seed):
    """`n_train` frames at random, and the others: two files."""
    order = list(range(len(all_frames)))
    random.Random(seed).shuffle(order)
    paths = folder / f"{name}_{seed}_train.extxyz", folder / f"{name}_{seed}_test.extxyz"
    for path, chosen in zip(paths, (order[:n_train], order[n_train:])):
        path.write_text("".join(all_frames[k] for k in sorted(chosen)))
    return paths


def splits(all_frames, folder, name, n_train):
    return [split(all_frames, folder, name, n_train, seed) for seed in range(1, SPLITS + 1)]


def parts(all_frames, folder, name):
    """Every frame is a test frame of one of the pairs of files."""
    order = list(range(len(all_frames)))
    random.Random(1).shuffle(order)
    pairs = []
    for k in range(SPLITS):
        paths = folder / f"{name}_{k}_train.extxyz", folder / f"{name}_{k}_test.extxyz"
        test = set(order[k::SPLITS])
        for path, tested in zip(paths, (False, True)):
            path.write_text("".join(f for i, f in enumerate(all_frames) if (i in test) == tested))
        pairs.append(paths)
    return pairs


def symbols(frame):
    return {line.split()[0] for line in frame.splitlines()[2:]}


def cases(data, folder):
    """(name, elements, cutoff, pairs of training and test file, basis) of what there is."""
    silicon, alloy = data / "silicon", data / "nbmotaw"
    if silicon.exists():
        all_frames = frames(silicon / "train.extxyz") + frames(silicon / "test.extxyz")
        pairs = parts(all_frames, folder, "silicon")
        yield "silicon", ["Si"], 5.0, pairs, "small"
        yield "silicon", ["Si"], 5.0, pairs, "medium"
        yield "silicon, 25 structures", ["Si"], 5.0, splits(all_frames, folder, "si25", 25), "small"
    if alloy.exists():
        elements = ["Mo", "Nb", "Ta", "W"]
        train, test = alloy / "train.extxyz", alloy / "test.extxyz"
        tantalum = [f for path in (train, test) for f in frames(path) if symbols(f) == {"Ta"}]
        yield "tantalum", ["Ta"], 5.0, parts(tantalum, folder, "tantalum"), "medium"
        yield "Nb-Mo-Ta-W", elements, 5.0, [(train, test)], "alloy"
        mixed, others = folder / "quaternary.extxyz", folder / "without_quaternaries.extxyz"
        mixed.write_text("".join(f for f in frames(test) if len(symbols(f)) == 4))
        others.write_text("".join(f for f in frames(test) if len(symbols(f)) < 4))
        yield "Nb-Mo-Ta-W, test set without quaternaries", elements, 5.0, [(train, others)], ""
        yield "Nb-Mo-Ta-W, quaternaries", elements, 5.0, [(train, mixed)], "alloy"
        quaternaries = frames(mixed)
        with_some, without = folder / "with_some_train.extxyz", folder / "with_some_test.extxyz"
        with_some.write_text(train.read_text() + "".join(quaternaries[::2]))
        without.write_text("".join([f for f in frames(test) if len(symbols(f)) < 4] + quaternaries[1::2]))
        yield "Nb-Mo-Ta-W, half of the quaternaries in training", elements, 5.0, [(with_some, without)], ""
    crystals = data / "carbon-crystals" / "carbon-crystals.extxyz"
    if crystals.exists():
        yield "carbon crystals", ["C"], 5.0, [split(frames(crystals), folder, "carbon", 2990, 1)], "medium"
    diverse = data / "carbon-qe" / "diverse.extxyz"
    if diverse.exists():
        yield "diverse carbon", ["C"], 5.0, parts(frames(diverse), folder, "diverse"), "small"


def fit(kolace, folder, case, files, setting, basis):
    _, elements, cutoff, _, _ = case
    train, test = files
    functions = ""
    if basis:
        functions = f"  functions: {{{BASIS[basis]}}}\n"
    text = (f"cutoff: {cutoff}\ndata: {{filename: {train.resolve()}, test_filename: {test.resolve()}}}\n"
            f"potential:\n  elements: [{', '.join(elements)}]\n{functions}")
    if setting:
        labels = train.read_text()
        if "virial=" not in labels and "stress=" not in labels:
            setting = setting.replace(", kappa_virial: 0.1", "")
        text += "fit:\n" + setting
    path = folder / "input.yaml"
    path.write_text(text)
    shutil.rmtree(folder / "out", ignore_errors=True)
    start = time.time()
    subprocess.run([kolace, "fit", path, "-o", folder / "out", "--no-predictions"], capture_output=True, check=True)
    report = json.loads((folder / "out" / "report.json").read_text())
    uncertainty = (report.get("uncertainty") or {}).get("test") or {}
    result = {"functions": report["n_functions"], "seconds": time.time() - start,
              "crystals_that_collapse": sum(not c["rises"] for c in report["compression"]),
              "n_test": report["test"]["n_structures"]}
    for kind in ("energy_rmse_mev_per_atom", "energy_mae_mev_per_atom", "force_rmse_mev_per_a",
                 "force_mae_mev_per_a", "virial_rmse_mev_per_atom"):
        for data_set in ("train", "test"):
            result[f"{data_set}_{kind}"] = report[data_set][kind]
    for kind in ("energy_coverage", "force_coverage"):
        result[kind] = uncertainty.get(kind)
    return result


def pooled(results):
    """Mean (squares) of several fits, weighted by the numbers of structures of their test sets."""
    total = sum(r["n_test"] for r in results)
    row = {}
    for key in results[0]:
        values = [r[key] for r in results]
        if key in ("functions", "n_test", "crystals_that_collapse", "seconds"):
            row[key] = {"n_test": total, "seconds": round(sum(values) / len(values), 1),
                        "functions": values[0], "crystals_that_collapse": sum(values)}[key]
        elif any(value is None for value in values):
            row[key] = ""
        elif "rmse" in key:
            row[key] = round((sum(r["n_test"] * r[key] ** 2 for r in results) / total) ** 0.5, 2)
        else:
            row[key] = round(sum(r["n_test"] * r[key] for r in results) / total, 3)
    return row


def score(row):
    """Geometric mean of the test errors of energies and forces."""
    return (row["test_energy_rmse_mev_per_atom"] * row["test_force_rmse_mev_per_a"]) ** 0.5


def errors(row):
    text = f"{row['test_energy_rmse_mev_per_atom']:.3g}, {row['test_force_rmse_mev_per_a']:.4g}"
    virial = row["test_virial_rmse_mev_per_atom"]
    return text + (f", {virial:.3g}" if virial != "" else "")


def table(rows):
    """Without settings against the best of the other settings, per data set and basis."""
    lines = ["| data (test structures) | N_f | no settings: E, F, V | best other setting: E, F, V | ratio | its crystals "
             "that collapse | within one deviation: E, F |", "|---|---|---|---|---|---|---|"]
    groups = {}
    for row in rows:
        groups.setdefault((row["data"], row["basis"]), []).append(row)
    for (name, basis), group in groups.items():
        default = group[0]
        cells = ["", "", ""]
        if len(group) > 1:
            best = min(group[1:], key=score)
            cells = [f"{errors(best)} ({best['setting']})", f"{score(default) / score(best):.2f}",
                     str(best["crystals_that_collapse"])]
        covered = ", ".join(f"{100 * default[k]:.0f} %" if default[k] != "" else "-"
                            for k in ("energy_coverage", "force_coverage"))
        of_basis = (", " + (basis or "default basis")) if basis in AUTOMATIC_ONLY else ""
        lines.append(f"| {name}{of_basis} ({default['n_test']}) | {default['functions']} | {errors(default)} | " +
                     " | ".join(cells) + f" | {covered} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kolace", help="the program")
    parser.add_argument("data", type=pathlib.Path, nargs="?", default=os.environ.get("KOLACE_FURTHER_DATA") or None,
                        help="folder with silicon, nbmotaw, ... (default: KOLACE_FURTHER_DATA)")
    parser.add_argument("-o", "--output", type=pathlib.Path, default=pathlib.Path("."))
    parser.add_argument("--only", help="data sets whose name contains this")
    parser.add_argument("--automatic", action="store_true",
                        help="fit without settings only; rows of other settings are those of the output folder")
    arguments = parser.parse_args()
    if arguments.data is None:
        parser.error("expected a folder of data, as argument or in KOLACE_FURTHER_DATA")
    rows, earlier = [], {}
    if arguments.automatic:
        for row in csv.DictReader((arguments.output / "accuracy.csv").read_text().splitlines()):
            row = {key: value if key in ("data", "basis", "setting") or value == "" else
                   float(value) if "." in value else int(value) for key, value in row.items()}
            earlier[row["data"], row["basis"], row["setting"]] = row
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for case in cases(arguments.data, folder):
            if arguments.only and arguments.only not in case[0]:
                continue
            runs = [(setting, lines, case[4]) for setting, lines in SETTINGS.items()] if case[4] else []
            if all(row["data"] != case[0] for row in rows):
                runs.append(("none (automatic)", None, ""))
            if "quaternaries" in case[0] and "training" not in case[0]:
                runs.append(("none (automatic)", None, AUTOMATIC_ONLY[1]))
            for setting, lines, basis in runs:
                if lines is not None and arguments.automatic:
                    rows.append(earlier[case[0], basis, setting])
                    continue
                row = {"data": case[0], "basis": basis, "setting": setting,
                       **pooled([fit(arguments.kolace, folder, case, files, lines, basis) for files in case[3]])}
                rows.append(row)
                print(row["data"], "|", basis, "|", setting, "|", errors(row), flush=True)
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
