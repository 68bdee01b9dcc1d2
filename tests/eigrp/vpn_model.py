"""Sites of one VPN around a provider: whole EIGRP processes, and MP-BGP between the PEs that takes its time.

Site n has CE n and PE 10+n. A PE exports what its process gives the RIB, as bgpd does by `redistribute eigrp`
with a route map; the others get it by BMP, in order, each after a delay of its own. What is announced
while a PE is cut off from the core never arrives.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

from eigrp.bmp import Message, Monitoring, Nlri, PeerDown, PeerUp, VpnPath
from eigrp.community import Community
from eigrp.dual import HERE_PEER
from eigrp.packet import Opcode, decode
from eigrp.settings import VpnSettings
from tests.eigrp.wire_model import Network, Weather, settings

if TYPE_CHECKING:
    from random import Random

    from eigrp.effects import Install, Remove, Transmit

RED = Community.parse("65000:1")
ASN = 100
_NEWS = {Opcode.UPDATE, Opcode.QUERY, Opcode.REPLY}


def lan(site: int) -> IPv4Network:
    return IPv4Network(f"172.16.{site}.0/24")


def loopback(pe: int) -> IPv4Address:
    return IPv4Address((10 << 24) + (255 << 16) + pe)


@dataclass(slots=True)
class Provider(Network):
    """A network of sites.

    Attributes:
        guarded: PEs mark what they receive with their site, and export marked routes of their own site only.
        delay: most seconds that MP-BGP takes for a message.
        cut_off: PEs without a core.
        announced: what each PE is being sent, by neighbour: last arrival.
        news: EIGRP packets with routes so far.
        updates: MP-BGP messages so far.
    """

    guarded: bool = True
    delay: float = 0.5
    cut_off: set[int] = field(default_factory=set)
    announced: dict[tuple[int, int], float] = field(default_factory=dict)
    news: int = 0
    updates: int = 0

    # ---- making it ---------------------------------------------------------------------------

    def site(self, number: int, backdoors: dict[int, int]) -> None:
        """A CE and its PE; `backdoors` are delays of links to CEs of other sites."""
        ce, pe = number, 10 + number
        self.router(ce, settings(ce, {pe: 10, **backdoors}))
        plain = settings(pe, {ce: 10})
        mark = Community.parse(f"65000:{number}") if self.guarded else None
        interfaces = {**plain.interfaces, f"to{ce}": replace(plain.interfaces[f"to{ce}"], site=mark)}
        vpn = VpnSettings(11019, frozenset({RED}), redistribute=True)
        self.router(pe, replace(plain, interfaces=interfaces, vpn=vpn))
        core = frozenset(loopback(other) for other in range(10, 20))
        self.routers[pe].vpn.reach(core, core)

    @property
    def pes(self) -> list[int]:
        return [number for number in self.routers if number >= 10]

    # ---- MP-BGP ------------------------------------------------------------------------------

    def rib_changed(self, me: int, change: Install | Remove) -> None:
        for other in self.pes:
            if me in self.pes and other != me and not {me, other} & self.cut_off:
                self._announce(me, other, self._message(me, change.prefix))

    def cut_core(self, pe: int) -> None:
        """Its sessions end; both ends notice, each in its time."""
        self.cut_off.add(pe)
        for me, other in self._sessions(pe):
            self._announce(me, other, PeerDown(str(loopback(me))))

    def mend_core(self, pe: int) -> None:
        self.cut_off.discard(pe)
        for me, other in self._sessions(pe):
            if not {me, other} & self.cut_off:
                self._announce(me, other, PeerUp(str(loopback(me))))
                for prefix in list(self.routers[me].installed):
                    self._announce(me, other, self._message(me, prefix))

    def _sessions(self, pe: int) -> list[tuple[int, int]]:
        return [ends for other in self.pes if other != pe for ends in ((pe, other), (other, pe))]

    def _message(self, me: int, prefix: IPv4Network) -> Message:
        route = self.routers[me].installed.get(prefix)
        nlri = Nlri(f"65000:{me}", prefix)
        site = me - 10
        if route is None or (self.guarded and route.tag >> 1 != site):
            return Monitoring(str(loopback(me)), (), (nlri,))
        path = VpnPath(
            nlri,
            loopback(me),
            17,
            route.metric,
            frozenset({RED}),
            Community.parse(f"65000:{site}") if self.guarded else None,
            ((65000, ASN, route.tag & 1),),
        )
        return Monitoring(str(loopback(me)), (path,))

    def _announce(self, me: int, other: int, message: Message) -> None:
        at = max(self.now + self.random.uniform(0.001, self.delay), self.announced.get((me, other), 0.0))
        self.announced[me, other] = at
        self.later(at, partial(self._announced, other, message))

    def _announced(self, pe: int, message: Message) -> None:
        self.updates += isinstance(message, Monitoring)
        process = self.routers[pe]
        process.receive_vpn(message, self.now)
        self._collect(pe)

    def count(self, _: int, sent: Transmit) -> None:
        packet = decode(sent.data)
        self.news += packet.opcode in _NEWS and bool(packet.tlvs)

    # ---- what must hold ----------------------------------------------------------------------

    def at_rest(self) -> None:
        """Nothing active, every router at the least distance there is, and packets arrive."""
        for me, process in self.routers.items():
            active = [prefix for prefix, entry in process.table.entries.items() if entry.active]
            assert not active, f"router {me} is stuck in active for {active}"
        for site in (number for number in self.routers if number < 10):
            expected = self.shortest(site)
            for me, process in self.routers.items():
                entry = process.table.entry(lan(site))
                delay = entry.reported.metric.delay if entry.reported else None
                assert delay == expected.get(me), f"router {me} to LAN of {site}"
                if me in expected:
                    assert self.walk(me, lan(site)) == site
        for pe in self.pes:
            for prefix, entry in self.routers[pe].table.entries.items():
                least = min((path.distance for path in entry.paths.values()), default=None)
                draw = [peer for peer, path in entry.paths.items() if path.distance == least]
                assert HERE_PEER not in entry.next_hops() or draw == [HERE_PEER], f"{pe}: draw for {prefix}"

    def walk(self, at: int, prefix: IPv4Network) -> int:
        """Where a packet ends up."""
        for _ in range(20):
            entry = self.routers[at].table.entry(prefix)
            carried = self.routers[at].carried(prefix)
            hops = self.hops(at, prefix)
            if hops:
                at = hops[0]
            elif carried is not None and HERE_PEER in entry.next_hops():
                at = int(carried.path.next_hop) & 0xFF
            else:
                return at
        raise AssertionError(f"{prefix} loops for good")

    def edges(self) -> dict[tuple[int, int], int]:
        """Scaled delays; the provider costs nothing."""
        found = {(a, b): self._delay(a, f"to{b}") for a, b in self.up}
        core = [pe for pe in self.pes if pe not in self.cut_off]
        return found | {(a, b): 0 for a in core for b in core if a < b}


def ring(random: Random, sites: int, *, guarded: bool = True) -> Provider:
    """Sites in a row, a backdoor between each two."""
    net = Provider(random, Weather(delay=0.02), guarded=guarded)
    net.taps.append(net.count)
    for number in range(1, sites + 1):
        net.site(number, {other: 1000 for other in (number - 1, number + 1) if 1 <= other <= sites})
    for number in range(1, sites + 1):
        net.connect(number, 10 + number)
        if number > 1:
            net.connect(number - 1, number)
    net.run(10)
    return net
