#!/usr/bin/env python3
"""The simulation beside two of NumPy, in turn on one core, in one run.

The first is written as it is told, with `numpy.roll`; the second allocates nothing in a step. Ours
is timed by `mycelium-bench`, in a process of its own between rounds of these. With NumPy's random
numbers all three must end in the same field. Prints records, or a table on a terminal; run it from
the root after the release build."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

BENCH, PROGRAM = "target/release/mycelium-bench", "target/release/mycelium"
REST, SPIKE = (-0.070, 0.005), (0.020, 0.005)
ALPHA, CHANCE, THRESHOLD = 0.18, 0.25, 0.75
DIFFUSION, RATE = (0.1, 0.05), (0.01, 0.02)
CASES = [
    ("64x64, 100 steps", 64, 100, "simulation / default"),
    ("256x256, 100 steps", 256, 100, "scalability / large grid (256x256)"),
]
ROUNDS = 5
SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1}


def start(size, seed):
    random = np.random.default_rng(seed)
    cells = random.normal(*REST, (size, size))
    activator = random.uniform(0, 0.1, (size, size))
    inhibitor = random.uniform(0, 0.1, (size, size))
    return random, cells, activator, inhibitor


def spike(random, cells):
    if random.random() < CHANCE:
        row, column = random.integers(0, len(cells)), random.integers(0, len(cells))
        cells[row, column] += random.normal(*SPIKE)


def plain(size, steps, seed=42):
    """As one writes it down."""

    def laplacian(of):
        above_and_below = np.roll(of, 1, 0) + np.roll(of, -1, 0)
        return above_and_below + np.roll(of, 1, 1) + np.roll(of, -1, 1) - 4 * of

    random, cells, a, i = start(size, seed)
    for _ in range(steps):
        spike(random, cells)
        cells = cells + ALPHA * laplacian(cells)
        next_a = a + DIFFUSION[0] * laplacian(a) + RATE[0] * (a * (1 - a) - i)
        next_i = i + DIFFUSION[1] * laplacian(i) + RATE[1] * (a - i)
        cells = np.where(next_a > THRESHOLD, cells + 0.005, cells)
        a, i = np.clip(next_a, 0, 1), np.clip(next_i, 0, 1)
        cells = np.clip(cells, -0.095, 0.040)
        if not (np.isfinite(cells).all() and np.isfinite(a).all() and np.isfinite(i).all()):
            raise ArithmeticError("a cell is not finite")
    return cells


class Padded:
    """A field with a rim that repeats the opposite edge, so that its neighbours are views."""

    def __init__(self, cells):
        self.all = np.pad(cells, 1, mode="wrap")
        self.sum, self.spare = np.empty_like(cells), np.empty_like(cells)
        self.cells = self.all[1:-1, 1:-1]

    def laplacian(self):
        wide, total = self.all, self.sum
        wide[0], wide[-1] = wide[-2], wide[1]
        wide[:, 0], wide[:, -1] = wide[:, -2], wide[:, 1]
        np.add(wide[:-2, 1:-1], wide[2:, 1:-1], out=total)
        total += wide[1:-1, :-2]
        total += wide[1:-1, 2:]
        total -= np.multiply(self.cells, 4, out=self.spare)
        return total


def careful(size, steps, seed=42):
    """Without a new array in any step."""
    random, *fields = start(size, seed)
    field, a, i = map(Padded, fields)
    reaction, above = np.empty((size, size)), np.empty((size, size), bool)
    for _ in range(steps):
        spike(random, field.cells)
        change = field.laplacian()
        change *= ALPHA
        field.cells += change
        of_a, of_i = a.laplacian(), i.laplacian()
        of_a *= DIFFUSION[0]
        of_i *= DIFFUSION[1]
        of_a += a.cells
        of_i += i.cells
        np.subtract(1, a.cells, out=reaction)
        reaction *= a.cells
        reaction -= i.cells
        reaction *= RATE[0]
        of_a += reaction
        np.subtract(a.cells, i.cells, out=reaction)
        reaction *= RATE[1]
        of_i += reaction
        if np.greater(of_a, THRESHOLD, out=above).any():
            field.cells[above] += 0.005
        np.clip(of_a, 0, 1, out=a.cells)
        np.clip(of_i, 0, 1, out=i.cells)
        np.clip(field.cells, -0.095, 0.040, out=field.cells)
        total = field.cells.sum() + a.cells.sum() + i.cells.sum()
        if not np.isfinite(total):
            raise ArithmeticError("a cell is not finite")
    return field.cells


def seconds(simulate, size, steps, runs):
    """The median of some runs."""
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        simulate(size, steps)
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def ours(operation):
    command = [BENCH, "--records", "--quick", "--exact", operation]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for line in output.splitlines():
        record = json.loads(line) if line.startswith("{") else {}
        if record.get("operation") == operation and record.get("metric") == "time":
            return statistics.median(runs_of(record)) * SECONDS[record["unit"]]
    sys.exit(f"{BENCH} told no time of `{operation}`")


def our_field(size, steps):
    """With the random numbers of NumPy, which the measured runs do without."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "field.npy")
        asked = ["--grid-size", str(size), "--steps", str(steps), "--seed", "42"]
        command = [PROGRAM, "simulate", *asked, "--streams", "numpy", "--field", file]
        subprocess.run(command, check=True, capture_output=True)
        return np.load(file)


def runs_of(record):
    """Times of single runs, or of runs of a batch."""
    if "samples" in record:
        return record["samples"]
    return [total / count for total, count in record["batches"]]


def tell(operation, metric, unit, value):
    if sys.stdout.isatty() and "--records" not in sys.argv:
        print(f"{operation:20} {metric:28} {value:10.3f} {unit}")
    else:
        record = {"tollgate": 1, "operation": operation, "metric": metric, "unit": unit}
        print(json.dumps(record | {"value": value}))


def main():
    # Both on one core: on two, one of them may meet a neighbour that the other does not.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    for name, size, steps, operation in CASES:
        expected = plain(size, steps)
        for side, field in [("careful", careful(size, steps)), ("ours", our_field(size, steps))]:
            difference = np.abs(field - expected).max()
            if difference > 1e-12:
                sys.exit(f"{side} differs from plain by {difference} V after {steps} steps")
        times = {"plain": [], "careful": [], "ours": []}
        runs = max(3, 640 // size)
        for _ in range(ROUNDS):
            times["plain"].append(seconds(plain, size, steps, runs))
            times["ours"].append(ours(operation))
            times["careful"].append(seconds(careful, size, steps, runs))
        median = {side: statistics.median(values) for side, values in times.items()}
        for side, value in median.items():
            tell(name, f"time, {side}", "ms", value * 1e3)
        tell(name, "time ratio", "", median["plain"] / median["ours"])
        tell(name, "careful time ratio", "", median["careful"] / median["ours"])


main()
