"""The compiled part of the package."""
from typing import Any

class InputError(ValueError):
    """Something that was given cannot be used; says what, where, and what is accepted."""

class Potential:
    """An ACE potential; kolace.read_potential makes one of a file, kolace.fit of data."""
    @property
    def elements(self) -> list[str]:
        """Chemical symbols, alphabetically."""
    @property
    def cutoff(self) -> float:
        """The largest of all pairs of elements, Angstrom."""
    @property
    def n_functions(self) -> int: ...
    @property
    def body_order(self) -> int: ...
    @property
    def coefficients(self) -> list[float]:
        """Of the (first) density [n_functions], eV if the potential is linear."""
    @property
    def reference_energy(self) -> list[float]:
        """Energies of free atoms, eV [n_elements]."""
    @property
    def functions(self) -> list[str]:
        """One line for each function: central element, neighbors, n, l, L."""
    def write(self, path: str) -> None:
        """Writes .yaml or, by the name's end, .yace."""

def set_threads(count: int) -> None:
    """Number of threads, before the first computation; otherwise OMP_NUM_THREADS, or all."""

def build_info() -> dict[str, Any]: ...
def read_potential(path: str) -> tuple[Potential, list[str]]: ...
