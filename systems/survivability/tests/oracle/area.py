"""Writes area.json beside this file: the nodes and links within some kilometres of a node of
usbackbone60, by the angle between position vectors instead of the haversine.

    python systems/survivability/tests/oracle/area.py
"""

import csv
import json
import math
import pathlib

HERE = pathlib.Path(__file__).parent
DATA = HERE.parent.parent / "data"
EARTH_RADIUS_KM = 6371.0088


def rows(name):
    with open(DATA / name, newline="") as file:
        lines = (line for line in file if line.strip() and not line.startswith("#"))
        return list(csv.reader(lines))


def vector(latitude, longitude):
    north, east = math.radians(latitude), math.radians(longitude)
    return (math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north))


def km(a, b):
    cross = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    return EARTH_RADIUS_KM * math.atan2(math.hypot(*cross), sum(x * y for x, y in zip(a, b)))


def main():
    nodes = {row[0]: vector(float(row[-2]), float(row[-1])) for row in rows("usbackbone60_nodes.csv")
             if row[0].isdigit()}
    links = [row[:2] for row in rows("usbackbone60.csv") if row[0].isdigit()]
    assert len(nodes) == 60 and len(links) == 79
    out = []
    for centre, radius in [("5", 500), ("5", 1000), ("23", 300), ("23", 600), ("31", 1500),
                           ("60", 50), ("60", 800), ("1", 10000)]:
        within = {node for node in nodes if km(nodes[centre], nodes[node]) <= radius}
        touch = sorted(link for link in links if within & set(link))
        inside = sorted(link for link in links if within >= set(link))
        out.append({"centre": centre, "km": radius, "nodes": sorted(within), "touch": touch,
                    "inside": inside})
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text("[\n" + ",\n".join(json.dumps(case) for case in out) + "\n]\n")


main()
