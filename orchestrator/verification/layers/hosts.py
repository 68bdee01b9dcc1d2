"""Hosts behind CEs: their way out, and packets between them and what their site reaches."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.model.hosts import gateway_of, port_of
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.lans import EVERYTHING
from orchestrator.model.topology import Role
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import MAIN_TABLE, in_kernel
from orchestrator.verification.kit.wording import equal, hint_command
from orchestrator.verification.layers import kernel, link
from parsers.kernel import KERNEL_ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.family import IpAddress
    from orchestrator.model.lab import Interface, Lab
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts


def gateway_id(host: str) -> CheckId:
    """The check of a host's default route."""
    return CheckId(Layer.LINK, "gateway", host)


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """The default route of each host whose link carries."""
    for node in lab.with_role(Role.HOST):
        port = port_of(lab.lab, node.name)
        if lab.carries(port):
            gateway = gateway_of(lab.lab, node.name)
            yield Check(
                gateway_id(node.name),
                f"default route to {gateway.node}",
                partial(judge_gateway, host=node.name, gateway=gateway.address.ip),
                (Query(node.name, KERNEL_ROUTES),),
                after=link.sound_ids(lab, port, gateway),
                why="A host knows its LAN, and sends all else to its CE.",
                hint=hint_command(lab.lab, node.name, "ip route"),
            )


def judge_gateway(facts: Facts, *, host: str, gateway: IpAddress) -> Judgement:
    """The kernel sends to the CE what is not for the LAN."""
    route = in_kernel(facts, host, MAIN_TABLE, EVERYTHING)
    hops = [f"via {hop.gateway or hop.device}" for hop in route.hops] if route else []
    return equal(f"via {gateway}", ", ".join(hops) or "no default route")


def host_in(lab: Lab, lan: Interface) -> Interface | None:
    """The port of the host in a LAN of a CE, if one is there."""
    return None if lan.far is None else lab.interface(lan.far)


def hosts_behind(lab: EffectiveLab, ce: str) -> tuple[str, ...]:
    """The hosts in the LANs of a CE that carry."""
    lans = (one for one in lab.lab.interfaces_of(ce, InterfaceKind.LAN) if lab.carries(one))
    return tuple(one.far.node for one in lans if one.far is not None)


def sound_ids(lab: EffectiveLab, host: str) -> tuple[CheckId, ...]:
    """The checks that packets from and to a host stand on, beside those of its CE."""
    gateway = gateway_of(lab.lab, host)
    return (gateway_id(host), *kernel.crossing_ids(lab, (gateway.node,)), kernel.qdiscs_id(host))
