"""The IGPs that a core can run: the one place that lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.core.igp.isis.protocol import ISIS
from orchestrator.core.igp.ospf.protocol import OSPF

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.core.igp.descriptor import Igp
    from orchestrator.model.lab import Lab

IGPS: Final[Mapping[str, Igp]] = {one.name: one for one in (ISIS, OSPF)}


def igp_of(lab: Lab, node: str) -> Igp:
    """What the core runs that a provider node belongs to."""
    return IGPS[lab.provider_of(node).igp]
