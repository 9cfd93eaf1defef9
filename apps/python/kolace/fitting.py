# SPDX-License-Identifier: BSD-3-Clause
"""Fits from Python."""
from __future__ import annotations

import json
import os
import pathlib
import re
import tempfile
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Callable, Mapping, Sequence

from . import _kolace
from .evaluation import Potential, _listed

if TYPE_CHECKING:
    from ase import Atoms


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
    ase.io.write(path, images, format="extxyz")


class _FitInFolder:
    """A fit from files in a folder, whose results name the arguments in place of the files: "data[22]" for a frame."""

    def __init__(self, folder: pathlib.Path, names: Mapping[str, str]):
        self._folder, self._names = folder, names
        files = "|".join(map(re.escape, names))
        self._place = re.compile(re.escape(str(folder)) + f"/({files})(?::\\d+)?(?:: frame (\\d+))?")

    def __call__(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._place.sub(lambda m: self._names[m[1]] + (f"[{int(m[2]) - 1}]" if m[2] else ""), value)
        if isinstance(value, list):
            return [self(part) for part in value]
        if isinstance(value, dict):
            return {key: self(part) for key, part in value.items()}
        return value

    def run(self, document: Mapping[str, Any], **options) -> Fit:
        """Fits with an input.yaml of this content."""
        path = self._folder / "input.yaml"
        path.write_text(json.dumps(document, default=_as_json))  # JSON is YAML
        try:
            done = _run(path, **options)
        except _kolace.InputError as error:
            raise _kolace.InputError(self(str(error))) from None
        return replace(done, report=self(done.report), warnings=self(done.warnings), notes=self(done.notes),
                       text=self(done.text))


def _as_json(value: Any) -> Any:
    """What json.dumps cannot write itself: paths, other mappings, numbers and arrays of numpy."""
    if isinstance(value, os.PathLike):
        return os.path.abspath(value)
    if isinstance(value, Mapping):
        return dict(value)
    return value.tolist()


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


def fit(data: "str | os.PathLike | Atoms | Sequence[Atoms]", test: "Atoms | Sequence[Atoms] | None" = None, *,
        elements: Sequence[str] | None = None, cutoff: float | None = None,
        options: Mapping[str, Any] | None = None, skip_bad_frames: bool = False, memory: int = 0,
        progress: Callable[[str, int, int], None] | None = None) -> Fit:
    """Fits a linear ACE potential.

    :param data: an input.yaml of `kolace fit`, which then defines everything; or labelled structures,
        ase.Atoms with energy, forces and stress from a calculator or under keys that `kolace fit` detects
    :param test: test set
    :param elements: chemical symbols; default: those of `options` or of the structures
    :param cutoff: cutoff radius, Angstrom
    :param options: further parts of an input.yaml as dictionaries, e.g. {"fit": {"solver": "least_squares"},
        "potential": {"functions": {"ALL": {"nradmax_by_orders": [10, 4], "lmax_by_orders": [0, 3]}}}};
        without functions, the basis is chosen by the amount of data. Names of files must be absolute, or paths
    :param skip_bad_frames: leave out frames that cannot be used instead of raising InputError
    :param memory: memory for the frames of the data, MB; beyond it they are kept in a temporary file (0: 256)
    :param progress: called with the stage, the number of atoms done and the total; Ctrl-C stops a fit
    :raises InputError: for data or options that cannot be used
    """
    if isinstance(data, (str, os.PathLike)):
        if test is not None or elements is not None or cutoff is not None or options is not None:
            raise TypeError("test, elements, cutoff and options are available for structures only, not for an input.yaml")
        return _run(data, skip_bad_frames=skip_bad_frames, memory=memory, progress=progress)
    images = _listed(data)[0]
    with tempfile.TemporaryDirectory(prefix="kolace_") as folder:
        path = pathlib.Path(folder)
        work = _FitInFolder(path, {"train.extxyz": "data", "test.extxyz": "test", "input.yaml": "options"})
        _write_frames(path / "train.extxyz", images)
        files = {"filename": str(path / "train.extxyz")}
        if test is not None:
            _write_frames(path / "test.extxyz", _listed(test)[0])
            files["test_filename"] = str(path / "test.extxyz")
        return work.run(_document(options, files, images, elements, cutoff), skip_bad_frames=skip_bad_frames,
                        memory=memory, progress=progress)


def solve(factors: str | os.PathLike, input: "str | os.PathLike | Mapping[str, Any]", *,
          progress: Callable[[str, int, int], None] | None = None) -> Fit:
    """Solves a fit from a factor file of `kolace assemble`, without reading the data.

    :param input: the input.yaml with solver, loss and functions (all those of the factor file, or a subset), or
        its contents as dictionaries (in which names of files must be absolute, or paths)
    """
    if not isinstance(input, Mapping):
        return _run(input, factors=factors, progress=progress)
    with tempfile.TemporaryDirectory(prefix="kolace_") as folder:
        work = _FitInFolder(pathlib.Path(folder), {"input.yaml": "input"})
        return work.run(input, factors=factors, progress=progress)
