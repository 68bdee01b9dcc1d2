"""The FRR configuration of one node, in the form in which FRR itself prints it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from orchestrator.core.bfd import profile_block
from orchestrator.core.fragment import ConfigFragment, interface_order
from orchestrator.core.registry import core_configuration
from orchestrator.model.family import Family, written
from orchestrator.model.hosts import gateway_of
from orchestrator.model.interconnect import labelled_across, vpnv4_across
from orchestrator.model.lans import EVERYTHING
from orchestrator.model.topology import Role
from orchestrator.protocols.registry import on_ce, on_pe
from orchestrator.render.quirks import FrrTooOld, quirks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.model.lab import Interface, Lab
    from orchestrator.model.rd_rt import RouteTarget
    from orchestrator.render.quirks import Quirks


def frr_configuration(lab: Lab, node: str, version: str) -> str:
    """What `show running-config` prints on a node that has exactly its part of `lab`.

    The preamble (version, defaults profile, hostname) is left out: it belongs to who started FRR. Each block
    ends in its `exit`, without which FRR may read the next block's first line as one more line of this block.

    Args:
        lab: the lab.
        node: a node of it.
        version: of the node's FRR, as in `show version`: `8.4.4`, `10.3`.

    Raises:
        KeyError: the lab has no such node.
        UnknownFrrVersion: nothing is known about that version.
        FrrTooOld: it lacks what the lab wants of the node.
    """
    role = lab.node(node).role
    known = quirks(version)
    if vpnv4_across(lab, node) and not known.swaps_vpn_labels:
        raise FrrTooOld(
            f"FRR {version} swaps no VPN labels between providers (option b): take FRR 10.3 or 10.7"
        )
    if labelled_across(lab, node) and not known.resolves_labelled_routes:
        raise FrrTooOld(
            f"FRR {version} installs no labels for PEs behind a core (option c): take FRR 10.3 or 10.7"
        )
    template = _templates().get_template("provider.j2" if role.in_provider else "ce.j2")
    core = core_configuration(lab, node) if role.in_provider else ConfigFragment()
    pece = _pece(lab, node)
    parts = [part for by_family in pece.values() for _, part in by_family]
    return template.render(
        node=lab.node(node),
        router_id=None if role is Role.HOST else lab.router_id(node),
        interfaces=_interfaces(lab, node, known),
        pece=pece,
        bfd_block=profile_block(lab, node),
        addresses=_addresses(lab, node),
        whole=ConfigFragment.all_of(parts),
        all_of=lambda by_family: ConfigFragment.all_of(part for _, part in by_family),
        quirks=known,
        core=core,
        provider=lab.provider_of(node) if role.in_provider else None,
        vrfs=lab.vrfs_of(node),
    )


def _pece(lab: Lab, node: str) -> dict[str, tuple[tuple[Family, ConfigFragment], ...]]:
    """What PE-CE protocols add in each address family, by VRF; on a CE under no name."""
    role = lab.node(node).role
    if role is Role.HOST:
        # A host needs no routing protocol; its address and its default route are FRR's as all others are, so
        # that they are compared and repaired in one way.
        default = f"ip route {EVERYTHING} {gateway_of(lab, node).address.ip}"
        return {"": ((Family.IPV4, ConfigFragment(table=(default,))),)}
    seen = (lab,) if lab.ipv6 is None else (lab, lab.ipv6)
    if role is Role.CE:
        return {"": tuple((one.family, on_ce(one, node)) for one in seen)}
    return {
        vrf.name: tuple((one.family, on_pe(one, vrf)) for one in seen if vrf in one.vrfs_of(node))
        for vrf in lab.vrfs_of(node)
    }


def _addresses(lab: Lab, node: str) -> dict[str, tuple[str, ...]]:
    """The lines that give each interface its addresses, IPv4 before IPv6, as zebra prints them."""
    found: dict[str, dict[str, None]] = {}
    for seen in (lab,) if lab.ipv6 is None else (lab, lab.ipv6):
        for one in seen.interfaces_of(node):
            address = f"{written(one.address.ip)}/{one.address.network.prefixlen}"
            found.setdefault(one.name, {})[f" {Family.of(one.address).ip} address {address}"] = None
    return {name: tuple(lines) for name, lines in found.items()}


def _interfaces(lab: Lab, node: str, known: Quirks) -> list[Interface]:
    of_ipv6 = () if lab.ipv6 is None else lab.ipv6.interfaces_of(node)
    by_name = {one.name: one for one in (*of_ipv6, *lab.interfaces_of(node))}
    interfaces = sorted(by_name.values(), key=interface_order)
    if known.groups_interfaces:
        interfaces.sort(key=lambda one: one.vrf or "default")
    return interfaces


def _targets(targets: Iterable[RouteTarget]) -> str:
    # FRR keeps a set of extended communities sorted by their octets on the wire.
    return " ".join(str(target) for target in sorted(targets, key=_wire_order))


def _wire_order(target: RouteTarget) -> tuple[int, int, int]:
    two_octets, address, four_octets = 0, 1, 2
    if not isinstance(target.administrator, int):
        return address, int(target.administrator), target.number
    kind = two_octets if target.administrator <= 0xFFFF else four_octets  # noqa: PLR2004 -- RFC 4360, RFC 5668
    return kind, target.administrator, target.number


@cache
def _templates() -> Environment:
    environment = Environment(  # noqa: S701 -- router configuration, not HTML
        loader=PackageLoader("orchestrator.render"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["targets"] = _targets
    return environment
