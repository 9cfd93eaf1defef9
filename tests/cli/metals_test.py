# SPDX-License-Identifier: BSD-3-Clause
"""Default fits to data of a metal as molecular dynamics gives them, labelled by Gupta potentials.
usage: metals_test.py KOLACE"""
import collections
import json
import math
import random
import unittest

import cli_test
from cli_test import run

# Cleri and Rosato, Phys. Rev. B 48, 22 (1993): sum of A exp(-p x) minus root of the sum of xi^2 exp(-2 q x), x = r/r0 - 1.
Metal = collections.namedtuple("Metal", "symbol a xi p q r0 lattice")  # eV, eV, -, -, A, lattice constant with this cutoff, A
ALUMINIUM = Metal("Al", 0.1221, 1.316, 8.612, 2.516, 2.8638, 3.84)
PLATINUM = Metal("Pt", 0.2975, 2.695, 10.612, 4.004, 2.7747, 3.861)
CUTOFF = 6.0  # A
LATTICE = ALUMINIUM.lattice


def decaying(amplitude, rate, r0, r):
    """amplitude exp(-rate (r/r0 - 1)), smooth at the cutoff, and its derivative."""
    x = r / CUTOFF
    taper, slope = (1 - x * x) ** 3, -6 * x / CUTOFF * (1 - x * x) ** 2
    value = amplitude * math.exp(-rate * (r / r0 - 1))
    return taper * value, (slope - taper * rate / r0) * value


def frame(a, cells, rattle, state, stress=True, shift=0.0, kind="bulk", metal=ALUMINIUM, units=(1, 1, 1)):
    """fcc crystal of `cells` cubic cells along x, 2 along y and z, as text; its energy is wrong by `shift` per atom. Energies,
    forces and stresses are multiplied by `units`."""
    sizes = [cells * a, 2 * a, 2 * a]
    sites = [(0, 0, 0), (0, .5, .5), (.5, 0, .5), (.5, .5, 0)]
    atoms = [[a * (o + x) + state.gauss(0, rattle) for o, x in zip((i, j, k), site)]
             for i in range(cells) for j in range(2) for k in range(2) for site in sites]
    energy, forces, virial = 0.0, [[0.0] * 3 for _ in atoms], [[0.0] * 3 for _ in range(3)]
    bonds = []
    images = [(i * sizes[0], j * sizes[1], k * sizes[2]) for i in (-1, 0, 1) for j in (-1, 0, 1) for k in (-1, 0, 1)]
    for n, x in enumerate(atoms):
        for m, y in enumerate(atoms):
            for image in images:
                d = [q + o - p for p, q, o in zip(x, y, image)]
                r = math.hypot(*d)
                if (n == m and r < 1e-9) or r >= CUTOFF:
                    continue
                bonds.append((n, m, d, r, decaying(metal.a, metal.p, metal.r0, r),
                              decaying(metal.xi ** 2, 2 * metal.q, metal.r0, r)))
    density = [0.0] * len(atoms)
    for n, _, _, _, (value, _), (attraction, _) in bonds:
        energy += value
        density[n] += attraction
    energy -= sum(map(math.sqrt, density))
    for n, m, d, r, (_, repulsion), (_, attraction) in bonds:
        slope = 2 * repulsion - (1 / math.sqrt(density[n]) + 1 / math.sqrt(density[m])) / 2 * attraction
        for p in range(3):
            forces[n][p] += slope * d[p] / r
            for q in range(3):
                virial[p][q] -= slope * d[p] * d[q] / r / 2
    volume = sizes[0] * sizes[1] * sizes[2]
    labels = f"energy={units[0] * (energy + shift * len(atoms)):.9f} config_type={kind}"
    if stress:  # positive in tension
        labels += ' stress="' + " ".join(f"{-units[2] * w / volume:.12f}" for row in virial for w in row) + '"'
    rows = [" ".join([metal.symbol, *(f"{v:.9f}" for v in (*x, *(units[1] * c for c in f)))]) for x, f in zip(atoms, forces)]
    return "\n".join([str(len(atoms)), f'Lattice="{sizes[0]} 0 0 0 {sizes[1]} 0 0 0 {sizes[2]}" '
                      f'Properties=species:S:1:pos:R:3:forces:R:3 {labels} pbc="T T T"', *rows]) + "\n"


def attracting_salt(rattle, state, a=5.2):
    """Rock salt of 64 atoms whose unlike atoms attract and like atoms repel each other, as text."""
    corners = [(i / 2, j / 2, k / 2) for i in range(4) for j in range(4) for k in range(4)]
    kinds = [int(2 * sum(site)) % 2 for site in corners]
    atoms = [[a * x + state.gauss(0, rattle) for x in site] for site in corners]
    size, energy, rows = 2 * a, 0.0, []
    for p, x in enumerate(atoms):
        force = [0.0] * 3
        for q, y in enumerate(atoms):
            d = [v - u - size * round((v - u) / size) for u, v in zip(x, y)]
            r = math.hypot(*d)
            if p == q or r >= CUTOFF:
                continue
            value, slope = decaying(0.5 if kinds[p] == kinds[q] else -0.8, 3, 3.0, r)
            energy += value / 2
            force = [f + slope * dx / r for f, dx in zip(force, d)]
        rows.append(" ".join([("Na", "Cl")[kinds[p]], *(f"{v:.9f}" for v in (*x, *force))]))
    return (f'{len(atoms)}\nLattice="{size} 0 0 0 {size} 0 0 0 {size}" Properties=species:S:1:pos:R:3:forces:R:3 '
            f"energy={energy:.9f}\n" + "\n".join(rows) + "\n")


