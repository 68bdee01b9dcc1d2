"""What a PE takes into the customer's EIGRP, and how it is marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.memory import remembered
from orchestrator.protocols.eigrp.values import Eigrp
from orchestrator.protocols.redistribution import as_printed, others, vpn_route_tag
from orchestrator.routing.routes import BGP

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab, Vrf


@remembered
def into_eigrp(lab: Lab, vrf: Vrf) -> tuple[str, ...]:
    """What EIGRP takes in a VRF beside connected networks and the VPN's routes from other PEs.

    Of BGP that is what the sites at the VRF say, and what comes from other VRFs of this PE.
    """
    beside = any(other.pe == vrf.pe for other in lab.imported_into(vrf))
    wanted = {*others(lab, vrf, Eigrp.name), *({BGP} if beside else ())}
    return as_printed(wanted)


@remembered
def eigrp_tag(lab: Lab, vrf: Vrf) -> int | None:
    """What marks routes that are none of EIGRP's, where a VPN with EIGRP has such at any of its PEs."""
    mine = (one for one in lab.vrfs if one.vpn == vrf.vpn)
    importing = dict.fromkeys(one for here in mine for one in (here, *lab.imported_into(here)))
    mixed = any(others(lab, one, Eigrp.name) for one in importing)
    return vpn_route_tag(lab.provider_of(vrf.pe).asn) if mixed else None
