"""What a PE takes into the customer's EIGRP, and how it is marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.memory import remembered
from orchestrator.protocols.eigrp.values import Eigrp
from orchestrator.protocols.redistribution import as_printed, others, route_tag
from orchestrator.routing.routes import BGP

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab, Vrf


@remembered
def into_eigrp(lab: Lab, vrf: Vrf) -> tuple[str, ...]:
    """What EIGRP takes in a VRF beside connected networks and the VPN's routes from other PEs.

    Of BGP that is what the sites at the VRF say, and what comes from other VRFs of this PE.
    """
    beside = any(other.pe == vrf.pe and other != vrf and vrf.imports_from(other) for other in lab.vrfs)
    wanted = {*others(lab, vrf, Eigrp.name), *({BGP} if beside else ())}
    return as_printed(wanted)


@remembered
def eigrp_tag(lab: Lab, vrf: Vrf) -> int | None:
    """What marks routes that are none of EIGRP's, where a VPN with EIGRP has such at any of its PEs."""
    mine = [one for one in lab.vrfs if one.vpn == vrf.vpn]
    heard = (one for one in lab.vrfs if any(one == here or here.imports_from(one) for here in mine))
    mixed = any(others(lab, one, Eigrp.name) for one in heard)
    return route_tag(lab.provider_of(vrf.pe).asn) if mixed else None
