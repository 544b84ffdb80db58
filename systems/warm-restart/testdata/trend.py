#!/usr/bin/env python3
"""Writes trend.json: series, and what scipy and numpy make of them. Needs scipy 1.11 or later."""
import json, os
import numpy as np
from scipy import stats

rng = np.random.default_rng(20260127)
def series():
    t = np.arange(60.0)
    yield "line", t, 3 + 0.5 * t
    yield "noise", t, np.round(rng.normal(50, 2, 60), 3)
    yield "falling", t * 10, np.round(90 - 0.03 * t * 10 + rng.normal(0, 1, 60), 3)
    spiked = np.round(20 + 0.1 * t + rng.normal(0, 0.5, 60), 3)
    spiked[[7, 31, 59]] += [40, -30, 90]
    yield "spiked", t, spiked
    yield "ties", t, np.floor(t / 10) + (t % 2)
    yield "mostly equal", t, np.where(np.isin(t, [5, 40]), 9.0, 4.0)
    yield "uneven", np.sort(np.round(rng.uniform(0, 500, 60), 2)), np.round(rng.normal(0, 1, 60), 3)
    t = np.arange(168.0)
    yield "day", t, np.round(10 * np.sin(2 * np.pi * t / 24) + 0.2 * t + rng.normal(0, 2, 168), 3)

def acf(v, lags):
    rest = v - np.polyval(np.polyfit(np.arange(len(v)), v, 1), np.arange(len(v)))
    return [float(np.dot(rest[:len(v) - k], rest[k:]) / np.dot(rest, rest)) for k in range(lags)]

out = []
for name, t, v in series():
    slope, _, low, high = stats.theilslopes(v, t, 0.95)
    mad = stats.median_abs_deviation(v, scale="normal")
    if mad == 0:
        mad = np.mean(np.abs(v - np.median(v))) / np.sqrt(2 / np.pi)
    score = (v - np.median(v)) / mad
    longest = len(v) // 3
    bound = stats.norm.isf(0.05 / (2 * (longest - 1))) / np.sqrt(len(v))
    out.append(dict(name=name, at=list(map(float, t)), values=list(map(float, v)), slope=float(slope),
                    low=float(low), high=float(high),
                    anomalies=[[int(i), float(score[i])] for i in np.nonzero(np.abs(score) > 3.5)[0]],
                    acf=acf(v, longest + 2) if name != "line" else [], bound=float(bound)))
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "trend.json"), "w") as f:
    json.dump(out, f)
    f.write("\n")
