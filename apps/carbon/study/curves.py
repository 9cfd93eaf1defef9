# SPDX-License-Identifier: BSD-3-Clause
"""Parts of the report about single curves: dimers of one body order, learning curves, weights."""

import math

from tables import DFT, ENERGY, FORCE, source, table
from tools import KAPPA, WELL, read_csv


def energies(rows, model):
    """Of a dimer curve, where it is judged: by distance."""
    return {row["r"]: row["energy " + model["name"]] for row in rows if model["from_a"] <= row["r"] <= WELL[1]}


def apart(one, other):
    """Root mean square difference of two curves, eV."""
    return math.sqrt(sum((one[r] - other[r]) ** 2 for r in one) / len(one))


def families(plots, results):
    """Curves of one body order as functions are added to it, and the next body order."""
    text = ("<h2>Dimer curves of one body order</h2><p>All models of K = 4 along the path, from its first to its last function "
            "of rank 3, and the model of K = 5. Agreement within K = 4: root mean square, from where the data begin to 5 Å, of the difference "
            "between each curve and the mean of all; the same for K = 5 and for DFT.</p>")
    rows = []
    for item in results["families"]:
        table_of = read_csv(item["dimers"])
        fourth = [m for m in item["models"] if m["K"] == 4]
        fifth = next(m for m in item["models"] if m["K"] == 5)
        dft = [(row["r"], row["energy_ref"]) for row in table_of]

        def series_of(models):
            return {**{f"K = {m['K']}, N_f = {m['n_functions']}": [(row["r"], row["energy " + m["name"]]) for row in table_of]
                       for m in models}, DFT: dft}

        label = f"{item['set']}, {item['way']}"
        name = f"family_{item['set']}_{item['way']}"
        text += plots.draw(name, f"{label}: K = 4", "r (Å)", "E (eV)", series_of(fourth), "0.8:6", "-15:25", points=(DFT,),
                           caption="Counterpart in kind of the paper's Fig. 4. " + source(item["set"]) + " DFT dimer: rVV10.")
        text += plots.draw(name + "_next", f"{label}: the last K = 4 and K = 5", "r (Å)", "E (eV)",
                           series_of([fourth[-1], fifth]), "0.8:6", "-15:25", points=(DFT,),
                           caption="Counterpart in kind of the paper's Fig. 5. " + source(item["set"]) + " DFT dimer: rVV10.")
        curves = [energies(table_of, m) for m in fourth]
        mean = {r: sum(curve[r] for curve in curves) / len(curves) for r in curves[0]}
        known = {row["r"]: row["energy_ref"] for row in table_of
                 if row["r"] in mean and row["energy_ref"] is not None}
        rows.append([label, ", ".join(str(m["n_functions"]) for m in fourth), max(apart(c, mean) for c in curves),
                     apart(energies(table_of, fifth), mean), apart(known, mean), fifth["from_a"]])
    return text + table(["training set, fit", "N_f of K = 4", "within K = 4, at most (eV)", "K = 5 from their mean (eV)",
                         "DFT from their mean (eV)", "from (Å)"], rows)


KINDS = (("train", "validation", "loss", "loss (eV^2)"),
         ("train_energy_rmse_mev_per_atom", "test_energy_rmse_mev_per_atom", "energies", "energy RMSE (meV/atom)"),
         ("train_force_rmse_mev_per_a", "test_force_rmse_mev_per_a", "forces", "force RMSE (meV/Å)"))


def learning(plots, results):
    text = ("<h2>Learning curves</h2><p>L-BFGS from zero coefficients against the exact minimum (thin lines), for the four bases "
            "of the path: loss, energies and forces. The loss is a parabola, and its exact minimum "
            "does not depend on where iterations begin; what a random start leaves is in the next section.</p>")
    rows = []
    orders = dict.fromkeys((item["K"], item["n_functions"]) for item in results["learning"])
    for order, n_functions in orders:
        items = [item for item in results["learning"] if item["K"] == order]
        for train, test, what, axis in KINDS:
            series = {}
            for item in items:
                name = f"{item['count']} structures"
                steps = [p for p in item["curve"] if p["iteration"] > 0]
                series[name] = [(p["iteration"], p[train]) for p in steps]
                series[name + " (test)"] = [(p["iteration"], p[test]) for p in steps]
                exact = item["exact"]["train"][{"loss": "loss", "energies": ENERGY, "forces": FORCE}[what]]
                series[f"{name}, exact"] = [(1, exact), (steps[-1]["iteration"], exact)]
            text += plots.draw(f"learning_K{order}_{what}", f"K = {order}, N_f = {n_functions}: {what} (dashed: test)",
                               "iteration", axis, series, log="xy",
                               guides=[key for key in series if key.endswith("exact")],
                               caption=f"Counterpart in kind of SI Figs. 4 to 7. {source(items[0]['set'])}")
        for item in items:
            exact = item["exact"]["train"]["loss"]
            name = f"{item['set']}, {item['count']} structures"
            for target in (10, 100, 1000, 3000):
                at = [p for p in item["curve"] if p["iteration"] <= target][-1]
                rows.append([name, order, int(at["iteration"]), at["train"], at["validation"], at["train"] / exact,
                             at[KINDS[1][0]], at[KINDS[2][0]]])
            rows.append([name, order, "exact", exact, item["exact"]["test"]["loss"], 1.0,
                         item["exact"]["train"][ENERGY], item["exact"]["train"][FORCE]])
    return text + "<details><summary>numbers</summary>" + table(
        ["training set", "K", "iteration", "train loss", "test loss", "train loss / exact", "train E RMSE (meV/atom)",
         "train F RMSE (meV/Å)"], rows) + "</details>"


