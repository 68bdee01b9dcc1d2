"""The Linux side of one node: what must be true of its kernel before FRR's configuration means anything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestrator.model.family import Family
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.mpls_ports import LOOPBACK, label_switching_ports
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from ipaddress import IPv4Address

    from orchestrator.model.lab import Interface, Lab, Provider
    from orchestrator.model.topology import Endpoint

MANAGEMENT = "eth0"

# Of the 1048576 that RFC 3032 allows; the kernel keeps eight octets for each, in every node.
_LABELS = 100_000


@dataclass(frozen=True, slots=True)
class VrfDevice:
    """A VRF of a PE as Linux has it: a device that routes by a table of its own."""

    name: str
    table: int

    def __str__(self) -> str:
        return f"vrf {self.name} table {self.table}"


@dataclass(frozen=True, slots=True)
class Dummy:
    """A device with nothing behind it: a site's LAN, a second loopback."""

    def __str__(self) -> str:
        return "dummy"


@dataclass(frozen=True, slots=True)
class Gre:
    """A point-to-point tunnel (RFC 2784) whose outer packets are routed by the VRF of `device`."""

    local: IPv4Address
    remote: IPv4Address
    device: str

    def __str__(self) -> str:
        return f"gre local {self.local} remote {self.remote} dev {self.device} ttl 64"


@dataclass(frozen=True, slots=True)
class Port:
    """A device that carries data; `vrf` is "" in the global table.

    `made` is what follows `ip link add NAME type`; None for the end of a link, which is there. A port that is
    `shut` is down: no site is attached there, or it is failed on purpose. `mac` is "" where any will do.
    """

    name: str
    mtu: int
    vrf: str = ""
    made: Dummy | Gre | None = None
    shut: bool = False
    mac: str = ""

    def __str__(self) -> str:
        kind, _, how = str(self.made or "port").partition(" ")
        vrf = f"vrf {self.vrf}" if self.vrf else ""
        mac = f"mac {self.mac}" if self.mac else ""
        words = (kind, self.name, how, f"mtu {self.mtu}", mac, vrf, "shut" if self.shut else "")
        return " ".join(filter(None, words))


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy routing rule for all packets: look into `table`, or (None) the table of the packet's VRF.

    `unreachable` ends the search for packets of a VRF instead.
    """

    preference: int
    table: str | None = None
    unreachable: bool = False

    @property
    def selector(self) -> str:
        """What follows `ip rule add` or `ip rule delete`."""
        what = f"lookup {self.table}" if self.table else "l3mdev"
        return f"preference {self.preference} {what}" + (" unreachable" if self.unreachable else "")

    def __str__(self) -> str:
        return f"rule {self.selector}"


@dataclass(frozen=True, slots=True)
class Sysctl:
    """A kernel parameter by its path below /proc/sys; `device` if it is one device's own."""

    path: str
    value: int
    device: str | None = None

    def __str__(self) -> str:
        return f"sysctl {self.path} = {self.value}"


@dataclass(frozen=True, slots=True)
class Neighbor:
    """A permanent entry of the neighbour table (RFC 4861): who has an address on a device."""

    address: str
    device: str
    mac: str

    def __str__(self) -> str:
        return f"neighbor {self.address} dev {self.device} mac {self.mac}"


@dataclass(frozen=True, slots=True)
class Plumbing:
    """The wanted Linux state of one node. Addresses are not in it: they are FRR's.

    `sysctls` stand in the order in which they must be written: ip_forward sets each interface's forwarding.
    `rules` are empty where the order of lookups does not matter. `left_alone` are ports at which
    an unmanaged node is.
    """

    rules: tuple[Rule, ...]
    vrfs: tuple[VrfDevice, ...]
    ports: tuple[Port, ...]
    sysctls: tuple[Sysctl, ...]
    left_alone: tuple[str, ...] = ()
    neighbors: tuple[Neighbor, ...] = ()

    def with_shut(self, ports: Collection[str]) -> Plumbing:
        """The same, with these ports shut as well."""
        return replace(
            self,
            ports=tuple(replace(one, shut=one.shut or one.name in ports) for one in self.ports),
            # A port that goes down loses its neighbours.
            neighbors=tuple(one for one in self.neighbors if one.device not in ports),
        )

    def __str__(self) -> str:
        parts = (self.rules, self.vrfs, self.ports, self.sysctls, self.neighbors)
        return "".join(f"{one}\n" for part in parts for one in part)


