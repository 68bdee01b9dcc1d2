"""What a protocol adds to a router's configuration, in lines as FRR prints them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.model.lab import Interface


@dataclass(frozen=True, slots=True)
class ConfigFragment:
    """Lines for one routing instance: a VRF of a PE, or a CE as a whole. Each line has its own indentation.

    Attributes:
        asn: the AS number of a CE that runs BGP.
        interfaces: by interface, lines below its `interface`.
        table: routes and filters of the instance's table: inside `vrf X` on a PE, at top level on a CE and of
            the core.
        bgp: lines of the instance's `router bgp`.
        connected: the route map that the VRF's connected networks pass on their way into BGP, if any.
        unicast: lines of its IPv4 unicast address family.
        vpn: lines there that say what passes between VRF and VPN.
        provider: lines of a PE's own `router bgp`, beside that of its VRFs.
        blocks: further blocks, each with its `exit`, such as `router ospf` and route-maps.
    """

    asn: int | None = None
    interfaces: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    table: tuple[str, ...] = ()
    bgp: tuple[str, ...] = ()
    connected: str = ""
    unicast: tuple[str, ...] = ()
    vpn: tuple[str, ...] = ()
    provider: tuple[str, ...] = ()
    blocks: tuple[tuple[str, ...], ...] = ()

    def __add__(self, other: ConfigFragment) -> ConfigFragment:
        names = dict.fromkeys((*self.interfaces, *other.interfaces))
        return ConfigFragment(
            self.asn or other.asn,
            {name: self.interfaces.get(name, ()) + other.interfaces.get(name, ()) for name in names},
            self.table + other.table,
            self.bgp + other.bgp,
            self.connected or other.connected,
            self.unicast + other.unicast,
            self.vpn + other.vpn,
            self.provider + other.provider,
            self.blocks + other.blocks,
        )

    @classmethod
    def all_of(cls, parts: Iterable[ConfigFragment]) -> ConfigFragment:
        """The lines of several protocols together; a block that two of them need stands once."""
        whole = sum(parts, cls())
        return cls(
            whole.asn,
            whole.interfaces,
            tuple(dict.fromkeys(whole.table)),
            whole.bgp,
            whole.connected,
            tuple(dict.fromkeys(whole.unicast)),
            tuple(dict.fromkeys(whole.vpn)),
            whole.provider,
            tuple(dict.fromkeys(whole.blocks)),
        )


def interface_order(interface: Interface) -> tuple[str, int]:
    """FRR's own (`if_cmp_name_func`): by letters, then by number, so that eth2 stands before eth10."""
    name, number = re.fullmatch(r"(.*?)(\d*)", interface.name, re.DOTALL).groups()  # type: ignore[union-attr] # matches any text
    return name, int(number or -1)
