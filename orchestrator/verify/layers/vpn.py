"""VPN: RD, RT, next hop, VPN label and label stack of every route, and the absence of all others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from orchestrator.model.topology import Role
from orchestrator.verify.check import Check, Judgement, Layer
from orchestrator.verify.facts import Need
from orchestrator.verify.layers import igp, kernel, ldp, link, mpbgp, pece
from orchestrator.verify.questions import KERNEL_ROUTES, LFIB, ROUTES, VPN_ROUTES
from orchestrator.verify.tables import (
    DEFAULT_VRF,
    MAIN_TABLE,
    in_kernel,
    on_the_wire,
    routes_to,
    selected,
    stack,
    via,
)
from orchestrator.verify.wording import listed, look, nothing_else

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Attachment, VpnPrefix, Vrf
    from orchestrator.verify.facts import Facts
    from orchestrator.verify.state import LabInState
    from parsers.facts import KernelRoute, Label, Route, VpnRoute

_LOOPBACK_NET = IPv4Network("127.0.0.0/8")


def export_id(origin: VpnPrefix) -> str:
    """The check that the origin's PE exports a prefix as a VPNv4 route."""
    return f"vpn.export.{origin.vrf.pe}.{origin.vrf.name}.{origin.prefix}"


def received_id(vrf: Vrf, origin: VpnPrefix) -> str:
    """The check that the PE of `vrf` has the VPNv4 route of a prefix from one PE."""
    return f"vpn.vpnv4.{vrf.pe}.{vrf.name}.{origin.prefix}.{origin.vrf.pe}"


def route_id(vrf: Vrf, prefix: IPv4Network) -> str:
    """The check of an imported prefix in the RIB of a VRF."""
    return f"vpn.route.{vrf.pe}.{vrf.name}.{prefix}"


def kernel_id(vrf: Vrf, prefix: IPv4Network) -> str:
    """The check of an imported prefix in the kernel's table of a VRF."""
    return f"vpn.kernel.{vrf.pe}.{vrf.name}.{prefix}"


def ce_route_id(ce: str, prefix: IPv4Network) -> str:
    """The check that a CE has a remote prefix over its PE."""
    return f"vpn.ce-route.{ce}.{prefix}"


def checks(lab: LabInState) -> Iterator[Check]:
    """Exports, imports, tables of VRFs, and what CEs and Ps hold."""
    for vrf in lab.vrfs:
        for origin in lab.exported_by(vrf):
            yield _export(lab, origin)
    for vrf in lab.vrfs:
        imported = lab.imported_by(vrf)
        for origins in imported.values():
            for origin in origins:
                yield _received(lab, vrf, origin)
        for prefix, origins in imported.items():
            yield _route(lab, vrf, prefix, origins)
            yield _kernel(lab, vrf, prefix)
        yield _vrf_table(lab, vrf)
    for node in lab.provider_nodes:
        if lab.vpnv4_peers(node.name):
            yield _vpnv4_table(lab, node.name)
        yield _clean(lab, node.name)
    for ce in lab.with_role(Role.CE):
        yield from _ce(lab, ce.name)


def _export(lab: LabInState, origin: VpnPrefix) -> Check:
    vrf = origin.vrf
    learnt = (
        link.address_id(lab.lab.interface(origin.attachment.pe))
        if origin.connected
        else pece.announced_id(origin.attachment, origin.prefix)
    )
    return Check(
        export_id(origin),
        Layer.VPN,
        vrf.pe,
        f"exports {origin.prefix} of VRF {vrf.name} as VPNv4",
        partial(judge_export, origin=origin),
        (Need(vrf.pe, VPN_ROUTES), Need(vrf.pe, LFIB)),
        after=(learnt, ldp.lfib_id(vrf.pe)),
        why="RD, RT and VPN label are the PE's own choice here: the wrong RT gives the route to the wrong "
        "VRFs, the wrong label delivers packets into the wrong one.",
        hint=look(lab.lab, vrf.pe, f"show bgp ipv4 vpn {origin.prefix}"),
    )


