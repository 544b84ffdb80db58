"""Writes decimals.json beside this file: numbers from 0 to 1 with Python's round() to 4 decimals.

    python systems/survivability/tests/oracle/decimals.py

A third are fragmentations of paths; the others lie at a half of the last decimal, where it is a
tie in binary, and one step of the floating-point numbers beside it.
"""

import json
import math
import pathlib
import random

draw = random.Random(20260101)
values = []
for _ in range(1000):
    free = draw.randrange(1, 4480)
    values.append(1 - draw.randrange(1, min(free, 320) + 1) / free)
for _ in range(600):
    half = (draw.randrange(10000) + 0.5) / 10000
    values += [half, math.nextafter(half, 0), math.nextafter(half, 1)]
for of in (16, 32, 64, 96, 160, 320, 480, 800):
    values += [1 - of_part / of for of_part in range(1, of + 1)][:60]
lines = [json.dumps([value, round(value, 4)]) for value in values]
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
