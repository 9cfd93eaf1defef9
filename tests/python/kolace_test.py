# SPDX-License-Identifier: BSD-3-Clause
"""The Python package against the program, ASE's own derivatives, and the physics of diamond.

usage: pytest kolace_test.py; environment: KOLACE_PROGRAM, and PYTHONPATH with the package."""
import copy
import json
import os
import pathlib
import pickle
import re
import subprocess
import sys
import threading

import ase.io
import numpy as np
import pytest
from ase import Atoms
from ase.build import bulk, molecule
from ase.calculators.fd import calculate_numerical_forces, calculate_numerical_stress
from ase.calculators.singlepoint import SinglePointCalculator
from ase.eos import EquationOfState
from ase.neighborlist import neighbor_list

import kolace

ROOT = pathlib.Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "tests" / "data" / "reference"
CARBON = ROOT / "apps" / "carbon" / "data"
PROGRAM = os.environ["KOLACE_PROGRAM"]
CASES = [("C_K5_793.yaml", "C"), ("C_K5_793.yace", "C"), ("AlCuNi_K4.yaml", "AlCuNi"), ("AlNi_K4.yace", "AlNi"),
         ("Cu_density_two_densities.yaml", "Cu"), ("Cu_zbl.yace", "Cu")]


def structures(elements):
    return ase.io.read(REFERENCE / f"structures_{elements}.extxyz", ":")


def run(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], check=True, capture_output=True, text=True,
                          env=dict(os.environ, LD_LIBRARY_PATH="")).stdout


@pytest.fixture(scope="session")
def diamond():
    """A fit of the bundled carbon with nothing chosen but the cutoff."""
    images = [atoms for name in ("diverse", "diamond_like", "atom")
              for atoms in ase.io.read(CARBON / f"{name}.extxyz", ":")]
    return kolace.fit(images, cutoff=5.0)


# -- evaluation --------------------------------------------------------------------------------


@pytest.mark.parametrize("name, elements", CASES)
def test_equals_the_program(name, elements, tmp_path):
    images = structures(elements)
    run("evaluate", REFERENCE / name, REFERENCE / f"structures_{elements}.extxyz", "-o", tmp_path / "out.extxyz")
    expected = ase.io.read(tmp_path / "out.extxyz", ":")
    results = kolace.evaluate(REFERENCE / name, images)
    assert len(results) == len(images)
    for one, other in zip(results, expected):
        assert one.energy == pytest.approx(other.info["kolace_energy"], abs=1e-9)
        assert one.energies.sum() == pytest.approx(one.energy, abs=1e-9)
        np.testing.assert_allclose(one.forces, other.arrays["kolace_forces"], atol=1e-9)
        virial = np.asarray(other.info["kolace_virial"], dtype=float).reshape(3, 3)
        np.testing.assert_allclose(one.virial, virial[[0, 1, 2, 1, 0, 0], [0, 1, 2, 2, 2, 1]], atol=1e-8)


def test_one_structure_or_many():
    images = structures("AlNi")
    potential = kolace.read_potential(REFERENCE / "AlNi_K4.yaml")
    together = kolace.evaluate(potential, images)
    for atoms, result in zip(images, together):
        alone = kolace.evaluate(potential, atoms)
        assert alone.energy == pytest.approx(result.energy, abs=1e-10)
        np.testing.assert_allclose(alone.forces, result.forces, atol=1e-10)
    assert kolace.evaluate(potential, []) == []
    assert kolace.evaluate(potential, Atoms()).energy == 0


@pytest.mark.parametrize("name, elements", CASES)
def test_calculator_has_the_derivatives_of_its_energy(name, elements):
    for atoms in structures(elements)[:2]:
        atoms.calc = kolace.Calculator(REFERENCE / name)
        assert atoms.get_potential_energy(force_consistent=True) == atoms.get_potential_energy()
        assert atoms.get_potential_energies().sum() == pytest.approx(atoms.get_potential_energy(), abs=1e-9)
        forces = atoms.get_forces()
        few = range(min(3, len(atoms)))
        numerical = calculate_numerical_forces(atoms, eps=1e-4, iatoms=few)
        np.testing.assert_allclose(forces[list(few)], numerical, atol=2e-4 * max(1, np.abs(forces).max()))
        if atoms.cell.rank == 3:
            stress = atoms.get_stress()
            np.testing.assert_allclose(atoms.get_stresses().sum(axis=0), stress, atol=1e-12 + 1e-9 * np.abs(stress).max())
            if atoms.pbc.all():
                np.testing.assert_allclose(stress, calculate_numerical_stress(atoms, eps=1e-5),
                                           atol=2e-4 * max(1, np.abs(stress).max()))


