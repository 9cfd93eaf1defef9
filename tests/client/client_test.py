# SPDX-License-Identifier: BSD-3-Clause
"""What kolace writes, a real client evaluates to the same numbers.

usage: client_test.py KOLACE [PYTHON]; PYTHON is an interpreter with python-ace (from a package registry), whose
evaluator is the one LAMMPS runs. Exits with 77 and says why where there is none.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cli"))
INTERPRETERS = [sys.argv.pop(2)] if len(sys.argv) > 2 else []
import cli_test
from cli_test import CARBON, REFERENCE, frames, info, run


def client():
    """An interpreter that can import python-ace and ASE; else the reason why not."""
    reasons = []
    for python in [*INTERPRETERS, sys.executable]:
        try:
            found = subprocess.run([python, "-c", "import pyace, ase"], capture_output=True, text=True, timeout=300)
        except OSError as error:
            reasons.append(f"{python}: {error.strerror}")
            continue
        if found.returncode == 0:
            return python, None
        reasons.append(f"{python}: {found.stderr.strip().splitlines()[-1]}")
    return None, "; ".join(reasons)


PYTHON, REASON = client()


class Client(unittest.TestCase):
    setUp = cli_test.Cli.setUp
    input = cli_test.Cli.input

    def labelled(self, name):
        """The reference structures with a potential's own numbers as labels."""
        path = self.path / "labelled.extxyz"
        run("evaluate", REFERENCE / f"{name}.yaml", REFERENCE / f"structures_{name.split('_')[0]}.extxyz", "-o", path)
        text = path.read_text().replace("kolace_energy=", "energy=").replace("kolace_forces:", "forces:")
        path.write_text(text)
        return path

    def compare(self, yace, data):
        """Relative to each frame's largest number; its spline tables are ours."""
        out = self.path / "kolace.extxyz"
        run("evaluate", yace, data, "-o", out)
        done = subprocess.run([PYTHON, str(HERE / "client_values.py"), str(yace), str(data)], capture_output=True,
                              text=True)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        theirs = json.loads(done.stdout[done.stdout.index("["):])
        ours = frames(out)
        self.assertGreater(len(theirs), 0)
        for value in theirs:
            comment, rows = ours[value["frame"]]
            where = f"{yace} frame {value['frame']}"
            virial = value.get("virial", [])
            scale = max(1e-3, *(abs(x) for f in value["forces"] for x in f), *map(abs, virial))
            self.assertAlmostEqual(float(info(comment, "kolace_energy")), value["energy"],
                                   delta=1e-9 * abs(value["energy"]) + 1e-8 * scale, msg=where)
            columns = info(comment, "Properties").split(":")
            start = 0
            for name, width in zip(columns[0::3], columns[2::3]):
                if name == "kolace_forces":
                    break
                start += int(width)
            for row, force in zip(rows, value["forces"]):
                for x in range(3):
                    self.assertAlmostEqual(float(row[start + x]), force[x], delta=1e-7 * scale + 1e-8, msg=where)
            if virial:
                w = [float(x) for x in info(comment, "kolace_virial").split()]
                for a, b in zip((w[0], w[4], w[8], w[5], w[2], w[1]), virial):
                    self.assertAlmostEqual(a, b, delta=1e-7 * scale + 2e-8, msg=where)
        return len(theirs)

    def test_the_default_fit(self):
        path = self.input([CARBON / "diverse.extxyz"], "  reference_energy: -245.33863645\n", fit="",
                          limits="nradmax_by_orders: [12, 6, 4, 2], lmax_by_orders: [0, 3, 2, 2]")
        run("fit", path, "-o", self.path / "fit")
        yace = self.path / "fit" / "potential.yace"
        self.assertIn("density", yace.read_text())
        self.assertGreater(self.compare(yace, CARBON / "diverse.extxyz"), 20)
        # Dimers reach far below the data: core densities where the fitted part fades out.
        self.assertGreater(self.compare(yace, CARBON / "dimers.extxyz"), 200)

    def test_a_fit_with_repulsion_below_the_data(self):
        path = self.input([CARBON / "diverse.extxyz"], "  reference_energy: -245.33863645\n",
                          # Without a ridge |c| is 5e6 eV here, and two programs' rounding differs by 1e-7.
                          fit="loss: {kappa: 0.5}, repulsion: zbl, solver: {type: ridge, strength: 1e-7}",
                          limits="nradmax_by_orders: [12, 6, 4, 2], lmax_by_orders: [0, 3, 2, 2]")
        run("fit", path, "-o", self.path / "fit")
        yace = self.path / "fit" / "potential.yace"
        self.assertIn("zbl", yace.read_text())
        self.assertGreater(self.compare(yace, CARBON / "diverse.extxyz"), 20)
        # Dimers reach far below the data: inside the inner cutoff, on its edge, and beyond it.
        self.assertGreater(self.compare(yace, CARBON / "dimers.extxyz"), 200)

    def test_several_elements_converted_from_yaml(self):
        yace = self.path / "p.yace"
        run("export", REFERENCE / "AlCuNi_K4.yaml", "-o", yace)
        self.assertGreater(self.compare(yace, REFERENCE / "structures_AlCuNi.extxyz"), 3)

    def test_embedded_densities_and_cores_converted_from_yaml(self):
        for name in ("Cu_distance_core_two_densities", "Cu_density_two_densities", "Cu_zbl"):
            yace = self.path / f"{name}.yace"
            run("export", REFERENCE / f"{name}.yaml", "-o", yace)
            self.assertGreater(self.compare(yace, REFERENCE / "structures_Cu.extxyz"), 3)

    def test_a_fit_with_bonds_and_functions_by_blocks(self):
        labelled = self.labelled("AlNi_K4")
        path = self.input([labelled], "  reference_energy: {Al: 0, Ni: 0}\n",
                          fit="loss: {kappa: 0.5}, solver: {type: ridge, strength: 1e-9}")
        text = path.read_text().replace("elements: [C]", """elements: [Al, Ni]
  bonds:
    UNARY: {radbase: ChebExpCos, radparameters: [5.25], rcut: 4.6, dcut: 0.02}
    Ni: {radbase: SBessel, rcut: 4.2}
    BINARY: {radbase: ChebPow, radparameters: [2.0], rcut: 5.0}""")
        at = text.index("  functions:")
        text = text[:at] + """  functions:
    Al: {nradmax_by_orders: [6, 3, 2], lmax_by_orders: [0, 3, 1]}
    UNARY: {nradmax_by_orders: [5, 2], lmax_by_orders: [0, 2]}
    BINARY: {nradmax_by_orders: [4, 2, 1], lmax_by_orders: [0, 2, 1]}
""" + text[text.index("fit:"):]
        path.write_text(text)
        run("fit", path, "-o", self.path / "fit")
        self.assertGreater(self.compare(self.path / "fit" / "potential.yace",
                                        REFERENCE / "structures_AlNi.extxyz"), 3)

    def test_a_fit_on_top_of_an_embedded_potential(self):
        data = REFERENCE / "structures_Cu.extxyz"
        path = self.input([self.labelled("Cu_zbl")], "  reference_energy: 0\n",
                          fit=f"loss: {{kappa: 0.5}}, reference_potential: {REFERENCE}/Cu_sbessel_two_densities.yaml",
                          limits="nradmax_by_orders: [4, 2], lmax_by_orders: [0, 2]")
        path.write_text(path.read_text().replace("elements: [C]", "elements: [Cu]").replace("cutoff: 5.0", "cutoff: 8"))
        run("fit", path, "-o", self.path / "fit")
        self.assertGreater(self.compare(self.path / "fit" / "potential.yace", data), 3)

    def test_extrapolation_grades(self):
        # python-ace accepts active sets beside .yaml files only. A default fit has a core repulsion.
        fitted = self.input([CARBON / "diverse.extxyz"], fit="trial_dynamics: false")
        run("fit", fitted, "--no-predictions", "-o", self.path / "fit")
        carbon, alloy = REFERENCE / "structures_C.extxyz", REFERENCE / "structures_AlCuNi.extxyz"
        for potential, data, source in ((REFERENCE / "C_K5_793.yaml", carbon, CARBON / "diverse.extxyz"),
                                        (self.path / "fit" / "potential.yaml", carbon, CARBON / "diverse.extxyz"),
                                        (REFERENCE / "AlCuNi_K4.yaml", alloy, alloy)):
            active = self.path / f"{potential.stem}.asi"
            run("activeset", potential, source, "-o", active)
            out = self.path / "graded.extxyz"
            run("evaluate", potential, data, "-o", out, "--active-set", active)
            done = subprocess.run([PYTHON, str(HERE / "client_grades.py"), str(potential), str(active), str(data)],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr[-2000:])
            compared = 0
            for theirs, (comment, rows) in zip(json.loads(done.stdout[done.stdout.index("["):]), frames(out), strict=True):
                columns = info(comment, "Properties").split(":")
                at = sum(int(w) for w in columns[2:3 * columns[0::3].index("kolace_gamma"):3])
                for row, gamma in zip(rows, theirs or []):
                    self.assertAlmostEqual(float(row[at]) / gamma, 1, delta=1e-8)
                    compared += 1
            self.assertGreater(compared, 20)


if __name__ == "__main__":
    if not PYTHON:
        print("skipped: no interpreter with python-ace and ASE:", REASON)
        sys.exit(77)
    unittest.main(verbosity=1)
