"""What zebra says: its tables of routes and labels."""

from __future__ import annotations

from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from orchestrator.model.lab import InterfaceKind
from orchestrator.model.topology import Role
from orchestrator.protocols.ospf.routes import over_sham_links
from orchestrator.routing.routes import RouteSource, Table
from orchestrator.verification.layers.pece.neighbours import origin_neighbour
from tests.unit.verification.converged import kernel

if TYPE_CHECKING:
    from orchestrator.model.family import IpInterface
    from orchestrator.model.lab import Vrf
    from tests.unit.verification.converged.network import Network


_LEGEND = """\
Codes: K - kernel route, C - connected, L - local, S - static,
       R - RIP, O - OSPF, I - IS-IS, B - BGP, E - EIGRP, N - NHRP,
       T - Table, v - VNC, V - VNC-Direct, A - Babel, F - PBR,
       f - OpenFabric, t - Table-Direct,
       > - selected route, * - FIB route, q - queued, r - rejected, b - backup
       t - trapped, o - offload failure
"""
_AGE = "00:01:12"
_MADE_BY = {"isis": "SR (IS-IS)", "ospf": "SR (OSPF) "}
_CODES = {"bgp": "B", "static": "S", "ospf": "O", "eigrp": "E", "rip": "R"}
_BY_METRIC = {"O": 110, "R": 120}
_ADMIN = {"B": "[20/0]", "S": "[1/0]", "O": "[110/20]", "E": "[90/30720]", "R": "[120/2]"}


def lfib(net: Network, node: str) -> str:
    by = _MADE_BY[net.lab.provider_of(node).igp] if net.has_segments(node) else "LDP  "
    rows = [
        f" {net.label(node, owner):<14} {by} {far.address.ip!s:<9} {_label(label):<15} "
        for owner in net.provider(node)
        if owner != node
        for _, far, label in net.toward(node, owner)
    ]
    rows += [
        f" {net.ldp_label(node, owner):<14} LDP   {far.address.ip!s:<9} "
        f"{_label(net.ldp_label(far.node, owner)):<15} "
        for owner in net.provider(node)
        if owner != node and net.stands_by(node)
        for _, far, _ in net.toward(node, owner)
    ]
    rows += [
        f" {label:<14} {by} {far.address.ip!s:<9} implicit-null   "
        for label, (_, far) in net.adjacency_sids(node)
    ]
    rows += [f" {net.vpn_label(vrf):<14} BGP   {vrf.name:<9} {'-':<15} " for vrf in net.lab.vrfs_of(node)]
    if not rows:
        return ""
    head = [" Inbound Label  Type  Nexthop   Outbound Label  ", " " + "-" * 47]
    return "\n".join([*head, *rows, "", ""])


def routes(net: Network, node: str) -> str:
    text = _LEGEND
    for vrf in sorted(net.lab.vrfs_of(node), key=lambda one: one.name):
        text += f"\nIPv4 unicast VRF {vrf.name}:\n" + "".join(_vrf_routes(net, vrf))
    rows = _ce_routes(net, node) if net.lab.node(node).role is Role.CE else _global_routes(net, node)
    return text + "\nIPv4 unicast VRF default:\n" + "".join(rows) + _connected(kernel.MANAGEMENT, "eth0")


def _global_routes(net: Network, node: str) -> list[str]:
    own = net.lab.interfaces_of(node, InterfaceKind.LOOPBACK, InterfaceKind.CORE)
    rows = [_connected(one.address, one.name) for one in own]
    for other in net.effective.core_of(node):
        code, metric = _igp(net, node, other)
        head = f"{code}>* {net.lab.loopback(other)}/32 {metric} "
        rows.append(
            head
            + f"  *{' ' * (len(head) - 3)}".join(
                f"via {far.address.ip}, {near.name}, label {_label(label)}, weight 1, {_AGE}\n"
                for near, far, label in net.toward(node, other)
            )
        )
        near, far, _ = net.toward(node, other)[0]
        rows += [
            f"{code}>* {one.address.network} {metric} via {far.address.ip}, {near.name}, weight 1, {_AGE}\n"
            for one, _ in net.effective.core_links_of(other)
            if one.address.network not in {mine.address.network for mine in own}
        ]
    return list(dict.fromkeys(rows))


