# SPDX-License-Identifier: BSD-3-Clause
"""Lists, energies and design rows are bitwise identical for any number of threads; forces for a given number, on a
busy machine too (they are summed in one copy per thread).

usage: reproducible_test.py REPRODUCIBLE"""
import os
import pathlib
import subprocess
import sys
import unittest

PROGRAM = sys.argv.pop(1)
REFERENCE = pathlib.Path(__file__).resolve().parents[1] / "data" / "reference"
FILES = [REFERENCE / name for name in ("C_K5_793.yaml", "AlCuNi_K4.yaml", "Cu_distance_core_two_densities.yaml")]


def parts(threads):
    """The arrays that a run writes, as a list of (name, bytes)."""
    done = subprocess.run([PROGRAM, *FILES], env=dict(os.environ, OMP_NUM_THREADS=str(threads), OMP_PROC_BIND="false"),
                          stdout=subprocess.PIPE, check=True, timeout=300)
    result, data, size = [], done.stdout, {"offsets": 8, "neighbors": 4}
    while data:
        line, data = data.split(b"\n", 1)
        name, count = line.decode().split()
        end = size.get(name, 8) * int(count)
        result.append((name, data[:end]))
        data = data[end + 1:]
    return result


class Reproducible(unittest.TestCase):
    def test_lists_energies_and_rows_for_any_number_of_threads(self):
        one = [part for part in parts(1) if part[0] != "forces"]
        self.assertGreater(sum(len(data) for name, data in one if name == "rows"), 100000)
        for threads in (2, 7):
            other = [part for part in parts(threads) if part[0] != "forces"]
            for a, b in zip(one, other, strict=True):
                self.assertEqual(a[0], b[0])
                self.assertTrue(a[1] == b[1], f"{a[0]} differ with {threads} threads")

    def test_forces_on_a_busy_machine(self):
        load = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() + 1)]
        try:
            first = parts(2)
            for _ in range(4):
                for a, b in zip(first, parts(2), strict=True):
                    self.assertTrue(a == b, f"{a[0]} differ between runs")
        finally:
            for process in load:
                process.kill()
                process.wait()


if __name__ == "__main__":
    unittest.main()
