#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The body-order study: main.py PROGRAM DATA CRYSTALS OUTDIR [--quick] [N ...] (run.sh calls it)."""

import json
import re
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import made
from report import write_report
from tools import KAPPA, PATH, SMALL, Study, frames, read_csv

FRACTIONS = [0, 1, 2, 5, 10, 15, 20]  # percent of the structures that are dimers
QUICK_FRACTIONS = [0, 20]
TABLE = [250, 493, 930, 793]          # rows of the table of mean absolute errors
UNION = ("[100, 12, 5, 3]", "[0, 4, 3, 2]")  # of the sweeps: path and branches
PATH_LIMITS = ("[45, 8, 4, 3]", "[0, 3, 3, 2]")
CANONICAL = ("[45, 8, 4]", "[0, 3, 3]")
START_ITERATIONS = [100, 1000, 3000]
WITHIN = 0.01                  # potentials with a loss up to 1 % above the minimum
BAND_FRACTIONS = [0, 5, 20]    # percent of dimers for which bands are drawn
CRYSTALS = [300, 1000]         # of all, for smaller training sets
MADE = [100, 1000, 10000]      # structures labelled by an analytic potential; numbers as options choose others


def evenly(everything, count):
    """That many frames at equal intervals: files may be ordered."""
    count = min(count, len(everything))
    return [everything[k * len(everything) // count] for k in range(count)]


def make_sets(study, crystals):
    """Training and test files of every set, and the reference energy their fits use."""
    folder = study.out / "sets"
    folder.mkdir(exist_ok=True)

    def split(name, source, reference, part=("0.8", "0.2")):
        files = folder / f"{name}_train.extxyz", folder / f"{name}_test.extxyz"
        study.run("select", source, "--split", *part, "-o", *files)
        return {"train": [files[0]], "test": files[1], "reference": reference}

    dimers = frames(study.data / "dimers.extxyz")
    (folder / "dimers_train.extxyz").write_text("".join(dimers[0::2]))
    (folder / "dimers_test.extxyz").write_text("".join(dimers[1::2]))
    sets = {
        # DFT's dissociation limit lies below two free atoms: E0 is fitted there.
        "dimers": {"train": [folder / "dimers_train.extxyz"],
                   "test": folder / "dimers_test.extxyz", "reference": "fit"},
        "homogeneous": split("homogeneous", study.data / "diamond_like.extxyz", study.e0),
        "diverse": split("diverse", study.data / "diverse.extxyz", study.e0),
    }
    (folder / "diamond.extxyz").write_text(frames(study.data / "diamond_like.extxyz")[0])
    histogram = ("--reference", folder / "diamond.extxyz", "--histogram")
    study.run("select", study.data / "diverse.extxyz", *histogram, folder / "distance_diverse.csv")
    if crystals:
        near = folder / "near_diamond.extxyz"
        study.run("select", crystals, *histogram, folder / "distance_crystals.csv",
                  "--within", 0.25, "-o", near)
        sets["crystals_homogeneous"] = split("crystals_homogeneous", near, 0, ("0.9", "0.1"))
        sets["crystals"] = split("crystals", crystals, 0, ("0.9", "0.1"))
        everything = frames(sets["crystals"]["train"][0])
        parts = [folder / f"crystals_{count}.extxyz" for count in CRYSTALS]
        for part, count in zip(parts, CRYSTALS):
            part.write_text("".join(evenly(everything, count)))
        study.judge_alike([sets["crystals"]["train"], *([part] for part in parts)])
    return sets


def sweeps(study, sets, basis, solver):
    """Loss against N_f of every set, and its dimer curves at the ends of the path."""
    folders = {name: study.out / "sweeps" / f"{name}_{basis}_{solver}" for name in sets}
    limits = UNION if basis == "self-interacting" else CANONICAL
    points = 6 if basis == "self-interacting" else 4
    path = (f"sweep: {{path: {{nradmax_by_orders: {PATH_LIMITS[0]}, "
            f"lmax_by_orders: {PATH_LIMITS[1]}}}, points: {points}}}\n")
    study.run_all([("sweep", study.input(folders[name], data["train"], data["test"], None,
                                         data["reference"], solver=solver, basis=basis,
                                         extra=path, limits=limits),
                    "-o", folders[name], "--potentials") for name, data in sets.items()])
    tables = {}
    for name, folder in folders.items():
        result = json.loads((folder / "sweep.json").read_text())
        ends, potentials, fourth = [], [], []
        for point in result["models"]:
            order = point["K"]
            ending = ".kolace.yaml" if basis == "canonical" else ".yaml"
            potential = folder / f"K{order}_{point['n_functions']}{ending}"
            if point["on_path"] and order == 4:
                fourth.append(({"name": f"{folder.name}_K4_{point['n_functions']}", "K": 4,
                                "n_functions": point["n_functions"],
                                "from_a": study.covered_from(sets[name]["train"])}, potential))
            if point["on_path"] and point["n_functions"] == PATH[order]:
                potentials.append(potential)
                ends.append(study.enter(f"{folder.name}_K{order}", name, order,
                                        point["n_functions"], basis, solver, point["train"],
                                        point["test"], study.covered_from(sets[name]["train"])))
                ends[-1]["condition"] = point["condition"]
        tables[name] = {"sweep": folder / "sweep.csv", "models": ends, "potentials": potentials,
                        "fourth": fourth}
    curves = study.all_dimers([(folders[name].name, t["models"], t["potentials"])
                               for name, t in tables.items()])
    for t, curve in zip(tables.values(), curves):
        t["dimers"] = curve
    return tables


def families(study, sweeps_by_way):
    """Dimer curves of all models of K = 4 along the path, and of the last of K = 5."""
    items, wanted = [], []
    for way, tables in sweeps_by_way.items():
        for name in ("diverse", "crystals"):
            if name not in tables:
                continue
            data = tables[name]
            last = next(k for k, m in enumerate(data["models"]) if m["K"] == 5)
            members = [*data["fourth"], ({"name": f"{name}_{way}_K5", "K": 5, "n_functions": PATH[5],
                                          "from_a": data["models"][last]["from_a"]}, data["potentials"][last])]
            models, potentials = zip(*members)
            items.append({"set": name, "way": way, "models": models})
            wanted.append((f"family_{name}_{way}", models, potentials))
    for item, curve in zip(items, study.all_dimers(wanted)):
        item["dimers"] = curve
    return items


def weights(study, sets):
    """What the errors of energies are made of: weights of energies and forces, a fixed E0, and the basis."""
    name = "crystals" if "crystals" in sets else "diverse"
    data = sets[name]
    wanted = [{"name": f"weights_{name}_{reference}_{kappa:.2f}", "training_set": name, "train": data["train"],
               "test": data["test"], "n_functions": 493, "reference": reference, "kappa": kappa}
              for reference in (data["reference"], "fit") for kappa in (KAPPA, 0.5, 0.1)]
    rows = [{"E0": fit["reference"], **model} for fit, (model, _) in zip(wanted, study.fits(wanted))]
    folder = study.out / "fits" / f"weights_{name}_automatic"
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "study.yaml"  # what a user would write
    source.write_text(f"cutoff: 5.0\ndata: {{filename: [{data['train'][0]}], test_filename: {data['test']}}}\n"
                      "potential: {elements: [C]}\n")
    study.run("fit", source, "--no-predictions", "-o", folder)
    report = json.loads((folder / "report.json").read_text())
    rows.append({"E0": "fit", "kappa": report["kappa"], "n_functions": report["n_functions"], "solver": "automatic",
                 "train": report["train"], "test": report["test"]})
    energies = [energy_per_atom(frame) for frame in frames(data["train"][0])]
    return {"set": name, "rows": rows, "spread": statistics.pstdev(energies)}


def energy_per_atom(frame):
    """Label of a frame given as text, eV/atom."""
    count, comment = frame.split("\n", 2)[:2]
    return float(re.search(r'\benergy="?([^\s"]+)', comment).group(1)) / int(count)


def mixing(study, sets, fractions):
    """Dimers mixed into all cells, a few percent to 20 %: weights of the paper and balanced ones,
    exact and regularized fits, with and without self-interaction."""
    cells = study.out / "sets" / "cells.extxyz"
    cells.write_text("".join(Path(sets[name]["train"][0]).read_text()
                             for name in ("diverse", "homogeneous")))
    count = len(frames(cells))
    ways = [("exact", {}), ("exact, kappa 0.3", {"kappa": 0.3}),
            ("evidence", {"solver": "evidence"}), ("canonical exact", {"basis": "canonical"})]
    groups = []  # fits whose dimer curves are compared
    for percent in fractions:
        n_dimers = round(count * percent / (100 - percent))
        train = cells
        if n_dimers:
            train = study.out / "sets" / f"cells_{percent}_dimers.extxyz"
            study.run("select", cells, "--mix", study.data / "dimers.extxyz", n_dimers, "-o", train)
        for way, options in ways:
            label = f"mixed_{percent}_{way}".replace(", ", "_").replace(" ", "_")
            fits = [{"name": f"{label}_K{order}", "training_set": f"cells + {percent} % dimers",
                     "train": [train], "test": sets["diverse"]["test"], "n_functions": n_functions,
                     "reference": study.e0, **options}
                    for order, n_functions in PATH.items()
                    if order < 5 or options.get("basis") != "canonical"]
            groups.append({"percent": percent, "n_dimers": n_dimers, "way": way, "label": label,
                           "fits": fits})
    done = iter(study.fits([fit for group in groups for fit in group["fits"]]))
    curves, rows = [], []
    for group in groups:
        models, potentials = zip(*(next(done) for _ in group["fits"]))
        curves.append((group["label"], models, potentials))
        rows += [{"percent": group["percent"], "n_dimers": group["n_dimers"], "way": group["way"],
                  "model": model} for model in models]
    study.all_dimers(curves)
    return rows


def small_bases(study, sets):
    """K = 2 to 6 on the cells without dimers, in bases small enough for the sixth body order."""
    cells = study.out / "sets" / "cells.extxyz"
    fits = [{"name": f"small_{solver}_K{order}", "training_set": "cells, small bases",
             "train": [cells], "test": sets["diverse"]["test"], "n_functions": None,
             "limits": limits, "reference": study.e0, "solver": solver}
            for solver in ("least_squares", "evidence") for order, limits in SMALL.items()]
    models = study.fits(fits)
    groups = [models[:len(SMALL)], models[len(SMALL):]]
    study.all_dimers([(f"small_{solver}", *zip(*group))
                      for solver, group in zip(("exact", "evidence"), groups)])
    return [model for model, _ in models]


def fewer_crystals(study, sets):
    """Fits to a part of the crystals: what few data leave to the solver."""
    if "crystals" not in sets:
        return []
    data = sets["crystals"]
    groups = []
    for count in CRYSTALS:
        train = study.out / "sets" / f"crystals_{count}.extxyz"
        factors = train.with_suffix(".factors.h5")
        study.run("assemble", study.input(study.out / "fits" / f"crystals_{count}", [train], data["test"], PATH[5],
                                          data["reference"]), "-o", factors)
        groups += [[{"name": f"crystals_{count}_{solver}_K{order}", "training_set": f"crystals, {count} structures",
                     "factors": factors, "train": [train], "test": data["test"], "n_functions": n_functions,
                     "reference": data["reference"], "solver": solver} for order, n_functions in PATH.items()] for solver in ("least_squares", "evidence")]
    done = iter(study.fits([fit for group in groups for fit in group]))
    curves, found = [], []
    for group in groups:
        models, potentials = zip(*(next(done) for _ in group))
        curves.append((group[0]["name"].rsplit("_", 1)[0], models, potentials))
        found += models
    study.all_dimers(curves)
    return found


def made_chunk(task):
    sources, count, seed = task
    return made.structures(sources, count, seed)


def made_data(study, sizes):
    """Fits to structures whose true two-body part is known."""
    folder = study.out / "made"
    folder.mkdir(exist_ok=True)
    sources = frames(study.data / "diverse.extxyz")
    chunk = 100
    tasks = [(sources, chunk, seed) for seed in range(1 + (max(sizes) + chunk - 1) // chunk)]
    with ProcessPoolExecutor(study.workers) as pool:
        test, *train = pool.map(made_chunk, tasks)
    train = [frame for part in train for frame in part]
    (folder / "test.extxyz").write_text("".join(test))
    atom, *dimers = made.dimer_frames([0.7 * 1.01 ** k for k in range(198)])
    (folder / "atom.extxyz").write_text(atom)
    (folder / "dimers.extxyz").write_text("".join(dimers))
    fits = []
    for size in sizes:
        data = folder / f"train_{size}.extxyz"
        data.write_text("".join(train[:size]))
        options = {"train": [data], "test": folder / "test.extxyz", "reference": 0}
        for name, orders, basis in (("paper", PATH, "self-interacting"), ("small", SMALL, "self-interacting"),
                                    ("canonical", {k: PATH[k] for k in PATH if k < 5}, "canonical")):
            last = orders[max(orders)]
            limits = {"n_functions": None, "limits": last} if name == "small" else {"n_functions": last}
            factors = folder / f"{name}_{size}.factors.h5"
            study.run("assemble", study.input(folder / f"{name}_{size}", basis=basis, **options, **limits),
                      "-o", factors)
            for solver in ("least_squares", "evidence"):
                fits.append([{"name": f"made_{size}_{name}_{solver}_K{order}", "factors": factors,
                              "training_set": f"made, {size} structures", "solver": solver, "basis": basis, **options,
                              **({"n_functions": None, "limits": of_order} if name == "small" else
                                 {"n_functions": of_order})} for order, of_order in orders.items()])
    done = iter(study.fits([fit for group in fits for fit in group]))
    rows, curves = [], []
    for group in fits:
        models, potentials = zip(*(next(done) for _ in group))
        for model in models:
            model["family"] = group[0]["name"].split("_")[2]
        curves.append((group[0]["name"].rsplit("_", 1)[0], models, potentials))
        rows += models
    study.all_dimers(curves, (folder / "dimers.extxyz", folder / "atom.extxyz"))
    return rows


def bands(study, sets, fractions):
    """Between which dimer curves all potentials lie that are nearly the best, from factors alone."""
    rows = []
    ways = [("cells", "self-interacting", percent) for percent in BAND_FRACTIONS if percent in fractions]
    ways += [("cells", "canonical", 0)]
    if "crystals" in sets:
        ways += [("crystals", "self-interacting", 0)]
    for name, basis, percent in ways:
        if name == "crystals":
            train, test, reference = sets[name]["train"], sets[name]["test"], 0
        else:
            file = f"cells_{percent}_dimers.extxyz" if percent else "cells.extxyz"
            train, test, reference = [study.out / "sets" / file], sets["diverse"]["test"], study.e0
        label = f"{name}_{percent}_{basis}"
        orders = [k for k in PATH if k < 5 or basis != "canonical"]
        folder = study.out / "bands" / label
        factors = folder / "data.factors.h5"
        study.run("assemble", study.input(folder, train, test, PATH[orders[-1]], reference,
                                          basis=basis), "-o", factors)
        commands = []
        for order in orders:
            source = study.input(folder / f"K{order}", train, test, PATH[order], reference,
                                 basis=basis)
            curve = folder / f"K{order}.csv"
            commands.append(("dimer", "--factors", factors, "--input", source, "--within", WITHIN,
                             "--elements", "C", "C", "--range", 0.8, 4.95, "--points", 84,
                             "--reference", study.data / "dimers.extxyz",
                             study.data / "atom.extxyz", "-o", curve))
            rows.append({"set": name, "basis": basis, "percent": percent, "K": order,
                         "n_functions": PATH[order], "curve": curve, "from_a": study.covered_from(train)})
        for row, said in zip(rows[-len(commands):], study.run_all(commands)):
            row["all_determined"] = "do not determine" not in said
    return rows


def table(study, sets):
    """The rows of the table of mean absolute errors."""
    wanted = [{"name": f"table_{name}_{n_functions}", "training_set": name,
               "train": sets[name]["train"], "test": sets[name]["test"],
               "n_functions": n_functions, "reference": sets[name]["reference"]}
              for name in ("homogeneous", "diverse", "crystals_homogeneous", "crystals")
              if name in sets for n_functions in TABLE]
    done = study.fits(wanted)
    study.all_dimers([(model["name"], [model], [potential]) for model, potential in done])
    return [model for model, _ in done]


def learning(study, sets, orders):
    """Losses of gradient steps, iteration by iteration, and the exact minimum."""
    source = "crystals" if "crystals" in sets else "diverse"
    data = sets[source]
    everything = frames(data["train"][0])
    wanted = []
    for count in sorted({min(1000, len(everything)), len(everything)}):
        train = study.out / "sets" / f"learning_{count}.extxyz"
        train.write_text("".join(evenly(everything, count)))
        wanted += [{"name": f"learning_{source}_{count}_{solver}_K{order}", "count": count,
                    "training_set": f"{source}, {count} structures", "train": [train], "test": data["test"],
                    "n_functions": PATH[order], "reference": data["reference"], "solver": solver}
                   for order in orders for solver in ("lbfgs", "least_squares")]
    counts = [fit.pop("count") for fit in wanted]
    done = [model for model, _ in study.fits(wanted)]
    return [{"count": count, "set": source, "K": exact["K"], "n_functions": exact["n_functions"], "exact": exact,
             "curve": read_csv(study.out / "fits" / fit["name"] / "learning_curve.csv")}
            for fit, count, exact in zip(wanted[0::2], counts[0::2], done[1::2])]


def random_starts(study, sets, orders):
    """Dimer curves of two L-BFGS runs that begin at different random coefficients, along their iterations, and of the
    exact minimum."""
    name = "crystals" if "crystals" in sets else "diverse"
    data = sets[name]
    factors = study.out / "sets" / f"{name}.factors.h5"
    study.run("assemble", study.input(study.out / "fits" / "starts", data["train"], data["test"], PATH[max(orders)],
                                      data["reference"]), "-o", factors)
    common = {"training_set": name, "train": data["train"], "test": data["test"], "reference": data["reference"],
              "factors": factors}
    items, fits = [], []
    for order in orders:
        for iterations in START_ITERATIONS:
            items.append({"set": name, "K": order, "iterations": iterations})
            fits += [{"name": f"start_{name}_K{order}_{iterations}_seed{seed}", "n_functions": PATH[order],
                      "solver": f"{{type: lbfgs, iterations: {iterations}, start: 1, seed: {seed}}}", **common}
                     for seed in (1, 2)]
        items.append({"set": name, "K": order, "iterations": None})
        fits.append({"name": f"start_{name}_K{order}_exact", "n_functions": PATH[order], **common})
    done = iter(study.fits(fits))
    curves = []
    for item in items:
        item["models"], potentials = zip(*(next(done) for _ in range(2 if item["iterations"] else 1)))
        curves.append((f"start_{name}_K{item['K']}_{item['iterations']}", item["models"], potentials))
    for item, curve in zip(items, study.all_dimers(curves)):
        item["dimers"] = curve
    return items


def bodies(study, tables):
    """Body orders by rank of the K = 4 models, with and without self-interaction."""
    result = {}
    for basis, results in tables.items():
        ends = results["diverse"]
        model = next(k for k, m in enumerate(ends["models"]) if m["K"] == 4)
        folder = study.out / "bodyorder" / basis
        study.run("bodyorder", ends["potentials"][model], "-o", folder)
        result[basis] = json.loads((folder / "bodyorder.json").read_text())
        result[basis]["v2"] = folder / "v2.csv"
    return result


def main():
    program, data, crystals, out, *options = sys.argv[1:]
    sizes = [int(o) for o in options if o.isdigit()] or MADE
    if not Path(crystals).is_file():
        print(f"{crystals or 'carbon-crystals.extxyz'} is not there: the study runs on the bundled data alone")
        crystals = None
    start = time.time()
    study = Study(program, data, out)
    quick = "--quick" in options
    fractions = QUICK_FRACTIONS if quick else FRACTIONS
    sets = study.stage("sets and fingerprints", lambda: make_sets(study, crystals))
    exact = study.stage("sweeps, exact",
                        lambda: sweeps(study, sets, "self-interacting", "least_squares"))
    ridge = study.stage("sweeps, evidence",
                        lambda: sweeps(study, sets, "self-interacting", "evidence"))
    canonical = study.stage("canonical, exact",
                            lambda: sweeps(study, sets, "canonical", "least_squares"))
    canonical_ridge = study.stage("canonical, evidence",
                                  lambda: sweeps(study, sets, "canonical", "evidence"))
    mixed = study.stage("dimers mixed in", lambda: mixing(study, sets, fractions))
    small = study.stage("small bases to K = 6", lambda: small_bases(study, sets))
    fewer = study.stage("fewer crystals", lambda: fewer_crystals(study, sets))
    of_made = study.stage("made data", lambda: made_data(study, sizes[:2] if quick else sizes))
    open_curves = study.stage("bands", lambda: bands(study, sets, fractions))
    rows = study.stage("table of errors", lambda: table(study, sets))
    curves = study.stage("learning curves", lambda: learning(study, sets, (4,) if quick else PATH))
    of_starts = study.stage("random starts", lambda: random_starts(study, sets, (4,) if quick else PATH))
    of_order = study.stage("dimers of one body order", lambda: families(
        study, {"evidence": ridge} if quick else {"exact": exact, "evidence": ridge}))
    of_weights = None if quick else study.stage("weights", lambda: weights(study, sets))
    orders = study.stage("body orders", lambda: bodies(
        study, {"self-interacting": ridge, "canonical": canonical_ridge}))
    results = {"exact": exact, "evidence": ridge, "canonical": canonical,
               "canonical_evidence": canonical_ridge, "mixing": mixed, "table": rows,
               "learning": curves, "bodies": orders, "bands": open_curves, "sets": sets,
               "small": small, "made": of_made, "families": of_order, "weights": of_weights,
               "starts": of_starts, "fewer": fewer}
    study.stage("report", lambda: write_report(study, results))
    seconds = time.time() - start
    (study.out / "results.json").write_text(json.dumps(
        {"seconds": seconds, "threads": study.workers, "stage_seconds": study.stages, "models": study.models,
         "bands": open_curves, "bodies": orders}, indent=1, default=str) + "\n")
    print(f"{'all':<28} {seconds:7.1f} s\nwrote {study.out}/report.html and results.json")


if __name__ == "__main__":
    main()