def _received(lab: LabInState, vrf: Vrf, origin: VpnPrefix) -> Check:
    return Check(
        received_id(vrf, origin),
        Layer.VPN,
        vrf.pe,
        f"VPNv4 route {origin.vrf.rd}:{origin.prefix} from {origin.vrf.pe}",
        partial(judge_received, pe=vrf.pe, origin=origin, next_hop=str(lab.lab.loopback(origin.vrf.pe))),
        (Need(vrf.pe, VPN_ROUTES), Need(origin.vrf.pe, VPN_ROUTES)),
        after=(export_id(origin), *mpbgp.speakers(lab, origin.vrf.pe, vrf.pe)),
        why="The route must arrive as the far PE sent it: same RTs, same label, and that PE as the next hop.",
        hint=look(lab.lab, vrf.pe, f"show bgp ipv4 vpn {origin.prefix}"),
    )


def _route(lab: LabInState, vrf: Vrf, prefix: IPv4Network, origins: tuple[VpnPrefix, ...]) -> Check:
    egresses = tuple(
        Egress(one.vrf.pe, lab.lab.loopback(one.vrf.pe).compressed, str(one.vrf.rd)) for one in origins
    )
    return Check(
        route_id(vrf, prefix),
        Layer.VPN,
        vrf.pe,
        f"VRF {vrf.name} reaches {prefix} with transport and VPN label",
        partial(judge_route, vrf=vrf, prefix=prefix, egresses=egresses),
        (
            Need(vrf.pe, ROUTES),
            *(Need(egress.pe, VPN_ROUTES) for egress in egresses),
        ),
        after=tuple(
            one for origin in origins for one in (received_id(vrf, origin), ldp.lsp_id(vrf.pe, origin.vrf.pe))
        ),
        why="Imported by its RT, the route must be selected and carry two labels: LDP's for the far PE "
        "outside, that PE's VPN label inside. If the VPNv4 table has it and the VRF does not, FRR lost the "
        "import (FRR issue 22239); a push repairs it.",
        hint=look(lab.lab, vrf.pe, f"show ip route vrf {vrf.name} {prefix}"),
    )


def _kernel(lab: LabInState, vrf: Vrf, prefix: IPv4Network) -> Check:
    return Check(
        kernel_id(vrf, prefix),
        Layer.VPN,
        vrf.pe,
        f"the kernel pushes the same labels towards {prefix} in VRF {vrf.name}",
        partial(judge_kernel, vrf=vrf, prefix=prefix),
        (Need(vrf.pe, ROUTES), Need(vrf.pe, KERNEL_ROUTES)),
        after=(route_id(vrf, prefix), kernel.vrf_id(vrf)),
        why="Packets follow the kernel's table of the VRF; zebra's is only a wish.",
        hint=look(lab.lab, vrf.pe, f"ip route show table {vrf.table}"),
    )


def _vrf_table(lab: LabInState, vrf: Vrf) -> Check:
    return Check(
        f"vpn.vrf-table.{vrf.pe}.{vrf.name}",
        Layer.VPN,
        vrf.pe,
        f"VRF {vrf.name} holds nothing else",
        partial(judge_vrf_table, vrf=vrf, allowed=lab.prefixes_in(vrf)),
        (Need(vrf.pe, ROUTES), Need(vrf.pe, KERNEL_ROUTES)),
        why="A route that no RT admits is a leak: two customers, or a customer and the core, can meet.",
        hint=look(lab.lab, vrf.pe, f"show ip route vrf {vrf.name}"),
    )


def _vpnv4_table(lab: LabInState, node: str) -> Check:
    allowed = frozenset((str(one.vrf.rd), one.prefix) for vrf in lab.lab.vrfs for one in lab.exported_by(vrf))
    return Check(
        f"vpn.vpnv4-table.{node}",
        Layer.VPN,
        node,
        "no other VPNv4 route",
        partial(judge_vpnv4_table, node=node, allowed=allowed),
        (Need(node, VPN_ROUTES),),
        why="A VPNv4 route under an unknown RD, or of a prefix that no site has, comes from a "
        "misconfigured VRF.",
        hint=look(lab.lab, node, VPN_ROUTES.command),
    )


def _clean(lab: LabInState, node: str) -> Check:
    prefixes = frozenset(one.prefix for vrf in lab.lab.vrfs for one in lab.lab.exported_by(vrf))
    tables = frozenset(vrf.table for vrf in lab.lab.vrfs_of(node))
    return Check(
        f"vpn.core-clean.{node}",
        Layer.VPN,
        node,
        "no customer route in the kernel" + (" outside the VRFs" if tables else ", in any table"),
        partial(
            judge_clean,
            node=node,
            tables=tables,
            prefixes=prefixes,
            infrastructure=igp.infrastructure(lab, node),
        ),
        (Need(node, KERNEL_ROUTES),),
        why="The core forwards by labels: a P knows no customer, and a PE knows one only inside its VRF.",
        hint=look(lab.lab, node, KERNEL_ROUTES.command),
    )


