# SPDX-License-Identifier: BSD-3-Clause
"""ASE calculator."""
from __future__ import annotations

import os

from ase.calculators.calculator import Calculator as _Calculator, all_changes

from ._kolace import ActiveSet
from .evaluation import PotentialLike, as_potential, as_precision, evaluate, extrapolation_grades, read_active_set


class Calculator(_Calculator):
    """Energies, forces and stresses of an ACE potential in ASE.

    :param potential: a file (.yaml, .yace, .kolace.yaml) or a result of kolace.read_potential
    :param active_set: a file (.asi) or a result of kolace.read_active_set; `results["gamma"]` then holds the
        extrapolation grade of each atom
    :param precision: "double", or "single" for floats (about 1.5 times as fast; errors of 1e-7 of the terms
        of an atom, e.g. 1 meV/Angstrom)

    Energies are in eV and include the free-atom energies of the file. `stresses` are per atom:
    they add up to `stress` (eV/Angstrom^3).
    """
    name = "kolace"
    implemented_properties = ["energy", "free_energy", "energies", "forces", "stress", "stresses"]

    def __init__(self, potential: PotentialLike, active_set: "ActiveSet | str | os.PathLike | None" = None,
                 precision: str = "double", **kwargs):
        unknown = set(kwargs) - {"restart", "ignore_bad_restart_file", "label", "atoms", "directory"}
        if unknown:  # ASE would take them for parameters
            raise TypeError(f"Calculator: unexpected argument {', '.join(sorted(unknown))} (expected potential, active_set, precision, "
                            "or arguments of ase's Calculator)")
        super().__init__(**kwargs)
        self.potential = as_potential(potential)
        self.precision = as_precision(precision)
        if active_set is not None and not isinstance(active_set, ActiveSet):
            active_set = read_active_set(active_set, self.potential)
        self.active_set = active_set

    def calculate(self, atoms=None, properties=("energy",), system_changes=all_changes):
        super().calculate(atoms, properties, system_changes)
        results = evaluate(self.potential, self.atoms, precision=self.precision)
        self.results = {"energy": results.energy, "free_energy": results.energy, "energies": results.energies,
                        "forces": results.forces}
        if self.atoms.cell.volume > 0:
            stresses = -results.virials / self.atoms.get_volume()
            self.results.update(stress=stresses.sum(axis=0), stresses=stresses)
        if self.active_set is not None:
            self.results["gamma"] = extrapolation_grades(self.active_set, self.atoms)
