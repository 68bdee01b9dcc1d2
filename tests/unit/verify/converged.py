"""What the nodes of a lab say when it has converged, in the words of FRR 10.3 and iproute2.

Labels are handed out as ldpd and bgpd do: LDP from 16 for each remote loopback, BGP from 80 for each VRF.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TYPE_CHECKING

from orchestrator.model.derive import SHAM_MTU
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.pece import Bgp, NetworkType, Ospf
from orchestrator.model.state import HEALTHY, State
from orchestrator.model.topology import Endpoint, Role
from orchestrator.pece.agreement import Outcome
from orchestrator.pece.bfd import bfd_sessions
from orchestrator.pece.bgp import backdoor_sessions, customer_as
from orchestrator.pece.ospf import attachments, link_timers, over_sham_links, router_id
from orchestrator.pece.registry import outcome
from orchestrator.render.eigrp import eigrp_configuration
from orchestrator.render.frr import frr_configuration
from orchestrator.routing.effective_lab import EffectiveLab
from orchestrator.routing.routes import RouteSource, Table
from orchestrator.verify.layers.vpn.routes import communities
from orchestrator.verify.questions import BGP_PEERS_IF_ANY, EIGRP, EIGRP_KEYS
from parsers.kernel import parse_devices
from tests.unit.verify.eigrp_words import eigrp_says

if TYPE_CHECKING:
    from orchestrator.model.lab import Interface, Lab, ShamEnd, ShamLink, VpnPrefix, Vrf
    from orchestrator.pece.bfd import BfdSession
    from orchestrator.routing.routes import NextHop, Route

MANAGEMENT = IPv4Interface("198.18.7.9/24")
_LEGEND = """\
Codes: K - kernel route, C - connected, L - local, S - static,
       R - RIP, O - OSPF, I - IS-IS, B - BGP, E - EIGRP, N - NHRP,
       T - Table, v - VNC, V - VNC-Direct, A - Babel, F - PBR,
       f - OpenFabric, t - Table-Direct,
       > - selected route, * - FIB route, q - queued, r - rejected, b - backup
       t - trapped, o - offload failure
