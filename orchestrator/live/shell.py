"""The page that stays in the browser, and into which reports come; and the pieces that it fetches."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from jinja2 import ChoiceLoader, PackageLoader
from markupsafe import Markup

from orchestrator.diagrams.colours import VPN_STYLES
from orchestrator.diagrams.svg import STYLE
from orchestrator.page.templating import environment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Environment

    from orchestrator.live.node import NodeView
    from orchestrator.verification.journey.stage import Journey

POLICY: Final = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src-elem 'nonce-{nonce}'; "
    # Bars of the report are as long as their `style` says, which is numbers of ours.
    "style-src-attr 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
HOWS: Final = ("", "silent", "loss 20%", "delay 50ms")
"""What can be done to a link, in the words of a scenario; nodes and LANs go down."""


@cache
def _templates() -> Environment:
    loader = ChoiceLoader([PackageLoader("orchestrator.live"), PackageLoader("orchestrator.page")])
    return environment().overlay(loader=loader)


def shell(title: str, targets: Sequence[str], nonce: str) -> str:
    """The page.

    Args:
        title: the lab's name.
        targets: what can be failed on it; nothing for a page that only looks.
        nonce: what its policy lets run.
    """
    style = Markup(STYLE + VPN_STYLES)  # noqa: S704 -- ours
    return (
        _templates()
        .get_template("shell.html.j2")
        .render(title=title, targets=targets, hows=HOWS, nonce=nonce, style=style)
    )


def report_piece(document: str) -> str:
    """What is shown of a report: its body, as the page has a style and a policy of its own."""
    return document.partition("<body>")[2].rpartition("</body>")[0]


def node_piece(node: NodeView) -> str:
    """What is known of a node."""
    return _templates().get_template("node.html.j2").render(node=node)


def path_piece(a: str, b: str, drawn: Markup, text: str, commands: Sequence[str]) -> str:
    """The way between two places.

    Args:
        a: one of them.
        b: the other one.
        drawn: the way on the map.
        text: what `verify --path` prints of it.
        commands: to paste.
    """
    return (
        _templates().get_template("path.html.j2").render(a=a, b=b, drawn=drawn, text=text, commands=commands)
    )


def trace_piece(journey: Journey, commands: Sequence[str]) -> str:
    """How a route travels.

    Args:
        journey: of the route.
        commands: to paste.
    """
    return _templates().get_template("trace.html.j2").render(journey=journey, commands=commands)
