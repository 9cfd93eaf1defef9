# SPDX-License-Identifier: BSD-3-Clause
"""Data read once, factors that last: assemble, merge, append, resume, solve. usage: factors_test.py KOLACE"""
import csv
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import unittest

import cli_test
from cli_test import CARBON, PROGRAM, run, frames, info

E0 = "  reference_energy: -245.33863645\n"
EXACT = "loss: {kappa: 0.5}, solver: least_squares"
TAME = "loss: {kappa: 0.5, L2_coeffs: 1e-8}"  # the answer does not hang on the last digits


class Factors(unittest.TestCase):
    setUp = cli_test.Cli.setUp
    input = cli_test.Cli.input

    def report(self, folder):
        return json.loads((self.path / folder / "report.json").read_text())

    def energies(self, folder):
        """Of diverse.extxyz, eV/atom."""
        out = self.path / "predicted.extxyz"
        run("evaluate", self.path / folder / "potential.yaml", CARBON / "diverse.extxyz", "-o", out)
        return [float(info(comment, "kolace_energy")) / len(rows) for comment, rows in frames(out)]

    def data(self, name, count, seed=1):
        """Bundled cells again and again, each atom moved a little."""
        cells = frames(CARBON / "diverse.extxyz") + frames(CARBON / "diamond_like.extxyz")
        state, lines = random.Random(seed), []
        for k in range(count):
            comment, rows = cells[k % len(cells)]
            lines += [str(len(rows)), comment]
            lines += [" ".join([r[0], *(f"{float(x) + state.uniform(-0.02, 0.02):.6f}" for x in r[1:4]), *r[4:]])
                      for r in rows]
        path = self.path / name
        path.write_text("\n".join(lines) + "\n")
        return path

    def assert_same(self, one, other, loss=1e-9, energy=1e-6):
        a, b = self.report(one), self.report(other)
        self.assertEqual(a["rows_by_kind"], b["rows_by_kind"])
        self.assertLess(abs(b["train"]["loss"] / a["train"]["loss"] - 1), loss, (one, other))
        if a["test"]:
            self.assertLess(abs(b["test"]["loss"] / a["test"]["loss"] - 1), 100 * loss, (one, other))
        for x, y in zip(self.energies(one), self.energies(other)):
            self.assertLess(abs(x - y), energy, (one, other))

    # -- solving -----------------------------------------------------------------------------

    def test_fit_is_assemble_and_solve(self):
        files = [CARBON / "diverse.extxyz"]
        split = E0 + f"  test_filename: {CARBON}/diamond_like.extxyz\n"
        factors = self.path / "f.h5"
        run("assemble", self.input(files, split, fit="solver: least_squares, weighting: {config_type: "
                                   "{random: {energy: 2}}}"), "-o", factors)
        for name, fit, extra in (
                ("exact", EXACT, split),
                ("shares", "loss: {kappa: 0.1, kappa_virial: 0.2}, solver: least_squares", split),
                ("ridge", "loss: {kappa: 0.3, L2_coeffs: 1e-4}", split),
                ("chosen", "loss: {kappa: 0.3}, solver: {type: ridge, choose: folds, folds: 4}", split),
                ("judged", "loss: {kappa: 0.3}, solver: {type: ridge, choose: validation, prior: smooth}", split),
                ("weighted", EXACT + ", weighting: {config_type: {random: {energy: 0.1, forces: 3}}}", split),
                ("fitted", EXACT, split.replace("-245.33863645", "fit")),
                ("other zero", "loss: {kappa: 0.5, L2_coeffs: 1e-6}", split.replace("-245.3386", "-240.1")),
                ("bare", EXACT + ", repulsion: none", split)):
            with self.subTest(name):
                source = self.input(files, extra, fit=fit)
                run("fit", source, "-o", self.path / f"{name} rows")
                run("fit", source, "--factors", factors, "-o", self.path / f"{name} factors")
                self.assert_same(f"{name} rows", f"{name} factors", 1e-7, 1e-5)
                self.assertEqual(self.report(f"{name} factors")["errors_from"], "factors")

    def test_the_default_fit_comes_from_factors_too(self):
        # With and without free atoms, whose energies would be E0, and with a test set from the data.
        for k, (data, more) in enumerate([(["diverse"], ""), (["diverse"], "  test_size: 0.2\n"),
                                          (["diverse", "diamond_like"], ""), (["diverse", "atom"], "")]):
            # Factors contain no structures whose dynamics could be tried.
            source = self.input([CARBON / f"{name}.extxyz" for name in data], more, fit="trial_dynamics: false")
            factors = self.path / f"{k}.h5"
            run("assemble", source, "-o", factors)
            run("fit", source, "-o", self.path / "rows")
            run("fit", source, "--factors", factors, "-o", self.path / "factors")
            one, two = self.report("rows"), self.report("factors")
            self.assertLess(abs(two["solver"]["strength"] / one["solver"]["strength"] - 1), 1e-6)
            self.assert_same("rows", "factors", 1e-7, 1e-7)
        source = self.input([CARBON / "diverse.extxyz", CARBON / "diamond_like.extxyz"], fit="")
        factors = self.path / "f.h5"
        run("assemble", source, "-o", factors)
        run("fit", source, "--factors", factors, "-o", self.path / "factors")
        two = self.report("factors")
        # Weights are those of the factors where the input names none: another solver needs no other file.
        exact = self.input([CARBON / "diverse.extxyz", CARBON / "diamond_like.extxyz"], fit="solver: least_squares")
        run("fit", exact, "--factors", factors, "-o", self.path / "exact")
        self.assertLess(self.report("exact")["train"]["energy_rmse_mev_per_atom"], 2 * two["train"]["energy_rmse_mev_per_atom"])

    def test_a_frame_with_atoms_too_close_is_named_from_factors_too(self):
        data = self.path / "close.extxyz"
        data.write_text("".join(
            f'2\nenergy={-1 - 0.01 * k}\nC 0 0 0\nC 0 0 {0.7 if k == 11 else 1.2 + 0.02 * k}\n' for k in range(60)))
        source = self.input([data], "  reference_energy: 0\n", fit="loss: {kappa: 0}")
        expected = "C and C atoms are 0.700 A apart in "
        self.assertIn(expected, run("fit", source, "-o", self.path / "direct"))
        parts = [self.path / f"{k}.h5" for k in (1, 2)]
        for k, part in enumerate(parts, 1):
            self.assertIn(expected, run("assemble", source, "--part", f"{k}/2", "-o", part))
        run("merge", *parts, "-o", self.path / "all.h5")
        self.assertIn(expected, run("fit", source, "--factors", self.path / "all.h5", "-o", self.path / "solved"))
        told = [w for w in self.report("solved")["warnings"] if expected in w]
        self.assertEqual(told, [w for w in self.report("direct")["warnings"] if expected in w])
        self.assertEqual(len(told), 1)

    def test_a_part_of_the_functions(self):
        files = [CARBON / "diverse.extxyz"]
        factors = self.path / "f.h5"
        run("assemble", self.input(files, E0, fit=EXACT), "-o", factors)
        small = self.input(files, E0, fit=EXACT, limits="nradmax_by_orders: [8, 3], lmax_by_orders: [0, 2]")
        run("fit", small, "-o", self.path / "rows")
        run("fit", small, "--factors", factors, "-o", self.path / "factors")
        self.assert_same("rows", "factors", 1e-8)
        larger = self.input(files, E0, fit=EXACT, limits="nradmax_by_orders: [11, 4, 2], lmax_by_orders: [0, 3, 2]")
        self.assertIn("do not contain the function", run("fit", larger, "--factors", factors, code=1))

    def test_sweep_from_factors(self):
        source = self.input([CARBON / "diverse.extxyz"], E0 + "  test_size: 0.3\n", fit=EXACT)
        factors = self.path / "f.h5"
        run("assemble", source, "-o", factors)
        for name, more in (("rows", ()), ("factors", ("--factors", factors))):
            run("sweep", source, "-o", self.path / name, *more)
        one, two = (json.loads((self.path / n / "sweep.json").read_text())["models"] for n in ("rows", "factors"))
        self.assertEqual(len(one), len(two))
        for a, b in zip(one, two):
            self.assertLess(abs(b["train"]["loss"] / a["train"]["loss"] - 1), 1e-7)
            self.assertLess(abs(b["test"]["loss"] / a["test"]["loss"] - 1), 1e-5)

    def table(self, folder, name):
        with open(self.path / folder / name, newline="") as file:
            return list(csv.DictReader(file))

    def test_potentials_nearly_as_good_lie_in_the_band(self):
        files, factors = [CARBON / "diverse.extxyz"], self.path / "f.h5"
        exact = self.input(files, E0, fit=EXACT + ", repulsion: none")
        run("assemble", exact, "-o", factors)
        scan = ["--elements", "C", "C", "--range", 1.1, 4.9, "--points", 60]
        run("fit", exact, "-o", self.path / "exact", "--factors", factors)
        least, tried, widest = self.report("exact")["train"]["loss"], 0, {}
        for within in (0.5, 0.02):
            out = run("dimer", "--factors", factors, "--input", exact, "--within", within, *scan, "-o", self.path / "band.csv",
                      "--plot", self.path / "band.svg")
            self.assertIn(f"{100 * within:g} % of the minimum loss", out)
            with open(self.path / "band.csv", newline="") as file:
                band = [{k: float(v) for k, v in row.items() if v} for row in csv.DictReader(file)]
            widest[within] = max(row["energy_high"] - row["energy_low"] for row in band)
            shapes = ["--range", 1.1, 4.9, "--points", 60, "--triangles", 3, "--samples", 5, "--closest", 1.3]
            run("bodyorder", "--factors", factors, "--input", exact, "--within", within, *shapes, "-o", self.path / "bands")
            for row, edges in zip(self.table("bands", "v2.csv"), band, strict=True):  # V2 is the dimer's energy
                for ours, its in (("V_low", "energy_low"), ("V_high", "energy_high")):
                    self.assertAlmostEqual(float(row[ours]), edges[its], delta=1e-6 * (1 + abs(edges[its])))
            for strength in ("1e-14", "1e-12", "1e-10", "1e-9", "1e-8", "1e-7"):  # of a ridge: other potentials
                source = self.input(files, E0, fit=f"loss: {{kappa: 0.5}}, repulsion: none, "
                                    f"solver: {{type: ridge, strength: {strength}}}")
                run("fit", source, "-o", self.path / "ridge", "--factors", factors)
                if self.report("ridge")["train"]["loss"] > (1 + within) * least:
                    continue
                run("dimer", self.path / "ridge" / "potential.yaml", *scan, "-o", self.path / "ridge.csv")
                with open(self.path / "ridge.csv", newline="") as file:
                    for row, edges in zip(csv.DictReader(file), band, strict=True):
                        slack = 1e-6 * (1 + edges["energy_high"] - edges["energy_low"])
                        self.assertGreater(float(row["energy"]), edges["energy_low"] - slack)
                        self.assertLess(float(row["energy"]), edges["energy_high"] + slack)
                tried += 1
                if within == 0.5:  # the three- and four-body parts lie in theirs
                    run("bodyorder", self.path / "ridge" / "potential.yaml", *shapes, "-o", self.path / "bodies")
                    for name in ("v3.csv", "v4.csv"):
                        rows = zip(self.table("bodies", name), self.table("bands", name), strict=True)
                        for row, edges in rows:
                            low, high = float(edges["V_low"]), float(edges["V_high"])
                            slack = 1e-6 * (1 + high - low)
                            self.assertGreater(float(row["V"]), low - slack, (name, row))
                            self.assertLess(float(row["V"]), high + slack, (name, row))
        self.assertGreater(tried, 3)
        self.assertAlmostEqual(widest[0.5] / widest[0.02], 5, delta=1e-6)
        self.assertIn("--input", run("dimer", "--factors", factors, *scan, code=1))
        self.assertIn("--input", run("bodyorder", "--factors", factors, "-o", self.path / "bands", code=1))
        self.assertIn("not both", run("bodyorder", self.path / "ridge" / "potential.yaml", "--factors", factors, "--input",
                                      exact, "-o", self.path / "bands", code=1))
        # The loss is that of the fit where shares are chosen by the data, too.
        default = self.input(files, E0, fit="trial_dynamics: false")
        run("assemble", default, "-o", self.path / "d.h5")
        run("fit", default, "-o", self.path / "default", "--factors", self.path / "d.h5")
        report = self.report("default")
        out = run("dimer", "--factors", self.path / "d.h5", "--input", default, *scan, "-o", self.path / "band.csv")
        kappa, least = (float(re.search(rf"{name} ([0-9.e-]+)", out).group(1)) for name in ("kappa", "minimum loss"))
        self.assertAlmostEqual(kappa / report["kappa"], 1, delta=1e-5)
        self.assertLessEqual(least, report["train"]["loss"] * (1 + 1e-6))
        self.assertGreater(least, 0.3 * report["train"]["loss"])
        self.assertIn("Si", run("dimer", "--factors", self.path / "d.h5", "--input", default, "--elements", "C", "Si",
                                "--range", 1, 4, "-o", self.path / "band.csv", code=1))

    def test_what_is_fixed_is_refused(self):
        files = [CARBON / "diverse.extxyz"]
        factors = self.path / "f.h5"
        run("assemble", self.input(files, E0, fit=EXACT), "-o", factors)
        for fit, message in ((EXACT + ", weighting: {type: EnergyBasedWeightingPolicy}", "different fit.weighting"),
                             (EXACT + ", weighting: {config_type: {random: {energy: 2}}}", "no separate group"),
                             ("solver: lsqr", "requires design rows"),
                             ("solver: {type: ridge, choose: validation}", "have none"),
                             ("solver: {type: ridge, choose: folds, folds: 3}", "4 folds, but 3")):
            self.assertRegex(run("fit", self.input(files, E0, fit=fit), "--factors", factors, code=1), message)
        other = self.input(files, E0, fit=EXACT)
        other.write_text(other.read_text().replace("cutoff: 5.0", "cutoff: 4.0"))
        self.assertIn("different radial functions", run("fit", other, "--factors", factors, code=1))
        whole = factors.read_bytes()
        for damage in (b"", whole[:100], whole[:len(whole) // 2], b"1\n\nC 0 0 0\n"):
            factors.write_bytes(damage)
            text = run("fit", self.input(files, E0, fit=EXACT), "--factors", factors, code=1)
            self.assertEqual(text.count("\n"), 1, text)
            self.assertIn("f.h5", text)

    # -- parts, appending, interruption ------------------------------------------------------

    def test_parts_add_up_to_one_run(self):
        source = self.input([self.data("d.extxyz", 120)], E0 + "  test_size: 0.1\n", fit=EXACT)
        run("assemble", source, "-o", self.path / "one.h5")
        parts = [self.path / f"part{k}.h5" for k in (1, 2, 3)]
        for k, part in enumerate(parts, 1):
            run("assemble", source, "--part", f"{k}/3", "-o", part)
        run("merge", parts[2], parts[0], "-o", self.path / "two.h5")
        text = run("fit", source, "--factors", self.path / "two.h5", "-o", self.path / "x", code=1)
        self.assertIn("part 2 of 3 is missing", text)
        self.assertIn("in both", run("merge", parts[0], parts[0], "-o", self.path / "x.h5", code=1))
        run("merge", *parts, "-o", self.path / "merged.h5")
        for solver in ("solver: {type: ridge, choose: folds, folds: 4}", EXACT):
            source = self.input([self.path / "d.extxyz"], E0 + "  test_size: 0.1\n", fit=solver)
            for name in ("one", "merged"):
                run("fit", source, "--factors", self.path / f"{name}.h5", "-o", self.path / name)
            # Another order of the rows, and energies of cells outside the data: condition times rounding errors.
            condition = self.report("one")["condition"]
            self.assert_same("one", "merged", energy=max(1e-6, condition * 1e-16))

    def test_damage_is_found_before_hdf5_reads(self):
        source = self.input([CARBON / "diamond_like.extxyz"], E0, fit=TAME)
        run("assemble", source, "-o", self.path / "good.h5")
        good = (self.path / "good.h5").read_bytes()
        state = random.Random(3)
        for k in range(12):
            bad, at = bytearray(good), state.randrange(512, len(good))
            bad[at] ^= 1 << state.randrange(8)
            kinds = (bytes(bad), good[:at], good + b"x")
            (self.path / "bad.h5").write_bytes(kinds[k % 3])
            self.assertIn("bad.h5: is damaged", run("fit", source, "--factors", self.path / "bad.h5", "-o",
                                                    self.path / "out", code=1))
        for name, text in (("text", b"no factors\n"), ("empty", b""), ("bare", good[512:])):
            (self.path / "bad.h5").write_bytes(text)
            self.assertIn("bad.h5: is not a factor file", run("merge", self.path / "good.h5", self.path / "bad.h5",
                                                              "-o", self.path / "m.h5", code=1), name)

    def test_appended_data_are_as_if_they_had_always_been_there(self):
        first, second = self.data("first.extxyz", 60), self.data("second.extxyz", 50, seed=2)
        run("assemble", self.input([first, second], E0, fit=TAME), "-o", self.path / "one.h5")
        run("assemble", self.input([first], E0, fit=TAME), "-o", self.path / "first.h5")
        both = self.input([first, second], E0, fit=TAME, name="both.yaml")
        text = run("assemble", both, "--onto", self.path / "first.h5", "-o", self.path / "appended.h5")
        self.assertIn(": 1 file", text)
        text = run("assemble", both, "--onto", self.path / "appended.h5", "-o", self.path / "again.h5")
        self.assertIn("nothing to add", text)
        for name in ("one", "appended", "again"):
            run("fit", both, "--factors", self.path / f"{name}.h5", "-o", self.path / name)
        self.assert_same("one", "appended")
        self.assert_same("one", "again")
        # E0 that each found for itself is brought together.
        for name in ("first", "second"):
            source = self.input([self.path / f"{name}.extxyz"], fit=TAME)
            run("assemble", source, "-o", self.path / f"{name}.h5")
        told = run("merge", self.path / "first.h5", self.path / "second.h5", "-o", self.path / "merged.h5", code=1)
        self.assertIn("same potential.bonds", told)  # which the data chose
        source.write_text(source.read_text().replace("elements: [C]", "elements: [C]\n  bonds: {ALL: {radbase: ChebExpCos}}"))
        run("assemble", source, "-o", self.path / "second.h5")
        run("merge", self.path / "first.h5", self.path / "second.h5", "-o", self.path / "merged.h5")
        run("fit", both, "--factors", self.path / "merged.h5", "-o", self.path / "merged")
        self.assert_same("one", "merged")

    def test_a_killed_assembly_goes_on(self):
        source = self.input([self.data("d.extxyz", 2500)], E0 + "  test_size: 0.1\n", fit=TAME,
                            limits="nradmax_by_orders: [20, 6, 3], lmax_by_orders: [0, 3, 2]")
        whole, cut = self.path / "whole.h5", self.path / "cut.h5"
        began = time.time()
        run("assemble", source, "-o", whole)
        full = time.time() - began
        state, kills, resumed = random.Random(3), 0, False
        environment = dict(os.environ, OMP_PROC_BIND="false")
        checkpoint = self.path / "cut.h5.checkpoint"
        while kills < 6:
            before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
            job = subprocess.Popen([PROGRAM, "assemble", source, "-o", cut, "--checkpoint", "0.05"], text=True,
                                   env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            # Killed at a random moment after its first checkpoint, however fast the machine is just now.
            while job.poll() is None and not (checkpoint.exists() and checkpoint.stat().st_mtime_ns > before):
                time.sleep(0.002)
            if kills > 0:
                time.sleep(state.uniform(0, 0.3) * full)
            job.send_signal(signal.SIGKILL)
            text = job.communicate()[0]
            resumed = "continuing with structure" in text or resumed
            if job.returncode == 0:
                break
            kills += 1
            cut.unlink(missing_ok=True)  # killed after its last step
        else:
            text = run("assemble", source, "-o", cut)
        print(f"assembly {full:.1f} s, {kills} kills", file=sys.stderr)
        self.assertGreater(kills, 0)
        self.assertTrue(resumed or "continuing with structure" in text)
        self.assertFalse(checkpoint.exists())
        for name in ("whole", "cut"):
            run("fit", source, "--factors", self.path / f"{name}.h5", "-o", self.path / name)
        self.assert_same("whole", "cut", 1e-8)

    def test_test_errors_that_factors_cannot_tell_are_left_out(self):
        # Atoms as close as in no data: the potential fades out there, which rows do not know.
        test = self.path / "close.extxyz"
        test.write_text((CARBON / "dimers.extxyz").read_text() + '2\nLattice="9 0 0 0 9 0 0 0 9" energy=1000\nC 0 0 0\nC 0 0 0.12\n')
        source = self.input([CARBON / "diverse.extxyz"], f"  test_filename: {test}\n", fit="trial_dynamics: false")
        run("assemble", source, "-o", self.path / "f.h5")
        text = run("fit", source, "--factors", self.path / "f.h5", "-o", self.path / "fit")
        self.assertIn("factors do not tell the test errors", text)
        self.assertNotIn("times the training errors", text)
        self.assertIsNone(self.report("fit")["test"])

    def test_what_does_not_fit_the_file_is_told(self):
        first = self.data("first.extxyz", 40)
        source = self.input([first], E0, fit=TAME)
        run("assemble", source, "-o", self.path / "first.h5")
        # Other data, or test data that the file does not have: they are not read.
        other = self.input(["elsewhere.extxyz"], E0 + "  test_size: 0.2\n", fit=TAME, name="other.yaml")
        text = run("fit", other, "--factors", self.path / "first.h5", "-o", self.path / "other")
        self.assertIn("data.filename: elsewhere.extxyz is not in the factor file", text)
        self.assertIn("no test data", text)
        # A file that has changed, and another basis.
        changed = (self.path / "first.extxyz").read_text()
        (self.path / "first.extxyz").write_text(changed * 2)
        text = run("assemble", source, "--onto", self.path / "first.h5", "-o", self.path / "more.h5", code=1)
        self.assertIn("has changed since", text)
        (self.path / "first.extxyz").write_text(changed)
        larger = self.input([first], E0, fit=TAME, limits="nradmax_by_orders: [9, 4], lmax_by_orders: [0, 3]", name="l.yaml")
        text = run("assemble", larger, "--onto", self.path / "first.h5", "-o", self.path / "more.h5", code=1)
        self.assertIn("different basis functions", text)
        text = run("assemble", source, "-o", self.path / "x.h5", "--checkpoint", "-5", code=2)
        self.assertIn("--checkpoint", text)

    # -- reading once ------------------------------------------------------------------------

    def pipe(self, name, text):
        """A file that can be read once: it is empty for whoever opens it again, and waits for ever."""
        path = self.path / name
        os.mkfifo(path)

        def write():
            with open(path, "w") as file:
                file.write(text)
        threading.Thread(target=write, daemon=True).start()
        return path

    def test_every_command_opens_a_data_file_once(self):
        text = (CARBON / "diverse.extxyz").read_text()
        data, test = self.pipe("data.extxyz", text), self.pipe("test.extxyz", text)
        run("fit", self.input([data], f"  test_filename: {test}\n", fit="ladder_step: 30"), "-o", self.path / "out")
        run("evaluate", self.path / "out" / "potential.yaml", self.pipe("more.extxyz", text), "-o",
            self.path / "predicted.extxyz")
        run("evaluate", self.path / "out" / "potential.yaml", self.pipe("again.extxyz", text))
        run("sweep", self.input([self.pipe("sweep.extxyz", text)], "  test_size: 0.2\n", fit="solver: evidence"), "-o",
            self.path / "study")
        run("fit", self.input([self.pipe("split.extxyz", text)], "  test_size: 0.2\n",
                              fit="solver: {type: ridge, choose: validation}"), "-o", self.path / "split")
        run("template", self.pipe("template.extxyz", text), "-o", self.path / "made.yaml")

    def test_little_memory_gives_the_same_fit(self):
        source = self.input([self.data("d.extxyz", 2000)], E0, fit=EXACT)
        run("fit", source, "-o", self.path / "memory")
        run("fit", source, "--memory", "1", "-o", self.path / "disk")
        self.assert_same("memory", "disk", 1e-12, 1e-9)
        memory, disk = (frames(self.path / name / "train_predictions.extxyz") for name in ("memory", "disk"))
        for (comment, rows), (_, as_read) in zip(memory, frames(self.path / "d.extxyz"), strict=True):
            self.assertEqual([[float(x) for x in r[1:7]] for r in rows], [[float(x) for x in r[1:7]] for r in as_read])
        for (comment, rows), (other, stored) in zip(memory, disk, strict=True):
            self.assertEqual(re.sub(r"kolace_\w+=(\"[^\"]*\"|\S+)", "", comment),
                             re.sub(r"kolace_\w+=(\"[^\"]*\"|\S+)", "", other))
            self.assertEqual([r[:7] for r in rows], [r[:7] for r in stored])

    # -- results -----------------------------------------------------------------------------

    def test_results_replace_nothing_of_the_users(self):
        source = self.input([CARBON / "diverse.extxyz"], E0, fit=EXACT)
        for name in ("learning_curve.csv", "ladder.csv", "committee_01.yaml"):
            (self.path / name).write_text("mine\n")
        run("fit", source, cwd=self.path)
        self.assertTrue((self.path / "results" / "potential.yaml").exists())
        out = self.path / "mine"
        out.mkdir()
        for name in ("learning_curve.csv", "ladder.csv", "committee_01.yaml"):
            self.assertEqual((self.path / name).read_text(), "mine\n")
            (out / name).write_text("mine\n")
        run("fit", source, "-o", out)
        for name in ("learning_curve.csv", "ladder.csv", "committee_01.yaml"):
            self.assertEqual((out / name).read_text(), "mine\n")
        (out / "ladder.csv").write_text("mine\n")
        text = run("fit", self.input([CARBON / "diverse.extxyz"], E0, fit="ladder_step: 30", name="ladder.yaml"),
                   "-o", out, code=1)
        self.assertIn("ladder.csv: was not written by an earlier run", text)
        # A reference potential at the path of the result.
        run("fit", source, "-o", out)
        again = self.input([CARBON / "diverse.extxyz"], E0,
                           fit=EXACT + ", reference_potential: mine/potential.yaml", name="again.yaml")
        text = run("fit", again, "-o", out, code=1)
        self.assertIn("is an input of this command", text)
        # What an earlier fit left and this one does not make goes.
        run("fit", self.input([CARBON / "diverse.extxyz"], E0, fit="trial_dynamics: false, solver: {type: automatic, committee: 2}",
                              name="committee.yaml"), "-o", self.path / "c")
        self.assertTrue((self.path / "c" / "committee_02.yaml").exists())
        run("fit", source, "-o", self.path / "c")
        self.assertFalse((self.path / "c" / "committee_02.yaml").exists())

    def test_a_basis_that_does_not_fit_is_refused_with_figures(self):
        source = self.input([CARBON / "diverse.extxyz"], E0, fit="solver: least_squares",
                            limits="nradmax_by_orders: [60, 70], lmax_by_orders: [0, 12]")
        text = run("fit", source, "-o", self.path / "out", code=1)
        self.assertRegex(text, r"need \d+\.\d GB of memory.*lsqr")


if __name__ == "__main__":
    unittest.main(verbosity=1)
