# SPDX-License-Identifier: BSD-3-Clause
"""Energies, forces and virials of a .yace file from python-ace, whose evaluator is the one LAMMPS runs, as JSON.

usage: client_values.py POTENTIAL.yace FRAMES.extxyz (run by the interpreter that has python-ace)
"""
import json
import sys

from ase.io import read
from pyace import PyACECalculator

calculator = PyACECalculator(sys.argv[1])
values = []
for index, atoms in enumerate(read(sys.argv[2], ":")):
    if atoms.pbc.any() and not atoms.pbc.all():
        continue  # it knows no slabs
    atoms = atoms.copy()
    atoms.calc = calculator
    value = {"frame": index, "energy": atoms.get_potential_energy(), "forces": atoms.get_forces().tolist()}
    if atoms.pbc.all():
        value["virial"] = (-atoms.get_stress() * atoms.get_volume()).tolist()
    values.append(value)
json.dump(values, sys.stdout)
