"""EIGRP across the VPN: what a PE's speaker knows of the others' routes, and metrics at the CEs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.model.topology import Role
from orchestrator.pece.eigrp import process
from orchestrator.pece.held import Source, Table
from orchestrator.verify.check import Check, Judgement
from orchestrator.verify.check_id import CheckId, InVrf, Layer, Toward
from orchestrator.verify.facts import Need
from orchestrator.verify.layers import mpbgp
from orchestrator.verify.layers.pece.eigrp import metric_check, speaker_id
from orchestrator.verify.layers.vpn.ce import ce_route_id, remote_routes
from orchestrator.verify.layers.vpn.routes import export_id, one_route_each
from orchestrator.verify.questions import EIGRP
from orchestrator.verify.wording import listed, look
from parsers.facts import EigrpVpnRoute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import VpnPrefix, Vrf
    from orchestrator.verify.facts import Facts
    from orchestrator.verify.state import LabInState


def candidate_id(vrf: Vrf, origin: VpnPrefix) -> CheckId:
    """The check that a PE's EIGRP knows a route that another PE exports."""
    return CheckId(
        Layer.VPN, "eigrp-candidate", vrf.pe, (InVrf(vrf.name), origin.prefix, Toward(origin.vrf.pe))
    )


def checks(lab: LabInState) -> Iterator[Check]:
    """What each PE can choose from, and each remote prefix of each CE that has it by EIGRP from its PE."""
    for vrf in lab.vrfs:
        if process(lab.lab, Table.of(vrf)) is None:
            continue
        for other in lab.vrfs:
            if other.pe != vrf.pe and vrf.imports_from(other) and lab.hears(vrf.pe, other.pe):
                exported = one_route_each(lab.exported_by(other))
                yield from (_candidate(lab, vrf, origin) for origin, *_ in exported)
    for ce in lab.with_role(Role.CE):
        for prefix, route in remote_routes(lab, ce.name).items():
            if route.protocol == "eigrp" and route.source is Source.PE_CE:
                after = (ce_route_id(ce.name, prefix),)
                yield metric_check(lab, Table(ce.name), prefix, route, Layer.VPN, after)


def _candidate(lab: LabInState, vrf: Vrf, origin: VpnPrefix) -> Check:
    route = lab.routing[Table.of(origin.vrf)][origin.prefix]
    there = process(lab.lab, Table.of(origin.vrf))
    if route.vector is not None and there is not None:
        kind = "ext" if route.vector.external else "int"
        told = f"MED {route.cost}, AS {there.agreed.asn} {kind}, SoO {origin.site_of_origin}"
    else:
        told = "no route of EIGRP"
    expected = f"next hop {lab.lab.loopback(origin.vrf.pe)}, {told}"
    return Check(
        candidate_id(vrf, origin),
        f"EIGRP in VRF {vrf.name} knows {origin.prefix} of {origin.vrf.pe}",
        partial(judge_candidate, vrf=vrf, origin=origin, expected=expected),
        (Need(vrf.pe, EIGRP),),
        after=(
            export_id(origin),
            *mpbgp.speakers(lab, origin.vrf.pe, vrf.pe),
            speaker_id(vrf.pe),
        ),
        why="The speaker compares the VPN's routes with its neighbours' by EIGRP's metric, whatever zebra "
        "selected. bgpd tells it of them by BMP; metric, AS and internal or external come as MED and large "
        "community, which a route map of the far PE sets.",
        hint=look(lab.lab, vrf.pe, "/var/lib/frr/eigrp show vpn"),
    )


def judge_candidate(facts: Facts, *, vrf: Vrf, origin: VpnPrefix, expected: str) -> Judgement:
    """Exactly one route of this RD and prefix, reachable, with what the far PE's EIGRP said of it."""
    found = [
        one
        for one in facts.of(vrf.pe, EIGRP)
        if isinstance(one, EigrpVpnRoute)
        and (one.vrf, one.rd, one.prefix) == (vrf.name, str(origin.vrf.rd), origin.prefix)
    ]
    seen = [_told(one) for one in found]
    return Judgement(seen == [expected], expected, listed(seen, "the speaker has no such route"))


def _told(one: EigrpVpnRoute) -> str:
    kind = "no route of EIGRP" if one.origin == "BGP" else f"MED {one.med}, {one.origin}, SoO {one.site}"
    return f"next hop {one.next_hop}{'' if one.reachable else ' unreachable'}, {kind}"
