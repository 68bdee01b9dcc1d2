"""What iproute2, sysctl and packets on a link show of the kernel."""

from __future__ import annotations

from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from orchestrator.model.derive_sham_links import SHAM_MTU
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.mpls_ports import label_switching_ports
from orchestrator.model.topology import Role
from orchestrator.routing.routes import RouteSource, Table
from orchestrator.verification.layers.pece.neighbours import origin_neighbour
from parsers.kernel import DEVICES

if TYPE_CHECKING:
    from orchestrator.model.family import IpInterface, IpNetwork
    from orchestrator.model.lab import Interface, Vrf
    from orchestrator.model.sham_link import ShamEnd, ShamLink
    from tests.unit.verification.converged.network import Network


MANAGEMENT = IPv4Interface("198.18.7.9/24")


def link_echoes(net: Network, node: str) -> str:
    return "".join(
        f"{own.name} {device.mac} plain answered labelled answered\n"
        for own, far in net.effective.core_links_of(node)
        for device in DEVICES.parse(devices(net, far.node))
        if device.name == far.name
    )


def lfib(net: Network, node: str) -> str:
    rows = [
        f"{label} via inet {far.address.ip} dev {near.name} proto {net.lab.provider_of(node).igp} \n"
        for label, (near, far) in net.adjacency_sids(node)
    ]
    proto = net.lab.provider_of(node).igp if net.has_segments(node) else "ldp"
    for owner in net.provider(node):
        if owner == node:
            continue
        hops = net.toward(node, owner)
        rows.append(_switched(net.label(node, owner), proto, hops))
        if net.stands_by(node):
            by_ldp = tuple((near, far, net.ldp_label(far.node, owner)) for near, far, _ in hops)
            rows.append(_switched(net.ldp_label(node, owner), "ldp", by_ldp))
    rows += [f"{net.vpn_label(vrf)} dev {vrf.name} proto bgp \n" for vrf in net.lab.vrfs_of(node)]
    return "".join(rows)


def _switched(label: int, proto: str, hops: tuple[tuple[Interface, Interface, int], ...]) -> str:
    ways = [
        f"{'' if out == 3 else f'as to {out} '}via inet {far.address.ip} dev {near.name}"
        for near, far, out in hops
    ]
    if len(ways) == 1:
        return f"{label} {ways[0]} proto {proto} \n"
    return f"{label} proto {proto} \n" + "".join(f"\tnexthop {way} \n" for way in ways)


def _vrf(net: Network, vrf: Vrf) -> list[str]:
    rows = []
    table = f"table {vrf.table}"
    for one in net.effective.routes_in(vrf):
        if net.effective.routing[Table.of(vrf)][one.prefix].source is RouteSource.IMPORT:
            continue  # it has this in BGP alone, as a backup
        neighbour = origin_neighbour(one)
        if neighbour is None:
            rows += _connected(IPv4Interface(one.prefix), vrf.name, table)
            continue
        port = neighbour.port.interface
        if one.connected:
            rows += _connected(net.lab.interface(neighbour.port).address, port, table)
        else:
            gateway = neighbour.gateway
            rows.append(f"{_plain(one.prefix)} via {gateway} dev {port} {table} proto bgp metric 20 \n")
    for one in net.effective.leaked_into(vrf):
        assert one.attachment
        port = one.vrf.name if one.connected else one.attachment.pe.interface
        where = "" if one.connected else f"via {one.attachment.ce_address.ip} "
        rows.append(f"{_plain(one.prefix)} {where}dev {port} {table} proto bgp metric 20 \n")
    for prefix, origins in net.effective.imported_by(vrf).items():
        origin = net.effective.chosen_of(vrf, origins)[0]
        ways = [
            f"encap mpls  {net.stack(outer, origin)} via {far.address.ip} dev {near.name}"
            for near, far, outer in net.toward(vrf.pe, origin.vrf.pe)
        ]
        rows.append(_route(_plain(prefix), ways, f"{table} proto bgp"))
    return rows


