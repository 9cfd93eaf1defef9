# SPDX-License-Identifier: BSD-3-Clause
"""Conversion of other programs' data sets to extended XYZ, which kolace reads."""
from __future__ import annotations

import argparse
import os
import pathlib
import sys
from typing import Iterator

import numpy as np

from ._kolace import InputError

PICKLES = (".pckl.gzip", ".pkl.gz", ".pckl.gz", ".pkl.gzip", ".pckl", ".pkl")


def _of_pickle(path: str) -> Iterator:
    """Frames of a pacemaker table: a pandas DataFrame with ase_atoms, energy or energy_corrected, forces."""
    try:
        import pandas
    except ImportError:
        raise ImportError(f"{path}: a pandas table; run pip install pandas") from None
    table = pandas.read_pickle(path, compression="gzip" if path.endswith(("gzip", "gz")) else None)
    if "ase_atoms" not in getattr(table, "columns", ()):
        raise InputError(f"{path}: no column ase_atoms (expected a data set of pacemaker)")
    energies = [key for key in ("energy", "energy_corrected") if key in table.columns]

    def is_given(value):
        return value is not None and np.ndim(value) > 0
    from ase.calculators.singlepoint import SinglePointCalculator
    for _, row in table.iterrows():
        atoms = row["ase_atoms"].copy()
        labels = {}
        given = [float(row[key]) for key in energies if row[key] is not None and np.isfinite(row[key])]
        if given:
            labels["energy"] = given[0]
        for key in ("forces", "stress"):
            if key in table.columns and is_given(row[key]):
                labels[key] = np.asarray(row[key], dtype=float)
        atoms.calc = SinglePointCalculator(atoms, **labels)
        for key in ("config_type", "name"):
            if key in table.columns and isinstance(row[key], str):
                atoms.info.setdefault("config_type" if key == "config_type" else "name", row[key])
        yield atoms


def frames_of(path: str | os.PathLike) -> Iterator:
    """The structures of a file with their labels; reads the formats of ASE and pacemaker's tables."""
    path = os.fspath(path)
    if path.endswith(PICKLES):
        yield from _of_pickle(path)
        return
    import ase.io
    yield from ase.io.iread(path, index=":")


#: Keys under which kolace fit detects energies.
ENERGY_KEYS = ("REF_energy", "energy", "free_energy")


def convert(sources, target: str | os.PathLike) -> tuple[int, int]:
    """Writes the structures of one or several files to one extended XYZ file, with their labels.

    :return: number of structures, and number of structures with an energy that kolace fit detects
    :raises ValueError: if the files contain no structures
    """
    import ase.io
    images, labelled = [], 0
    for source in [sources] if isinstance(sources, (str, os.PathLike)) else sources:
        images.extend(frames_of(source))
    for atoms in images:
        results = getattr(atoms.calc, "results", {}) if atoms.calc is not None else {}
        labelled += "energy" in results or any(key in atoms.info for key in ENERGY_KEYS)
    if not images:
        raise ValueError("no structures were found in the files")
    temporary = pathlib.Path(f"{os.fspath(target)}.part")
    try:
        ase.io.write(temporary, images, format="extxyz")
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return len(images), labelled


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="kolace-convert", description="Convert data sets to extended XYZ for kolace fit: any format of ASE "
        "(.traj, .db, OUTCAR, vasprun.xml, .cif, ...) and pacemaker's .pckl.gzip. Reading a pickle can run "
        "any program: only read those that you trust.")
    parser.add_argument("sources", nargs="+", help="files to read")
    parser.add_argument("-o", "--output", required=True, help="extended XYZ file to write")
    parser.add_argument("--overwrite", action="store_true", help="replace the output file if it exists")
    given = parser.parse_args(arguments)
    if pathlib.Path(given.output).exists() and not given.overwrite:
        print(f"kolace-convert: error: {given.output}: already exists; choose another file with -o, or add --overwrite",
              file=sys.stderr)
        return 1
    try:
        structures, labelled = convert(given.sources, given.output)
    except Exception as error:  # of ASE's many readers
        print(f"kolace-convert: error: {error or type(error).__name__}", file=sys.stderr)
        return 1
    print(f"wrote {given.output}: {structures} structures, {labelled} with an energy")
    if labelled == 0:
        print(f"kolace-convert: warning: no energy is under one of the keys {', '.join(ENERGY_KEYS)}; name yours in "
              "data.energy_key of input.yaml", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
