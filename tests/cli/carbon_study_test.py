# SPDX-License-Identifier: BSD-3-Clause
"""The carbon study on the bundled data, from one command. usage: carbon_study_test.py KOLACE"""
import base64
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
            "Dimers mixed in", "What the data determine", "Learning curves", "Mean absolute errors", "Which rank",
            "Distances to diamond", "What was run",
            "differs from the paper", "Time"]


def check(condition, message):
    if not condition:
        sys.exit(f"carbon study: {message}")


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
        for picture in pictures:
            drawn = xml.etree.ElementTree.fromstring(base64.b64decode(picture))
            check(len(list(drawn.iter("{http://www.w3.org/2000/svg}path"))) > 5, "a picture is empty")
    print(f"{len(names)} models in {results['seconds']:.0f} s")
