# SPDX-License-Identifier: BSD-3-Clause
"""The study on one page of Markdown, with three of its figures: what the documentation shows."""

import shutil
import subprocess

from convergence import paths
from tables import FORCE, show

INTRODUCTION = """# Carbon: does the two-body part converge?

Tan, Pellegrini and de Gironcoli ("Convergence of body-orders in linear atomic cluster expansions", 2025) fitted linear ACE potentials of
body orders K = 2 to 5 to carbon and found that losses fall with K while dimer curves do not tend to one curve. `apps/carbon/run.sh` does
such a study with exact and regularized fits; this page is its summary, written by the program itself. `report.html` in its output has all
figures and tables.
"""

FIGURES = (("convergence_crystals", "Distance of the dimer curve to DFT, fits to small carbon crystals"),
           ("dimer_crystals_exact", "Dimer curves of exact fits to the crystals"),
           ("band_crystals_curves", "Dimer curves of all potentials within 1 % of the minimum loss on the crystals"))

LIMITS = """## Limits

The bundled cells (107 diverse, 48 diamond-like) and dimers were computed with the paper's functional (rVV10), but other pseudopotentials and
cutoffs. The crystals are a public set at a PBE-like level, so their distance to DFT contains a difference of functionals. Made data are labelled
by an analytic potential whose two-body part is known. A curve is judged up to 5 Å, and from a distance (at least 1 Å) such that closer
atoms occur in fewer than five training structures; the crystals and parts of them, from the largest of their distances. K = 6 was reached with small bases only.
"""


def row(cells):
    return "| " + " | ".join(str(c).replace("|", "\\|") for c in cells) + " |\n"


def distances_table(results):
    orders = range(2, 7)
    text = row(["fit (no dimers in the data)", "reference", "from (Å)", *[f"K = {k}" for k in orders], "test forces (meV/Å)"])
    text += row(["---"] * 9)
    for label, reference, models in paths(results):
        found = {m["K"]: m["dimer_rmse_ev"] for m in models}
        text += row([label, reference, f"{models[0]['from_a']:g}", *[show(found.get(k), 3) for k in orders],
                     ", ".join(show(float(m["test"][FORCE]), 3) for m in models)])
    return text


def write_summary(study, results, statements):
    """OUT/summary: the page and its figures, in folders as the documentation has them."""
    pages, images = (study.out / "summary" / name for name in ("reference", "images"))
    for folder in (pages, images):
        folder.mkdir(parents=True, exist_ok=True)
    version = subprocess.run([study.program, "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    text = INTRODUCTION + f"\nThis run: {len(study.models)} models, {version}, {sum(study.stages.values()):.0f} s.\n\n"
    for name, caption in FIGURES:
        picture = study.out / "plots" / f"{name}.svg"
        if picture.exists():
            shutil.copy(picture, images / f"study_{name}.svg")
            text += f"![{caption}](../images/study_{name}.svg)\n\n*{caption}.*\n\n"
    text += ("## The paper's statements beside our numbers\n\n" + row(["the paper", "here"]) + row(["---", "---"])
             + "".join(row(pair) for pair in statements)
             + "\n## Distance of the dimer curve to the reference\n\nRoot mean square, eV. A canonical basis is one without "
             "self-interaction; \"evidence\" is a ridge whose strength the data choose.\n\n" + distances_table(results) + "\n" + LIMITS)
    (pages / "carbon_study.md").write_text(text)