@pytest.mark.parametrize("name, elements", CASES)
def test_single_precision(name, elements):
    for atoms in structures(elements):
        double, single = (kolace.evaluate(REFERENCE / name, atoms, precision=p) for p in ("double", "single"))
        largest = max(1, np.abs(double.forces).max())
        np.testing.assert_allclose(single.forces, double.forces, atol=5e-5 * largest)
        atoms.calc = kolace.Calculator(REFERENCE / name, precision="single")
        np.testing.assert_array_equal(atoms.get_forces(), single.forces)
    with pytest.raises(ValueError, match="precision"):
        kolace.Calculator(REFERENCE / name, precision="half")


def test_a_molecule_without_a_cell_has_no_stress():
    atoms = Atoms("C2", positions=[[0, 0, 0], [0, 0, 1.3]], calculator=kolace.Calculator(REFERENCE / "C_chebpow.yaml"))
    assert np.abs(atoms.get_forces().sum(axis=0)).max() < 1e-10
    with pytest.raises(Exception, match="stress"):
        atoms.get_stress()


def test_what_cannot_be_evaluated_is_told():
    potential = kolace.read_potential(REFERENCE / "C_chebpow.yaml")
    with pytest.raises(kolace.InputError, match="O"):
        kolace.evaluate(potential, molecule("CO"))
    with pytest.raises(kolace.InputError, match=r"^images\[0\]: the position of atom 1 is not finite"):
        kolace.evaluate(potential, Atoms("C2", positions=[[0, 0, 0], [0, 0, np.nan]]))
    with pytest.raises(kolace.InputError):
        kolace.evaluate(potential, Atoms("C", cell=[1, 0, 0], pbc=True))
    with pytest.raises(kolace.InputError, match="no_such.yaml"):
        kolace.read_potential("no_such.yaml")
    assert issubclass(kolace.InputError, ValueError)


def test_threads_of_python_may_share_a_potential():
    potential = kolace.read_potential(REFERENCE / "C_K5_793.yaml")
    images = structures("C")
    expected = [r.energy for r in kolace.evaluate(potential, images)]
    found = [None] * 4

    def work(k):
        found[k] = [r.energy for r in kolace.evaluate(potential, images)]
    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    for energies in found:
        np.testing.assert_allclose(energies, expected, rtol=1e-12)


@pytest.mark.parametrize("name, elements", CASES)
def test_copies_and_pickles(name, elements):
    atoms = structures(elements)[0]
    potential = kolace.read_potential(REFERENCE / name)
    expected = kolace.evaluate(potential, atoms)
    for other in (copy.deepcopy(potential), pickle.loads(pickle.dumps(potential))):
        found = kolace.evaluate(other, atoms)
        assert found.energy == pytest.approx(expected.energy, abs=1e-9 * max(1, abs(expected.energy)))
        np.testing.assert_allclose(found.forces, expected.forces, atol=1e-9 * max(1, np.abs(expected.forces).max()))
    calculator = copy.deepcopy(kolace.Calculator(potential))
    atoms.calc = calculator
    assert atoms.get_potential_energy() == pytest.approx(expected.energy, abs=1e-9 * max(1, abs(expected.energy)))


