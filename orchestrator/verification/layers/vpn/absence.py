"""What must be absent: routes that no RT admits, RDs that nobody gave, customers outside their VRFs."""

from __future__ import annotations

from functools import partial
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from orchestrator.core.igp.ids import infrastructure
from orchestrator.core.mpbgp import checks as mpbgp
from orchestrator.core.mpbgp.vpn_routes import export_id, kernel_id
from orchestrator.model.family import Family, contains, of_one_link, overlap
from orchestrator.model.interconnect import Option, agreed_targets, labelled_across
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.lans import EVERYTHING
from orchestrator.model.memory import remembered
from orchestrator.protocols.registry import spoken_in
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, InVrf, Layer
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import MAIN_TABLE, is_own_export, rib, routes_in, vpn_table
from orchestrator.verification.kit.wording import hint_command, listed, nothing_else
from orchestrator.verification.layers import kernel, pece
from orchestrator.verification.layers.vpn import routes
from orchestrator.verification.layers.vpn.leaks import leak_id
from parsers.kernel import KERNEL_ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Lab, Vrf
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts
    from parsers.kernel import KernelRoute
    from parsers.zebra import Route

_LOOPBACK_NET = IPv4Network("127.0.0.0/8")


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """The tables of VRFs, of VPNv4 speakers and of the core's kernels."""
    for pe in dict.fromkeys(vrf.pe for vrf in lab.vrfs):
        yield _no_other_export(lab, pe)
    for vrf in lab.vrfs:
        yield _vrf_table(lab, vrf)
    for node in lab.provider_nodes:
        if lab.vpnv4_peers(node.name) and mpbgp.carries(lab.lab, node.name):
            yield _vpnv4_table(lab, node.name)
        elif labelled_across(lab.lab, node.name) and lab.lab.family is Family.IPV4:
            yield _no_vpn_route(lab, node.name)
        yield _clean(lab, node.name)


def vrf_table_id(vrf: Vrf) -> CheckId:
    """The check that a VRF holds nothing but what it must hold."""
    return CheckId(Layer.VPN, "vrf-table", vrf.pe, (InVrf(vrf.name),))


def _wanted_ids(lab: EffectiveLab, vrf: Vrf) -> Iterator[CheckId]:
    """The checks that a VRF holds what it must: where that lacks, other routes may stand in for it."""
    yield mpbgp.policy_id(vrf)
    yield from (one for one in pece.adjacency_ids(lab, vrf))
    yield from (kernel_id(vrf, prefix) for prefix in lab.imported_by(vrf))
    yield from (leak_id(vrf, one.prefix) for one in lab.leaked_into(vrf))
    yield from _announced_ids(lab, vrf)


@remembered
def _announced_ids(lab: EffectiveLab, vrf: Vrf) -> tuple[CheckId, ...]:
    """The checks that a VRF has from its own sites, and advertises, what it must and nothing else."""
    ports = lab.lab.interfaces_of(vrf.pe, InterfaceKind.ACCESS, InterfaceKind.INTERCONNECT)
    return (
        *(kernel.port_id(one) for one in ports),
        *(one for origin in lab.routes_in(vrf) for one in routes.held_ids(lab, origin)),
        *(export_id(one) for one in lab.exported_by(vrf)),
        pece.no_other_prefix_id(vrf),
    )


def _vrf_table(lab: EffectiveLab, vrf: Vrf) -> Check:
    sources = [one for one in lab.lab.imported_into(vrf) if one.pe not in lab.state.nodes_down]
    return Check(
        vrf_table_id(vrf),
        f"no other route in VRF {vrf.name}",
        partial(judge_vrf_table, vrf=vrf, allowed=lab.prefixes_in(vrf), family=lab.lab.family),
        (Query(vrf.pe, rib(lab.lab.family)), Query(vrf.pe, KERNEL_ROUTES)),
        after=tuple(
            dict.fromkeys(
                (
                    *_wanted_ids(lab, vrf),
                    *_policy_ids(lab),
                    *(_no_other_export_id(one.pe) for one in (vrf, *sources)),
                    *(one for source in sources for one in _announced_ids(lab, source)),
                )
            )
        ),
        why="A route that no RT admits is a leak: two customers, or a customer and the core, can meet.",
        hint=hint_command(lab.lab, vrf.pe, f"show {lab.lab.family.ip} route vrf {vrf.name}"),
    )


@remembered
def _policy_ids(lab: EffectiveLab) -> tuple[CheckId, ...]:
    """The checks of all VRFs' route targets: any of them may let a route in where it does not belong."""
    return tuple(map(mpbgp.policy_id, lab.vrfs))