"""
_AGE = "00:01:12"
_CODES = {"bgp": "B", "static": "S", "ospf": "O", "eigrp": "E"}
_ADMIN = {"B": "[20/0]", "S": "[1/0]", "O": "[110/20]", "E": "[90/30720]"}


@dataclass(frozen=True)
class Converged:
    """A lab's nodes, all of them content."""

    lab: Lab
    state: State = HEALTHY

    @cached_property
    def _lab(self) -> EffectiveLab:
        return EffectiveLab(self.lab, self.state)

    def says(self, node: str, command: str) -> str:
        """The output of a command on a node."""
        if (node, command) not in self._said:
            self._said[node, command] = self._says(node, command)
        return self._said[node, command]

    @cached_property
    def _said(self) -> dict[tuple[str, str], str]:
        return {}

    def _says(self, node: str, command: str) -> str:
        if command.startswith(("sysctl ", "python3 -c ")):
            return self._sysctl(node, command.split()[1:]) if command[0] == "s" else self._link_echoes(node)
        if command == BGP_PEERS_IF_ANY.command:
            return self._bgp_summary(node)
        if command == EIGRP.command:
            return eigrp_says(self._lab, node)
        if command == EIGRP_KEYS.command:
            return eigrp_configuration(self.lab, node)
        if match := re.fullmatch(r"show bgp (?:vrf (\S+) )?ipv4 unicast( neighbors \S+ .*)?", command):
            return self._bgp_table(Table(node, match[1] or ""), "Total" if match[2] else "Displayed")
        return {
            "show ip ospf vrf all neighbor": self._ospf_neighbors,
            "show ip ospf vrf all interface": self._ospf_interfaces,
            "show mpls ldp neighbor": self._ldp_neighbors,
            "show mpls ldp interface": self._ldp_interfaces,
            "show mpls ldp binding": self._ldp_bindings,
            "show mpls ldp igp-sync": self._ldp_sync,
            "show ip ospf mpls ldp-sync": self._ospf_sync,
            "show bfd peers": self._bfd_peers,
            "show mpls table": self._lfib,
            "show bgp vrf all summary": self._bgp_summary,
            "show bgp ipv4 vpn": self._vpnv4,
            "show ip route vrf all": self._routes,
            "ip -M route": self._kernel_lfib,
            "ip route show table all": self._kernel_routes,
            "ip -d addr": self._devices,
            "ip rule": self._rules,
            "tc qdisc show": self._qdiscs,
            "show running-config bgpd": self._configuration,
            "show running-config ospfd": self._configuration,
        }[command](node)

    def _link_echoes(self, node: str) -> str:
        return "".join(
            f"{own.name} {device.mac} plain answered labelled answered\n"
            for own, far in self._lab.core_links_of(node)
            for device in parse_devices(self._devices(far.node))
            if device.name == far.name
        )

    def _configuration(self, node: str) -> str:
        return f"frr version 10.3\n{frr_configuration(self.lab, node, '10.3')}end\n"

    # -- label plan ------------------------------------------------------------------------------------

    def _provider(self, node: str) -> list[str]:
        return [one.name for one in self._lab.provider_nodes if one.name in (node, *self._lab.core_of(node))]

    def label(self, node: str, fec_owner: str) -> int:
        """The label that `node` binds to a loopback; 3 (implicit null) to its own."""
        others = [one for one in self._provider(node) if one != node]
        # Each node starts elsewhere, so that a test sees whose label it is.
        start = 16 + 10 * [one.name for one in self.lab.nodes].index(node)
        return 3 if node == fec_owner else start + others.index(fec_owner)

    def vpn_label(self, vrf: Vrf) -> int:
        """The label of a VRF on its PE."""
        return 80 + self.lab.vrfs_of(vrf.pe).index(vrf) + 100 * int(self.lab.loopback(vrf.pe)) % 700

    def _toward(self, node: str, other: str) -> tuple[tuple[Interface, Interface, int], ...]:
        """Own and far interface of each link by which `node` sends to `other`, and the far end's label."""
        return tuple(
            (own, far, self.label(far.node, other)) for own, far in self._lab.equal_cost_hops(node, other)
        )

    # -- OSPF and LDP ----------------------------------------------------------------------------------

    def _ospf_neighbors(self, node: str) -> str:
        head = (
            "Neighbor ID     Pri State           Up Time         Dead Time Address         Interface"
            "                        RXmtL RqstL DBsmL"
        )
        core = [
            (self.lab.router_id(far.node), far.address.ip, own) for own, far in self._lab.core_links_of(node)
        ]
        text = ""
        for vrf, pairs in {"default": core, **self._customer_adjacencies(node)}.items():
            rows = [
                f"{router!s:<15} {1:>3} {self._ospf_state(own):<15} 1m33s              3.511s "
                f"{address!s:<15} {own.name}:{own.address.ip!s:<20} 0     0     0"
                for router, address, own in pairs
                if self._ospf_state(own)
            ]
            text += f"VRF Name: {vrf}\n\n" + "\n".join([head, *rows]) + "\n\n"
        return text

    def _outcome(self, own: Interface) -> Outcome:
        """What becomes of the attachment, if it is one, that an interface is an end of."""
        ends = {end: one for site in self.lab.sites for one in site.attachments for end in (one.pe, one.ce)}
        attachment = ends.get(Endpoint(own.node, own.name))
        return Outcome.WORKS if attachment is None else outcome(self.lab, attachment)

    def _ospf_state(self, own: Interface) -> str:
        stuck = self._outcome(own) is Outcome.STUCK
        return "" if self._outcome(own) is Outcome.NO_SESSION else "ExStart/-" if stuck else "Full/-"

    def _customer_adjacencies(self, node: str) -> dict[str, list[tuple[IPv4Address, IPv4Address, Interface]]]:
        """By VRF: router id, address and own interface of each PE-CE adjacency."""
        found: dict[str, list[tuple[IPv4Address, IPv4Address, Interface]]] = {}
        for _, one, _ in attachments(self.lab, node):
            if not self._lab.stands(one):
                continue
            at_ce, at_pe = Table.at_ce(one), Table.at_pe(one)
            here = at_pe if node == one.pe.node else at_ce
            far = at_ce if here == at_pe else at_pe
            end, address = (one.pe, one.ce_address) if here == at_pe else (one.ce, one.pe_address)
            found.setdefault(here.vrf or "default", []).append(
                (router_id(self.lab, far), address.ip, self.lab.interface(end))
            )
        for backdoor in self.lab.backdoors_of(node) if attachments(self.lab, node) else ():
            other, address = backdoor.far_end(node)
            if self._lab.joins(backdoor):
                near, _ = backdoor.near_end(node)
                neighbor = router_id(self.lab, Table(other.node))
                found.setdefault("default", []).append((neighbor, address.ip, self.lab.interface(near)))
        for vrf in self.lab.vrfs_of(node):
            for link, _, peer in self.lab.sham_links_of(vrf):
                if self._lab.tunnels(link):
                    tunnel = self.lab.interface(Endpoint(node, link.device))
                    neighbor = router_id(self.lab, Table(peer.pe, peer.vrf))
                    found.setdefault(vrf.name, []).append((neighbor, peer.endpoint.ip, tunnel))
        return found

    def _ospf_interfaces(self, node: str) -> str:
        kinds = (InterfaceKind.LOOPBACK, InterfaceKind.CORE)
        customers = {
            (one.pe if one.pe.node == node else one.ce).interface: replace(
                ospf, hello=timers.ospf_hello, dead=timers.ospf_dead
            )
            for _, one, ospf in attachments(self.lab, node)
            for timers in [link_timers(self.lab, one, ospf)]
        }
        usual = Ospf(0, 10, 1, 4)
        if self.lab.node(node).role.in_provider:
            timers = self.lab.provider_of(node).timers
            usual = replace(usual, hello=timers.ospf_hello, dead=timers.ospf_dead)
        own = {"default": [(one, usual) for one in self.lab.interfaces_of(node, *kinds)]}
        for one in self.lab.interfaces_of(node, InterfaceKind.ACCESS):
            if (ospf := customers.get(one.name)) is not None:
                own.setdefault(one.vrf or "default", []).append((one, ospf))
        for vrf in self.lab.vrfs_of(node):
            for link, _, _ in self.lab.sham_links_of(vrf):
                tunnel = self.lab.interface(Endpoint(node, link.device))
                own.setdefault(vrf.name, []).append((tunnel, Ospf(link.area, link.cost, 1, 4)))
        if customers:
            lans = self.lab.interfaces_of(node, InterfaceKind.LAN, InterfaceKind.BACKDOOR)
            own["default"] += [(one, usual) for one in lans]
        return "".join(
            f"VRF Name: {vrf}\n"
            + "".join(_ospf_interface(one, ospf) for one, ospf in ports if self._lab.carries(one))
            + "\n"
            for vrf, ports in own.items()
        )

    def _ldp_neighbors(self, node: str) -> str:
        ids = dict.fromkeys(self.lab.loopback(far.node) for _, far in self._lab.core_links_of(node))
        rows = [f"ipv4 {one!s:<15} OPERATIONAL {one!s:<15}00:01:14" for one in ids]
        return "\n".join(["AF   ID              State       Remote Address    Uptime", *rows]) + "\n"

    def _ldp_interfaces(self, node: str) -> str:
        rows = [
            f"ipv4 {own.name:<11} ACTIVE 00:01:32 1/4            1"
            for own, _ in self._lab.core_links_of(node)
        ]
        return "\n".join(["AF   Interface   State  Uptime   Hello Timers  ac", *rows]) + "\n"

    def _ldp_sync(self, node: str) -> str:
        return "".join(
            f"{own.name}:\n    Status: initial label exchange complete\n    Wait time: 10 seconds\n"
            f"    Timer is not running\n    Peer LDP Identifier: {self.lab.loopback(far.node)}:0\n"
            for own, far in self._lab.core_links_of(node)
        )

    def _ospf_sync(self, node: str) -> str:
        return "".join(
            f"{own.name:<10}\n  LDP-IGP Synchronization enabled: yes\n  Holddown timer in seconds: 0\n"
            "  State: Sync achieved\n"
            for own, _ in self._lab.core_links_of(node)
        )

    def _bfd_peers(self, node: str) -> str:
        return "BFD Peers:\n" + "".join(_bfd_peer(one) for one in bfd_sessions(self.lab, node))

    def _ldp_bindings(self, node: str) -> str:
        rows = []
        for owner in self._provider(node):
            for neighbor in dict.fromkeys(far.node for _, far in self._lab.core_links_of(node)):
                used = owner != node and neighbor in {far.node for _, far, _ in self._toward(node, owner)}
                rows.append(
                    f"ipv4 {f'{self.lab.loopback(owner)}/32':<20} {self.lab.loopback(neighbor)!s:<15} "
                    f"{_ldp(self.label(node, owner)):<11} {_ldp(self.label(neighbor, owner)):<11} "
                    f"{'yes' if used else 'no':>8}"
                )
        head = "AF   Destination          Nexthop         Local Label Remote Label  In Use"
        return "\n".join([head, *rows]) + "\n\n"

    def _lfib(self, node: str) -> str:
        rows = [
            f" {self.label(node, owner):<14} LDP   {far.address.ip!s:<9} {_zebra(label):<15} "
            for owner in self._provider(node)
            if owner != node
            for _, far, label in self._toward(node, owner)
        ]
        rows += [
            f" {self.vpn_label(vrf):<14} BGP   {vrf.name:<9} {'-':<15} " for vrf in self.lab.vrfs_of(node)
        ]
        if not rows:
            return ""
        head = [" Inbound Label  Type  Nexthop   Outbound Label  ", " " + "-" * 47]
        return "\n".join([*head, *rows, "", ""])

    # -- BGP -------------------------------------------------------------------------------------------

    def _bgp_summary(self, node: str) -> str:
        role = self.lab.node(node).role
        if role is Role.P:
            return "bgpd is not running\n"
        if role is Role.CE:
            attachments = [one for _, one in self._lab.attachments_of(node)]
            peers = [
                (one.pe_address.ip, self.lab.provider_of(one.pe.node).asn, self._lab.exchanges(one))
                for one in attachments
            ]
            for backdoor in backdoor_sessions(self.lab, node):
                far, address = backdoor.far_end(node)
                peers.append((address.ip, customer_as(self.lab, far.node) or 0, True))
            own = customer_as(self.lab, node)
            return (
                "bgpd is not running\n"
                if own is None
                else self._summary("IPv4 Unicast", "default", node, own, peers)
            )
        asn = self.lab.provider_of(node).asn
        text = self._summary(
            "IPv4 VPN",
            "default",
            node,
            asn,
            [(self.lab.loopback(one), asn, True) for one in self._lab.vpnv4_peers(node)],
        )
        for vrf in self.lab.vrfs_of(node):
            peers = [
                (one.ce_address.ip, one.protocol.asn, self._lab.exchanges(one))
                for _, one in self._lab.attachments_of(node)
                if one.vrf == vrf.name and isinstance(one.protocol, Bgp)
            ]
            text += self._summary("IPv4 Unicast", vrf.name, node, asn, peers)
        return text

    def _summary(
        self, family: str, vrf: str, node: str, asn: int, peers: list[tuple[IPv4Address, int, bool]]
    ) -> str:
        rows = [
            f"{peer!s:<15} 4 {remote:>10}        17        17        7    0    0 00:00:28 "
            f"{3 if up else 'Connect':>12}        {3 if up else 0} FRRouting/10.3"
            for peer, remote, up in peers
        ]
        instance = f"VRF {vrf} vrf-id {0 if vrf == 'default' else 5}"
        return (
            f"\n{family} Summary:\n"
            f"BGP router identifier {self.lab.router_id(node)}, local AS number {asn} {instance}\n"
            "BGP table version 0\nRIB entries 3, using 384 bytes of memory\nPeers 1, using 23 KiB of "
            "memory\n\nNeighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down "
            "State/PfxRcd   PfxSnt Desc\n" + "\n".join(rows) + f"\n\nTotal number of neighbors {len(rows)}\n"
        )

    def _vpnv4(self, node: str) -> str:
        text = (
            f"BGP table version is 7, local router ID is {self.lab.router_id(node)}, vrf id 0\n"
            "Default local pref 100, local AS 65000\n"
            "Status codes:  s suppressed, d damped, h history, u unsorted, * valid, > best, = multipath,\n"
            "               i internal, r RIB-failure, S Stale, R Removed\n"
            "Nexthop codes: @NNN nexthop's vrf id, < announce-nh-self\n"
            "Origin codes:  i - IGP, e - EGP, ? - incomplete\n"
            "RPKI validation codes: V valid, I invalid, N Not found\n\n"
            "     Network          Next Hop            Metric LocPrf Weight Path\n"
        )
        count = 0
        for vrf in self._lab.vrfs:
            if vrf.pe != node and not self._hears(node, vrf.pe):
                continue
            text += f"Route Distinguisher: {vrf.rd}\n"
            for one in self._lab.exported_by(vrf):
                count += 1
                text += self._vpnv4_path(node, one)
        return text + f"\nDisplayed {count} routes and {count} total paths\n"

    def _hears(self, node: str, pe: str) -> bool:
        peers = self._lab.vpnv4_peers(node)
        return pe in peers or any(pe in self._lab.vpnv4_peers(peer) for peer in peers)

    def _vpnv4_path(self, node: str, one: VpnPrefix) -> str:
        vrf, own = one.vrf, one.vrf.pe == node
        attachment = one.attachment
        gateway = "0.0.0.0" if attachment is None or one.connected else str(attachment.ce_address.ip)  # noqa: S104 -- FRR prints it
        next_hop = f"{gateway}@5<" if own else str(self.lab.loopback(vrf.pe))
        status = " *> " if own else " *>i"
        local_pref = "" if own else "100"
        network = f"{one.prefix!s:<17}" if len(str(one.prefix)) < 17 else f"{one.prefix}\n{' ' * 21}"
        route = self._lab.routing[Table.of(vrf)][one.prefix]
        path = " ".join([*map(str, route.as_path), "i" if route.protocol == "bgp" else "?"])
        targets = " ".join(communities(one))
        return (
            f"{status} {network}{next_hop:<16}{0:>10}{local_pref:>7}{32768 if own else 0:>7} {path}\n"
            f"    UN={gateway if own else next_hop} EC{{{targets}}} label={self.vpn_label(vrf)} type=bgp, "
            f"subtype=0\n"
        )

    def _bgp_table(self, table: Table, footer: str) -> str:
        """A table of BGP's, or what is sent from it: a neighbour is sent all of it."""
        held = self._lab.routing[table]
        own = {prefix for site, _ in self._lab.attachments_of(table.node) for prefix in site.prefixes}
        rows: list[str] = []
        count = 0
        for one in held.values():
            originated = one.source is RouteSource.OWN and (table.vrf or one.prefix in own)
            if not (one.protocol == "bgp" or originated or (table.vrf and one.source is RouteSource.PE_CE)):
                continue
            path = " ".join(
                [*map(str, one.as_path), "?" if one.protocol == "connected" and table.vrf else "i"]
            )
            network = f"{one.prefix!s:<17}" if len(str(one.prefix)) < 17 else f"{one.prefix}\n{' ' * 21}"
            weight = 32768 if originated else 0
            count += 1
            # What is equally good stands below without its prefix; a neighbour is sent the best alone.
            ways = one.ways if footer == "Displayed" else one.ways[:1]
            rows += [
                f" *{'=' if number else '>'}  {'' if number else network:<17}"
                f"{self._bgp_next_hop(table, one, way):<16}{'':>17}{weight:>7} {path}\n"
                for number, way in enumerate(ways)
            ]
        last = f"Total number of prefixes {count}"
        if footer == "Displayed":
            last = f"Displayed {count} routes and {len(rows)} total paths"
        return (
            f"BGP table version is 6, local router ID is {self.lab.router_id(table.node)}, vrf id 0\n"
            "     Network          Next Hop            Metric LocPrf Weight Path\n"
            f"{''.join(rows)}\n{last}\n"
        )

    def _bgp_next_hop(self, table: Table, route: Route, way: NextHop) -> str:
        if route.source is RouteSource.OWN or way.table is None:
            return "0.0.0.0"  # noqa: S104 -- FRR prints it
        if route.source is RouteSource.IMPORT:
            if way.table.node != table.node:
                return f"{self.lab.loopback(way.table.node)}@0<"
            inner = self._lab.routing[way.table][route.prefix]
            return f"{self._bgp_next_hop(way.table, inner, inner.ways[0])}@5<"
        if table.vrf and way.attachment:
            return str(way.attachment.ce_address.ip)
        return str(way.gateway(table.node))

    # -- routes ----------------------------------------------------------------------------------------

    def _routes(self, node: str) -> str:
        text = _LEGEND
        for vrf in sorted(self.lab.vrfs_of(node), key=lambda one: one.name):
            text += f"\nIPv4 unicast VRF {vrf.name}:\n" + "".join(self._vrf_routes(vrf))
        rows = self._ce_routes(node) if self.lab.node(node).role is Role.CE else self._global_routes(node)
        return text + "\nIPv4 unicast VRF default:\n" + "".join(rows) + _connected(MANAGEMENT, "eth0")

    def _global_routes(self, node: str) -> list[str]:
        own = self.lab.interfaces_of(node, InterfaceKind.LOOPBACK, InterfaceKind.CORE)
        rows = [_connected(one.address, one.name) for one in own]
        for other in self._lab.core_of(node):
            head = f"O>* {self.lab.loopback(other)}/32 [110/20] "
            rows.append(
                head
                + f"  *{' ' * (len(head) - 3)}".join(
                    f"via {far.address.ip}, {near.name}, label {_zebra(label)}, weight 1, {_AGE}\n"
                    for near, far, label in self._toward(node, other)
                )
            )
            near, far, _ = self._toward(node, other)[0]
            rows += [
                f"O>* {one.address.network} [110/20] via {far.address.ip}, {near.name}, weight 1, {_AGE}\n"
                for one, _ in self._lab.core_links_of(other)
                if one.address.network not in {mine.address.network for mine in own}
            ]
        return list(dict.fromkeys(rows))

    def _vrf_routes(self, vrf: Vrf) -> list[str]:
        rows = []
        for one in self._lab.routes_in(vrf):
            if one.attachment is None:
                rows.append(_connected(IPv4Interface(one.prefix), vrf.name))
                continue
            port = one.attachment.pe.interface
            if one.connected:
                rows.append(_connected(one.attachment.pe_address, port))
            else:
                code = _CODES[self._lab.routing[Table.of(vrf)][one.prefix].protocol]
                gateway = one.attachment.ce_address.ip
                rows.append(f"{code}>* {one.prefix} {_ADMIN[code]} via {gateway}, {port}, weight 1, {_AGE}\n")
        peers = {link.device: far.endpoint.ip for link, _, far in self.lab.sham_links_of(vrf)}
        for prefix, route in over_sham_links(self._lab, vrf).items():
            (device,) = route.devices
            hop = f"via {peers[device]}, {device} inactive onlink"
            rows.append(f"O   {prefix} [110/{route.cost}] {hop}, weight 1, {_AGE}\n")
        for one in self._lab.leaked_into(vrf):
            assert one.attachment
            port, gateway = one.attachment.pe.interface, one.attachment.ce_address.ip
            where = "is directly connected" if one.connected else f"via {gateway}"
            port = one.vrf.name if one.connected else port
            rows.append(f"B>* {one.prefix} [200/0] {where}, {port} (vrf {one.vrf.name}), weight 1, {_AGE}\n")
        rows.append(f"K>* 127.0.0.0/8 [0/0] is directly connected, {vrf.name}, weight 1, {_AGE}\n")
        for prefix, origins in self._lab.imported_by(vrf).items():
            origin = self._lab.chosen_of(vrf, origins)[0]
            head = f"B>  {prefix} [200/0] "
            rows.append(
                f"{head}via {self.lab.loopback(origin.vrf.pe)} (vrf default) (recursive), "
                f"label {self.vpn_label(origin.vrf)}, weight 1, {_AGE}\n"
            )
            rows += [
                f"  *{' ' * (len(head) - 1)}via {far.address.ip}, {near.name} (vrf default), "
                f"label {self.stack(outer, origin)}, weight 1, {_AGE}\n"
                for near, far, outer in self._toward(vrf.pe, origin.vrf.pe)
            ]
        return rows

    def stack(self, outer: int, origin: VpnPrefix) -> str:
        """The labels that a packet for an imported prefix leaves with."""
        return "/".join(str(label) for label in (outer, self.vpn_label(origin.vrf)) if label != 3)

    def _ce_routes(self, ce: str) -> list[str]:
        own = self.lab.interfaces_of(ce)
        rows = [_connected(one.address, one.name) for one in own if self._lab.carries(one)]
        for prefix, gateway, interface in self._ce_remote(ce):
            route = self._lab.routing[Table(ce)][prefix]
            code = _CODES[route.protocol]
            admin = f"[110/{route.cost}]" if route.protocol == "ospf" else _ADMIN[code]
            rows.append(f"{code}>* {prefix} {admin} via {gateway}, {interface}, weight 1, {_AGE}\n")
        return rows

    def _ce_remote(self, ce: str) -> list[tuple[IPv4Network, IPv4Address, str]]:
        """Prefix, gateway and own interface of what a CE has learnt."""
        found = []
        for prefix, route in sorted(self._lab.routing[Table(ce)].items()):
            way = route.ways[0]
            if route.source is RouteSource.OWN or (gateway := way.gateway(ce)) is None:
                continue
            end = way.attachment.ce if way.attachment else way.backdoor and way.backdoor.near_end(ce)[0]
            assert end
            found.append((prefix, gateway, end.interface))
        return found

    # -- the kernel ------------------------------------------------------------------------------------

    def _kernel_lfib(self, node: str) -> str:
        rows = []
        for owner in self._provider(node):
            if owner == node:
                continue
            ways = [
                f"{'' if out == 3 else f'as to {out} '}via inet {far.address.ip} dev {near.name}"
                for near, far, out in self._toward(node, owner)
            ]
            rows.append(
                f"{self.label(node, owner)} {ways[0]} proto ldp \n"
                if len(ways) == 1
                else f"{self.label(node, owner)} proto ldp \n"
                + "".join(f"\tnexthop {way} \n" for way in ways)
            )
        rows += [f"{self.vpn_label(vrf)} dev {vrf.name} proto bgp \n" for vrf in self.lab.vrfs_of(node)]
        return "".join(rows)

    def _kernel_vrf(self, vrf: Vrf) -> list[str]:
        rows = []
        table = f"table {vrf.table}"
        for one in self._lab.routes_in(vrf):
            if one.attachment is None:
                rows += _kernel_connected(IPv4Interface(one.prefix), vrf.name, table)
                continue
            port = one.attachment.pe.interface
            if one.connected:
                rows += _kernel_connected(one.attachment.pe_address, port, table)
            else:
                gateway = one.attachment.ce_address.ip
                rows.append(f"{_plain(one.prefix)} via {gateway} dev {port} {table} proto bgp metric 20 \n")
        for one in self._lab.leaked_into(vrf):
            assert one.attachment
            port = one.vrf.name if one.connected else one.attachment.pe.interface
            where = "" if one.connected else f"via {one.attachment.ce_address.ip} "
            rows.append(f"{_plain(one.prefix)} {where}dev {port} {table} proto bgp metric 20 \n")
        for prefix, origins in self._lab.imported_by(vrf).items():
            origin = self._lab.chosen_of(vrf, origins)[0]
            ways = [
                f"encap mpls  {self.stack(outer, origin)} via {far.address.ip} dev {near.name}"
                for near, far, outer in self._toward(vrf.pe, origin.vrf.pe)
            ]
            rows.append(_kernel_route(_plain(prefix), ways, f"{table} proto bgp"))
        return rows

    def _kernel_routes(self, node: str) -> str:
        rows = ["198.19.255.0/30 via 198.18.7.1 dev eth0 table 220 \n"]
        for vrf in self.lab.vrfs_of(node):
            rows += self._kernel_vrf(vrf)
        rows += _kernel_connected(MANAGEMENT, "eth0")
        for own in self.lab.interfaces_of(node):
            if own.vrf is None and self._lab.carries(own):
                rows += _kernel_connected(own.address, own.name)
        if self.lab.node(node).role is Role.CE:
            for prefix, gateway, interface in self._ce_remote(node):
                rows.append(f"{_plain(prefix)} via {gateway} dev {interface} proto bgp metric 20 \n")
        else:
            for other in self._lab.core_of(node):
                ways = [
                    f"{'' if label == 3 else f'encap mpls  {label} '}via {far.address.ip} dev {near.name}"
                    for near, far, label in self._toward(node, other)
                ]
                rows.append(_kernel_route(str(self.lab.loopback(other)), ways, "proto ospf"))
        return "".join(rows)

    def _devices(self, node: str) -> str:
        blocks = [_device(1, "eth0", 1500, MANAGEMENT)]
        blocks += [
            f"{20 + number}: {vrf.name}: <NOARP,MASTER,UP,LOWER_UP> mtu 65575 qdisc noqueue state UP group "
            f"default "
            f"qlen 1000\n    link/ether 3e:6a:2f:1a:0b:{number:02x} brd ff:ff:ff:ff:ff:ff promiscuity 0 "
            f"minmtu 1280 "
            f"maxmtu 65575 \n    vrf table {vrf.table} addrgenmode eui64 numtxqueues 1 numrxqueues 1 "
            "gso_max_size 65536 gso_max_segs 65535 \n"
            + "".join(f"    inet {one} scope global {vrf.name}\n" for one in self._endpoints(vrf))
            for number, vrf in enumerate(self.lab.vrfs_of(node))
        ]
        for vrf in self.lab.vrfs_of(node):
            blocks += [
                _tunnel(90 + number, link, own, far, vrf)
                for number, (link, own, far) in enumerate(self.lab.sham_links_of(vrf))
            ]
        here = (InterfaceKind.SHAM_ENDPOINT, InterfaceKind.SHAM_LINK)
        for number, one in enumerate(self.lab.interfaces_of(node)):
            if one.kind in here:
                continue
            home = self.lab.vrf(node, one.vrf) if one.vrf else None
            blocks.append(
                _device(30 + number, one.name, one.mtu, one.address, home, up=self._lab.carries(one))
            )
        blocks += [
            f"{60 + number}: {one.end.interface}@if9: <BROADCAST,MULTICAST> mtu {one.mtu} qdisc noqueue "
            f"state DOWN group default\n    link/ether 02:00:00:00:01:{number:02x} brd ff:ff:ff:ff:ff:ff "
            "minmtu 68 maxmtu 65535 \n    veth numtxqueues 1\n"
            for number, one in enumerate(self.lab.spares_of(node))
        ]
        return "".join(blocks)

    def _endpoints(self, vrf: Vrf) -> dict[IPv4Interface, None]:
        return dict.fromkeys(own.endpoint for _, own, _ in self.lab.sham_links_of(vrf))

    def _rules(self, node: str) -> str:
        vrfs = "1000:\tfrom all lookup [l3mdev-table]\n2000:\tfrom all lookup [l3mdev-table] unreachable\n"
        local = "\tfrom all lookup local\n"
        management = f"220:\tfrom {MANAGEMENT.ip} lookup 220\n"
        first = f"{management}{vrfs}32765:{local}" if self.lab.vrfs_of(node) else f"0:{local}{management}"
        return f"{first}32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n"

    def _qdiscs(self, node: str) -> str:
        names = ("eth0", *(one.name for one in self.lab.interfaces_of(node)))
        impaired = self.state.links_silent | self.state.links_impaired
        netem = {end.interface for link in impaired for end in link if end.node == node}
        return "".join(
            f"qdisc {'netem 8001:' if name in netem else 'noqueue 0:'} dev {name} root refcnt 2 \n"
            for name in names
        )

    def _sysctl(self, node: str, keys: list[str]) -> str:
        core = {one.name for one in self.lab.interfaces_of(node, InterfaceKind.CORE)}
        fixed = {
            "net.ipv4.ip_forward": "1",
            "net.mpls.platform_labels": "100000",
            "net.ipv4.conf.eth0.forwarding": "0",
        }

        def on(key: str) -> bool:
            return key.endswith(".forwarding") or key.split(".")[3] in core

        return "".join(f"{key} = {fixed.get(key) or str(int(on(key)))}\n" for key in keys)


