# SPDX-License-Identifier: BSD-3-Clause
"""Fits from Python."""
from __future__ import annotations

import json
import os
import pathlib
import tempfile
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, Sequence

from . import _kolace
from .evaluation import Potential


@dataclass
class Fit:
    """A fitted potential and its report."""
    potential: Potential
    report: dict[str, Any]                  #: what `kolace fit` writes to report.json
    warnings: list[str] = field(default_factory=list)  #: warnings, each with a remedy
    notes: list[str] = field(default_factory=list)     #: choices made for the user
    committee: list[Potential] = field(default_factory=list)  #: potentials drawn around the fitted one, if requested
    text: str = ""                          #: the report as a table

    def __str__(self) -> str:
        return "\n".join([self.text, *(f"warning: {w}" for w in self.warnings)])


def _run(path, factors=None, skip_bad_frames=False, memory=0, progress=None) -> Fit:
    result = _kolace.fit(os.fspath(path), None if factors is None else os.fspath(factors), skip_bad_frames, memory,
                         progress)
    return Fit(result["potential"], json.loads(result["report"]), result["warnings"], result["notes"],
               result["committee"], result["text"])


def _write_frames(path: pathlib.Path, images) -> None:
    import ase.io
    ase.io.write(path, list(images), format="extxyz")


def _document(value: Any, data: Mapping[str, Any], images, elements, cutoff) -> dict[str, Any]:
    document = {key: (dict(part) if isinstance(part, Mapping) else part) for key, part in (value or {}).items()}
    document["data"] = {**document.get("data", {}), **data}
    if cutoff is not None:
        document["cutoff"] = cutoff
    potential = document.setdefault("potential", {})
    if isinstance(potential, dict):  # else a file, which has its elements
        if elements is not None:
            potential["elements"] = list(elements)
        else:
            potential.setdefault("elements", sorted({s for atoms in images for s in atoms.get_chemical_symbols()}))
    return document


def fit(data: "str | os.PathLike | Sequence", test: "Sequence | None" = None, *, elements: Sequence[str] | None = None,
        cutoff: float | None = None, options: Mapping[str, Any] | None = None, skip_bad_frames: bool = False,
        memory: int = 0, progress: Callable[[str, int, int], None] | None = None) -> Fit:
    """Fits a linear ACE potential.

    :param data: an input.yaml of `kolace fit`, which then defines everything; or labelled structures, a list of
        ase.Atoms with energy, forces and stress from a calculator or under keys that `kolace fit` detects
    :param test: test set
    :param elements: chemical symbols; default: those of `options` or of the structures
    :param cutoff: cutoff radius, Angstrom
    :param options: further parts of an input.yaml as dictionaries, e.g. {"fit": {"solver": "least_squares"},
        "potential": {"functions": {"ALL": {"nradmax_by_orders": [10, 4], "lmax_by_orders": [0, 3]}}}};
        without functions, the basis is chosen by the amount of data
    :param skip_bad_frames: leave out frames that cannot be used instead of raising InputError
    :param memory: memory for the frames of the data, MB; beyond it they are kept in a temporary file (0: 256)
    :param progress: called with the stage, the number of atoms done and the total; Ctrl-C stops a fit
    :raises InputError: for data or options that cannot be used
    """
    if isinstance(data, (str, os.PathLike)):
        if test is not None or elements is not None or cutoff is not None or options is not None:
            raise TypeError("test, elements, cutoff and options are available for structures only, not for an input.yaml")
        return _run(data, skip_bad_frames=skip_bad_frames, memory=memory, progress=progress)
    images = list(data)
    with tempfile.TemporaryDirectory(prefix="kolace_") as folder:
        path = pathlib.Path(folder)
        _write_frames(path / "train.extxyz", images)
        names = {"filename": str(path / "train.extxyz")}
        if test is not None:
            _write_frames(path / "test.extxyz", test)
            names["test_filename"] = str(path / "test.extxyz")
        (path / "input.yaml").write_text(json.dumps(_document(options, names, images, elements, cutoff)))  # JSON is YAML
        return _run(path / "input.yaml", skip_bad_frames=skip_bad_frames, memory=memory, progress=progress)


def solve(factors: str | os.PathLike, input: str | os.PathLike, *,
          progress: Callable[[str, int, int], None] | None = None) -> Fit:
    """Solves a fit from a factor file of `kolace assemble`, without reading the data.

    :param input: the input.yaml with solver, loss and functions (all those of the factor file, or a subset)
    """
    return _run(input, factors=factors, progress=progress)
