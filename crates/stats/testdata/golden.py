"""Writes golden.json beside this file: what scipy, statsmodels, pymannkendall and HdrHistogram for
Python say about inputs that the Rust tests rebuild. Run it after changing a case:

    pip install numpy scipy statsmodels pymannkendall hdrhistogram
    python crates/stats/testdata/golden.py
"""

import json
import math
import pathlib

import numpy as np
import pymannkendall
from hdrh.histogram import HdrHistogram
from scipy import optimize, stats
from statsmodels.stats.power import TTestIndPower, TTestPower
from statsmodels.stats.proportion import proportion_confint

HERE = pathlib.Path(__file__).parent


def lcg(seed, n):
    """The 64-bit congruential generator of `tollgate_stats::rng::lcg`."""
    state, out = seed, []
    for _ in range(n):
        state = (6364136223846793005 * state + 1442695040888963407) % 2**64
        out.append((state >> 11) / 2**53)
    return np.array(out)


def bell(seed, n, centre, scale):
    """Sums of three uniforms: bell-shaped, and the same in every language."""
    return centre + scale * (lcg(seed, n) + lcg(seed + 1, n) + lcg(seed + 2, n) - 1.5)


X = bell(1, 12, 100, 10)
Y = bell(4, 14, 104, 10)
X_TIED, Y_TIED = np.round(X / 2) * 2, np.round(Y / 2) * 2
LATENCY = -np.log1p(-lcg(7, 1000)) * 30.0
D = Y[:12] - X


def interval(pair):
    """JSON has no infinity: a missing bound is null."""
    return [float(v) if math.isfinite(v) else None for v in pair]


def quantiles():
    levels = (0.5, 0.9, 0.95, 0.99, 0.999)
    points = {m: [float(np.quantile(LATENCY, q, method=m)) for q in levels]
              for m in ("inverted_cdf", "linear")}
    bounds = []
    for q in levels:
        r = stats.quantile_test(LATENCY, q=0, p=q).confidence_interval(0.95)
        bounds.append(interval((r.low, r.high)))
    return {"levels": levels, **points, "bounds95": bounds}


def ranks():
    """The definition by brute force over scipy's binomial distribution."""
    out = []
    for n in (1, 2, 5, 6, 10, 36, 59, 72, 100, 299, 367, 368, 1000, 3687, 3688, 20_000, 10**6, 10**9):
        for q in (0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999):
            for confidence in (0.9, 0.95, 0.99):
                a = (1 - confidence) / 2
                sd = math.sqrt(n * q * (1 - q))
                k = np.arange(max(0, int(n * q - 6 * sd) - 10), min(n, int(n * q + 6 * sd) + 10) + 1)
                low = k[stats.binom.cdf(k - 1, n, q) <= a]
                high = k[stats.binom.sf(k - 1, n, q) <= a]
                low, high = (int(low.max()) if len(low) else 0), (int(high.min()) if len(high) else n + 1)
                out.append([n, q, confidence, low or None, high if high <= n else None])
    return out


def binomial():
    grid = [(k, n, p) for n in (1, 7, 50, 1000, 10**6, 10**9) for p in (1e-4, 0.01, 0.3, 0.5, 0.99)
            for k in sorted({0, 1, int(n * p), int(n * p + 3 * math.sqrt(n * p)), n - 1, n}) if k <= n]
    return [[k, n, p, float(stats.binom.cdf(k, n, p)), float(stats.binom.sf(k, n, p))] for k, n, p in grid]


def proportions():
    out = []
    for k, n in ((0, 1), (1, 1), (0, 10), (3, 10), (10, 10), (3, 1000), (500, 1000), (0, 3000), (7, 10**6),
                 (999_990, 10**6), (123_456, 10**9)):
        for confidence in (0.8, 0.95, 0.99):
            a = 1 - confidence
            exact = proportion_confint(k, n, alpha=a, method="beta")
            low, high = (0.0 if k == 0 else exact[0]), (1.0 if k == n else exact[1])
            wilson = proportion_confint(k, n, alpha=a, method="wilson")
            out.append([k, n, confidence, float(low), float(high), float(wilson[0]), float(wilson[1])])
    return out


