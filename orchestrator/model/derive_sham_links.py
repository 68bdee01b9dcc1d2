"""Sham links as values: their numbers, their ends and the tunnels that stand for them."""

from __future__ import annotations

from ipaddress import IPv4Interface, IPv4Network
from typing import TYPE_CHECKING, Final

from orchestrator.model.lab import Interface, InterfaceKind
from orchestrator.model.sham_link import ShamEnd, ShamLink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from orchestrator.model.intent import Intent

SHAM_POOL: Final = IPv4Network("10.254.0.0/16")
VRF_MTU: Final = 65575  # what Linux gives a VRF device
SHAM_MTU: Final = 1500 - 24 - 8  # what fits into 1500 octets with GRE around it and two labels before it


def sham_links(
    intent: Intent, areas_of: Callable[[str], Mapping[tuple[str, str], frozenset[int]]]
) -> Mapping[str, tuple[ShamLink, ...]]:
    """The sham links of each VPN, numbered through the lab as their ends are.

    Args:
        intent: an intent without mistakes.
        areas_of: for each PE and VRF name of a VPN the OSPF areas of its attachments.
    """
    endpoints: dict[tuple[str, str], IPv4Interface] = {}

    def end(pe: str, vrf: str) -> ShamEnd:
        number = len(endpoints) + 1
        return ShamEnd(pe, vrf, endpoints.setdefault((pe, vrf), IPv4Interface(SHAM_POOL[number])))

    found: dict[str, tuple[ShamLink, ...]] = {}
    number = 0
    for name, vpn in intent.vpns.items():
        areas = areas_of(name)
        found[name] = ()
        for one in vpn.sham_links:
            number += 1
            a, b = (end(pe, one.vrf or name) for pe in one.between)
            (area,) = areas[a.pe, a.vrf]
            found[name] = (*found[name], ShamLink(f"sham{number}", a, b, area, one.cost))
    return found


def tunnels(links: Iterable[ShamLink], node: str) -> Iterator[Interface]:
    """Where sham links end at a node, and what stands for them."""
    own = [(link.device, end) for link in links for end, _ in link.ends if end.pe == node]
    for end in dict.fromkeys(end for _, end in own):
        yield Interface(node, end.vrf, InterfaceKind.SHAM_ENDPOINT, end.endpoint, VRF_MTU, end.vrf)
    for device, end in own:
        # Unnumbered, as a sham link is: it borrows the address that it ends at.
        yield Interface(node, device, InterfaceKind.SHAM_LINK, end.endpoint, SHAM_MTU, end.vrf)
