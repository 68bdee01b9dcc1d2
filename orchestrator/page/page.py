"""The page: everything that was seen of a lab in one look, in one file that needs nothing else."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from orchestrator.diagrams.colours import VPN_STYLES
from orchestrator.diagrams.content import Layer
from orchestrator.diagrams.picture import picture
from orchestrator.diagrams.svg import STYLE
from orchestrator.evidence.drift import unasked
from orchestrator.faults.injections import described
from orchestrator.page.causes import causes
from orchestrator.page.drawing import Badge, Drawing
from orchestrator.page.matrix import WRONG, Reach, matrix
from orchestrator.page.mpls import labels
from orchestrator.page.results import results
from orchestrator.page.templating import environment
from orchestrator.page.times import layers, timed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.diagrams.geometry import Point
    from orchestrator.evidence.judge import Case
    from orchestrator.page.causes import Cause
    from orchestrator.page.matrix import Pair
    from orchestrator.verification.journey.stage import Journey
    from orchestrator.verification.report.result import Report

_FEW: Final = 12
"""Up to so many pairs of sites, the route's journey of each is shown."""

_MOST_WAYS: Final = 200
_MOST_JOURNEYS: Final = 24
_SHOWN: Final = 4
"""Of ways that are wrong: further ones are mostly so for the same reason."""


@dataclass(frozen=True, slots=True)
class Way:
    """What is shown of a pair of sites: the paths of packets, and how the route came.

    Attributes:
        shown: whether it stands there before anybody has chosen it.
    """

    anchor: str
    pair: Pair
    drawn: Markup
    journeys: tuple[Journey, ...]
    shown: bool

    @property
    def wrong(self) -> bool:
        """Whether it is not as it is to be."""
        return self.pair.reach in WRONG


@dataclass(frozen=True)
class Page:
    """What the template shows."""

    case: Case
    report: Report
    drawing: Drawing
    rows: tuple[tuple[Pair, ...], ...]
    causes: tuple[Cause, ...]
    ways: Mapping[tuple[str, str], Way] = field(default_factory=dict)

    def way(self, pair: Pair) -> Way | None:
        """What is shown of a pair."""
        return self.ways.get((pair.here.name, pair.there.name))


def page(case: Case, report: Report, positions: Mapping[str, Point] | None = None) -> str:
    """One HTML document about a look at a lab.

    Args:
        case: the look.
        report: its verification.
        positions: where somebody put the nodes; None to place them.
    """
    report = timed(report, case.seen.report)
    drawing = Drawing(picture(case.lab, tuple(Layer), positions), case.lab)
    rows = matrix(case, report)
    found = causes(report)
    shown = Page(case, report, drawing, rows, found, _ways(case, drawing, rows))
    left_open, script = unasked(report), _script()
    differences = case.differences([one for one in case.standing if one not in left_open])
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            page=shown,
            case=case,
            report=report,
            lab=case.lab,
            map=drawing.map(list(_badges(found)), labels(case)),
            script=Markup(script),  # noqa: S704 -- ours
            script_hash=_digest(script),
            style=Markup(STYLE + VPN_STYLES),  # noqa: S704 -- ours
            layers=layers(report),
            failed=tuple(map(described, case.faults)),
            results=results(case.bundle.results),
            differences=[one for one in differences.values() if one.ok and one.differs],
            pairs=[pair for row in rows for pair in row],
        )
    )


def _badges(found: Sequence[Cause]) -> Iterator[Badge]:
    first: dict[str, Cause] = {}
    count: dict[str, int] = {}
    for cause in found:
        for one in (*cause.shown, *cause.more):
            first.setdefault(one.check.node, cause)
            count[one.check.node] = count.get(one.check.node, 0) + 1
    for node, cause in first.items():
        yield Badge(node, count[node], cause.verdict.value, cause.anchor)


def _ways(case: Case, drawing: Drawing, rows: Sequence[Sequence[Pair]]) -> Mapping[tuple[str, str], Way]:
    """The wrong ones first, as far as there is room for them."""
    numbered = [(f"way-{i}-{j}", pair) for i, row in enumerate(rows) for j, pair in enumerate(row)]
    drawable = [(name, pair) for name, pair in numbered if pair.ways or pair.reach in WRONG]
    drawable.sort(key=lambda one: (one[1].reach not in WRONG, one[1].reach is Reach.REACHES))
    few = len(drawable) <= _FEW
    found: dict[tuple[str, str], Way] = {}
    for name, pair in drawable[:_MOST_WAYS]:
        shown = few or (pair.reach in WRONG and len(found) < _MOST_JOURNEYS)
        journeys = tuple(_journeys(case, pair)) if shown and pair.reach is not Reach.LEAK else ()
        drawn = drawing.way(pair.ways) if pair.ways else Markup()
        shown = pair.reach in WRONG and len(found) < _SHOWN
        found[pair.here.name, pair.there.name] = Way(name, pair, drawn, journeys, shown)
    return found


def _journeys(case: Case, pair: Pair) -> Iterator[Journey]:
    """How the routes came by which the packets go."""
    for prefix in pair.there.prefixes:
        journey = case.journey(pair.there, prefix, pair.here)
        if journey is not None:
            yield journey


@cache
def _script() -> str:
    """What makes the page handier; it needs none."""
    text = (files("orchestrator.page") / "templates" / "page.js").read_text("utf-8")
    return f"{text}for (const name in handier) handier[name](document.getElementById(name));\n"


def _digest(script: str) -> str:
    """By which a page's policy allows this script and no other (CSP 3, `hash-source`)."""
    return f"sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}"
