"""Which FRR daemons a node needs for its role; a daemon that is not needed is not started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.model.lab import Lab

_BY_ROLE = {
    Role.CE: ("zebra", "bgpd"),
    Role.P: ("zebra", "ospfd", "ldpd"),
    Role.PE: ("zebra", "ospfd", "ldpd", "bgpd"),
    Role.RR: ("zebra", "ospfd", "ldpd", "bgpd"),
}


def daemons(lab: Lab) -> dict[str, tuple[str, ...]]:
    """By node, zebra first. FRR 10 adds mgmtd where it is there: that is the runtime's to know."""
    return daemons_of(lab.topology.roles)


def daemons_of(roles: Mapping[str, Role]) -> dict[str, tuple[str, ...]]:
    """By node, as `daemons`, where nothing more is known of a lab than its nodes' roles."""
    return {node: _BY_ROLE[role] for node, role in roles.items()}
