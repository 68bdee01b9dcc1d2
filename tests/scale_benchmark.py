"""What labs of growing size take: `make bench SCALE="8 16 32 64"`.

Writes the table and the picture of docs/performance.md. Not a test: it judges nothing, but a lab that is not
proven ends it. Processor time is the guest's own, which a busy machine changes less than it does the seconds.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from orchestrator.hosts.guest import Guest
from orchestrator.lifecycle.down import take_down
from orchestrator.lifecycle.phases import Lines
from orchestrator.lifecycle.up import Request, up
from orchestrator.loading import load_lab
from orchestrator.settings import Settings
from tests.scale_lab import scale_lab
from tests.scale_picture import picture

DOCS: Final = Path(__file__).parents[1] / "docs"
_BEGIN, _END = "<!-- scale -->\n", "<!-- /scale -->\n"
_PHASES: Final = ("host", "nodes", "push", "proof")
_MEMORY: Final = "awk '/^MemTotal/{a=$2} /^MemAvailable/{b=$2} END{print int((a - b) / 1024)}' /proc/meminfo"


@dataclass(slots=True)
class Measured:
    """One lab, from nothing to proven and asked again.

    Attributes:
        seconds: by phase, and of the commands that follow.
        processor: the guest's processor seconds, likewise.
        idle: processors that the converged lab needs when nobody asks it anything.
        memory: megabytes that the guest uses.
    """

    nodes: int
    checks: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)
    idle: float = 0.0
    memory: int = 0

    @property
    def total(self) -> float:
        """Seconds from nothing to proven."""
        return sum(self.seconds[phase] for phase in _PHASES)


class _Meter(Lines):
    """A watcher that reads the guest's processor time as phases end."""

    def __init__(self, settings: Settings, measured: Measured) -> None:
        super().__init__(lambda _: None)
        self._settings, self._measured, self._before = settings, measured, 0.0

    def end(self, phase: str, outcome: str, seconds: float) -> None:
        """See `Watcher.end`."""
        super().end(phase, outcome, seconds)
        now = guest_seconds(self._settings)
        self._measured.processor[phase], self._before = now - self._before, now


def guest_seconds(settings: Settings) -> float:
    """Processor seconds of the guest so far: its kernel's, and of all programs that run or ran on it."""
    pid = Guest.status(settings.places).pid
    children: dict[int, list[int]] = defaultdict(list)
    ticks: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        number = int(stat.parent.name)
        children[int(fields[1])].append(number)
        ticks[number] = sum(map(int, fields[11:15]))
    todo, spent = [] if pid is None else [pid], 0
    while todo:
        number = todo.pop()
        spent += ticks.get(number, 0)
        todo += children[number]
    return spent / os.sysconf("SC_CLK_TCK")


def measure(nodes: int, folder: Path, settings: Settings) -> Measured:
    """Bring a lab of so many nodes up, ask it again, and take it down."""
    lab = load_lab(scale_lab(folder / f"scale{nodes}", nodes))
    measured = Measured(nodes)
    request = Request("guest", "netns", bare=False, timeout=90, guests=settings.guests)
    done = up(lab, request, settings, _Meter(settings, measured))
    if done.report is None or not done.report.holds:
        sys.exit(f"a lab of {nodes} nodes is not proven: there is nothing to measure")
    measured.seconds, measured.checks = dict(done.seconds), len(done.report.findings)
    for verb in ("verify", "push"):
        before, begun = guest_seconds(settings), time.monotonic()
        subprocess.run(
            [sys.executable, "-m", "orchestrator", verb, str(lab.folder)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        measured.seconds[f"{verb} again"] = time.monotonic() - begun
        measured.processor[f"{verb} again"] = guest_seconds(settings) - before
    before, begun = guest_seconds(settings), time.monotonic()
    time.sleep(10)
    measured.idle = (guest_seconds(settings) - before) / (time.monotonic() - begun)
    guest = Guest.attach(settings.places)
    try:
        measured.memory = sum(int(kernel.run(_MEMORY, timeout=20).text) for kernel in guest.kernels)
    finally:
        guest.close()
    take_down(done.placement, settings, lambda _: None)
    return measured


def table(runs: list[Measured]) -> str:
    """The runs, a column each: seconds, and in brackets the guest's processor seconds."""

    def both(run: Measured, name: str) -> str:
        return f"{run.seconds[name]:.1f} ({run.processor[name]:.1f})"

    rows = [["", *(f"{run.nodes} nodes" for run in runs)], ["---"] * (len(runs) + 1)]
    rows.append(["checks", *(str(run.checks) for run in runs)])
    rows += [[name, *(both(run, name) for run in runs)] for name in _PHASES]
    rows.append(["**nothing to proven**", *(f"**{run.total:.1f}**" for run in runs)])
    rows.append(["`verify`, fresh process", *(both(run, "verify again") for run in runs)])
    rows.append(["`push`, no change", *(both(run, "push again") for run in runs)])
    rows.append(["processors at rest", *(f"{run.idle:.2f}" for run in runs)])
    rows.append(["guest memory, MB", *(str(run.memory) for run in runs)])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def machine(load: float) -> str:
    """What it ran on."""
    found = re.search(
        r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE
    )
    model = found[1] if found else platform.machine()
    linux = ".".join(platform.release().split(".")[:2])
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{os.cpu_count()} processors ({model}), {pages:.0f} GB, Linux {linux}, "
        f"Python {platform.python_version()}, FRR 10.3, {time.strftime('%Y-%m-%d')}; "
        f"load average {load:.1f} when it began."
    )


def main(sizes: list[int]) -> None:
    """Measure, and write it down."""
    load = os.getloadavg()[0]
    runs: list[Measured] = []
    with tempfile.TemporaryDirectory(prefix="l3vpn-scale-") as folder:
        os.environ["XDG_STATE_HOME"] = folder
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        settings = Settings.here()
        try:
            for nodes in sizes:
                runs.append(measure(nodes, Path(folder), settings))
                print(table(runs), flush=True)
                write(runs, load)
        finally:
            Guest.stop(lambda _: None, settings.places)


def write(runs: list[Measured], load: float) -> None:
    """Put the table and the picture into the documentation."""
    text = f"{machine(load)}\n\n{table(runs)}\n![seconds by phase and size](scale.svg)\n"
    page = DOCS / "performance.md"
    kept = page.read_text(encoding="utf-8")
    before, _, rest = kept.partition(_BEGIN)
    page.write_text(before + _BEGIN + text + _END + rest.partition(_END)[2], encoding="utf-8")
    columns = [(run.nodes, {phase: run.seconds[phase] for phase in _PHASES}) for run in runs]
    (DOCS / "scale.svg").write_text(picture(columns), encoding="utf-8")


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or [8, 16, 32, 64])
