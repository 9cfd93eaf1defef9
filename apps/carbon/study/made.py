# SPDX-License-Identifier: BSD-3-Clause
"""Made data: an analytic potential is the truth, so the true two-body part is known.

E_i = sum_j A exp(-p (r/r0 - 1)) f(r) - sqrt(sum_j B^2 exp(-2 q (r/r0 - 1)) f(r)), the second-moment form of Gupta, with the
cutoff f(r) = (1 + cos(pi (r - 3.5)/1.5))/2 from 3.5 to 5 A. The root has terms of every body order; two atoms alone give
V2(r) = 2 E_i. The parameters make a dimer of 7.5 eV at 1.48 A and are not fitted to carbon.
"""

import itertools
import math
import random

A, P, B, Q, R0 = 4.4, 6.0, 7.5, 2.0, 1.3
INNER, CUTOFF = 3.5, 5.0
LEAST_DISTANCE = 0.95  # of the made structures, A


def pair(r):
    """Repulsion, squared bond and their derivatives."""
    if r >= CUTOFF:
        return 0.0, 0.0, 0.0, 0.0
    f, df = 1.0, 0.0
    if r > INNER:
        width = CUTOFF - INNER
        phase = math.pi * (r - INNER) / width
        f, df = 0.5 * (1 + math.cos(phase)), -0.5 * math.pi / width * math.sin(phase)
    repulsion, bond = A * math.exp(-P * (r / R0 - 1)), B * B * math.exp(-2 * Q * (r / R0 - 1))
    return (repulsion * f, bond * f, repulsion * (df - P / R0 * f), bond * (df - 2 * Q / R0 * f))


def two_body(r):
    """V2, and the force that drives two atoms apart."""
    repulsion, bond, d_repulsion, d_bond = pair(r)
    root = math.sqrt(bond)
    return 2 * (repulsion - root), -2 * (d_repulsion - (0.5 * d_bond / root if root > 0 else 0))


def neighbors(cell, positions):
    """(i, j, vector, distance) of all pairs within the cutoff, from both ends."""
    (a, b, c) = cell
    normal = [[u[(k + 1) % 3] * v[(k + 2) % 3] - u[(k + 2) % 3] * v[(k + 1) % 3] for k in range(3)]
              for u, v in ((b, c), (c, a), (a, b))]
    volume = abs(sum(x * y for x, y in zip(a, normal[0])))
    reach = [math.ceil(CUTOFF * math.sqrt(sum(x * x for x in n)) / volume + 1) for n in normal]
    shifts = [[sum(m * v[k] for m, v in zip(image, cell)) for k in range(3)]
              for image in itertools.product(*(range(-n, n + 1) for n in reach))]
    found = []
    for i, from_ in enumerate(positions):
        for j, to in enumerate(positions):
            d = [to[k] - from_[k] for k in range(3)]
            for s in shifts:
                x, y, z = d[0] + s[0], d[1] + s[1], d[2] + s[2]
                square = x * x + y * y + z * z
                if 1e-12 < square < CUTOFF * CUTOFF:
                    found.append((i, j, (x, y, z), math.sqrt(square)))
    return found


def label(cell, positions):
    """Energy and forces."""
    pairs = [(i, j, d, r, pair(r)) for i, j, d, r in neighbors(cell, positions)]
    repulsion, bond = [0.0] * len(positions), [0.0] * len(positions)
    for i, _, _, _, (phi, rho, _, _) in pairs:
        repulsion[i] += phi
        bond[i] += rho
    forces = [[0.0] * 3 for _ in positions]
    for i, j, d, r, (_, _, d_phi, d_rho) in pairs:
        slope = d_phi - (0.5 * d_rho / math.sqrt(bond[i]) if bond[i] > 0 else 0)
        for k in range(3):
            forces[i][k] += slope * d[k] / r
            forces[j][k] -= slope * d[k] / r
    return sum(repulsion) - sum(map(math.sqrt, bond)), forces


def parse(frame):
    lines = frame.splitlines()
    numbers = [float(x) for x in lines[1].split('Lattice="')[1].split('"')[0].split()]
    positions = [[float(x) for x in line.split()[1:4]] for line in lines[2:]]
    return [numbers[0:3], numbers[3:6], numbers[6:9]], positions


def structures(sources, count, seed):
    """`count` labelled frames: cells drawn from `sources`, scaled by 0.93 to 1.15 in length, strained by 4 %, rattled by
    0.12 A."""
    state = random.Random(seed)
    cells = [parse(frame) for frame in sources]
    frames = []
    while len(frames) < count:
        cell, positions = state.choice(cells)
        scale = state.uniform(0.93, 1.15)
        strain = [[scale * ((m == k) + state.gauss(0, 0.04)) for m in range(3)] for k in range(3)]
        moved = [[sum(v[m] * strain[m][k] for m in range(3)) for k in range(3)] for v in cell]
        atoms = [[sum(x[m] * strain[m][k] for m in range(3)) + state.gauss(0, 0.12) for k in range(3)] for x in positions]
        if any(r < LEAST_DISTANCE for _, _, _, r in neighbors(moved, atoms)):
            continue
        frames.append(frame_of(moved, atoms))
    return frames


def frame_of(cell, atoms):
    energy, forces = label(cell, atoms)
    lattice = " ".join(f"{x:.10f}" for v in cell for x in v)
    lines = [str(len(atoms)),
             f'Lattice="{lattice}" Properties=species:S:1:pos:R:3:forces:R:3 energy={energy:.10f} pbc="T T T"']
    lines += ["C" + "".join(f" {x:.10f}" for x in (*a, *f)) for a, f in zip(atoms, forces)]
    return "\n".join(lines) + "\n"


def dimer_frames(distances):
    """Dimers in a vacuum, and a free atom of energy 0."""
    frames = ["1\nProperties=species:S:1:pos:R:3:forces:R:3 energy=0 pbc=\"F F F\"\nC 0 0 0 0 0 0\n"]
    for r in distances:
        energy, force = two_body(r)
        frames.append(f'2\nProperties=species:S:1:pos:R:3:forces:R:3 energy={energy:.10f} pbc="F F F"\n'
                      f"C 0 0 0 {-force:.10f} 0 0\nC {r:.10f} 0 0 {force:.10f} 0 0\n")
    return frames
