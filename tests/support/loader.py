# SPDX-License-Identifier: BSD-3-Clause
"""Starts programs with the dynamic loader of a C library newer than the system's, where Kokkos was built with one."""
import os
import pathlib


def with_loader(loader, program, libraries=()):
    """The command that runs a program.

    :param loader: path of the dynamic loader, whose folder has the C library; None or empty: the system's
    :param libraries: further folders of libraries
    """
    if not loader:
        return [str(program)]
    loader = pathlib.Path(loader)
    folders = [loader.parent, *libraries, f"/usr/lib/{loader.parent.name}"]
    return [str(loader), "--library-path", ":".join(map(str, folders)), os.path.realpath(program)]
