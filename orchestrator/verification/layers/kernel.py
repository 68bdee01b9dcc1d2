"""Kernel: what Linux must be set to before any protocol can do its part."""

from __future__ import annotations

import re
from functools import cache, partial
from ipaddress import IPv4Network, IPv6Interface
from itertools import chain
from typing import TYPE_CHECKING

from orchestrator.model.lab import InterfaceKind
from orchestrator.model.lans import EVERYTHING
from orchestrator.model.memory import remembered
from orchestrator.model.mpls_ports import label_switching_ports
from orchestrator.model.topology import Endpoint, Role
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, InVrf, Layer, OnPort
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.settings import forwarding_settings, sysctl_key
from orchestrator.verification.kit.wording import equal, exactly, hint_command, listed, nothing_else
from parsers.kernel import DEVICES, KERNEL_ROUTES, QDISCS, RULES, sysctls

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Interface, Lab, Vrf
    from orchestrator.model.sham_link import ShamEnd, ShamLink
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts
    from parsers.kernel import DeviceFact, KernelRoute, Sysctl

MANAGEMENT = "eth0"
MANAGEMENT_TABLE = 220
"""Holds the way back to the orchestrator, looked up only for packets from eth0's own address."""
_MANAGEMENT_RULE = re.compile(rf"from [0-9.]+ lookup {MANAGEMENT_TABLE}")
_LOCAL_TABLE = 255
_FEWEST_LABELS = 1000
_DATA_KINDS = (
    InterfaceKind.CORE,
    InterfaceKind.ACCESS,
    InterfaceKind.INTERCONNECT,
    InterfaceKind.BACKDOOR,
    InterfaceKind.HOST,
    InterfaceKind.SHAM_LINK,
)
_CARRYING = (*_DATA_KINDS, InterfaceKind.LAN)
_VRF_RULES = (
    "1000: from all lookup [l3mdev-table]",
    "2000: from all lookup [l3mdev-table] unreachable",
    "32765: from all lookup local",
)
"""Without the second, what a VRF's table does not know leaves by the provider's routes; with `local` at 0, as
the kernel has it, a customer reaches the PE's own addresses."""
_RULES = ("0: from all lookup local", "32766: from all lookup main", "32767: from all lookup default")


@cache
def mpls_input_id(node: str) -> CheckId:
    """The check that labelled packets are accepted on exactly the core interfaces."""
    return CheckId(Layer.KERNEL, "mpls-input", node)


@cache
def ip_forward_id(node: str) -> CheckId:
    """The check that a node is a router."""
    return CheckId(Layer.KERNEL, "ip-forward", node)


@cache
def port_forwarding_id(node: str) -> CheckId:
    """The check that a node forwards what comes in on each of its ports."""
    return CheckId(Layer.KERNEL, "forwarding", node)


@cache
def rules_id(node: str) -> CheckId:
    """The check that the tables alone decide where a packet goes."""
    return CheckId(Layer.KERNEL, "rules", node)


@cache
def qdiscs_id(node: str) -> CheckId:
    """The check that nothing on a port delays, drops or changes packets."""
    return CheckId(Layer.KERNEL, "qdiscs", node)


def platform_labels_id(node: str) -> CheckId:
    """The check that there is an LFIB at all."""
    return CheckId(Layer.KERNEL, "platform-labels", node)


def ttl_propagation_id(node: str) -> CheckId:
    """The check whether labels begin with the TTL of what they are put on."""
    return CheckId(Layer.KERNEL, "ttl-propagation", node)


def vrf_id(vrf: Vrf) -> CheckId:
    """The check of a VRF's device."""
    return CheckId(Layer.KERNEL, "vrf", vrf.pe, (InVrf(vrf.name),))


def port_id(interface: Interface) -> CheckId:
    """The check that an interface belongs to the VRF it should, or to none."""
    return CheckId(Layer.KERNEL, "port", interface.node, (OnPort(interface.name),))


def tunnel_id(link: ShamLink, own: ShamEnd) -> CheckId:
    """The check of the tunnel that stands for a sham link, at one of its ends."""
    return CheckId(Layer.KERNEL, "tunnel", own.pe, (OnPort(link.device),))


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """What each node that is up must be set to."""
    for node in lab.nodes:
        yield from _settings(lab.lab, node.name)
        yield from _devices(lab, node.name)
        yield _management(lab.lab, node.name)
        yield _rules(lab.lab, node.name)
        yield _qdiscs(lab, node.name)


