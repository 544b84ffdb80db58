"""Writes steps.json beside this file: where Apache Otava finds that simulated series change their level,
and where brute force finds the largest energy of E-divisive. The Rust tests rebuild the series. Run it
after changing a case:

    pip install --no-deps apache-otava && pip install numpy scipy
    python crates/stats/testdata/steps.py
"""

import json
import pathlib

import numpy as np
from otava.analysis import compute_change_points

HERE = pathlib.Path(__file__).parent


def lcg(seed, n):
    """The 64-bit congruential generator of `tollgate_stats::rng::lcg`."""
    state, out = seed, []
    for _ in range(n):
        state = (6364136223846793005 * state + 1442695040888963407) % 2**64
        out.append((state >> 11) / 2**53)
    return np.array(out)


def series(seed, levels):
    """Twenty-five values around each level, no further off than 4."""
    n = 25 * len(levels)
    noise = 4 * (lcg(seed, n) - 0.5) + 4 * (lcg(seed + 100, n) - 0.5)
    return np.repeat(levels, 25) + noise


def energy(one, other):
    """Matteson and James (2014), equation 5, with an exponent of 1, times nm / (n + m)."""
    n, m = len(one), len(other)
    far = np.abs(np.subtract.outer(one, other)).sum()

    def near(part):
        if len(part) < 2:
            return 0.0
        return np.abs(np.subtract.outer(part, part)).sum() / 2 / (len(part) - 1)

    return 2 / (n + m) * (far - m * near(one) - n * near(other))


def largest(values, least):
    """The first place with the largest energy, by trying all."""
    ends = range(2 * least, len(values) + 1)
    tried = [
        (energy(values[:place], values[place:end]), -place)
        for end in ends
        for place in range(least, end - least + 1)
    ]
    return -max(tried)[1]


CASES = {
    "none": [100],
    "up": [100, 110],
    "up and down": [100, 108, 100],
    "stairs": [100, 106, 112, 118],
    "there and back again": [50, 60, 50, 60, 50],
}

table = {}
for seed, (name, levels) in enumerate(CASES.items(), start=31):
    values = series(seed, levels)
    found, _ = compute_change_points(list(values), window_len=50, max_pvalue=0.001, min_magnitude=0.0)
    table[name] = {
        "seed": seed,
        "levels": levels,
        "otava": [int(point.index) for point in found],
        "candidate": largest(values, 3),
    }
(HERE / "steps.json").write_text(json.dumps(table, indent=1) + "\n")
