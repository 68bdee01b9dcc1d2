"""`scenario`: what may happen to a lab, run step by step."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from orchestrator.commands.bundles import keep_after
from orchestrator.commands.files import Files
from orchestrator.commands.resolve import held_lab
from orchestrator.errors import ExitCode, UsageError
from orchestrator.evidence.gather import look_of
from orchestrator.faults.injections import ConfigurationChanged
from orchestrator.faults.scenario import load_scenarios
from orchestrator.lifecycle.folders import lab_folder
from orchestrator.lifecycle.running import fleet, intent_of
from orchestrator.lifecycle.scenario import Setup
from orchestrator.lifecycle.scenario import run as run_scenarios
from orchestrator.lifecycle.scenario_report import (
    scenarios_to_ctrf,
    scenarios_to_json,
    scenarios_to_junit,
    scenarios_to_markdown,
)
from orchestrator.lifecycle.store import Store
from orchestrator.loading import load_lab
from orchestrator.model.mistakes import nearest
from orchestrator.render.secrets import masked
from orchestrator.terminal import PhaseLines, console
from orchestrator.verification.report.table import to_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console

    from orchestrator.evidence.bundle import Seen
    from orchestrator.faults.scenario import Scenario, Step
    from orchestrator.lifecycle.scenario import ScenarioResult, StepResult
    from orchestrator.model.lab import Lab
    from orchestrator.settings import Settings

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Options(Files):
    """What the command line said."""

    lab: str
    host: str | None
    runtime: str | None
    wait: bool
    timeout: float
    format: str
    scenario: Sequence[str]
    list: bool
    bundle: str | None
    with_secrets: bool
    sign: str | None


def run(options: Options, settings: Settings) -> int:
    """Run one scenario of a lab, or all; 1 if one does not hold."""
    if options.list:
        return _print_list(options)
    out = console(stderr=options.format == "json")
    watcher = PhaseLines(out)
    results: list[ScenarioResult] = []
    with held_lab(options, "scenario", settings) as running:
        lab = intent_of(options.lab, running.placement)
        setup = Setup(
            lambda: fleet(running, lab),
            lab,
            Store.of(settings),
            options.timeout,
            watcher,
            lambda step: _print_step(out, watcher, step),
        )
        try:
            for result in run_scenarios(setup, _described(out, watcher, _chosen(options, lab))):
                watcher.stop()
                _print_end(out, result)
                results.append(result)
        finally:
            watcher.stop()
        keep_after(options, running, lab, _seen(lab, results), scenarios_to_json(lab.name, results))
    options.write(
        lambda: scenarios_to_junit(lab.name, results),
        lambda: scenarios_to_markdown(lab.name, results),
        lambda now: scenarios_to_ctrf(lab.name, results, now),
    )
    if options.format == "json":
        print(scenarios_to_json(lab.name, results))
    held, seconds = sum(one.holds for one in results), sum(one.seconds for one in results)
    style = "bold green" if held == len(results) else "bold red"
    out.print(f"{lab.name}: {held} of {len(results)} scenarios hold, {seconds:.1f} s", style=style)
    return ExitCode.PROVEN if held == len(results) else ExitCode.UNPROVEN


def _seen(lab: Lab, results: Iterable[ScenarioResult]) -> list[Seen]:
    """What was seen after each step."""
    return [
        look_of(step.report, lab, step.faults, f"{one.scenario.name}: {step.step.words}")
        for one in results
        for step in one.steps
        if step.report is not None
    ]


def _chosen(options: Options, lab: Lab) -> tuple[Scenario, ...]:
    there = load_scenarios(lab)
    if not there:
        raise UsageError(f"lab '{lab.name}' has no scenarios: write them into {lab.folder}/scenarios.yml")
    names = [one.name for one in there]
    for name in options.scenario:
        if name not in names:
            raise UsageError(f"lab '{lab.name}' has no scenario '{name}'; {nearest(name, names)}")
    return tuple(one for one in there if not options.scenario or one.name in options.scenario)


def _print_list(options: Options) -> int:
    lab = load_lab(lab_folder(options.lab))
    there = _chosen(options, lab)
    if options.format == "json":
        listed = [
            {"name": one.name, "teaches": one.teaches, "steps": [step.words for step in one.steps]}
            for one in there
        ]
        print(json.dumps({"lab": lab.name, "scenarios": listed}, indent=2))
        return ExitCode.PROVEN
    out = console()
    for one in there:
        out.print(Text.assemble((one.name, "bold"), f"  {one.teaches}"))
        for step in one.steps:
            out.print(Text(f"  {step.words}"))
            for line in (*_typed(step), *(f"breaks {it}" for it in step.breaks)):
                out.print(Text(f"    {line}"))
    return ExitCode.PROVEN


def _described(out: Console, watcher: PhaseLines, scenarios: Iterable[Scenario]) -> Iterator[Scenario]:
    """The scenarios, each with its heading when its turn comes."""
    for one in scenarios:
        watcher.stop()
        out.print(Text.assemble((one.name, "bold"), f"  {one.teaches}"))
        yield one


def _print_step(out: Console, watcher: PhaseLines, done: StepResult) -> None:
    watcher.stop()
    if done.holds:
        settled, outcome = f"settled {done.settled:6.1f} s", "proven"
        if done.step.breaks:
            settled, outcome = " " * len(settled), "broken"
        times = f"{settled}  {outcome} {done.seconds:6.1f} s"
        out.print(Text(f"  {done.step.words:<34} {times}"))
        broken = tuple(f"{one.check.id}: {one.observed}" for one in done.broken)
        see = (f"look: {done.step.see}",) if done.step.see else ()
        for line in (*_typed(done.step), *broken[:_SHOWN], *see):
            out.print(Text(f"    {line}"))
    else:
        out.print(Text(f"  {done.step.words:<34} does not hold after {done.seconds:.1f} s:", "red"))
        for line in done.trouble[:_SHOWN]:
            out.print(Text(f"    {line}"))
        if done.report is not None and not done.step.breaks:
            out.print(to_table(done.report), crop=False)


def _typed(step: Step) -> Iterator[str]:
    """The lines that somebody types into nodes."""
    for fault in step.fails:
        if isinstance(fault, ConfigurationChanged):
            yield f"{fault.node}# {'; '.join(map(masked, fault.lines))}"


def _print_end(out: Console, result: ScenarioResult) -> None:
    if not result.residue:
        out.print(
            Text("  as before: routes, labels, interfaces, queues, rules, settings, daemons, configuration")
        )
    for line in result.residue[:_SHOWN]:
        out.print(Text(f"  not as before: {line}", "red"))
    if len(result.residue) > _SHOWN:
        out.print(Text(f"  and {len(result.residue) - _SHOWN} more", "red"))
