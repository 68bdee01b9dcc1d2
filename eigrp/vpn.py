"""Routes of a VPN's other sites, and how EIGRP and MP-BGP are mapped onto each other.

Real PEs carry EIGRP's metric, AS and route type across the provider in extended communities 0x8800 to 0x8806
and in a cost community. FRR can neither set nor keep those, so this is what stands for them:

=======================  ======================  =============================================================
EIGRP                    zebra                   VPN-IPv4 route
=======================  ======================  =============================================================
composite metric         metric                  MED
internal or external     tag, bit 0 (1 external)  large community PROVIDER:AS:0 or PROVIDER:AS:1
AS                       (the process)           the same large community
site of origin (SoO)     tag, bits 1-31: NUMBER  extended community SoO ADMINISTRATOR:NUMBER
=======================  ======================  =============================================================

From the left to the right: the speaker gives zebra its route with metric and tag (`tag_of`); bgpd's
`redistribute eigrp route-map` makes the MED of the metric by itself, and the route map matches each tag that
may occur and sets the two communities. From the right to the left: bgpd sends what its neighbours announce
by BMP, whatever zebra has selected, and of each route that one of the VRF's route targets imports a
`Candidate` is made:

* large community of this very AS, internal: an internal route, its metric rebuilt from the MED, so that the
  provider looks like no hop at all. One number is all that arrives: bandwidth and delay are chosen so that
  the composite with the usual K values is the MED (`metric.vector_of_composite`);
* of another AS, or external: an external route with that AS and metric, protocol EIGRP;
* none: an external route of protocol BGP with the default metric, or that of `redistribute vpn metric`, and
  the tag of `redistribute vpn tag`.

DUAL then takes the nearest candidate as a destination of the PE's own and compares its distance with what
the neighbours report. When it is the nearest, zebra gets no route of EIGRP and bgpd's imported one is used.
When a neighbour is as near or nearer (a backdoor between sites), its route goes to zebra, distance 90 or 170,
and wins there over BGP's 200. Because the candidates do not depend on that, the VPN is preferred again as
soon as it is nearer again. The neighbour wins a draw because two PEs that know a destination equally well
would else both withdraw theirs in favour of the other's, lose both, and begin anew.

Loops: every route that a PE hears gets the SoO of the interface's site unless it carries one; one that
carries this very site's is refused, and none is announced into the site that it comes from. A route that
has been across the provider carries another site's SoO than that of the interface that it is received on, and
its tag has number 0; a PE's route map lets only the tags of its own sites pass, so that it never goes
across again. So no news runs in circles CE-PE-PE-CE, and there is no counting to infinity. All routers of a
site must keep the SoO: FRR's eigrpd does not, this speaker does. Where a VPN's other sites speak other
protocols, what a PE brings into EIGRP of theirs has no SoO, and carries the VPN route tag instead (as in
OSPF, RFC 4577 4.2.5.2), given to `redistribute` in the settings: a PE that hears a route with it does not
take it for the interface's site's, so it stays there too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from eigrp.bmp import Initiation, Monitoring, PeerDown, PeerUp
from eigrp.metric import VectorMetric, composite, vector_of_composite
from eigrp.settings import VpnSettings
from eigrp.tlv import External, Route

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from ipaddress import IPv4Address, IPv4Network

    from eigrp.bmp import Message, Nlri, VpnPath
    from eigrp.community import Community
    from eigrp.metric import KValues

_DEFAULT_KBPS: Final = 100_000
_DEFAULT: Final = VectorMetric(2560, 25600)
_EIGRP, _BGP = 2, 9
"""Protocol numbers in external routes (RFC 7868 section 6.8.3)."""
_EXTERNAL_FLAG: Final = 1
_MOST_ASN: Final = 0xFFFF
_SESSIONS: Final = 2


@dataclass(frozen=True, slots=True)
class Origin:
    """What a VPN route was in EIGRP at the far PE."""

    asn: int
    external: bool


def origin_of(path: VpnPath) -> Origin | None:
    """From the large community; None: it is no route of EIGRP.

    Its first number is the provider's, which with a SoO must be the SoO's administrator too.
    """
    for provider, asn, external in path.large:
        if path.site is not None and path.site.administrator != provider:
            continue
        if 1 <= asn <= _MOST_ASN and external in {0, 1}:
            return Origin(asn, bool(external))
    return None


def route_of(
    path: VpnPath,
    asn: int,
    router: IPv4Address,
    settings: VpnSettings = VpnSettings(),  # noqa: B008 -- frozen
) -> Route:
    """The route that EIGRP makes of it; see the table above.

    Args:
        path: what BGP has.
        asn: EIGRP's autonomous system here.
        router: this router's id, which external routes carry.
        settings: metric and tag of a route that is none of EIGRP's.
    """
    origin, med = origin_of(path), path.med or 0
    if origin is None:
        external = External(router, 0, settings.tag, med, _BGP, _EXTERNAL_FLAG)
        return Route(settings.metric or _DEFAULT, external, path.site)
    metric = vector_of_composite(med, _DEFAULT_KBPS)
    if origin == Origin(asn, external=False):
        return Route(metric, None, path.site)
    return Route(metric, External(router, origin.asn, 0, med, _EIGRP, _EXTERNAL_FLAG), path.site)


def tag_of(route: Route, sites: Collection[Community | None]) -> int:
    """The tag by which zebra carries site and type to bgpd; number 0 unless it is one of `sites`.

    Args:
        route: the one that is used.
        sites: of the interfaces that it leaves by. Another site's route has been across the provider, also
            where that site has an interface here: it was marked at that, and came back by another PE.
    """
    number = route.site.number if route.site is not None and route.site in sites else 0
    return number << 1 | (route.external is not None)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A VPN route that the VRF imports, as EIGRP sees it.

    Attributes:
        peer: the BGP neighbour that announces it: the far PE or a route reflector.
        path: the VPN route.
        route: what EIGRP makes of it.
        reachable: whether the core has a way to the far PE.
    """

    peer: str
    path: VpnPath
    route: Route
    reachable: bool


