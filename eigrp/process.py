"""One EIGRP autonomous system in one VRF: interfaces, neighbours, topology table.

Pure: it gets links, packets, redistributed routes and the time, and leaves in `outputs` what is to be
done: packets to send, routes to install or remove, lines for the log.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from itertools import groupby
from typing import TYPE_CHECKING, Final

from eigrp import authentication, bmp
from eigrp import packet as packets
from eigrp.circuit import Circuit
from eigrp.dual import Kind, Message, Peer
from eigrp.effects import Effect, Install, Note, Remove, Transmit
from eigrp.errors import DecodeError
from eigrp.install import wanted_route
from eigrp.metric import GOODBYE, UNREACHABLE
from eigrp.origins import Origins
from eigrp.packet import Flag, Opcode, Packet
from eigrp.packing import packed
from eigrp.refused_packets import Complaints
from eigrp.settings import NO_ADDRESS
from eigrp.tlv import Parameters, Route, RouteTlv, SiteTlv, SoftwareVersion
from eigrp.topology import Table
from eigrp.transport import CameUp, Deliver, Neighbor, Output, Send, Sequence, State, WentDown
from eigrp.vpn import VpnTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eigrp.origins import Offer
    from eigrp.settings import InterfaceSettings, Link, ProcessSettings
    from eigrp.vpn import Candidate

VERSION: Final = SoftwareVersion((0, 1), (1, 2))
"""Ours; EIGRP 1.2 stands for classic metrics."""

_MOST_NEIGHBORS: Final = 256
_MOST_DESTINATIONS: Final = 50_000
_ACTIVE_FLAG: Final = 0x04
_OPCODES: Final = {Kind.UPDATE: Opcode.UPDATE, Kind.QUERY: Opcode.QUERY, Kind.REPLY: Opcode.REPLY}
_KINDS: Final = {opcode: kind for kind, opcode in _OPCODES.items()}
_NEVER_ROUTED: Final = (IPv4Network("127.0.0.0/8"), IPv4Network("224.0.0.0/3"))


class Process:
    """See the module.

    Args:
        settings: what to do.
        epoch: wall clock seconds at time 0, for authentication.
        first_sequence: number of the first packet; another one after a restart lets neighbours see it.

    Attributes:
        outputs: what is to be done, in order; the caller takes it out.
        circuits: interfaces that take part and are up, by name.
        table: the topology table.
        complaints: refused packets.
        installed: what the RIB has been given.
        vpn: routes of the VPN's other sites, where this is a PE.
    """

    def __init__(self, settings: ProcessSettings, epoch: float, first_sequence: int = 1) -> None:
        self.settings = settings
        self.outputs: list[Effect] = []
        self.circuits: dict[str, Circuit] = {}
        self.table = Table(settings.k, settings.active_time)
        self.complaints = Complaints()
        self.installed: dict[IPv4Network, Install] = {}
        self.origins = Origins()
        self.vpn = VpnTable(settings.asn, settings.k, settings.vpn)
        self._epoch = epoch
        self._sequence = Sequence(first_sequence - 1)
        self._links: dict[str, Link] = {}

    @property
    def router_id(self) -> IPv4Address:
        """As configured, or the highest address of the interfaces that take part."""
        if self.settings.router_id != NO_ADDRESS:
            return self.settings.router_id
        own = (address.ip for circuit in self.circuits.values() for address in circuit.link.addresses)
        return max(own, default=NO_ADDRESS)

    # ---- links ---------------------------------------------------------------------------------

    def link_is(self, link: Link, now: float) -> None:
        """A link of this VRF is up, or has changed; nothing happens where nothing that matters did."""
        self._links[link.name] = link
        circuit = self.circuits.get(link.name)
        wanted = self.settings.interfaces.get(link.name)
        if circuit is not None and (circuit.link != link or wanted is None):
            self._close(circuit, "interface changed", now)
            circuit = None
        if circuit is None and wanted is not None and link.addresses:
            self._open(link, wanted, now)
        self._flush(now)

    def link_gone(self, name: str, now: float) -> None:
        """A link went down or away."""
        self._links.pop(name, None)
        circuit = self.circuits.get(name)
        if circuit is not None:
            self._close(circuit, "interface down", now)
            self._flush(now)

    def _open(self, link: Link, settings: InterfaceSettings, now: float) -> None:
        circuit = self.circuits[link.name] = Circuit(link, settings, now)
        for address in link.addresses:
            self.origins.put_subnet(link.name, address.network, circuit.metric)
            self._announce(address.network, now)
        if self.settings.router_id == NO_ADDRESS:  # it may have changed, and external routes carry it
            for prefix in sorted({*self.origins.offers, *self.vpn.paths}):
                self._announce(prefix, now)
        self._hello_if_due(circuit, now)

    def _close(self, circuit: Circuit, reason: str, now: float) -> None:
        for neighbor in list(circuit.neighbors.values()):
            self._drop(circuit, neighbor, reason, now)
        del self.circuits[circuit.link.name]
        for prefix in self.origins.drop_interface(circuit.link.name):
            self._announce(prefix, now)

    # ---- routes of others ----------------------------------------------------------------------

    def offer(self, source: str, prefix: IPv4Network, offer: Offer | None, now: float) -> None:
        """Another protocol has a route for redistribution, or (None) has it no longer."""
        self.origins.put_offer(source, prefix, offer)
        self._announce(prefix, now)
        self._flush(now)

    def forget_offers(self, source: str, now: float) -> None:
        """Nothing is known any more of another protocol's routes: zebra is gone, or they are unwanted."""
        for prefix in list(self.origins.drop_source(source)):
            self._announce(prefix, now)
        self._flush(now)

    def receive_vpn(self, message: bmp.Message, now: float, session: int = 0) -> bool:
        """What bgpd says of the VPN's routes in one of its BMP sessions; whether it is news.

        So is a neighbour that came up: FRR 8.4 may have sent its routes before it knew their next hops to be
        reachable, which is as good as not at all.
        """
        before = self.vpn.connected
        changed = self.vpn.on_message(message, session)
        self.vpn_changed(changed if self.vpn.connected == before else {*changed, *self.origins.offers}, now)
        return bool(changed) or (isinstance(message, bmp.PeerUp) and self.vpn.past_dump(session))

    def end_vpn(self, session: int, reason: str, now: float) -> None:
        """One of bgpd's sessions is over."""
        changed = self.vpn.ended(session, reason)
        self.vpn_changed(changed if self.vpn.connected else {*changed, *self.origins.offers}, now)

    def vpn_changed(self, prefixes: Iterable[IPv4Network], now: float) -> None:
        """The VPN's routes to these destinations are others now."""
        for prefix in sorted(prefixes):
            self._announce(prefix, now)
        self._flush(now)

    def carried(self, prefix: IPv4Network) -> Candidate | None:
        """The VPN's route that is brought into EIGRP, where this router has nothing of its own."""
        return self.vpn.best(prefix, self.router_id) if self._own(prefix) is None else None

    def _own(self, prefix: IPv4Network) -> Route | None:
        """What this router has without the VPN's routes.

        Most of what zebra has of BGP is those, without the site that they come from: on a PE only what BMP
        does not send is taken from there, and nothing as long as BMP is silent.
        """
        rules = self.settings.redistribute
        if self.vpn.settings.redistribute and (not self.vpn.connected or self.vpn.imports(prefix)):
            rules = {source: rule for source, rule in rules.items() if source != "bgp"}
        return self.origins.route(prefix, rules, self.router_id)

    def _announce(self, prefix: IPv4Network, now: float) -> None:
        carried = self.carried(prefix)
        if carried is None:
            self.table.originate(prefix, self._own(prefix), now)
        else:
            self.table.originate(prefix, carried.route, now, yields=True)

    # ---- time ----------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Time has passed."""
        for circuit in list(self.circuits.values()):
            self._hello_if_due(circuit, now)
            for neighbor in list(circuit.neighbors.values()):
                self._carry_out(circuit, neighbor, neighbor.tick(now), now)
        for prefix in [one for one, activity in self.table.activity.items() if now >= activity.due]:
            if prefix in self.table.activity:
                self._unstick(prefix, now)
        self._flush(now)

    def deadline(self) -> float:
        """When `tick` has something to do; infinity: never."""
        hellos = (circuit.next_hello for circuit in self.circuits.values() if not circuit.settings.passive)
        expiries = (neighbor.deadline() for _, neighbor in self._neighbors())
        stuck = (activity.due for activity in self.table.activity.values())
        return min((*hellos, *expiries, *stuck), default=float("inf"))

    def _neighbors(self) -> Iterator[tuple[Circuit, Neighbor]]:
        for circuit in self.circuits.values():
            for neighbor in circuit.neighbors.values():
                yield circuit, neighbor

    def _hello_if_due(self, circuit: Circuit, now: float) -> None:
        if now >= circuit.next_hello and not circuit.settings.passive:
            circuit.next_hello = now + circuit.settings.hello
            self._say_hello(circuit, Parameters(self.settings.k, circuit.settings.hold), now)

    def _say_hello(self, circuit: Circuit, parameters: Parameters, now: float) -> None:
        self._transmit(circuit, None, Packet(Opcode.HELLO, self.settings.asn, (parameters, VERSION)), now)

    def _unstick(self, prefix: IPv4Network, now: float) -> None:
        stuck = self.table.overdue(prefix, now)
        for peer in stuck.ask:
            tlv = RouteTlv(prefix, Route(replace(UNREACHABLE, flags=_ACTIVE_FLAG)))
            self._reliably(peer, Packet(Opcode.SIA_QUERY, self.settings.asn, (tlv,)), now)
        for peer in stuck.reset:
            circuit = self.circuits[peer.interface]
            neighbor = circuit.neighbors[peer.address]
            self._drop(circuit, neighbor, f"stuck in active: no reply for {prefix}", now)

    # ---- packets in ----------------------------------------------------------------------------

    def receive(self, interface: str, source: IPv4Address, data: bytes, now: float) -> None:
        """A packet (an IP payload) came in; nothing in it can raise an exception."""
        circuit = self.circuits.get(interface)
        if circuit is None or circuit.settings.passive:
            return
        if any(source == own.ip for own in circuit.link.addresses):
            return
        try:
            packet = packets.decode(data)
            self._check(circuit, source, packet, data)
        except DecodeError as error:
            self._complain(circuit, source, str(error), now)
            return
        if packet.opcode is Opcode.HELLO and packet.ack == 0:
            self._hello(circuit, source, packet, now)
        else:
            neighbor = circuit.neighbors.get(source)
            if neighbor is not None:
                self._reliable(circuit, neighbor, packet, now)
        self._flush(now)

    def _check(self, circuit: Circuit, source: IPv4Address, packet: Packet, data: bytes) -> None:
        if packet.asn != self.settings.asn:
            raise DecodeError(f"autonomous system {packet.asn} instead of {self.settings.asn}")
        if packet.vrid != 0:
            raise DecodeError(f"virtual router {packet.vrid} instead of 0")
        if circuit.near(source) is None:
            raise DecodeError(f"not in a subnet of {circuit.link.name}")
        neighbor = circuit.neighbors.get(source)
        newest = neighbor.key_sequence if neighbor else 0
        newest = authentication.check(packet, data, circuit.settings.key, newest)
        if neighbor:
            neighbor.key_sequence = newest

    def _hello(self, circuit: Circuit, source: IPv4Address, packet: Packet, now: float) -> None:
        parameters = next((tlv for tlv in packet.tlvs if isinstance(tlv, Parameters)), None)
        neighbor = circuit.neighbors.get(source)
        if parameters is None:
            self._complain(circuit, source, "hello without parameters", now)
        elif parameters.k.classic == GOODBYE.classic:
            if neighbor is not None:
                self._drop(circuit, neighbor, "goodbye received", now)
        elif parameters.k.classic != self.settings.k.classic:
            self._complain(circuit, source, f"K values {parameters.k} instead of {self.settings.k}", now)
            if neighbor is not None:
                self._drop(circuit, neighbor, "K-value mismatch", now)
        elif neighbor is not None:
            self._carry_out(circuit, neighbor, neighbor.hello(packet, now), now)
        elif len(circuit.neighbors) >= _MOST_NEIGHBORS:
            self._complain(circuit, source, f"more than {_MOST_NEIGHBORS} neighbors on one link", now)
        else:
            self._meet(circuit, source, packet, now)

    def _meet(self, circuit: Circuit, source: IPv4Address, hello: Packet, now: float) -> None:
        version = next((tlv for tlv in hello.tlvs if isinstance(tlv, SoftwareVersion)), None)
        eigrpd = version is not None and _is_frr(version)
        peer = Peer(circuit.link.name, source, eigrpd, circuit.settings.site)
        own = circuit.near(source) or NO_ADDRESS
        neighbor = Neighbor(peer, self.settings.asn, own, self._sequence, 1, now)
        circuit.neighbors[source] = neighbor
        self.complaints.forget(circuit.link.name, source)
        self._note(f"Neighbor {peer} is pending: new adjacency")
        # It may not know us yet, and would drop our INIT.
        self._say_hello(circuit, Parameters(self.settings.k, circuit.settings.hold), now)
        self._carry_out(circuit, neighbor, neighbor.begin(now) + neighbor.hello(hello, now), now)

    def _reliable(self, circuit: Circuit, neighbor: Neighbor, packet: Packet, now: float) -> None:
        outputs = neighbor.receive(packet, now)
        self._carry_out(circuit, neighbor, outputs, now)
        if any(isinstance(output, WentDown) for output in outputs) and packet.flags & Flag.INIT:
            again = Neighbor(neighbor.peer, neighbor.asn, neighbor.own, self._sequence, neighbor.hold, now)
            again.version, again.key_sequence = neighbor.version, neighbor.key_sequence
            circuit.neighbors[neighbor.peer.address] = again
            self._carry_out(circuit, again, again.begin(now) + again.receive(packet, now), now)

    def _carry_out(self, circuit: Circuit, neighbor: Neighbor, outputs: Iterable[Output], now: float) -> None:
        for output in outputs:
            match output:
                case Send(packet):
                    self._transmit(circuit, neighbor.peer.address, packet, now)
                case CameUp():
                    self._came_up(circuit, neighbor, now)
                case WentDown(reason):
                    self._drop(circuit, neighbor, reason, now)
                case Deliver(packet):
                    self._learn(circuit, neighbor, packet, now)

    def _came_up(self, circuit: Circuit, neighbor: Neighbor, now: float) -> None:
        self._note(f"Neighbor {neighbor.peer} is up: new adjacency")
        table = [RouteTlv(prefix, route) for prefix, route in self.table.greet(neighbor.peer)]
        chunks = list(packed(circuit.link.mtu, table, sites=not neighbor.peer.eigrpd)) or [()]
        for chunk in chunks:
            flags = Flag.EOT if chunk is chunks[-1] else Flag.NONE
            packet = Packet(Opcode.UPDATE, self.settings.asn, chunk, flags)
            self._carry_out(circuit, neighbor, neighbor.reliably(packet, now), now)

    def _drop(self, circuit: Circuit, neighbor: Neighbor, reason: str, now: float) -> None:
        circuit.neighbors.pop(neighbor.peer.address, None)
        self._note(f"Neighbor {neighbor.peer} is down: {reason}")
        if neighbor.state is State.UP:
            self.table.lose(neighbor.peer, now)

    # ---- what neighbours say -------------------------------------------------------------------

    def _learn(self, circuit: Circuit, neighbor: Neighbor, packet: Packet, now: float) -> None:
        sites = {tlv.prefix: tlv.site for tlv in packet.tlvs if isinstance(tlv, SiteTlv)}
        for plain in packet.tlvs:
            if not isinstance(plain, RouteTlv):
                continue
            tlv = replace(plain, route=replace(plain.route, site=sites.get(plain.prefix)))
            if packet.opcode in _KINDS:
                self._receive(circuit, neighbor, _KINDS[packet.opcode], tlv, now)
            elif packet.opcode is Opcode.SIA_QUERY:
                self._explain(neighbor.peer, tlv.prefix, now)
            elif packet.opcode is Opcode.SIA_REPLY and tlv.route.metric.flags & _ACTIVE_FLAG:
                self.table.still_active(tlv.prefix, neighbor.peer)

    def _receive(self, circuit: Circuit, neighbor: Neighbor, kind: Kind, tlv: RouteTlv, now: float) -> None:
        path = None
        if self._believable(circuit, neighbor, kind, tlv, now):
            here = None if self.settings.vpn.from_vpn(tlv.route) else circuit.settings.site
            site = tlv.route.site or here
            path = self.table.path(replace(tlv.route, site=site), circuit.metric)
        self.table.learn(tlv.prefix, kind, neighbor.peer, path, now)

    def _believable(
        self, circuit: Circuit, neighbor: Neighbor, kind: Kind, tlv: RouteTlv, now: float
    ) -> bool:
        external, source = tlv.route.external, neighbor.peer.address
        known = neighbor.peer in self.table.entry(tlv.prefix).paths
        if neighbor.peer.eigrpd and kind is Kind.REPLY and not known:
            # It answers with its route through us, which it never gives up for a worse one (FRR issue 3709).
            return False
        if external is not None and external.router == self.router_id:
            return False  # our own, come back
        if tlv.route.site is not None and tlv.route.site == circuit.settings.site:
            return False  # back to the site that it comes from
        if any(tlv.prefix.overlaps(never) and tlv.prefix.prefixlen for never in _NEVER_ROUTED):
            self._complain(circuit, source, f"route for {tlv.prefix}", now)
            return False
        if len(self.table.entries) >= _MOST_DESTINATIONS and tlv.prefix not in self.table.entries:
            self._complain(circuit, source, f"more than {_MOST_DESTINATIONS} destinations", now)
            return False
        return True

    def _explain(self, peer: Peer, prefix: IPv4Network, now: float) -> None:
        """A neighbour waits for our reply and asks whether we are still there (RFC 7868 section 4.4.1)."""
        if self.table.entry(prefix).active:
            tlv = RouteTlv(prefix, Route(replace(UNREACHABLE, flags=_ACTIVE_FLAG)))
            self._reliably(peer, Packet(Opcode.SIA_REPLY, self.settings.asn, (tlv,)), now)
        else:
            self.table.remind(prefix, peer, now)

    # ---- packets out ---------------------------------------------------------------------------

    def _reliably(self, peer: Peer, packet: Packet, now: float) -> None:
        circuit = self.circuits.get(peer.interface)
        neighbor = circuit.neighbors.get(peer.address) if circuit else None
        if circuit is not None and neighbor is not None:
            self._carry_out(circuit, neighbor, neighbor.reliably(packet, now), now)

    def _transmit(
        self, circuit: Circuit, destination: IPv4Address | None, packet: Packet, now: float
    ) -> None:
        key = circuit.settings.key
        if key is None:
            data = packets.encode(packet)
        else:
            data = authentication.sign(packet, key, int(self._epoch + now))
        self.outputs.append(Transmit(circuit.link.name, destination, data))

    def _flush(self, now: float) -> None:
        """Send what DUAL has to say, neighbour by neighbour in its order, and bring the RIB up to date."""
        while self.table.outbox:
            outbox, self.table.outbox = self.table.outbox, []
            by_peer: dict[Peer, list[tuple[IPv4Network, Message]]] = {}
            for prefix, message in outbox:
                by_peer.setdefault(message.peer, []).append((prefix, message))
            for peer, messages in by_peer.items():
                self._say(peer, messages, now)
        for prefix in sorted(self.table.changed):
            self._update_rib(prefix)
        self.table.changed.clear()

    def _say(self, peer: Peer, messages: list[tuple[IPv4Network, Message]], now: float) -> None:
        circuit = self.circuits.get(peer.interface)
        if circuit is None:
            return
        for kind, group in groupby(messages, key=lambda each: each[1].kind):
            tlvs = [RouteTlv(prefix, _route_of(message)) for prefix, message in group]
            for chunk in packed(circuit.link.mtu, tlvs, sites=not peer.eigrpd):
                self._reliably(peer, Packet(_OPCODES[kind], self.settings.asn, chunk), now)

    def _update_rib(self, prefix: IPv4Network) -> None:
        wanted = wanted_route(self.table, prefix, self.settings)
        if wanted == self.installed.get(prefix):
            return
        if wanted is not None:
            self.installed[prefix] = wanted
            self.outputs.append(wanted)
        else:
            del self.installed[prefix]
            self.outputs.append(Remove(prefix))

    # ---- change and end ------------------------------------------------------------------------

    def reconfigure(self, settings: ProcessSettings, now: float) -> None:
        """Follow new settings of the same AS and VRF; adjacencies that they do not concern stay."""
        before, self.settings = self.settings, settings
        restart = before.k != settings.k
        self.table.k, self.table.active_time = settings.k, settings.active_time
        self.vpn.k, self.vpn.settings = settings.k, settings.vpn
        for name, circuit in list(self.circuits.items()):
            wanted = settings.interfaces.get(name)
            if restart or wanted is None or _needs_restart(circuit.settings, wanted):
                self._goodbye(circuit, now)
                self._close(circuit, "configuration changed", now)
            elif wanted != circuit.settings:
                circuit.settings = wanted
                self._reprice(circuit, now)
        for name, link in list(self._links.items()):
            if name in settings.interfaces and name not in self.circuits:
                self.link_is(link, now)
        for prefix in sorted({*self.origins.offers, *self.origins.subnets, *self.vpn.paths}):
            self._announce(prefix, now)
        self.table.changed.update(self.installed)
        self._flush(now)

    def _reprice(self, circuit: Circuit, now: float) -> None:
        circuit.next_hello = min(circuit.next_hello, now + circuit.settings.hello)
        for address in circuit.link.addresses:
            self.origins.put_subnet(circuit.link.name, address.network, circuit.metric)
        self.table.reprice(circuit.link.name, circuit.metric, now)

    def shut_down(self, now: float) -> None:
        """Say goodbye to everybody and take all routes back."""
        for circuit in self.circuits.values():
            self._goodbye(circuit, now)
        for prefix in sorted(self.installed):
            self.outputs.append(Remove(prefix))
        self.installed.clear()

    def _goodbye(self, circuit: Circuit, now: float) -> None:
        if not circuit.settings.passive:
            self._say_hello(circuit, Parameters(GOODBYE, circuit.settings.hold), now)

    # ---- words ---------------------------------------------------------------------------------

    def _note(self, text: str) -> None:
        self.outputs.append(Note(text))

    def _complain(self, circuit: Circuit, source: IPv4Address, reason: str, now: float) -> None:
        if self.complaints.add(circuit.link.name, source, reason, now):
            self._note(f"Packet of {source} ({circuit.link.name}) refused: {reason}")


def _route_of(message: Message) -> Route:
    return Route(UNREACHABLE, message.shape) if message.route is None else message.route


def _is_frr(version: SoftwareVersion) -> bool:
    """Whether this is FRR's eigrpd, which says FRR's version and EIGRP 1.2; Cisco's numbers start at 12."""
    return version.eigrp == (1, 2) and 4 <= version.software[0] <= 11  # noqa: PLR2004


def _needs_restart(before: InterfaceSettings, after: InterfaceSettings) -> bool:
    return (before.key, before.passive, before.site) != (after.key, after.passive, after.site)
