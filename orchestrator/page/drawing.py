"""The map of the page, and the way of packets drawn over it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from markupsafe import Markup

from orchestrator.diagrams.geometry import Curve, Point, Rect
from orchestrator.diagrams.labels import further
from orchestrator.diagrams.svg import legend, link_texts, nodes, path, regions_and_links, summary
from orchestrator.model.topology import Endpoint
from orchestrator.verification.forwarding.walk import Fate
from orchestrator.verification.kit.tables import stack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.diagrams.picture import Picture
    from orchestrator.model.lab import Lab
    from orchestrator.page.mpls import Labels
    from orchestrator.verification.forwarding.between import Path

_MARGIN: Final = 16.0
_CROSS: Final = 9.0
_MOST_STACKS: Final = 2
_LETTER: Final = 7.6
_LEAST: Final = 0.6  # below, nobody can read what is written on links
_LEAST_WAY: Final = 0.5
_SMALL: Final = 6.7
_PARTS: Final = (0.5, 0.38, 0.62, 0.28, 0.72, 0.2, 0.8)


@dataclass(frozen=True, slots=True)
class Badge:
    """How many checks do not hold at a node, and where they are described."""

    node: str
    count: int
    verdict: str
    anchor: str


@dataclass(slots=True)
class _Hop:
    """What packets do on a link, in one direction: their label stacks, and whether any arrives."""

    stacks: dict[str, None] = field(default_factory=dict)
    good: bool = False


@dataclass(frozen=True)
class Drawing:
    """A lab's picture, on which more is drawn."""

    picture: Picture
    lab: Lab

    @cached_property
    def _curves(self) -> Mapping[Endpoint, Curve]:
        """The course of each cable, seen from each of its ends."""
        found: dict[Endpoint, Curve] = {}
        for link, wire in zip(self.lab.topology.links, self.picture.wires, strict=False):  # then sham links
            found[link.a] = wire.curve
            found[link.b] = Curve(wire.curve.controls[::-1])
        return found

    @cached_property
    def _boxes(self) -> Mapping[str, Rect]:
        return {one.figure.name: one.rect for one in self.picture.boxes}

    @cached_property
    def _place(self) -> Rect:
        return self.picture.bounds.grown(_MARGIN)

    def map(self, badges: Sequence[Badge], labels: Labels) -> Markup:
        """All of it; `plain` is what other drawings on the page take from it.

        `data-ends` has the ends of the links in the order in which they are drawn, for the page's script.
        """
        place = self._place
        shown, height = legend(self.picture, max(place.width - 2 * _MARGIN, 420))
        wide = max(place.width, 420 + 2 * _MARGIN)
        whole = Rect(place.left, place.top, place.left + wide, place.bottom + height + _MARGIN)
        x, y = _n(place.left + _MARGIN), _n(place.bottom + 4)
        ends = ";".join(f"{one.connection.a.node} {one.connection.b.node}" for one in self.picture.wires)
        return Markup(  # noqa: S704 -- the pieces are escaped
            f'<svg class="l3vpn map" role="img" aria-label={quoteattr(summary(self.picture))}'
            f" data-ends={quoteattr(ends)} {_view(whole, _LEAST)}>"
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="4.5" markerHeight="4.5"'
            ' orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker>'
            '<marker id="lost-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="4.5" markerHeight="4.5"'
            ' orient="auto"><path class="lost-tip" d="M0 0L8 4L0 8z"/></marker></defs>'
            f'<g id="plain" class="l3vpn">{regions_and_links(self.picture)}{nodes(self.picture)}</g>'
            f'{link_texts(self.picture)}<g class="mpls">{"".join(self._labels(labels))}</g>'
            f"{''.join(map(self._badge, badges))}"
            f'<g transform="translate({x} {y})">{shown}</g></svg>'
        )

    def _labels(self, labels: Labels) -> Iterator[str]:
        """What is sent on each link, near its sender, and what each PE takes; on nothing if there is room."""
        taken = [*self._boxes.values(), *(one.box for one in self.picture.labels)]
        for node, known in labels.taken.items():
            box = self._boxes[node]
            sides = Point(box.centre.x, box.bottom + 18), Point(box.centre.x, box.top + 1)
            place = _free([_around(at, _few(known)) for at in sides], taken)
            yield _written("taken", f"{node} takes", known, place)
        sent = [(end, known) for end, known in labels.sent.items() if end in self._curves]
        ways = [(self._curves[end], len(_few(known)) * _SMALL) for end, known in sent]
        for number, place in further([one.curve for one in self.picture.wires], taken, ways).items():
            end, known = sent[number]
            yield _written("stack", f"{end} sends to", known, place)

    def _badge(self, badge: Badge) -> str:
        box = self._boxes[badge.node]
        x, y = _n(box.right - 3), box.top + 2
        what = f"{badge.count} at {badge.node} do not hold"
        return (
            f'<a href="#{badge.anchor}"><g class="badge {badge.verdict}"><title>{escape(what)}</title>'
            f'<circle cx="{x}" cy="{_n(y)}" r="11"/>'
            f'<text x="{x}" y="{_n(y + 4)}">{min(badge.count, 999)}</text></g></a>'
        )

    def way(self, paths: Sequence[Path]) -> Markup:
        """The map with what packets do on it: every branch, and where it ends if it does so badly."""
        hops = _hops(paths)
        words = ", ".join(dict.fromkeys(f"{one.start} to {one.destination}" for one in paths))
        return Markup(  # noqa: S704 -- the pieces are escaped
            f'<svg class="l3vpn map" role="img" aria-label={quoteattr(f"the way from {words}")}'
            f' {_view(self._place, _LEAST_WAY)}><use href="#plain"/>'
            f"{''.join(self._hop(end, hop) for end, hop in hops.items())}"
            f"{''.join(self._stacks(hops))}"
            f"{''.join(self._ends(paths))}</svg>"
        )

    def _hop(self, end: Endpoint, hop: _Hop) -> str:
        curve = self._curves.get(end)
        if curve is None:
            return ""
        kind, tip = ("hop", "tip") if hop.good else ("hop lost", "lost-tip")
        return f'<path class="{kind}" d="{path(curve)}" marker-end="url(#{tip})"/>'

    def _stacks(self, hops: Mapping[Endpoint, _Hop]) -> Iterator[str]:
        """What is on each link, not on one another."""
        taken: list[Rect] = list(self._boxes.values())
        for end, hop in hops.items():
            curve = self._curves.get(end)
            if curve is None:
                continue
            known = list(hop.stacks)
            words = " · ".join(known[:_MOST_STACKS]) + (" …" if len(known) > _MOST_STACKS else "")
            box = _free([_around(curve.at(part), words) for part in _PARTS], taken)
            kind = "stack" if hop.good else "stack lost"
            x, y = _n(box.centre.x), _n(box.bottom - 3)
            yield f'<text class="{kind}" x="{x}" y="{y}">{escape(words)}</text>'

    def _ends(self, paths: Sequence[Path]) -> Iterator[str]:
        """A cross where packets are lost, come to the wrong place, or turn in circles."""
        ends: dict[Point, str] = {}
        for run in (run for one in paths for run in one.runs):
            if run.end.fate is Fate.DELIVERED:
                continue
            node, branch = run.steps[-1]
            curve = self._curves.get(Endpoint(node, branch.port.name)) if branch.port else None
            box = self._boxes[node]
            at = curve.at(0.6) if curve else Point(box.left + 5, box.top + 5)
            ends.setdefault(at, f"{run.end.fate.value} at {node}: {run.end.why}")
        for at, words in ends.items():
            a, b = (f"{_n(at.x - _CROSS)} {_n(at.y + s * _CROSS)}" for s in (-1, 1))
            c, d = (f"{_n(at.x + _CROSS)} {_n(at.y + s * _CROSS)}" for s in (-1, 1))
            yield f'<g class="cross"><title>{escape(words)}</title><path d="M{a}L{d}M{b}L{c}"/></g>'


