"""Holds an exported table against the dataset it was made from, by pyarrow and Python's own JSON.

    pip install pyarrow
    python3 tests/oracle/parquet.py dataset.jsonl table.parquet
"""

import json
import sys

import pyarrow.parquet

lines, table = sys.argv[1:]
table = pyarrow.parquet.read_table(table)
with open(lines, encoding="utf-8") as file:
    records = [json.loads(line) for line in file]
candidates = len(records[0]["action_mask"])


def row(record):
    state, meta = record["state"], record["meta"]
    cells = {
        "t": record["t"],
        "seed": record["seed"],
        "src": state["src"],
        "dst": state["dst"],
        "slots_needed": state["slots_needed"],
        "est_remaining_time": state["est_remaining_time"],
        "is_disaster": state["is_disaster"] == 1,
        "action": record["action"],
        "reward": record["reward"],
        "decision_time_ms": meta["decision_time_ms"],
        "restoration_latency_ms": meta["restoration_latency_ms"],
        "bp_window_tag": meta["bp_window_tag"],
        "backup_available": meta["backup_available"],
        "was_groomed": meta["was_groomed"],
    }
    for index in range(candidates):
        path = dict(enumerate(state["paths"])).get(index)
        for column, feature in [
            ("hops", "path_hops"),
            ("min_residual_slots", "min_residual_slots"),
            ("frag_indicator", "frag_indicator"),
            ("failure_mask", "failure_mask"),
            ("dist", "dist_to_disaster_centroid"),
        ]:
            value = path and path[feature]
            if column == "failure_mask" and path:
                value = value == 1
            cells[f"path{index}_{column}"] = value
        cells[f"mask{index}"] = dict(enumerate(record["action_mask"])).get(index)
    return cells


expected = [row(record) for record in records]
found = table.to_pylist()
if len(found) != len(expected):
    sys.exit(f"{len(found)} rows, not {len(expected)}")
for number, (cells, wanted) in enumerate(zip(found, expected), 1):
    if list(cells) != list(wanted):
        sys.exit(f"columns {list(cells)}, not {list(wanted)}")
    for name, value in wanted.items():
        if cells[name] != value or type(cells[name]) is not type(value):
            sys.exit(f"row {number}, {name}: {cells[name]!r}, not {value!r}")
print(f"{len(found)} rows of {len(table.column_names)} columns agree")
