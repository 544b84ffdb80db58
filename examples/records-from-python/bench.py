"""Measures sorting and looking up, and tells Tollgate by printing records.

Needs nothing but Python: a record is one line of JSON (see docs/records.md).
"""

import json
import random
import time
import tracemalloc


def record(metric, unit, operation=None, **values):
    """Prints one record. `allow_nan=False` refuses what JSON cannot hold."""
    line = {"tollgate": 1, "metric": metric, "unit": unit, **values}
    if operation is not None:
        line["operation"] = operation
    print(json.dumps(line, allow_nan=False), flush=True)


def timed(work):
    """The result of `work` and the microseconds it took."""
    started = time.perf_counter_ns()
    result = work()
    return result, (time.perf_counter_ns() - started) / 1000


def main():
    numbers = random.Random(1)
    values = [numbers.random() for _ in range(5_000)]

    # Long enough to be timed singly: one sample each.
    samples = [timed(lambda: sorted(values))[1] for _ in range(40)]
    record("time", "us", operation="sort", better="lower", samples=samples)

    # Too short for that: batches, each with its number of iterations.
    table = {value: index for index, value in enumerate(values)}
    iterations = len(values)
    batches = []
    for _ in range(20):
        _, total = timed(lambda: [table[value] for value in values])
        batches.append([total, iterations])
    record("time", "us", operation="lookup", batches=batches)

    # How many of how many.
    wanted = [numbers.choice(values) if numbers.random() < 0.9 else -1.0 for _ in range(1_000)]
    hits = sum(value in table for value in wanted)
    record("hits", "%", operation="lookup", better="higher", shares=[[hits, len(wanted)]])

    # A value over time, with the second at which each was read.
    tracemalloc.start()
    started = time.perf_counter()
    points, kept = [], []
    for _ in range(5):
        kept.append(list(range(10_000)))
        points.append([time.perf_counter() - started, tracemalloc.get_traced_memory()[0]])
    record("traced memory", "B", points=points)

    # One number for the whole program.
    record("numbers sorted", "", total=len(values) * len(samples))


if __name__ == "__main__":
    main()
