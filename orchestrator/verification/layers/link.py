"""Link: carrier, MTU and addresses."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.model.family import Family, of_one_link, written
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer, OnPort
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.link_echo import link_echoes
from orchestrator.verification.kit.wording import equal, exactly, hint_command, listed
from orchestrator.verification.layers.kernel import mpls_input_id, platform_labels_id, port_id
from parsers.kernel import DEVICES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.family import IpInterface
    from orchestrator.model.lab import Interface, Lab, SparePort
    from orchestrator.model.topology import Endpoint, Link
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts
    from orchestrator.verification.kit.link_echo import LinkEcho
    from parsers import Command
    from parsers.kernel import DeviceFact


def up_id(link: Link) -> CheckId:
    """The check that both ends of a link have a carrier."""
    return CheckId(Layer.LINK, "up", link)


def mtu_id(interface: Interface) -> CheckId:
    """The check of an interface's MTU."""
    return CheckId(Layer.LINK, "mtu", interface.node, (OnPort(interface.name),))


def address_id(interface: Interface) -> CheckId:
    """The check of an interface's addresses."""
    return CheckId(Layer.LINK, "address", interface.node, (OnPort(interface.name),))


def labelled_id(interface: Interface) -> CheckId:
    """The check that what is sent over a core link, labelled or not, arrives at its far end."""
    return CheckId(Layer.LINK, "labelled", interface.node, (OnPort(interface.name),))


def sound_ids(lab: EffectiveLab, own: Interface, far: Interface) -> tuple[CheckId, ...]:
    """Everything that must hold for IP to work over the link between two interfaces."""
    link = lab.link_of(own)
    ends = (own, far)
    return (
        up_id(link),
        *map(mtu_id, ends),
        *map(address_id, ends),
        *map(port_id, ends),
    )


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """Each link, and each interface of each node that is up."""
    for link in lab.links:
        yield Check(
            up_id(link),
            "both ends are up and have a carrier",
            partial(judge_up, link=link),
            tuple(Query(end.node, DEVICES) for end in link),
            why="A link with one end down carries nothing.",
            hint=hint_command(lab.lab, link.a.node, f"ip link show dev {link.a.interface}"),
        )
    up = {node.name for node in lab.nodes}
    for interface in _interfaces(lab.lab):
        if interface.node in up:
            yield from _of_interface(lab, interface)
    for node in lab.provider_nodes:
        for own, far in lab.core_links_of(node.name):
            yield _labelled(lab, own, far)
    for spare in lab.lab.spares:
        if spare.end.node in up:
            yield _spare(lab, spare)


def _interfaces(lab: Lab) -> tuple[Interface, ...]:
    """All of a lab, each once; a LAN may have IPv6 alone."""
    known = {(one.node, one.name) for one in lab.interfaces}
    of_ipv6 = () if lab.ipv6 is None else lab.ipv6.interfaces
    return (*lab.interfaces, *(one for one in of_ipv6 if (one.node, one.name) not in known))


def _addresses(lab: Lab, interface: Interface) -> tuple[IpInterface, ...]:
    """Those that an interface has in both families."""
    seen = (lab,) if lab.ipv6 is None else (lab, lab.ipv6)
    own = (one for each in seen for one in each.interfaces_of(interface.node) if one.name == interface.name)
    return tuple(dict.fromkeys(one.address for one in own))


def _labelled(lab: EffectiveLab, own: Interface, far: Interface) -> Check:
    links = tuple((one.name, one.address.ip, other.address.ip) for one, other in lab.core_links_of(own.node))
    command = link_echoes(links)
    return Check(
        labelled_id(own),
        f"packets with and without a label cross {own.name} to {far.node}",
        partial(judge_labelled, command=command, own=own, far=far),
        (Query(own.node, command), Query(far.node, DEVICES)),
        after=(
            *sound_ids(lab, own, far),
            *(one for end in (own, far) for one in (mpls_input_id(end.node), platform_labels_id(end.node))),
        ),
        why="Requests or replies are lost on this link, whatever the state of the protocols on it: check "
        "the neighbour's link layer address, filters (tc), and the far end's counters.",
        hint=hint_command(
            lab.lab,
            own.node,
            f"sh -c 'ip neigh show dev {own.name}; tc -s qdisc show dev {own.name}; "
            f"tc filter show dev {own.name} egress'",
        ),
    )