def effective_proportions():
    out = []
    for k, n, n_eff in ((3, 1000, 250.0), (0, 500, 123.4), (40, 400, 77.7), (500, 500, 12.5)):
        x = k * n_eff / n
        low = 0.0 if k == 0 else float(stats.beta.ppf(0.025, x, n_eff - x + 1))
        high = 1.0 if k == n else float(stats.beta.ppf(0.975, x + 1, n_eff - x))
        out.append([k, n, n_eff, low, high])
    return out


def means():
    out = []
    for n in (2, 3, 5, 12):
        for c in (0.5, 0.95, 0.999):
            ci = stats.t.interval(c, n - 1, X[:n].mean(), stats.sem(X[:n]))
            out.append([n, c, float(ci[0]), float(ci[1])])
    return out


def bootstrap():
    """z0, acceleration, levels and ends from replicates that the Rust test reads from here."""
    out = []
    for name, data, f in (("mean", LATENCY[:40], np.mean), ("median", LATENCY[:41], np.median)):
        r = stats.bootstrap((data,), f, method="BCa", n_resamples=999, rng=np.random.default_rng(5))
        replicates = np.asarray(r.bootstrap_distribution)
        jack = np.array([f(np.delete(data, i)) for i in range(len(data))])
        d = jack.mean() - jack
        a = float((d**3).sum() / (6 * (d**2).sum() ** 1.5))
        estimate = float(f(data))
        share = ((replicates < estimate).sum() + (replicates <= estimate).sum()) / (2 * len(replicates))
        z0 = stats.norm.ppf(share)
        z = stats.norm.ppf([0.025, 0.975])
        levels = stats.norm.cdf(z0 + (z0 + z) / (1 - a * (z0 + z)))
        out.append({"name": name, "replicates": replicates.tolist(), "jackknife": jack.tolist(),
                    "estimate": estimate, "z0": float(z0), "acceleration": a, "levels": levels.tolist(),
                    "interval": interval(r.confidence_interval)})
    big = stats.bootstrap((LATENCY[:200],), np.median, method="BCa", n_resamples=99_999, batch=1000,
                          rng=np.random.default_rng(1)).confidence_interval
    mean = stats.bootstrap((LATENCY[:200],), np.mean, method="BCa", n_resamples=99_999, batch=1000,
                           rng=np.random.default_rng(1)).confidence_interval
    jack = np.array([np.mean(np.delete(LATENCY[:200], i)) for i in range(200)])
    d = jack.mean() - jack
    ratio = stats.bootstrap((X, Y), lambda a, b, axis: np.mean(b, axis=axis) / np.mean(a, axis=axis),
                            method="percentile", n_resamples=99_999, rng=np.random.default_rng(1))
    return {"exact": out, "median200": interval(big), "mean200": interval(mean),
            "acceleration_mean200": float((d**3).sum() / (6 * (d**2).sum() ** 1.5)),
            "ratio": interval(ratio.confidence_interval)}


ALTERNATIVES = ("two-sided", "less", "greater")


def rank_tests():
    cases = []
    for x, y in ((X, Y), (Y, X), (X[:3], Y[:3]), (X[:1], Y), (X_TIED, Y_TIED), (bell(40, 60, 0, 1), bell(43, 80, 0.2, 1))):
        case = {"x": x.tolist(), "y": y.tolist()}
        for alternative in ALTERNATIVES:
            for method in ("exact", "asymptotic"):
                r = stats.mannwhitneyu(x, y, method=method, alternative=alternative)
                case[f"{method} {alternative}"] = [float(r.statistic), float(r.pvalue)]
        cases.append(case)
    return cases


def arrangements(n, m):
    """Exact counts of each U, by the textbook recurrence on whole numbers."""
    table = {}

    def count(n, m, u):
        if u < 0 or u > n * m:
            return 0
        if n == 0 or m == 0:
            return int(u == 0)
        if (n, m, u) not in table:
            table[n, m, u] = count(n - 1, m, u - m) + count(n, m - 1, u)
        return table[n, m, u]

    return [count(n, m, u) for u in range(n * m + 1)]


def shift(x, y):
    d = np.sort(np.subtract.outer(y, x).ravel())
    p = np.cumsum([c / math.comb(len(x) + len(y), len(x)) for c in arrangements(len(x), len(y))])
    k = int(np.searchsorted(p, 0.025, side="right"))
    ends = [float(d[k - 1]), float(d[len(d) - k])] if k else None
    return {"x": x.tolist(), "y": y.tolist(), "estimate": float(np.median(d)), "k": k, "interval": ends}


