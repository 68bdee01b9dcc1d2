"""EIGRP across the VPN: what a PE's speaker knows of the others' routes, and metrics at the CEs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.core.mpbgp import checks as mpbgp
from orchestrator.core.mpbgp.vpn_routes import ce_route_id, export_id, next_hops_of_other_pes, one_route_each
from orchestrator.model.topology import Role
from orchestrator.protocols.eigrp.checks import metric_check, speaker_id
from orchestrator.protocols.eigrp.metric import vector_of
from orchestrator.protocols.eigrp.process import process
from orchestrator.protocols.eigrp.values import Eigrp
from orchestrator.routing.routes import RouteSource, Table
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, InVrf, Layer, Toward
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import hint_command, listed
from parsers.eigrp import EIGRP, EigrpVpnRoute

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.model.family import IpAddress, IpNetwork
    from orchestrator.model.lab import VpnPrefix, Vrf
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts


def candidate_id(vrf: Vrf, origins: tuple[VpnPrefix, ...]) -> CheckId:
    """The check that a PE's EIGRP knows a route that another PE exports, or one of several."""
    senders = (Toward(one.vrf.pe) for one in origins)
    return CheckId(Layer.VPN, "eigrp-candidate", vrf.pe, (InVrf(vrf.name), origins[0].prefix, *senders))


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """What each PE can choose from, and each remote prefix of each CE that has it by EIGRP from its PE."""
    for vrf in lab.vrfs:
        if process(lab.lab, Table.of(vrf)) is None:
            continue
        imported_from = [
            one
            for other in lab.lab.imported_into(vrf)
            if other.pe != vrf.pe and lab.receives_vpnv4(vrf.pe, other.pe)
            for one in lab.exported_by(other)
        ]
        for several in _by_prefix(origin for origin, *_ in one_route_each(imported_from)):
            for arriving in lab.expected_vpnv4_paths(vrf, several):
                yield _candidate(lab, vrf, arriving, several)
    for ce in lab.with_role(Role.CE):
        for prefix, route in lab.remote_routes(ce.name).items():
            if route.protocol == Eigrp.name and route.source is RouteSource.PE_CE:
                after = (ce_route_id(ce.name, prefix),)
                yield metric_check(lab, Table(ce.name), prefix, route, Layer.VPN, after)


def _by_prefix(origins: Iterable[VpnPrefix]) -> Iterable[tuple[VpnPrefix, ...]]:
    found: dict[IpNetwork, tuple[VpnPrefix, ...]] = {}
    for one in origins:
        found[one.prefix] = (*found.get(one.prefix, ()), one)
    return found.values()


def _candidate(
    lab: EffectiveLab, vrf: Vrf, origins: tuple[VpnPrefix, ...], all_origins: tuple[VpnPrefix, ...]
) -> Check:
    prefix, rd = origins[0].prefix, origins[0].vrf.rd
    return Check(
        candidate_id(vrf, origins),
        f"EIGRP in VRF {vrf.name} knows {prefix} of {' or '.join(one.vrf.pe for one in origins)}",
        partial(
            judge_candidate,
            pe=vrf.pe,
            route=(vrf.name, str(rd), prefix),
            expected=tuple(_exported(lab, one) for one in origins),
            also=next_hops_of_other_pes(lab, origins, all_origins),
        ),
        (Query(vrf.pe, EIGRP),),
        after=tuple(
            dict.fromkeys(
                (
                    *map(export_id, origins),
                    *(below for one in origins for below in mpbgp.vpnv4_session_ids(lab, one.vrf.pe, vrf.pe)),
                    speaker_id(vrf.pe),
                )
            )
        ),
        why="The speaker compares the VPN's routes with its neighbours' by EIGRP's metric, whatever zebra "
        "selected. bgpd sends them by BMP; metric, AS and internal or external come as MED and large "
        "community, which a route map of the far PE sets.",
        hint=hint_command(lab.lab, vrf.pe, "/var/lib/frr/eigrp show vpn"),
    )


def _exported(lab: EffectiveLab, origin: VpnPrefix) -> str:
    """What the speaker should show of a route that another PE exports."""
    route = lab.routing[Table.of(origin.vrf)][origin.prefix]
    there = process(lab.lab, Table.of(origin.vrf))
    attributes = "no route of EIGRP"
    if (vector := vector_of(route)) is not None and there is not None:
        kind = "ext" if vector.external else "int"
        attributes = f"MED {route.attributes.med}, AS {there.agreed.asn} {kind}, SoO {origin.site_of_origin}"
    return f"next hop {lab.lab.vpn_address(origin.vrf.pe)}, {attributes}"


def judge_candidate(
    facts: Facts,
    *,
    pe: str,
    route: tuple[str, str, IpNetwork],
    expected: tuple[str, ...],
    also: frozenset[IpAddress] = frozenset(),
) -> Judgement:
    """A route of this RD and prefix, reachable, with what a far PE's EIGRP said of it, and no other.

    Args:
        facts: what the nodes said.
        pe: where it must be known.
        route: VRF, RD and prefix.
        expected: the route as each PE exports it that it may come from.
        also: next hops of the same RD and prefix that another check is about.
    """
    found = [
        one
        for one in facts.of(pe, EIGRP)
        if isinstance(one, EigrpVpnRoute)
        and (one.vrf, one.rd, one.prefix) == route
        and one.next_hop not in also
    ]
    seen = [_described(one) for one in found]
    holds = bool(seen) and set(seen) <= set(expected) and len(seen) == len(set(seen))
    return Judgement(holds, " or ".join(expected), listed(seen, "the speaker has no such route"))


def _described(one: EigrpVpnRoute) -> str:
    kind = "no route of EIGRP" if one.origin == "BGP" else f"MED {one.med}, {one.origin}, SoO {one.site}"
    return f"next hop {one.next_hop}{'' if one.reachable else ' unreachable'}, {kind}"
