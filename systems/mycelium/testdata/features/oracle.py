"""Writes oracle.json: features of small fields and masks, by NumPy and SciPy.

    pip install numpy==2.4.6 scipy==1.17.1
    python3 oracle.py

Potentials are whole microvolts, so that they are written exactly. Masks are rows of characters.
Running it again gives the same bytes.
"""

import json
import pathlib

import numpy as np
from scipy import ndimage, stats

RANDOM = np.random.default_rng(20)


def smooth(size, width):
    field = ndimage.gaussian_filter(RANDOM.normal(size=(size, size)), width, mode="wrap")
    return np.round(-70_000 + 900 * field / max(field.std(), 1e-12)).astype(int)


def otsu(values):
    """The largest value of the lower group, by trying every split; None for no values."""
    if len(values) == 0:
        return None
    best = (-1.0, values.max())
    for level in np.unique(values)[:-1]:
        lower, upper = values[values <= level], values[values > level]
        apart = upper.mean() - lower.mean()
        between = len(lower) * len(upper) * apart * apart
        if between > best[0] * (1 + 1e-12):
            best = (between, level)
    return best[1]


def field_row(name, field):
    volts = field / 1e6
    low = otsu(field.ravel())
    medium = otsu(field[field > low])
    high = otsu(field[field > medium])
    levels = [level for level in (low, medium, high) if level is not None]
    return {
        "name": name,
        "size": len(field),
        "microvolts": field.ravel().tolist(),
        "min": volts.min() * 1000,
        "max": volts.max() * 1000,
        "mean": volts.mean() * 1000,
        "deviation": volts.std() * 1000,
        "skewness": float(stats.skew(field, axis=None)),
        "kurtosis": float(stats.kurtosis(field, axis=None)),
        "percentiles": np.percentile(field / 1000, [50, 77.7, 95]).tolist(),
        "otsu": [float(level) / 1000 for level in levels],
    }


def history_row(name, frames, threshold, window):
    millivolts = frames / 1000
    changes = np.abs(np.diff(millivolts, axis=0))
    spreads = changes.std(axis=(1, 2))
    stable = len(frames)
    for end in range(window - 1, len(spreads)):
        if (spreads[end - window + 1 : end + 1] < threshold).all():
            stable = end - window + 2
            break
    energy = (millivolts**2).sum(axis=(1, 2))
    return {
        "name": name,
        "size": frames.shape[1],
        "microvolts": frames.ravel().tolist(),
        "threshold": threshold,
        "window": window,
        "mean_change": changes.mean(),
        "max_change": changes.max(),
        "stable_after": stable,
        "energy_trend": stats.linregress(np.arange(len(frames)), energy).slope,
    }


def components(mask, corners, periodic):
    structure = np.ones((3, 3)) if corners else None
    if not periodic:
        labels, _ = ndimage.label(mask, structure)
        return np.bincount(labels.ravel())[1:].tolist()
    # Nine copies side by side: what is one cluster through an edge is one in the middle or has
    # cells that are the same cell in two copies. Merged until nothing changes.
    size = len(mask)
    labels, _ = ndimage.label(np.tile(mask, (3, 3)), structure)
    tiles = labels.reshape(3, size, 3, size).transpose(0, 2, 1, 3).reshape(9, size, size)
    merged = tiles.min(axis=0)
    while True:
        least = {}
        for tile in tiles:
            for label, value in zip(tile.ravel(), merged.ravel()):
                least[label] = min(value, least.get(label, value))
        lookup = np.vectorize(least.get)
        new = np.minimum.reduce([lookup(tile) for tile in tiles])
        if (new == merged).all():
            break
        merged = new
    order, sizes = {}, []
    for value in merged[mask]:
        if value not in order:
            order[value] = len(sizes)
            sizes.append(0)
        sizes[order[value]] += 1
    return sizes


