"""What bgpd says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.model.topology import Role
from orchestrator.protocols.bgp.sessions import backdoor_sessions, customer_as
from orchestrator.protocols.bgp.values import Bgp
from orchestrator.routing.routes import RouteSource, Table
from orchestrator.verification.layers.vpn.routes import communities

if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from orchestrator.model.lab import VpnPrefix
    from orchestrator.routing.routes import NextHop, Route
    from tests.unit.verification.converged.network import Network


def summary(net: Network, node: str) -> str:
    role = net.lab.node(node).role
    if role is Role.P:
        return "bgpd is not running\n"
    if role is Role.CE:
        attachments = [one for _, one in net.effective.attachments_of(node)]
        peers = [
            (one.pe_address.ip, net.lab.provider_of(one.pe.node).asn, _received(net.effective.exchanges(one)))
            for one in attachments
        ]
        for backdoor in backdoor_sessions(net.lab, node):
            far, address = backdoor.far_end(node)
            peers.append((address.ip, customer_as(net.lab, far.node) or 0, _A_FEW))
        own = customer_as(net.lab, node)
        return (
            "bgpd is not running\n"
            if own is None
            else _family("IPv4 Unicast", "default", net.lab.router_id(node), own, peers)
        )
    asn = net.lab.provider_of(node).asn
    text = _family(
        "IPv4 VPN",
        "default",
        net.lab.router_id(node),
        asn,
        [(net.lab.loopback(one), asn, _reflected(net, one, node)) for one in net.effective.vpnv4_peers(node)],
    )
    for vrf in net.lab.vrfs_of(node):
        peers = [
            (one.ce_address.ip, one.protocol.asn, _received(net.effective.exchanges(one)))
            for _, one in net.effective.attachments_of(node)
            if one.vrf == vrf.name and isinstance(one.protocol, Bgp)
        ]
        text += _family("IPv4 Unicast", vrf.name, net.lab.router_id(node), asn, peers)
    return text


_A_FEW: Final = 3


def _received(up: bool) -> int | None:  # noqa: FBT001 -- the one question
    return _A_FEW if up else None


def _reflected(net: Network, sender: str, node: str) -> int:
    """The VPNv4 prefixes that a peer sends; a reflector those of all others that use it."""
    if net.lab.node(sender).role is not Role.RR:
        return _A_FEW
    return sum(
        len(tuple(net.effective.exported_by(vrf)))
        for vrf in net.effective.vrfs
        if vrf.pe != node and sender in net.effective.vpnv4_peers(vrf.pe)
    )


def _family(
    family: str, vrf: str, router: IPv4Address, asn: int, peers: list[tuple[IPv4Address, int, int | None]]
) -> str:
    """A summary; of a peer whose session is not up, `None` prefixes are received."""
    rows = [
        f"{peer!s:<15} 4 {remote:>10}        17        17        7    0    0 00:00:28 "
        f"{'Connect' if received is None else received:>12}        {received or 0} FRRouting/10.3"
        for peer, remote, received in peers
    ]
    instance = f"VRF {vrf} vrf-id {0 if vrf == 'default' else 5}"
    return (
        f"\n{family} Summary:\n"
        f"BGP router identifier {router}, local AS number {asn} {instance}\n"
        "BGP table version 0\nRIB entries 3, using 384 bytes of memory\nPeers 1, using 23 KiB of "
        "memory\n\nNeighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down "
        "State/PfxRcd   PfxSnt Desc\n" + "\n".join(rows) + f"\n\nTotal number of neighbors {len(rows)}\n"
    )


def vpnv4(net: Network, node: str) -> str:
    text = (
        f"BGP table version is 7, local router ID is {net.lab.router_id(node)}, vrf id 0\n"
        "Default local pref 100, local AS 65000\n"
        "Status codes:  s suppressed, d damped, h history, u unsorted, * valid, > best, = multipath,\n"
        "               i internal, r RIB-failure, S Stale, R Removed\n"
        "Nexthop codes: @NNN nexthop's vrf id, < announce-nh-self\n"
        "Origin codes:  i - IGP, e - EGP, ? - incomplete\n"
        "RPKI validation codes: V valid, I invalid, N Not found\n\n"
        "     Network          Next Hop            Metric LocPrf Weight Path\n"
    )
    count = 0
    for vrf in net.effective.vrfs:
        if vrf.pe != node and not _hears(net, node, vrf.pe):
            continue
        text += f"Route Distinguisher: {vrf.rd}\n"
        for one in net.effective.exported_by(vrf):
            count += 1
            text += _vpnv4_path(net, node, one)
    return text + f"\nDisplayed {count} routes and {count} total paths\n"


def _hears(net: Network, node: str, pe: str) -> bool:
    peers = net.effective.vpnv4_peers(node)
    return pe in peers or any(pe in net.effective.vpnv4_peers(peer) for peer in peers)


def _vpnv4_path(net: Network, node: str, one: VpnPrefix) -> str:
    vrf, own = one.vrf, one.vrf.pe == node
    attachment = one.attachment
    gateway = "0.0.0.0" if attachment is None or one.connected else str(attachment.ce_address.ip)  # noqa: S104 -- FRR prints it
    next_hop = f"{gateway}@5<" if own else str(net.lab.loopback(vrf.pe))
    status = " *> " if own else " *>i"
    local_pref = "" if own else "100"
    network = f"{one.prefix!s:<17}" if len(str(one.prefix)) < 17 else f"{one.prefix}\n{' ' * 21}"
    route = net.effective.routing[Table.of(vrf)][one.prefix]
    path = " ".join([*map(str, route.attributes.as_path), "i" if route.protocol == "bgp" else "?"])
    targets = " ".join(communities(one))
    return (
        f"{status} {network}{next_hop:<16}{0:>10}{local_pref:>7}{32768 if own else 0:>7} {path}\n"
        f"    UN={gateway if own else next_hop} EC{{{targets}}} label={net.vpn_label(vrf)} type=bgp, "
        f"subtype=0\n"
    )


def table(net: Network, table: Table, footer: str) -> str:
    """A table of BGP's, or what is sent from it: a neighbour is sent all of it."""
    held = net.effective.routing[table]
    own = {prefix for site, _ in net.effective.attachments_of(table.node) for prefix in site.prefixes}
    rows: list[str] = []
    count = 0
    for one in held.values():
        originated = one.source is RouteSource.OWN and (table.vrf or one.prefix in own)
        if not (one.protocol == "bgp" or originated or (table.vrf and one.source is RouteSource.PE_CE)):
            continue
        path = " ".join(
            [*map(str, one.attributes.as_path), "?" if one.protocol == "connected" and table.vrf else "i"]
        )
        network = f"{one.prefix!s:<17}" if len(str(one.prefix)) < 17 else f"{one.prefix}\n{' ' * 21}"
        weight = 32768 if originated else 0
        count += 1
        # What is equally good stands below without its prefix; a neighbour is sent the best alone.
        next_hops = one.next_hops if footer == "Displayed" else one.next_hops[:1]
        rows += [
            f" *{'=' if number else '>'}  {'' if number else network:<17}"
            f"{_next_hop(net, table, one, hop):<16}{'':>17}{weight:>7} {path}\n"
            for number, hop in enumerate(next_hops)
        ]
    last = f"Total number of prefixes {count}"
    if footer == "Displayed":
        last = f"Displayed {count} routes and {len(rows)} total paths"
    return (
        f"BGP table version is 6, local router ID is {net.lab.router_id(table.node)}, vrf id 0\n"
        "     Network          Next Hop            Metric LocPrf Weight Path\n"
        f"{''.join(rows)}\n{last}\n"
    )


def _next_hop(net: Network, table: Table, route: Route, hop: NextHop) -> str:
    if route.source is RouteSource.OWN or hop.table is None:
        return "0.0.0.0"  # noqa: S104 -- FRR prints it
    if route.source is RouteSource.IMPORT:
        if hop.table.node != table.node:
            return f"{net.lab.loopback(hop.table.node)}@0<"
        inner = net.effective.routing[hop.table][route.prefix]
        return f"{_next_hop(net, hop.table, inner, inner.next_hops[0])}@5<"
    if table.vrf and hop.attachment:
        return str(hop.attachment.ce_address.ip)
    return str(hop.gateway(table.node))