def _ce(lab: LabInState, ce: str) -> Iterator[Check]:
    remote = remote_prefixes(lab, ce)
    for prefix, attachments in remote.items():
        gateways = tuple(str(one.pe_address.ip) for one in attachments)
        yield Check(
            ce_route_id(ce, prefix),
            Layer.VPN,
            ce,
            f"{prefix} via {listed(one.pe.node for one in attachments)}",
            partial(judge_ce_route, ce=ce, prefix=prefix, gateways=gateways),
            (Need(ce, ROUTES),),
            after=tuple(
                one
                for attachment in attachments
                for one in (
                    pece.ce_session_id(attachment),
                    *_in_vrf(lab, attachment, prefix),
                )
            ),
            why="The PE must hand the VPN's routes on to the CE; check AS-path loops and policies towards "
            "it.",
            hint=look(lab.lab, ce, f"show ip route {prefix}"),
        )
    own = {one.address.network for one in lab.lab.interfaces_of(ce)}
    yield Check(
        f"vpn.ce-table.{ce}",
        Layer.VPN,
        ce,
        "the CE holds nothing but its VPN",
        partial(judge_ce_table, ce=ce, own=frozenset(own), remote=frozenset(remote)),
        (Need(ce, ROUTES),),
        why="A route of another customer, or of the provider's core, has leaked to this site.",
        hint=look(lab.lab, ce, "show ip route"),
    )


def remote_prefixes(lab: LabInState, ce: str) -> dict[IPv4Network, tuple[Attachment, ...]]:
    """What a CE must learn, and over which of its attachments."""
    own = {one.address.network for one in lab.lab.interfaces_of(ce)}
    remote: dict[IPv4Network, tuple[Attachment, ...]] = {}
    for site, attachment in lab.attachments_of(ce):
        vrf = lab.lab.vrf(attachment.pe.node, attachment.vrf)
        for prefix in sorted(lab.prefixes_in(vrf)):
            if prefix not in own and prefix not in site.prefixes:
                remote[prefix] = (*remote.get(prefix, ()), attachment)
    return remote


def _in_vrf(lab: LabInState, attachment: Attachment, prefix: IPv4Network) -> tuple[str, ...]:
    """The checks that the PE's VRF has a prefix that it must hand on."""
    vrf = lab.lab.vrf(attachment.pe.node, attachment.vrf)
    if prefix in lab.imported_by(vrf):
        return (route_id(vrf, prefix),)
    return tuple(
        pece.announced_id(one.attachment, prefix)
        for one in lab.exported_by(vrf)
        if one.prefix == prefix and not one.connected
    )


def is_own_export(route: VpnRoute) -> bool:
    """Whether a VPNv4 route was exported by the node that shows it, from one of its VRFs."""
    return route.nexthop_vrf_id is not None


def _own_export(facts: Facts, pe: str, rd: str, prefix: IPv4Network) -> VpnRoute | None:
    return next(
        (
            one
            for one in facts.of(pe, VPN_ROUTES)
            if is_own_export(one) and one.rd == rd and one.prefix == prefix and one.best
        ),
        None,
    )


def judge_export(facts: Facts, *, origin: VpnPrefix) -> Judgement:
    """The PE's own VPNv4 route has the VRF's RD, exactly its RTs, and a label that leads into the VRF."""
    vrf = origin.vrf
    targets = sorted(map(str, vrf.exports))
    expected = f"RD {vrf.rd}, RT {listed(targets)}, a label into VRF {vrf.name}"
    route = _own_export(facts, vrf.pe, str(vrf.rd), origin.prefix)
    if route is None:
        rds = {
            one.rd
            for one in facts.of(vrf.pe, VPN_ROUTES)
            if one.prefix == origin.prefix and is_own_export(one)
        }
        return Judgement(
            holds=False,
            expected=expected,
            observed=f"not exported under that RD (under: {listed(sorted(rds))})",
        )
    into = [
        str(one.interface or one.nexthop)
        for one in facts.of(vrf.pe, LFIB)
        if route.label is not None and one.in_label == route.label
    ]
    label = f"label {route.label} into {listed(into, 'nothing')}"
    return Judgement(
        sorted(route.communities) == targets and into == [vrf.name],
        expected,
        f"RD {route.rd}, RT {listed(sorted(route.communities))}, {label}",
    )


