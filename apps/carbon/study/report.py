# SPDX-License-Identifier: BSD-3-Clause
"""The report: one HTML file with every number in a table and the pictures inside."""

import html

from convergence import answer, bands, convergence, distances, left_open
from curves import families, learning, starts, weights
from plots import Plots
from summary import write_summary
from tables import DFT, ENERGY, ERROR_HEADER, FORCE, dimer_series, error_row, show, source, table
from tools import KAPPA, PATH, WELL, read_csv

STYLE = """body{font:15px/1.5 sans-serif;max-width:1120px;margin:2em auto;padding:0 1em;color:#222}
table{border-collapse:collapse;margin:1em 0;font-size:13px}td,th{border:1px solid #ccc;
padding:2px 8px;text-align:right}td:first-child,th:first-child{text-align:left}th{background:#f3f3f3}
img{max-width:100%;border:1px solid #eee}figure{display:inline-block;margin:2px;max-width:100%}
figcaption,.note{color:#555;font-size:13px}"""


def losses(plots, results):
    """Loss against N_f: the path, colored by body order, and the branches that stay at theirs."""
    text = ("<h2>Loss against the number of functions</h2><p>loss = (1 - kappa) &lt;dE^2&gt; + kappa "
            "&lt;|dF|^2&gt;, E in eV/atom, F in eV/Å, kappa = 50/51. Exact fits; singular values below "
            "rounding are left out (rank in the table). Vertical lines: ends of the path's body orders.</p>")
    rows = []
    for name, data in results["exact"].items():
        series = {}
        points = read_csv(data["sweep"])
        for part in ("train", "test"):
            dashed, last = " (test)" if part == "test" else "", None
            for p in points:
                here = (p["n_functions"], p[f"{part}_loss"])
                if p["on_path"]:
                    series.setdefault(f"K = {p['body_order']:g}{dashed}", [last] if last else []).append(here)
                    last = here
            for p in points:
                if not p["on_path"]:
                    key = f"K = {p['body_order']:g} alone"
                    start = series[f"K = {p['body_order']:g}{dashed}"][-1:]
                    series.setdefault(key + dashed, start).append((p["n_functions"], p[f"{part}_loss"]))
        text += plots.draw(f"loss_{name}", f"{name}: loss (solid: training, dashed: test)", "N_f", "loss (eV^2)", series, log="xy",
                           verticals=[(n, f"K={k}") for k, n in PATH.items()],
                           caption="Counterpart in kind of the paper's Figs. 2 and 3 and SI Fig. 2. " + source(name))
        rows += [[name, int(p["body_order"]), "path" if p["on_path"] else "branch",
                  int(p["n_functions"]), int(p["rank"]), p["train_loss"], p["test_loss"], p["condition"],
                  p["coefficient_norm"], p["train_" + ENERGY], p["train_" + FORCE],
                  p["test_" + ENERGY], p["test_" + FORCE]] for p in points]
    return text + "<details><summary>all models</summary>" + table(
        ["set", "K", "", "N_f", "rank", "train loss", "test loss", "condition", "|c|", "train E RMSE",
         "train F RMSE", "test E RMSE", "test F RMSE"], rows) + "</details>"


def dimers(plots, results):
    text = ("<h2>Dimer curves for K = 2 to 5</h2><p>Energy relative to two free atoms. Exact fits "
            "leave what the data do not determine to rounding; the evidence chooses a ridge.</p>")
    ways = [("exact", "exact"), ("evidence", "evidence"), ("canonical", "canonical, exact"),
            ("canonical_evidence", "canonical, evidence")]
    for name in results["sets"]:
        text += f"<h3>trained on {name}</h3>"
        rows = []
        for key, label in ways:
            data = results[key][name]
            text += plots.draw(f"dimer_{name}_{key}", f"{name}, {label}", "r (Å)", "E (eV)",
                               dimer_series(data["dimers"], data["models"]), "0.8:6", "-15:25",
                               points=(DFT,),
                               caption="Counterpart in kind of the paper's Figs. 4 and 5. " + source(name)
                               + " DFT dimer: rVV10.")
            rows += [[label] + error_row(m) for m in data["models"]]
        text += table(["fit"] + ERROR_HEADER, rows)
    return text


