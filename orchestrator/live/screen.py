"""What `watch` shows in a terminal: the map, the layers, what does not hold, and what changed. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from orchestrator.diagrams.text_map import text_map
from orchestrator.live.changes import Kind
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.kit.check_id import Layer
from orchestrator.verification.report.table import folded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.live.changes import Change
    from orchestrator.live.moment import Moment
    from orchestrator.model.lab import Lab
    from orchestrator.verification.report.result import Report

_STYLES: Final = {
    Kind.BROKEN: "bold red",
    Kind.HEALED: "green",
    Kind.FLAPPING: "bold magenta",
    Kind.DRIFTED: "yellow",
    Kind.WANTED: "green",
    Kind.FAILED: "yellow",
    Kind.RESTORED: "green",
}
_WORST: Final = ((Verdict.FAIL, "bold red"), (Verdict.ERROR, "magenta"), (Verdict.BLOCKED, "yellow"))
_FEWEST: Final = 3
KEYS: Final = "q quit  p path  t trace  c capture"


def screen(lab: Lab, moment: Moment, width: int, height: int) -> Text:
    """All of it, not wider nor higher than the terminal.

    Where there is no room, the map goes first, and then what does not hold is cut off, not what changed last.
    """
    head = [headline(lab, moment), *_notes(moment), Text(), *_layers(moment.report), Text()]
    foot = [Text(KEYS, "dim")]
    map_ = [Text(line, "cyan") for line in (text_map(lab, width) or "").splitlines()]
    wrong = list(_wrong(moment.report))
    log = [_line(at, one) for at, one in moment.newest_first] or [Text("  nothing yet", "dim")]

    room = height - len(head) - len(foot) - 1  # the heading of what changed
    if map_ and room - len(map_) - 1 >= _FEWEST + min(len(wrong), _FEWEST):
        head = [*map_, Text(), *head]
        room -= len(map_) + 1
    if wrong:
        most = max(_FEWEST, room - max(_FEWEST, min(len(log), room // 2)) - 1)
        wrong = [*_cut(wrong, most), Text()]
        room -= len(wrong)
    lines = [*head, *wrong, Text("what changed", "bold"), *log[: max(1, room)]]
    shown = [*lines[: height - len(foot)], *foot]
    for one in shown:
        one.truncate(width, overflow="ellipsis")
    return Text("\n").join(shown)


def change_line(at: str, change: Change) -> Text:
    """A change where there is no terminal."""
    return Text.assemble(f"{at}  ", (f"{change.kind:<9}", _STYLES[change.kind]), f"  {_told(change)}")


def _line(at: str, change: Change) -> Text:
    return Text.assemble(
        (f"  {at} ", "dim"), (f"{change.kind:<9}", _STYLES[change.kind]), f" {_told(change)}"
    )


def _told(change: Change) -> str:
    return " ".join((f"{change.what}: {change.seen}" if change.seen else change.what).split())


def headline(lab: Lab, moment: Moment) -> Text:
    """How the lab is, in a line."""
    report = moment.report
    name = lab.name + (f" at stage {lab.stage}" if lab.stage else "")
    if moment.trouble:
        return Text(f"{name}: cannot be looked at", "bold magenta")
    if report is None:
        return Text(f"{name}: looking for the first time", "bold")
    counts = ", ".join(f"{number} {one.value}" for one, number in report.counts.items() if number)
    said, style = (
        (f"all {len(report.findings)} checks hold", "bold green")
        if report.holds
        else (counts or "nothing to check", "bold red")
    )
    return Text.assemble((f"{name}: {said}", style), (f"  looked at {moment.at}", "dim"))


def _notes(moment: Moment) -> Iterator[Text]:
    if moment.trouble:
        yield from (Text(line, "magenta") for line in moment.trouble.splitlines()[:_FEWEST])
    if moment.busy:
        yield Text(f"at work on it: {moment.busy}", "yellow")
    report = moment.report
    if report is not None and report.failed:
        yield Text(f"failed on purpose: {'; '.join(report.failed)}", "yellow")
    if report is not None and report.drift and report.drift.differs:
        yield Text(f"configuration differs: {', '.join(report.drift.differs)}", "yellow")


def _layers(report: Report | None) -> Iterator[Text]:
    """Two rows: the layers, and how many checks of each hold; what is worst in a layer is named there."""
    if report is None:
        return
    for half in (list(Layer)[:4], list(Layer)[4:]):
        row = Text()
        for layer in half:
            findings = report.of(layer)
            if not findings:
                continue
            holding = sum(one.holds for one in findings)
            there = {one.verdict for one in findings}
            worst, style = next((one for one in _WORST if one[0] in there), (None, "green"))
            said = f"{holding}/{len(findings)} {worst}" if worst else str(len(findings))
            row.append(f"{layer.value} ", "dim").append(said, style).append("  ")
        yield row


def _wrong(report: Report | None) -> Iterator[Text]:
    for ones in folded(report) if report else ():
        first = ones[0]
        name = str(first.check.id) if len(ones) == 1 else f"{first.check.layer}.{first.check.id.kind}"
        more = f" and {len(ones) - 1} more" if len(ones) > 1 else ""
        verdict = (f"{first.verdict.value:<6}", dict(_WORST)[first.verdict])
        where = f" at {first.check.node}" if len(ones) > 1 else ""
        yield Text.assemble(verdict, (name, "bold"), f"{where}{more}: {first.observed}")


def _cut(lines: list[Text], most: int) -> list[Text]:
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], Text(f"… and {len(lines) - most + 1} more: l3vpn verify --once", "dim")]
