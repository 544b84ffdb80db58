"""Writes aggregate.json: made-up outcomes of simulations, and what numpy and scipy make of them.

    pip install numpy scipy
    python aggregate.py > aggregate.json

Checked with numpy 2.4 and scipy 1.17. Percentiles are linear between neighbours, numpy's default.
"""

import json
import sys

import numpy
from scipy import stats


def estimate(values):
    values = numpy.array(values, dtype=float)
    n = len(values)
    mean = values.mean()
    found = {"n": n, "mean": mean, "std": 0.0, "ci95": None, "ci95_t": None}
    if n > 1:
        found["std"] = values.std(ddof=1)
        half = 1.96 * found["std"] / numpy.sqrt(n)
        found["ci95"] = [mean - half, mean + half]
        if found["std"] > 0:
            interval = stats.t.interval(0.95, n - 1, loc=mean, scale=stats.sem(values))
            found["ci95_t"] = [float(end) for end in interval]
        else:
            found["ci95_t"] = [mean, mean]
    return found


def pooled(values):
    p50, p95, p99, top = numpy.percentile(values, [50, 95, 99, 100])
    return {"n": len(values), "mean": numpy.mean(values), "p50": p50, "p95": p95, "p99": p99, "max": top}


def share(random, width):
    return {"of": width, "blocked": int(random.integers(0, width))}


def outcome(random, seed):
    """Two failures, of which the second is not repaired, and bins of 100 arrivals."""
    blocked = [int(count) for count in random.integers(0, 30, size=40)]
    dropped = [int(count) for count in random.integers(0, 3, size=40)]
    times = [float(time) for time in random.uniform(0.5, 1.5, size=40)]
    windows = [
        {
            "t_fail": 10.0,
            "t_repair": 20.0,
            "fail_arrival": 1700 + seed,
            "repair_arrival": 2300 + 2 * seed,
            "before": share(random, 500),
            "from_failure": share(random, 500),
            "after_repair": share(random, 500),
        },
        {
            "t_fail": 30.0,
            "t_repair": None,
            "fail_arrival": 3800,
            "repair_arrival": None,
            "before": share(random, 500),
            "from_failure": share(random, 200) if seed != 2 else None,
            "after_repair": None,
        },
    ]
    bins = [
        {
            "end": 1.0 + index,
            "arrivals": 100,
            "blocked": blocked[index],
            "dropped": dropped[index],
            "time": times[index],
            "busy_time": times[index] * float(random.uniform(100, 900)),
        }
        for index in range(40)
    ]
    distance, failure = sum(blocked) // 7, sum(blocked) // 5
    lightpaths = 4000 - sum(blocked)
    return {
        "seed": seed,
        "erlang": 250.0,
        "arrivals": 4200,
        "is_complete": True,
        "totals": {
            "offered": 4000,
            "blocked_by_distance": distance,
            "blocked_by_congestion": sum(blocked) - distance - failure,
            "blocked_by_failure": failure,
            "dropped": sum(dropped),
            "offered_gbps": 480_000,
            "blocked_gbps": int(random.integers(1000, 90_000)),
        },
        "served": {
            "requests": lightpaths,
            "lightpaths": lightpaths,
            "hops": int(random.integers(8000, 9000)),
            "metres": int(random.integers(6_000_000_000, 8_000_000_000)),
            "by_candidate": [lightpaths],
            "by_core": [lightpaths],
        },
        "utilisation": float(random.uniform(0.4, 0.6)),
        "mean_live": float(random.uniform(200, 250)),
        "fragmentation": {"count": 400, "mean": float(random.uniform(0, 1)), "p95": 0.75},
        "recoveries": {
            "protected": 0,
            "switched": 3 + seed,
            "restored": 7 * seed,
            "protection_failures": 0,
            "ms": [float(ms) for ms in random.uniform(10, 200, size=5 * seed)],
        },
        "failures": 2,
        "windows": windows,
        "series": bins,
        "capacity": 1000,
        "warnings": ["a warning"] if seed > 1 else [],
    }


