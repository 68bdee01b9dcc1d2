"""A journey for people and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from orchestrator.verification.journey.stage import Passage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from orchestrator.verification.journey.stage import Journey, Stage, Travelled

_MARKS = {
    Passage.PASSED: ("✓", "green"),
    Passage.LOST: ("✗", "bold red"),
    Passage.UNKNOWN: ("?", "magenta"),
}


def journey_to_text(journey: Journey) -> RenderableType:
    """Stage by stage with the evidence beneath; what ways have in common is shown once."""
    heading = Text(f"{journey.prefix} of site {journey.site.name}, VPN {journey.site.vpn}", "bold")
    parts: list[RenderableType] = [heading]
    shown: set[tuple[str, str]] = set()
    for way in journey.ways:
        parts += ["", *_way(way, shown)]
    return Group(*parts, "", _last_line(journey))


def _way(way: Travelled, shown: set[tuple[str, str]]) -> Iterator[RenderableType]:
    tables = dict.fromkeys(leg.sender for leg in way.legs)
    names = [f"{one.node}:{one.vrf}" if one.vrf else one.node for one in (*tables, way.end.receiver)]
    yield Text(f"to {way.end.receiver.node}: {' > '.join(names)}", "bold")
    known = 0
    for stage in way.stages:
        if (stage.node, stage.title) in shown and stage.passage is Passage.PASSED:
            known += 1
            continue
        if known:
            yield Text(f"  … {known} stage{'s' if known > 1 else ''} as above", "dim")
            known = 0
        shown.add((stage.node, stage.title))
        yield from _stage(stage)
    if way.instead:
        yield Text(f"    {way.end.receiver.node} has another route instead: {way.instead}", "yellow")


def _stage(stage: Stage) -> Iterator[RenderableType]:
    mark, style = _MARKS[stage.passage]
    yield Text.assemble("  ", (mark, style), f" {stage.node:<7} ", (stage.title, "bold"), f": {stage.seen}")
    for one in stage.evidence:
        yield Padding(Text(f"{one.node}# {one.command}", "cyan"), (0, 0, 0, 6), expand=False)
        yield Padding(Text("\n".join(one.lines), "dim"), (0, 0, 0, 6), expand=False)
    if stage.why:
        verb = "lost" if stage.passage is Passage.LOST else "could not look"
        yield Padding(Text(f"{verb} at {stage.node}: {stage.why}", style), (0, 0, 0, 4), expand=False)
    if stage.more:
        yield Padding(Text.assemble(("more: ", "dim"), (stage.more, "cyan")), (0, 0, 0, 4), expand=False)


def _last_line(journey: Journey) -> Text:
    ends = dict.fromkeys(way.end.receiver.node for way in journey.ways)
    if journey.complete:
        return Text(f"complete: {journey.prefix} is at {', '.join(ends)}", "bold green")
    lost = [way for way in journey.ways if not way.complete]
    where = dict.fromkeys((way.end.receiver.node, way.stages[-1]) for way in lost)
    lost_at = "; ".join(f"not at {end}: {stage.node}, {stage.title}" for end, stage in where)
    return Text(f"incomplete: {lost_at}", "bold red")


def journey_to_json(journey: Journey) -> str:
    """An object with `lab`, `site`, `vpn`, `prefix`, `complete` and `ways`; of each way its stages."""
    document = {
        "lab": journey.lab,
        "site": journey.site.name,
        "vpn": journey.site.vpn,
        "prefix": str(journey.prefix),
        "complete": journey.complete,
        "ways": [_way_json(way) for way in journey.ways],
    }
    return json.dumps(document, indent=2)


def _way_json(way: Travelled) -> dict[str, object]:
    return {
        "to": way.end.receiver.node,
        "tables": [
            {"node": one.node, "vrf": one.vrf or None}
            for one in (*(leg.sender for leg in way.legs), way.end.receiver)
        ],
        "complete": way.complete,
        "instead": way.instead,
        "stages": [_stage_json(stage) for stage in way.stages],
    }


def _stage_json(stage: Stage) -> dict[str, object]:
    return {
        "node": stage.node,
        "title": stage.title,
        "passage": stage.passage.value,
        "seen": stage.seen,
        "why": stage.why,
        "more": stage.more,
        "evidence": [
            {"node": one.node, "command": one.command, "lines": list(one.lines)} for one in stage.evidence
        ],
    }
