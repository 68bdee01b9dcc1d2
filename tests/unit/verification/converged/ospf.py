"""What ospfd says."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from orchestrator.core.igp.ospf.lines import NetworkType
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.topology import Endpoint
from orchestrator.protocols.agreement import Outcome
from orchestrator.protocols.ospf.links import attachments, link_timers, router_id
from orchestrator.protocols.ospf.values import Ospf
from orchestrator.protocols.registry import protocol_of
from orchestrator.routing.routes import Table

if TYPE_CHECKING:
    from orchestrator.model.family import IpAddress
    from orchestrator.model.lab import Interface
    from tests.unit.verification.converged.network import Network


_TYPES = {NetworkType.POINT_TO_POINT: "POINTOPOINT", NetworkType.BROADCAST: "BROADCAST"}


def neighbors(net: Network, node: str) -> str:
    head = (
        "Neighbor ID     Pri State           Up Time         Dead Time Address         Interface"
        "                        RXmtL RqstL DBsmL"
    )
    core: list[tuple[IpAddress, IpAddress, Interface]] = [
        (net.lab.router_id(far.node), far.address.ip, own) for own, far in net.effective.core_links_of(node)
    ]
    text = ""
    tables = {"default": core, **_customer_adjacencies(net, node)}
    for vrf, pairs in tables.items():
        rows = [
            f"{router!s:<15} {1:>3} {_state(net, own):<15} 1m33s              3.511s "
            f"{address!s:<15} {own.name}:{own.address.ip!s:<20} 0     0     0"
            for router, address, own in pairs
            if _state(net, own)
        ]
        text += f"VRF Name: {vrf}\n\n" + "\n".join([head, *rows]) + "\n\n"
    return text


def _outcome(net: Network, own: Interface) -> Outcome:
    """What becomes of the attachment, if it is one, that an interface is an end of."""
    ends = {end: one for site in net.lab.sites for one in site.attachments for end in (one.pe, one.ce)}
    attachment = ends.get(Endpoint(own.node, own.name))
    return (
        Outcome.WORKS
        if attachment is None
        else protocol_of(attachment).agreement.expected_outcome(net.lab, attachment)
    )


def _state(net: Network, own: Interface) -> str:
    stuck = _outcome(net, own) is Outcome.STUCK
    return "" if _outcome(net, own) is Outcome.NO_SESSION else "ExStart/-" if stuck else "Full/-"


def _customer_adjacencies(net: Network, node: str) -> dict[str, list[tuple[IpAddress, IpAddress, Interface]]]:
    """By VRF: router id, address and own interface of each PE-CE adjacency."""
    found: dict[str, list[tuple[IpAddress, IpAddress, Interface]]] = {}
    for _, one, _ in attachments(net.lab, node):
        if not net.effective.attachment_forwards(one):
            continue
        at_ce, at_pe = Table.at_ce(one), Table.at_pe(one)
        here = at_pe if node == one.pe.node else at_ce
        far = at_ce if here == at_pe else at_pe
        end, address = (one.pe, one.ce_address) if here == at_pe else (one.ce, one.pe_address)
        found.setdefault(here.vrf or "default", []).append(
            (router_id(net.lab, far), address.ip, net.lab.interface(end))
        )
    for backdoor in net.lab.backdoors_of(node) if attachments(net.lab, node) else ():
        other, address = backdoor.far_end(node)
        if net.effective.backdoor_forwards(backdoor):
            near, _ = backdoor.near_end(node)
            neighbor = router_id(net.lab, Table(other.node))
            found.setdefault("default", []).append((neighbor, address.ip, net.lab.interface(near)))
    for vrf in net.lab.vrfs_of(node):
        for link, _, peer in net.lab.sham_links_of(vrf):
            if net.effective.sham_link_reachable(link):
                tunnel = net.lab.interface(Endpoint(node, link.device))
                neighbor = router_id(net.lab, Table(peer.pe, peer.vrf))
                found.setdefault(vrf.name, []).append((neighbor, peer.endpoint.ip, tunnel))
    return found


def interfaces(net: Network, node: str) -> str:
    kinds = (InterfaceKind.LOOPBACK, InterfaceKind.CORE)
    customers = {
        (one.pe if one.pe.node == node else one.ce).interface: replace(
            ospf, hello=timers.ospf_hello, dead=timers.ospf_dead
        )
        for _, one, ospf in attachments(net.lab, node)
        for timers in [link_timers(net.lab, one, ospf)]
    }
    usual = Ospf(0, 10, 1, 4)
    if net.lab.node(node).role.in_provider:
        timers = net.lab.provider_of(node).timers
        usual = replace(usual, hello=timers.ospf_hello, dead=timers.ospf_dead)
    own = {
        "default": [(one, replace(usual, cost=one.cost or 10)) for one in net.lab.interfaces_of(node, *kinds)]
    }
    for one in net.lab.interfaces_of(node, InterfaceKind.ACCESS):
        if (ospf := customers.get(one.name)) is not None:
            own.setdefault(one.vrf or "default", []).append((one, ospf))
    for vrf in net.lab.vrfs_of(node):
        for link, _, _ in net.lab.sham_links_of(vrf):
            tunnel = net.lab.interface(Endpoint(node, link.device))
            own.setdefault(vrf.name, []).append((tunnel, Ospf(link.area, link.cost, 1, 4)))
    if customers:
        lans = net.lab.interfaces_of(node, InterfaceKind.LAN, InterfaceKind.BACKDOOR)
        own["default"] += [(one, usual) for one in lans]
    return "".join(
        f"VRF Name: {vrf}\n"
        + "".join(_interface(one, ospf) for one, ospf in ports if net.effective.carries(one))
        + "\n"
        for vrf, ports in own.items()
    )


def sync(net: Network, node: str) -> str:
    return "".join(
        f"{own.name:<10}\n  LDP-IGP Synchronization enabled: yes\n  Holddown timer in seconds: 0\n"
        "  State: Sync achieved\n"
        for own, _ in net.effective.core_links_of(node)
    )


def _interface(one: Interface, ospf: Ospf) -> str:
    shared = ospf.authentication
    kind = "Simple password" if shared and shared.key_id is None else "Cryptographic"
    return (
        f"{one.name} is up\n"
        f"  ifindex 3, MTU {one.mtu} bytes, BW 10000 Mbit <UP,LOWER_UP,BROADCAST,RUNNING,MULTICAST>\n"
        f"  Internet Address {one.address}, Broadcast {one.address.network.broadcast_address}, Area "
        f"{IPv4Address(ospf.area)}\n  MTU mismatch detection: enabled\n"
        f"  Router ID 10.255.0.1, Network Type {_TYPES[ospf.network]}, Cost: {ospf.cost}\n"
        "  Transmit Delay is 1 sec, State Point-To-Point, Priority 1\n"
        "  No backup designated router on this network\n"
        "  Multicast group memberships: OSPFAllRouters\n"
        f"  Timer intervals configured, Hello {ospf.hello}s, Dead {ospf.dead}s, Wait 4s, Retransmit 5\n"
        "    Hello due in 0.539s\n"
        "  Neighbor Count is 1, Adjacent neighbor count is 1\n"
        "  Graceful Restart hello delay: 10s\n"
        "  LSA retransmissions: 0\n" + (f"  {kind} authentication enabled\n" if shared else "")
    )