_CARRYING = (
    InterfaceKind.CORE,
    InterfaceKind.ACCESS,
    InterfaceKind.INTERCONNECT,
    InterfaceKind.BACKDOOR,
    InterfaceKind.LAN,
    InterfaceKind.HOST,
    InterfaceKind.SHAM_LINK,
    InterfaceKind.VPN_LOOPBACK,
)

_LOCALLY_ADMINISTERED = 0x02  # IEEE 802c

# Made by the kernel together with the first VRF device.
KERNELS_OWN_RULE = Rule(1000)

# The kernel asks `local` first, and `main` when a VRF's table has no answer. A customer would then reach
# the PE's own addresses, and packets to anywhere unknown would leave by the provider's routes.
_VRF_RULES = (KERNELS_OWN_RULE, Rule(2000, unreachable=True), Rule(32765, table="local"))


def plumbing(lab: Lab, node: str) -> Plumbing:
    """What `lab` wants of the kernel of `node`.

    Raises:
        KeyError: the lab has no such node.
    """
    role = lab.node(node).role
    in_provider, routes = role.in_provider, role is not Role.HOST
    interfaces = _carrying(lab, node)
    vrfs = tuple(VrfDevice(vrf.name, vrf.table) for vrf in lab.vrfs_of(node))
    carriers = (*(one.name for one in interfaces), *(vrf.name for vrf in vrfs))
    core = list(label_switching_ports(lab, node))
    made = _made(lab, node)
    # A PE's kernel is told who is at the far end of a core link, where customers have IPv6.
    known = [one for one in core if one != LOOPBACK] if lab.ipv6 is not None else ()
    return Plumbing(
        rules=_VRF_RULES if vrfs else (),
        vrfs=vrfs,
        ports=(
            *(
                Port(
                    one.name, one.mtu, one.vrf, made.get(one.name), mac=_mac(one) if one.name in known else ""
                )
                for one in interfaces
            ),
            *(Port(one.end.interface, one.mtu, shut=True) for one in lab.spares_of(node)),
        ),
        sysctls=(
            *(_forwarding(carriers) if routes else _no_forwarding()),
            *_ipv6(lab, node, carriers, made),
            *(_label_switching(lab.provider_of(node)) if in_provider else ()),
            *_mpls_input(core, (*carriers, "lo", MANAGEMENT)),
        ),
        neighbors=far_ends(lab if lab.ipv6 is None else lab.ipv6, node),
        left_alone=lab.topology.left_alone(node),
    )


def _carrying(lab: Lab, node: str) -> tuple[Interface, ...]:
    """The interfaces that carry data; a LAN may have IPv6 alone."""
    own = lab.interfaces_of(node, *_CARRYING)
    known = {one.name for one in own}
    lans = () if lab.ipv6 is None else lab.ipv6.interfaces_of(node, InterfaceKind.LAN)
    return (*own, *(one for one in lans if one.name not in known))


def _mac(port: Interface) -> str:
    """The link layer address of a core port, made of its IPv4 address."""
    return ":".join(f"{octet:02x}" for octet in (_LOCALLY_ADMINISTERED, 0, *port.address.ip.packed))


def far_ends(lab: Lab, node: str) -> tuple[Neighbor, ...]:
    """Whom the kernel of a PE takes for the next hop of a VPNv6 route, on each of its core ports.

    The next hop is IPv4 (RFC 4659), and zebra (FRR 8.4 to 10.7) gives the kernel such a route with its labels
    and its port, and without a gateway. The kernel then looks for the neighbour `::` on that port, which
    nobody is: on a link of two it is the far end, and this says so. Without it no packet leaves.

    Args:
        lab: as IPv6 sees it.
        node: a node of it.
    """
    if lab.family is Family.IPV4 or not lab.vrfs_of(node):
        return ()
    return tuple(Neighbor("::", own.name, _mac(far)) for own, far in lab.core_links_of(node))


def losing_neighbors(lab: Lab, ports: Collection[Endpoint]) -> frozenset[str]:
    """The nodes whose kernels forget such a neighbour when these ports go down, for good."""
    seen = lab if lab.ipv6 is None else lab.ipv6
    return frozenset(
        end.node for end in ports if any(one.device == end.interface for one in far_ends(seen, end.node))
    )