@pytest.mark.parametrize("name, elements", [("C_K5_793.yaml", "C"), ("AlCuNi_K4.yaml", "AlCuNi")])
def test_extrapolation_grades(name, elements, tmp_path):
    data = REFERENCE / f"structures_{elements}.extxyz"
    run("activeset", REFERENCE / name, data, "-o", tmp_path / "a.asi")
    images = structures(elements)
    for atoms in images:  # inside the data, and beside them
        atoms.rattle(0.05, seed=3)
    ase.io.write(tmp_path / "moved.extxyz", images)
    run("evaluate", REFERENCE / name, tmp_path / "moved.extxyz", "-o", tmp_path / "out.extxyz", "--active-set",
        tmp_path / "a.asi")
    expected = [atoms.arrays["kolace_gamma"] for atoms in ase.io.read(tmp_path / "out.extxyz", ":")]
    moved = ase.io.read(tmp_path / "moved.extxyz", ":")
    active = kolace.read_active_set(tmp_path / "a.asi", REFERENCE / name)
    for grades, other in zip(kolace.extrapolation_grades(active, moved), expected, strict=True):
        np.testing.assert_allclose(grades, other, rtol=1e-6)
    calculator = kolace.Calculator(REFERENCE / name, active_set=tmp_path / "a.asi")
    for calc in (calculator, copy.deepcopy(calculator), pickle.loads(pickle.dumps(calculator))):
        atoms = moved[0].copy()
        atoms.calc = calc
        atoms.get_potential_energy()
        np.testing.assert_allclose(calc.results["gamma"], expected[0], rtol=1e-6)
    with pytest.raises(TypeError, match="read_active_set"):
        kolace.extrapolation_grades(tmp_path / "a.asi", moved)
    with pytest.raises(kolace.InputError):
        kolace.read_active_set(tmp_path / "a.asi", REFERENCE / "C_chebpow.yaml")


