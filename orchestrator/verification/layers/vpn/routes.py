"""VPN routes from the PE that exports to the one that imports: RD, RT, next hop, VPN label, label stack."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Final

from orchestrator.core.labels.ids import lfib_id, lsp_id
from orchestrator.core.mpbgp import checks as mpbgp
from orchestrator.core.mpbgp.labelled_checks import labelled_path_id
from orchestrator.core.mpbgp.vpn_routes import (
    bgp_next_hop,
    export_id,
    kernel_id,
    next_hops_of_other_pes,
    one_route_each,
    received_id,
    route_id,
)
from orchestrator.model.family import Family, written
from orchestrator.model.topology import Endpoint
from orchestrator.routing.crossing import crossing
from orchestrator.routing.routes import BGP
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import (
    in_kernel,
    is_own_export,
    on_the_wire,
    rib,
    selected,
    stack,
    via,
    vpn_table,
)
from orchestrator.verification.kit.wording import hint_command, listed
from orchestrator.verification.layers import kernel, link, pece
from orchestrator.verification.layers.pece.neighbours import origin_neighbour
from orchestrator.verification.layers.vpn import across, past
from orchestrator.verification.layers.vpn.exports import communities, own_export, rd_and_prefix
from parsers import DEFAULT_VRF
from parsers.kernel import KERNEL_ROUTES
from parsers.zebra import LFIB, ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import VpnPrefix, Vrf
    from orchestrator.routing.crossing import Crossing
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.check_id import CheckId
    from orchestrator.verification.kit.facts import Facts
    from parsers.bgp import VpnRoute
    from parsers.values import Label
    from parsers.zebra import Route


_LOST_IMPORT: Final = (
    "The PE has the VPNv4 route, under a route target that the VRF imports, and an LSP to its next hop. "
    "Either a `route-map vpn import` denies it, or FRR lost the import (FRR issue 22239): a push repairs it."
)


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """What each VRF exports, and what of it each other VRF imports."""
    for vrf in lab.vrfs:
        for origins in one_route_each(lab.exported_by(vrf)):
            yield _export(lab, origins)
    yield from across.at_asbrs(lab)
    yield from past.at_reflectors(lab)
    for vrf in lab.vrfs:
        imported = lab.imported_by(vrf)
        arrivals = {prefix: _arrivals(lab, vrf, several) for prefix, several in imported.items()}
        for prefix, several in imported.items():
            for arriving in arrivals[prefix]:
                over = crossing(lab, vrf, arriving[0].vrf)
                yield (
                    _received(lab, vrf, arriving, several, over)
                    if over is None or over.by_labelled_routes
                    else across.received(lab, vrf, arriving, over, several)
                )
        for prefix, several in imported.items():
            yield _route(lab, vrf, prefix, several, arrivals[prefix])
            yield _kernel(lab, vrf, prefix)


def _arrivals(
    lab: EffectiveLab, vrf: Vrf, origins: tuple[VpnPrefix, ...]
) -> tuple[tuple[VpnPrefix, ...], ...]:
    return lab.expected_vpnv4_paths(vrf, [origin for origin, *_ in one_route_each(origins)])


def held_ids(lab: EffectiveLab, origin: VpnPrefix) -> tuple[CheckId, ...]:
    """What must hold for a VRF to have a prefix of its own."""
    neighbour = origin_neighbour(origin)
    if neighbour is None:
        device = lab.lab.interface(Endpoint(origin.vrf.pe, origin.vrf.name))
        return (link.address_id(device), kernel.vrf_id(origin.vrf))
    if origin.connected:
        port = lab.lab.interface(neighbour.port)
        return (link.address_id(port), kernel.port_id(port))
    return (pece.announced_id(origin.vrf, origin.prefix),)


def _export(lab: EffectiveLab, origins: tuple[VpnPrefix, ...]) -> Check:
    origin, vrf = origins[0], origins[0].vrf
    held = dict.fromkeys(one for origin in origins for one in held_ids(lab, origin))
    return Check(
        export_id(origin),
        f"exports {origin.prefix} of VRF {vrf.name} as {lab.lab.family.vpn}",
        partial(judge_export, origin=origin),
        (Query(vrf.pe, vpn_table(lab.lab.family)), Query(vrf.pe, LFIB)),
        after=(*held, lfib_id(lab, vrf.pe), mpbgp.policy_id(vrf)),
        why="RD, RT and VPN label are the PE's own choice here: the wrong RT gives the route to the wrong "
        "VRFs, the wrong label delivers packets into the wrong one.",
        hint=hint_command(lab.lab, vrf.pe, f"show bgp {lab.lab.family} vpn {origin.prefix}"),
    )


def _received(
    lab: EffectiveLab,
    vrf: Vrf,
    origins: tuple[VpnPrefix, ...],
    all_origins: tuple[VpnPrefix, ...],
    over: Crossing | None,
) -> Check:
    origin, senders = origins[0], " or ".join(one.vrf.pe for one in origins)
    also = frozenset(map(written, next_hops_of_other_pes(lab, origins, all_origins)))
    exports = [(one, written(bgp_next_hop(lab.lab, one.vrf.pe))) for one in origins]
    return Check(
        received_id(vrf, origins, all_origins),
        f"{lab.lab.family.vpn} route {origin.vrf.rd}:{origin.prefix} from {senders}",
        partial(judge_received, pe=vrf.pe, exports=tuple(exports), also=also),
        tuple(Query(pe, vpn_table(lab.lab.family)) for pe in (vrf.pe, *(one.vrf.pe for one in origins))),
        after=tuple(
            dict.fromkeys(
                below
                for one in origins
                for below in (export_id(one), *past.session_ids(lab, one, vrf.pe, over))
            )
        ),
        why="The route must arrive as the far PE sent it: same RTs, same label, and that PE as the next hop."
        + (
            f" {senders} share an RD, so a route reflector passes on the path of one of them, its best."
            if len(origins) > 1
            else ""
        ),
        hint=hint_command(lab.lab, vrf.pe, f"show bgp {lab.lab.family} vpn {origin.prefix}"),
    )


def _route(
    lab: EffectiveLab,
    vrf: Vrf,
    prefix: IpNetwork,
    several: tuple[VpnPrefix, ...],
    arrivals: tuple[tuple[VpnPrefix, ...], ...],
) -> Check:
    origins = lab.chosen_of(vrf, several)
    ways = {one: _way(lab, vrf, one) for one in origins}
    egresses = tuple(dict.fromkeys(egress for egress, _ in ways.values()))
    return Check(
        route_id(vrf, prefix),
        f"VRF {vrf.name} reaches {prefix} with transport and VPN label",
        partial(judge_route, vrf=vrf, prefix=prefix, egresses=egresses),
        (
            *dict.fromkeys((Query(vrf.pe, rib(lab.lab.family)), Query(vrf.pe, ROUTES))),
            *(Query(egress.told_by, vpn_table(lab.lab.family)) for egress in egresses),
        ),
        after=(
            mpbgp.policy_id(vrf),
            *dict.fromkeys(
                one
                for arriving in arrivals
                for origin in arriving
                if origin in origins
                for one in (
                    received_id(vrf, arriving, several),
                    ways[origin][1],
                )
            ),
        ),
        why="Imported by its RT, the route must be selected and carry the labels that lead to the far PE, "
        "and inside them that PE's VPN label.",
        hint=hint_command(lab.lab, vrf.pe, f"show {lab.lab.family.ip} route vrf {vrf.name} {prefix}"),
    )


def _kernel(lab: EffectiveLab, vrf: Vrf, prefix: IpNetwork) -> Check:
    return Check(
        kernel_id(vrf, prefix),
        f"the kernel pushes the same labels towards {prefix} in VRF {vrf.name}",
        partial(judge_kernel, vrf=vrf, prefix=prefix),
        (Query(vrf.pe, rib(lab.lab.family)), Query(vrf.pe, KERNEL_ROUTES)),
        after=(route_id(vrf, prefix), kernel.vrf_id(vrf)),
        why="Forwarding follows the kernel's table of the VRF; zebra's only shows what zebra asked for.",
        hint=hint_command(
            lab.lab,
            vrf.pe,
            f"ip {'' if lab.lab.family is Family.IPV4 else '-6 '}route show table {vrf.table}",
        ),
    )


def judge_export(facts: Facts, *, origin: VpnPrefix) -> Judgement:
    """The PE's own VPNv4 route has the VRF's RD, exactly its RTs, and a label that leads into the VRF."""
    vrf = origin.vrf
    targets = communities(origin)
    expected = f"RD {vrf.rd}, RT {listed(targets)}, a label into VRF {vrf.name}"
    route = own_export(facts, vrf.pe, str(vrf.rd), origin.prefix)
    if route is None:
        return Judgement(holds=False, expected=expected, observed=_instead_of_export(facts, origin))
    into = _leads_into(facts, vrf.pe, route)
    label = f"label {route.label} into {listed(into, 'nothing')}"
    return Judgement(
        sorted(route.communities) == targets and into == [vrf.name],
        expected,
        f"RD {route.rd}, RT {listed(sorted(route.communities))}, {label}",
    )


def _instead_of_export(facts: Facts, origin: VpnPrefix) -> str:
    """What a PE does with a prefix of a VRF that it does not export as it should."""
    vrf = origin.vrf
    rds = {
        one.rd
        for one in facts.of(vrf.pe, vpn_table(Family.of(origin.prefix)))
        if one.prefix == origin.prefix
        and is_own_export(one)
        and _leads_into(facts, vrf.pe, one) == [vrf.name]
    }
    if str(vrf.rd) in rds:
        return f"RD {vrf.rd}, not valid: bgpd finds no next hop for it, and advertises it to nobody"
    return f"exported under RD {listed(sorted(rds))}" if rds else "not exported"


def _leads_into(facts: Facts, pe: str, route: VpnRoute) -> list[str]:
    """The VRF, by its device, into which a PE's LFIB sends what comes with the route's label."""
    return [
        str(one.interface or one.nexthop)
        for one in facts.of(pe, LFIB)
        if route.label is not None and one.in_label == route.label
    ]


def judge_received(
    facts: Facts, *, pe: str, exports: tuple[tuple[VpnPrefix, str], ...], also: frozenset[str] = frozenset()
) -> Judgement:
    """The VPNv4 route is here as a far PE exported it, with that PE as the next hop.

    Args:
        facts: what the nodes said.
        pe: where it must be.
        exports: the route as each PE exports it that it may come from, and that PE's loopback.
        also: next hops of the same RD and prefix that another check is about.
    """
    sent = {next_hop: _path(facts, origin, next_hop) for origin, next_hop in exports}
    expected = " or ".join(text for text, _ in sent.values())
    rd, prefix = str(exports[0][0].vrf.rd), exports[0][0].prefix
    alone = len(exports) == 1 and not also
    seen = dict.fromkeys(
        f"next hop {written(one.nexthop)}, RT {listed(sorted(one.communities))}, label {one.label}"
        for one in facts.about(pe, vpn_table(Family.of(prefix)), rd_and_prefix, (rd, prefix))
        if (one.best if alone else one.valid and not is_own_export(one)) and written(one.nexthop) not in also
    )
    good = {text for text, labelled in sent.values() if labelled}
    return Judgement(bool(seen) and good >= set(seen), expected, listed(seen, "no such route"))


def _path(facts: Facts, origin: VpnPrefix, next_hop: str) -> tuple[str, bool]:
    """A route as it should be seen elsewhere, and whether its PE gave it a label."""
    own = own_export(facts, origin.vrf.pe, str(origin.vrf.rd), origin.prefix)
    label = own.label if own is not None else None
    targets = listed(communities(origin))
    return f"next hop {next_hop}, RT {targets}, label {label}", label is not None


@dataclass(frozen=True, slots=True)
class Egress:
    """A node that a prefix may be reached by: the PE that exports it, or an ASBR towards it.

    Attributes:
        rd: under which it is exported.
        next_hop: of its VPN routes.
        told_by: the node whose VPN table has the label that leads on: the PE itself, which gave it, or who
            imports the route from an ASBR.
    """

    pe: str
    loopback: str
    rd: str
    next_hop: str
    told_by: str


@dataclass(frozen=True, slots=True)
class _Stacks:
    """Label stacks by gateway; the text of a route's forwarding."""

    ways: frozenset[tuple[str, tuple[Label, ...]]]

    def __str__(self) -> str:
        return listed(f"via {gateway} label {stack(labels)}" for gateway, labels in sorted(self.ways))


