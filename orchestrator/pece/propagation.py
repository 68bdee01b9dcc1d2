"""How customer routes spread over VRFs and CEs until nothing changes: what a proof may expect of a lab.

Each table chooses among what its neighbours hold, as its protocols would; the loop prevention of each (AS
path, split horizon) is part of what a neighbour tells. The result is a function of what stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from orchestrator.pece.held import Held, Source, Table, Way
from orchestrator.pece.registry import speaker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from ipaddress import IPv4Network

    from orchestrator.model.lab import Attachment, Interface, Lab, Vrf
    from orchestrator.pece.held import Routes

IMPORTED_DISTANCE: Final = 200
_ROUNDS: Final = 100


class Standing(Protocol):
    """A lab, and which part of it stands."""

    @property
    def lab(self) -> Lab:
        """All of it."""

    def stands(self, attachment: Attachment) -> bool:
        """Whether the link of an attachment carries."""

    def carries(self, interface: Interface) -> bool:
        """Whether an interface has its link up."""

    def hears(self, pe: str, other: str) -> bool:
        """Whether VPNv4 routes of `other` get to `pe`."""


class UnsettledError(Exception):
    """The routes of a lab never come to rest: two policies contradict each other."""


def settle(network: Standing) -> Mapping[Table, Routes]:
    """What each table of the lab holds when all have heard of all that they hear of.

    Raises:
        UnsettledError: they never come to rest.
    """
    tables = _tables(network.lab)
    held: dict[Table, Routes] = {table: {} for table in tables}
    for _ in range(_ROUNDS):
        before = dict(held)
        for table in tables:
            held[table] = _chosen(_candidates(network, table, held))
        if held == before:
            return held
    raise UnsettledError(f"the routes of lab {network.lab.name} never come to rest")


def _tables(lab: Lab) -> tuple[Table, ...]:
    ces = dict.fromkeys(Table.at_ce(one) for site in lab.sites for one in site.attachments)
    return (*ces, *(Table.of(vrf) for vrf in lab.vrfs))


def _candidates(network: Standing, table: Table, held: Mapping[Table, Routes]) -> Iterator[Held]:
    lab = network.lab
    yield from _own(network, table)
    for _, attachment in lab.attachments_of(table.node):
        if not network.stands(attachment):
            continue
        protocol = speaker(attachment.protocol)
        if table == Table.at_ce(attachment):
            yield from protocol.learnt_by_ce(lab, attachment, held[Table.at_pe(attachment)])
        elif table == Table.at_pe(attachment):
            yield from protocol.learnt_by_pe(lab, attachment, held[Table.at_ce(attachment)])
    if table.vrf:
        yield from _imported(network, lab.vrf(table.node, table.vrf), held)


def _own(network: Standing, table: Table) -> Iterator[Held]:
    for one in network.lab.interfaces_of(table.node):
        if (one.vrf or "") == table.vrf and network.carries(one):
            attachment = next(
                (
                    attachment
                    for _, attachment in network.lab.attachments_of(table.node)
                    if one.name in (attachment.pe.interface, attachment.ce.interface)
                    and one.address.network == attachment.subnet
                ),
                None,
            )
            yield Held(one.address.network, "connected", (Way(Source.OWN, None, attachment),), (0,))


def exportable(route: Held) -> bool:
    """Whether a VRF exports a route: what it has imported itself it does not."""
    return route.source is not Source.IMPORT


def _imported(network: Standing, vrf: Vrf, held: Mapping[Table, Routes]) -> Iterator[Held]:
    """What other VRFs export under the right route target, here or on a PE that is heard."""
    for other in network.lab.vrfs:
        if other == vrf or not vrf.imports_from(other):
            continue
        if other.pe != vrf.pe and not network.hears(vrf.pe, other.pe):
            continue
        origin = Table.of(other)
        for route in held[origin].values():
            if exportable(route):
                length = len(route.as_path)
                yield Held(
                    route.prefix,
                    "bgp",
                    (Way(Source.IMPORT, origin),),
                    (IMPORTED_DISTANCE, length, 1),
                    route.as_path,
                )


def _chosen(candidates: Iterable[Held]) -> dict[IPv4Network, Held]:
    """BGP's best path first, then the smallest distance; what is equally good is kept side by side."""
    by_prefix: dict[IPv4Network, list[Held]] = {}
    for one in candidates:
        by_prefix.setdefault(one.prefix, []).append(one)
    return {prefix: _best(ones) for prefix, ones in by_prefix.items()}


def _best(candidates: list[Held]) -> Held:
    in_bgp = [one for one in candidates if one.protocol == "bgp"]
    others = [one for one in candidates if one.protocol != "bgp"]
    if in_bgp:
        # Whatever zebra's distance is: bgpd compares its paths first, and offers zebra the best.
        first = min(one.preference[1:] for one in in_bgp)
        others += [one for one in in_bgp if one.preference[1:] == first]
    best = min(one.preference for one in others)
    equal = [one for one in others if one.preference == best]
    ways = tuple(dict.fromkeys(way for one in equal for way in one.ways))
    return Held(equal[0].prefix, equal[0].protocol, ways, best, equal[0].as_path)