def test_arrays_outlive_what_made_them():
    def made():
        return kolace.evaluate(REFERENCE / "C_chebpow.yaml", structures("C")[0]).forces
    forces = made()
    assert not forces.flags.owndata
    np.testing.assert_allclose(forces, made(), atol=1e-12)
    code = ("import kolace, sys; from ase import Atoms; "
            "keep = kolace.evaluate(sys.argv[1], Atoms('C2', positions=[[0, 0, 0], [0, 0, 1.4]]))")
    # The end of an interpreter with arrays alive is quiet.
    done = subprocess.run([*json.loads(os.environ["KOLACE_PYTHON"]), "-c", code, REFERENCE / "C_chebpow.yaml"],
                          capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


# -- basis and rows ----------------------------------------------------------------------------


@pytest.mark.parametrize("name, elements", [("C_K5_793.yaml", "C"), ("AlCuNi_K4.yaml", "AlCuNi")])
def test_basis_and_rows_times_coefficients(name, elements):
    potential = kolace.read_potential(REFERENCE / name)
    images = structures(elements)
    c, free = np.array(potential.coefficients), dict(zip(potential.elements, potential.reference_energy))
    assert len(c) == potential.n_functions == len(potential.functions)
    results = kolace.evaluate(potential, images)
    values = kolace.basis_values(potential, images)
    zeros = np.array([free[s] for atoms in images for s in atoms.get_chemical_symbols()])
    np.testing.assert_allclose(values @ c + zeros, np.concatenate([r.energies for r in results]), atol=1e-8)
    energy, forces, virial = kolace.design_rows(potential, images)
    assert forces.shape == (3 * len(zeros), len(c)) and virial.shape == (6 * len(images), len(c))
    assert forces.flags.f_contiguous and not forces.flags.owndata
    free_energies = [sum(free[s] for s in atoms.get_chemical_symbols()) for atoms in images]
    np.testing.assert_allclose(energy @ c + free_energies, [r.energy for r in results], atol=1e-7)
    np.testing.assert_allclose((forces @ c).reshape(-1, 3), np.concatenate([r.forces for r in results]), atol=1e-7)
    np.testing.assert_allclose((virial @ c).reshape(-1, 6), [r.virial for r in results], atol=1e-6)


def test_a_misspelled_argument_of_the_calculator_is_an_error():
    with pytest.raises(TypeError, match="activeset"):
        kolace.Calculator(REFERENCE / "C_K5_793.yaml", activeset="x.asi")


def test_basis_and_rows_of_a_default_fit_leave_out_its_core_repulsion(tmp_path):
    images = ase.io.read(CARBON / "diamond_like.extxyz", ":6")
    potential = kolace.fit(images, cutoff=4.0).potential
    c, n = np.array(potential.coefficients), [len(atoms) for atoms in images]
    values = kolace.basis_values(potential, images)
    energy, forces, _ = kolace.design_rows(potential, images)
    sums = np.add.reduceat(values, np.cumsum([0, *n[:-1]]))
    np.testing.assert_allclose(sums, energy, atol=1e-9)
    results = kolace.evaluate(potential, images)
    rest = [r.energy - e @ c - k * potential.reference_energy[0] for r, e, k in zip(results, energy, n)]
    kolace.write_potential(tmp_path / "p.yaml", potential)
    text = (tmp_path / "p.yaml").read_text()
    prefactor, exponent = map(float, re.search(r"core-repulsion: \[(.*?), (.*?)\]", text).groups())
    for atoms, core in zip(images, rest):
        r = neighbor_list("d", atoms, 4.0)
        phi = prefactor * np.exp(-exponent * r**2) / r * (1 + np.cos(np.pi * r / 4.0)) / 2
        assert core == pytest.approx(phi[exponent * r**2 < 50].sum(), abs=1e-6)


def test_potentials_are_written(tmp_path):
    potential = kolace.read_potential(REFERENCE / "AlNi_K4.yaml")
    assert potential.elements == ["Al", "Ni"] and potential.body_order == 4 and potential.cutoff > 3
    expected = [r.energy for r in kolace.evaluate(potential, structures("AlNi"))]
    for name in ("copy.yaml", "copy.yace"):
        kolace.write_potential(tmp_path / name, potential)
        found = [r.energy for r in kolace.evaluate(tmp_path / name, structures("AlNi"))]
        np.testing.assert_allclose(found, expected, atol=1e-6)
    with pytest.raises(kolace.InputError, match="no_folder"):
        kolace.write_potential(tmp_path / "no_folder" / "p.yaml", potential)
    with pytest.raises(kolace.InputError, match=r"p\.txt: expected .*\.yaml or \.yace"):
        kolace.write_potential(tmp_path / "p.txt", potential)
    assert repr(potential) == (f"<kolace.Potential of Al, Ni: {potential.n_functions} functions, body order 4, "
                               f"cutoff {potential.cutoff:g} A>")
    assert potential.coefficients.shape == (potential.n_functions,) and potential.reference_energy.shape == (2,)


# -- fits --------------------------------------------------------------------------------------

OPTIONS = {"potential": {"functions": {"ALL": {"nradmax_by_orders": [10, 4, 2], "lmax_by_orders": [0, 3, 2]}}},
           "data": {"reference_energy": -245.33863645}, "fit": {"loss": {"kappa": 0.3, "L2_coeffs": 1e-6}}}


def test_a_fit_of_structures_is_the_fit_of_their_file(tmp_path):
    images, test = (ase.io.read(CARBON / f"{n}.extxyz", ":") for n in ("diverse", "diamond_like"))
    stages = []
    fit = kolace.fit(images, test, cutoff=5.0, options=OPTIONS, progress=lambda *p: stages.append(p))
    text = dict(OPTIONS, cutoff=5.0)
    text["data"] = dict(text["data"], filename=str(CARBON / "diverse.extxyz"),
                        test_filename=str(CARBON / "diamond_like.extxyz"))
    text["potential"] = dict(text["potential"], elements=["C"])
    (tmp_path / "input.yaml").write_text(json.dumps(text))
    run("fit", tmp_path / "input.yaml", "-o", tmp_path / "out")
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    for part in ("train", "test"):
        assert fit.report[part]["loss"] == pytest.approx(report[part]["loss"], rel=1e-9)
    expected = [r.energy for r in kolace.evaluate(tmp_path / "out" / "potential.yaml", test)]
    np.testing.assert_allclose([r.energy for r in kolace.evaluate(fit.potential, test)], expected, atol=1e-7)
    other = kolace.fit(tmp_path / "input.yaml")
    np.testing.assert_allclose([r.energy for r in kolace.evaluate(other.potential, test)], expected, atol=1e-7)
    assert {"assembly", "errors"} <= {stage for stage, *_ in stages}
    assert all(0 <= done <= total for _, done, total in stages)
    assert "RMSE" in str(fit)


def test_solving_from_factors(tmp_path):
    text = dict(OPTIONS, cutoff=5.0)
    text["data"] = dict(text["data"], filename=str(CARBON / "diverse.extxyz"))
    text["potential"] = dict(text["potential"], elements=["C"])
    (tmp_path / "input.yaml").write_text(json.dumps(text))
    run("assemble", tmp_path / "input.yaml", "-o", tmp_path / "f.h5")
    fit, solved = kolace.fit(tmp_path / "input.yaml"), kolace.solve(tmp_path / "f.h5", tmp_path / "input.yaml")
    images = structures("C")
    np.testing.assert_allclose([r.energy for r in kolace.evaluate(solved.potential, images)],
                               [r.energy for r in kolace.evaluate(fit.potential, images)], atol=1e-5)
    text["data"]["filename"] = CARBON / "diverse.extxyz"  # a path, and numbers of numpy
    again = kolace.solve(tmp_path / "f.h5", dict(text, cutoff=np.float64(5)))
    np.testing.assert_array_equal(again.potential.coefficients, solved.potential.coefficients)
    with pytest.raises(kolace.InputError, match="^input:.*solvr"):
        kolace.solve(tmp_path / "f.h5", dict(text, fit={"solvr": "ridge"}))


def test_a_fit_that_cannot_be(tmp_path):
    images = ase.io.read(CARBON / "diverse.extxyz", ":")
    with pytest.raises(kolace.InputError, match="^options:.*solvr"):
        kolace.fit(images, cutoff=5.0, options={"fit": {"solvr": "ridge"}})
    with pytest.raises(kolace.InputError, match="cutoff"):
        kolace.fit(images)
    wrong = [atoms.copy() for atoms in images]
    for atoms, right in zip(wrong, images):
        atoms.calc = SinglePointCalculator(atoms, **right.calc.results)
    wrong[3].positions[1] = wrong[3].positions[0]
    with pytest.raises(kolace.InputError, match=r"^data\[3\]: "):
        kolace.fit(wrong, cutoff=5.0, options=OPTIONS)
    skipped = kolace.fit(wrong, cutoff=5.0, options=OPTIONS, skip_bad_frames=True)
    assert any("data[3]" in warning for warning in skipped.warnings), skipped.warnings
    assert not any("kolace_" in text for text in [*skipped.warnings, *skipped.notes, json.dumps(skipped.report)])
    with pytest.raises(TypeError, match="not for an input.yaml"):
        kolace.fit(tmp_path / "input.yaml", cutoff=5.0)

    def stop(*_):
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        kolace.fit(images, cutoff=5.0, progress=stop)


def test_one_structure_can_be_fitted():
    fit = kolace.fit(ase.io.read(CARBON / "diverse.extxyz", 5), cutoff=5.0, options=OPTIONS)
    assert fit.report["train"]["energy_rmse_mev_per_atom"] < 1


def test_a_committee():
    images = ase.io.read(CARBON / "diverse.extxyz", ":")
    fit = kolace.fit(images, cutoff=5.0, options={"fit": {"solver": {"type": "automatic", "committee": 3}}})
    spread = np.std([kolace.evaluate(member, images[0]).energy for member in fit.committee])
    assert len(fit.committee) == 3 and spread > 0


# -- a potential that one would use --------------------------------------------------------------


def strained(lattice_constant, strain, calculator):
    from ase.optimize import BFGS
    atoms = bulk("C", "diamond", lattice_constant)
    atoms.set_cell(np.asarray(atoms.cell) @ (np.eye(3) + strain), scale_atoms=True)
    atoms.calc = calculator
    BFGS(atoms, logfile=None).run(fmax=1e-4, steps=100)
    return atoms.get_stress() * 160.21766


def test_diamond_of_a_default_fit(diamond):
    """DFT (PBE): 3.57 A, B 432, C11 1050, C12 127, C44 560 GPa; optical phonon at Gamma 160 meV."""
    calculator = kolace.Calculator(diamond.potential)
    volumes, energies = [], []
    for scale in np.linspace(0.96, 1.04, 9):
        atoms = bulk("C", "diamond", 3.57 * scale)
        atoms.calc = calculator
        volumes.append(atoms.get_volume())
        energies.append(atoms.get_potential_energy())
    volume, _, modulus = EquationOfState(volumes, energies, "birchmurnaghan").fit()
    a = (4 * volume) ** (1 / 3)
    assert a == pytest.approx(3.57, abs=0.03)
    assert 350 < modulus * 160.21766 < 600
    h = 2e-3
    stretch, shear = np.zeros((3, 3)), np.zeros((3, 3))
    stretch[0, 0] = h
    shear[1, 2] = shear[2, 1] = h / 2
    along = (strained(a, stretch, calculator) - strained(a, -stretch, calculator)) / (2 * h)
    across = (strained(a, shear, calculator) - strained(a, -shear, calculator)) / (2 * h)
    assert along[1] == pytest.approx(along[2], abs=1)
    assert along[0] == pytest.approx(1050, rel=0.15) and across[3] == pytest.approx(560, rel=0.2)
    assert 0 < along[1] < along[0]
    assert (along[0] + 2 * along[1]) / 3 == pytest.approx(modulus * 160.21766, rel=0.1)

    # Phonons at the wave vectors that fit into the supercell, where they are exact.
    n, step, mass = 6, 0.005, 12.011
    crystal = bulk("C", "diamond", a).repeat((n, n, n))
    moved = []
    for atom in range(2):
        for x in range(3):
            for sign in (1, -1):
                moved.append(crystal.copy())
                moved[-1].positions[atom, x] += sign * step
    forces = np.array([r.forces for r in kolace.evaluate(diamond.potential, moved)])
    constants = (forces[1::2] - forces[0::2]).reshape(6, n**3, 6) / (2 * step)
    cells = np.array([(i, j, k) for i in range(n) for j in range(n) for k in range(n)])

    def phonons(q):  # meV
        matrix = np.einsum("c,acb->ab", np.exp(2j * np.pi * cells @ q / n), constants) / mass
        squares = np.linalg.eigvalsh((matrix + matrix.conj().T) / 2)
        return np.sign(squares) * np.sqrt(np.abs(squares)) * 64.6541
    at_gamma = phonons(np.zeros(3))
    assert np.abs(at_gamma[:3]).max() < 0.1
    np.testing.assert_allclose(at_gamma[3:], 160, rtol=0.05)
    for q in ([1, 0, 1], [2, 0, 2], [3, 0, 3], [1, 1, 1], [2, 2, 2], [3, 3, 3], [1, 2, 3]):
        assert phonons(np.array(q)).min() > 10, q


def test_molecular_dynamics_keeps_its_energy(diamond):
    from ase.md.velocitydistribution import MaxwellBoltzmannDistribution, Stationary
    from ase.md.verlet import VelocityVerlet
    from ase.units import fs
    atoms = bulk("C", "diamond", 3.57, cubic=True).repeat(2)
    MaxwellBoltzmannDistribution(atoms, temperature_K=2000, rng=np.random.default_rng(7))
    Stationary(atoms)
    atoms.calc = kolace.Calculator(diamond.potential)
    before = atoms.get_total_energy()
    VelocityVerlet(atoms, 0.5 * fs).run(200)
    assert abs(atoms.get_total_energy() - before) / len(atoms) < 1e-3


# -- data of other programs ----------------------------------------------------------------------


def outcar(images) -> str:
    """The lines of VASP's OUTCAR that hold structures and labels."""
    def rows(vectors):
        return "".join(" " + "".join(f"{x:13.9f}" for x in v) + "\n" for v in vectors)
    symbol, n = images[0].get_chemical_symbols()[0], len(images[0])
    text = f" vasp.6.4.2\n POTCAR:    PAW_PBE {symbol} 08Apr2002\n POTCAR:    PAW_PBE {symbol} 08Apr2002\n"
    text += f"   ions per type =             {n:3d}\n   ISPIN  =      1    spin polarized calculation?\n"
    for k, atoms in enumerate(images):
        energy = atoms.get_potential_energy()
        text += f"--------------------------------------- Iteration {k + 1:6d}(   1)  ---------------\n"
        text += "      direct lattice vectors                 reciprocal lattice vectors\n"
        text += rows(np.hstack([atoms.cell, np.linalg.inv(atoms.cell).T]))
        text += " POSITION                                       TOTAL-FORCE (eV/Angst)\n " + "-" * 83 + "\n"
        text += rows(np.hstack([atoms.positions, atoms.get_forces()])) + " " + "-" * 83 + "\n"
        text += "  FREE ENERGIE OF THE ION-ELECTRON SYSTEM (eV)\n  " + "-" * 51 + "\n"
        text += f"  free  energy   TOTEN  =  {energy:18.8f} eV\n\n"
        text += f"  energy  without entropy= {energy:18.8f}  energy(sigma->0) = {energy:18.8f}\n"
    return text


@pytest.mark.parametrize("name", ["data.traj", "data.db", "data.json", "OUTCAR", "data.pckl.gzip"])
def test_convert(name, tmp_path):
    images = ase.io.read(CARBON / "diverse.extxyz", ":")[:12]
    labelled = []
    for atoms in images:
        copy = atoms.copy()
        copy.calc = SinglePointCalculator(copy, **{k: atoms.calc.results[k] for k in ("energy", "forces")})
        labelled.append(copy)
    source, target = tmp_path / name, tmp_path / "data.extxyz"
    if name.endswith("gzip"):
        pandas = pytest.importorskip("pandas")
        pandas.DataFrame({"ase_atoms": [a.copy() for a in labelled],
                          "energy": [a.get_potential_energy() for a in labelled],
                          "forces": [a.get_forces() for a in labelled]}).to_pickle(source, compression="gzip")
    elif name == "OUTCAR":  # one cell and number of atoms, as in a run of VASP
        size = len(next(a for a in labelled if a.pbc.all()))
        labelled = [a for a in labelled if a.pbc.all() and len(a) == size]
        source.write_text(outcar(labelled))
    else:
        ase.io.write(source, labelled)
    assert kolace.convert(source, target) == (len(labelled), len(labelled)) and len(labelled) > 1
    for atoms, expected in zip(ase.io.read(target, ":"), labelled, strict=True):
        assert atoms.get_potential_energy() == pytest.approx(expected.get_potential_energy(), abs=1e-7)
        np.testing.assert_allclose(atoms.get_forces(), expected.get_forces(), atol=1e-7)
        np.testing.assert_allclose(atoms.cell, expected.cell, atol=1e-7)
    assert kolace.fit(ase.io.read(target, ":"), cutoff=4.0, options=OPTIONS).report["train"]


def test_the_commands(tmp_path):
    python = json.loads(os.environ["KOLACE_PYTHON"])

    def call(*arguments):
        return subprocess.run([*python, "-m", "kolace", *map(str, arguments)], capture_output=True, text=True)
    doctor = call("doctor")
    assert doctor.returncode == 0 and "backend" in doctor.stdout and "threads" in doctor.stdout
    missing = call("convert", tmp_path / "none.traj", "-o", tmp_path / "out.extxyz")
    assert missing.returncode == 1 and missing.stderr.count("\n") == 1 and "none.traj" in missing.stderr
    assert not (tmp_path / "out.extxyz").exists()
    assert call("unknown").returncode != 0
    source, target = tmp_path / "a.extxyz", tmp_path / "b.extxyz"
    source.write_text("1\nProperties=species:S:1:pos:R:3 dft_energy=-1\nC 0 0 0\n")
    first, again, anyway = (call("convert", source, "-o", target, *more) for more in ((), (), ("--overwrite",)))
    assert first.returncode == anyway.returncode == 0 and "0 with an energy" in first.stdout
    assert "energy_key" in first.stderr
    assert again.returncode == 1 and "--overwrite" in again.stderr
    empty = tmp_path / "empty.extxyz"
    empty.write_text("")
    nothing = call("convert", empty, "-o", tmp_path / "c.extxyz")
    assert nothing.returncode == 1 and not (tmp_path / "c.extxyz").exists()


def test_a_forked_process_is_told():
    python = json.loads(os.environ["KOLACE_PYTHON"])
    code = ("import kolace, multiprocessing, sys; from ase import Atoms\n"
            "def work(x): return kolace.evaluate(sys.argv[1], Atoms('C2', positions=[[0, 0, 0], [0, 0, x]])).energy\n"
            "kolace.set_threads(2); before = work(1.4)\n"
            "with multiprocessing.get_context('fork').Pool(1) as pool:\n"
            "    try: print(pool.apply(work, (1.4,)))\n"
            "    except RuntimeError as e: print(e)\n")
    done = subprocess.run([*python, "-c", code, REFERENCE / "C_chebpow.yaml"], capture_output=True, text=True, timeout=60)
    assert "forked" in done.stdout, done


def test_elements_of_the_options_are_kept():
    options = {"potential": dict(OPTIONS["potential"], elements=["C", "H"]), "data": OPTIONS["data"], "fit": OPTIONS["fit"]}
    options["data"] = {"reference_energy": {"C": -245.33863645, "H": -13.6}}
    images = ase.io.read(CARBON / "diverse.extxyz", ":")
    assert kolace.fit(images, cutoff=4.0, options=options).potential.elements == ["C", "H"]


def test_threads_are_chosen_before_the_first_computation():
    python = json.loads(os.environ["KOLACE_PYTHON"])
    code = ("import kolace; kolace.set_threads(1); print(kolace.doctor()['threads'])\n"
            "try: kolace.set_threads(2)\nexcept RuntimeError as e: print(e)")
    text = subprocess.run([*python, "-c", code], capture_output=True, text=True).stdout
    assert text.splitlines()[0] == "1" and "before" in text


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, *sys.argv[1:]]))
