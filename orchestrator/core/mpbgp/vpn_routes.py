"""The names of checks about VPN routes, and which exports of several PEs a check is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.family import Family, mapped
from orchestrator.verification.kit.check_id import CheckId, InVrf, Layer, Toward

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.model.family import IpAddress, IpNetwork
    from orchestrator.model.lab import Lab, VpnPrefix, Vrf
    from orchestrator.routing.effective_lab import EffectiveLab


def export_id(origin: VpnPrefix) -> CheckId:
    """The check that the origin's PE exports a prefix as a VPNv4 route."""
    return CheckId(Layer.VPN, "export", origin.vrf.pe, (InVrf(origin.vrf.name), origin.prefix))


def received_id(vrf: Vrf, origins: tuple[VpnPrefix, ...], all_origins: Iterable[VpnPrefix]) -> CheckId:
    """The check that the PE of `vrf` has the VPNv4 route of a prefix from one PE, or one of several PEs.

    Args:
        vrf: that imports it.
        origins: under one RD, which the check is about.
        all_origins: what the VRF may import of that prefix; a PE that exports it from several VRFs, each
            under an RD of its own, is named with the VRF.
    """
    exporting: dict[str, set[str]] = {}
    for one in all_origins:
        exporting.setdefault(one.vrf.pe, set()).add(one.vrf.name)
    senders: list[Toward | InVrf] = []
    for one in origins:
        senders.append(Toward(one.vrf.pe))
        if len(exporting[one.vrf.pe]) > 1:
            senders.append(InVrf(one.vrf.name))
    return CheckId(Layer.VPN, "vpnv4", vrf.pe, (InVrf(vrf.name), origins[0].prefix, *senders))


def route_id(vrf: Vrf, prefix: IpNetwork) -> CheckId:
    """The check of an imported prefix in the RIB of a VRF."""
    return CheckId(Layer.VPN, "route", vrf.pe, (InVrf(vrf.name), prefix))


def kernel_id(vrf: Vrf, prefix: IpNetwork) -> CheckId:
    """The check of an imported prefix in the kernel's table of a VRF."""
    return CheckId(Layer.VPN, "kernel", vrf.pe, (InVrf(vrf.name), prefix))


def ce_route_id(ce: str, prefix: IpNetwork) -> CheckId:
    """The check that a CE has a remote prefix over its PE."""
    return CheckId(Layer.VPN, "ce-route", ce, (prefix,))


def one_route_each(origins: Iterable[VpnPrefix]) -> Iterator[tuple[VpnPrefix, ...]]:
    """Grouped by VPNv4 route: a PE exports a prefix of a VRF once, over however many links it has it."""
    routes: dict[tuple[Vrf, IpNetwork], tuple[VpnPrefix, ...]] = {}
    for one in origins:
        key = one.vrf, one.prefix
        routes[key] = (*routes.get(key, ()), one)
    yield from routes.values()


def next_hops_of_other_pes(
    lab: EffectiveLab, origins: tuple[VpnPrefix, ...], all_origins: tuple[VpnPrefix, ...]
) -> frozenset[IpAddress]:
    """The next hops that a route has under the same RD from other PEs, which other checks are about."""
    rd, here = origins[0].vrf.rd, {one.vrf.pe for one in origins}
    return frozenset(
        bgp_next_hop(lab.lab, one.vrf.pe)
        for one in all_origins
        if one.vrf.rd == rd and one.vrf.pe not in here
    )


def bgp_next_hop(lab: Lab, pe: str) -> IpAddress:
    """The next hop of VPN routes of a PE: its loopback, in IPv6 form for VPNv6 (RFC 4659 3.2.1.2)."""
    loopback = lab.vpn_address(pe)
    return loopback if lab.family is Family.IPV4 else mapped(loopback)
