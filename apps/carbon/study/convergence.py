# SPDX-License-Identifier: BSD-3-Clause
"""What the report says about the two-body part: bands, and distances along the body orders."""

import html

from tables import DFT, FORCE, show, source, table
from tools import read_csv


def half_width(row):
    """Of the band at one distance, eV; none where the data say nothing."""
    if row["energy_low"] is None or row["energy_high"] is None:
        return None
    return (row["energy_high"] - row["energy_low"]) / 2


def at(row, r):
    return min(read_csv(row["curve"]), key=lambda p: abs(p["r"] - r))


def inside(points, from_a):
    """At how many distances within the data's DFT lies in the band, and of how many."""
    known = [p for p in points if p["energy_ref"] is not None and p["r"] >= from_a]
    return sum(half_width(p) is None or p["energy_low"] <= p["energy_ref"] <= p["energy_high"]
               for p in known), len(known)


def outside(points, from_a):
    """Distances within the data's at which DFT lies outside the band, as ranges."""
    ranges, last = [], False
    for p in points:
        if p["energy_ref"] is None or p["r"] < from_a:
            continue
        misses = half_width(p) is not None and not p["energy_low"] <= p["energy_ref"] <= p["energy_high"]
        if misses and last:
            ranges[-1][1] = p["r"]
        elif misses:
            ranges.append([p["r"], p["r"]])
        last = misses
    return ", ".join(f"{a:.2f} to {b:.2f}" if b > a else f"{a:.2f}" for a, b in ranges) or "nowhere"


def bands(plots, results):
    """What the data determine of the dimer curve at all."""
    text = ("<h2>What the data determine of the dimer curve</h2><p>Not one fit, but all potentials "
            "of a basis whose loss is at most 1 % above the minimum: the largest and smallest "
            "energy of the dimer among them, exactly, from the factor R of the data. Half of that "
            "range against the distance; 0.05 eV is the accuracy that the paper asks for. A wide "
            "band says that the data leave the curve to the solver, to its regularization or to "
            "rounding; a narrow one away from DFT says that the expansion itself fails. Where the data do not determine all "
            "functions, the curves of the undetermined ones are left out and the true band is wider. DFT is compared at the "
            "distances that occur in the data.</p>")
    groups = {}
    for row in results["bands"]:
        title = f"{row['set']}" + (f" + {row['percent']} % dimers" if row["percent"] else "")
        if row["basis"] == "canonical":
            title += ", canonical"
        groups.setdefault(title, []).append(row)
    places = (1.1, 1.3, 1.5, 2.0, 2.5, 3.0, 4.0)
    rows = []
    for title, members in groups.items():
        series, curves = {}, {}
        for member in members:
            points = read_csv(member["curve"])
            series[f"K = {member['K']}"] = [(p["r"], half_width(p)) for p in points
                                            if half_width(p)]
            curves[f"K = {member['K']}"] = [(p["r"], p["energy_low"], p["energy_high"]) for p in points]
            nearest = [min(points, key=lambda p: abs(p["r"] - r)) for r in places]
            held, count = inside(points, member["from_a"])
            rows.append([title, member["K"], member["n_functions"], *map(half_width, nearest),
                         f"{held} of {count}", member["from_a"], outside(points, member["from_a"]),
                         "yes" if member["all_determined"] else "no"])
        curves[DFT] = [(p["r"], p["energy_ref"]) for p in points]
        series["0.05 eV"] = [(0.8, 0.05), (5, 0.05)]
        name = "band_" + title.replace(" + ", "_").replace(" % ", "_").replace(", ", "_")
        text += plots.draw(name + "_curves", f"{title}: dimer curves within the band", "r (Å)", "E (eV)", curves,
                           "0.8:5", "-15:25", points=(DFT,), caption=source(title))
        text += plots.draw(name, f"{title}: half of the band", "r (Å)", "half range of the energy (eV)", series,
                           "0.8:5", "1e-3:1e4", log="y", guides=("0.05 eV",))
    return text + closing(plots, results) + table(
        ["trained on", "K", "N_f"] + [f"+- eV at {r:g} Å" for r in places]
        + ["DFT inside (distances to 5 Å)", "from (Å)", "outside at (Å)", "all functions determined"], rows)