class Metals(unittest.TestCase):
    setUp = cli_test.Cli.setUp

    def fit(self, train, test=None, element="Al", functions=""):
        (self.path / "train.extxyz").write_text("".join(train))
        data = "filename: train.extxyz"
        if test:
            (self.path / "test.extxyz").write_text("".join(test))
            data += ", test_filename: test.extxyz"
        (self.path / "input.yaml").write_text(f"cutoff: 6.0\ndata: {{{data}}}\n"
                                               f"potential: {{elements: [{element}]{functions}}}\n"
                                               "fit: {trial_dynamics: false}\n")
        out = run("fit", self.path / "input.yaml", "-o", self.path / "out", "--no-predictions")
        return out, json.loads((self.path / "out" / "report.json").read_text())

    def test_stresses_at_one_volume_are_believed(self):
        # Energies and forces at one volume hardly determine the pressure: a fit without stresses disagrees with them.
        state = random.Random(3)
        train = [frame(LATTICE, 2, 0.1, state) for _ in range(16)]
        _, report = self.fit(train, [frame(LATTICE, 2, 0.1, state) for _ in range(4)])
        self.assertFalse([w for w in report["warnings"] if "virial" in w or "volume" in w], report["warnings"])
        self.assertGreater(report["kappa_virial"], 0)
        self.assertLess(report["test"]["virial_rmse_mev_per_atom"], 10)
        # Cells of another volume were never seen: pressures are known all the same.
        (self.path / "other.extxyz").write_text(frame(0.99 * LATTICE, 2, 0.0, state))
        text = run("evaluate", self.path / "out" / "potential.yaml", self.path / "other.extxyz")
        line = next(line for line in text.splitlines() if line.startswith("all frames"))
        self.assertLess(float(line.split()[6]), 100, text)

    def warnings_of(self, seed=7, **changes):
        """Warnings about labels of 15 cells at three volumes, and the report."""
        state = random.Random(seed)
        train = [frame(s * LATTICE, 1 + k % 2, 0.1, state, **changes) for s in (0.98, 1, 1.02) for k in range(5)]
        _, report = self.fit(train)
        return [w for w in report["warnings"] if "energies" in w or "virials" in w], report

    def test_right_labels_are_not_questioned(self):
        for seed in (7, 8):
            self.assertEqual(self.warnings_of(seed)[0], [])
        self.assertEqual(self.warnings_of(stress=False)[0], [])

    def test_forces_of_the_wrong_sign_are_told(self):
        for stress in (True, False):
            warnings, _ = self.warnings_of(units=(1, -1, 1), stress=stress)
            self.assertIn("energies and forces contradict each other", warnings[0])
            self.assertFalse([w for w in warnings if w.startswith("virials")], warnings)

    def test_energies_in_other_units_are_told(self):
        warnings, _ = self.warnings_of(units=(23.0605, 1, 1))
        self.assertIn("energies look like kcal/mol", warnings[0])
        warnings, _ = self.warnings_of(units=(23.0605, 23.0605, 1))
        self.assertIn("energies and forces look like kcal/mol", warnings[0])

    def test_energies_per_atom_are_told(self):
        state = random.Random(9)
        train = [frame(s * LATTICE, 1 + k % 2, 0.1, state) for s in (0.98, 1, 1.02) for k in range(4)]
        for k, text in enumerate(train):
            total = float(text.split("energy=")[1].split()[0])
            train[k] = text.replace(f"energy={total:.9f}", f"energy={total / int(text.split()[0]):.9f}")
        _, report = self.fit(train)
        self.assertTrue([w for w in report["warnings"] if "energies per atom" in w], report["warnings"])
        self.assertFalse([w for w in report["warnings"] if w.startswith("virials")], report["warnings"])

    def test_energies_that_were_not_read_are_told(self):
        warnings, _ = self.warnings_of(units=(0, 1, 1))
        self.assertIn("energies do not depend on the structures", warnings[0])

    def test_virials_of_zero_are_left_out(self):
        warnings, report = self.warnings_of(units=(1, 1, 0))
        self.assertIn("all virials are zero", warnings[0])
        self.assertEqual(report["kappa_virial"], 0)
        self.assertLess(report["train"]["force_rmse_mev_per_a"], 20)

    def test_one_volume_without_stresses_is_told(self):
        state = random.Random(4)
        _, report = self.fit([frame(LATTICE, 2, 0.1, state, stress=False) for _ in range(12)])
        self.assertTrue([w for w in report["warnings"] if "nearly the same volume" in w], report["warnings"])
        _, report = self.fit([frame(s * LATTICE, 2, 0.1, state, stress=False) for s in (0.98, 1, 1.02) for _ in range(4)])
        self.assertFalse([w for w in report["warnings"] if "nearly the same volume" in w], report["warnings"])

    def test_compression_begins_at_the_density_of_the_data(self):
        # Neighbors of aluminum are 18 % farther apart than the sum of the covalent radii.
        state = random.Random(5)
        _, report = self.fit([frame(s * LATTICE, 2, 0.1, state) for s in (0.98, 1, 1.02) for _ in range(6)])
        fcc = next(c for c in report["compression"] if c["crystal"] == "fcc")
        self.assertAlmostEqual(fcc["from_a"], 0.98 * LATTICE / math.sqrt(2), places=3)
        self.assertTrue(fcc["rises"])
        energies = []
        for k in range(14):
            (self.path / "one.extxyz").write_text(frame(0.98 * LATTICE * 0.97 ** k, 2, 0.0, state))
            run("evaluate", self.path / "out" / "potential.yaml", self.path / "one.extxyz", "-o", self.path / "p.extxyz")
            text = (self.path / "p.extxyz").read_text()
            energies.append(float(text.split("kolace_energy=")[1].split()[0].strip('"')) / 32)
        self.assertEqual(energies, sorted(energies))

    def test_a_wrong_energy_spoils_itself_alone(self):
        state = random.Random(6)
        train = [frame(s * LATTICE, 2, 0.1, state) for s in (0.98, 1, 1.02) for _ in range(8)]
        test = [frame(s * LATTICE, 2, 0.1, state) for s in (0.99, 1.01) for _ in range(2)]
        _, clean = self.fit(train, test)
        train[10] = frame(LATTICE, 2, 0.1, state, shift=-20, kind="wrong")
        _, report = self.fit(train, test)
        place = "train.extxyz:%d" % (10 * 34 + 2)
        self.assertTrue([w for w in report["warnings"] if "squared errors of energies" in w and place in w],
                        (place, report["warnings"]))
        self.assertLess(report["test"]["energy_rmse_mev_per_atom"],
                        100 + 10 * clean["test"]["energy_rmse_mev_per_atom"])

    def test_the_fitted_part_does_not_end_where_the_data_do(self):
        # Fading that began at the shortest distances of the training set made forces on slightly closer atoms wrong by
        # hundreds of eV/A.
        state = random.Random(0)
        train = [frame(s * PLATINUM.lattice, 2, 0.17, state, metal=PLATINUM) for s in (0.96, 1, 1.04) for _ in range(6)]
        test = [frame(s * PLATINUM.lattice, 2, 0.1955, state, metal=PLATINUM) for s in (0.97, 1) for _ in range(4)]
        _, report = self.fit(train, test, "Pt", ", functions: {ALL: {nradmax_by_orders: [10, 5, 2], lmax_by_orders: [0, 4, 2]}}")
        self.assertTrue(all(c["rises"] for c in report["compression"]), report["compression"])
        self.assertLess(report["train"]["force_rmse_mev_per_a"], 60)
        self.assertLess(report["test"]["force_rmse_mev_per_a"], 400)

    def test_atoms_pushed_together_repel(self):
        # Unlike atoms attract each other at all distances in these data, so a fit lets them fall into each other.
        state = random.Random(0)
        (self.path / "train.extxyz").write_text("".join(attracting_salt(0.1, state) for _ in range(6)))
        source, falls = self.path / "input.yaml", {}
        for fit in ("fit: {trial_dynamics: false}\n", "fit: {trial_dynamics: false, repulsion: none}\n"):
            source.write_text("cutoff: 5.0\ndata: {filename: train.extxyz}\npotential: {elements: [Na, Cl], functions: {ALL: "
                              "{nradmax_by_orders: [8, 3], lmax_by_orders: [0, 2]}}}\n" + fit)
            run("fit", source, "-o", self.path / "out", "--no-predictions")
            report = json.loads((self.path / "out" / "report.json").read_text())
            pairs = [c for c in report["compression"] if c["crystal"] == "pair in the data"]
            self.assertEqual(len(pairs), 18)  # three pairs of elements in six groups of structures
            for pair in pairs:
                self.assertAlmostEqual(pair["to_a"] / pair["from_a"], 0.7, delta=1e-6)
            falls[fit] = max(pair["largest_fall_ev_per_atom"] for pair in pairs)
            self.assertLess(report["train"]["force_rmse_mev_per_a"], 3)
        with_repulsion, without = falls.values()
        self.assertGreater(without, 0.3)
        self.assertLess(with_repulsion, 0.1)

    def test_six_cells_support_more_than_a_hundred_functions(self):
        state = random.Random(0)
        train = [frame(s * LATTICE, 2, 0.15, state) for s in (0.96, 1, 1.04) for _ in range(2)]
        test = [frame(s * LATTICE, 2, 0.17, state) for s in (0.97, 1) for _ in range(4)]
        _, report = self.fit(train, test)
        self.assertGreater(report["n_functions"], 100)
        self.assertLess(report["test"]["force_rmse_mev_per_a"], 9)


if __name__ == "__main__":
    unittest.main(verbosity=1)
