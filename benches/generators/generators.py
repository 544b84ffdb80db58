"""The load generators: how each is told what to do, and where it prints percentiles."""

import json
import os
import pathlib
import re
import shutil
from dataclasses import dataclass, field
from typing import Callable

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
BUILT = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PEERS = ROOT / "target/peers/bin"
SHOWN = ("p50", "p90", "p99")


@dataclass(frozen=True)
class Plan:
    """A load: so many connections, and at a rate unless each is to be as fast as it can."""

    url: str
    connections: int
    seconds: int
    rate: int | None = None

    @property
    def each(self):
        """The rate of one connection."""
        return self.rate / self.connections


@dataclass(frozen=True)
class Generator:
    name: str
    command: Callable[[Plan], list[str]]
    env: Callable[[Plan], dict[str, str]] = lambda plan: {}
    percentiles: Callable[[str], dict[str, float]] = lambda output: {}
    """Of what it printed: in milliseconds."""
    modes: frozenset[str] = field(default=frozenset({"closed", "paced"}))
    missing: str = ""
    """How it comes onto a machine."""

    def is_here(self):
        program = self.command(Plan("http://127.0.0.1/", 1, 1, 1))[0]
        return shutil.which(program) is not None


def tollgate(plan):
    much = (
        ["--rate", f"{plan.rate}/s", "--connections", f"{plan.connections}"]
        if plan.rate
        else ["--users", f"{plan.connections}"]
    )
    return [
        str(BUILT / "release/tollgate"), "load", plan.url, *much,
        "--for", f"{plan.seconds}s", "--threads", "1", "--json", "--quiet",
    ]  # fmt: skip


def wrk(plan):
    # Without a rate whatever is asked for: it has none.
    return [
        "wrk", "--threads", "1", "--connections", f"{plan.connections}",
        "--duration", f"{plan.seconds}s", "--latency", plan.url,
    ]  # fmt: skip


def wrk2(plan):
    return ["wrk2", *wrk(plan)[1:-1], "--rate", f"{plan.rate}", plan.url]


def hey(plan):
    each = ["-q", f"{plan.each:g}"] if plan.rate else []
    return ["hey", "-z", f"{plan.seconds}s", "-c", f"{plan.connections}", *each, plan.url]


def oha(plan, *more):
    rate = ["-q", f"{plan.rate}"] if plan.rate else []
    # It would start a thread for each processor there is, even where it may use one alone.
    return [
        local("oha"), "-z", f"{plan.seconds}s", "-c", f"{plan.connections}", *rate, *more,
        "--worker-threads", "1", "--no-tui", "--output-format", "json", plan.url,
    ]  # fmt: skip


def k6(plan):
    return [
        "k6", "run", "--quiet", "--no-usage-report",
        "--env", f"URL={plan.url}", "--env", f"USERS={plan.connections}",
        "--env", f"TIME={plan.seconds}s", str(HERE / "k6.js"),
    ]  # fmt: skip


def locust(plan):
    return [
        local("locust"), "--headless", "--skip-log", "--locustfile", str(HERE / "locustfile.py"),
        "--host", plan.url.rstrip("/"), "--users", f"{plan.connections}",
        "--spawn-rate", f"{plan.connections}", "--run-time", f"{plan.seconds}s",
    ]  # fmt: skip


def local(program):
    """Where `install.sh` puts it, or else on the path."""
    return str(PEERS / program) if (PEERS / program).exists() else program


def of_tollgate(output):
    times = json.loads(output)["total"]["latency_ns"]
    return {name: times[name] / 1e6 for name in SHOWN}


def of_wrk(output):
    found = re.findall(r"^ *(50|90|99)(?:\.000)?% +([\d.]+)(us|ms|s)$", output, re.MULTILINE)
    unit = {"us": 1e-3, "ms": 1, "s": 1e3}
    return {f"p{rank}": float(value) * unit[of] for rank, value, of in found}


def of_hey(output):
    found = re.findall(r"^ *(50|90|99)%+ in ([\d.]+) secs", output, re.MULTILINE)
    return {f"p{rank}": float(value) * 1e3 for rank, value in found}


def of_oha(output):
    times = json.loads(output)["latencyPercentiles"]
    return {name: times[name] * 1e3 for name in SHOWN}


def of_locust(output):
    return json.loads(output.strip().splitlines()[-1])


CLOSED = frozenset({"closed"})
PACED = frozenset({"paced"})

TOLLGATE = Generator(
    "tollgate", tollgate, percentiles=of_tollgate,
    missing="cargo build --release --package tollgate-cli",
)  # fmt: skip

PEERS_KNOWN = [
    Generator("wrk", wrk, percentiles=of_wrk, missing="the Debian package wrk"),
    Generator(
        "wrk2", wrk2, percentiles=of_wrk, modes=PACED,
        missing="built from its source, github.com/giltene/wrk2, as `wrk2` on the path",
    ),
    Generator("hey", hey, percentiles=of_hey, missing="the Debian package hey"),
    Generator(
        "oha", oha, percentiles=of_oha, missing="benches/generators/install.sh --oha (minutes)",
    ),
    Generator(
        "oha, corrected", lambda plan: oha(plan, "--latency-correction"), percentiles=of_oha,
        modes=PACED, missing="benches/generators/install.sh --oha (minutes)",
    ),
    Generator(
        "k6", k6, modes=CLOSED, missing="not installed from here: put a `k6` you trust on the path",
    ),
    Generator(
        "locust", locust, percentiles=of_locust, missing="benches/generators/install.sh",
        env=lambda plan: {"REQUESTS_A_SECOND_AND_USER": f"{plan.each if plan.rate else 0}"},
    ),
]  # fmt: skip
