"""Prints `fields.json`: whole runs of the scheme, written with whole arrays.

    python3 fields.py > fields.json

The engine's values that are known for seeds 0, 7 and 42 come out of it as well. Numbers with a
point are written as the 64 bits they are, in hexadecimal. Needs NumPy 2.
"""

import json

import numpy as np

PAD = {"periodic": "wrap", "neumann": "edge", "dirichlet": "constant"}
DEFAULT = {
    "grid_size": 32, "steps": 32, "alpha": 0.18, "spike_probability": 0.25,
    "turing_enabled": True, "turing_threshold": 0.75, "quantum_jitter": False,
    "jitter_var": 0.0005, "activator_diffusion": 0.1, "inhibitor_diffusion": 0.05,
    "activator_rate": 0.01, "inhibitor_rate": 0.02, "boundary": "periodic", "seed": 42,
    "streams": "numpy",
}


def laplacian(x, boundary):
    p = np.pad(x, 1, mode=PAD[boundary])
    return p[:-2, 1:-1] + p[2:, 1:-1] + p[1:-1, :-2] + p[1:-1, 2:] - 4.0 * x


def bits(value):
    return f"{int(np.float64(value).view(np.uint64)):x}"


def folded(values):
    fold = 0
    for value in np.ascontiguousarray(values).view(np.uint64).ravel().tolist():
        fold = (3 * fold + value) % 2**64
    return f"{fold:x}"


def run(**changes):
    s = DEFAULT | changes
    n, boundary = s["grid_size"], s["boundary"]
    rng = np.random.default_rng(s["seed"])
    v = rng.normal(-0.070, 0.005, (n, n))
    a = rng.uniform(0, 0.1, (n, n))
    i = rng.uniform(0, 0.1, (n, n))
    events = activations = clamped = 0
    for _ in range(s["steps"]):
        if rng.random() < s["spike_probability"]:
            row, column = rng.integers(0, n), rng.integers(0, n)
            v[row, column] += rng.normal(0.020, 0.005)
            events += 1
        v = v + s["alpha"] * laplacian(v, boundary)
        if s["turing_enabled"]:
            da = s["activator_diffusion"] * laplacian(a, boundary)
            da += s["activator_rate"] * (a * (1.0 - a) - i)
            di = s["inhibitor_diffusion"] * laplacian(i, boundary)
            di += s["inhibitor_rate"] * (a - i)
            a, i = a + da, i + di
            active = a > s["turing_threshold"]
            v[active] += 0.005
            activations += int(np.count_nonzero(active))
            a, i = np.clip(a, 0.0, 1.0), np.clip(i, 0.0, 1.0)
        if s["quantum_jitter"]:
            v = v + rng.normal(0.0, np.sqrt(s["jitter_var"]), (n, n))
        within = np.clip(v, -0.095, 0.040)
        clamped += int(np.count_nonzero(within != v))
        v = within
    return {
        "settings": s,
        "counts": [events, activations, clamped],
        "cells": [bits(x) for x in (v.min(), v.max(), v.mean(), v.std(), v[0, 0])],
        "means": [bits(a.mean()), bits(i.mean())],
        "folds": [folded(v), folded(a), folded(i)],
    }


print(json.dumps([
    run(seed=0),
    run(seed=7),
    run(),
    run(turing_enabled=False),
    run(boundary="neumann", grid_size=21),
    run(boundary="dirichlet", grid_size=21, steps=100),
    run(quantum_jitter=True),
    run(quantum_jitter=True, jitter_var=0.01, boundary="neumann", grid_size=5, steps=300),
    run(turing_threshold=0.05, steps=60),
    run(turing_threshold=0.0, boundary="dirichlet", spike_probability=1.0),
    run(activator_diffusion=0.02, inhibitor_diffusion=0.24, activator_rate=0.1,
        inhibitor_rate=0.1, turing_threshold=0.2, steps=400),
    run(grid_size=4, steps=1, alpha=0.25),
    run(grid_size=64, steps=100),
], indent=1))