def walsh(d):
    w = np.sort([(d[i] + d[j]) / 2 for i in range(len(d)) for j in range(i + 1)])
    counts = np.array([1.0])
    for r in range(1, len(d) + 1):
        counts = np.convolve(counts, [1.0] + [0.0] * (r - 1) + [1.0])
    p = np.cumsum(counts / 2 ** len(d))
    k = int(np.searchsorted(p, 0.025, side="right"))
    return {"d": list(map(float, d)), "estimate": float(np.median(w)), "k": k,
            "interval": [float(w[k - 1]), float(w[len(w) - k])] if k else None}


def signed_ranks():
    out = []
    tied = np.round(D)
    for d in (D, -D, D[:5], D[:6], bell(50, 50, 0.3, 2)):
        case = {"d": d.tolist()}
        for alternative in ALTERNATIVES:
            r = stats.wilcoxon(d, method="exact", alternative=alternative)
            case[alternative] = [float(r.statistic), float(r.pvalue)]
        out.append(case)
    case = {"d": bell(60, 70, 0.2, 2).tolist()}
    for alternative in ALTERNATIVES:
        r = stats.wilcoxon(case["d"], method="approx", correction=False, alternative=alternative)
        case[alternative] = [float(r.statistic), float(r.pvalue)]
    out.append(case)
    # With ties and zeros the reference is the enumeration of every choice of signs.
    kept = tied[tied != 0]
    case = {"d": tied.tolist()}
    for alternative in ALTERNATIVES:
        def statistic(v, axis=-1):
            ranks = stats.rankdata(np.abs(v), axis=axis)
            return (ranks * (v > 0)).sum(axis=axis)
        r = stats.permutation_test((kept,), statistic, permutation_type="samples", vectorized=True,
                                   n_resamples=np.inf, alternative=alternative)
        w = statistic(kept)
        total = len(kept) * (len(kept) + 1) / 2
        case[alternative] = [float(min(w, total - w) if alternative == "two-sided" else w), float(r.pvalue)]
    out.append(case)
    return out


def permutations():
    def difference(a, b, axis=-1):
        return np.mean(b, axis=axis) - np.mean(a, axis=axis)
    out = []
    for x, y in ((X[:6], Y[:6]), (X[:4], Y[:9]), (X_TIED[:5], Y_TIED[:7]), (X[:2], Y[:5])):
        r = stats.permutation_test((x, y), difference, vectorized=True, n_resamples=np.inf)
        out.append({"x": x.tolist(), "y": y.tolist(), "difference": float(r.statistic), "p": float(r.pvalue)})
    signs = []
    for d in (D, np.round(D), D[:3], D[:2]):
        r = stats.permutation_test((d,), lambda v, axis=-1: np.mean(v, axis=axis), permutation_type="samples",
                                   vectorized=True, n_resamples=np.inf)
        signs.append({"d": d.tolist(), "p": float(r.pvalue)})
    return {"means": out, "signs": signs}


def student():
    w = stats.ttest_ind(Y, X, equal_var=False)
    c = w.confidence_interval(0.95)
    p = stats.ttest_rel(Y[:12], X)
    e = p.confidence_interval(0.95)
    return {"welch": [float(w.statistic), float(w.df), float(w.pvalue), float(c.low), float(c.high)],
            "paired": [float(p.statistic), float(p.df), float(p.pvalue), float(e.low), float(e.high)]}


def trends():
    t = np.arange(40.0) * 30
    leak = 200 + 0.01 * t + 2 * (lcg(9, 40) - 0.5)
    leak[17] += 30
    tied_t, tied_y = np.repeat(np.arange(10.0), 3), np.round(bell(70, 30, 5, 2) + np.repeat(np.arange(10.0), 3) / 8)
    out = []
    for t, y in ((t, leak), (tied_t, tied_y), (np.arange(3.0), leak[:3]), (np.arange(25.0), np.full(25, 4.0))):
        s = stats.theilslopes(y, t, alpha=0.95)
        case = {"t": t.tolist(), "y": y.tolist(), "line": [float(v) for v in s]}
        if len(set(y)) > 1:
            m = pymannkendall.original_test(y)
            case["trend"] = [float(v) for v in (m.s, m.var_s, m.z, m.p, m.Tau)]
        out.append(case)
    return out


