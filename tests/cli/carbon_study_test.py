# SPDX-License-Identifier: BSD-3-Clause
"""The carbon study on the bundled data, from one command. usage: carbon_study_test.py KOLACE"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
CARBON = pathlib.Path(__file__).resolve().parents[2] / "apps" / "carbon"
SECTIONS = ["paper's statements", "number of functions", "Dimer curves for K = 2 to 5", "Forces at short range",
            "Dimers mixed in", "What the data determine", "Learning curves", "Mean absolute errors", "Which rank", "Distances to diamond",
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
    # More functions of the same kind never fit the training data worse, where the data determine them.
    exact = {m["K"]: m["train"]["loss"] for m in results["models"]
             if m["name"].startswith("diverse_self-interacting_least_squares")}
    check(exact[2] > exact[3] > exact[4] > exact[5], f"losses on the diverse set do not fall: {exact}")
    for picture in (out / "plots").glob("*.gp"):
        check(picture.with_suffix(".csv").exists(), f"{picture.name} has no table")
    print(f"{len(names)} models in {results['seconds']:.0f} s")
