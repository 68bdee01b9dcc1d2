"""`measure`: what events cost, as a table or JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from orchestrator.commands.bundles import keep_after
from orchestrator.commands.resolve import held_lab
from orchestrator.errors import ExitCode, UsageError
from orchestrator.faults.fault import NoSuchTarget
from orchestrator.faults.naming import read_fault
from orchestrator.lifecycle.measuring import Bench, measure, read_plan
from orchestrator.lifecycle.running import fleet, intent_of
from orchestrator.lifecycle.store import Store
from orchestrator.loading import load_lab
from orchestrator.terminal import PhaseLines, console, table
from orchestrator.verification.flow import INTERVAL, WAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.faults.injections import Injection
    from orchestrator.lifecycle.measuring import Measured, PlanIntent
    from orchestrator.model.lab import Lab
    from orchestrator.settings import Settings
    from orchestrator.verification.flow import Loss

_HEADINGS = (
    "stage",
    "event",
    "lost on failure",
    "longest gap",
    "proven after",
    "lost on repair",
    "gap",
    "after",
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    lab: str
    host: str | None
    runtime: str | None
    wait: bool
    format: str
    event: Sequence[str]
    stage: Sequence[str] | None
    between: Sequence[str] | None
    bundle: str | None
    with_secrets: bool
    sign: str | None


def run(options: Options, settings: Settings) -> int:
    """Measure events at stages of a lab; 1 if after one of them the lab was never proven again."""
    out = console(stderr=options.format == "json")
    watcher = PhaseLines(console(stderr=True))
    done: list[Measured] = []
    with held_lab(options, "measure", settings) as running:
        home = intent_of(options.lab, running.placement)
        plan = read_plan(home)
        ends, faults, stages = (
            _ends(options, plan),
            _faults(options, plan, home),
            _stages(options, plan, home),
        )
        try:
            watcher.begin("measure")
            bench = Bench(lambda: fleet(running, home), Store.of(settings), watcher)
            for one in measure(bench, stages, ends, faults, home):
                done.append(one)
                watcher.say(" · ".join(_row(one)))
        finally:
            watcher.stop()
        document = {"lab": home.name, "between": ends, "measured": [asdict(one) for one in done]}
        keep_after(options, running, home, [], json.dumps(document, indent=2))
    if options.format == "json":
        print(json.dumps(document, indent=2))
    else:
        out.print(table(_HEADINGS, map(_row, done)))
        out.print(
            f"{WAYS} flows each way between {ends[0]} and {ends[1]}, a packet every {INTERVAL} ms in each"
        )
    proven = all(None not in (one.until_proven, one.until_restored) for one in done)
    return ExitCode.PROVEN if proven else ExitCode.UNPROVEN


def _ends(options: Options, plan: PlanIntent | None) -> tuple[str, str]:
    a, b = options.between or (plan.between if plan else ("", ""))
    if not a:
        raise UsageError("say between which CEs: --between CE CE, or in a measure.yml beside the lab's files")
    return a, b


def _faults(options: Options, plan: PlanIntent | None, lab: Lab) -> list[Injection]:
    words = options.event or (plan.events if plan else ())
    if not words:
        raise UsageError("say what is to happen, such as 'pe1-p1 silent'")
    try:
        return [read_fault(lab, one) for one in words]
    except NoSuchTarget as error:
        raise UsageError(str(error)) from None


def _stages(options: Options, plan: PlanIntent | None, home: Lab) -> list[Lab]:
    names = options.stage or (plan.stages if plan and not options.event else ()) or (home.stage,)
    return [load_lab(home.folder, name) for name in names]


def _row(one: Measured) -> tuple[str, ...]:
    return (
        one.stage or "-",
        one.event,
        *_cells(one.on_failure),
        _seconds(one.until_proven),
        *_cells(one.on_repair),
        _seconds(one.until_restored),
    )


def _cells(loss: Loss) -> tuple[str, str]:
    if not loss.lost:
        return "-", "-"
    packets, flows = ("packet", "packets")[loss.lost > 1], ("flow", "flows")[loss.flows > 1]
    return f"{loss.lost} {packets} in {loss.flows} {flows}", f"{loss.longest:.0f} ms"


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f} s"