def _exported(lab: EffectiveLab, vrfs: Iterable[Vrf]) -> frozenset[tuple[str, IpNetwork]]:
    """What VRFs export, by RD."""
    return frozenset(
        (str(vrf.rd), prefix)
        for vrf in vrfs
        for prefix in (
            *(one.prefix for one in lab.exported_by(vrf)),
            *(
                one
                for protocol in spoken_in(lab.lab)
                for one in protocol.possible_exports(lab.lab, vrf, lab.routing)
            ),
        )
    )


def _no_other_export_id(pe: str) -> CheckId:
    """The check that a PE exports what its VRFs must, and nothing else."""
    return CheckId(Layer.VPN, "no-other-export", pe)


def _no_other_export(lab: EffectiveLab, pe: str) -> Check:
    vrfs = lab.lab.vrfs_of(pe)
    below = dict.fromkeys(one for vrf in vrfs for one in (mpbgp.policy_id(vrf), *_announced_ids(lab, vrf)))
    return Check(
        _no_other_export_id(pe),
        "no other exported route",
        partial(judge_no_other_export, pe=pe, allowed=_exported(lab, vrfs), family=lab.lab.family),
        (Query(pe, vpn_table(lab.lab.family)),),
        after=(*below, *(one for vrf in vrfs for one in pece.adjacency_ids(lab, vrf))),
        why="Every VRF that imports its route target receives what a VRF exports: a prefix that belongs "
        "to no site attracts traffic.",
        hint=hint_command(lab.lab, pe, vpn_table(lab.lab.family).text),
    )


def judge_no_other_export(
    facts: Facts, *, pe: str, allowed: frozenset[tuple[str, IpNetwork]], family: Family = Family.IPV4
) -> Judgement:
    """No VPNv4 route of the PE's own but those of its VRFs' sites."""
    return nothing_else(
        (f"{rd}:{prefix}" for rd, prefix in allowed),
        (f"{one.rd}:{one.prefix}" for one in facts.of(pe, vpn_table(family)) if is_own_export(one)),
        "exported routes",
    )


@remembered
def _of_provider(
    lab: EffectiveLab, provider: str
) -> tuple[frozenset[tuple[str, IpNetwork]], tuple[CheckId, ...]]:
    """What all VRFs of a provider export, and the checks without which others could stand beside it."""
    vrfs = [
        vrf
        for vrf in lab.lab.vrfs
        if lab.lab.provider_of(vrf.pe).name == provider or _comes_across(lab, vrf, provider)
    ]
    after = (
        one
        for vrf in vrfs
        if vrf.pe not in lab.state.nodes_down
        for one in (vrf_table_id(vrf), *_announced_ids(lab, vrf), *pece.adjacency_ids(lab, vrf))
    )
    return _exported(lab, vrfs), tuple(dict.fromkeys(after))


def _comes_across(lab: EffectiveLab, vrf: Vrf, provider: str) -> bool:
    """Whether a provider is to have VPNv4 routes of another's VRF, from ASBRs or past them (RFC 4364 10)."""
    return any(
        one.option is not Option.A
        and {lab.lab.provider_of(own.node).name for own, _ in one.ends}
        == {provider, lab.lab.provider_of(vrf.pe).name}
        and agreed_targets(lab.lab, one) & vrf.exports
        for one in lab.lab.interconnects
    )


def _no_vpn_route(lab: EffectiveLab, asbr: str) -> Check:
    return Check(
        CheckId(Layer.VPN, "vpnv4-table", asbr),
        "no VPNv4 route at all",
        partial(judge_vpnv4_table, node=asbr, allowed=frozenset()),
        (Query(asbr, vpn_table(Family.IPV4)),),
        why="An ASBR of option C knows the ways to PEs and no customer: VPN routes pass it by (RFC 4364 10).",
        hint=hint_command(lab.lab, asbr, vpn_table(Family.IPV4).text),
    )


def _vpnv4_table(lab: EffectiveLab, node: str) -> Check:
    allowed, after = _of_provider(lab, lab.lab.provider_of(node).name)
    return Check(
        CheckId(Layer.VPN, "vpnv4-table", node),
        f"no other {lab.lab.family.vpn} route",
        partial(judge_vpnv4_table, node=node, allowed=allowed, family=lab.lab.family),
        (Query(node, vpn_table(lab.lab.family)),),
        after=after,
        why="A VPNv4 route with an unknown RD, or of a prefix that no site has, gets into every VRF that "
        "imports one of its route targets.",
        hint=hint_command(lab.lab, node, vpn_table(lab.lab.family).text),
    )


