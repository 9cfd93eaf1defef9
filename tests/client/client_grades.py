# SPDX-License-Identifier: BSD-3-Clause
"""Extrapolation grades of atoms from python-ace, as JSON: one list per frame.

usage: client_grades.py POTENTIAL.yaml POTENTIAL.asi FRAMES.extxyz (run by the interpreter that has python-ace)
"""
import json
import sys

from ase.io import read
from pyace import PyACECalculator

calculator = PyACECalculator(sys.argv[1])
calculator.set_active_set(sys.argv[2])
grades = []
for atoms in read(sys.argv[3], ":"):
    if atoms.pbc.any() and not atoms.pbc.all():
        grades.append(None)  # it knows no slabs
        continue
    atoms = atoms.copy()
    atoms.calc = calculator
    atoms.get_potential_energy()
    grades.append(calculator.results["gamma"].tolist())
json.dump(grades, sys.stdout)
