# SPDX-License-Identifier: BSD-3-Clause
"""The compiled part of the package."""
from typing import Any, Callable

import numpy as np

class InputError(ValueError):
    """Invalid input. The message states the problem, its place and what is accepted."""

class Potential:
    """An ACE potential, from kolace.read_potential or kolace.fit."""
    @property
    def elements(self) -> list[str]:
        """Chemical symbols in alphabetical order."""
    @property
    def cutoff(self) -> float:
        """Largest cutoff radius of any pair of elements, Angstrom."""
    @property
    def n_functions(self) -> int:
        """Number of functions, of all elements together."""
    @property
    def body_order(self) -> int:
        """Largest number of atoms in a term of the energy."""
    @property
    def coefficients(self) -> np.ndarray:
        """Coefficients of the (first) density, [n_functions]; in eV if the potential is linear."""
    @property
    def reference_energy(self) -> np.ndarray:
        """Energies of free atoms, eV [n_elements]."""
    @property
    def functions(self) -> list[str]:
        """One line for each function: central element, neighbors, n, l, L."""
    def write(self, path: str) -> None:
        """Writes .yaml or .yace; the file extension selects the format."""
    def _evaluate(self, numbers: np.ndarray, positions: np.ndarray, cells: np.ndarray, periodic: np.ndarray,
                  offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]: ...
    def _evaluate_single(self, numbers: np.ndarray, positions: np.ndarray, cells: np.ndarray, periodic: np.ndarray,
                         offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]: ...
    def _basis_values(self, numbers: np.ndarray, positions: np.ndarray, cells: np.ndarray, periodic: np.ndarray,
                      offsets: np.ndarray) -> np.ndarray: ...
    def _design_rows(self, numbers: np.ndarray, positions: np.ndarray, cells: np.ndarray, periodic: np.ndarray,
                     offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]: ...

class ActiveSet:
    """An active set of a potential's training data, from kolace.read_active_set."""
    def _grades(self, numbers: np.ndarray, positions: np.ndarray, cells: np.ndarray, periodic: np.ndarray,
                offsets: np.ndarray) -> np.ndarray: ...

def set_threads(count: int) -> None:
    """Number of threads, before the first computation; otherwise OMP_NUM_THREADS, or all."""

def fit(path: str, factors: str | None, skip_bad_frames: bool, memory_mb: int,
        progress: Callable[[str, int, int], None] | None) -> dict[str, Any]: ...
def build_info() -> dict[str, Any]: ...
def read_active_set(path: str, potential: Potential) -> ActiveSet: ...
def read_potential(path: str) -> tuple[Potential, list[str]]: ...