def _transport(facts: Facts, pe: str, egress: Egress) -> dict[str, tuple[Label, ...]]:
    """By gateway, the labels that lead to the egress PE: the core's one, or none if it is the neighbour.

    To another provider's, by labelled routes, it is its own ASBR's as well.
    """
    route = selected(facts, pe, DEFAULT_VRF, IPv4Network(egress.loopback))
    if route is None:
        return {}
    return {str(hop.gateway): on_the_wire(hop.labels) for hop in route.hops if hop.fib}


def _way(lab: EffectiveLab, vrf: Vrf, origin: VpnPrefix) -> tuple[Egress, CheckId]:
    """The node that a route leads to, and the check of the labels that lead there."""
    over = crossing(lab, vrf, origin.vrf)
    swapped = over is not None and not over.by_labelled_routes
    node = over.near.node if over is not None and swapped else origin.vrf.pe
    transport = (
        lsp_id(lab, vrf.pe, node) if over is None or swapped else labelled_path_id(vrf.pe, origin.vrf.pe)
    )
    egress = Egress(
        node,
        str(lab.lab.vpn_address(node)),
        str(origin.vrf.rd),
        next_hop=written(bgp_next_hop(lab.lab, node)),
        told_by=vrf.pe if swapped else node,
    )
    return egress, transport


