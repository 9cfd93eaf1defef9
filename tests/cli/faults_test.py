# SPDX-License-Identifier: BSD-3-Clause
"""Results are never lost, mixed or wrong in silence: provoked faults. usage: faults_test.py KOLACE"""
import json
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
import unittest
import zlib

import cli_test
from cli_test import CARBON, PROGRAM, run

KAPPAS = (0.2, 0.8)  # two fits whose results differ


class Faults(unittest.TestCase):
    setUp = cli_test.Cli.setUp

    def write_inputs(self):
        for kappa in KAPPAS:
            (self.path / f"{kappa}.yaml").write_text(
                f"cutoff: 5\ndata: {{filename: {CARBON}/diamond_like.extxyz, reference_energy: auto}}\n"
                "potential:\n  elements: [C]\n"
                "  functions: {ALL: {nradmax_by_orders: [8, 3], lmax_by_orders: [0, 2]}}\n"
                f"fit: {{loss: {{kappa: {kappa}, L2_coeffs: 1e-8}}}}\n")

    def start(self, kappa, folder, **keywords):
        return subprocess.Popen([PROGRAM, "fit", self.path / f"{kappa}.yaml", "-o", folder],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **keywords)

    def assert_one_set(self, folder):
        """Every file is of one run, and that run's."""
        report = json.loads((folder / "report.json").read_text())
        self.assertEqual(len(report["checksums"]) + 1, len(report["files"]))
        for name, checksum in report["checksums"].items():
            self.assertEqual(f"{zlib.crc32((folder / name).read_bytes()):08x}", checksum, name)
        for name in report["checksums"]:
            lines = (folder / name).read_text().splitlines()
            place = -1 if name.endswith((".csv", ".svg", ".gp", ".html")) else 1 if name.endswith(".extxyz") else 0
            self.assertIn(report["run"], lines[place], name)
        return report

    def test_a_full_disk_keeps_the_old_results(self):
        self.write_inputs()
        out = self.path / "out"
        self.assertEqual(self.start(KAPPAS[0], out).wait(), 0)
        before = self.assert_one_set(out)

        def small_disk():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

        fit = self.start(KAPPAS[1], out, preexec_fn=small_disk)
        text = fit.communicate()[1]
        self.assertEqual(fit.returncode, 1, text)
        self.assertIn("File too large", text)
        self.assertEqual(self.assert_one_set(out), before)
        self.assertEqual(sorted(p.name for p in out.iterdir()), sorted(before["files"]))

    def test_tables_and_pictures_are_one_set(self):
        """What a command writes outside a folder of its own is replaced together or not at all."""
        def small_disk(size):
            def limit():
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            return limit

        self.write_inputs()
        out = self.path / "out"
        self.assertEqual(self.start(KAPPAS[0], out).wait(), 0)
        files = [self.path / name for name in ("d.csv", "d.svg", "d.gp", "one.xyz", "two.xyz")]
        commands = [["dimer", out / "potential.yaml", "--elements", "C", "C", "--plot", files[1], "-o", files[0], "--points"],
                    ["select", CARBON / "diamond_like.extxyz", "--split", "0.05", "0.9", "-o", *files[3:], "--seed"]]
        for command in commands:
            run(*command, 20)
        before = [file.read_bytes() for file in files]
        for command, (small, large) in zip(commands, ((0, 1), (3, 4))):  # the first file would fit, the second not
            size = (len(before[small]) + len(before[large])) // 2
            self.assertLess(1.2 * len(before[small]), size)
            result = subprocess.run([PROGRAM, *map(str, command), "21"], capture_output=True, text=True,
                                    preexec_fn=small_disk(size))
            self.assertEqual(result.returncode, 1, result.stderr)
            self.assertIn("File too large", result.stderr)
        self.assertEqual([file.read_bytes() for file in files], before)
        self.assertFalse(list(self.path.glob("*.part*")))
        for command in commands:
            run(*command, 21)
        self.assertFalse([b for b, file in zip(before, files) if file.read_bytes() == b])

    def test_body_orders_are_one_set(self):
        self.write_inputs()
        self.assertEqual(self.start(KAPPAS[0], self.path / "out").wait(), 0)
        bodies, sizes = self.path / "bodies", ("--samples", 5, "--triangles", 3, "--points")
        runs = set()
        for points in (5, 6):
            run("bodyorder", self.path / "out" / "potential.yaml", "-o", bodies, *sizes, points)
            manifest = json.loads((bodies / "bodyorder.json").read_text())
            runs.add(manifest["run"])
            self.assertEqual(sorted(p.name for p in bodies.iterdir()), sorted(manifest["files"]))
            for name, checksum in manifest["checksums"].items():
                self.assertEqual(f"{zlib.crc32((bodies / name).read_bytes()):08x}", checksum, name)
                self.assertIn(manifest["run"], (bodies / name).read_text().splitlines()[-1], name)
        self.assertEqual(len(runs), 2)
        (bodies / "v2.csv").write_text("mine\n")
        text = run("bodyorder", self.path / "out" / "potential.yaml", "-o", bodies, *sizes, 5, code=1)
        self.assertIn("v2.csv: has changed since", text)

    def test_killed_at_any_moment_leaves_one_set(self):
        self.write_inputs()
        out = self.path / "out"
        start = time.monotonic()
        self.assertEqual(self.start(KAPPAS[0], out).wait(), 0)
        duration = time.monotonic() - start
        state = random.Random(7)
        for k in range(12):
            # Half of them while it writes: within the last part of its time.
            low = 0.6 if k % 2 else 0
            fit = self.start(KAPPAS[(k + 1) % 2], out)
            time.sleep(state.uniform(low, 1.05) * duration)
            fit.kill()
            fit.communicate()
            if (out / ".kolace-new" / "commit.json").exists():  # killed while it moved its files
                self.assertEqual(self.start(KAPPAS[0], out).wait(), 0)
            self.assert_one_set(out)
        fit = self.start(KAPPAS[0], out)
        self.assertEqual(fit.wait(), 0)
        report = self.assert_one_set(out)
        self.assertEqual(sorted(p.name for p in out.iterdir()), sorted(report["files"]))

    def test_a_set_that_was_half_moved_is_completed(self):
        self.write_inputs()
        out, other = self.path / "out", self.path / "other"
        self.assertEqual(self.start(KAPPAS[0], out).wait(), 0)
        self.assertEqual(self.start(KAPPAS[1], other).wait(), 0)
        names = json.loads((other / "report.json").read_text())["files"]
        staging = out / ".kolace-new"
        staging.mkdir()
        for k, name in enumerate(names):  # as a kill between two renames leaves it
            shutil.copy(other / name, out / name if k < 2 else staging / name)
        (staging / "commit.json").write_text(json.dumps({"files": names, "stale": []}))
        probe = subprocess.run([PROGRAM, "fit", self.path / "0.2.yaml", "-o", out, "--factors", "absent.h5"],
                               capture_output=True, text=True)
        self.assertEqual(probe.returncode, 1)  # does not come as far as the folder
        fit = self.start(KAPPAS[1], out)
        self.assertEqual(fit.wait(), 0)
        self.assertEqual(self.assert_one_set(out)["run"],
                         json.loads((other / "report.json").read_text())["run"])
        self.assertFalse(staging.exists())

    def test_two_fits_into_one_folder(self):
        self.write_inputs()
        for k in range(6):
            out = self.path / f"out{k}"
            fits = [self.start(kappa, out) for kappa in KAPPAS]
            texts = [fit.communicate()[1] for fit in fits]
            codes = [fit.returncode for fit in fits]
            self.assertIn(0, codes, texts)
            if codes != [0, 0]:  # else one had ended before the other began to look
                self.assertIn("another kolace process is writing", texts[codes.index(1)])
            self.assert_one_set(out)

    def test_a_folder_that_vanishes(self):
        self.write_inputs()
        out = self.path / "out"
        for pause in (0.02, 0.1, 0.2):
            fit = self.start(KAPPAS[0], out)
            time.sleep(pause)
            shutil.rmtree(out, ignore_errors=True)
            text = fit.communicate()[1]
            self.assertIn(fit.returncode, (0, 1), text)
            if fit.returncode:
                self.assertIn("error", text)
            shutil.rmtree(out, ignore_errors=True)

    def test_data_that_change_while_a_fit_reads_them(self):
        """Cut, reversed or taken away: the fit is that of what was read first, or none."""
        cells = cli_test.frames(CARBON / "diamond_like.extxyz") * 15
        texts = [f"{len(rows)}\n{comment}\n" + "\n".join(" ".join(row) for row in rows) + "\n" for comment, rows in cells]
        data = self.path / "data.extxyz"
        (self.path / "0.2.yaml").write_text(
            f"cutoff: 5\ndata: {{filename: {data}, test_size: 0.3, reference_energy: -245.3}}\npotential:\n  elements: [C]\n"
            "  functions: {ALL: {nradmax_by_orders: [8, 3], lmax_by_orders: [0, 2]}}\n"
            "fit: {loss: {kappa: 0.2, L2_coeffs: 1e-8}}\n")
        data.write_text("".join(texts))
        began = time.time()
        self.assertEqual(self.start(0.2, self.path / "whole").wait(), 0)
        full = time.time() - began
        expected = json.loads((self.path / "whole" / "report.json").read_text())["train"]["loss"]
        state, finished = random.Random(5), 0
        changes = (lambda: data.write_text("".join(texts)[:-1000 * state.randrange(1, 100)]),
                   lambda: data.write_text("".join(reversed(texts))), lambda: data.write_text(""), data.unlink)
        pauses = [(0.1 + 0.8 * k / 7) * full for k in range(8)]
        for k, pause in enumerate(pauses):
            data.write_text("".join(texts))
            fit = self.start(0.2, self.path / f"out{k}")
            time.sleep(pause)
            changes[k % 4]()
            text = fit.communicate()[1]
            if fit.returncode == 0:
                finished += 1
                loss = json.loads((self.path / f"out{k}" / "report.json").read_text())["train"]["loss"]
                self.assertAlmostEqual(loss / expected, 1, delta=1e-9)
            else:
                self.assertEqual(fit.returncode, 1, text)
                self.assertIn("data.extxyz", text)
            if k + 1 == len(pauses) and not finished and k < 30:  # the machine has become slower: wait longer
                pauses.append(2 * pause)
        self.assertGreater(finished, 0)

    def test_nothing_can_be_written_is_found_before_the_work(self):
        self.write_inputs()
        (self.path / "file").write_text("")
        for folder in (self.path / "file" / "x", "/proc/kolace-results"):
            fit = self.start(KAPPAS[0], folder)
            out, text = fit.communicate()
            self.assertEqual(fit.returncode, 1)
            self.assertIn(str(folder), text)
            self.assertNotIn("functions", out)

    def test_a_signal_leaves_no_part(self):
        self.write_inputs()
        out = self.path / "out"
        self.assertEqual(self.start(KAPPAS[0], out).wait(), 0)
        data = self.path / "many.extxyz"
        data.write_text((CARBON / "diamond_like.extxyz").read_text() * 40)
        for pause in (0.1, 0.3, 0.5, 0.7):
            evaluate = subprocess.Popen([PROGRAM, "evaluate", out / "potential.yaml", data, "-o",
                                         self.path / "predicted.extxyz"], stdout=subprocess.DEVNULL)
            time.sleep(pause)
            evaluate.terminate()
            self.assertIn(evaluate.wait(), (0, -signal.SIGTERM))
            self.assertEqual([p.name for p in self.path.iterdir() if ".part" in p.name], [])

    def test_a_link_that_dangles_is_followed(self):
        self.write_inputs()
        self.assertEqual(self.start(KAPPAS[0], self.path / "out").wait(), 0)
        link, target = self.path / "link.yace", self.path / "real.yace"
        link.symlink_to(target.name)
        run("export", self.path / "out" / "potential.yaml", "-o", link)
        self.assertTrue(link.is_symlink())
        self.assertTrue(target.is_file())

    def test_a_sweep_is_a_set_and_spares_other_files(self):
        self.write_inputs()
        out = self.path / "sweep"
        run("sweep", self.path / "0.2.yaml", "--potentials", "-o", out)
        first = json.loads((out / "sweep.json").read_text())["files"]
        self.assertEqual(sorted(p.name for p in out.iterdir()), sorted(first))
        (out / "notes.txt").write_text("mine")
        run("sweep", self.path / "0.2.yaml", "-o", out)  # without potentials: those of the first run go
        second = json.loads((out / "sweep.json").read_text())["files"]
        self.assertEqual(sorted(p.name for p in out.iterdir()), sorted([*second, "notes.txt"]))
        self.assertLess(len(second), len(first))
        mine = self.path / "mine"
        mine.mkdir()
        (mine / "sweep.csv").write_text("my own")
        text = run("sweep", self.path / "0.2.yaml", "-o", mine, code=1)
        self.assertIn("was not written by an earlier run", text)
        self.assertEqual((mine / "sweep.csv").read_text(), "my own")

    def test_a_result_that_was_edited_is_not_replaced(self):
        self.write_inputs()
        out = self.path / "out"
        self.assertEqual(self.start(KAPPAS[0], out).wait(), 0)
        edited = out / "input.yaml"
        edited.write_text(edited.read_text() + "# my notes\n")
        fit = self.start(KAPPAS[1], out)
        text = fit.communicate()[1]
        self.assertEqual(fit.returncode, 1)
        self.assertIn("has changed since", text)
        self.assertTrue(edited.read_text().endswith("# my notes\n"))
        # As the input itself it stays, and the fit goes on.
        self.assertEqual(subprocess.run([PROGRAM, "fit", edited, "-o", out], capture_output=True).returncode, 0)
        self.assertTrue(edited.read_text().endswith("# my notes\n"))

    def test_a_reference_potential_is_not_replaced(self):
        self.write_inputs()
        out = self.path / "out"
        self.assertEqual(self.start(KAPPAS[0], out).wait(), 0)
        text = (self.path / "0.2.yaml").read_text().replace("fit: {", "fit: {reference_potential: out/potential.yaml, "
                                                            "repulsion: none, ")
        (self.path / "again.yaml").write_text(text)
        before = (out / "potential.yaml").read_bytes()
        fit = subprocess.run([PROGRAM, "fit", self.path / "again.yaml", "-o", out], capture_output=True, text=True)
        self.assertEqual(fit.returncode, 1)
        self.assertIn("is an input of this command", fit.stderr)
        self.assertEqual((out / "potential.yaml").read_bytes(), before)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