@remembered
def _declared(lab: Lab) -> frozenset[IpNetwork]:
    """Every customer's prefixes; a default route is looked for by itself: all lies in it."""
    declared = (one.prefix for vrf in lab.vrfs for one in lab.declared_in(vrf))
    return frozenset(one for one in declared if one != EVERYTHING)


def _clean(lab: EffectiveLab, node: str) -> Check:
    tables = frozenset(vrf.table for vrf in lab.lab.vrfs_of(node))
    return Check(
        CheckId(Layer.VPN, "core-clean", node),
        "no customer route in the kernel" + (" outside the VRFs" if tables else ", in any table"),
        partial(
            judge_clean,
            node=node,
            tables=tables,
            prefixes=_declared(lab.lab),
            infrastructure=infrastructure(lab, node),
            family=lab.lab.family,
        ),
        (Query(node, KERNEL_ROUTES),),
        why="The core forwards by labels: a P knows no customer, and a PE knows one only inside its VRF.",
        hint=hint_command(lab.lab, node, KERNEL_ROUTES.text),
    )


def judge_vrf_table(
    facts: Facts, *, vrf: Vrf, allowed: frozenset[IpNetwork], family: Family = Family.IPV4
) -> Judgement:
    """RIB and kernel table of the VRF hold no prefix but its sites' and the imported ones.

    A candidate that zebra has not selected is none of its routes: a filter may keep it out. Nor is the subnet
    of an interface that has lost its carrier, which Linux keeps (`linkdown`) and zebra does not.
    """
    rib = (
        one.prefix
        for one in routes_in(facts, vrf.pe, vrf.name, family)
        if one.selected and not _is_own_address(one, allowed) and not _is_of_device(one, vrf.name)
    )
    installed = (
        one.prefix
        for one in facts.of(vrf.pe, KERNEL_ROUTES)
        if one.table == vrf.table
        and one.kind == "unicast"
        and Family.of(one.prefix) is family
        and not of_one_link(one.prefix)
        and not _is_dead(one)
    )
    return nothing_else(allowed, (*rib, *installed), "routes")


def _is_dead(route: KernelRoute) -> bool:
    return route.protocol == "kernel" and any("linkdown" in hop.flags for hop in route.hops)


def _is_own_address(route: Route, allowed: frozenset[IpNetwork]) -> bool:
    networks = (one for one in allowed if one != EVERYTHING)
    return route.protocol == "local" and any(contains(one, route.prefix) for one in networks)


def _is_of_device(route: Route, vrf: str) -> bool:
    """Linux gives a VRF device that is up 127.0.0.0/8, as it does a loopback; FRR 10 shows it."""
    return route.prefix == _LOOPBACK_NET and all(hop.interface == vrf for hop in route.hops)


def judge_vpnv4_table(
    facts: Facts, *, node: str, allowed: frozenset[tuple[str, IpNetwork]], family: Family = Family.IPV4
) -> Judgement:
    """No VPNv4 route but those that the intent's VRFs export."""
    return nothing_else(
        (f"{rd}:{prefix}" for rd, prefix in allowed),
        (f"{one.rd}:{one.prefix}" for one in facts.of(node, vpn_table(family))),
        f"{family.vpn} routes",
    )


def judge_clean(  # noqa: PLR0913 -- what is looked for, and what is not to be taken for it
    facts: Facts,
    *,
    node: str,
    tables: frozenset[int],
    prefixes: frozenset[IpNetwork],
    infrastructure: frozenset[IpNetwork],
    family: Family = Family.IPV4,
) -> Judgement:
    """No table but the VRFs' has a customer's prefix or a part of one, nor the main table a default route.

    A customer may use the provider's own numbers; what is the provider's is not a customer's route.
    """
    seen = [
        f"{one.prefix} in table {one.table}"
        for one in facts.of(node, KERNEL_ROUTES)
        if one.table not in tables
        and Family.of(one.prefix) is family
        and _is_customers(one, prefixes, infrastructure)
    ]
    return Judgement(not seen, "no customer route", f"also {listed(seen)}" if seen else "no customer route")


def _is_customers(
    route: KernelRoute, prefixes: frozenset[IpNetwork], infrastructure: frozenset[IpNetwork]
) -> bool:
    if route.kind == "unreachable":
        return False
    if route.prefix.prefixlen == 0:
        return route.table == MAIN_TABLE
    if any(contains(one, route.prefix) for one in infrastructure):
        return False
    return any(overlap(route.prefix, one) for one in prefixes)