def routes(net: Network, node: str) -> str:
    rows = ["198.19.255.0/30 via 198.18.7.1 dev eth0 table 220 \n"]
    for vrf in net.lab.vrfs_of(node):
        rows += _vrf(net, vrf)
    rows += _connected(MANAGEMENT, "eth0")
    for own in net.lab.interfaces_of(node):
        if not own.vrf and net.effective.carries(own):
            rows += _connected(own.address, own.name)
            if own.stands_for is not None:
                rows.append(f"default dev {own.name} proto static scope link metric 20 \n")
    if net.lab.node(node).role is Role.CE:
        for prefix, gateway, interface in net.ce_remote(node):
            rows.append(f"{_plain(prefix)} via {gateway} dev {interface} proto bgp metric 20 \n")
    else:
        for other in net.effective.core_of(node):
            ways = [
                f"{'' if label == 3 else f'encap mpls  {label} '}via {far.address.ip} dev {near.name}"
                for near, far, label in net.toward(node, other)
            ]
            rows.append(_route(str(net.lab.loopback(other)), ways, f"proto {net.lab.provider_of(node).igp}"))
    return "".join(rows)


def devices(net: Network, node: str) -> str:
    blocks = [_device(1, "eth0", 1500, MANAGEMENT)]
    blocks += [
        f"{20 + number}: {vrf.name}: <NOARP,MASTER,UP,LOWER_UP> mtu 65575 qdisc noqueue state UP group "
        f"default "
        f"qlen 1000\n    link/ether 3e:6a:2f:1a:0b:{number:02x} brd ff:ff:ff:ff:ff:ff promiscuity 0 "
        f"minmtu 1280 "
        f"maxmtu 65575 \n    vrf table {vrf.table} addrgenmode eui64 numtxqueues 1 numrxqueues 1 "
        "gso_max_size 65536 gso_max_segs 65535 \n"
        + "".join(f"    inet {one} scope global {vrf.name}\n" for one in _endpoints(net, vrf))
        for number, vrf in enumerate(net.lab.vrfs_of(node))
    ]
    for vrf in net.lab.vrfs_of(node):
        blocks += [
            _tunnel(90 + number, link, own, far, vrf)
            for number, (link, own, far) in enumerate(net.lab.sham_links_of(vrf))
        ]
    here = (InterfaceKind.SHAM_ENDPOINT, InterfaceKind.SHAM_LINK)
    for number, one in enumerate(net.lab.interfaces_of(node)):
        if one.kind in here:
            continue
        home = net.lab.vrf(node, one.vrf) if one.vrf else None
        blocks.append(
            _device(30 + number, one.name, one.mtu, one.address, home, up=net.effective.carries(one))
        )
    blocks += [
        f"{60 + number}: {one.end.interface}@if9: <BROADCAST,MULTICAST> mtu {one.mtu} qdisc noqueue "
        f"state DOWN group default\n    link/ether 02:00:00:00:01:{number:02x} brd ff:ff:ff:ff:ff:ff "
        "minmtu 68 maxmtu 65535 \n    veth numtxqueues 1\n"
        for number, one in enumerate(net.lab.spares_of(node))
    ]
    return "".join(blocks)


def _endpoints(net: Network, vrf: Vrf) -> dict[IpInterface, None]:
    return dict.fromkeys(own.endpoint for _, own, _ in net.lab.sham_links_of(vrf))


def rules(net: Network, node: str) -> str:
    vrfs = "1000:\tfrom all lookup [l3mdev-table]\n2000:\tfrom all lookup [l3mdev-table] unreachable\n"
    local = "\tfrom all lookup local\n"
    management = f"220:\tfrom {MANAGEMENT.ip} lookup 220\n"
    first = f"{management}{vrfs}32765:{local}" if net.lab.vrfs_of(node) else f"0:{local}{management}"
    return f"{first}32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n"


def qdiscs(net: Network, node: str) -> str:
    names = ("eth0", *(one.name for one in net.lab.interfaces_of(node)))
    impaired = net.state.links_silent | net.state.links_impaired
    netem = {end.interface for link in impaired for end in link if end.node == node}
    return "".join(
        f"qdisc {'netem 8001:' if name in netem else 'noqueue 0:'} dev {name} root refcnt 2 \n"
        for name in names
    )


