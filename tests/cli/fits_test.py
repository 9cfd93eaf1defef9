# SPDX-License-Identifier: BSD-3-Clause
"""Ladders, reference potentials, repulsion and weights of a fit, as a user runs them. usage: fits_test.py KOLACE"""
import csv
import json
import re
import unittest

import cli_test
from cli_test import CARBON, run

E0 = "  reference_energy: -245.33863645\n"


class Fits(unittest.TestCase):
    setUp = cli_test.Cli.setUp
    input = cli_test.Cli.input

    def fit(self, folder, data="diverse.extxyz", extra="", fit="loss: {kappa: 0.5}, solver: least_squares", **options):
        path = self.input([CARBON / data], E0 + extra, fit=fit, **options)
        return run("fit", path, "-o", self.path / folder)

    def report(self, folder):
        return json.loads((self.path / folder / "report.json").read_text())

    def energies(self, potential, *range_and_points):
        out = self.path / "curve.csv"
        first, last, points = range_and_points
        run("dimer", potential, "--elements", "C", "C", "--range", first, last, "--points", points, "-o",
            out)
        with open(out, newline="") as file:
            return [float(row["energy"]) for row in csv.DictReader(file)]

    def test_the_report_is_that_of_the_files(self):
        # Exact fits to dimers alone have coefficients that spline tables do not forgive.
        for fit in ("loss: {kappa: 0.5}, solver: least_squares, repulsion: none", ""):
            self.fit("out", data="dimers.extxyz", fit=fit,
                     limits="nradmax_by_orders: [45, 8], lmax_by_orders: [0, 2]")
            train = self.report("out")["train"]
            for name in ("potential.yaml", "potential.yace"):
                out = run("evaluate", self.path / "out" / name, CARBON / "dimers.extxyz")
                line = next(line for line in out.splitlines() if " 247 " in line)
                values = [float(x) for x in line.split(" 247 ")[1].split()[:4]]
                for value, key in zip(values, ("energy_rmse_mev_per_atom", "energy_mae_mev_per_atom",
                                               "force_rmse_mev_per_a", "force_mae_mev_per_a")):
                    self.assertAlmostEqual(value, train[key], delta=0.01 * train[key] + 0.006, msg=(name, fit, line))

    def test_smallest_input_from_a_template(self):
        data = self.path / "data"
        data.mkdir()
        (data / "train.xyz").write_text((CARBON / "diverse.extxyz").read_text())
        target = self.path / "input.yaml"
        out = run("template", data / "train.xyz", "-o", target)
        self.assertIn("kolace fit", out)
        text = target.read_text()
        for part in ("cutoff: 4.5", 'filename: ["data/train.xyz"]', "test_size: 0.1", "elements: [C]", "nradmax_by_orders"):
            self.assertIn(part, text)
        self.assertIn("exists", run("template", data / "train.xyz", "-o", target, code=1))
        run("template", data / "train.xyz", "-o", target, "--overwrite")
        run("fit", target, "-o", self.path / "a")
        # Without functions the fit chooses the same basis.
        target.write_text("cutoff: 4.5\ndata: {filename: data/train.xyz}\npotential: {elements: [C]}\n"
                          "fit: {trial_dynamics: false}\n")
        out = run("fit", target, "-o", self.path / "b")
        self.assertIn("basis chosen for", out)
        self.assertEqual(self.report("a")["n_functions"], self.report("b")["n_functions"])
        (data / "bare.xyz").write_text("1\nProperties=species:S:1:pos:R:3\nC 0 0 0\n")
        self.assertIn("--energy-key", run("template", data / "bare.xyz", "-o", self.path / "c.yaml", code=1))

    def test_larger_models_of_a_ladder_are_not_worse(self):
        # Coefficients of 1e9 and more: rounding alone would make some of these steps worse.
        self.fit("out", data="dimers.extxyz",
                 fit="loss: {kappa: 0.5}, solver: least_squares, repulsion: none, ladder_step: [10, 0.15]",
                 limits="nradmax_by_orders: [30, 8], lmax_by_orders: [0, 3]", extra="")
        losses = [step["train"]["loss"] for step in self.report("out")["ladder"]]
        self.assertGreater(len(losses), 6)
        for smaller, larger in zip(losses, losses[1:]):
            self.assertLess(larger, smaller * (1 + 1e-6))

    def test_predictions_and_page_are_left_behind(self):
        self.fit("out", extra="  test_size: 10\n", fit="trial_dynamics: false, solver: {type: automatic, committee: 2}")
        out = self.path / "out"
        train, test = (cli_test.frames(out / f"{name}_predictions.extxyz") for name in ("train", "test"))
        report = self.report("out")
        self.assertEqual((len(train), len(test)), (report["train"]["n_structures"], 10))
        errors = [(float(cli_test.info(comment, "kolace_energy")) - float(cli_test.info(comment, "energy"))) / len(rows)
                  for comment, rows in test]
        rmse = 1000 * (sum(e * e for e in errors) / len(errors)) ** 0.5
        self.assertAlmostEqual(rmse, report["test"]["energy_rmse_mev_per_atom"], delta=1e-4 * rmse)
        within = sum(abs(e) <= float(cli_test.info(comment, "kolace_energy_std")) / len(rows)
                     for e, (comment, rows) in zip(errors, test)) / len(errors)
        self.assertAlmostEqual(within, report["uncertainty"]["test"]["energy_coverage"], delta=1e-9)
        self.assertIn("kolace_forces_std:R:1", test[0][0])
        self.assertNotIn("kolace_forces_std", train[0][0])
        self.assertTrue((out / "committee_02.yaml").exists())
        page = (out / "report.html").read_text()
        self.assertIn("Forces, test set", page)
        # A fit without predictions takes the old ones away.
        path = self.input([CARBON / "diverse.extxyz"], E0, fit="solver: ridge")
        run("fit", path, "-o", out, "--no-predictions")
        self.assertFalse((out / "test_predictions.extxyz").exists())
        self.assertFalse((out / "train_predictions.extxyz").exists())
        self.assertNotIn("Forces, test set", (out / "report.html").read_text())

    def test_functions_without_data_are_zero_for_every_solver(self):
        data = self.path / "a.extxyz"
        data.write_text((CARBON / "diamond_like.extxyz").read_text())
        for solver in ("", "solver: least_squares", "solver: ridge", "solver: evidence", "solver: ard", "solver: l1",
                       "solver: truncated_svd", "solver: {type: lbfgs, iterations: 20}", "solver: lsqr"):
            path = self.input([data], "  reference_energy: {C: -245.3, Si: 0, Ge: 0}\n", fit=solver,
                              limits="nradmax_by_orders: [4, 2], lmax_by_orders: [0, 1]")
            path.write_text(path.read_text().replace("elements: [C]", "elements: [C, Ge, Si]"))
            run("fit", path, "-o", self.path / "out")
            text = (self.path / "out" / "potential.yaml").read_text()
            for line in text.splitlines():
                if "type:" in line and ("Si" in line or "Ge" in line):
                    self.assertRegex(line, r"c: \[-?0\]|c: \[0\.0*\]", solver)
            if "lsqr" not in solver:
                self.assertGreater(self.report("out")["solver"]["n_without_data"], 10)
            self.assertTrue([w for w in self.report("out")["warnings"] if "contains Ge, Si" in w])

    def test_ladder_reports_every_step(self):
        data = CARBON / "diamond_like.extxyz"
        out = self.fit("ladder", extra=f"  test_filename: {data}\n",
                       fit="loss: {kappa: 0.5}, solver: least_squares, ladder_step: [10, 0.5], ladder_type: power_order")
        report = self.report("ladder")
        steps = report["ladder"]
        counts = [step["n_functions"] for step in steps]
        expected, n = [], 0
        while n < report["n_functions"]:
            n = min(n + max(10, n // 2), report["n_functions"])
            expected.append(n)
        self.assertEqual(counts, expected)
        losses = [step["train"]["loss"] for step in steps]
        self.assertEqual(losses, sorted(losses, reverse=True))
        last = steps[-1]
        for kind in ("train", "test"):
            for key in ("loss", "energy_rmse_mev_per_atom", "force_mae_mev_per_a"):
                self.assertAlmostEqual(last[kind][key] / report[kind][key], 1, delta=1e-6)
        with open(self.path / "ladder" / "ladder.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([int(row["n_functions"]) for row in rows], counts)
        self.assertEqual([float(row["test_loss"]) for row in rows], [step["test"]["loss"] for step in steps])
        self.assertIn("path:     N_f", out)
        self.fit("ladder")
        self.assertFalse((self.path / "ladder" / "ladder.csv").exists())

    def test_ladders_and_sweeps_judge_test_data_with_the_fitted_free_atoms(self):
        for reference in ("  reference_energy: fit\n", ""):
            path = self.input([CARBON / "diamond_like.extxyz"], reference + f"  test_filename: {CARBON}/diverse.extxyz\n",
                              fit="repulsion: none, ladder_step: 40")
            run("fit", path, "-o", self.path / "out")
            report = self.report("out")
            self.assertIn("fitted", report["reference_energy_source"])
            run("sweep", path, "-o", self.path / "sweep")
            models = json.loads((self.path / "sweep" / "sweep.json").read_text())["models"]
            for model in (report["ladder"][-1], models[-1]):
                for kind in ("train", "test"):
                    for key in ("energy_rmse_mev_per_atom", "force_rmse_mev_per_a"):
                        self.assertAlmostEqual(model[kind][key] / report[kind][key], 1, delta=1e-4, msg=key)

    def test_ladder_by_body_order_takes_rank_after_rank(self):
        self.fit("ladder", fit="loss: {kappa: 0.5}, solver: least_squares, ladder_step: 5")
        orders = [step["body_order"] for step in self.report("ladder")["ladder"]]
        self.assertEqual(orders, sorted(orders))
        self.assertEqual((orders[0], orders[-1]), (2, 4))
        for wrong, said in (("ladder_step: 0", "ladder_step"), ("ladder_type: body_order", "requires ladder_step"),
                            ("ladder_step: 5, ladder_type: size", "power_order"),
                            ("ladder_step: 5, solver: lsqr", "lsqr")):
            path = self.input([CARBON / "diverse.extxyz"], E0, fit="loss: {kappa: 0.5}, " + wrong)
            self.assertIn(said, run("fit", path, "-o", self.path / "x", code=1))

    def test_zbl_below_the_data_leaves_the_data_alone(self):
        exact = "loss: {kappa: 0.5}, solver: least_squares, "
        out = self.fit("with", fit=exact + "repulsion: zbl")
        self.fit("without", fit=exact + "repulsion: none")
        one, two = self.report("with"), self.report("without")
        # Rounding alone: errors are differences of terms up to 1e6 eV here.
        self.assertAlmostEqual(one["train"]["loss"] / two["train"]["loss"], 1, delta=1e-9)
        shortest = one["dimers"][0]["shortest_distance_a"]
        self.assertLess(one["dimers"][0]["rises_down_to_a"], 0.12)
        self.assertIn("down to", out)
        self.assertIn("inner_cutoff_type: zbl", (self.path / "with" / "potential.yaml").read_text())
        self.assertNotIn("inner_cutoff_type: zbl", (self.path / "without" / "potential.yaml").read_text())
        # From the shortest distance on the two are one curve.
        curves = [self.energies(self.path / f / "potential.yaml", shortest, 5, 40) for f in ("with", "without")]
        for a, b in zip(*curves):
            self.assertAlmostEqual(a, b, delta=1e-6)
        self.assertGreater(self.energies(self.path / "with" / "potential.yaml", 0.1, 0.2, 2)[0], 1000)

    def test_a_canonical_potential_repels_too(self):
        for kind in ("zbl", "auto"):
            path = self.input([CARBON / "diverse.extxyz"], E0, fit=f"trial_dynamics: false, repulsion: {kind}")
            path.write_text(path.read_text().replace("elements: [C]", "elements: [C]\n  basis: canonical"))
            run("fit", path, "-o", self.path / "canonical")
            self.assertGreater(self.energies(self.path / "canonical" / "potential.kolace.yaml", 0.1, 0.2, 2)[0], 500)

    def test_the_default_holds_under_compression(self):
        for data, limits in (("diverse.extxyz", "nradmax_by_orders: [10, 4, 2], lmax_by_orders: [0, 3, 2]"),
                             ("diamond_like.extxyz", "nradmax_by_orders: [12, 6, 4], lmax_by_orders: [0, 4, 3]"),
                             ("dimers.extxyz", "nradmax_by_orders: [12, 4], lmax_by_orders: [0, 2]")):
            out = self.fit("default", data=data, fit="", limits=limits)
            report = self.report("default")
            self.assertEqual(report["solver"]["type"], "automatic")
            self.assertLess(report["solver"]["coefficient_norm"], 1e5)
            for check in report["compression"]:
                self.assertTrue(check["rises"], (data, check))
            self.assertGreaterEqual(len(report["compression"]), 4)  # dimers down to 0.5 A need no scan
            self.assertEqual(len(report["dynamics"]), 6)
            self.assertFalse([run for run in report["dynamics"] if run["collapsed"]], data)
            self.assertIn("none of 6 training structures collapse in molecular dynamics", out)
            self.assertIn("<h2>Molecular dynamics</h2>", (self.path / "default" / "report.html").read_text())
            self.assertEqual([w for w in report["warnings"] if "compression" in w], [])
            self.assertIn("compression: the energies of", out)
        self.fit("none", fit="solver: least_squares, repulsion: none")
        told = self.report("none")["warnings"]  # those of input, data and solution as well
        self.assertTrue([w for w in told if "virials of" in w], told)
        self.assertTrue([w for w in self.report("none")["warnings"] if "do not rise all the way" in w])

    def test_bounds_are_no_wall_just_beyond_the_data(self):
        # One cell of the test set has core densities 1.5 times those of the training set.
        cells = (CARBON / "diverse.extxyz").read_text()
        starts = [m.start() for m in re.finditer(r"^\d+\n", cells, re.M)] + [len(cells)]
        parts = [cells[a:b] for a, b in zip(starts, starts[1:])]
        train, test = self.path / "train.extxyz", self.path / "test.extxyz"
        test.write_text("".join(parts[1::4]))
        train.write_text("".join(part for k, part in enumerate(parts) if k % 4 != 1))
        errors = {}
        for fit in ("", "repulsion: none"):
            options = ", ".join(filter(None, (fit, "trial_dynamics: false")))
            path = self.input([train], f"  test_filename: {test}\n", fit=options, limits="nradmax_by_orders: [12, 6, 3], lmax_by_orders: [0, 4, 3]")
            run("fit", path, "--no-predictions", "-o", self.path / "out")
            errors[fit] = self.report("out")["test"]["force_rmse_mev_per_a"]
        self.assertLess(errors[""], 1.3 * errors["repulsion: none"])

    def test_a_potential_lies_under_the_fit(self):
        small = "nradmax_by_orders: [10], lmax_by_orders: [0]"
        self.fit("pairs", limits=small, fit="loss: {kappa: 0.5}, solver: least_squares, repulsion: none")
        for ending in ("yaml", "yace"):
            reference = self.path / "pairs" / f"potential.{ending}"
            self.fit("sum", data="diamond_like.extxyz", fit=f"loss: {{kappa: 0.5}}, solver: least_squares, repulsion: zbl, reference_potential: {reference}")
            report = self.report("sum")
            self.assertLess(report["dimers"][0]["rises_down_to_a"], 0.12)
            for file in ("potential.yaml", "potential.yace"):
                text = run("evaluate", self.path / "sum" / file, "--exact", CARBON / "diamond_like.extxyz")
                self.assertIn(f"{report['train']['force_rmse_mev_per_a']:.2f}", text)
        # The fit alone has the pair functions, too: the least-squares optimum is the same.
        path = self.input([CARBON / "diamond_like.extxyz"], E0, fit="loss: {kappa: 0.5}, solver: least_squares, repulsion: none")
        path.write_text(path.read_text().replace("elements: [C]", "elements: [C]\n  bonds: {ALL: {radparameters: [5.25]}}  # as the data of pairs chose"))
        run("fit", path, "-o", self.path / "alone")
        self.assertAlmostEqual(report["train"]["loss"] / self.report("alone")["train"]["loss"], 1, delta=1e-5)

    def test_references_that_do_not_fit_are_refused(self):
        self.fit("p", fit="loss: {kappa: 0.5}, solver: least_squares, repulsion: zbl")  # up to the shortest distance in these data, which dimers go below
        potential = self.path / "p" / "potential.yaml"
        path = self.input([CARBON / "dimers.extxyz"], E0,
                          fit=f"loss: {{kappa: 0.5}}, solver: least_squares, repulsion: none, reference_potential: {potential}")
        self.assertIn("within r_in", run("fit", path, "-o", self.path / "x", code=1))
        text = path.read_text().replace("repulsion: none, ", "repulsion: zbl, ")
        path.write_text(text)
        run("fit", path, "-o", self.path / "x")  # ZBL below both sets of data
        self.assertIn("r_in: 0.5", (self.path / "x" / "potential.yaml").read_text())
        path.write_text(text.replace("elements: [C]", "elements: [Si]"))
        self.assertIn("different elements", run("fit", path, "-o", self.path / "x", code=1))
        path.write_text(text.replace("elements: [C]", "elements: [C]\n  bonds: {ALL: {radbase: ChebPow}}"))
        self.assertIn("different radial functions", run("fit", path, "-o", self.path / "x", code=1))
        path.write_text(text.replace("cutoff: 5.0", "cutoff: 4.0"))
        self.assertIn("smaller than that of the reference", run("fit", path, "-o", self.path / "x", code=1))

    def test_test_errors_are_those_of_the_files(self):
        # The test set has atoms closer than any of the training data: ZBL is part of the potential there.
        test = CARBON / "dimers.extxyz"
        path = self.input([CARBON / "diamond_like.extxyz"], E0 + f"  test_filename: {test}\n",
                          fit="loss: {kappa: 0.5}, solver: least_squares, repulsion: zbl, ladder_step: 30")
        run("fit", path, "-o", self.path / "out")
        report = self.report("out")
        for key in ("energy_rmse_mev_per_atom", "force_rmse_mev_per_a"):
            self.assertAlmostEqual(report["ladder"][-1]["test"][key] / report["test"][key], 1, delta=1e-5)
        run("sweep", path, "--potentials", "-o", self.path / "sweep")
        with open(self.path / "sweep" / "sweep.csv", newline="") as file:
            row = list(csv.DictReader(file))[-1]
        file = f"K{row['body_order']}_{row['n_functions']}.yaml"
        text = run("evaluate", "--exact", self.path / "sweep" / file, test)
        self.assertIn(f"{float(row['test_force_rmse_mev_per_a']):.2f}", text)

    def test_frames_without_labels_say_nothing_of_distances(self):
        data = self.path / "data.extxyz"
        data.write_text((CARBON / "diamond_like.extxyz").read_text() + "2\n\nC 0 0 0\nC 0 0 0.4\n")
        run("fit", self.input([data], E0), "-o", self.path / "out")
        self.assertGreater(self.report("out")["dimers"][0]["shortest_distance_a"], 1)

    def test_energy_based_weights_drop_and_draw(self):
        self.fit("all")
        self.fit("some", fit="loss: {kappa: 0.5}, solver: least_squares, weighting: {type: EnergyBasedWeightingPolicy, nfit: 20, DElow: 0.5, "
                             "wlow: 0.75}")
        some = self.report("some")
        self.assertEqual(some["train"]["n_structures"], 20)
        self.assertEqual(some["dropped_structures"], self.report("all")["train"]["n_structures"] - 20)

    def test_external_weights(self):
        (self.path / "w.csv").write_text("index,w_energy,w_forces\n" + "".join(f"{k},1,{k + 1}\n" for k in range(9)))
        self.fit("out", fit="loss: {kappa: 0.5}, solver: least_squares, weighting: {type: ExternalWeightingPolicy, filename: w.csv}")
        self.assertEqual(self.report("out")["train"]["n_structures"], 9)


if __name__ == "__main__":
    unittest.main(verbosity=1)
