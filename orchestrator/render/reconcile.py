"""From the Linux state of a node to the wanted one: a few commands, and none when all is right."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from orchestrator.render.plumbing import KERNELS_OWN_RULE, Dummy, Gre, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from orchestrator.render.plumbing import Plumbing, Port, Sysctl, VrfDevice

_Identity: TypeAlias = tuple[str | None, Gre | int | None]  # kind, and what it is made with

# Interface alias of every device made here. What has neither it nor a name that the lab gives is not ours.
OURS = "l3vpn"

# One command, two processes: forking is what costs time on a node. `grep ''` prints `path:value`; it exits
# with 2 when a file is not there, as all of MPLS or IPv6 is in a kernel without it.
OBSERVE = (
    r"printf 'link show\nrule show\nroute show table all proto boot\n' | ip -json -details -batch - && "
    "cd /proc/sys && "
    "{ grep -s '' net/ipv4/ip_forward net/ipv4/ip_default_ttl net/ipv4/conf/*/rp_filter "
    "net/ipv4/conf/*/forwarding net/ipv6/conf/*/disable_ipv6 "
    "net/mpls/platform_labels net/mpls/ip_ttl_propagate net/mpls/conf/*/input || true; }"
)


class UnexpectedPlumbing(ValueError):  # noqa: N818 -- says what it is about
    """What was read is not the output of `OBSERVE`, or lacks a link that the lab is made of."""


@dataclass(frozen=True, slots=True)
class Device:
    """A network device as it is. `kind` is the kernel's word (`vrf`, `dummy`, `veth`), None for lo.

    `gre` is set for a tunnel such as those made here.
    """

    name: str
    kind: str | None
    table: int | None = None
    master: str | None = None
    alias: str | None = None
    mtu: int = 0
    up: bool = False
    gre: Gre | None = None

    @property
    def identity(self) -> _Identity:
        """What cannot be changed without making the device anew."""
        return self.kind, self.gre or self.table


@dataclass(frozen=True, slots=True)
class HandMadeRoute:
    """A route that neither the kernel nor FRR made: `ip route add` gives it protocol `boot`."""

    table: str
    selector: str


@dataclass(frozen=True, slots=True)
class ObservedPlumbing:
    """The Linux state of a node as `OBSERVE` read it; rules are those that any packet meets."""

    devices: Mapping[str, Device]
    rules: tuple[Rule, ...]
    routes: tuple[HandMadeRoute, ...]
    sysctls: Mapping[str, int]

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what `OBSERVE` printed.

        Raises:
            UnexpectedPlumbing: the text is something else.
        """
        lines = text.splitlines()
        try:
            links, rules, routes = (json.loads(line) for line in lines if line.startswith("["))
            devices = [_device(link) for link in links]
            return cls(
                devices={device.name: device for device in devices},
                rules=tuple(_rule(rule) for rule in rules if _meets_all(rule)),
                routes=tuple(_route(route) for route in routes),
                sysctls=dict(_sysctl(line) for line in lines if not line.startswith("[")),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnexpectedPlumbing(
                f"not the links, rules, routes and sysctls of a node ({error})"
            ) from error


def plumbing_changes(observed: ObservedPlumbing, wanted: Plumbing) -> tuple[str, ...]:
    """Shell commands that bring a node's kernel to the wanted state; empty when it is there.

    Only devices that carry our alias or a name that the lab gives are touched, and only routes that were made
    by hand in the main table or a VRF's: there FRR alone decides.

    Raises:
        UnexpectedPlumbing: a link of the lab has no end here, which only the lab's runtime can mend.
    """
    missing = [port.name for port in wanted.ports if not port.made and port.name not in observed.devices]
    if missing:
        raise UnexpectedPlumbing(
            f"interface {', '.join(missing)} is missing: not all links of the lab are there"
        )
    gone = _unwanted(observed, wanted)
    moving = _moving(observed, gone, wanted)
    standing = {
        name: replace(device, up=device.up and name not in moving)
        for name, device in observed.devices.items()
        if name not in gone
    }
    batch = [
        *_hand_made(observed, wanted),
        *(_rules(observed, wanted) if wanted.rules else ()),
        *(f"link set {name} down" for name in moving),
        *(f"link delete {name}" for name in gone),
        *(line for vrf in wanted.vrfs for line in _vrf(standing, vrf)),
        *(line for port in wanted.ports for line in _port(standing, port)),
        *(f"link set {name} up" for name in ("lo",) if name in standing and not standing[name].up),
    ]
    # Sysctls first: devices made afterwards start from the right defaults.
    return (*_write(_wrong_sysctls(observed, wanted)), *_batch(batch))


def _unwanted(observed: ObservedPlumbing, wanted: Plumbing) -> tuple[str, ...]:
    """Devices to delete: ours that the lab no longer wants, and others under names that it gives."""
    made: dict[str, _Identity] = {
        **{vrf.name: ("vrf", vrf.table) for vrf in wanted.vrfs},
        **{port.name: _identity(port.made) for port in wanted.ports if port.made},
    }
    return tuple(
        device.name
        for device in observed.devices.values()
        if device.name in made or (device.alias == OURS and device.kind in ("vrf", "dummy", "gre"))
        if made.get(device.name) != device.identity
    )


def _identity(made: Dummy | Gre) -> _Identity:
    return ("gre", made) if isinstance(made, Gre) else ("dummy", None)


def _moving(observed: ObservedPlumbing, gone: tuple[str, ...], wanted: Plumbing) -> tuple[str, ...]:
    """Ports to take down while they change their VRF.

    Between two VRFs a port that is up has its subnet in the main table for a moment, and zebra (FRR 10.3) may
    keep that route for good.
    """
    devices = ((observed.devices.get(port.name), port.vrf) for port in wanted.ports)
    return tuple(
        device.name
        for device, vrf in devices
        if device and device.up and device.master and (device.master != vrf or device.master in gone)
    )


def _hand_made(observed: ObservedPlumbing, wanted: Plumbing) -> Iterator[str]:
    # The table that answers management sessions is the runtime's.
    ours = {"main", *(str(vrf.table) for vrf in wanted.vrfs)}
    yield from (f"route delete {route.selector}" for route in observed.routes if route.table in ours)


def _rules(observed: ObservedPlumbing, wanted: Plumbing) -> Iterator[str]:
    # Additions first: without any rule for `local` the node answers nobody. The kernel makes the l3mdev rule
    # by itself, with its first VRF device.
    coming = () if any(device.kind == "vrf" for device in observed.devices.values()) else (KERNELS_OWN_RULE,)
    present = (*observed.rules, *coming)
    yield from (f"rule add {rule.selector}" for rule in wanted.rules if rule not in present)
    yield from (f"rule delete {rule.selector}" for rule in observed.rules if rule not in wanted.rules)


def _vrf(standing: Mapping[str, Device], vrf: VrfDevice) -> Iterator[str]:
    device = standing.get(vrf.name)
    if device is None:
        yield f"link add {vrf.name} type vrf table {vrf.table}"
    if device is None or not device.up or device.alias != OURS:
        yield f"link set {vrf.name} alias {OURS} up"


def _port(standing: Mapping[str, Device], port: Port) -> Iterator[str]:
    device = standing.get(port.name)
    if device is None:
        yield f"link add {port.name} type {port.made}"
        device = Device(port.name, None)
    # A master that is deleted lets go of its ports, also when one of the same name takes its place.
    master = device.master if device.master in standing else None
    if master != port.vrf:
        yield f"link set {port.name} " + (f"master {port.vrf}" if port.vrf else "nomaster")
    attributes = (
        *((f"alias {OURS}",) if port.made and device.alias != OURS else ()),
        *((f"mtu {port.mtu}",) if device.mtu != port.mtu else ()),
        *(("down" if port.shut else "up",) if device.up == port.shut else ()),
    )
    if attributes:
        yield f"link set {port.name} {' '.join(attributes)}"


def _wrong_sysctls(observed: ObservedPlumbing, wanted: Plumbing) -> tuple[Sysctl, ...]:
    wrong = [sysctl for sysctl in wanted.sysctls if _is_wrong(observed, sysctl)]
    if any(sysctl.path == "net/ipv4/ip_forward" for sysctl in wrong):
        # Writing it sets the forwarding of all devices, so that of eth0 has to be taken back afterwards.
        overwritten = [
            sysctl
            for sysctl in wanted.sysctls
            if sysctl.path.endswith("/forwarding") and sysctl.value == 0 and sysctl.path in observed.sysctls
        ]
        wrong += [sysctl for sysctl in overwritten if sysctl not in wrong]
    return tuple(wrong)


def _is_wrong(observed: ObservedPlumbing, sysctl: Sysctl) -> bool:
    if sysctl.device is not None and sysctl.device not in observed.devices:
        return False  # still to be made, from the defaults; or a node without management
    if sysctl.path not in observed.sysctls:
        # A kernel without MPLS takes no labels, and one without IPv6 sends none of it.
        return sysctl.value != 0 and not sysctl.path.startswith("net/ipv6/")
    return observed.sysctls[sysctl.path] != sysctl.value


def _write(sysctls: Iterable[Sysctl]) -> tuple[str, ...]:
    words = [f"{sysctl.path}={sysctl.value}" for sysctl in sysctls]
    return (f"sysctl -qw {shlex.join(words)}",) if words else ()


def _batch(lines: list[str]) -> tuple[str, ...]:
    return (rf"printf '%s\n' {shlex.join(lines)} | ip -batch -",) if lines else ()


def _device(link: Mapping[str, Any]) -> Device:
    info = link.get("linkinfo", {})
    return Device(
        name=link["ifname"],
        kind=info.get("info_kind"),
        table=info.get("info_data", {}).get("table") if info.get("info_kind") == "vrf" else None,
        master=link.get("master"),
        alias=link.get("ifalias"),
        mtu=link["mtu"],
        up="UP" in link["flags"],
        gre=_gre(info.get("info_data", {})) if info.get("info_kind") == "gre" else None,
    )


def _gre(data: Mapping[str, Any]) -> Gre | None:
    """A tunnel; one without a far end, as the kernel makes by itself, or of no device is none of ours."""
    if not data.keys() >= {"local", "remote", "link"} or "any" in (data["local"], data["remote"]):
        return None
    return Gre(IPv4Address(data["local"]), IPv4Address(data["remote"]), data["link"])


def _meets_all(rule: Mapping[str, Any]) -> bool:
    """Whether a rule asks VRF tables or `local` for packets from anywhere: those that VRFs depend on."""
    plain = rule.keys() <= {"priority", "src", "table", "protocol", "l3mdev", "action"}
    return plain and rule["src"] == "all" and ("l3mdev" in rule or rule.get("table") == "local")


def _rule(rule: Mapping[str, Any]) -> Rule:
    return Rule(rule["priority"], rule.get("table"), unreachable=rule.get("action") == "unreachable")


def _route(route: Mapping[str, Any]) -> HandMadeRoute:
    kind = "" if route["type"] == "unicast" else f"{route['type']} "
    more = "".join(f" {key} {route[key]}" for key in ("dev", "metric") if key in route)
    return HandMadeRoute(route["table"], f"{kind}{route['dst']} table {route['table']} proto boot{more}")


def _sysctl(line: str) -> tuple[str, int]:
    path, value = line.rsplit(":", 1)
    return path, int(value)