def discoveries():
    p = [.001, .008, .039, .041, .042, .06, .074, .205, .212, .216]
    shuffled = [.5, .001, .04, .04, .9, 1.0, .0003]
    return [{"p": v, "bh": stats.false_discovery_control(v).tolist(),
             "by": stats.false_discovery_control(v, method="by").tolist()} for v in (p, shuffled, [.3])]


def power():
    paired = [[d, n, a, float(TTestPower().power(d, n, a))]
              for d in (0.1, 0.5, 1.0, 2.0, 3.0) for n in (2, 3, 5, 10, 20, 100) for a in (0.01, 0.05, 0.1)]
    two = [[d, n, a, float(TTestIndPower().power(d, n, a))]
           for d in (0.2, 0.5, 1.0, 2.0) for n in (2, 5, 18, 102) for a in (0.01, 0.05)]
    def effect(n):
        """statsmodels' own solver stops at eight digits."""
        rough = TTestPower().solve_power(nobs=n, alpha=0.05, power=0.8)
        return optimize.brentq(lambda d: TTestPower().power(d, n, 0.05) - 0.8, rough - 1e-4, rough + 1e-4, xtol=1e-14)
    mde = [[sd, n, float(math.expm1(sd * effect(n)))]
           for sd in (0.01, 0.02, 0.05, 0.1) for n in (5, 10, 20)]
    # scipy's noncentral t gives up (NaN) in some far tails; those cases have no reference.
    known = [[row for row in rows if not math.isnan(row[-1])] for rows in (paired, two, mde)]
    return dict(zip(("paired", "two_sample", "paired_mde"), known))


def hdr():
    """What HdrHistogram for Python reads in the payload that `to_hdr_base64` wrote (kept in
    payload.txt), and a payload that it wrote itself."""
    percentiles = (0, 1, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100)
    payload = (HERE / "payload.txt").read_text().strip()
    ours = HdrHistogram.decode(payload)
    theirs = HdrHistogram(1, 3_600_000_000, 3)
    for u in lcg(11, 5000):
        theirs.record_value(int(math.exp(18 * u)))
    encoded = theirs.encode()
    return {"percentiles": percentiles, "ours": [ours.get_value_at_percentile(p) for p in percentiles],
            "ours_count": ours.get_total_count(), "payload": encoded.decode(),
            "theirs": [theirs.get_value_at_percentile(p) for p in percentiles],
            "theirs_count": theirs.get_total_count()}


def main():
    golden = {
        "inputs": {"x": X.tolist(), "y": Y.tolist(), "latency": LATENCY[:5].tolist()},
        "quantiles": quantiles(),
        "over_150": [int((LATENCY > 150).sum()), float(stats.binom.cdf(5, 1000, .01))],
        "ranks": ranks(),
        "binomial": binomial(),
        "proportions": proportions(),
        "effective_proportions": effective_proportions(),
        "means": means(),
        "bootstrap": bootstrap(),
        "rank_tests": rank_tests(),
        "shifts": [shift(X, Y), shift(X_TIED, Y_TIED), shift(X[:3], Y[:3]), shift(X[:2], Y[:8])],
        "walsh": [walsh(D), walsh(np.round(D)), walsh(D[:5]), walsh(D[:6])],
        "signed_ranks": signed_ranks(),
        "permutations": permutations(),
        "student": student(),
        "trends": trends(),
        "discoveries": discoveries(),
        "power": power(),
        "hdr": hdr(),
    }
    (HERE / "golden.json").write_text(pretty(golden) + "\n")


def pretty(golden):
    """One case a line, so that a change shows which case moved."""
    def lines(value):
        if isinstance(value, list):
            return "[\n  " + ",\n  ".join(json.dumps(v, allow_nan=False) for v in value) + "\n ]"
        return json.dumps(value, allow_nan=False)
    return "{\n " + ",\n ".join(f"{json.dumps(k)}: {lines(v)}" for k, v in golden.items()) + "\n}"


if __name__ == "__main__":
    main()
