"""A file includes only from its own folder and from folders with a lower number (README, DESIGN.md)."""
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
}


def main():
    root = pathlib.Path(__file__).resolve().parents[2] / "lib" / "kolace"
    problems, files = [], 0
    folders = {p.name for p in root.iterdir() if p.is_dir()}
    if folders != set(LAYER):
        problems.append(f"folders and layers differ: {sorted(folders ^ set(LAYER))}")
    for path in sorted(root.rglob("*.[hc]pp")):
        files += 1
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
    for problem in problems:
        print(problem)
    print(f"layers: {files} files, {len(problems)} problems")
    return 1 if problems or files == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