def judge_received(facts: Facts, *, pe: str, origin: VpnPrefix, next_hop: str) -> Judgement:
    """The VPNv4 route is here as the far PE exported it, with that PE as the next hop."""
    vrf = origin.vrf
    sent = _own_export(facts, vrf.pe, str(vrf.rd), origin.prefix)
    label = sent.label if sent is not None else None
    targets = sorted(map(str, vrf.exports))
    expected = f"next hop {next_hop}, RT {listed(targets)}, label {label}"
    paths = [
        one
        for one in facts.of(pe, VPN_ROUTES)
        if one.rd == str(vrf.rd) and one.prefix == origin.prefix and one.best
    ]
    seen = [
        f"next hop {one.nexthop}, RT {listed(sorted(one.communities))}, label {one.label}" for one in paths
    ]
    return Judgement(seen == [expected] and label is not None, expected, listed(seen, "no such route"))


@dataclass(frozen=True, slots=True)
class Egress:
    """A PE that a prefix may be reached by, and the RD under which it exports it."""

    pe: str
    loopback: str
    rd: str


@dataclass(frozen=True, slots=True)
class _Stacks:
    """Label stacks by gateway; the text of a route's forwarding."""

    ways: frozenset[tuple[str, tuple[Label, ...]]]

    def __str__(self) -> str:
        return listed(f"via {gateway} label {stack(labels)}" for gateway, labels in sorted(self.ways))


def _transport(facts: Facts, pe: str, egress: Egress) -> dict[str, tuple[Label, ...]]:
    """By gateway, the labels that lead to the egress PE: LDP's one, or none if it is the neighbour."""
    route = selected(facts, pe, DEFAULT_VRF, IPv4Network(egress.loopback))
    if route is None:
        return {}
    return {str(hop.gateway): on_the_wire(hop.labels) for hop in route.hops if hop.fib}


def _wanted_stacks(facts: Facts, pe: str, egress: Egress, prefix: IPv4Network) -> _Stacks:
    exported = _own_export(facts, egress.pe, egress.rd, prefix)
    inner = () if exported is None or exported.label is None else (exported.label,)
    return _Stacks(
        frozenset((gateway, (*outer, *inner)) for gateway, outer in _transport(facts, pe, egress).items())
    )


def _stacks(route: Route) -> _Stacks:
    return _Stacks(frozenset((str(hop.gateway), on_the_wire(hop.labels)) for hop in route.hops if hop.fib))


def judge_route(facts: Facts, *, vrf: Vrf, prefix: IPv4Network, egresses: tuple[Egress, ...]) -> Judgement:
    """The selected route is BGP's, by an egress PE, with LDP's label outside, that PE's inside."""
    wanted = {egress.loopback: _wanted_stacks(facts, vrf.pe, egress, prefix) for egress in egresses}
    expected = " or ".join(f"bgp next hop {loopback}, {stacks}" for loopback, stacks in wanted.items())
    route = selected(facts, vrf.pe, vrf.name, prefix)
    if route is None:
        return Judgement(holds=False, expected=expected, observed=f"no route in VRF {vrf.name}")
    next_hops = {str(hop.gateway) for hop in route.hops if hop.recursive}
    stacks = _stacks(route)
    chosen = frozenset().union(*(wanted[one].ways for one in next_hops if one in wanted))
    holds = (
        route.protocol == "bgp"
        and bool(next_hops)
        and next_hops <= set(wanted)
        and bool(stacks.ways)
        and stacks.ways == chosen
    )
    observed = f"{route.protocol} next hop {listed(sorted(next_hops))}, {stacks}"
    return Judgement(holds, expected, observed if route.fib else via(route))


def judge_kernel(facts: Facts, *, vrf: Vrf, prefix: IPv4Network) -> Judgement:
    """The kernel's route in the VRF's table pushes what zebra shows, over the same next hops."""
    route = selected(facts, vrf.pe, vrf.name, prefix)
    wanted = _Stacks(frozenset()) if route is None else _stacks(route)
    installed = in_kernel(facts, vrf.pe, vrf.table, prefix)
    if installed is None:
        return Judgement(holds=False, expected=str(wanted), observed=f"no route in table {vrf.table}")
    seen = _Stacks(frozenset((str(hop.gateway), hop.labels) for hop in installed.hops))
    return Judgement(bool(wanted.ways) and wanted == seen, str(wanted), str(seen))