_OSPF_TYPES = {NetworkType.POINT_TO_POINT: "POINTOPOINT", NetworkType.BROADCAST: "BROADCAST"}


def _ospf_interface(one: Interface, ospf: Ospf) -> str:
    shared = ospf.authentication
    kind = "Simple password" if shared and shared.key_id is None else "Cryptographic"
    return (
        f"{one.name} is up\n"
        f"  ifindex 3, MTU {one.mtu} bytes, BW 10000 Mbit <UP,LOWER_UP,BROADCAST,RUNNING,MULTICAST>\n"
        f"  Internet Address {one.address}, Broadcast {one.address.network.broadcast_address}, Area "
        f"{IPv4Address(ospf.area)}\n  MTU mismatch detection: enabled\n"
        f"  Router ID 10.255.0.1, Network Type {_OSPF_TYPES[ospf.network]}, Cost: {ospf.cost}\n"
        "  Transmit Delay is 1 sec, State Point-To-Point, Priority 1\n"
        "  No backup designated router on this network\n"
        "  Multicast group memberships: OSPFAllRouters\n"
        f"  Timer intervals configured, Hello {ospf.hello}s, Dead {ospf.dead}s, Wait 4s, Retransmit 5\n"
        "    Hello due in 0.539s\n"
        "  Neighbor Count is 1, Adjacent neighbor count is 1\n"
        "  Graceful Restart hello delay: 10s\n"
        "  LSA retransmissions: 0\n" + (f"  {kind} authentication enabled\n" if shared else "")
    )


