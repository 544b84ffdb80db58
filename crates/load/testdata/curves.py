"""Writes curves.json beside this file: for several schedules, the area below the levels at some
moments and the moments at which it reaches some values, by scipy's quadrature and root finding.
Run it after changing a curve:

    pip install numpy scipy
    python crates/load/testdata/curves.py
"""

import json
import pathlib

import numpy as np
from scipy import integrate, optimize

# Levels with the seconds it takes to reach them in a straight line from the one before.
CURVES = {
    "constant": [(100, 0), (100, 60)],
    "ramp and hold": [(500, 10), (500, 120)],
    "up and down": [(40, 3), (40, 5), (0, 7)],
    "a rest between": [(30, 2), (0, 2), (0, 10), (30, 2), (7, 0), (7, 4)],
    "a late start": [(0, 5), (12.5, 0), (12.5, 8)],
    "almost level": [(1000, 0), (1000.000001, 100), (999.999999, 100)],
    "steep": [(100000, 0.25), (1, 0.25), (1, 30)],
    "slow and long": [(0.02, 600), (0.02, 3600), (0.001, 1200)],
    "jumps only": [(3, 0), (3, 1), (9, 0), (9, 1), (1, 0), (1, 5)],
}


def main():
    table = []
    for name, legs in CURVES.items():
        knots, levels = knots_of(legs)
        total = knots[-1]
        whole = area(knots, levels, total)
        moments = np.linspace(0, total, 12)[1:-1]
        areas = np.concatenate([[0.5], np.array([1e-3, 0.1, 0.35, 0.5, 0.77, 0.9, 0.999]) * whole])
        table.append(
            {
                "name": name,
                "legs": legs,
                "total": total,
                "whole": whole,
                "areas": [[at, area(knots, levels, at)] for at in moments],
                "moments": [[a, when(knots, levels, a)] for a in areas if a < whole],
            }
        )
    text = json.dumps(table, indent=1)
    pathlib.Path(__file__).with_name("curves.json").write_text(text + "\n")


def knots_of(legs):
    """Times and levels of the corners; a jump is two corners at the same time."""
    knots, levels = [0.0], [0.0]
    for to, over in legs:
        knots.append(knots[-1] + over)
        levels.append(float(to))
    return knots, levels


def area(knots, levels, at):
    """The integral to a moment, piece by piece."""
    pieces = []
    for t0, t1, l0, l1 in zip(knots, knots[1:], levels, levels[1:]):
        end = min(t1, at)
        if end > t0 and (l0 or l1):
            line = lambda t: np.interp(t, [t0, t1], [l0, l1])
            pieces.append(integrate.quad(line, t0, end, epsabs=0, epsrel=1e-13)[0])
    return float(np.sum(pieces))


def when(knots, levels, wanted):
    """The first moment at which the area is `wanted`, within the piece that holds it."""
    for t0, t1 in zip(knots, knots[1:]):
        if t1 > t0 and area(knots, levels, t1) >= wanted:
            return optimize.brentq(
                lambda t: area(knots, levels, t) - wanted, t0, t1, xtol=1e-12, rtol=9e-16
            )
    raise ValueError(wanted)


main()