def _names(lab: Lab, node: str) -> tuple[str, ...]:
    """All devices of a node that the lab knows, but management."""
    interfaces = (one.name for one in lab.interfaces_of(node))
    return tuple(dict.fromkeys((*interfaces, *_vrf_names(lab, node))))


def _vrf_names(lab: Lab, node: str) -> tuple[str, ...]:
    """The VRF devices of a node."""
    return tuple(vrf.name for vrf in lab.vrfs_of(node))


def _settings(lab: Lab, node: str) -> Iterator[Check]:
    names = _names(lab, node)
    query = Query(node, forwarding_settings(names))
    core = label_switching_ports(lab, node)
    yield Check(
        mpls_input_id(node),
        "labelled packets are accepted on exactly the core interfaces",
        partial(judge_mpls_input, node=node, names=names, core=core),
        (query,),
        why="Without it a core interface silently drops every labelled packet; on any other interface it "
        "lets a customer inject labelled packets into the core (RFC 4364 13.1).",
        hint=hint_command(lab, node, "sysctl -a -r mpls.conf"),
    )
    if lab.node(node).role is Role.HOST:
        return
    yield Check(
        ip_forward_id(node),
        "forwards IP",
        partial(judge_sysctl, node=node, names=names, key="net.ipv4.ip_forward", value="1"),
        (query,),
        why="Without it the node is a host: it drops everything that is not for itself.",
        hint=hint_command(lab, node, "sysctl net.ipv4.ip_forward"),
    )
    carriers = (*(one.name for one in lab.interfaces_of(node, *_CARRYING)), *_vrf_names(lab, node))
    yield Check(
        port_forwarding_id(node),
        "IP forwarding is on for each of its ports",
        partial(judge_port_forwarding, node=node, names=names, carriers=carriers),
        (query,),
        after=(ip_forward_id(node),),
        why="A port with forwarding = 0 drops each IP packet that is to go on, while sessions over it "
        "stay up.",
        hint=hint_command(lab, node, "sysctl -a -r 'ipv4.conf.*[.]forwarding'"),
    )
    if lab.node(node).role.in_provider:
        yield Check(
            platform_labels_id(node),
            "has an MPLS label table (platform_labels)",
            partial(judge_platform_labels, node=node, names=names, needed=_labels_needed(lab, node)),
            (query,),
            why="net.mpls.platform_labels is the size of the LFIB; at 0, Linux' default, no label can be "
            "installed.",
            hint=hint_command(lab, node, "sysctl net.mpls.platform_labels"),
        )
        yield from _ttl_propagation(lab, node)


def _ttl_propagation(lab: Lab, node: str) -> Iterator[Check]:
    key, wanted = "net.mpls.ip_ttl_propagate", lab.provider_of(node).propagate_ttl
    if wanted is not None:
        yield Check(
            ttl_propagation_id(node),
            f"labels {'begin' if wanted else 'do not begin'} with the TTL of the packet (ip_ttl_propagate)",
            partial(judge_setting, node=node, key=key, value=str(int(wanted))),
            (Query(node, sysctls(key)),),
            why="A PE that differs from the others hides the core from some customers only, or gives packets "
            "the TTL of a label that began with another: all of a core must do alike (RFC 3443 3).",
            hint=hint_command(lab, node, f"sysctl {key}"),
        )


def _labels_needed(lab: Lab, node: str) -> int:
    """LDP (from 16) and BGP (from 80, FRR's pool) need few; segment routing has a block of its own."""
    blocks = (one.srgb.last + 1 for one in lab.provider_of(node).segments if one.node == node)
    return max((_FEWEST_LABELS, *blocks))


