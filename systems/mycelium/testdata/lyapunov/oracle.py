"""Writes oracle.json: Rosenstein's exponent and divergence of short series, by nolds.

    pip install numpy==2.4.6 nolds==0.5.2
    python3 oracle.py

Rounded to nine digits in the series, so that they are the same numbers here and there.
"""

import json
import pathlib

import nolds
import numpy as np


def logistic(count, state):
    series = []
    for _ in range(count):
        series.append(round(state, 9))
        state = 4 * state * (1 - state)
    return series


def henon(count):
    x, y, series = 0.1, 0.3, []
    for step in range(count + 100):
        x, y = 1 - 1.4 * x * x + y, 0.3 * x
        if step >= 100:
            series.append(round(x, 9))
    return series


def row(name, series, dimension, lag, theiler, steps):
    exponent, (_, divergence, _) = nolds.lyap_r(
        np.array(series),
        emb_dim=dimension,
        lag=lag,
        min_tsep=theiler,
        trajectory_len=steps,
        fit="poly",
        debug_data=True,
    )
    return {
        "name": name,
        "series": series,
        "dimension": dimension,
        "lag": lag,
        "theiler": theiler,
        "steps": steps,
        "exponent": float(exponent),
        "divergence": [float(value) for value in divergence],
    }


rows = [
    row("logistic", logistic(1000, 0.1), 2, 1, 1, 5),
    row("logistic, three numbers a state", logistic(400, 0.35), 3, 2, 4, 4),
    row("henon", henon(600), 2, 1, 10, 6),
]
path = pathlib.Path(__file__).with_name("oracle.json")
path.write_text(json.dumps(rows, separators=(",", ":")) + "\n")
