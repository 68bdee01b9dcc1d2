"""EIGRP metrics end to end: what a far site's prefix costs at a CE, with a provider that adds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.topology import Role
from orchestrator.pece.held import Source, Table
from orchestrator.verify.check import Layer
from orchestrator.verify.layers.pece.eigrp import metric_check
from orchestrator.verify.layers.vpn.ce import ce_route_id, remote_routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.verify.check import Check
    from orchestrator.verify.state import LabInState


def checks(lab: LabInState) -> Iterator[Check]:
    """Each remote prefix of each CE that it has by EIGRP from its PE."""
    for ce in lab.with_role(Role.CE):
        for prefix, route in remote_routes(lab, ce.name).items():
            if route.protocol == "eigrp" and route.source is Source.PE_CE:
                after = (ce_route_id(ce.name, prefix),)
                yield metric_check(lab, Table(ce.name), prefix, route, Layer.VPN, after)
