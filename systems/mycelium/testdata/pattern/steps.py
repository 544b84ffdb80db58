"""Prints `steps.json`: a few steps of two reactions, written with whole arrays.

    python3 steps.py > steps.json

Each case holds settings, both fields at the start, and both after its steps. Needs NumPy.
"""

import json

import numpy as np

SIZE = 7
PAD = {"periodic": "wrap", "neumann": "edge", "dirichlet": "constant"}


def laplacian(x, boundary):
    p = np.pad(x, 1, mode=PAD[boundary])
    return p[:-2, 1:-1] + p[2:, 1:-1] + p[1:-1, :-2] + p[1:-1, 2:] - 4 * x


def rates(reaction, u, v):
    if reaction["name"] == "gray-scott":
        feed, kill = reaction["feed"], reaction["kill"]
        return -u * v**2 + feed * (1 - u), u * v**2 - (feed + kill) * v
    return reaction["a"] - u + u**2 * v, reaction["b"] - u**2 * v


def case(reaction, diffusion, time_step, boundary, steps, seed, most):
    rng = np.random.default_rng(seed)
    u, v = rng.uniform(0.1, most, (2, SIZE, SIZE))
    before = {"u": u.ravel().tolist(), "v": v.ravel().tolist()}
    for _ in range(steps):
        du, dv = rates(reaction, u, v)
        u, v = (u + time_step * (diffusion[0] * laplacian(u, boundary) + du),
                v + time_step * (diffusion[1] * laplacian(v, boundary) + dv))
    settings = {"reaction": reaction, "grid_size": SIZE, "steps": steps, "diffusion": diffusion,
                "time_step": time_step, "boundary": boundary}
    return {"settings": settings, "before": before,
            "after": {"u": u.ravel().tolist(), "v": v.ravel().tolist()}}


GRAY_SCOTT = {"name": "gray-scott", "feed": 0.06, "kill": 0.062}
SCHNAKENBERG = {"name": "schnakenberg", "a": 0.1, "b": 0.9}
print(json.dumps([
    case(reaction, diffusion, time_step, boundary, steps, seed, most)
    for seed, boundary in enumerate(PAD)
    for reaction, diffusion, time_step, steps, most in [
        (GRAY_SCOTT, [0.16, 0.08], 1.0, 12, 0.5),
        (SCHNAKENBERG, [1.0, 10.0], 0.02, 25, 1.5),
    ]
], indent=1))
