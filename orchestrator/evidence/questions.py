"""What is asked for a bundle: all that this program could ever ask of the lab, whatever has been asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.fleet.comparing import state_commands
from orchestrator.fleet.daemons import FRR, daemon_of
from orchestrator.render.daemons import daemons
from orchestrator.verification.expect import expect
from orchestrator.verification.forwarding.walk import walk_queries
from orchestrator.verification.journey.trace import queries as trace_queries
from orchestrator.verification.journey.trace import ways_of
from orchestrator.verification.lost_imports import lost_import_queries
from parsers.registry import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Lab
    from orchestrator.verification.kit.facts import Query

KERNEL: Final = "uname -r"


def questions(lab: Lab) -> dict[str, tuple[str, ...]]:
    """The commands for each node of a lab."""
    asked: dict[str, dict[str, None]] = {node.name: {} for node in lab.nodes}
    there = daemons(lab)
    for node, commands in asked.items():
        answering = {"", FRR, *there[node]}
        commands.update(dict.fromkeys((KERNEL, *state_commands(lab, node))))
        commands.update({one.text: None for one in COMMANDS if daemon_of(one.text) in answering})
    for query in _queries(lab):
        asked[query.node][query.command.text] = None
    return {node: tuple(commands) for node, commands in asked.items()}


def _queries(lab: Lab) -> Iterator[Query]:
    for check in expect(lab):
        yield from check.queries
    yield from walk_queries(lab)
    yield from lost_import_queries(lab)
    for site in lab.sites:
        for prefix in site.prefixes:
            yield from trace_queries(lab, ways_of(lab, site, prefix))