def _label_towards(facts: Facts, egress: Egress, prefix: IpNetwork) -> Label | None:
    if egress.told_by == egress.pe:
        exported = own_export(facts, egress.pe, egress.rd, prefix)
        return None if exported is None else exported.label
    table = vpn_table(Family.of(prefix))
    held = facts.about(egress.told_by, table, rd_and_prefix, (egress.rd, prefix))
    return next((one.label for one in held if written(one.nexthop) == egress.next_hop), None)


def _wanted_stacks(facts: Facts, pe: str, egress: Egress, prefix: IpNetwork) -> _Stacks:
    label = _label_towards(facts, egress, prefix)
    inner = () if label is None else (label,)
    return _Stacks(
        frozenset((gateway, (*outer, *inner)) for gateway, outer in _transport(facts, pe, egress).items())
    )


def _stacks(route: Route, *, by_port: bool = False) -> _Stacks:
    hops = (hop for hop in route.hops if hop.fib)
    return _Stacks(
        frozenset((str(hop.interface if by_port else hop.gateway), on_the_wire(hop.labels)) for hop in hops)
    )


def judge_route(facts: Facts, *, vrf: Vrf, prefix: IpNetwork, egresses: tuple[Egress, ...]) -> Judgement:
    """The selected route is BGP's, by one egress PE or several: the core's label outside, that PE's inside.

    A PE that exports the prefix from two VRFs counts twice, and its route may have the labels of both.
    """
    wanted = {egress: _wanted_stacks(facts, vrf.pe, egress, prefix) for egress in egresses}
    expected = " or ".join(f"bgp next hop {egress.next_hop}, {stacks}" for egress, stacks in wanted.items())
    route = selected(facts, vrf.pe, vrf.name, prefix)
    if route is None:
        return Judgement(False, expected, f"no route in VRF {vrf.name}", why=_LOST_IMPORT)  # noqa: FBT003 -- as its fields stand
    next_hops = {written(hop.gateway) for hop in route.hops if hop.recursive and hop.gateway is not None}
    stacks = _stacks(route)
    used = {egress: ways.ways for egress, ways in wanted.items() if ways.ways and ways.ways <= stacks.ways}
    holds = (
        route.protocol == BGP
        and bool(used)
        and next_hops == {egress.next_hop for egress in used}
        and stacks.ways == frozenset().union(*used.values())
    )
    observed = f"{route.protocol} next hop {listed(sorted(next_hops))}, {stacks}"
    return Judgement(holds, expected, observed if route.fib else via(route))


def judge_kernel(facts: Facts, *, vrf: Vrf, prefix: IpNetwork) -> Judgement:
    """The kernel's route in the VRF's table pushes what zebra shows, over the same next hops."""
    route = selected(facts, vrf.pe, vrf.name, prefix)
    # Where the next hop is of another family the kernel's route names the port alone.
    by_port = Family.of(prefix) is Family.IPV6
    wanted = _Stacks(frozenset()) if route is None else _stacks(route, by_port=by_port)
    installed = in_kernel(facts, vrf.pe, vrf.table, prefix)
    if installed is None:
        return Judgement(holds=False, expected=str(wanted), observed=f"no route in table {vrf.table}")
    seen = _Stacks(
        frozenset((str(hop.device if by_port else hop.gateway), hop.labels) for hop in installed.hops)
    )
    return Judgement(bool(wanted.ways) and wanted == seen, str(wanted), str(seen))