def _hops(paths: Sequence[Path]) -> Mapping[Endpoint, _Hop]:
    found: dict[Endpoint, _Hop] = {}
    for run in (run for one in paths for run in one.runs):
        for node, branch in run.steps:
            if branch.port is not None:
                hop = found.setdefault(Endpoint(node, branch.port.name), _Hop())
                hop.stacks[stack(branch.labels) if branch.labels else "IP"] = None
                hop.good = hop.good or run.end.fate is Fate.DELIVERED
    return found


def _few(known: Sequence[str]) -> str:
    """Some labels in the room that a link has."""
    return " · ".join(known) if len(known) <= _MOST_STACKS else f"{len(known)} labels"


def _written(kind: str, title: str, known: Sequence[str], box: Rect) -> str:
    """Labels in a box, all of them for who points at it."""
    x, y, all_of = _n(box.centre.x), _n(box.bottom - 3), "\n".join((f"{title}:", *known))
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(_few(known))}<title>{escape(all_of)}</title></text>'


def _free(places: Sequence[Rect], taken: list[Rect]) -> Rect:
    """The first place where nothing is, else the first; it is taken then."""
    box = next((one for one in places if not any(one.overlaps(it) for it in taken)), places[0])
    taken.append(box)
    return box


def _around(point: Point, words: str) -> Rect:
    """The room of what is written above a point of a link."""
    return Rect.around(Point(point.x, point.y - 9), len(words) * _LETTER, _LETTER * 2)


def _view(place: Rect, least: float) -> str:
    """Where an SVG looks; it is shown at `least` of its size, and then scrolls."""
    size = (
        f'width="{_n(place.width)}" height="{_n(place.height)}" style="min-width:{_n(place.width * least)}px"'
    )
    return f'viewBox="{_n(place.left)} {_n(place.top)} {_n(place.width)} {_n(place.height)}" {size}'


def _n(number: float) -> str:
    return f"{round(number, 1) + 0.0:g}"
