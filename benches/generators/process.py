"""Runs a program on one processor and says what it took."""

import os
import resource
import subprocess
import tempfile
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """What a program printed, and what it and its children took."""

    output: str
    cpu: float
    """Seconds of processor time, the kernel's for it included."""
    peak: int
    """Bytes."""


class Failed(Exception):
    pass


def processors():
    """One for the server and one for the generator."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        raise Failed("compare load generators: this needs two processors")
    return allowed[0], allowed[1]


def pinned(processor):
    return lambda: os.sched_setaffinity(0, {processor})


def run(command, processor, env=None):
    """Runs a command to its end; a failure shows what it said."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env=os.environ | (env or {}),
            preexec_fn=pinned(processor),
        )
        usage, seen = wait(child)
        out.seek(0)
        err.seek(0)
        output = out.read()
        if child.returncode != 0:
            told = (err.read() + output).strip()[-2000:]
            raise Failed(f"run {' '.join(command)}: exit code {child.returncode}\n{told}")
    return Run(output, usage.ru_utime + usage.ru_stime, peak(usage, seen))


def wait(child):
    """Its usage, and the last of its memory peaks that could be seen while it ran."""
    seen = 0
    while True:
        seen = max(seen, high_water(child.pid))
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            child.returncode = os.waitstatus_to_exitcode(status)
            return usage, seen
        time.sleep(0.01)


def peak(usage, seen):
    """The kernel counts the memory of this script, from which the program was started, as the
    program's own; what is not more than that was looked up while it ran."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    counted = usage.ru_maxrss * 1024
    return counted if counted > own else seen


def high_water(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