def short_range(plots, results):
    data = results["exact"]["dimers"]
    rows = read_csv(data["dimers"])
    series = {f"K = {m['K']}": [(r["r"], r["force " + m["name"]]) for r in rows]
              for m in data["models"]}
    series[DFT] = [(r["r"], r["force_ref"]) for r in rows]
    text = "<h2>Forces at short range</h2>" + plots.draw(
        "short_range", "trained on dimers: force below 1.2 Å", "r (Å)", "force (eV/Å)", series,
        "0.5:1.2", points=(DFT,), caption="Counterpart in kind of SI Fig. 1.")
    differences = {key: [(r, y - of_dft[r]) for r, y in values if of_dft.get(r) is not None]
                   for of_dft in [dict(series[DFT])] for key, values in series.items() if key != DFT}
    text += plots.draw("short_range_difference", "the same: model minus DFT", "r (Å)", "difference (eV/Å)",
                       differences, "0.5:1.2", caption="The differences on their own axis.")
    table_rows = []
    for key in ("exact", "evidence", "canonical", "canonical_evidence"):
        for name, of_set in results[key].items():
            table_rows += [[f"{name}, {key}", m["K"], m["dimer_short_force_rmse_ev_per_a"],
                            m["dimer_force_rmse_ev_per_a"]] for m in of_set["models"]]
    return text + table(["trained on", "K", "force RMSE 0.5 to 1.2 Å (eV/Å)",
                         "force RMSE within the data, to 5 Å (eV/Å)"], table_rows)


def first_within(mixing, way, order):
    for row in mixing:
        if row["way"] == way and row["model"]["K"] == order:
            if row["model"]["dimer_rmse_ev"] <= 0.05:
                return row["percent"]
    return None


def mixed(plots, results):
    rows = results["mixing"]
    ways = list(dict.fromkeys(row["way"] for row in rows))
    text = ("<h2>Dimers mixed in</h2><p>Training data: the diverse and the homogeneous cells, and "
            "dimers at distances from 0.5 to 8 Å, evenly in their logarithm. \"exact\" and \"evidence\" weigh "
            "forces 50 times as much as energies, as the paper does; kappa = 0.3 is nearly balanced.</p>")
    for way in ways:
        series = {}
        for row in rows:
            if row["way"] == way:
                series.setdefault(f"K = {row['model']['K']}", []).append(
                    (row["percent"], row["model"]["dimer_rmse_ev"]))
        series["50 meV"] = [(0, 0.05), (20, 0.05)]
        name = "mixing_" + way.replace(", ", "_").replace(" ", "_")
        text += plots.draw(name, way, "share of dimers (% of structures)", f"dimer RMSE up to {WELL[1]:g} Å (eV)",
                           series, log="y", guides=("50 meV",))
    text += "<p>Fraction of dimers at which the curve is within 50 meV of DFT up to 5 Å, from 1 Å or the shortest distances in the data:</p>"
    text += table(["fit"] + [f"K = {k}" for k in PATH],
                  [[way] + ["-" if way.startswith("canonical") and k == 5 else
                            f"{found} %" if (found := first_within(rows, way, k)) is not None
                            else "not up to 20 %" for k in PATH] for way in ways])
    return text + table(["fit", "dimers (%)", "dimers"] + ERROR_HEADER,
                        [[row["way"], row["percent"], row["n_dimers"]] + error_row(row["model"])
                         for row in rows])


def errors(results):
    return ("<h2>Mean absolute errors</h2><p>Counterpart of Table I, exact fits at the paper's weights (forces 50 times as much as "
            "energies). What other weights and a fitted E0 change is in the section on weights.</p>") + table(
        ["trained on", "K", "N_f", "train E MAE (meV/atom)", "train F MAE (meV/Å)",
         "test E MAE (meV/atom)", "test F MAE (meV/Å)", f"dimer RMSE up to {WELL[1]:g} Å (eV)", "from (Å)", "fit (s)"],
        [[m["training_set"], m["K"], m["n_functions"], m["train"]["energy_mae_mev_per_atom"],
          m["train"]["force_mae_mev_per_a"], m["test"]["energy_mae_mev_per_atom"],
          m["test"]["force_mae_mev_per_a"], m["dimer_rmse_ev"], m["from_a"], m["seconds"]]
         for m in results["table"]])