Key: TypeAlias = "tuple[str, Nlri]"
"""The neighbour that announces a route, and the route."""


@dataclass(slots=True)
class VpnTable:
    """What bgpd's neighbours announce in the VPN, for one process.

    bgpd has two BMP sessions to it, which are renewed in turn (`bmp_station`): in its dump, which is all that
    it sends at first, a session may miss a change, and the other one, long past its own, does not.

    Attributes:
        asn: EIGRP's autonomous system.
        k: its weights.
        settings: what is imported and how.
        standing: how it stands with bgpd, in words.
        asked: next hops that have been looked at.
        reachable: those of them to which the core has a way.
        paths: by destination, then by neighbour and key.
        sessions: what the dump of each BMP session has brought so far; None: it is past its dump.
        told: what sessions past their dump have told since another one was to begin.
    """

    asn: int
    k: KValues
    settings: VpnSettings = VpnSettings()  # noqa: RUF009 -- frozen
    standing: str = "not connected yet"
    asked: frozenset[IPv4Address] = frozenset()
    reachable: frozenset[IPv4Address] = frozenset()
    paths: dict[IPv4Network, dict[Key, VpnPath]] = field(default_factory=dict)
    sessions: dict[int, set[Key] | None] = field(default_factory=dict)
    told: set[Key] = field(default_factory=set)

    # ---- what is received ----------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether bgpd has a BMP session to us."""
        return bool(self.sessions)

    @property
    def renewable(self) -> int | None:
        """The session that can be renewed without a gap: one whose dump has no end, or the older of two."""
        if len(self.sessions) < _SESSIONS:
            return None
        return min(self._dumping or self.sessions)

    def on_message(self, message: Message, session: int = 0) -> set[IPv4Network]:
        """A message of BMP; the destinations that it concerns."""
        match message:
            case Initiation(system):
                self.standing, self.sessions[session] = f"connected, {system}", set()
            case PeerUp(_):
                pass  # all its routes follow
            case PeerDown(peer):
                return self._forget(key for key in self._keys() if key[0] == peer)
            case Monitoring(_, (), ()):
                return self._end_dump(session)
            case Monitoring(peer, announced, withdrawn):
                gone = self._forget((peer, nlri) for nlri in withdrawn if self._heeds((peer, nlri), session))
                put = [path for path in announced if self._heeds((peer, path.nlri), session)]
                return gone | {path.nlri.prefix for path in put if self._put(peer, path)}
        return set()

    def ended(self, session: int, reason: str) -> set[IPv4Network]:
        """A session is over; after the last of them nothing is known any more."""
        self.sessions.pop(session, None)
        if not self._dumping:
            self.told.clear()
        if self.sessions:
            return set()
        self.standing, gone = reason, set(self.paths)
        self.paths.clear()
        return gone

    def past_dump(self, session: int) -> bool:
        """Whether what a session tells is news as it happens."""
        return self.sessions.get(session) is None

    @property
    def _dumping(self) -> list[int]:
        return [number for number, dumped in self.sessions.items() if dumped is not None]

    def _end_dump(self, session: int) -> set[IPv4Network]:
        """End-of-RIB, of the first of the neighbours: what no session has told of has gone unheard."""
        dumped = self.sessions.get(session)
        if dumped is None:
            return set()
        self.sessions[session] = None
        return self._forget(self._keys() - dumped - self.told)

    def _heeds(self, key: Key, session: int) -> bool:
        """Whether this is the newest of a route: a dump may be older than what another session has told."""
        dumped = self.sessions.get(session)
        if dumped is None:
            self.told.add(key)
            return True
        dumped.add(key)
        return key not in self.told

    def strange(self, message: Message) -> bool:
        """Whether it names a next hop that has not been looked at."""
        return isinstance(message, Monitoring) and any(
            path.next_hop not in self.asked for path in message.announced
        )

    def reach(self, asked: frozenset[IPv4Address], reachable: frozenset[IPv4Address]) -> set[IPv4Network]:
        """Next hops have been looked at; the destinations for which something has changed."""
        changed, self.asked, self.reachable = self.reachable ^ reachable, asked, reachable
        if not changed:
            return set()
        return {
            prefix
            for prefix, paths in self.paths.items()
            if any(path.next_hop in changed for path in paths.values())
        }

    def _keys(self) -> set[Key]:
        return {key for paths in self.paths.values() for key in paths}

    def _put(self, peer: str, path: VpnPath) -> bool:
        """Take a route; whether it is another than before."""
        paths = self.paths.setdefault(path.nlri.prefix, {})
        before, paths[peer, path.nlri] = paths.get((peer, path.nlri)), path
        return before != path

    def _forget(self, keys: Iterable[Key]) -> set[IPv4Network]:
        gone = list(keys)
        return {key[1].prefix for key in gone if self._drop(key)}

    def _drop(self, key: Key) -> bool:
        """Take a route out; whether it was there."""
        paths = self.paths.get(key[1].prefix, {})
        known = paths.pop(key, None) is not None
        if not paths:
            self.paths.pop(key[1].prefix, None)
        return known

    # ---- what follows --------------------------------------------------------------------------

    @property
    def next_hops(self) -> frozenset[IPv4Address]:
        """All of them, of other VPNs too."""
        return frozenset(path.next_hop for paths in self.paths.values() for path in paths.values())

    def imports(self, prefix: IPv4Network) -> bool:
        """Whether the VRF imports a route to this destination from another PE."""
        paths = self.paths.get(prefix, {}).values()
        return any(path.route_targets & self.settings.imports for path in paths)

    def candidates(self, prefix: IPv4Network, router: IPv4Address) -> tuple[Candidate, ...]:
        """What the VRF imports of a destination: usable ones first, the nearest of them first."""
        settings = self.settings
        found = [
            Candidate(
                peer,
                path,
                route_of(path, self.asn, router, settings),
                path.next_hop in self.reachable,
            )
            for (peer, _), path in self.paths.get(prefix, {}).items()
            if path.route_targets & settings.imports
        ]
        return tuple(sorted(found, key=self._rank))

    def _rank(self, each: Candidate) -> tuple[bool, bool, int, IPv4Address, Nlri, str]:
        metric = composite(each.route.metric, self.k)
        external = each.route.external is not None
        return (not each.reachable, external, metric, each.path.next_hop, each.path.nlri, each.peer)

    def best(self, prefix: IPv4Network, router: IPv4Address) -> Candidate | None:
        """The candidate that EIGRP takes, where `redistribute vpn` is set and the core has a way to it."""
        if not self.settings.redistribute:
            return None
        found = self.candidates(prefix, router)
        return found[0] if found and found[0].reachable else None