def closing(plots, results):
    """How the band closes as dimers are mixed into the cells."""
    members = [row for row in results["bands"] if row["set"] == "cells" and row["basis"] == "self-interacting"]
    text = ""
    for r in (1.3, 3.0):
        series = {}
        for row in members:
            series.setdefault(f"K = {row['K']}", []).append((row["percent"], half_width(at(row, r))))
        series["0.05 eV"] = [(0, 0.05), (max(row["percent"] for row in members), 0.05)]
        text += plots.draw(f"band_closing_{r:g}", f"half of the band at {r:g} Å as dimers are mixed in",
                           "share of dimers (% of structures)", "half range of the energy (eV)", series, log="y",
                           guides=("0.05 eV",), caption=source("cells"))
    return text


def left_open(results):
    """How far potentials that fit the same data nearly alike differ in the dimer curve."""
    text = "Potentials within 1 % of the minimum loss"
    for name in ("cells", "crystals"):
        rows = [row for row in results["bands"]
                if (row["set"], row["basis"], row["percent"]) == (name, "self-interacting", 0)]
        if rows:
            text += f". {name.capitalize()}, from {rows[0]['from_a']:g} Å on: " + "; ".join(
                f"K = {row['K']}: +-{show(half_width(at(row, 1.3)), 2)} eV at 1.3 Å, DFT outside at "
                f"{outside(read_csv(row['curve']), row['from_a'])} Å"
                + ("" if row["all_determined"] else " (not all functions are determined: the true band is wider)")
                for row in rows)
    return text + ". Inside, some potential passes through DFT's value at that distance, not one through all of them"


def distances(models):
    return ", ".join(show(m["dimer_rmse_ev"], 3) for m in models)


def along(models):
    """Distances to the reference, whether they fall, and wells, as text."""
    return (f"{distances(models)} eV ({falls_to(models)}; wells "
            f"{', '.join(show(m['dimer_well_ev'], 3) for m in models)} eV)")


def falls_to(models):
    values = [m["dimer_rmse_ev"] for m in models]
    return "falls with every K" if values == sorted(values, reverse=True) else "does not fall with every K"


def apart(one, other):
    """Largest difference of the distances to the reference of two families, eV."""
    return max(abs(a["dimer_rmse_ev"] - b["dimer_rmse_ev"]) for a, b in zip(one, other))


def answer(results):
    """Do regularized fits converge where exact ones scatter? Families with self-interaction, without dimers."""
    known = {label: models for label, _, models in paths(results)}
    text = "Distance of the dimer curve to DFT for K = 2, 3, ..., at the distances that occur in the data."
    fewer = dict.fromkeys(m["training_set"] for m in results["fewer"])
    for name in [*results["sets"], *fewer, "all cells", "all cells, small bases"]:
        both = [known.get(f"{name}, {solver}") for solver in ("exact", "evidence")]
        if None not in both:
            title = name.replace("_", " ").capitalize()
            text += (f" {title} (from {both[0][0]['from_a']:g} Å): exact {along(both[0])}, evidence {along(both[1])}; the two differ by up to {show(apart(*both), 2)} eV.")
    return text + f" DFT's well: {show(of_path(results, 'all cells, exact')[0]['reference_well_ev'], 3)} eV. " + verdict(results)


def paths(results):
    """(label, reference, models K = 2, 3, ...) of every family of fits without dimers."""
    found = []
    for key, label in (("exact", "exact"), ("evidence", "evidence"), ("canonical", "canonical, exact"),
                       ("canonical_evidence", "canonical, evidence")):
        found += [(f"{name}, {label}", "DFT", results[key][name]["models"])
                  for name in results["sets"] if name != "dimers"]
    for training_set in dict.fromkeys(m["training_set"] for m in results["fewer"]):
        found += [(f"{training_set}, {label}", "DFT", [m for m in results["fewer"] if (m["training_set"], m["solver"]) ==
                                                       (training_set, solver)])
                  for solver, label in (("least_squares", "exact"), ("evidence", "evidence"))]
    ways = dict.fromkeys(row["way"] for row in results["mixing"])
    found += [(f"all cells, {way}", "DFT", [row["model"] for row in results["mixing"]
                                            if row["way"] == way and row["percent"] == 0]) for way in ways]
    for solver, label in (("least_squares", "exact"), ("evidence", "evidence")):
        found.append((f"all cells, small bases, {label}", "DFT",
                      [m for m in results["small"] if m["solver"] == solver]))
    families = dict.fromkeys((m["training_set"], m["family"], m["solver"]) for m in results["made"])
    for training_set, family, solver in families:
        models = [m for m in results["made"] if (m["training_set"], m["family"], m["solver"]) ==
                  (training_set, family, solver)]
        label = {"paper": "", "small": ", small bases", "canonical": ", canonical"}[family]
        found.append((f"{training_set}{label}, {'evidence' if solver == 'evidence' else 'exact'}", "truth", models))
    return found


