"""Prints `streams.json`: what NumPy's `default_rng` draws.

    python3 streams.py > streams.json

Numbers with a point are written as the 64 bits they are, in hexadecimal. Needs NumPy 2.
"""

import json

import numpy as np

SEEDS = [0, 1, 7, 42, 2**32 - 1, 2**32, 123456789012345678, 2**63 + 5, 2**64 - 1]
RANGES = [1, 2, 6, 64, 1000, 2**31 + 1, 3 * 2**30, 2**32 - 1, 2**32, 2**32 + 1, 2**40, 3 * 2**61]
MANY = 200_000


def bits(value):
    return int(np.float64(value).view(np.uint64))


def drawn(rng, what):
    if what == "unit":
        return f"{bits(rng.random()):x}"
    if what == "normal":
        return f"{bits(rng.standard_normal()):x}"
    return f"{int(rng.integers(0, what)):x}"


def mixed(seed):
    rng = np.random.default_rng(seed)
    chooser = np.random.default_rng(1)
    draws = []
    for _ in range(400):
        what = [*RANGES, "unit", "normal"][int(chooser.integers(0, len(RANGES) + 2))]
        draws.append([str(what), drawn(rng, what)])
    return {"seed": str(seed), "draws": draws}


def folded(seed):
    """Many normal numbers in one: each adds its bits to three times the number so far."""
    rng = np.random.default_rng(seed)
    normals = rng.standard_normal(MANY)
    fold = 0
    for normal in normals.view(np.uint64).tolist():
        fold = (3 * fold + normal) % 2**64
    tail = int(np.count_nonzero(np.abs(normals) > 3.654152885361009))
    return {"seed": str(seed), "count": MANY, "fold": f"{fold:x}", "tail": tail,
            "next": drawn(rng, "unit")}


print(json.dumps({
    "numpy": np.__version__,
    "mixed": [mixed(seed) for seed in SEEDS],
    "folded": [folded(seed) for seed in SEEDS],
}, indent=1))