def judge_vrf_table(facts: Facts, *, vrf: Vrf, allowed: frozenset[IPv4Network]) -> Judgement:
    """RIB and kernel table of the VRF hold no prefix but its sites' and the imported ones."""
    rib = (
        one.prefix
        for one in routes_to(facts, vrf.pe, vrf.name)
        if not _is_own_address(one, allowed) and not _is_of_device(one, vrf.name)
    )
    installed = (
        one.prefix
        for one in facts.of(vrf.pe, KERNEL_ROUTES)
        if one.table == vrf.table and one.kind == "unicast" and one.prefix.version == 4  # noqa: PLR2004 -- IPv4
    )
    return nothing_else(allowed, (*rib, *installed), "routes")


def _is_own_address(route: Route, allowed: frozenset[IPv4Network]) -> bool:
    return route.protocol == "local" and any(route.prefix.subnet_of(one) for one in allowed)


def _is_of_device(route: Route, vrf: str) -> bool:
    """Linux gives a VRF device that is up 127.0.0.0/8, as it does a loopback; FRR 10 shows it."""
    return route.prefix == _LOOPBACK_NET and all(hop.interface == vrf for hop in route.hops)


def judge_vpnv4_table(facts: Facts, *, node: str, allowed: frozenset[tuple[str, IPv4Network]]) -> Judgement:
    """No VPNv4 route but those that the intent's VRFs export."""
    return nothing_else(
        (f"{rd}:{prefix}" for rd, prefix in allowed),
        (f"{one.rd}:{one.prefix}" for one in facts.of(node, VPN_ROUTES)),
        "VPNv4 routes",
    )


def judge_clean(
    facts: Facts,
    *,
    node: str,
    tables: frozenset[int],
    prefixes: frozenset[IPv4Network],
    infrastructure: frozenset[IPv4Network],
) -> Judgement:
    """No table but the VRFs' has a customer's prefix or a part of one, nor the main table a default route.

    A customer may use the provider's own numbers; what is the provider's is not a customer's route.
    """
    seen = [
        f"{one.prefix} in table {one.table}"
        for one in facts.of(node, KERNEL_ROUTES)
        if one.table not in tables and _is_customers(one, prefixes, infrastructure)
    ]
    return Judgement(not seen, "no customer route", f"also {listed(seen)}" if seen else "no customer route")


def _is_customers(
    route: KernelRoute, prefixes: frozenset[IPv4Network], infrastructure: frozenset[IPv4Network]
) -> bool:
    if not isinstance(route.prefix, IPv4Network) or route.kind == "unreachable":
        return False
    if route.prefix.prefixlen == 0:
        return route.table == MAIN_TABLE
    if any(route.prefix.subnet_of(one) for one in infrastructure):
        return False
    return any(route.prefix.overlaps(one) for one in prefixes)


def judge_ce_route(facts: Facts, *, ce: str, prefix: IPv4Network, gateways: tuple[str, ...]) -> Judgement:
    """The CE's selected route is BGP's, via its PE."""
    expected = f"bgp via {listed(gateways)}"
    route = selected(facts, ce, DEFAULT_VRF, prefix)
    if route is None:
        return Judgement(holds=False, expected=expected, observed="no such route")
    hops = {str(hop.gateway) for hop in route.hops if hop.fib}
    return Judgement(route.protocol == "bgp" and bool(hops) and hops <= set(gateways), expected, via(route))


def judge_ce_table(
    facts: Facts, *, ce: str, own: frozenset[IPv4Network], remote: frozenset[IPv4Network]
) -> Judgement:
    """The CE's table holds its own networks, the VPN's, and the management subnet."""
    seen = [
        one.prefix
        for one in routes_to(facts, ce, DEFAULT_VRF)
        if not (one.protocol == "local" and any(one.prefix.subnet_of(net) for net in own))
        and not (
            one.protocol in ("connected", "local")
            and all(hop.interface == kernel.MANAGEMENT for hop in one.hops)
        )
    ]
    return nothing_else(own | remote, seen, "routes")