def of_path(results, label):
    return next(models for name, _, models in paths(results) if name == label)


def verdict(results):
    """What the made data say, where the truth is known and each fit can be had with few and with many data."""
    sizes = list(dict.fromkeys(m["training_set"] for m in results["made"]))
    few, many = ({solver: of_path(results, f"{size}, {solver}") for solver in ("exact", "evidence")}
                 for size in (sizes[0], sizes[-1]))
    small = of_path(results, f"{sizes[-1]}, small bases, evidence")

    text = (f"Made data: exact and regularized fits differ by up to {show(apart(*few.values()), 2)} eV in their distance to the true "
            f"V2 with {few['exact'][0]['training_set'].split(', ')[1]} and by up to {show(apart(*many.values()), 2)} eV with "
            f"{many['exact'][0]['training_set'].split(', ')[1]}. With many data the distance is "
            f"{distances(many['evidence'])} eV for K = 2 to 5, and in small bases "
            f"{distances(small)} eV for K = 2 to 6. ")
    values = [m["dimer_rmse_ev"] for m in many["evidence"]], [m["dimer_rmse_ev"] for m in small]
    if all(v == sorted(v, reverse=True) for v in values) and apart(*many.values()) < 0.2 * min(values[0]):
        text += ("So on these data each truncated expansion has its own two-body part, which absorbs what the missing body orders "
                 "would contribute in bulk; regularization does not change it once the data determine it, and it approaches "
                 "the truth slowly, body order by body order. The scatter of exact fits to few structures is a lack of data. ")
    return text + ("Limits: one analytic potential, one kind of cells; on DFT data the labels of the crystals are PBE-like, "
                   "those of the dimers rVV10.")


def convergence(plots, results):
    text = ("<h2>Does the two-body part converge?</h2><p>Fits without any dimer in their data. RMSE of the dimer curve "
            "against the reference, up to 5 Å and from the distance (at least 1 Å) below which fewer than five training structures "
            "have atoms: a curve at shorter distances is an extrapolation, whatever the expansion. Distance between the curves of "
            "successive K; depth and place of the well, if there is one. For carbon the reference is DFT (rVV10). For made data it is the truth: an analytic potential of all "
            "body orders (apps/carbon/study/made.py) labels cells that are strained, scaled and rattled, so V2 is known. "
            "Small bases reach K = 6.</p><p>" + html.escape(verdict(results)) + "</p>")
    rows = []
    for label, reference, models in paths(results):
        rows += [[label, m["K"], m["n_functions"], m["dimer_rmse_ev"], m["from_a"], m["dimer_step_ev"], m["dimer_well_ev"],
                  m["dimer_well_a"], m["reference_well_ev"], m["test"][FORCE]] for m in models]
    sizes = list(dict.fromkeys(m["training_set"] for m in results["made"]))
    for name, chosen in (("dft", [l for l, _, _ in paths(results) if l.startswith("all cells") and "kappa" not in l]),
                         ("crystals", [l for l, _, _ in paths(results) if l.startswith("crystals, ")]),  # fewer of them too
                         ("made", [f"{sizes[-1]}{f}, {s}" for f in ("", ", canonical", ", small bases")
                                   for s in ("exact", "evidence")])):
        if not chosen:
            continue
        common = {"dft": "all cells, ", "crystals": "crystals, "}.get(name, f"{sizes[-1]}, ")
        series = {l.removeprefix(common): [(m["K"], m["dimer_rmse_ev"]) for m in of_path(results, l)]
                  for l in chosen}
        text += plots.draw(f"convergence_{name}", common + "distance to " + ("the true V2" if name == "made" else "DFT"), "K",
                           "dimer RMSE up to 5 Å (eV)", series, "1.8:6.2", log="y", caption=source(name))
    return text + table(["fit", "K", "N_f", "dimer RMSE up to 5 Å (eV)", "from (Å)", "to the K before (eV)", "well (eV)", "at (Å)",
                         "well of the reference (eV)", "test F RMSE (meV/Å)"], rows)