def judge_labelled(
    facts: Facts, *, command: Command[tuple[LinkEcho, ...]], own: Interface, far: Interface
) -> Judgement:
    """A plain and a labelled packet get to the far end, which answers, at the address that is its own."""
    expected = f"{far.node} answers, at {far.address.ip}, without and with a label"
    echo = next((one for one in facts.of(own.node, command) if one.interface == own.name), None)
    if echo is None:
        return Judgement(holds=False, expected=expected, observed="nothing was sent")
    device = _device(facts, far.node, far.name)
    if echo.mac is not None and device is not None and device.mac not in {None, echo.mac}:
        observed = f"{own.node} sends to {echo.mac}, and {far.node}:{far.name} is {device.mac}"
        return Judgement(holds=False, expected=expected, observed=observed)
    lost = [kind for kind, ok in (("without", echo.plain), ("with", echo.labelled)) if not ok]
    return Judgement(
        not lost,
        expected,
        f"no answer to packets {' and '.join(lost)} a label from {own.node}:{own.name}" if lost else expected,
    )


def _spare(lab: EffectiveLab, spare: SparePort) -> Check:
    node, name = spare.end.node, spare.end.interface
    return Check(
        CheckId(Layer.LINK, "spare", node, (OnPort(name),)),
        f"{name} is shut: no site is attached there",
        partial(judge_spare, spare=spare),
        (Query(node, DEVICES),),
        why="A customer's port that nobody ordered, or that was given back, must not lead into any table.",
        hint=hint_command(lab.lab, node, f"ip addr show dev {name}"),
    )


def _of_interface(lab: EffectiveLab, interface: Interface) -> Iterator[Check]:
    node, name, addresses = interface.node, interface.name, _addresses(lab.lab, interface)
    if interface.far is not None:
        yield Check(
            mtu_id(interface),
            f"{name} has an MTU of {interface.mtu}",
            partial(judge_mtu, interface=interface),
            (Query(node, DEVICES),),
            why="An MTU mismatch keeps OSPF in ExStart and drops large packets; two labels cost 8 octets.",
            hint=hint_command(lab.lab, node, f"ip link show dev {name}"),
        )
    yield Check(
        address_id(interface),
        f"{name} has the address {' and '.join(_text(one) for one in addresses)}",
        partial(judge_address, interface=interface, addresses=addresses),
        (Query(node, DEVICES),),
        why="Neighbours on a link must share a subnet, and loopbacks name the LSPs.",
        hint=hint_command(lab.lab, node, f"ip addr show dev {name}"),
    )


def _device(facts: Facts, node: str, name: str) -> DeviceFact | None:
    return next((one for one in facts.of(node, DEVICES) if one.name == name), None)


def _condition(facts: Facts, end: Endpoint) -> str:
    device = _device(facts, end.node, end.interface)
    if device is None:
        return "missing"
    if not device.up:
        return "down"
    return "up" if device.lower_up else "no carrier"


def judge_up(facts: Facts, *, link: Link) -> Judgement:
    """Both ends are administratively up and have a carrier (LOWER_UP)."""
    return equal(
        ", ".join(f"{end} up" for end in link),
        ", ".join(f"{end} {_condition(facts, end)}" for end in link),
    )


def judge_spare(facts: Facts, *, spare: SparePort) -> Judgement:
    """The port is down, in no VRF and without an IPv4 address."""
    expected = "down, in no VRF, no address"
    device = _device(facts, spare.end.node, spare.end.interface)
    if device is None:
        return Judgement(holds=False, expected=expected, observed="no such interface")
    addresses = [str(one) for one in device.addresses if one.version == 4]  # noqa: PLR2004 -- IPv4
    table = f"in VRF {device.master}" if device.master else "in no VRF"
    return equal(expected, f"{'up' if device.up else 'down'}, {table}, {listed(addresses, 'no address')}")


def judge_mtu(facts: Facts, *, interface: Interface) -> Judgement:
    """The device has the MTU of the model."""
    device = _device(facts, interface.node, interface.name)
    return equal(interface.mtu, "no such interface" if device is None else device.mtu)


def judge_address(facts: Facts, *, interface: Interface, addresses: tuple[IpInterface, ...]) -> Judgement:
    """The device has exactly the model's addresses, beside those of the host and of the link alone.

    IPv6 counts where the device is to have it: elsewhere no route leads to it.
    """
    device = _device(facts, interface.node, interface.name)
    if device is None:
        return Judgement(holds=False, expected=listed(map(_text, addresses)), observed="no such interface")
    families = {Family.IPV4, *map(Family.of, addresses)}
    seen = [
        _text(one)
        for one in device.addresses
        if Family.of(one) in families and not one.ip.is_loopback and not of_one_link(one.ip)
    ]
    return exactly([_text(one) for one in addresses], seen, nothing="no address")


def _text(address: IpInterface) -> str:
    return f"{written(address.ip)}/{address.network.prefixlen}"