def _bfd_peer(one: BfdSession) -> str:
    timers = (
        f"\t\t\tDetect-multiplier: {one.bfd.multiplier}\n\t\t\tReceive interval: {one.bfd.interval}ms\n"
        f"\t\t\tTransmission interval: {one.bfd.interval}ms\n\t\t\tEcho receive interval: 50ms\n"
    )
    return (
        f"\tpeer {one.peer} vrf {one.own.vrf or 'default'} interface {one.own.name}\n\t\tID: 7\n"
        "\t\tRemote ID: 8\n\t\tActive mode\n\t\tStatus: up\n\t\tUptime: 28 second(s)\n\t\tDiagnostics: ok\n"
        "\t\tRemote diagnostics: ok\n\t\tPeer Type: dynamic\n\t\tRTT min/avg/max: 0/0/0 usec\n"
        f"\t\tLocal timers:\n{timers}\t\t\tEcho transmission interval: disabled\n"
        f"\t\tRemote timers:\n{timers}\n"
    )


def _kernel_route(prefix: str, ways: list[str], attributes: str) -> str:
    if len(ways) == 1:
        return f"{prefix} {ways[0]} {attributes} metric 20 \n"
    hops = "".join(f"\tnexthop  {way} weight 1 \n" for way in ways)
    return f"{prefix} {attributes} metric 20 \n{hops}"


def _ldp(label: int) -> str:
    return "imp-null" if label == 3 else str(label)


def _zebra(label: int) -> str:
    return "implicit-null" if label == 3 else str(label)


def _plain(prefix: IPv4Network) -> str:
    return str(prefix).removesuffix("/32")


def _connected(address: IPv4Interface, device: str) -> str:
    local = f"L>* {address.ip}/32 is directly connected, {device}, weight 1, {_AGE}\n"
    return f"C>* {address.network} is directly connected, {device}, weight 1, {_AGE}\n" + local.replace(
        "L>*",
        "L * " if address.network.prefixlen == 32 else "L>*",
    ).replace("*  ", "* ")


def _kernel_connected(address: IPv4Interface, device: str, table: str = "") -> list[str]:
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
    index: int, name: str, mtu: int, address: IPv4Interface, vrf: Vrf | None = None, *, up: bool = True
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
