# SPDX-License-Identifier: BSD-3-Clause
"""A fit on several ranks is the fit on one. usage: mpi_test.py MPIEXEC KOLACE SPLIT_TEST READING_TEST"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

mpiexec, program, split_test, reading_test = sys.argv[1:5]
carbon = pathlib.Path(__file__).resolve().parents[2] / "apps" / "carbon" / "data"


environment = dict(os.environ, OMP_NUM_THREADS="1", OMP_PROC_BIND="false", KOKKOS_DISABLE_WARNINGS="1", OMPI_ALLOW_RUN_AS_ROOT="1",
                   OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMPI_MCA_btl_base_warn_component_unused="0")


def run(folder, ranks, command="fit", result="report.json"):
    out = folder / str(ranks)
    subprocess.run([mpiexec, "--oversubscribe", "-n", str(ranks), program, command,
                    str(folder / "input.yaml"), "-o", str(out)],
                   check=True, env=environment, stdout=subprocess.DEVNULL, timeout=120)
    return json.loads((out / result).read_text())


def energies(folder):
    text = (folder / "train_predictions.extxyz").read_text()
    return [float(x) for x in re.findall(r'kolace_energy="?(\S+?)"?\s', text)]


def kill_all(argument):
    """Kills the processes that have this argument: the ranks, which are not in the process group of mpiexec, and mpiexec."""
    running = True
    while running:
        running = False
        for status in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if argument.encode() in status.read_bytes().split(b"\0"):
                    os.kill(int(status.parent.name), signal.SIGKILL)
                    running = True
            except OSError:  # ended meanwhile
                pass


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    (folder / "input.yaml").write_text(
        f"cutoff: 5.0\ndata:\n  filename: [{carbon}/diamond_like.extxyz, {carbon}/diverse.extxyz]\n"
        "  reference_energy: -245.33863645\npotential:\n  elements: [C]\n"
        "  functions: {ALL: {nradmax_by_orders: [10, 4, 2], lmax_by_orders: [0, 3, 2]}}\n"
        "fit: {trial_dynamics: false, loss: {kappa: 0.5, kappa_virial: 0.1}}\n")
    one = run(folder, 1)
    for ranks in (2, 3, 5):
        many = run(folder, ranks)
        assert many["rows"] == one["rows"], (many["rows"], one["rows"])
        for key in ("loss", "energy_rmse_mev_per_atom", "force_mae_mev_per_a"):
            ratio = many["train"][key] / one["train"][key]
            assert abs(ratio - 1) < 1e-6, (ranks, key, ratio)
        assert many["by_config_type"].keys() == one["by_config_type"].keys()
        for a, b in zip(energies(folder / "1"), energies(folder / str(ranks)), strict=True):
            assert abs(a - b) < 1e-10 * abs(a), (ranks, a, b)
    print("mpi: 2, 3 and 5 ranks give the fit of one")
    # Molecular dynamics runs on one rank; it is chaotic, so that fits of different numbers of ranks are similar only.
    plain = (folder / "input.yaml").read_text()
    (folder / "input.yaml").write_text(plain.replace("trial_dynamics: false, ", ""))
    many = run(folder, 2)
    assert len(many["dynamics"]) == 6 and not any(structure["collapsed"] for structure in many["dynamics"]), many["dynamics"]
    assert abs(many["train"]["loss"] / one["train"]["loss"] - 1) < 0.05, many["train"]
    # Every way of solving, and a study of many models.
    for solver in ("{type: ridge, choose: folds, folds: 3}", "{type: lsqr, iterations: 8}", "evidence"):
        (folder / "input.yaml").write_text(plain.replace("fit: {", f"fit: {{solver: {solver}, "))
        one, many = run(folder, 1), run(folder, 3)
        ratio = many["train"]["loss"] / one["train"]["loss"]
        assert abs(ratio - 1) < 1e-5, (solver, ratio)
        assert many["rows"] == one["rows"], solver
    (folder / "input.yaml").write_text(plain + "sweep: {points: 2}\n")
    one, many = (run(folder, n, "sweep", "sweep.json")["models"] for n in (1, 3))
    assert len(one) == len(many) == 6, len(many)
    for a, b in zip(one, many):
        for key in ("loss", "force_mae_mev_per_a", "n_structures"):
            assert abs(b["train"][key] / a["train"][key] - 1) < 1e-6, (a["n_functions"], key)
    # A ladder on top of an earlier fit, with test data closer than the training data.
    bare = plain.replace("fit: {", "fit: {repulsion: none, solver: least_squares, ")
    (folder / "input.yaml").write_text(bare)
    run(folder, 1)
    reference = (folder / "1" / "potential.yaml").rename(folder / "reference.yaml")
    text = plain.replace(f", {carbon}/diverse.extxyz", f"]\n  test_filename: [{carbon}/dimers.extxyz")
    text = text.replace("fit: {", f"fit: {{ladder_step: 30, reference_potential: {reference}, ")
    (folder / "input.yaml").write_text(text.replace("[10, 4, 2]", "[8, 3, 2]"))
    one, many = run(folder, 1), run(folder, 3)
    assert len(one["ladder"]) == len(many["ladder"]) > 1
    assert one["dimers"][0]["shortest_distance_a"] == many["dimers"][0]["shortest_distance_a"]
    for a, b in zip(one["ladder"], many["ladder"]):
        for kind in ("train", "test"):
            assert abs(b[kind]["force_mae_mev_per_a"] / a[kind]["force_mae_mev_per_a"] - 1) < 1e-5, a["n_functions"]
    (folder / "input.yaml").write_text(plain)
    print("mpi: solvers, sweeps and ladders as well")
    # An error on the data stops every rank with exit code 1.
    (folder / "bad.xyz").write_text("1\nenergy=1\nC 0 0 zero\n")
    text = (folder / "input.yaml").read_text().replace(f"{carbon}/diverse.extxyz", "bad.xyz")
    (folder / "input.yaml").write_text(text)
    try:
        run(folder, 3)
    except subprocess.CalledProcessError as error:
        assert error.returncode == 1, error.returncode
    else:
        raise AssertionError("bad data must fail")
    # So does a rank that cannot read, or reads something else: with a message. If ranks waited for each other, the
    # timeouts would end them.
    good = plain.replace(f", {carbon}/diverse.extxyz", "")
    (folder / "input.yaml").write_text(good)
    lines = (carbon / "diamond_like.extxyz").read_text().splitlines(keepends=True)
    (folder / "fewer.extxyz").write_text("".join(lines[:-(int(lines[0]) + 2)]))
    for name, data, message in (("absent", "absent.extxyz", "absent.extxyz' does not exist (rank 3 of 3)"),
                                ("cut", "cut.extxyz", "read different data"),
                                ("fewer", "fewer.extxyz", "read different data")):
        if name == "cut":
            (folder / data).write_text("".join(lines[:-3]))
        (folder / "other.yaml").write_text(good.replace(f"{carbon}/diamond_like.extxyz", str(folder / data)))
        result = subprocess.run([mpiexec, "--oversubscribe", "-n", "2", program, "fit", folder / "input.yaml", "-o",
                                 folder / name, ":", "-n", "1", program, "fit", folder / "other.yaml", "-o",
                                 folder / name], env=environment, capture_output=True, text=True, timeout=60)
        assert result.returncode == 1, (name, result)
        assert message in result.stderr, (name, result.stderr)
    print("mpi: a rank that cannot read, or reads other data, ends all")
    # Factors: assembled by several ranks, solved by one.
    losses = []
    for ranks in (1, 3):
        subprocess.run([mpiexec, "--oversubscribe", "-n", str(ranks), program, "assemble", folder / "input.yaml", "-o",
                        folder / f"{ranks}.h5"], env=environment, check=True, stdout=subprocess.DEVNULL, timeout=120)
        subprocess.run([program, "fit", folder / "input.yaml", "--factors", folder / f"{ranks}.h5", "-o",
                        folder / f"f{ranks}"], env=environment, check=True, stdout=subprocess.DEVNULL, timeout=120)
        losses.append(json.loads((folder / f"f{ranks}" / "report.json").read_text())["train"]["loss"])
    assert abs(losses[1] / losses[0] - 1) < 1e-8, losses
    for command in ("fit", "sweep"):  # factors that one rank cannot read
        result = subprocess.run([mpiexec, "--oversubscribe", "-n", "2", program, command, folder / "input.yaml",
                                 "--factors", folder / "1.h5", "-o", folder / "ff", ":", "-n", "1", program, command,
                                 folder / "input.yaml", "--factors", folder / "none.h5", "-o", folder / "ff"],
                                env=environment, capture_output=True, text=True, timeout=60)
        assert result.returncode == 1, (command, result)
        assert "none.h5" in result.stderr and "(rank 3 of 3)" in result.stderr, (command, result.stderr)
    # Two fits at once on halves of the ranks.
    subprocess.run([mpiexec, "--oversubscribe", "-n", "4", split_test], env=environment, check=True, timeout=120)
    # Ranks that are killed continue, each from its own checkpoint; with another number of ranks from the beginning.
    (folder / "input.yaml").write_text(plain.replace("[10, 4, 2]", "[20, 6, 4]").replace(
        "potential:", f"  test_filename: [{carbon}/diverse.extxyz, {carbon}/diamond_like.extxyz]\npotential:"))
    assemble = [program, "assemble", folder / "input.yaml", "-o", folder / "cut.h5", "--checkpoint", "0"]
    job = subprocess.Popen([mpiexec, "--oversubscribe", "-n", "3", *assemble], env=environment, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
    own = [folder / f"cut.h5.checkpoint.{rank}-of-3" for rank in (1, 2, 3)]
    while job.poll() is None and not all(path.exists() for path in own):
        time.sleep(0.001)
    kill_all(str(folder / "cut.h5"))
    job.wait()
    assert all(path.exists() for path in own), "ended before its checkpoints"
    own[1].unlink()  # of a rank that had none yet
    result = subprocess.run([mpiexec, "--oversubscribe", "-n", "3", *assemble], env=environment, check=True, timeout=120,
                            capture_output=True, text=True)
    assert "continuing with structure" in result.stderr, result.stderr
    assert not list(folder.glob("cut.h5.checkpoint*")), list(folder.glob("cut.h5.checkpoint*"))
    subprocess.run([program, "assemble", folder / "input.yaml", "-o", folder / "whole.h5"], env=environment, check=True,
                   stdout=subprocess.DEVNULL, timeout=120)
    reports = []
    for name in ("cut", "whole"):
        subprocess.run([program, "fit", folder / "input.yaml", "--factors", folder / f"{name}.h5", "-o", folder / name],
                       env=environment, check=True, stdout=subprocess.DEVNULL, timeout=120)
        reports.append(json.loads((folder / name / "report.json").read_text()))
    for kind in ("train", "test"):
        ratio = reports[0][kind]["loss"] / reports[1][kind]["loss"]
        assert abs(ratio - 1) < 1e-8, (kind, ratio)
    (folder / "input.yaml").write_text(good)
    print("mpi: factors, checkpoints and split communicators")
    for ranks in (2, 3, 7):
        subprocess.run([mpiexec, "--oversubscribe", "-n", str(ranks), reading_test], env=environment, check=True,
                       timeout=120)
    print("mpi: files read in parts")