def boxes(mask, sizes, crop):
    counts, used = [], []
    for size in sizes:
        side = len(mask) // size * size if crop else -(-len(mask) // size) * size
        padded = np.zeros((side, side), bool)
        kept = mask[:side, :side]
        padded[: len(kept), : len(kept)] = kept
        per_side = side // size
        blocks = padded.reshape(per_side, size, per_side, size).any(axis=(1, 3))
        if blocks.sum() > 0:
            used.append(int(size))
            counts.append(int(blocks.sum()))
    row = {"sizes": used, "counts": counts}
    if len(used) > 2:
        line = stats.linregress(-np.log(used), np.log(counts))
        row |= {"slope": line.slope, "r_squared": line.rvalue**2, "error": line.stderr}
    return row


def truncated(least, most, count):
    return sorted(set(np.geomspace(least, most, count).astype(int).tolist()))


def mask_row(name, mask):
    size = len(mask)
    most = max(2, min(32, size // 2 if size >= 4 else size))
    return {
        "name": name,
        "rows": ["".join("#" if cell else "." for cell in row) for row in mask],
        "four": components(mask, False, False),
        "eight": components(mask, True, False),
        "four_periodic": components(mask, False, True),
        "eight_periodic": components(mask, True, True),
        "truncated": boxes(mask, truncated(2, most, 5), True),
        "all": boxes(mask, range(1, size + 1), False),
    }


def still(frames, size, moving):
    """Noise that dies out after so many frames and then only drifts, all cells alike."""
    start = RANDOM.integers(-72_000, -68_000, (size, size))
    steps = [RANDOM.integers(-300, 300, (size, size)) * (t < moving) + 5 for t in range(frames)]
    return start + np.cumsum(steps, axis=0)


noise = RANDOM.integers(-95_000, 40_000, (9, 9))
step = np.full((6, 6), -70_000)
step[4:, 3:] = -55_000
step[5, 5] = -20_000
FIELDS = [
    ("noise", noise),
    ("hills", smooth(24, 2)),
    ("one spike", np.where(np.arange(49).reshape(7, 7) == 24, -50_000, -70_000)),
    ("three levels", step),
]
HISTORIES = [
    ("moving to the end", still(15, 5, 15), 0.001, 4),
    ("still after seven", still(20, 5, 7), 0.001, 5),
    ("too short for the window", still(6, 4, 2), 0.001, 6),
    ("just long enough", still(7, 4, 1), 0.001, 5),
    ("two frames", still(2, 3, 2), 0.001, 10),
]
ring = np.zeros((8, 8), bool)
ring[0, :] = ring[:, 0] = True
corners = np.zeros((6, 6), bool)
corners[0, 0] = corners[0, 5] = corners[5, 0] = corners[5, 5] = True
diagonal = np.eye(9, dtype=bool)
wrapped = np.roll(np.eye(7, dtype=bool), 3, axis=1)
MASKS = [
    ("one cell", np.ones((1, 1), bool)),
    ("two by two", np.array([[True, False], [False, True]])),
    ("ring", ring),
    ("corners", corners),
    ("diagonal", diagonal),
    ("diagonal through an edge", wrapped),
    ("full", np.ones((5, 5), bool)),
    ("empty", np.zeros((5, 5), bool)),
    ("sparse", RANDOM.random((31, 31)) < 0.2),
    ("half", RANDOM.random((40, 40)) < 0.5),
    ("near percolation", RANDOM.random((64, 64)) < 0.59),
    ("a bit over a word", RANDOM.random((67, 67)) < 0.45),
]
SCALES = [(1, 128, 8), (2, 32, 5), (2, 16, 5), (2, 8, 3), (3, 100, 7), (2, 4, 2), (2, 2, 5)]
SCALES += [(2, 2 ** (n + 1), n + 1) for n in range(1, 9)] + [(1, 2**n, n + 1) for n in range(1, 9)]

oracle = {
    "fields": [field_row(*case) for case in FIELDS],
    "histories": [history_row(*case) for case in HISTORIES],
    "masks": [mask_row(*case) for case in MASKS],
    "scales": [[least, most, n, truncated(least, most, n)] for least, most, n in SCALES],
}
path = pathlib.Path(__file__).with_name("oracle.json")
path.write_text(json.dumps(oracle, separators=(",", ":"), default=float) + "\n")
