"""How long a lab takes, phase by phase: `make bench`, or `python -m tests.benchmark LAB [RUNS]`.

Warm cache (the node tree is there), cold guest (booted anew for each run), in a state folder of its own.
Not a test: it judges nothing. Quote the medians, and the machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from orchestrator.hosts.guest import Guest
from orchestrator.lifecycle.down import take_down
from orchestrator.lifecycle.folders import lab_folder
from orchestrator.lifecycle.phases import Lines
from orchestrator.lifecycle.up import Request, up
from orchestrator.loading import load_lab
from orchestrator.settings import Settings
from orchestrator.verification.expect import expect
from orchestrator.verification.kit.check_id import Layer
from tests.unit.verification.test_scale import ring


def one_run(name: str, settings: Settings) -> dict[str, float]:
    """Seconds by phase of one run from nothing to nothing."""
    begun = time.monotonic()
    request = Request("guest", "netns", bare=False, timeout=90)
    done = up(load_lab(lab_folder(name)), request, settings, Lines(lambda _: None))
    total = time.monotonic() - begun
    if done.report is None or not done.report.holds:
        sys.exit(f"{name} is not proven: there is nothing to measure")
    converged = max(one.seconds for one in done.report.findings if one.check.layer is not Layer.DATA)
    times = {
        "boot": done.seconds["host"],
        "nodes": done.seconds["nodes"],
        "push": done.seconds["push"],
        "convergence": converged,
        "probes": done.seconds["proof"] - converged,
        "nothing to proven": total,
        "verify, fresh process": _command("verify", name),
        "push, no change, fresh process": _command("push", name),
    }
    begun = time.monotonic()
    take_down(done.placement, settings, lambda _: None)
    return times | {"down": time.monotonic() - begun}


def _command(*arguments: str) -> float:
    begun = time.monotonic()
    command = [sys.executable, "-m", "orchestrator", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begun


def expectations(size: int) -> tuple[int, int, float]:
    """Nodes and checks of a ring lab with so many PEs, and the processor time of expecting them."""
    with tempfile.TemporaryDirectory(prefix="l3vpn-bench-") as folder:
        lab = load_lab(ring(Path(folder) / "ring", size))
    begun = time.process_time()
    checks = expect(lab)
    return len(lab.nodes), len(checks), time.process_time() - begun


def main(name: str = "two-vpns", runs: str = "5") -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="l3vpn-bench-") as folder:
        os.environ["XDG_STATE_HOME"] = folder
        try:
            settings = Settings.here()
            measured = [one_run(name, settings) for _ in range(int(runs))]
        finally:
            Guest.stop(lambda _: None, Settings.here().places)
    load = os.getloadavg()[0]
    print(f"{name}, {runs} runs, {os.cpu_count()} cores, load average at the end {load:.1f}; seconds")
    print(f"{'':32} {'median':>7} {'min':>7} {'max':>7}")
    for phase in measured[0]:
        seconds = [run[phase] for run in measured]
        print(f"{phase:32} {median(seconds):7.1f} {min(seconds):7.1f} {max(seconds):7.1f}")
    for size in (28, 56):
        nodes, checks, spent = expectations(size)
        print(f"{checks} checks of {nodes} nodes expected in {spent:.2f} s of processor time")


if __name__ == "__main__":
    main(*sys.argv[1:])
