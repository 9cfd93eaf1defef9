# SPDX-License-Identifier: BSD-3-Clause
"""Potentials, and their predictions for structures."""
from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple, Sequence, Union

import numpy as np

from . import _kolace
from ._kolace import ActiveSet, Potential

if TYPE_CHECKING:
    from ase import Atoms

PotentialLike = Union[Potential, str, os.PathLike]


class Results(NamedTuple):
    """Predictions for one structure."""
    energy: float         #: eV, with the energies of free atoms
    energies: np.ndarray  #: eV [n_atoms]
    forces: np.ndarray    #: eV/Angstrom [n_atoms, 3]
    virials: np.ndarray   #: -sum_j r_ij (x) dE_i/dr_ij of each atom i, eV [n_atoms, 6], xx yy zz yz xz xy

    @property
    def virial(self) -> np.ndarray:
        """Virial of the structure, eV [6]; the stress is -virial / volume."""
        return self.virials.sum(axis=0)


def read_potential(path: str | os.PathLike, notes: list[str] | None = None) -> Potential:
    """Reads a potential: pacemaker's .yaml, .yace, or kolace's .kolace.yaml.

    :param notes: receives what a user should know about the file, one sentence each
    :raises InputError: for an invalid file, with file, line and key
    """
    potential, found = _kolace.read_potential(os.fspath(path))
    if notes is not None:
        notes.extend(found)
    return potential


def write_potential(path: str | os.PathLike, potential: Potential) -> None:
    """Writes .yaml or .yace (for LAMMPS' pair_style pace); the file extension selects the format."""
    potential.write(os.fspath(path))


def as_potential(potential: PotentialLike) -> Potential:
    return potential if isinstance(potential, Potential) else read_potential(potential)


def _arrays(images: Sequence["Atoms"]):
    """Concatenated numbers, positions, cells, periodicity and first atoms of structures."""
    offsets = np.zeros(len(images) + 1, dtype=np.int64)
    np.cumsum([len(atoms) for atoms in images], out=offsets[1:])
    joined = [np.concatenate([get(atoms) for atoms in images]) if images else np.zeros(shape)
              for get, shape in ((lambda a: a.numbers, 0), (lambda a: a.positions, (0, 3)))]
    cells = np.array([np.asarray(atoms.cell) for atoms in images], dtype=float).reshape(-1, 3, 3)
    periodic = np.array([atoms.pbc for atoms in images], dtype=bool).reshape(-1, 3)
    return (np.ascontiguousarray(joined[0], dtype=np.int32), np.ascontiguousarray(joined[1], dtype=float),
            np.ascontiguousarray(cells), np.ascontiguousarray(periodic), offsets)


def _listed(images) -> tuple[list["Atoms"], bool]:
    single = hasattr(images, "get_positions")
    return ([images] if single else list(images)), single


def as_precision(precision: str) -> str:
    if precision not in ("double", "single"):
        raise ValueError(f"precision: expected 'double' or 'single', got {precision!r}")
    return precision


def evaluate(potential: PotentialLike, images: "Atoms | Sequence[Atoms]",
             precision: str = "double") -> "Results | list[Results]":
    """Energies, forces and virials of structures, computed as one batch.

    :param images: one ase.Atoms, or a sequence of them (returns a list); none may be empty
    :param precision: "double", or "single" for floats (only sums over central atoms, i.e. total energies and
        the force on each atom, are in doubles)
    :raises InputError: for an element that the potential lacks, or a cell without volume
    """
    images, single = _listed(images)
    arrays = _arrays(images)
    prepared = as_potential(potential)
    compute = prepared._evaluate_single if as_precision(precision) == "single" else prepared._evaluate
    energies, forces, virials = compute(*arrays)
    offsets = arrays[-1]
    results = [Results(float(energies[a:b].sum()), energies[a:b], forces[a:b], virials[a:b])
               for a, b in zip(offsets[:-1], offsets[1:])]
    return results[0] if single else results


def read_active_set(path: str | os.PathLike, potential: PotentialLike) -> ActiveSet:
    """Reads the active set (.asi) that `kolace activeset` or pacemaker made for this potential.

    :raises InputError: if the two do not match
    """
    return _kolace.read_active_set(os.fspath(path), as_potential(potential))


def extrapolation_grades(active_set: ActiveSet, images: "Atoms | Sequence[Atoms]") -> "np.ndarray | list[np.ndarray]":
    """The grade gamma of every atom [n_atoms], one array per structure (a list for many): up to 1 within the
    range of the training data, larger outside."""
    if not isinstance(active_set, ActiveSet):
        raise TypeError("expected an active set (from kolace.read_active_set)")
    images, single = _listed(images)
    arrays = _arrays(images)
    grades, offsets = active_set._grades(*arrays), arrays[-1]
    results = [grades[a:b] for a, b in zip(offsets[:-1], offsets[1:])]
    return results[0] if single else results


def basis_values(potential: PotentialLike, images: "Atoms | Sequence[Atoms]") -> np.ndarray:
    """The functions B of every atom, [n_atoms of all structures, n_functions]; zero in the columns of
    other central elements. Their sum over atoms times the coefficients, plus the free atoms' energies
    and the core repulsion, is the energy of a linear potential (where the core does not switch the functions off)."""
    return as_potential(potential)._basis_values(*_arrays(_listed(images)[0]))


def design_rows(potential: PotentialLike, images: "Atoms | Sequence[Atoms]") -> tuple[np.ndarray, ...]:
    """Contribution of each function to energies, forces and virials of structures: the rows of a linear fit.

    :return: energy [n_structures, n_functions], forces [3 n_atoms, n_functions] (row 3 i + x, 1/Angstrom),
        virial [6 n_structures, n_functions] (xx yy zz yz xz xy); columns are contiguous
    """
    return as_potential(potential)._design_rows(*_arrays(_listed(images)[0]))
