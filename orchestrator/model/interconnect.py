"""Where two providers meet: a link between their ASBRs, and how VPN routes cross it (RFC 4364 10)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from orchestrator.model.grouping import grouped
from orchestrator.model.memory import remembered

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Interface, IPv4Network

    from orchestrator.model.lab import Lab
    from orchestrator.model.rd_rt import RouteTarget
    from orchestrator.model.topology import Endpoint


class Option(StrEnum):
    """How two providers exchange the routes of a VPN, by the letter of its paragraph in RFC 4364 10."""

    A = "a"  # back-to-back VRFs: to each provider the other's ASBR is a CE
    B = "b"  # VPNv4 between the ASBRs, which give each route a label of their own
    C = "c"  # VPNv4 past the ASBRs, which exchange labelled routes to where VPNv4 routes lead


@dataclass(frozen=True, slots=True)
class PortOfAsbr:
    """One end of an interconnect: a port of an ASBR, and its address."""

    end: Endpoint
    address: IPv4Interface

    @property
    def node(self) -> str:
        """The ASBR."""
        return self.end.node


@dataclass(frozen=True, slots=True)
class Interconnect:
    """A link between ASBRs of two providers.

    Attributes:
        vpns: those whose routes cross it; with option A one.
    """

    option: Option
    vpns: tuple[str, ...]
    a: PortOfAsbr
    b: PortOfAsbr

    @property
    def ends(self) -> tuple[tuple[PortOfAsbr, PortOfAsbr], tuple[PortOfAsbr, PortOfAsbr]]:
        """Each end with the one that it faces."""
        return (self.a, self.b), (self.b, self.a)

    @property
    def vrf(self) -> str:
        """The VRF that the link is in at both ends, with option A called like the VPN."""
        return self.vpns[0] if self.option is Option.A else ""

    @property
    def subnet(self) -> IPv4Network:
        """The link's network."""
        return self.a.address.network

    def seen_from(self, node: str) -> tuple[PortOfAsbr, PortOfAsbr]:
        """The end of an ASBR, and the far one.

        Raises:
            KeyError: the link does not end there.
        """
        for own, far in self.ends:
            if own.node == node:
                return own, far
        raise KeyError(node)


def interconnects_of(lab: Lab, node: str) -> tuple[Interconnect, ...]:
    """The interconnects that end at a node, which they make an ASBR."""
    return _by_node(lab).get(node, ())


def label_switched(lab: Lab, asbr: str) -> tuple[Interconnect, ...]:
    """The interconnects of an ASBR over which labelled packets go (options B and C)."""
    return tuple(one for one in interconnects_of(lab, asbr) if one.option is not Option.A)


def vpnv4_across(lab: Lab, asbr: str) -> tuple[Interconnect, ...]:
    """The interconnects over which an ASBR exchanges VPNv4 routes (option B)."""
    return tuple(one for one in interconnects_of(lab, asbr) if one.option is Option.B)


def labelled_across(lab: Lab, asbr: str) -> tuple[Interconnect, ...]:
    """The interconnects over which an ASBR exchanges labelled routes to PEs and reflectors (option C)."""
    return tuple(one for one in interconnects_of(lab, asbr) if one.option is Option.C)


def agreed_targets(lab: Lab, interconnect: Interconnect) -> frozenset[RouteTarget]:
    """The route targets whose routes cross: those that the VPNs of an interconnect export with."""
    return frozenset(target for vrf in lab.vrfs if vrf.vpn in interconnect.vpns for target in vrf.exports)


def back_to_back(lab: Lab, pe: str, vrf: str) -> tuple[Interconnect, ...]:
    """The interconnects by which a VRF meets one of another provider (option A)."""
    return tuple(one for one in interconnects_of(lab, pe) if one.option is Option.A and one.vrf == vrf)


@remembered
def _by_node(lab: Lab) -> Mapping[str, tuple[Interconnect, ...]]:
    return grouped((own.node, one) for one in lab.interconnects for own, _ in one.ends)
