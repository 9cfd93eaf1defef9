# SPDX-License-Identifier: BSD-3-Clause
"""The carbon study on the bundled data, from one command. usage: carbon_study_test.py KOLACE"""
import base64
import collections
import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
CARBON = pathlib.Path(__file__).resolve().parents[2] / "apps" / "carbon"
SECTIONS = ["paper's statements", "number of functions", "Dimer curves for K = 2 to 5", "Does the two-body part converge?",
            "Forces at short range",
            "Dimers mixed in", "What the data determine", "Learning curves", "Random starts", "Mean absolute errors", "Which rank",
            "Distances to diamond", "What was run",
            "differs from the paper", "Time"]


def check(condition, message):
    if not condition:
        sys.exit(f"carbon study: {message}")


def drawn_points(picture):
    """Coordinates, marks and corners of each series in an SVG of gnuplot, by number."""
    svg, found = "{http://www.w3.org/2000/svg}", {}
    for group in picture.iter(svg + "g"):
        if group.get("id", "").startswith("gnuplot_plot_"):
            found[int(group.get("id")[13:]) - 1] = (
                sum(len(re.findall(r"-?[\d.]+,-?[\d.]+", path.get("d", ""))) for path in group.iter(svg + "path"))
                + sum(len(polygon.get("points", "").split()) for polygon in group.iter(svg + "polygon"))
                + sum(1 for _ in group.iter(svg + "use")))
    return found


with tempfile.TemporaryDirectory() as folder:
    out = pathlib.Path(folder) / "study"
    environment = dict(os.environ, KOLACE=str(PROGRAM), CRYSTALS=str(out / "none"), OMP_PROC_BIND="false")
    subprocess.run(["bash", CARBON / "run.sh", out, "--quick"], env=environment, check=True)
    results = json.loads((out / "results.json").read_text())
    report = (out / "report.html").read_text()
    for section in SECTIONS:
        check(section in report, f"the report lacks '{section}'")
    names = [model["name"] for model in results["models"]]
    check(len(names) == len(set(names)), "names of models repeat")
    for model in results["models"]:
        for key in ("training_set", "K", "n_functions", "basis", "solver", "train", "test", "dimer_rmse_ev"):
            check(key in model, f"{model['name']} lacks {key}")
        check(model["train"]["loss"] >= 0, f"{model['name']} has no loss")
        # The paper's fits to dimers: about 5 meV/atom and below 200 meV/A.
        if model["training_set"] == "dimers":
            for part in ("train", "test"):
                check(model[part]["energy_rmse_mev_per_atom"] < 5, f"{model['name']}: {part} energies")
                check(model[part]["force_rmse_mev_per_a"] < 70, f"{model['name']}: {part} forces")
            check(model["dimer_rmse_ev"] < 0.05, f"{model['name']}: dimer curve")
    # More functions of the same kind never fit the training data worse.
    for data in ("dimers", "homogeneous", "diverse"):
        exact = {m["K"]: m["train"]["loss"] for m in results["models"]
                 if m["name"].startswith(f"{data}_self-interacting_least_squares")}
        check(exact[2] > exact[3] > exact[4] > exact[5], f"losses on {data} do not fall: {exact}")
    # Known two-body part: with data enough, exact and regularized fits agree and approach it with K.
    for solver in ("least_squares", "evidence"):
        distances = [m["dimer_rmse_ev"] for m in results["models"] if m["name"].startswith(f"made_1000_paper_{solver}")]
        check(len(distances) == 4 and distances == sorted(distances, reverse=True), f"made data, {solver}: {distances}")
    scripts = list((out / "plots").glob("*.gp"))
    for script in scripts:
        check(script.with_suffix(".csv").exists(), f"{script.name} has no table")
    if "no gnuplot here" not in report:
        pictures = re.findall(r"<img [^>]*src='data:image/svg\+xml;base64,([^']+)'", report)
        check(len(pictures) == len(scripts) == report.count("<img"), f"{len(pictures)} pictures of {len(scripts)} plots")
        shown = {base64.b64decode(picture) for picture in pictures}
        for script in scripts:
            picture = script.with_suffix(".svg").read_bytes()
            check(picture in shown, f"{script.name}: the report has no picture of it")
            with open(script.with_suffix(".csv"), newline="") as file:
                count = collections.Counter(int(row["number"]) for row in csv.DictReader(file))
            drawn = drawn_points(xml.etree.ElementTree.fromstring(picture))
            check(len(drawn) == len(count), f"{script.name}: {len(drawn)} of {len(count)} series are drawn")
            for number, n in count.items():  # the key is one more point or line; ranges cut curves off
                check(drawn[number] > min(n, 30), f"{script.name}: series {number} has {drawn[number]} of {n} points")
    # Errors of a sweep are those of its files, however ill-conditioned.
    for name, model in (("dimers", "K3_230"), ("homogeneous", "K5_793"), ("diverse", "K5_793")):
        folder = out / "sweeps" / f"{name}_self-interacting_least_squares"
        order, n_functions = int(model[1]), int(model[3:])
        expected = next(m["train"]["force_rmse_mev_per_a"] for m in json.loads((folder / "sweep.json").read_text())["models"]
                        if (m["K"], m["n_functions"]) == (order, n_functions))
        said = subprocess.run([PROGRAM, "evaluate", folder / f"{model}.yaml", out / "sets" / f"{name}_train.extxyz"],
                              capture_output=True, text=True, check=True).stdout
        found = float(re.search(r"^all frames +\d+ +\S+ +\S+ +(\S+)", said, re.M)[1])
        check(abs(found - expected) < 0.01 * expected + 0.01, f"{name} {model}: {expected} meV/A in sweep.json, {found} of the file")
    print(f"{len(names)} models in {results['seconds']:.0f} s")
