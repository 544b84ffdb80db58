"""Writes queues.json beside this file: exact blocking of one link, for the tests in `validation`.

    pip install numpy scipy
    python systems/survivability/tests/oracle/queues.py

`erlang`: Erlang B by exact fractions of the defining sum, not by the recursion.
`classes`: blocking by class where classes take several contiguous slots. The chain of occupied
blocks is built state by state and its balance equations are solved; Kaufman-Roberts is what
blocking would be if slots need not be contiguous.
`misses`: how many of so many intervals of 95 % may miss before that is unlikely (1 in 1000).
"""

import json
import pathlib
from fractions import Fraction
from math import factorial

import numpy as np
from scipy import stats

ERLANG = [(1, 1), (5, 5), (10, 10), (10, 20), (50, 50), (90, 100), (100, 100), (200, 200),
          (300, 320), (320, 320), (250, 320)]


def erlang_b(load, servers):
    terms = [Fraction(load) ** k / factorial(k) for k in range(servers + 1)]
    return float(terms[-1] / sum(terms))


def kaufman_roberts(slots, classes):
    q = [Fraction(1)]
    for n in range(1, slots + 1):
        q.append(sum(Fraction(a) * b * q[n - b] for b, a in classes if n >= b) / n)
    return [float(sum(q[slots - b + 1:]) / sum(q)) for b, _ in classes]


def free_starts(state, core, slots, need):
    taken = set()
    for c, start, size, _ in state:
        if c == core:
            taken.update(range(start, start + size))
    return [s for s in range(slots - need + 1) if not any(s + i in taken for i in range(need))]


def places(state, cores, slots, need, rule):
    """Where a block may go, with probabilities."""
    all_starts = [(c, s) for c in range(cores) for s in free_starts(state, c, slots, need)]
    if not all_starts:
        return []
    if rule == "random":
        return [(place, 1 / len(all_starts)) for place in all_starts]
    if rule == "first":
        return [(all_starts[0], 1.0)]
    if rule == "last":
        core = all_starts[0][0]
        return [(max(p for p in all_starts if p[0] == core), 1.0)]
    runs = []
    for c in range(cores):
        free = set(free_starts(state, c, slots, 1))
        for s in sorted(free):
            if s - 1 not in free:
                end = s
                while end in free:
                    end += 1
                runs.append((end - s, c, s))
    length, c, s = min(run for run in runs if run[0] >= need)
    return [((c, s), 1.0)]


def chain(cores, slots, guard, classes, rule):
    index, todo, rows = {(): 0}, [()], []
    blocked = [[] for _ in classes]
    while todo:
        state = todo.pop()
        here = index[state]

        def go(to, rate):
            to = tuple(sorted(to))
            if to not in index:
                index[to] = len(index)
                todo.append(to)
            rows.append((here, index[to], rate))

        for number, (size, load) in enumerate(classes):
            found = places(state, cores, slots, size + guard, rule)
            if not found:
                blocked[number].append(here)
            for (core, start), share in found:
                go(state + ((core, start, size + guard, number),), load * share)
        for block in state:
            go(tuple(b for b in state if b != block), 1.0)
    n = len(index)
    generator = np.zeros((n, n))
    for a, b, rate in rows:
        generator[a, b] += rate
        generator[a, a] -= rate
    equations = generator.T
    equations[-1] = 1.0
    p = np.linalg.solve(equations, np.eye(n)[-1])
    assert p.min() > -1e-12 and abs(p @ np.ones(n) - 1) < 1e-9
    return n, [float(p[states].sum()) for states in blocked]


CHAINS = [
    # cores, slots, guard, ((slots, Erlang), ...), rule
    (1, 8, 0, ((1, 2.0), (2, 1.0)), "first"),
    (1, 8, 0, ((1, 3.0), (2, 2.0)), "first"),
    (1, 8, 0, ((1, 1.5), (2, 0.75), (3, 0.5)), "first"),
    (1, 8, 0, ((1, 1.5), (2, 0.75), (3, 0.5)), "last"),
    (1, 8, 0, ((1, 1.5), (2, 0.75), (3, 0.5)), "best"),
    (1, 8, 0, ((1, 1.5), (2, 0.75), (3, 0.5)), "random"),
    (1, 8, 1, ((1, 1.0), (2, 0.5)), "first"),
    (2, 4, 0, ((1, 2.0), (2, 1.0)), "first"),
    (2, 4, 0, ((1, 2.0), (2, 1.0)), "best"),
    # All of one size: contiguity costs nothing, because first fit leaves no gap of another size.
    (1, 8, 0, ((2, 1.0), (2, 1.5)), "first"),
]


def main():
    solved = []
    for cores, slots, guard, classes, rule in CHAINS:
        states, blocking = chain(cores, slots, guard, classes, rule)
        # Without guard and cores the bound is Kaufman-Roberts; guards count as slots.
        bound = kaufman_roberts(cores * slots, [(b + guard, a) for b, a in classes])
        solved.append({"cores": cores, "slots": slots, "guard": guard, "rule": rule,
                       "classes": classes, "states": states, "blocking": blocking,
                       "kaufman_roberts": bound})
    intervals = sum(len(case[3]) for case in CHAINS)
    misses = [[n, int(stats.binom.isf(0.001, n, 0.05))] for n in (intervals, 40)]
    out = {"erlang": [[a, c, erlang_b(a, c)] for a, c in ERLANG], "classes": solved,
           "misses": misses}
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(out, indent=1) + "\n")


main()