def sysctl(net: Network, node: str, keys: list[str]) -> str:
    core = label_switching_ports(net.lab, node)
    fixed = {
        "net.ipv4.ip_forward": "1",
        "net.mpls.platform_labels": "100000",
        "net.ipv4.conf.eth0.forwarding": "0",
        "net.mpls.ip_ttl_propagate": _ttl_propagation(net, node),
    }

    def on(key: str) -> bool:
        return key.endswith(".forwarding") or key.split(".")[3] in core

    return "".join(f"{key} = {fixed.get(key) or str(int(on(key)))}\n" for key in keys)


def _ttl_propagation(net: Network, node: str) -> str:
    inside = net.lab.node(node).role.in_provider
    return str(int(inside and bool(net.lab.provider_of(node).propagate_ttl)))


def _route(prefix: str, ways: list[str], attributes: str) -> str:
    if len(ways) == 1:
        return f"{prefix} {ways[0]} {attributes} metric 20 \n"
    hops = "".join(f"\tnexthop  {way} weight 1 \n" for way in ways)
    return f"{prefix} {attributes} metric 20 \n{hops}"


def _plain(prefix: IpNetwork) -> str:
    return str(prefix).removesuffix("/32")


def _connected(address: IpInterface, device: str, table: str = "") -> list[str]:
    where = f"{table} " if table else ""
    local = where or "table local "
    rows = [f"local {address.ip} dev {device} {local}proto kernel scope host src {address.ip} \n"]
    if address.network.prefixlen < 32:
        rows.append(f"{address.network} dev {device} {where}proto kernel scope link src {address.ip} \n")
    return rows


def _tunnel(index: int, link: ShamLink, own: ShamEnd, far: ShamEnd, vrf: Vrf) -> str:
    return (
        f"{index}: {link.device}@{vrf.name}: <POINTOPOINT,NOARP,UP,LOWER_UP> mtu {SHAM_MTU} qdisc noqueue "
        f"master {vrf.name} state UNKNOWN group default qlen 1000\n"
        f"    link/gre {own.endpoint.ip} peer {far.endpoint.ip} promiscuity 0 allmulti 0 minmtu 0 maxmtu 0 \n"
        f"    gre remote {far.endpoint.ip} local {own.endpoint.ip} dev {vrf.name} ttl 64 \n"
        f"    vrf_slave table {vrf.table} numtxqueues 1 gso_max_size 65536 \n"
        f"    inet {own.endpoint} brd {own.endpoint.ip} scope global {link.device}\n"
        "       valid_lft forever preferred_lft forever\n"
    )


def _device(  # noqa: PLR0913 -- what iproute2 prints of a device
    index: int, name: str, mtu: int, address: IpInterface, vrf: Vrf | None = None, *, up: bool = True
) -> str:
    if name == "lo":
        return (
            f"{index}: lo: <LOOPBACK,UP,LOWER_UP> mtu {mtu} qdisc noqueue state UNKNOWN group default qlen "
            "1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00 promiscuity 0 minmtu 0 maxmtu "
            "0 numtxqueues 1\n    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft "
            "forever\n"
            f"    inet {address} scope global lo\n       valid_lft forever preferred_lft forever\n"
        )
    master = f" master {vrf.name}" if vrf else ""
    slave = f"    vrf_slave table {vrf.table} numtxqueues 1 numrxqueues 1\n" if vrf else ""
    kind = "dummy" if name.startswith("lan") else "veth"
    flags = "BROADCAST,MULTICAST,UP,LOWER_UP" if up else "NO-CARRIER,BROADCAST,MULTICAST,UP"
    state = "UP" if up else "LOWERLAYERDOWN"
    return (
        f"{index}: {name}@if{index}: <{flags}> mtu {mtu} qdisc noqueue{master} state {state} group default\n"
        f"    link/ether 02:00:00:00:00:{index:02x} brd ff:ff:ff:ff:ff:ff minmtu 68 maxmtu 65535 \n"
        f"    {kind} numtxqueues 1\n{slave}"
        f"    inet {address} scope global {name}\n       valid_lft forever preferred_lft forever\n"
    )
