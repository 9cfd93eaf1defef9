# SPDX-License-Identifier: BSD-3-Clause
"""Runs the program as a user does: every subcommand, its files, its exit codes. usage: cli_test.py KOLACE"""
import csv
import gzip
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

PROGRAM = str(pathlib.Path(sys.argv.pop(1)).resolve()) if len(sys.argv) > 1 else "kolace"
TESTS = pathlib.Path(__file__).resolve().parents[1]
REFERENCE = TESTS / "data" / "reference"
CARBON = TESTS.parent / "apps" / "carbon" / "data"


def run(*arguments, code=0, threads=None, cwd=None):
    environment = dict(os.environ, OMP_PROC_BIND="false")
    if threads:
        environment["OMP_NUM_THREADS"] = str(threads)
    result = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, errors="replace",
                            env=environment, cwd=cwd, timeout=600)
    assert result.returncode == code, (arguments, result.returncode, result.stdout, result.stderr)
    return result.stdout + result.stderr


def frames(path):
    """(comment, rows of words) of each frame."""
    lines = path.read_text().splitlines()
    at, result = 0, []
    while at < len(lines):
        n = int(lines[at])
        result.append((lines[at + 1], [line.split() for line in lines[at + 2:at + 2 + n]]))
        at += 2 + n
    return result


def info(comment, key):
    found = re.search(r'(?:^| )' + key + r'=("[^"]*"|\S+)', comment)
    return found.group(1).strip('"') if found else None