def _devices(lab: EffectiveLab, node: str) -> Iterator[Check]:
    query = Query(node, DEVICES)
    hint = hint_command(lab.lab, node, "ip -d link show type vrf")
    vrfs = lab.lab.vrfs_of(node)
    for vrf in vrfs:
        yield Check(
            vrf_id(vrf),
            f"VRF {vrf.name} is a device with table {vrf.table}",
            partial(judge_vrf, vrf=vrf),
            (query,),
            why="FRR's VRF is the Linux VRF device of the same name; its table holds the customer's routes.",
            hint=hint,
        )
    yield Check(
        CheckId(Layer.KERNEL, "vrfs", node),
        "no other VRF",
        partial(judge_no_other_vrf, node=node, names=tuple(vrf.name for vrf in vrfs)),
        (query,),
        why="A VRF that is not in the intent can hide or leak routes.",
        hint=hint,
    )
    for interface in lab.lab.interfaces_of(node, *_CARRYING):
        if interface.kind is InterfaceKind.LAN and interface.far is None:
            continue
        yield Check(
            port_id(interface),
            f"{interface.name} belongs to {_table_name(interface.vrf)}",
            partial(judge_port, interface=interface),
            (query,),
            after=(vrf_id(lab.lab.vrf(node, interface.vrf)),) if interface.vrf else (),
            why="The interface's VRF decides in which customer's table a packet is looked up.",
            hint=hint_command(lab.lab, node, f"ip -d link show dev {interface.name}"),
        )
    for vrf in vrfs:
        for link, own, far in lab.lab.sham_links_of(vrf):
            yield _tunnel(lab, link, own, far)


def _tunnel(lab: EffectiveLab, link: ShamLink, own: ShamEnd, far: ShamEnd) -> Check:
    mtu = lab.lab.interface(Endpoint(own.pe, link.device)).mtu
    return Check(
        tunnel_id(link, own),
        f"{link.device} is a tunnel to {far.pe} through VRF {own.vrf}",
        partial(judge_tunnel, link=link, own=own, far=far, mtu=mtu),
        (Query(own.pe, DEVICES),),
        after=(vrf_id(lab.lab.vrf(own.pe, own.vrf)),),
        why="FRR has no sham links: a GRE tunnel between two addresses of the VRF stands for one. With ends "
        "that differ, or MTUs, OSPF finds no neighbour on it; with an IPv6 address the kernel sends more "
        "than OSPF over it.",
        hint=hint_command(lab.lab, own.pe, f"ip -d link show dev {link.device}"),
    )


def _management(lab: Lab, node: str) -> Check:
    names = _names(lab, node)
    return Check(
        CheckId(Layer.KERNEL, "management", node),
        f"{MANAGEMENT} carries no data traffic",
        partial(judge_management, node=node, names=names, lab=lab),
        (Query(node, forwarding_settings(names)), Query(node, KERNEL_ROUTES), Query(node, DEVICES)),
        why="Management is a second path between all nodes: a route or forwarding over it would make a "
        "broken lab look right, and join what VPNs keep apart.",
        hint=hint_command(lab, node, f"ip route show table all dev {MANAGEMENT}"),
    )


def _rules(lab: Lab, node: str) -> Check:
    return Check(
        rules_id(node),
        "no unexpected policy routing rule",
        partial(judge_rules, node=node, with_vrfs=bool(lab.vrfs_of(node))),
        (Query(node, RULES),),
        why="A rule of policy routing sends packets past the tables, all of which look right: to nowhere "
        "(blackhole), or into another customer's VRF.",
        hint=hint_command(lab, node, "ip rule"),
    )


def _qdiscs(lab: EffectiveLab, node: str) -> Check:
    impaired = lab.state.links_impaired | lab.state.links_silent
    return Check(
        qdiscs_id(node),
        "no queueing discipline or filter on its ports",
        partial(
            judge_qdiscs,
            node=node,
            names=_names(lab.lab, node),
            impaired=tuple(end.interface for link in impaired for end in link if end.node == node),
        ),
        (Query(node, QDISCS),),
        why="A queueing discipline (netem, tbf) and the filters under one (clsact) drop packets although "
        "every table is right; to impair a link on purpose use `fail`.",
        hint=hint_command(lab.lab, node, "tc -s qdisc show"),
    )


def judge_tunnel(facts: Facts, *, link: ShamLink, own: ShamEnd, far: ShamEnd, mtu: int) -> Judgement:
    """The device is GRE between the two endpoints, routed by the VRF, up, with this MTU and without IPv6."""
    expected = f"GRE from {own.endpoint.ip} to {far.endpoint.ip} by {own.vrf}, MTU {mtu}, up"
    device = _device(facts, own.pe, link.device)
    if device is None:
        return Judgement(holds=False, expected=expected, observed="no such device")
    if device.tunnel is None:
        return Judgement(holds=False, expected=expected, observed=f"a {device.kind} device without a far end")
    ends = f"GRE from {device.tunnel.local} to {device.tunnel.remote} by {device.tunnel.device or 'no VRF'}"
    also = "".join(f", {one}" for one in device.addresses if isinstance(one, IPv6Interface))
    return equal(expected, f"{ends}, MTU {device.mtu}, {'up' if device.up else 'down'}{also}")


