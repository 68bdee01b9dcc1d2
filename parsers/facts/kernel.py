"""What the kernel says: its tables, devices and settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from parsers.facts.addresses import Address, InterfaceAddress, Network
    from parsers.facts.label import Label


@dataclass(frozen=True, slots=True)
class KernelHop:
    """One next hop of a kernel route; ``labels`` are what it pushes or swaps to, outermost first.

    ``flags`` are the kernel's remarks, such as ``linkdown``, ``dead`` or ``onlink``.
    """

    gateway: Address | None
    device: str | None
    labels: tuple[Label, ...]
    weight: int | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KernelMplsRoute:
    """One entry of the kernel's LFIB (``ip -M route``); a hop without labels pops."""

    in_label: Label
    protocol: str | None
    hops: tuple[KernelHop, ...]


@dataclass(frozen=True, slots=True)
class KernelRoute:
    """One route of ``ip route show table all``.

    ``kind`` is ``unicast``, ``local``, ``broadcast``, ``unreachable``, ``blackhole``, ...; ``table`` the
    number of the table (main is 254, local is 255). ``protocol`` is ``None`` where iproute2 leaves it out.
    """

    kind: str
    prefix: Network
    table: int
    protocol: str | None
    metric: int | None
    source: Address | None
    hops: tuple[KernelHop, ...]


@dataclass(frozen=True, slots=True)
class Tunnel:
    """The ends of a GRE tunnel, and the device by whose VRF its packets are routed, if any."""

    local: IPv4Address
    remote: IPv4Address
    device: str | None


@dataclass(frozen=True, slots=True)
class DeviceFact:
    """One network device from ``ip -d link`` or ``ip -d addr``.

    ``up`` is the administrative state, ``lower_up`` the carrier, ``operstate`` the kernel's summary.
    ``kind`` is what iproute2 calls the type (``vrf``, ``veth``, ``dummy``, ``gre``, ...), ``loopback`` or
    ``ether`` for a device without one. ``vrf_table`` is the table of a VRF device, for an enslaved one that
    of its master. ``tunnel`` is set for a GRE tunnel with a fixed far end. ``addresses`` is empty for
    ``ip -d link``, which does not show them.
    """

    index: int
    name: str
    peer: str | None
    up: bool
    lower_up: bool
    operstate: str
    mtu: int
    master: str | None
    kind: str
    vrf_table: int | None
    mac: str | None
    alias: str | None
    addresses: tuple[InterfaceAddress, ...]
    tunnel: Tunnel | None = None


@dataclass(frozen=True, slots=True)
class DeviceAddress:
    """One address of one device from ``ip -o addr``."""

    device: str
    address: InterfaceAddress
    scope: str


@dataclass(frozen=True, slots=True)
class Sysctl:
    """One kernel setting; ``value`` is ``None`` where this kernel has no such key (no MPLS, no device)."""

    key: str
    value: str | None


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One rule of policy routing: ``selector`` is all that ``ip rule`` prints behind the preference."""

    preference: int
    selector: str


@dataclass(frozen=True, slots=True)
class Qdisc:
    """One queueing discipline of a device. The kernel's own has no handle, which is printed as ``0:``."""

    device: str
    discipline: str
    own: bool
