"""What the nodes said, as values: the vocabulary that every parser of this package speaks.

A fact holds what one command printed about one thing, in the field's words and in types that compare
(:mod:`ipaddress` addresses and networks, :class:`Label`, ints), never a judgement about it.
``None`` means that the command printed that there is none, or left the column empty.
"""

from __future__ import annotations

from typing import TypeAlias

from parsers.facts.addresses import Address, InterfaceAddress, Network
from parsers.facts.bfd import BfdPeer, BfdTimers
from parsers.facts.bgp import BgpPeer, BgpRoute, VpnRoute
from parsers.facts.eigrp import (
    EigrpDestination,
    EigrpExternal,
    EigrpInterface,
    EigrpNeighbor,
    EigrpOffer,
    EigrpPath,
    EigrpRefusal,
    EigrpSource,
    EigrpVpnRoute,
)
from parsers.facts.kernel import (
    DeviceAddress,
    DeviceFact,
    KernelHop,
    KernelMplsRoute,
    KernelRoute,
    PolicyRule,
    Qdisc,
    Sysctl,
    Tunnel,
)
from parsers.facts.label import EXPLICIT_NULL, IMPLICIT_NULL, Label
from parsers.facts.ldp import LdpAdjacency, LdpBinding, LdpInterface, LdpNeighbor, LdpSync
from parsers.facts.ospf import OspfInterface, OspfNeighbor, OspfSync
from parsers.facts.probes import LinkEcho, Ping
from parsers.facts.running_config import BgpPassword, EigrpKey, OspfKey, VrfPolicy
from parsers.facts.zebra import FrrVersion, Hop, LfibEntry, Route

__all__ = [
    "EXPLICIT_NULL",
    "IMPLICIT_NULL",
    "Address",
    "BfdPeer",
    "BfdTimers",
    "BgpPassword",
    "BgpPeer",
    "BgpRoute",
    "DeviceAddress",
    "DeviceFact",
    "EigrpDestination",
    "EigrpExternal",
    "EigrpInterface",
    "EigrpKey",
    "EigrpNeighbor",
    "EigrpOffer",
    "EigrpPath",
    "EigrpRefusal",
    "EigrpSource",
    "EigrpVpnRoute",
    "Fact",
    "FrrVersion",
    "Hop",
    "InterfaceAddress",
    "KernelHop",
    "KernelMplsRoute",
    "KernelRoute",
    "Label",
    "LdpAdjacency",
    "LdpBinding",
    "LdpInterface",
    "LdpNeighbor",
    "LdpSync",
    "LfibEntry",
    "LinkEcho",
    "Network",
    "OspfInterface",
    "OspfKey",
    "OspfNeighbor",
    "OspfSync",
    "Ping",
    "PolicyRule",
    "Qdisc",
    "Route",
    "Sysctl",
    "Tunnel",
    "VpnRoute",
    "VrfPolicy",
]

Fact: TypeAlias = (
    FrrVersion
    | OspfNeighbor
    | OspfInterface
    | LdpNeighbor
    | LdpInterface
    | LdpAdjacency
    | LdpBinding
    | LdpSync
    | OspfSync
    | BfdPeer
    | LfibEntry
    | BgpPeer
    | VpnRoute
    | BgpRoute
    | Route
    | KernelMplsRoute
    | KernelRoute
    | DeviceFact
    | DeviceAddress
    | Sysctl
    | PolicyRule
    | Qdisc
    | Ping
    | EigrpNeighbor
    | EigrpRefusal
    | EigrpInterface
    | EigrpDestination
    | EigrpSource
    | EigrpVpnRoute
)