def _table_name(vrf: str | None) -> str:
    return f"VRF {vrf}" if vrf else "no VRF"


def _settings_of(facts: Facts, node: str, names: tuple[str, ...]) -> Mapping[str, str | None]:
    answers: tuple[Sysctl, ...] = facts.of(node, forwarding_settings(names))
    return {one.key: one.value for one in answers}


def judge_mpls_input(facts: Facts, *, node: str, names: tuple[str, ...], core: tuple[str, ...]) -> Judgement:
    """`net.mpls.conf.*.input` is on for the core interfaces and for none else."""
    settings = _settings_of(facts, node, names)
    on = [
        name
        for name in (*names, MANAGEMENT)
        if settings.get(sysctl_key("net.mpls.conf", name, "input")) not in ("0", None)
    ]
    return exactly(core, on, nothing="no interface")


def judge_port_forwarding(
    facts: Facts, *, node: str, names: tuple[str, ...], carriers: tuple[str, ...]
) -> Judgement:
    """`net.ipv4.conf.*.forwarding` is on for all that carries data."""
    settings = _settings_of(facts, node, names)
    on = [name for name in carriers if settings.get(sysctl_key("net.ipv4.conf", name, "forwarding")) == "1"]
    return exactly(carriers, on, nothing="no interface")


def judge_rules(facts: Facts, *, node: str, with_vrfs: bool) -> Judgement:
    """No rules but Linux', VRFs' and management's; where there are VRFs, these are there."""
    seen = [
        f"{one.preference}: {one.selector}"
        for one in facts.of(node, RULES)
        if not _MANAGEMENT_RULE.fullmatch(one.selector)
    ]
    missing = [one for one in _VRF_RULES if with_vrfs and one not in seen]
    wanted = (*_VRF_RULES, *(_RULES[1:] if with_vrfs else _RULES))
    extra = [one for one in seen if one not in wanted]
    marks = [f"{word} {listed(ones)}" for word, ones in (("missing", missing), ("also", extra)) if ones]
    expected = "Linux' rules, management's, and those that VRFs need"
    return Judgement(not marks, expected, "; ".join(marks) or expected)


def judge_qdiscs(facts: Facts, *, node: str, names: tuple[str, ...], impaired: tuple[str, ...]) -> Judgement:
    """No queueing discipline but the kernel's own, and netem exactly where a link is impaired on purpose."""
    seen = [
        f"{one.discipline} on {one.device}"
        for one in facts.of(node, QDISCS)
        if not one.own and one.device in names
    ]
    injected = [f"netem on {name}" for name in impaired]
    if missing := [one for one in injected if one not in seen]:
        return Judgement(holds=False, expected=listed(injected), observed=f"missing: {listed(missing)}")
    return nothing_else(injected, seen, "queueing disciplines")


def judge_sysctl(facts: Facts, *, node: str, names: tuple[str, ...], key: str, value: str) -> Judgement:
    """One setting has one value."""
    return equal(value, _settings_of(facts, node, names).get(key) or "no such setting")


def judge_setting(facts: Facts, *, node: str, key: str, value: str) -> Judgement:
    """A sysctl that is asked for alone has this value."""
    seen = {one.key: one.value for one in facts.of(node, sysctls(key))}
    return equal(value, seen.get(key, "this kernel has no such setting"))


def judge_platform_labels(facts: Facts, *, node: str, names: tuple[str, ...], needed: int) -> Judgement:
    """The LFIB has room for all labels that are handed out."""
    value = _settings_of(facts, node, names).get("net.mpls.platform_labels")
    if value is None:
        return Judgement(holds=False, expected=f"at least {needed}", observed="this kernel has no MPLS")
    enough = value.isdecimal() and int(value) >= needed
    return Judgement(enough, f"at least {needed}", value)


def _device(facts: Facts, node: str, name: str) -> DeviceFact | None:
    return next((one for one in facts.of(node, DEVICES) if one.name == name), None)