class Cli(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)
        self.addCleanup(self.folder.cleanup)

    def input(self, data, extra_data="", fit="loss: {kappa: 0.5}, solver: least_squares", name="input.yaml",
              limits="nradmax_by_orders: [10, 4, 2], lmax_by_orders: [0, 3, 2]"):
        path = self.path / name
        files = ", ".join(str(f) for f in data)
        path.write_text(f"cutoff: 5.0\ndata:\n  filename: [{files}]\n{extra_data}"
                        f"potential:\n  elements: [C]\n  functions: {{ALL: {{{limits}}}}}\n"
                        f"fit: {{{fit}}}\n")
        return path

    # -- usage -------------------------------------------------------------------------------

    def test_help_has_an_example_everywhere(self):
        self.assertIn("Example", run("--help"))
        for command in ("fit", "evaluate", "dimer", "basis"):
            text = run(command, "--help")
            self.assertIn(f"kolace {command}", text)
            self.assertIn("Example", text)

    def test_version_names_backends(self):
        text = run("--version")
        for word in ("kolace", "Kokkos", "KokkosKernels", "backend"):
            self.assertIn(word, text)

    def test_waiting_threads_do_not_spin_unless_told_to(self):
        names = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
        plain = {k: v for k, v in os.environ.items() if k not in names}

        def shown(**variables):  # what GNU OpenMP says of each start of the program
            done = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True,
                                  env=dict(plain, OMP_DISPLAY_ENV="verbose", **variables))
            return re.findall(r"GOMP_SPINCOUNT = '(\d+)'", done.stdout + done.stderr)
        found = shown()
        if not found:
            self.skipTest("not GNU OpenMP")
        self.assertEqual(found[1:], ["1000"])
        self.assertEqual(shown(GOMP_SPINCOUNT="77"), ["77"])
        self.assertEqual(len(shown(OMP_WAIT_POLICY="passive")), 1)

    def test_usage_errors_exit_2(self):
        run(code=2)
        run("frobnicate", code=2)
        run("fit", code=2)
        run("basis", "--elements", "C", code=2)
        run("dimer", "p.yaml", "--elements", "C", code=2)
        run("evaluate", "p.yaml", code=2)
        run("dimer", "p.yaml", "--elements", "C", "C", "--spacing", "cubic", code=2)

    def test_usage_errors_have_one_grammar(self):
        for arguments, said in (
                ("fit", "input: missing (required)"),
                ("fit a b c", "b: unexpected argument"),
                ("fit --foo x.yaml", "--foo: unknown option"),
                ("fit -o", "--output: missing value"),
                ("dimer a.yaml --elements C", "--elements: expected at least 2 values, got 1"),
                ("bench --threads 0", "--threads: 0 is out of range (expected an integer from 1 to 4096)"),
                ("bench --threads x", "--threads: cannot read 'x' (expected an integer from 1 to 4096)"),
                ("activeset a --threshold 0", "--threshold: 0 is out of range (expected 1.0001 to 10)"),
                ("dimer a.yaml --elements C C --points x", "--points: cannot read 'x' (expected a number)"),
                ("dimer a.yaml --elements C C --spacing x", "--spacing: unknown value 'x' (expected one of linear, log)"),
                ("dimer a.yaml --elements C C --within 0.01", "--within: requires --factors as well"),
                ("dimer --factors f --within -1 --elements C C",
                 "--within: -1 is out of range (expected a number above 0)")):
            with self.subTest(arguments):
                self.assertEqual(run(*arguments.split(), code=2),
                                 f"kolace: error: {said}; --help lists the options\n")

    def test_bad_input_exits_1_with_one_message(self):
        text = run("fit", self.path / "absent.yaml", code=1)
        self.assertIn("absent.yaml", text)
        self.assertEqual(text.count("\n"), 1)
        run("evaluate", REFERENCE / "Cu_zbl.ace", REFERENCE / "structures_Cu.extxyz", code=1)
        run("bodyorder", REFERENCE / "Cu_zbl.yace", "-o", self.path / "bodies", code=1)
        run("evaluate", REFERENCE / "C_chebpow.yaml", REFERENCE / "structures_AlNi.extxyz", code=1)
        run("dimer", REFERENCE / "C_chebpow.yaml", "--elements", "C", "Si", code=1)

    def test_non_linear_potentials_are_evaluated_from_either_file(self):
        for name in ("Cu_zbl", "Cu_density_two_densities"):
            energies = []
            for ending in (".yaml", ".yace"):
                out = self.path / "p.extxyz"
                run("evaluate", REFERENCE / (name + ending), REFERENCE / "structures_Cu.extxyz", "-o", out)
                energies.append([float(info(c, "kolace_energy")) for c, _ in frames(out)])
            expected = [f["energy"] for f in json.loads((REFERENCE / f"{name}.reference.json").read_text())["frames"]]
            for of_file in energies:
                for a, b in zip(of_file, expected):
                    self.assertAlmostEqual(a, b, delta=1e-7 * abs(b))

    # -- basis -------------------------------------------------------------------------------

    def test_basis_prints_the_total_last(self):
        text = run("basis", "--elements", "C", "--nradmax", "45,8,4,3", "--lmax", "0,3,3,2")
        self.assertEqual(text.splitlines()[-1], "total 793")
        for line in ("rank 1 (body order 2): 45", "rank 2 (body order 3): 144",
                     "rank 3 (body order 4): 304", "rank 4 (body order 5): 300"):
            self.assertIn(line, text)

    def test_basis_lists_every_function(self):
        text = run("basis", "--elements", "Al,Ni", "--nradmax", "3,2", "--lmax", "0,1", "--list")
        total = int(text.splitlines()[-1].split()[1])
        self.assertEqual(sum("  n " in line for line in text.splitlines()), total)
        self.assertIn("Al Al Ni", text)

    def test_basis_names_bad_limits(self):
        run("basis", "--elements", "C", "--nradmax", "5,3", "--lmax", "0", code=1)
        run("basis", "--elements", "Zz", "--nradmax", "5", "--lmax", "0", code=1)
        self.assertIn("too many", run("basis", "--elements", "C", "--nradmax", "40,40,40,40",
                                      "--lmax", "0,2,2,2", code=1))
        self.assertIn("couples too many values of m", run("basis", "--elements", "C", "--nradmax", "3,1,1,1,1",
                                                "--lmax", "0,20,20,20,20", code=1))
        self.assertIn("total 10", run("basis", "--elements", "C", "--nradmax", "1,1,1,1,1,1,1,1,1,1",
                                      "--lmax", "0,0,0,0,0,0,0,0,0,0"))

    # -- evaluate ----------------------------------------------------------------------------

    def test_evaluate_keeps_the_input_and_adds_the_reference_values(self):
        for name in ("C_K5_793", "AlCuNi_K4"):
            reference = json.loads((REFERENCE / f"{name}.reference.json").read_text())
            source, out = REFERENCE / reference["structures"], self.path / "out.extxyz"
            run("evaluate", REFERENCE / f"{name}.yaml", source, "-o", out)
            for (comment, rows), (before, atoms), wanted in zip(frames(out), frames(source),
                                                                reference["frames"]):
                self.assertEqual(info(comment, "name"), info(before, "name"))
                self.assertEqual([r[0] for r in rows], [a[0] for a in atoms])
                energy = float(info(comment, "kolace_energy"))
                self.assertLess(abs(energy - wanted["energy"]), 1e-7 * abs(wanted["energy"]))
                nine = [float(x) for x in info(comment, "kolace_virial").split()]
                self.assertEqual(len(nine), 9)
                xx, xy, xz, yx, yy, yz, zx, zy, zz = nine
                largest = max(map(abs, wanted["virial"]))
                for a, b in zip((xx, yy, zz, yz, xz, xy), wanted["virial"]):
                    self.assertLess(abs(a - b), 1e-7 * largest + 1e-9)
                self.assertIn("kolace_forces:R:3:kolace_energies:R:1", comment)
                largest = max(abs(x) for f in wanted["forces"] for x in f)
                for row, force, site in zip(rows, wanted["forces"], wanted["atom_energies"]):
                    for a, b in zip(row[-4:-1], force):
                        self.assertLess(abs(float(a) - b), 1e-7 * largest + 1e-9)
                    self.assertLess(abs(float(row[-1]) - site), 1e-7 * abs(site) + 1e-9)

    def test_evaluate_twice_replaces_the_predictions(self):
        once, twice = self.path / "1.extxyz", self.path / "2.extxyz"
        potential = REFERENCE / "C_chebpow.yaml"
        run("evaluate", potential, CARBON / "diamond_like.extxyz", "-o", once)
        text = run("evaluate", potential, once, "-o", twice)
        self.assertEqual(once.read_text(), twice.read_text())
        self.assertIn("RMSE", text)

    def test_evaluate_is_the_same_for_any_number_of_threads(self):
        outputs = []
        for threads in (1, 2, 3):
            out = self.path / f"{threads}.extxyz"
            run("evaluate", REFERENCE / "C_K5_793.yaml", CARBON / "diverse.extxyz", "-o", out,
                threads=threads)
            outputs.append(frames(out))
        for other in outputs[1:]:
            for (comment, rows), (same, atoms) in zip(outputs[0], other):
                a, b = float(info(comment, "kolace_energy")), float(info(same, "kolace_energy"))
                self.assertLessEqual(abs(a - b), 1e-12 * abs(a))
                numbers = [[float(x) for r in part for x in r[-4:-1]] for part in (rows, atoms)]
                scale = max(map(abs, [float(x) for x in info(comment, "kolace_virial").split()]))
                for a, b in zip(*numbers):
                    self.assertLessEqual(abs(a - b), 1e-12 * scale)

    def test_evaluate_does_not_replace_its_input(self):
        data = self.path / "in.extxyz"
        data.write_bytes((CARBON / "diverse.extxyz").read_bytes())
        text = run("evaluate", REFERENCE / "C_chebpow.yaml", data, "-o", data, code=1)
        self.assertIn("is an input file", text)
        self.assertEqual(data.read_bytes(), (CARBON / "diverse.extxyz").read_bytes())

    def test_evaluate_takes_label_names_and_writes_gzip(self):
        data, packed = self.path / "named.extxyz", self.path / "out.extxyz.gz"
        data.write_text((CARBON / "diverse.extxyz").read_text().replace(" energy=", " dft=")
                        .replace("stress=", "sigma=").replace("virial=", "w="))
        text = run("evaluate", REFERENCE / "C_chebpow.yaml", data, "-o", packed, "--energy-key", "dft",
                   "--stress-key", "sigma")
        self.assertIn("energy from 'dft' (107 frames)", text)
        self.assertIn("virial from 'sigma' (107 frames)", text)
        self.assertEqual(gzip.decompress(packed.read_bytes()).decode().count("kolace_energy="), 107)

    def test_fit_does_not_replace_another_input(self):
        (self.path / "mine.yaml").write_text(self.input([CARBON / "diverse.extxyz"]).read_text())
        (self.path / "input.yaml").write_text("# by hand\n")
        run("fit", "mine.yaml", "-o", ".", cwd=self.path, code=1)
        self.assertEqual((self.path / "input.yaml").read_text(), "# by hand\n")

    def test_other_elements_can_be_skipped(self):
        data = self.path / "mixed.extxyz"
        data.write_text((CARBON / "atom.extxyz").read_text() + "1\nenergy=1\nSi 0 0 0\n")
        self.assertIn("frame 2", run("evaluate", REFERENCE / "C_chebpow.yaml", data, code=1))
        text = run("evaluate", REFERENCE / "C_chebpow.yaml", data, "--skip-bad-frames")
        self.assertIn("1 bad frame left out", text)

    def test_bytes_that_are_no_utf8_survive(self):
        data = self.path / "bytes.extxyz"
        data.write_bytes((CARBON / "diverse.extxyz").read_bytes().replace(b"config_type=fcc", b"config_type=\xff"))
        run("fit", self.input([data]), "-o", self.path / "out")
        json.loads((self.path / "out" / "report.json").read_text())

    def test_evaluate_without_labels_says_so(self):
        text = run("evaluate", REFERENCE / "C_chebpow.yaml", REFERENCE / "structures_C.extxyz")
        self.assertIn("no labels", text)

    # -- fit ---------------------------------------------------------------------------------

    def test_fit_writes_its_files_and_evaluate_agrees(self):
        source = self.input([CARBON / "diamond_like.extxyz", CARBON / "atom.extxyz"],
                            f"  test_filename: {CARBON / 'diverse.extxyz'}\n")
        out = self.path / "results"
        text = run("fit", source, "-o", out)
        self.assertEqual(sorted(p.name for p in out.iterdir()),
                         ["input.yaml", "potential.yace", "potential.yaml", "report.html", "report.json",
                          "test_predictions.extxyz", "train_predictions.extxyz"])
        self.assertTrue((out / "input.yaml").read_text().endswith("\n" + source.read_text()))
        self.assertTrue((out / "input.yaml").read_text().startswith("# As used by kolace fit"))
        self.assertIn("energy from 'energy'", text)
        report = json.loads((out / "report.json").read_text())
        self.assertEqual(report["reference_energy_source"], "isolated atoms")
        self.assertAlmostEqual(report["reference_energy"]["C"], -245.33863645, places=8)
        again = self.path / "again.extxyz"
        run("evaluate", out / "potential.yaml", CARBON / "diamond_like.extxyz", "-o", again)
        square = n = 0
        for comment, rows in frames(again):
            error = float(info(comment, "kolace_energy")) - float(info(comment, "energy"))
            square += (1000 * error / len(rows)) ** 2
            n += 1
        group = report["by_config_type"]["diamond_like"]["energy_rmse_mev_per_atom"]
        self.assertLess(abs(math.sqrt(square / n) - group), 1e-4 * group)

    def test_fit_is_the_same_for_any_number_of_threads(self):
        source = self.input([CARBON / "diamond_like.extxyz", CARBON / "diverse.extxyz"],
                            "  reference_energy: -245.33863645\n")
        losses = []
        for threads in (1, 2):
            run("fit", source, "-o", self.path / str(threads), threads=threads)
            losses.append(json.loads((self.path / str(threads) / "report.json").read_text())["train"]["loss"])
        self.assertLess(abs(losses[0] - losses[1]), 1e-9 * losses[0])

    def test_fit_writes_nothing_for_bad_data(self):
        bad = self.path / "bad.extxyz"
        bad.write_text((CARBON / "diamond_like.extxyz").read_text() + "2\n\nC 0 0 0\nC 0 0\n")
        out = self.path / "results"
        text = run("fit", self.input([bad]), "-o", out, code=1)
        self.assertRegex(text, r"bad\.extxyz:\d+: frame 49: expected 4 words, got 3")
        self.assertFalse(out.exists())
        text = run("fit", self.input([bad]), "-o", out, "--skip-bad-frames")
        self.assertIn("1 bad frame left out", text)
        report = json.loads((out / "report.json").read_text())
        self.assertEqual(len(report["skipped_frames"]), 1)
        self.assertEqual(report["train"]["n_structures"], 48)

    def test_fit_names_unknown_keys_with_their_line(self):
        source = self.input([CARBON / "diverse.extxyz"], fit="loss: {kapa: 1}")
        self.assertRegex(run("fit", source, code=1), r"input\.yaml:\d+: fit\.loss\.kapa")

    def test_fit_lists_ignored_keys_in_one_warning(self):
        source = self.input([CARBON / "diverse.extxyz"],
                            fit="loss: {kappa: 0.1}, optimizer: BFGS, maxiter: 5")
        text = run("fit", source, "-o", self.path / "out")
        self.assertEqual(text.count("kolace: warning:"), 1)
        self.assertIn("fit.optimizer, fit.maxiter", text)

    def test_fit_reads_gzip_and_writes_to_results(self):
        packed = self.path / "data.extxyz.gz"
        packed.write_bytes(gzip.compress((CARBON / "diverse.extxyz").read_bytes()))
        self.input(["data.extxyz.gz"])
        run("fit", "input.yaml", cwd=self.path)
        self.assertTrue((self.path / "results" / "potential.yaml").exists())

    def test_rank_deficient_fit_warns(self):
        one = self.path / "one.extxyz"
        one.write_text("\n".join((CARBON / "dimers.extxyz").read_text().splitlines()[:4]) + "\n")
        text = run("fit", self.input([one]), "-o", self.path / "out")
        self.assertIn("warning: the data determine only", text)

    # -- dimer -------------------------------------------------------------------------------

    def test_dimer_writes_the_columns_and_compares(self):
        out, plot = self.path / "d.csv", self.path / "d.svg"
        text = run("dimer", REFERENCE / "C_chebpow.yaml", "--elements", "C", "C", "--range", "0.5",
                   "8", "--points", "247", "--spacing", "log", "--reference",
                   CARBON / "dimers.extxyz", CARBON / "atom.extxyz", "-o", out, "--plot", plot)
        self.assertIn("RMSE at 247 reference distances", text)
        rows = list(csv.DictReader(out.read_text().splitlines()))
        self.assertEqual(list(rows[0]), ["r", "energy", "force", "energy_ref", "force_ref"])
        self.assertEqual(len(rows), 247)
        self.assertEqual(float(rows[0]["r"]), 0.5)
        self.assertAlmostEqual(float(rows[0]["force_ref"]), 573.47980129, places=6)
        square = sum((float(r["energy"]) - float(r["energy_ref"])) ** 2 for r in rows)
        rmse = float(re.search(r"energy ([\d.e+-]+) eV", text.split("RMSE")[1]).group(1))
        self.assertLess(abs(math.sqrt(square / 247) - rmse), 1e-4 * rmse)
        self.assertTrue(plot.read_text().startswith("<svg"))
        # By default from half the sum of radii to the cutoff, and as far as the reference goes.
        for reference, ends in (((), (0.76, 5.0)), ((CARBON / "dimers.extxyz", CARBON / "atom.extxyz"), (0.5, 8.0))):
            run("dimer", REFERENCE / "C_chebpow.yaml", "--elements", "C", "C", "-o", out,
                *(("--reference", *reference) if reference else ()))
            rows = list(csv.DictReader(out.read_text().splitlines()))
            for row, end in zip((rows[0], rows[-1]), ends):
                self.assertAlmostEqual(float(row["r"]), end, places=6)

    def test_bench_measures_this_machine(self):
        potential = REFERENCE / "AlNi_K4.yaml"
        data = REFERENCE / "structures_AlNi.extxyz"
        values = json.loads(run("bench", potential, "--structure", data, "--threads", 1, "--json"))
        self.assertEqual(values["threads"], 1)
        self.assertEqual(values["n_atoms"], len(frames(data)[0][1]))
        for key in ("energy_forces_us_per_atom", "design_rows_us_per_atom", "neighbors_us_per_atom", "pairs_per_atom"):
            self.assertGreater(values[key], 0)
        self.assertIn("backend", values)
        text = run("bench", REFERENCE / "Cu_zbl.yaml", "--structure", REFERENCE / "structures_Cu.extxyz")
        self.assertIn("us/atom", text)
        self.assertIn("not linear", run("bench", REFERENCE / "Cu_density_two_densities.yaml", "--structure",
                                        REFERENCE / "structures_Cu.extxyz"))
        run("bench", potential, "--threads", 0, code=2)
        self.assertIn("element", run("bench", potential, "--structure", CARBON / "atom.extxyz", code=1))

    def test_dimer_reference_needs_free_atoms(self):
        text = run("dimer", REFERENCE / "C_chebpow.yaml", "--elements", "C", "C", "--reference",
                   CARBON / "dimers.extxyz", "-o", self.path / "d.csv", code=1)
        self.assertIn("free C atom", text)
        self.assertFalse((self.path / "d.csv").exists())


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
