# SPDX-License-Identifier: BSD-3-Clause
"""Runs the tests of the Python package.

usage: run.py KOLACE_PROGRAM FOLDER_OF_THE_PACKAGE PYTHON [LOADER]

PYTHON is that of an environment with numpy, ase and pytest. LOADER is the dynamic loader of a C library
newer than the system's, where Kokkos was built with one: Python then runs with that."""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from loader import with_loader


def main():
    program, package, python = sys.argv[1:4]
    command = [python]
    folders = [package]
    found = subprocess.run([python, "-c", "import ase, numpy, pytest, sysconfig; print(sysconfig.get_paths()['purelib'])"],
                           capture_output=True, text=True)
    if found.returncode != 0:
        print(f"skipped: {python} lacks ase, numpy or pytest\n{found.stderr}")
        return 77
    if len(sys.argv) > 4:
        command = with_loader(sys.argv[4], python)
        folders.append(found.stdout.strip())
    environment = dict(os.environ, KOLACE_PROGRAM=program, KOLACE_PYTHON=json.dumps(command),
                       PYTHONPATH=os.pathsep.join(folders), PYTHONDONTWRITEBYTECODE="1")
    tests = pathlib.Path(__file__).with_name("kolace_test.py")
    return subprocess.run([*command, "-m", "pytest", "-q", "-p", "no:cacheprovider", tests], env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
