"""What core links cost stands on the picture where it is not the usual, at both ends where these differ."""

from __future__ import annotations

from orchestrator.diagrams.content import Layer, content
from orchestrator.loading import load_lab
from tests.labs import COSTS


def test_costs_that_are_not_the_usual_one() -> None:
    links = {
        (one.a.node, one.b.node): tuple(
            text.text
            for part in (one.a.texts, one.middle, one.b.texts)
            for text in part
            if text.layer is Layer.COSTS
        )
        for one in content(load_lab(COSTS)).connections
    }
    shown = {ends: texts for ends, texts in links.items() if texts}
    assert shown == {
        ("p1", "pe2"): ("cost 20",),
        ("p1", "pe3"): ("cost 100", "cost 10"),
        ("p3", "pe3"): ("cost 20",),
    }
