# SPDX-License-Identifier: BSD-3-Clause
"""A file includes only from its own folder and from folders with a lower number (README, DESIGN.md); installed
headers are those that kolace/kolace.hpp includes, and a component's header needs that component alone; sources that do
not see Kokkos are HOST_SOURCES, which the host's compiler compiles in a build for a GPU.
"""
import pathlib
import re
import sys

LAYER = {
    "core": 0,
    "structure": 1, "radial": 1, "angular": 1, "linalg": 1, "comm": 1,
    "neighbors": 2, "coupling": 2,
    "model": 3,
    "evaluate": 4, "io": 4,
    "dataset": 5, "design": 5,
    "assembly": 6, "solve": 6,
    "fit": 7, "analysis": 7,
    "config": 8, "report": 8,
    "api": 9,
}


#: The public headers beside the folders, and the modules that each may reach (lib/CMakeLists.txt).
PUBLIC = {"evaluate.hpp": "evaluate", "io.hpp": "io", "fit.hpp": "fit", "kolace.hpp": "fit"}


def included(lib, source):
    """Files that one includes by <kolace/...> or "...", itself and generated ones (which do not exist here) among them."""
    seen, left = set(), [source]
    while left:
        path = left.pop()
        if path in seen:
            continue
        seen.add(path)
        if path.exists():
            text = path.read_text()
            left += [lib / name for name in re.findall(r"#include <(kolace/[^>]+)>", text)]
            left += [found for name in re.findall(r'#include "([^"]+)"', text)
                     for found in (path.parent / name, lib.parent / "tests" / name) if found.exists()]
    return seen


def headers_of(root, header):
    """Headers that a public one includes, relative to kolace/."""
    return {path.relative_to(root).as_posix() for path in included(root.parent, root / header)}


def check_public(root):
    problems = []
    modules, reach = {}, set()
    text = (root.parent / "CMakeLists.txt").read_text()
    for component in ("evaluate", "io", "fit"):
        reach = reach | set(re.search(rf"set\({component}_modules ([^)]*)\)", text).group(1).split())
        modules[component] = reach
    for header, component in PUBLIC.items():
        for name in headers_of(root, header):
            if "/" in name and name.split("/")[0] not in modules[component]:
                problems.append(f"{header} (component {component}) includes {name}")
    installed = set()
    for lists in root.glob("*/CMakeLists.txt"):
        listed = re.search(r"\n  HEADERS\b(.*?)\n  DEPENDS", lists.read_text(), re.S)
        for name in listed.group(1).split() if listed else []:
            path = name.strip('"').replace("${PROJECT_BINARY_DIR}/lib/kolace/core", ".")
            installed.add((lists.parent / path).resolve().relative_to(root).as_posix())
    wanted = headers_of(root, "kolace.hpp")
    problems += [f"{name} is not installed (HEADERS)" for name in sorted(wanted - installed)]
    problems += [f"{name} is installed, but is not part of kolace.hpp" for name in sorted(installed - wanted)]
    return problems


def sees_kokkos(lib, source):
    """True if a source includes a header of Kokkos, however indirectly."""
    return any(re.search(r'#include [<"]Kokkos', path.read_text()) for path in included(lib, source) if path.exists())


def check_host_sources(root):
    """HOST_SOURCES of modules and tests against the sources that do not see Kokkos."""
    lib, tests = root.parent, root.parents[1] / "tests"
    lists = []  # name, folder, sources, of these HOST_SOURCES
    for path in sorted(root.glob("*/CMakeLists.txt")):
        listed = re.search(r"\n  HOST_SOURCES (.*?)\n  [A-Z]", path.read_text(), re.S)
        lists.append((path.parent.name, path.parent,
                      {p.relative_to(path.parent).as_posix() for p in path.parent.rglob("*.cpp")},
                      set(listed.group(1).split()) if listed else set()))
    for name, text in re.findall(r"\nkolace_add_test\((\w+) (.*?)\)", (tests / "CMakeLists.txt").read_text(), re.S):
        sources, _, host = text.partition("HOST_SOURCES")
        lists.append(("tests", tests, set((sources + host).split()), set(host.split())))
    problems = []
    for name, folder, sources, listed in lists:
        host = {source for source in sources if not sees_kokkos(lib, folder / source)}
        problems += [f"{name}/{source} does not see Kokkos: list it as HOST_SOURCES" for source in sorted(host - listed)]
        problems += [f"{name}/{source} sees Kokkos: list it as SOURCES" for source in sorted(listed - host)]
    return problems


def main():
    root = pathlib.Path(__file__).resolve().parents[2] / "lib" / "kolace"
    problems, files = [], 0
    folders = {p.name for p in root.iterdir() if p.is_dir()}
    if folders != set(LAYER):
        problems.append(f"folders and layers differ: {sorted(folders ^ set(LAYER))}")
    for path in sorted(root.rglob("*.[hc]pp")):
        files += 1
        if path.parent == root:
            if path.name not in PUBLIC:
                problems.append(f"{path.name}: not one of the public headers {sorted(PUBLIC)}")
            continue
        own = path.relative_to(root).parts[0]
        text = path.read_text()
        for target in re.findall(r'#include <kolace/([a-z]+)/', text):
            if target != own and LAYER.get(target, 99) >= LAYER.get(own, -1):
                problems.append(f"{path.relative_to(root)} [{own} {LAYER[own]}] includes "
                                f"[{target} {LAYER.get(target)}]")
        if own in ("io", "coupling") and "Kokkos::parallel" in text:
            problems.append(f"{path.relative_to(root)}: {own} is host only")
        if own == "coupling" or own == "linalg":
            if re.search(r"kolace/(structure|neighbors)", text):
                problems.append(f"{path.relative_to(root)}: {own} knows no atoms")
        if "Kokkos::fence()" in text or "Kokkos::Impl::" in text:
            problems.append(f"{path.relative_to(root)}: global fence or Kokkos::Impl")
        lines = text.count("\n")
        if lines > 450:
            problems.append(f"{path.relative_to(root)}: {lines} lines")
    problems += check_public(root) + check_host_sources(root)
    for problem in problems:
        print(problem)
    print(f"layers: {files} files, {len(problems)} problems")
    return 1 if problems or files == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