def bodies(plots, results):
    text = ("<h2>Which rank makes the two-body part</h2><p>K = 4 models of the diverse set "
            "(evidence). With self-interaction ranks 2 and 3 contribute to V2; in the canonical "
            "basis V2 is the K = 2 part alone.</p>")
    for basis, data in results["bodies"].items():
        rows = read_csv(data["v2"])
        series = {("all" if key == "V" else key[2:]): [(r["r"], r[key]) for r in rows]
                  for key in rows[0] if key.startswith("V")}
        text += plots.draw("v2_" + basis.replace("-", "_"), f"V2, {basis}", "r (Å)", "V2 (eV)",
                           series, "0.8:5", "-15:25")
        size = len(data["rms_by_rank"]["all"])
        text += table([f"{basis}: rms of V_n (eV)"] + [f"V{n + 1}" for n in range(size)],
                      [[name] + values for name, values in data["rms_by_rank"].items()])
    return text


def selection(plots, study, results):
    text = "<h2>Distances to diamond</h2><p>Cosine distances of Oganov-Valle fingerprints.</p>"
    for name in ("diverse", "crystals"):
        path = study.out / "sets" / f"distance_{name}.csv"
        if path.exists():
            series = {name: [(r["distance"], r["structures"]) for r in read_csv(path)]}
            text += plots.draw(f"fingerprints_{name}", f"{name}: distances to diamond", "cosine distance",
                               "structures per bin", series, bars=(name,), verticals=[(0.25, "crystals_homogeneous: below")] if name == "crystals" else (),
                               caption="Counterpart in kind of Fig. 1.")
    return text


def of(results, key, name, order):
    return next(m for m in results[key][name]["models"] if m["K"] == order)


def what_was_run(study):
    """Counterpart of SI Table 1."""
    rows = {}
    for m in study.models:
        key = (m["training_set"], m["basis"], m["solver"], m.get("kappa", KAPPA))
        rows.setdefault(key, []).append(f"{m['K']}: {m['n_functions']}")
    return ("<h2>What was run</h2><p>Counterpart of SI Table 1: " + str(len(study.models)) + " models.</p>"
            + "<details><summary>all fits</summary>"
            + table(["training set", "basis", "solver", "kappa", "K: N_f"],
                    [[name, basis, solver, show(kappa, 3), ", ".join(dict.fromkeys(members))]
                     for (name, basis, solver, kappa), members in rows.items()]) + "</details>")


def statements(results):
    """The paper's findings, and what these data say: pairs of text."""
    sets = list(results["sets"])
    largest = "crystals" if "crystals" in sets else "diverse"

    def span(key, name):
        values = [m["dimer_rmse_ev"] for m in results[key][name]["models"]]
        return f"{show(min(values), 3)} to {show(max(values), 3)} eV"

    def falls(name):
        losses = [m["train"]["loss"] for m in results["exact"][name]["models"]]
        fall = all(a > b for a, b in zip(losses, losses[1:]))
        return ", ".join(show(loss, 4) for loss in losses) + ("" if fall else " (does not fall)")

    two = [of(results, "exact", "dimers", k) for k in (2, 3)]
    best = min((row for row in results["mixing"]), key=lambda row: row["model"]["dimer_rmse_ev"])
    last = next(item for item in reversed(results["learning"]) if item["K"] == 4)
    paper = [row for row in results["mixing"] if "kappa" not in row["way"]]
    best_of_paper = min(paper, key=lambda row: row["model"]["dimer_rmse_ev"])
    canonical = "; ".join(
        f"{name}, K = 2, 3, 4: {distances(results['canonical_evidence'][name]['models'])} eV canonical, "
        f"{distances(results['evidence'][name]['models'][:3])} eV with self-interaction"
        for name in sets if name != "dimers")
    return [
        ["Losses fall with K and N_f along the path, on every training set",
         "; ".join(f"{name}: {falls(name)}" for name in sets)
         + " (exact training losses at N_f = 45, 189, 493, 793)"],
        ["Models trained on dimers reach about 5 meV/atom and less than 200 meV/Å for K = 2 and 3",
         "; ".join(f"K = {m['K']}: {show(m['train'][ENERGY], 3)} meV/atom, "
                   f"{show(m['train'][FORCE], 3)} meV/Å (other half of the points: "
                   f"{show(m['test'][ENERGY], 3)}, {show(m['test'][FORCE], 3)})" for m in two)],
        ["Without dimers in the data the dimer curve is far from DFT, on diverse data as well",
         "; ".join(f"{name}: RMSE {span('evidence', name)} (evidence), {span('exact', name)} (exact)"
                   for name in sets if name != "dimers")],
        ["Dimer curves of K = 2 to 5 do not tend to one curve. A property of the expansion, or of unregularized fits?",
         answer(results)],
        ["What of the dimer curve do the data determine?", left_open(results)],
        ["More diverse data validate better",
         "test over training force RMSE at K = 4 (evidence): " + "; ".join(
             f"{name} {show(m['test'][FORCE] / m['train'][FORCE], 3)} ({m['test'][FORCE]:.0f} over "
             f"{m['train'][FORCE]:.0f} meV/Å)"
             for name in sets for m in [of(results, "evidence", name, 4)])],
        ["Bases without self-interaction do not bring the dimer curve to DFT either", canonical],
        ["Suitable data, here dimers mixed in, bring the curves toward DFT",
         f"at the paper's weights {show(best_of_paper['model']['dimer_rmse_ev'], 3)} eV at best, with "
         f"{best_of_paper['percent']} % dimers, K = {best_of_paper['model']['K']}, {best_of_paper['way']}; with kappa 0.3 "
         f"{show(best['model']['dimer_rmse_ev'], 3)} eV (K = {best['model']['K']}, {best['percent']} %)"],
        ["Fits took up to 3,000 BFGS iterations",
         f"after {int(last['curve'][-1]['iteration'])} L-BFGS iterations the training loss is "
         f"{show(last['curve'][-1]['train'] / last['exact']['train']['loss'], 3)} times the exact "
         f"minimum, which took {show(last['exact']['seconds'], 3)} s in all"],
    ]


