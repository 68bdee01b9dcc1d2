"""From the Linux state of a node to the wanted one: a few commands, and none when all is right."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.render.addresses import Addresses, address_changes
from orchestrator.render.observed import LOCAL_TABLE, MAIN_TABLE, Device, UnexpectedPlumbing
from orchestrator.render.plumbing import KERNELS_OWN_RULE, MANAGEMENT, Dummy, Gre

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from orchestrator.render.observed import Identity, ObservedPlumbing
    from orchestrator.render.plumbing import Plumbing, Port, Sysctl, VrfDevice

# Interface alias of every device made here. What has neither it nor a name that the lab gives is not ours.
OURS = "l3vpn"
NO_ADDRESSES = Addresses(frozenset(), frozenset())


def plumbing_changes(
    observed: ObservedPlumbing, wanted: Plumbing, addresses: Addresses = NO_ADDRESSES
) -> tuple[str, ...]:
    """Shell commands that bring a node's kernel to the wanted state; empty when it is there.

    Devices that carry our alias or a name that the lab gives are made as they should be. Of others a VRF
    goes, and what has an address or stands in one of the lab's VRFs is taken out of it and shut. Routes go
    that were made by hand in the main table, a VRF's or the LFIB: there FRR alone decides.

    Args:
        observed: the node as it is.
        wanted: as it is to be.
        addresses: what FRR has put on its devices, and is to have put there.

    Raises:
        UnexpectedPlumbing: a link of the lab has no end here, which only the lab's runtime can repair.
    """
    missing = [port.name for port in wanted.ports if not port.made and port.name not in observed.devices]
    if missing:
        raise UnexpectedPlumbing(
            f"interface {', '.join(missing)} is missing: not all links of the lab are there"
        )
    gone = _unwanted(observed, wanted)
    hand_made = _hand_made(observed, wanted)
    moving = _moving(observed, gone, wanted)
    standing = {
        name: replace(device, up=device.up and name not in moving)
        for name, device in observed.devices.items()
        if name not in gone
    }
    batch = [
        *hand_made.pop("", ()),
        *(f"rule delete {rule}" for rule in observed.hand_made_rules),
        *(_rules(observed, wanted) if wanted.rules else ()),
        *(f"link set dev {name} down" for name in moving),
        *(f"link delete dev {name}" for name in gone),
        *_intruders(standing, wanted),
        *(line for vrf in wanted.vrfs for line in _vrf(standing, vrf)),
        *(line for port in wanted.ports for line in _port(standing, port)),
        *(f"link set dev {name} up" for name in ("lo",) if name in standing and not standing[name].up),
        *_neighbors(observed, wanted),
        *address_changes(observed, addresses, {*_lab_devices(wanted)} & standing.keys()),
    ]
    return (
        # Routes before all that could take them away; sysctls before devices, which start from the defaults.
        *(command for family, lines in hand_made.items() for command in _batch(lines, family)),
        *_write(_wrong_sysctls(observed, wanted)),
        *_batch(batch),
    )


def _lab_devices(wanted: Plumbing) -> tuple[str, ...]:
    return ("lo", *(vrf.name for vrf in wanted.vrfs), *(port.name for port in wanted.ports))


def _unwanted(observed: ObservedPlumbing, wanted: Plumbing) -> tuple[str, ...]:
    """Devices to delete: VRFs, and what else is ours, that nobody wants; others under names the lab gives."""
    made: dict[str, Identity] = {
        **{vrf.name: ("vrf", vrf.table) for vrf in wanted.vrfs},
        **{port.name: _identity(port.made) for port in wanted.ports if port.made},
    }
    return tuple(
        device.name
        for device in observed.devices.values()
        if device.name in made
        or device.kind == "vrf"
        or (device.alias == OURS and device.kind in ("dummy", "gre"))
        if made.get(device.name) != device.identity
    )


def _identity(made: Dummy | Gre) -> Identity:
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


def _hand_made(observed: ObservedPlumbing, wanted: Plumbing) -> dict[str, list[str]]:
    """Lines for `ip -batch` by the option that names their family."""
    # The table that answers management sessions is the runtime's.
    ours = {MAIN_TABLE, LOCAL_TABLE, *(vrf.table for vrf in wanted.vrfs)}
    lines: dict[str, list[str]] = {}
    for route in observed.routes:
        if route.table in ours:
            lines.setdefault(route.family, []).append(f"route delete {route.selector}")
    return lines


def _intruders(standing: Mapping[str, Device], wanted: Plumbing) -> Iterator[str]:
    """Shut what the lab does not know and has a route in one of its tables, by its VRF or its address."""
    known = {*_lab_devices(wanted), *wanted.left_alone, MANAGEMENT}
    vrfs = {vrf.name for vrf in wanted.vrfs} & standing.keys()
    for name, device in standing.items():
        inside = device.master in vrfs
        # Down first, as for ports that move.
        if name not in known and device.up and (inside or device.addresses):
            yield f"link set dev {name} down"
        if inside and (name == MANAGEMENT or name not in known):
            yield f"link set dev {name} nomaster"


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
        yield f"link add name {vrf.name} type vrf table {vrf.table}"
    if device is None or not device.up or device.alias != OURS:
        yield f"link set dev {vrf.name} alias {OURS} up"


def _port(standing: Mapping[str, Device], port: Port) -> Iterator[str]:
    device = standing.get(port.name)
    if device is None:
        yield f"link add name {port.name} type {port.made}"
        device = Device(port.name, None)
    # A master that is deleted lets go of its ports, also when one of the same name takes its place.
    master = device.master if device.master in standing else None
    if (master or "") != port.vrf:
        yield f"link set dev {port.name} " + (f"master {port.vrf}" if port.vrf else "nomaster")
    attributes = (
        *((f"alias {OURS}",) if port.made and device.alias != OURS else ()),
        *((f"mtu {port.mtu}",) if device.mtu != port.mtu else ()),
        *((f"address {port.mac}",) if port.mac and device.mac != port.mac else ()),
        *(("down" if port.shut else "up",) if device.up == port.shut else ()),
    )
    if attributes:
        yield f"link set dev {port.name} {' '.join(attributes)}"


def _neighbors(observed: ObservedPlumbing, wanted: Plumbing) -> Iterator[str]:
    """Behind the ports: one that comes up has none yet, and one that has gone down has lost them."""
    for one in wanted.neighbors:
        if one not in observed.neighbors:
            yield f"neigh replace {one.address} lladdr {one.mac} dev {one.device} nud permanent"


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


def _batch(lines: list[str], family: str = "") -> tuple[str, ...]:
    option = f"{family} " if family else ""
    return (rf"printf '%s\n' {shlex.join(lines)} | ip {option}-batch -",) if lines else ()
