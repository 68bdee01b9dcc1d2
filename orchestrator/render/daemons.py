"""Which FRR daemons a node needs for its role and its attachments; no other is started.

What else a node gets for LDP: see the docstring of `core/labels/ldp`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.core.bfd import bfd_sessions
from orchestrator.core.registry import core_daemons, daemons_of_role
from orchestrator.model.topology import Role
from orchestrator.protocols import registry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.model.lab import Lab

_ALWAYS = "zebra"
_BFD = "bfdd"
_AT_THE_EDGE = (Role.CE, Role.PE)


def daemons(lab: Lab, *stages: Lab) -> dict[str, tuple[str, ...]]:
    """By node, what it needs now and at further stages of the lab; zebra first.

    FRR 10 adds mgmtd where it is there: that is the runtime's to know.
    """
    return {
        node.name: tuple(
            dict.fromkeys(
                (
                    _ALWAYS,
                    *(one for stage in (lab, *stages) for one in core_daemons(stage, node.name)),
                    *(one for stage in (lab, *stages) for one in registry.daemons(stage, node.name)),
                    *_of_host(node.role),
                    *((_BFD,) if any(bfd_sessions(stage, node.name) for stage in (lab, *stages)) else ()),
                )
            )
        )
        for node in lab.nodes
    }


def daemons_of(roles: Mapping[str, Role]) -> dict[str, tuple[str, ...]]:
    """By node, where nothing more is known of a lab than its nodes' roles: whatever they may need."""
    return {
        node: tuple(
            dict.fromkeys(
                (
                    _ALWAYS,
                    *daemons_of_role(role),
                    *(registry.ALL_DAEMONS if role in _AT_THE_EDGE else ()),
                    *_of_host(role),
                    *((_BFD,) if role is not Role.HOST else ()),
                ),
            )
        )
        for node, role in roles.items()
    }


def _of_host(role: Role) -> tuple[str, ...]:
    """For its default route."""
    return ("staticd",) if role is Role.HOST else ()
