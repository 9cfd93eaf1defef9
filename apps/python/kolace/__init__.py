# SPDX-License-Identifier: BSD-3-Clause
"""Linear Atomic Cluster Expansion (ACE) potentials: evaluate them in ASE, fit them, read and write them.

    import kolace
    atoms.calc = kolace.Calculator("potential.yaml")      # or .yace, .kolace.yaml
    results = kolace.evaluate("potential.yaml", images)   # many structures at once
    fit = kolace.fit(images, elements=["Si"], cutoff=5.0) # fit.potential, fit.report

Units are those of ASE: eV, Angstrom, eV/Angstrom^3.
"""
import os

# GNU OpenMP reads how long its threads spin while they wait when it is loaded; for milliseconds by default, which
# takes the cores from everything else.
_spin_by_default = not os.environ.keys() & {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"}
if _spin_by_default:
    os.environ["GOMP_SPINCOUNT"] = "1000"
from ._kolace import ActiveSet, InputError, set_threads
if _spin_by_default:
    del os.environ["GOMP_SPINCOUNT"]
from .calculator import Calculator
from .conversion import convert
from .evaluation import (Potential, Results, basis_values, design_rows, evaluate, extrapolation_grades, read_active_set,
                         read_potential, write_potential)
from .fitting import Fit, fit, solve
from .installation import doctor

__version__ = "0.2.0"
__all__ = ["ActiveSet", "Calculator", "Fit", "InputError", "Potential", "Results", "basis_values", "convert", "design_rows",
           "doctor", "evaluate", "extrapolation_grades", "fit", "read_active_set", "read_potential", "set_threads", "solve",
           "write_potential"]
