"""Writes tests/golden/dataset.jsonl: transitions in the documented layout, by Python's own JSON.

    python3 tests/oracle/dataset.py > tests/golden/dataset.jsonl

No number is so large or small that Python writes its exponent in another form than Rust does.
"""

import json
import random

random.seed(31)


def state(paths):
    return {
        "src": random.randrange(14),
        "dst": random.randrange(14),
        "slots_needed": random.randrange(20),
        "est_remaining_time": random.expovariate(0.3),
        "is_disaster": random.randrange(2),
        "paths": [
            {
                "path_hops": random.randrange(1, 9),
                "min_residual_slots": random.randrange(321),
                "frag_indicator": round(random.random(), random.randrange(5)),
                "failure_mask": random.randrange(2),
                "dist_to_disaster_centroid": random.randrange(5),
            }
            for _ in range(paths)
        ],
    }


for t in range(24):
    paths = [4, 4, 4, 2, 1, 0][t % 6]
    mask = [random.random() < 0.7 for _ in range(paths)]
    allowed = [index for index, is_allowed in enumerate(mask) if is_allowed]
    action = random.choice(allowed) if allowed and random.random() < 0.9 else -1
    record = {
        "t": t,
        "seed": None if t % 8 == 7 else 42,
        "state": state(paths),
        "action": action,
        "reward": -1.0 if action < 0 else 1.0,
        "next_state": state(paths) if t % 12 == 11 else None,
        "action_mask": mask,
        "meta": {
            "schema_version": 1,
            "decision_time_ms": random.choice([0.0, random.random()]),
            "restoration_latency_ms": random.choice([0.0, 50.0, 100.0, 52.5]),
            "bp_window_tag": random.choice(["pre", "fail", "post"]),
            "backup_available": random.random() < 0.5,
            "was_groomed": random.random() < 0.5,
        },
    }
    print(json.dumps(record, separators=(",", ":")))
