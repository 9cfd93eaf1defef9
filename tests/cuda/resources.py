# SPDX-License-Identifier: BSD-3-Clause
"""Registers, stack and shared memory of each kernel, as nvcc tells them, against a committed table.

    python3 resources.py FOLDER [--write]

FOLDER holds the logs of compile_check.sh. A kernel that spills more than the table says, or takes over
8 registers more, is an error where the compiler is the table's; --write makes the table anew.
"""
import csv
import pathlib
import re
import subprocess
import sys

TABLE = pathlib.Path(__file__).with_name("resources.csv")
COLUMNS = ["source", "kernel", "registers", "stack_bytes", "spill_bytes", "shared_bytes"]
ENTRY = re.compile(r"Compiling entry function '(?P<name>[^']+)' for")
STACK = re.compile(r"(?P<stack>\d+) bytes stack frame, (?P<stores>\d+) bytes spill stores")
USED = re.compile(r"Used (?P<registers>\d+) registers(?:.*?(?P<shared>\d+) bytes smem)?")


def argument(text, at):
    """The template argument that begins at `at`."""
    depth = 0
    for end in range(at, len(text)):
        if text[end] in "<({":
            depth += 1
        elif text[end] in ">)}":
            if depth == 0:
                return text[at:end]
            depth -= 1
        elif text[end] == "," and depth == 0:
            return text[at:end]
    return text[at:]


def kernel_name(entry):
    """The functor of a kernel of kolace; None for other kernels."""
    launch = re.search(r"Kokkos::Impl::Parallel(For|Reduce|Scan|ScanWithTotal)<", entry)
    if not launch or "kolace::" not in entry:
        return None
    functor = argument(entry, launch.end())
    combined = re.match(r"Kokkos::Impl::CombinedFunctorReducer<", functor)
    if combined:
        functor = argument(functor, combined.end())
    if not functor.startswith("kolace::"):
        return None
    name = functor.replace("(anonymous namespace)::", "").replace("kolace::detail::", "").replace("kolace::", "")
    return name.replace("Kokkos::", "")


def read(log):
    text = subprocess.run(["c++filt"], input=log.read_text(errors="replace"), capture_output=True, text=True, check=True).stdout
    source = log.stem.removeprefix("lib_kolace_").removesuffix(".cpp")
    rows, kernel, stack = {}, None, None
    for line in text.splitlines():
        if found := ENTRY.search(line):
            kernel = kernel_name(found["name"])
        elif kernel and (found := STACK.search(line)):
            stack = found
        elif kernel and (found := USED.search(line)):
            row = [int(found["registers"]), int(stack["stack"]), int(stack["stores"]), int(found["shared"] or 0)]
            key = (source, kernel)
            rows[key] = [max(pair) for pair in zip(row, rows[key])] if key in rows else row
            kernel = None
    return rows


def main():
    folder = pathlib.Path(sys.argv[1])
    compiler = subprocess.run(["nvcc", "--version"], capture_output=True, text=True, check=True).stdout
    compiler = "nvcc " + re.search(r"V([\d.]+)", compiler)[1] + ", sm_90"
    rows = {}
    for log in sorted(folder.glob("*.log")):
        rows.update(read(log))
    if not rows:
        sys.exit(f"resources: no kernels in the logs of {folder}")
    if "--write" in sys.argv:
        with TABLE.open("w", newline="") as file:
            file.write(f"# {compiler}\n")
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows([*key, *row] for key, row in sorted(rows.items()))
    with TABLE.open() as file:
        of_table = file.readline()[1:].strip()
        known = {(row["source"], row["kernel"]): [int(row[name]) for name in COLUMNS[2:]] for row in csv.DictReader(file)}
    problems = []
    print(f"{'kernel':<78} registers  stack  spills  shared")
    for key, row in sorted(rows.items()):
        print(f"{' '.join(key)[:78]:<78} {row[0]:9} {row[1]:6} {row[2]:7} {row[3]:7}")
        if key not in known:
            problems.append(f"{' '.join(key)} is not in the table (--write adds it)")
        elif row[0] > known[key][0] + 8 or row[2] > known[key][2]:
            problems.append(f"{' '.join(key)}: registers, stack, spills, shared memory {row}, in the table {known[key]}")
    if of_table != compiler:
        print(f"resources: the table is of {of_table}, this is {compiler}: not compared")
        return
    for problem in problems:
        print(f"resources: {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