def judge_vrf(facts: Facts, *, vrf: Vrf) -> Judgement:
    """The VRF device is there, up, with its table."""
    device = _device(facts, vrf.pe, vrf.name)
    if device is None:
        return Judgement(holds=False, expected=f"table {vrf.table}, up", observed="no such device")
    if device.kind != "vrf":
        return Judgement(holds=False, expected=f"table {vrf.table}, up", observed=f"a {device.kind} device")
    return equal(f"table {vrf.table}, up", f"table {device.vrf_table}, {'up' if device.up else 'down'}")


def judge_no_other_vrf(facts: Facts, *, node: str, names: tuple[str, ...]) -> Judgement:
    """No VRF device but the intent's."""
    return nothing_else(names, (one.name for one in facts.of(node, DEVICES) if one.kind == "vrf"), "VRFs")


def judge_port(facts: Facts, *, interface: Interface) -> Judgement:
    """The interface is enslaved to its VRF, or to nothing."""
    device = _device(facts, interface.node, interface.name)
    if device is None:
        return Judgement(holds=False, expected=_table_name(interface.vrf), observed="no such interface")
    return equal(_table_name(interface.vrf), _table_name(device.master))


def judge_management(facts: Facts, *, node: str, names: tuple[str, ...], lab: Lab) -> Judgement:
    """Neither forwarding, nor labels, nor a VRF, nor a route that data could follow."""
    settings = _settings_of(facts, node, names)
    faults = []
    if settings.get(sysctl_key("net.ipv4.conf", MANAGEMENT, "forwarding")) != "0":
        faults.append("forwards IP")
    if settings.get(sysctl_key("net.mpls.conf", MANAGEMENT, "input")) not in ("0", None):
        faults.append("accepts labels")
    device = _device(facts, node, MANAGEMENT)
    if device is not None and device.master is not None:
        faults.append(f"belongs to VRF {device.master}")
    stray = [_route_text(one) for one in facts.of(node, KERNEL_ROUTES) if _carries_data(one, lab)]
    if stray:
        faults.append(f"routes: {listed(stray)}")
    return Judgement(
        not faults,
        expected="no forwarding, no labels, no VRF, no route but its own subnet",
        observed="; ".join(faults) or "nothing but its own subnet",
    )


def _carries_data(route: KernelRoute, lab: Lab) -> bool:
    """Whether a route lets a packet of the lab leave over the management interface."""
    over = [hop for hop in route.hops if hop.device == MANAGEMENT]
    if not over or route.kind != "unicast" or route.table in (MANAGEMENT_TABLE, _LOCAL_TABLE):
        return False
    if not isinstance(route.prefix, IPv4Network):
        return route.prefix.prefixlen == 0
    own_subnet = all(hop.gateway is None for hop in over) and route.prefix.prefixlen > 0
    return not own_subnet or any(route.prefix.overlaps(one) for one in _lab_networks(lab))


@remembered
def _lab_networks(lab: Lab) -> frozenset[IpNetwork]:
    prefixes = (prefix for site in lab.sites for prefix in site.prefixes)
    return frozenset((*(one.address.network for one in lab.interfaces), *prefixes)) - {EVERYTHING}


def _route_text(route: KernelRoute) -> str:
    via = [f" via {hop.gateway}" for hop in route.hops if hop.gateway is not None][:1]
    return f"{route.prefix}{''.join(via)} in table {route.table}"


@remembered
def forwarding_ids(lab: EffectiveLab, nodes: tuple[str, ...]) -> tuple[CheckId, ...]:
    """The checks without which no packet crosses `nodes`."""
    return tuple(chain.from_iterable(_forwarding_at(lab, node) for node in nodes))


@remembered
def _forwarding_at(lab: EffectiveLab, node: str) -> tuple[CheckId, ...]:
    labelled = (mpls_input_id(node),) if lab.lab.node(node).role.in_provider else ()
    return (ip_forward_id(node), *labelled)


@remembered
def crossing_ids(lab: EffectiveLab, nodes: tuple[str, ...]) -> tuple[CheckId, ...]:
    """The checks without which a customer's packet does not cross `nodes` by their tables."""
    ways = (one for node in nodes for one in (port_forwarding_id(node), rules_id(node)))
    return (*forwarding_ids(lab, nodes), *ways)