def _igp(net: Network, node: str, other: str) -> tuple[str, str]:
    """The code of the core's IGP, distance and metric of a loopback."""
    metric = net.effective.distance(node, other)
    if net.lab.provider_of(node).igp == "isis":
        return "I", f"[115/{metric + 10}]"
    costs = any(own.cost is not None for own, _ in net.lab.core_links_of(node))
    return "O", f"[110/{metric if costs else 20}]"


def _vrf_routes(net: Network, vrf: Vrf) -> list[str]:
    rows = []
    for one in net.effective.routes_in(vrf):
        if net.effective.routing[Table.of(vrf)][one.prefix].source is RouteSource.IMPORT:
            continue  # it has this in BGP alone, as a backup
        neighbour = origin_neighbour(one)
        if neighbour is None:
            rows.append(_connected(IPv4Interface(one.prefix), vrf.name))
            continue
        port = neighbour.port.interface
        if one.connected:
            rows.append(_connected(net.lab.interface(neighbour.port).address, port))
        else:
            code = _CODES[net.effective.routing[Table.of(vrf)][one.prefix].protocol]
            gateway = neighbour.gateway
            rows.append(f"{code}>* {one.prefix} {_ADMIN[code]} via {gateway}, {port}, weight 1, {_AGE}\n")
    peers = {link.device: far.endpoint.ip for link, _, far in net.lab.sham_links_of(vrf)}
    for prefix, route in over_sham_links(net.effective, vrf).items():
        (device,) = route.devices
        hop = f"via {peers[device]}, {device} inactive onlink"
        rows.append(f"O   {prefix} [110/{route.cost}] {hop}, weight 1, {_AGE}\n")
    for one in net.effective.leaked_into(vrf):
        assert one.attachment
        port, ce = one.attachment.pe.interface, one.attachment.ce_address.ip
        where = "is directly connected" if one.connected else f"via {ce}"
        port = one.vrf.name if one.connected else port
        rows.append(f"B>* {one.prefix} [200/0] {where}, {port} (vrf {one.vrf.name}), weight 1, {_AGE}\n")
    rows.append(f"K>* 127.0.0.0/8 [0/0] is directly connected, {vrf.name}, weight 1, {_AGE}\n")
    for prefix, origins in net.effective.imported_by(vrf).items():
        origin = net.effective.chosen_of(vrf, origins)[0]
        head = f"B>  {prefix} [200/0] "
        rows.append(
            f"{head}via {net.lab.loopback(origin.vrf.pe)} (vrf default) (recursive), "
            f"label {net.vpn_label(origin.vrf)}, weight 1, {_AGE}\n"
        )
        rows += [
            f"  *{' ' * (len(head) - 1)}via {far.address.ip}, {near.name} (vrf default), "
            f"label {net.stack(outer, origin)}, weight 1, {_AGE}\n"
            for near, far, outer in net.toward(vrf.pe, origin.vrf.pe)
        ]
    return rows


def _ce_routes(net: Network, ce: str) -> list[str]:
    own = net.lab.interfaces_of(ce)
    rows = [_connected(one.address, one.name) for one in own if net.effective.carries(one)]
    rows += [
        f"S>* {one.stands_for} [1/0] is directly connected, {one.name}, weight 1, {_AGE}\n"
        for one in own
        if one.stands_for is not None and net.effective.carries(one)
    ]
    for prefix, gateway, interface in net.ce_remote(ce):
        route = net.effective.routing[Table(ce)][prefix]
        code = _CODES[route.protocol]
        metric = route.attributes.med
        admin = f"[{_BY_METRIC[code]}/{metric}]" if code in _BY_METRIC else _ADMIN[code]
        rows.append(f"{code}>* {prefix} {admin} via {gateway}, {interface}, weight 1, {_AGE}\n")
    return rows


def _label(label: int) -> str:
    return {3: "implicit-null", 0: "IPv4 Explicit Null"}.get(label, str(label))


def _connected(address: IpInterface, device: str) -> str:
    local = f"L>* {address.ip}/32 is directly connected, {device}, weight 1, {_AGE}\n"
    return f"C>* {address.network} is directly connected, {device}, weight 1, {_AGE}\n" + local.replace(
        "L>*",
        "L * " if address.network.prefixlen == 32 else "L>*",
    ).replace("*  ", "* ")
