#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Builds the documentation: pages, generated reference and C++ interface.

usage: build.py KOLACE_PROGRAM OUTPUT [--mkdocs MKDOCS]
       build.py --snippets    copies the code that pages quote from its sources (tests/docs/pages_test.py compares)

OUTPUT/site/index.html is the result. Needs mkdocs; the C++ interface needs doxygen and is replaced by a
note where that is missing. Warnings are errors."""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[1]


def output_of(*command):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout


# Files of the source tree that pages link to, and the pages that are made of them.
BUILT_PAGES = {"lib/CONVENTIONS.md": "reference/conventions.md", "bench/README.md": "reference/performance.md",
               "apps/lammps/README.md": "reference/lammps.md", "apps/python/README.md": "reference/python.md",
               "lib/examples/README.md": "reference/examples.md",
               "bench/accuracy/accuracy.md": "reference/accuracy.md",
               "lib/kolace/config/input_keys.cpp": "reference/input.md", "lib/kolace/evaluate.hpp": "api/annotated.html",
               "lib/kolace/io.hpp": "api/namespacekolace.html", "lib/kolace/kolace.hpp": "api/index.html"}


def with_snippets(text):
    """Fills the block after <!-- snippet FILE "FIRST LINE CONTAINS" N --> with those N lines."""
    def lines_of(match):
        mark, file, start, count = match.groups()
        lines = (SOURCE / file).read_text().splitlines()
        at = [k for k, line in enumerate(lines) if start in line]
        if len(at) != 1:
            sys.exit(f"build.py: {file}: {len(at)} lines contain '{start}' (expected one)")
        part = lines[at[0]:at[0] + int(count)]
        indent = min(len(line) - len(line.lstrip()) for line in part if line.strip())
        return f"{mark}\n```cpp\n" + "\n".join(line[indent:] for line in part) + "\n```\n"
    return re.sub(r'(<!-- snippet (\S+) "(.*)" (\d+) -->)\n(?:```cpp\n(?:.*\n)*?```\n)?', lines_of, text)


def with_built_pages(page, text, source=None):
    """Links from a page to files of the source tree lead to the pages made of them; the others become their text.
    `source` is the file that the page is made of, if not a page itself."""
    folder = (source or HERE / "pages" / page).parent

    def link(match):
        label, target, anchor = match.groups()
        path = (folder / target).resolve()
        if path.is_relative_to(HERE / "pages"):
            return match.group(0) if source is None else (
                f"[{label}]({os.path.relpath(path.relative_to(HERE / 'pages'), page.parent)}{anchor or ''})")
        built = BUILT_PAGES.get(str(path.relative_to(SOURCE)))
        return f"[{label}]({os.path.relpath(built, page.parent)}{anchor or ''})" if built else label
    return re.sub(r"\[([^\]]*)\]\((?!http)([^)#]+)(#[^)]*)?\)", link, text)


def input_pages(program, folder):
    """One page per section of input.yaml, from the table that the reader uses."""
    sections = re.split(r"^# ", output_of(program, "keys", "--markdown"), flags=re.M)[1:]
    index = ("# input.yaml\n\nOne page per section. `kolace keys SECTION` prints the same; `kolace template DATA` writes a first "
             "input.\n\n")
    for section in sections:
        title = section.splitlines()[0]
        name = "input_" + re.sub(r"\W+", "_", title.lower()) + ".md"
        (folder / name).write_text("# " + section)
        index += f"* [{title}]({name})\n"
    (folder / "input.md").write_text(index)


def program_page(program, file):
    main = output_of(program, "--help")
    commands = re.findall(r"^  ([a-z]+) {2,}", main.split("Subcommands:")[1], re.M)
    text = f"# The program\n\n```text\n{main}```\n"
    for command in commands:
        text += f"\n## kolace {command}\n\n```text\n{output_of(program, command, '--help')}```\n"
    file.write_text(text)


def public_headers():
    """Those that kolace/kolace.hpp includes, which are the installed ones."""
    sys.path.insert(0, str(SOURCE / "tests" / "layers"))
    import check_layers
    root = SOURCE / "lib" / "kolace"
    return [root / name for name in sorted(check_layers.headers_of(root, "kolace.hpp")) if (root / name).exists()]


def main():
    if sys.argv[1:] == ["--snippets"]:
        for page in (HERE / "pages").rglob("*.md"):
            page.write_text(with_snippets(page.read_text()))
        return 0
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--mkdocs", default="mkdocs")
    given = parser.parse_args()
    if shutil.which(given.mkdocs) is None:
        print(f"skipped: {given.mkdocs} is not installed")
        return 77
    program, output = given.program.resolve(), given.output.resolve()
    pages = output / "pages"
    shutil.rmtree(pages, ignore_errors=True)
    shutil.copytree(HERE / "pages", pages)
    for page in pages.rglob("*.md"):
        page.write_text(with_built_pages(page.relative_to(pages), page.read_text()))
    input_pages(program, pages / "reference")
    program_page(program, pages / "reference" / "program.md")
    for source, page in BUILT_PAGES.items():
        if source.endswith(".md") and source != "bench/accuracy/accuracy.md":
            file = SOURCE / source
            (pages / page).write_text(with_built_pages(pathlib.Path(page), file.read_text(), file))
    accuracy, published = ((SOURCE / f"bench/accuracy/{name}.md").read_text() for name in ("accuracy", "published"))
    (pages / "reference/accuracy.md").write_text(
        "# Accuracy\n\n## Automatic fit and other settings\n\nTest errors (root mean square) of energies E in meV/atom, forces "
        "F in meV/Å and virials V in meV/atom, of the automatic fit and of the best of eight other settings, by `bench/accuracy/accuracy.py`. The best setting "
        "is that with the smallest geometric mean of the errors of energies and forces, and the ratio compares these means. Small data sets are divided "
        "five times into training and test sets; the crystals that collapse under compression are counted over all divisions. No structure of the "
        "alloy's training set has three elements: the default basis then has few functions, since functions of three elements are "
        "undetermined. More functions of one element suit elements and binaries much better, and quaternaries not at all. Fits of "
        "2026-11-30; those of the second table were measured before radial functions were chosen by the distances in the data, and have "
        "radparameters: [5.25].\n\n"
        + accuracy +
        "\n## Published potentials\n\nErrors of published linear potentials and of kolace's automatic fit, which gets the same "
        "training data and no settings, by `bench/accuracy/published.py`. The coefficients of SNAP are those that Zuo et al. "
        "(J. Phys. Chem. A 124, 731, 2020) and Li et al. (npj Comput. Mater. 6, 70, 2020) published, evaluated by LAMMPS; those of "
        "Li et al. were also trained on special quasi-random quaternaries, which are not at hand. Errors of FitSNAP's examples are "
        "training errors, as they print them. A potential with nearly as many coefficients as labels, like the quadratic SNAP "
        "of tantalum, interpolates its training set, and so could a larger basis here; errors of held-out structures tell more.\n\n"
        + published)
    api = pages / "api"
    if shutil.which("doxygen"):
        settings = (HERE / "Doxyfile").read_text() + (f"INPUT = {' '.join(map(str, public_headers()))}\nOUTPUT_DIRECTORY = {pages}\n"
                                                      f"STRIP_FROM_PATH = {SOURCE / 'lib'}\n")
        done = subprocess.run(["doxygen", "-"], input=settings, text=True, capture_output=True)
        if done.returncode != 0 or done.stderr:
            sys.exit(f"build.py: doxygen:\n{done.stdout}{done.stderr}")
    else:
        print("build.py: doxygen is not installed: the C++ interface is left out")
        api.mkdir()
        for name in ("index", "annotated", "namespacekolace"):
            (api / f"{name}.html").write_text("<p>This build of the documentation was made without doxygen.</p>\n")
    (output / "mkdocs.yml").write_text((HERE / "mkdocs.yml").read_text() + "docs_dir: pages\nsite_dir: site\n")
    done = subprocess.run([given.mkdocs, "build", "--strict", "--quiet", "--clean", "-f", output / "mkdocs.yml"])
    if done.returncode == 0:
        print(f"wrote {output / 'site' / 'index.html'}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
