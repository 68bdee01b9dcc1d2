"""A source of reports without a lab: recordings, healthy and broken."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from orchestrator.diagrams.content import Layer
from orchestrator.diagrams.picture import picture
from orchestrator.errors import UsageError
from orchestrator.faults.naming import names
from orchestrator.lifecycle.names import named_prefix, named_site
from orchestrator.live.board import Board
from orchestrator.live.node import node_view
from orchestrator.live.shell import node_piece, path_piece, trace_piece
from orchestrator.page.drawing import Drawing
from orchestrator.page.page import page
from tests.unit.page.broken import judged, leaking, mutated, recorded

if TYPE_CHECKING:
    from orchestrator.evidence.judge import Case
    from orchestrator.verification.report.result import Report

LAB = "two-vpns"


@cache
def look(*, broken: bool = False) -> tuple[Case, Report]:
    bundle = recorded(LAB)
    if broken:
        bundle = leaking(mutated(bundle, "p1", "an LDP session does not come up"), "red1", "blue2")
    there = judged(bundle)
    return there, there.report()


class FakeSource:
    """Shows what it was last told to; what is asked of it is remembered."""

    def __init__(self, *, control: bool = False) -> None:
        self.board = Board()
        self.title = LAB
        self.targets = names(look()[0].lab) if control else ()
        self.orders: list[tuple[str, ...]] = []
        self._clock = 0.0
        self.see(broken=False)

    def see(self, *, broken: bool) -> None:
        self._case, report = look(broken=broken)
        self._report = report
        self._clock += 2.0
        self.board.put(self.board.moment.after(report, "12:00:00", self._clock))

    def report(self) -> str:
        return page(self._case, self._report)

    def node(self, name: str) -> str:
        return node_piece(node_view(self._case, self._report, name, (f"l3vpn shell {LAB} {name}",)))

    def path(self, a: str, b: str) -> str:
        sites = {one.name: one for one in self._case.lab.sites}
        if a not in sites or b not in sites:
            raise UsageError(f"lab '{LAB}' has no site '{a}' or '{b}'")
        drawing = Drawing(picture(self._case.lab, tuple(Layer)), self._case.lab)
        return path_piece(a, b, drawing.way(()), "red1 forwards", (f"l3vpn verify {LAB} --path {a} {b}",))

    def trace(self, site: str, prefix: str) -> str:
        start = named_site(self._case.lab, site)
        journey = self._case.journey(start, named_prefix(start, prefix))
        assert journey is not None
        return trace_piece(journey, (f"l3vpn trace {LAB} {site} {prefix}",))

    def fail(self, target: str, how: str) -> str:
        self.orders.append(("fail", target, how))
        return f"link {target} is cut"

    def restore(self, target: str) -> str:
        self.orders.append(("restore", target))
        return f"link {target} restored"
