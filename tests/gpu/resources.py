# SPDX-License-Identifier: BSD-3-Clause
"""Registers, stack and shared memory of each kernel, as the compiler tells them, against a committed table.

    python3 resources.py cuda|hip FOLDER COMPILER [--write]

FOLDER is lib/kolace of a tree that launcher.sh compiled, with logs of nvcc or assembly as objects; COMPILER is the name of the
compiler and its target. A kernel that spills more than the table says, or takes over 8 registers more, is an error where
the compiler is the table's; --write makes the table anew. Registers of AMD GPUs are vector registers, spills those in bytes.
"""
import csv
import pathlib
import re
import subprocess
import sys

COLUMNS = ["source", "kernel", "registers", "stack_bytes", "spill_bytes", "shared_bytes"]
ENTRY = re.compile(r"Compiling entry function '(?P<name>[^']+)' for")
STACK = re.compile(r"(?P<stack>\d+) bytes stack frame, (?P<stores>\d+) bytes spill stores")
AMD = re.compile(r"\.group_segment_fixed_size: (?P<shared>\d+)\n(?:.*\n)*?\s+\.name:\s+(?P<name>.*)\n(?:.*\n)*?"
                 r"\s+\.private_segment_fixed_size: (?P<stack>\d+)\n(?:.*\n)*?\s+\.vgpr_count:\s+(?P<registers>\d+)\n"
                 r"\s+\.vgpr_spill_count: (?P<spills>\d+)")
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


def read_assembly(file, source):
    """Rows of the metadata at the end of an AMD assembly file."""
    text = file.read_text(errors="replace")
    text = text[text.rfind(".amdgpu_metadata"):]
    text = subprocess.run(["c++filt"], input=text, capture_output=True, text=True, check=True).stdout
    rows = {}
    for found in AMD.finditer(text):
        if kernel := kernel_name(found["name"]):
            row = [int(found["registers"]), int(found["stack"]), 4 * int(found["spills"]), int(found["shared"])]
            key = (source, kernel)
            rows[key] = [max(pair) for pair in zip(row, rows[key])] if key in rows else row
    return rows


def read_log(log, source):
    """Rows of a log of nvcc."""
    text = subprocess.run(["c++filt"], input=log.read_text(errors="replace"), capture_output=True, text=True, check=True).stdout
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
    backend, folder, compiler, *options = sys.argv[1:]
    table = pathlib.Path(__file__).with_name(f"{backend}.csv")
    ending, read = {"cuda": (".log", read_log), "hip": ("", read_assembly)}[backend]
    rows = {}
    for file in sorted(pathlib.Path(folder).glob(f"*/CMakeFiles/*.dir/**/*.cpp.o{ending}")):
        module, _, _, *path = file.relative_to(folder).parts
        rows.update(read(file, "_".join([module, *path]).removesuffix(f".cpp.o{ending}")))
    if not rows:
        sys.exit(f"resources: no kernels in {folder}")
    if "--write" in options:
        with table.open("w", newline="") as file:
            file.write(f"# {compiler}\n")
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows([*key, *row] for key, row in sorted(rows.items()))
    with table.open() as file:
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
    problems += [f"{' '.join(key)} is in the table, but was not found (--write removes it)" for key in known.keys() - rows.keys()]
    if of_table != compiler:
        print(f"resources: the table is of {of_table}, this is {compiler}: not compared")
        return
    for problem in problems:
        print(f"resources: {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