def beside(pairs):
    return ("<h2>The paper's statements beside our numbers</h2>"
            + "<table><tr><th>Tan, Pellegrini, de Gironcoli (2025)</th><th>here</th></tr>"
            + "".join(f"<tr><td>{html.escape(a)}</td><td style='text-align:left'>{html.escape(b)}"
                      "</td></tr>" for a, b in pairs) + "</table>")


DIFFERENCES = f"""<h2>Where this differs from the paper</h2><ul>
<li>Data: dimers, diamond-like and diverse cells computed for this project with the paper's
functional (rVV10); pseudopotential, cutoffs, smearing and cells differ, and there are only 48
diamond-like and 107 diverse cells. <i>crystals</i>, where present, is a public set of 3,737
small carbon crystals at a PBE-like level: its dimer curves are not strictly comparable to ours.
<i>crystals_homogeneous</i> are those within a fingerprint distance of 0.25 of diamond.</li>
<li>All fits weigh forces as the paper does (kappa = 50/51), energies per atom and forces uniformly,
unless a table says kappa 0.3. Dimers are 247 distances from 0.5 to 8 A on a logarithmic grid, every
second one trained on. Their DFT limit at large distance lies 10 meV/atom below two free atoms, so
models of dimers alone fit E0; all others take the free atom's energy (crystals: 0).</li>
<li>Fits are exact least squares unless marked. With more functions than the data determine, an exact
fit extrapolates wildly where there are no data; gradient iterations stop before that. The columns
"evidence" show a ridge whose strength the data choose.</li>
<li>The paper's supporting information prints N_f = 960 for the basis that its main text and the
count of independent functions give as 930.</li></ul>
<p class='note'>kappa = {KAPPA:.6f}. The DFT inputs and the scripts that regenerate the data are in
apps/carbon/data/generate.</p>"""


def write_report(study, results):
    plots = Plots(study.out / "plots")
    timing = table(["stage", "seconds"], [[name, s] for name, s in study.stages.items()])
    found = statements(results)
    parts = [beside(found), losses(plots, results), dimers(plots, results), families(plots, results),
             convergence(plots, results), short_range(plots, results), mixed(plots, results), bands(plots, results),
             learning(plots, results), starts(plots, results),
             errors(results), weights(results), bodies(plots, results), selection(plots, study, results),
             DIFFERENCES, what_was_run(study), "<h2>Time</h2>" + timing]
    (study.out / "report.html").write_text(
        "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'>"
        "<title>Body-order convergence of linear ACE for carbon</title>"
        f"<style>{STYLE}</style></head><body>"
        "<h1>Body-order convergence of linear ACE for carbon</h1>"
        f"<p>{len(study.models)} models, fitted by kolace; every plot's table and gnuplot script "
        "are in plots/.</p>" + "\n".join(parts) + "</body></html>\n")
    write_summary(study, results, found)
