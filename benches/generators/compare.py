#!/usr/bin/env python3
"""Compares Tollgate's load generator with others, one processor each for server and generator.

Records of the ratios go to standard output, tables for people to standard error. What is missing
is told and left out.
"""

import argparse
import json
import statistics
import sys

from generators import PEERS_KNOWN, SHOWN, TOLLGATE, Plan
from process import Failed, processors, run
from server import answered, nginx, stalling


def main():
    options = arguments()
    try:
        if not TOLLGATE.is_here():
            raise Failed(f"tollgate is missing: {TOLLGATE.missing}")
        options.mode(options)
    except Failed as failed:
        print(f"compare.py: {failed}", file=sys.stderr)
        return 2
    return 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    modes = parser.add_subparsers(required=True, metavar="MODE")

    def mode(name, of, seconds, about, rounds=None):
        found = modes.add_parser(name, help=about, description=about)
        found.add_argument("--seconds", type=int, default=seconds, help="of each load")
        if rounds:
            found.add_argument("--rounds", type=int, default=rounds)
        if of is not idle:
            found.add_argument("--peers", nargs="*", help="only these; by default all")
        found.set_defaults(mode=of)

    mode("closed", closed, 3, "50 connections, each as fast as it can: processor and memory", 6)
    mode("stall", stall, 30, "500 requests a second while the server freezes for 1 s in 5 s")
    mode("paced", paced, 10, "2,000 requests a second, and Tollgate at half of its most", 3)
    mode("idle", idle, 20, "10,000 users who think for 5 to 10 s: memory of Tollgate")
    return parser.parse_args()


def peers(options, kind):
    """Those that do such a load, are here, and were asked for."""
    able = [peer for peer in PEERS_KNOWN if kind in peer.modes]
    asked = [peer.name for peer in able] if options.peers is None else options.peers
    unknown = set(asked) - {peer.name for peer in able}
    if unknown:
        raise Failed(f"no load generator for this: {', '.join(sorted(unknown))}")
    chosen = [peer for peer in able if peer.name in asked]
    for peer in chosen:
        if not peer.is_here():
            say(f"left out: {peer.name} is missing ({peer.missing})")
    return [peer for peer in chosen if peer.is_here()]


def load(generator, plan):
    """What a generator did: requests as the server counted them, and what they took."""
    before = answered(plan.url)
    done = run(generator.command(plan), processors()[1], generator.env(plan))
    requests = answered(plan.url) - before - 1
    if requests == 0:
        raise Failed(f"run {generator.name}: the server saw no request of it")
    return {
        "a second": requests / plan.seconds,
        "a CPU-second": requests / done.cpu,
        "CPU us a request": done.cpu / requests * 1e6,
        "peak MB": done.peak / 1e6,
        "output": done.output,
    }


def closed(options):
    """Each peer between two loads of Tollgate, so that both find the machine alike."""
    chosen = peers(options, "closed")
    seen = {generator.name: [] for generator in [TOLLGATE, *chosen]}
    ratios = {peer.name: [] for peer in chosen}
    with nginx(processors()[0]) as url:
        plan = Plan(url, 50, options.seconds)
        for _ in range(options.rounds):
            before = load(TOLLGATE, plan)
            seen["tollgate"].append(before)
            for peer in chosen:
                other, after = load(peer, plan), load(TOLLGATE, plan)
                seen[peer.name].append(other)
                seen["tollgate"].append(after)
                ratios[peer.name].append(ratio(before, other, after))
                before = after
    figures = ("a second", "a CPU-second", "CPU us a request", "peak MB")
    table(figures, {name: medians(loads, figures) for name, loads in seen.items()})
    for name, rounds in ratios.items():
        for metric, better in (("requests per cpu", "higher"), ("memory", "lower")):
            values = [round[metric] for round in rounds]
            record(f"against {name}", f"{metric} ratio", "", values, better)
            say(
                f"tollgate over {name}: {metric} {statistics.median(values):.2f} "
                f"({min(values):.2f} to {max(values):.2f})"
            )


def ratio(before, other, after):
    def both(figure):
        return (before[figure] + after[figure]) / 2 / other[figure]

    return {"requests per cpu": both("a CPU-second"), "memory": both("peak MB")}


def stall(options):
    chosen = [TOLLGATE, *peers(options, "paced")]
    rows = {"truth": {"p50": "as fast as it is", "p90": 500.0, "p99": 950.0}}
    server, core = processors()
    for generator in chosen:
        # A server of its own for each, so that all begin at the same place of its period.
        with stalling(server) as url:
            plan = Plan(url, 10, options.seconds, 500)
            output = run(generator.command(plan), core, generator.env(plan)).output
        rows[generator.name] = generator.percentiles(output)
    table(SHOWN, rows)
    for name, truth in (("p90", 500), ("p99", 950)):
        error = rows["tollgate"][name] / truth - 1
        record("stalled server", f"error of {name}", "%", [abs(error) * 100], "lower")


def paced(options):
    """Processor time a request takes at a rate, and how late Tollgate sends at half its most."""
    chosen = [peer for peer in peers(options, "paced") if peer.name != "wrk"]
    figures = ("a second", "CPU us a request", "peak MB", *SHOWN)
    seen = {generator.name: [] for generator in [TOLLGATE, *chosen]}
    late = []
    with nginx(processors()[0]) as url:
        plan = Plan(url, 50, options.seconds, 2000)
        for _ in range(options.rounds):
            for generator in [TOLLGATE, *chosen]:
                found = load(generator, plan)
                seen[generator.name].append(found | generator.percentiles(found["output"]))
            most = load(TOLLGATE, Plan(url, 50, 3))["a second"]
            half = load(TOLLGATE, Plan(url, 1000, options.seconds, round(most / 2)))
            late.append(json.loads(half["output"])["total"]["lateness_ns"]["p99"])
    table(figures, {name: medians(loads, figures) for name, loads in seen.items()})
    cpu = [found["CPU us a request"] for found in seen["tollgate"]]
    record("2,000 a second", "cpu per request", "us", cpu, "lower")
    record("half of its most", "tail lateness", "ns", late, "lower")
    shown = ", ".join(f"{ns / 1e6:.3f}" for ns in late)
    say(f"tollgate at half of its most, p99 of the lateness in ms: {shown}")


def idle(options):
    with nginx(processors()[0]) as url:
        command = TOLLGATE.command(Plan(url, 10_000, options.seconds))
        done = run([*command, "--think", "5s..10s", "--ramp", "5s"], processors()[1])
    total = json.loads(done.output)["total"]
    if total["failed"]:
        raise Failed(f"10,000 users: {total['failed']} of {total['requests']} requests failed")
    record("10,000 idle users", "peak memory", "B", [done.peak], "lower")
    say(f"10,000 users, {total['requests']} requests: {done.peak / 2**20:.0f} MiB")


def medians(loads, figures):
    return {
        figure: statistics.median(found[figure] for found in loads)
        for figure in figures
        if all(figure in found for found in loads)
    }


def table(figures, rows):
    width = max(len(name) for name in rows)
    say(" " * width + "".join(f"{figure:>18}" for figure in figures))
    for name, row in rows.items():
        cells = (row.get(figure, "-") for figure in figures)
        shown = (cell if isinstance(cell, str) else f"{cell:,.2f}" for cell in cells)
        say(f"{name:<{width}}" + "".join(f"{cell:>18}" for cell in shown))


def record(operation, metric, unit, samples, better):
    named = {"operation": operation, "metric": metric, "unit": unit, "better": better}
    print(json.dumps({"tollgate": 1, **named, "samples": samples}), flush=True)


def say(line):
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