def starts(plots, results):
    """What iterations that begin at random leave of their beginning."""
    text = ("<h2>Random starts</h2><p>L-BFGS from two sets of random coefficients (standard deviation 1 eV), stopped after 100, "
            "1,000 and 3,000 iterations. How far the dimer curves of the two are apart is what the start decides, not the data.</p>")
    rows = []
    for order in dict.fromkeys(item["K"] for item in results["starts"]):
        items = [item for item in results["starts"] if item["K"] == order]
        series = {}
        for item in items:
            curve = read_csv(item["dimers"])
            for seed, model in enumerate(item["models"], 1):
                label = f"{item['iterations']} iterations, start {seed}" if item["iterations"] else "exact minimum"
                series[label] = [(row["r"], row["energy " + model["name"]]) for row in curve]
            last = item["models"][-1]
            rows.append([item["set"], order, item["iterations"] or "exact", last["dimer_step_ev"],
                         *(m["dimer_rmse_ev"] for m in item["models"]), *[None] * (2 - len(item["models"])), last["from_a"],
                         last["train"]["loss"], last["test"][FORCE]])
        series[DFT] = [(row["r"], row["energy_ref"]) for row in curve]
        text += plots.draw(f"starts_K{order}", f"{items[0]['set']}, K = {order}", "r (Å)", "E (eV)", series, "0.8:6", "-15:25",
                           points=(DFT,), caption="Counterpart in kind of SI Fig. 3. " + source(items[0]["set"])
                           + " DFT dimer: rVV10.")
    return text + table(["training set", "K", "iterations", "curves of both starts apart (eV)", "to DFT, start 1 (eV)",
                         "start 2 (eV)", "from (Å)", "train loss, start 2", "test F RMSE (meV/Å)"], rows)


def weights(results):
    """What the errors of energies are made of."""
    data = results["weights"]
    if not data:  # --quick
        return ""
    rows = data["rows"]

    def error(e0, kappa):
        return next(m["train"][ENERGY] for m in rows
                    if (m["E0"] == "fit") == e0 and abs(m["kappa"] - kappa) < 1e-3 and m["solver"] != "automatic")

    fixed, fitted, balanced = error(False, KAPPA), error(True, KAPPA), error(True, 0.1)
    best = rows[-1]
    return ("<h2>What the errors of energies are made of</h2>"
            f"<p>Energies of {data['set']} spread by {1000 * data['spread']:.0f} meV/atom (standard deviation). In the study's "
            f"fits with N_f = 493 they have errors of {fixed:.0f} meV/atom: {fitted:.0f} if E0 is fitted instead of fixed, "
            f"{balanced:.0f} if, in addition, energies weigh nine times as much as forces instead of a fiftieth. The automatic "
            f"fit of kolace, with {best['n_functions']} functions, has {best['train'][ENERGY]:.0f} (test set "
            f"{best['test'][ENERGY]:.0f}).</p>"
            + table(["solver", "N_f", "E0", "kappa", "train E RMSE (meV/atom)", "E MAE", "F RMSE (meV/Å)",
                     "test E RMSE (meV/atom)", "E MAE", "F RMSE (meV/Å)"],
                    [[m["solver"], m["n_functions"], "fitted" if m["E0"] == "fit" else f"{m['E0']:g} eV", m["kappa"],
                      *(m[part][key] for part in ("train", "test") for key in (ENERGY, ENERGY.replace("rmse", "mae"), FORCE))]
                     for m in rows]))
