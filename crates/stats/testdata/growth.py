"""Writes growth.json beside this file: what scipy says about the growth of simulated soaks whose
inputs the Rust tests rebuild. It finds the warm-up by least squares of numpy and the line by
`scipy.stats.theilslopes` over medians of blocks. How many blocks the dependence asks for is the
tests' own; BLOCKS lists the numbers they come to. Run it after changing a case:

    pip install numpy scipy
    python crates/stats/testdata/growth.py
"""

import json
import pathlib

import numpy as np
from scipy import stats

HERE = pathlib.Path(__file__).parent
BLOCKS = [77, 94, 98]


def lcg(seed, n):
    """The 64-bit congruential generator of `tollgate_stats::rng::lcg`."""
    state, out = seed, []
    for _ in range(n):
        state = (6364136223846793005 * state + 1442695040888963407) % 2**64
        out.append((state >> 11) / 2**53)
    return np.array(out)


def medians(t, y, blocks):
    edges = [i * len(y) // blocks for i in range(blocks + 1)]
    pairs = list(zip(edges, edges[1:]))
    return (
        np.array([np.median(t[a:b]) for a, b in pairs]),
        np.array([np.median(y[a:b]) for a, b in pairs]),
    )


def slope_variance(t, y):
    """The squared standard error of the slope of least squares."""
    fit = stats.linregress(t, y)
    return fit.stderr**2


def warm_up(t, y):
    """Where the variance of the slope of the rest is least, if that is a third of the whole's."""
    n = len(y)
    whole = slope_variance(t, y)
    rest = {d: slope_variance(t[d:], y[d:]) for d in range(1, n - max(n // 5, 8) + 1)}
    best = min(rest, key=rest.get)
    cut = best if rest[best] < whole / 3 else 0
    return cut if cut > n // 2 else min(2 * cut, n // 2)


def case(t, y):
    fine = medians(t, y, 100)
    cut = warm_up(*fine)
    start = cut * len(y) // 100
    lines = {}
    for blocks in BLOCKS:
        found = stats.theilslopes(*reversed(medians(t[start:], y[start:], blocks)), alpha=0.95)
        lines[str(blocks)] = [found.slope, found.low_slope, found.high_slope]
    return {"warm_up": float(t[start] - t[0]), "lines": lines}


T = np.arange(600.0)
NOISE = lcg(11, 600) - 0.5
CASES = {
    "leak": case(T, 200 + 0.01 * T + NOISE),
    "knee": case(T, 150 + 0.4 * np.minimum(T, 90) + NOISE),
    "leak after a knee": case(T, 150 + 0.4 * np.minimum(T, 60) + 0.02 * T + NOISE),
}
(HERE / "growth.json").write_text(json.dumps(CASES, indent=1) + "\n")
