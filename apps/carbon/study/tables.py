# SPDX-License-Identifier: BSD-3-Clause
"""Tables and captions of the report."""

import html
import math

from tools import WELL, read_csv

ENERGY, FORCE = "energy_rmse_mev_per_atom", "force_rmse_mev_per_a"
DFT = "DFT"


def show(value, digits=4):
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "-"
    if not isinstance(value, float):
        return str(value)
    return f"{value:.0f}" if 10 ** digits <= abs(value) < 1e7 else f"{value:.{digits}g}"


def table(header, rows):
    head = "".join(f"<th>{html.escape(str(h))}</th>" for h in header)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(show(c))}</td>" for c in row) + "</tr>\n"
                   for row in rows)
    return f"<table><tr>{head}</tr>\n{body}</table>"


def error_row(model):
    train, test = model["train"], model["test"]
    return [model["K"], model["n_functions"], train[ENERGY], train[FORCE], test[ENERGY],
            test[FORCE], model["dimer_rmse_ev"], model["from_a"]]


ERROR_HEADER = ["K", "N_f", "train E RMSE (meV/atom)", "train F RMSE (meV/Å)",
                "test E RMSE (meV/atom)", "test F RMSE (meV/Å)",
                f"dimer RMSE up to {WELL[1]:g} Å (eV)", "from (Å)"]


def source(name):
    """Where the labels of a training set come from."""
    if name.startswith("crystals"):
        return "Labels: public crystals at a PBE-like level."
    if name.startswith("made"):
        return "Labels: made, an analytic potential; no DFT."
    return "Labels: DFT with rVV10, computed for this project."


def dimer_series(path, models):
    rows = read_csv(path)
    series = {f"K = {m['K']}": [(r["r"], r["energy " + m["name"]]) for r in rows] for m in models}
    series[DFT] = [(r["r"], r["energy_ref"]) for r in rows]
    return series