def _ipv6(lab: Lab, node: str, carriers: tuple[str, ...], made: Iterable[str]) -> tuple[Sysctl, ...]:
    """Which devices have IPv6: on a PE or a CE with IPv6 all that carry data, else none that is made there.

    The kernel gives a new device an IPv6 address and asks for routers on it: a sham link's tunnel would carry
    that to the other PE, and it is there for OSPF alone. Being the default, it holds before the first packet.
    Linux forwards IPv6 by one switch for all ports: management has none then, so that nothing leaves by it.
    Addresses stay on a port that goes down, as IPv4's do.
    """

    def conf(name: str, parameter: str, value: int) -> Sysctl:
        device = None if name in ("all", "default") else name
        return Sysctl(f"net/ipv6/conf/{name}/{parameter}", value, device)

    if lab.ipv6 is None or not lab.ipv6.attachments_of(node):
        return tuple(conf(name, "disable_ipv6", 1) for name in ("default", *made))
    tunnels = [one.name for one in lab.interfaces_of(node, InterfaceKind.SHAM_LINK)]
    return (
        conf("all", "forwarding", 1),
        conf("default", "disable_ipv6", 0),
        conf("default", "keep_addr_on_down", 1),
        *(conf(name, "disable_ipv6", int(name in tunnels)) for name in carriers),
        *(conf(name, "keep_addr_on_down", 1) for name in carriers),
        conf(MANAGEMENT, "disable_ipv6", 1),
    )


def _made(lab: Lab, node: str) -> dict[str, Dummy | Gre]:
    """The devices that are not there by themselves."""
    dummies = {
        one.name: Dummy()
        for one in _carrying(lab, node)
        if one.kind in {InterfaceKind.LAN, InterfaceKind.VPN_LOOPBACK} and one.far is None
    }
    tunnels = {
        link.device: Gre(own.endpoint.ip, far.endpoint.ip, vrf.name)
        for vrf in lab.vrfs_of(node)
        for link, own, far in lab.sham_links_of(vrf)
    }
    return {**dummies, **tunnels}


def _forwarding(carriers: tuple[str, ...]) -> tuple[Sysctl, ...]:
    def conf(name: str, parameter: str, value: int, device: str | None = None) -> Sysctl:
        return Sysctl(f"net/ipv4/conf/{name}/{parameter}", value, device)

    # Replies may well come back another way than requests went, so no reverse path filter anywhere.
    # Devices yet to be made start from `default`.
    return (
        Sysctl("net/ipv4/ip_forward", 1),
        conf("default", "forwarding", 1),
        conf(MANAGEMENT, "forwarding", 0, MANAGEMENT),
        *(conf(name, "forwarding", 1, name) for name in carriers),
        conf("all", "rp_filter", 0),
        conf("default", "rp_filter", 0),
        *(conf(name, "rp_filter", 0, name) for name in carriers),
    )


def _no_forwarding() -> tuple[Sysctl, ...]:
    """A host takes what is for itself, and sends nothing on (RFC 1122 3.3.1)."""
    return (Sysctl("net/ipv4/ip_forward", 0),)


def _label_switching(provider: Provider) -> tuple[Sysctl, ...]:
    """The kernel's part of label switching; for the rest see the docstring of `core/labels/ldp`."""
    # A Linux P drops an MPLS packet whose TTL runs out without a word, so the provider's hops are better not
    # counted, unless somebody wants it (RFC 3443): a traceroute then shows PEs and CEs and no holes.
    # LDP takes TTL 255 alone (GTSM, RFC 6720), and the kernel answers with the default one for a session that
    # is no more: unheard, the other end would keep its half for LDP's 180 s.
    return (
        Sysctl("net/ipv4/ip_default_ttl", 255),
        Sysctl("net/mpls/platform_labels", _LABELS),
        Sysctl("net/mpls/ip_ttl_propagate", int(bool(provider.propagate_ttl))),
    )


def _mpls_input(core: list[str], devices: tuple[str, ...]) -> tuple[Sysctl, ...]:
    # A PE that takes labelled packets from a CE lets the customer choose a VPN (RFC 4364 13.1).
    return tuple(Sysctl(f"net/mpls/conf/{name}/input", int(name in core), name) for name in devices)
