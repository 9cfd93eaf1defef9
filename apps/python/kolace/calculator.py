"""A calculator of ASE."""
from __future__ import annotations

from ase.calculators.calculator import Calculator as _Calculator, all_changes

from .evaluation import PotentialLike, as_potential, evaluate


class Calculator(_Calculator):
    """Energies, forces and stresses of an ACE potential in ASE.

    :param potential: a file (.yaml, .yace, .kolace.yaml) or what kolace.read_potential gave

    Energies are in eV and contain the free atoms' energies that the file holds. `stresses` are per atom:
    they add up to `stress` (eV/Angstrom^3).
    """
    name = "kolace"
    implemented_properties = ["energy", "free_energy", "energies", "forces", "stress", "stresses"]

    def __init__(self, potential: PotentialLike, **kwargs):
        super().__init__(**kwargs)
        self.potential = as_potential(potential)

    def calculate(self, atoms=None, properties=("energy",), system_changes=all_changes):
        super().calculate(atoms, properties, system_changes)
        results = evaluate(self.potential, self.atoms)
        self.results = {"energy": results.energy, "free_energy": results.energy, "energies": results.energies,
                        "forces": results.forces}
        if self.atoms.cell.volume > 0:
            stresses = -results.virials / self.atoms.get_volume()
            self.results.update(stress=stresses.sum(axis=0), stresses=stresses)
