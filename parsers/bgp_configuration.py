"""What only bgpd's running configuration shows: passwords of neighbours, RD and route targets of VRFs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from parsers.command import DEFAULT_VRF, Command
from parsers.excerpt import Layout
from parsers.running_config import configured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parsers.reading import Output


@dataclass(frozen=True, slots=True)
class BgpPassword:
    """The password of a BGP neighbour in bgpd's running configuration (RFC 2385)."""

    vrf: str
    peer: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NeighborOption:
    """What a BGP neighbour is configured with beyond its session, in FRR's words: `maximum-prefix 20`."""

    vrf: str
    peer: str
    words: str


@dataclass(frozen=True, slots=True)
class VrfPolicy:
    """What a running configuration says of one VRF's exchange of routes with the VPN (RFC 4364 4.3).

    ``rd`` is ``None`` and the route targets are empty where nothing is configured. ``importing`` and
    ``exporting`` say whether ``import vpn`` and ``export vpn`` are there, without which nothing passes.
    ``afi`` is that of the address family; what stands in none of them counts as IPv4's.
    """

    vrf: str
    rd: str | None
    imports: tuple[str, ...]
    exports: tuple[str, ...]
    importing: bool
    exporting: bool
    afi: str = "ipv4"


@dataclass(frozen=True, slots=True)
class BgpConfiguration:
    """What only bgpd's running configuration shows: of neighbours options, of VRFs RD and route targets."""

    passwords: tuple[BgpPassword, ...]
    policies: tuple[VrfPolicy, ...]
    options: tuple[NeighborOption, ...] = ()


_INSTANCE: Final = re.compile(r"router bgp [0-9.]+(?: vrf (\S+))?")
_FAMILY: Final = re.compile(r"address-family (ipv4|ipv6) unicast")
_PASSWORD: Final = re.compile(r"neighbor (\S+) password (\S+)")
_OPTION: Final = re.compile(
    r"neighbor (\S+) ((?:allowas-in|default-originate|local-as|maximum-prefix|remove-private-AS|ttl-security)"
    r"(?: .*)?)"
)
_TARGETS: Final = re.compile(r"rt vpn (both|import|export) (.+)")
_DISTINGUISHER: Final = re.compile(r"rd vpn export (\S+)")


def _configuration(output: Output) -> BgpConfiguration:
    instances: dict[str, list[str]] = {}
    for block, line in configured(output):
        if instance := _INSTANCE.fullmatch(block):
            instances.setdefault(instance[1] or DEFAULT_VRF, []).append(line.strip())
    return BgpConfiguration(
        tuple(
            BgpPassword(vrf, password[1], password[2])
            for vrf, lines in instances.items()
            for line in lines
            if (password := _PASSWORD.match(line))
        ),
        tuple(
            _policy(vrf, afi, block)
            for vrf, lines in instances.items()
            if vrf != DEFAULT_VRF
            for afi, block in _families(lines).items()
        ),
        tuple(
            NeighborOption(vrf, option[1], option[2].rstrip())
            for vrf, lines in instances.items()
            for line in lines
            if (option := _OPTION.fullmatch(line))
        ),
    )


def _families(lines: Sequence[str]) -> dict[str, list[str]]:
    """The lines of an instance by address family; IPv4's, and those of the instance itself, come first."""
    found: dict[str, list[str]] = {"ipv4": []}
    afi = "ipv4"
    for line in lines:
        if family := _FAMILY.fullmatch(line):
            afi = family[1]
        found.setdefault(afi, []).append(line)
        if line == "exit-address-family":
            afi = "ipv4"
    return found


def _policy(vrf: str, afi: str, block: Sequence[str]) -> VrfPolicy:
    targets = [(match[1], match[2].split()) for line in block if (match := _TARGETS.fullmatch(line))]
    return VrfPolicy(
        vrf=vrf,
        rd=next((match[1] for line in block if (match := _DISTINGUISHER.fullmatch(line))), None),
        imports=tuple(one for way, ones in targets if way != "export" for one in ones),
        exports=tuple(one for way, ones in targets if way != "import" for one in ones),
        importing="import vpn" in block,
        exporting="export vpn" in block,
        afi=afi,
    )


BGP_CONFIGURATION: Final = Command(
    "show running-config bgpd",
    _configuration,
    Layout(
        re.compile(r" *(?P<key>rt vpn (?:both|import|export)|\S+)(?: .*)?"),
        re.compile(r"router bgp \S+ vrf (?P<key>\S+)"),
    ),
)
