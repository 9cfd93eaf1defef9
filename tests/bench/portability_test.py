#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""bench/portability.py on results whose harmonic means are known. Argument: the script."""

import json
import pathlib
import subprocess
import sys
import tempfile


def run(script, *arguments):
    return subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True)


def check(condition, message):
    if not condition:
        sys.exit(f"failed: {message}")


def main(script):
    with tempfile.TemporaryDirectory() as folder:
        def write(name, benchmarks):
            path = pathlib.Path(folder, name)
            path.write_text(json.dumps({"context": {}, "benchmarks": benchmarks}))
            return str(path)

        a = write("a.json", [
            {"name": "rows/930", "of_peak": 0.5},
            {"name": "list", "of_peak": 0.01, "of_triad": 0.2},  # bound by memory
            {"name": "only_a", "of_peak": 0.9},
            {"name": "failed", "of_peak": 0.9, "error_occurred": True},
            {"name": "uncounted"},
        ])
        b = write("b.json", [{"name": "rows/930", "of_peak": 0.25}])
        more_b = write("more_b.json", [{"name": "list", "of_triad": 0.6}])

        result = run(script, f"A={a}", f"B={b}", f"B={more_b}", "--json")
        check(result.returncode == 0, result.stderr)
        rows = {row["benchmark"]: row for row in json.loads(result.stdout)}
        check(set(rows) == {"rows/930", "list", "only_a"}, f"benchmarks {sorted(rows)}")
        check(abs(rows["rows/930"]["PP"] - 1 / 3) < 1e-12, "2 / (1/0.5 + 1/0.25) = 1/3")
        check(abs(rows["list"]["PP"] - 0.3) < 1e-12, "2 / (1/0.2 + 1/0.6) = 0.3")
        check(rows["only_a"] == {"benchmark": "only_a", "A": 0.9, "B": None, "PP": 0.0},
              "a backend that does not run it makes PP 0")

        text = run(script, f"A={a}", f"B={b}", f"B={more_b}").stdout
        check("rows/930      0.500      0.250      0.333" in text, text)

        empty = write("empty.json", [{"name": "uncounted"}])
        for bad in ("no_equals_sign", f"A={folder}/missing.json", f"A={empty}", f"A={__file__}"):
            result = run(script, bad)
            check(result.returncode == 2 and "Traceback" not in result.stderr, f"{bad}: {result}")
    print("portability: passed")


if __name__ == "__main__":
    main(sys.argv[1])