def metrics(run):
    """The figures of one simulation that are not copied from it, from the definitions."""
    totals, ms = run["totals"], run["recoveries"]["ms"]
    blocked = sum(totals[f"blocked_by_{why}"] for why in ("distance", "congestion", "failure"))
    found = {
        "bp_overall": (blocked + totals["dropped"]) / totals["offered"],
        "bit_rate_bp": totals["blocked_gbps"] / totals["offered_gbps"],
        "bp_congestion": totals["blocked_by_congestion"] / totals["offered"],
        "bp_distance": totals["blocked_by_distance"] / totals["offered"],
        "bp_failure": totals["blocked_by_failure"] / totals["offered"],
        "dropped_share": totals["dropped"] / totals["offered"],
        "mean_hops": run["served"]["hops"] / run["served"]["lightpaths"],
        "mean_km": run["served"]["metres"] / run["served"]["lightpaths"] / 1000,
        "utilisation": run["utilisation"],
        "mean_live": run["mean_live"],
        "frag_proxy_mean": run["fragmentation"]["mean"],
        "frag_proxy_p95": run["fragmentation"]["p95"],
        "offered": totals["offered"],
        "restored_count": run["recoveries"]["restored"],
        "switched_count": run["recoveries"]["switched"],
        "recovery_event_count": len(ms),
        "recovery_time_max_ms": max(ms),
        "recovery_time_mean_ms": numpy.mean(ms),
    }
    for percent in (50, 95, 99):
        found[f"recovery_time_p{percent}_ms"] = numpy.percentile(ms, percent)
    for name, key in WINDOWS.items():
        values = shares([run], key)
        found[f"{name}_mean"] = numpy.mean(values)
        found[f"{name}_p95"] = numpy.percentile(values, 95)
    return found


WINDOWS = {
    "bp_window_before": "before",
    "bp_window_fail": "from_failure",
    "bp_window_repair": "after_repair",
}


def shares(runs, key):
    windows = [window[key] for run in runs for window in run["windows"]]
    return [window["blocked"] / window["of"] for window in windows if window]


def main():
    random = numpy.random.default_rng(1)
    runs = [outcome(random, seed) for seed in (1, 2, 3, 4)]
    found = [metrics(run) for run in runs]
    pools = {name: pooled(shares(runs, key)) for name, key in WINDOWS.items()}
    pools["recovery_time_ms"] = pooled([ms for run in runs for ms in run["recoveries"]["ms"]])
    bins = [
        {
            "from": 200 + 100 * index,
            "to": 300 + 100 * index,
            "blocked": estimate([run["series"][index]["blocked"] / 100 for run in runs]),
            "dropped": estimate([run["series"][index]["dropped"] for run in runs]),
            "utilisation": estimate(
                [run["series"][index]["busy_time"] / run["series"][index]["time"] / 1000 for run in runs]
            ),
        }
        for index in range(40)
    ]
    samples = [[0.1, 0.2], [1133, 1143, 1138, 1137, 1155], [5.0] * 4, [3.5]]
    samples += [[float(v) for v in random.lognormal(0, 3, size=n)] for n in (3, 10, 30, 100, 1000)]
    golden = {
        "samples": [{"values": values, "estimate": estimate(values)} for values in samples],
        "outcomes": runs,
        "metrics": {name: estimate([run[name] for run in found]) for name in found[0]},
        "pooled": pools,
        "bins": bins,
        "failures": [{"fail": 1702.5, "repair": 2305.0}, {"fail": 3800.0, "repair": None}],
    }
    # Twelve digits, as the program writes.
    shorten = lambda value: float(f"{value:.12g}")
    json.dump(json.loads(json.dumps(golden), parse_float=lambda t: shorten(float(t))), sys.stdout)
    print()


main()
