"""Writes csv.json: tables in many forms, and what Python's csv module reads in them.

    python3 csv.py > csv.json

Left out is what is read differently on purpose: text after a closing quotation mark, which is a
mistake here, and carriage returns outside of quotation marks that end no line.
"""

import io
import json
import random
import sys

sys.path.pop(0)  # this file's own folder, in which `csv` is this file
import csv

draw = random.Random(20260102)
SIGNS = ["a", "b", ",", '"', "\n", "\r\n", " ", "\u00e4", "\u4e2d", "", "x,y", "1.5"]


def value():
    return "".join(draw.choice(SIGNS) for _ in range(draw.randrange(5)))


tables = []
while len(tables) < 300:
    columns = draw.randrange(1, 5)
    rows = [[f"c{at}" for at in range(columns)]]
    rows += [[value() for _ in range(columns)] for _ in range(draw.randrange(4))]
    out = io.StringIO()
    quoting = draw.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
    csv.writer(out, lineterminator=draw.choice(["\n", "\r\n"]), quoting=quoting).writerows(rows)
    text = out.getvalue()
    if draw.random() < 0.3:
        text = text.removesuffix("\n").removesuffix("\r")
    if draw.random() < 0.3:
        text = text.replace("\n", "\n\n", 1) if '"' not in text else text
    read = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    read = [row for row in read if row]
    tables.append({"text": text, "rows": read})

print("[\n" + ",\n".join(json.dumps(table) for table in tables) + "\n]")
