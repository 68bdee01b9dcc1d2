"""Bringing nodes to what the lab wants of them: the kernel first, then FRR, and only what differs.

Each node goes its way side by side with the others: one look at its kernel and its running configuration;
if something differs, one command that checks the change (`vtysh -C`), sets the kernel and hands the change
to vtysh as a whole (line by line takes seven times as long); and a second look that must find nothing left.
What FRR takes without acting on it, such as the timers of a session that is up, it is made to act on.
The EIGRP speaker comes last, since it runs on interfaces and in VRFs.
"""

from __future__ import annotations

import re
import time
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, Final

from orchestrator.fleet.comparing import Change, PushResult, Target, compare, difference, state_commands
from orchestrator.fleet.eigrp_deploy import send_speaker
from orchestrator.fleet.refusal import Refusal
from orchestrator.fleet.sending import send
from orchestrator.verification.kit.answers import Unreachable, no_node_progress

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv4Address

    from orchestrator.fleet.fleet import Fleet
    from orchestrator.fleet.session import Session
    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Lab, Vrf
    from orchestrator.model.topology import Endpoint
    from orchestrator.verification.kit.answers import NodeProgress

_ADDRESSES_WITHIN: Final = 10.0
_PAUSE: Final = 0.2


def push(  # noqa: PLR0913 -- all but the first two have a default that fits
    fleet: Fleet,
    lab: Lab,
    nodes: Iterable[str] | None = None,
    *,
    dry_run: bool = False,
    progress: NodeProgress = no_node_progress,
    failed: frozenset[Endpoint] = frozenset(),
) -> dict[str, PushResult]:
    """Bring nodes of a running lab to what `lab` wants; with nothing to change, send nothing.

    A node that cannot be reached or refuses a line is reported; the others are finished.

    Args:
        fleet: sessions to the nodes.
        lab: what is wanted.
        nodes: the nodes to look at; all unless named.
        dry_run: only say what differs.
        progress: called with what each node is doing.
        failed: interfaces that are down on purpose, and stay so.

    Returns:
        By node, in the order of the lab.

    Raises:
        KeyError: a node that the lab or the fleet does not have.
    """
    named = tuple(node.name for node in lab.nodes) if nodes is None else tuple(nodes)

    target = Target(lab, failed)

    def bring(session: Session, node: str) -> PushResult:
        return _bring(session, target, node, fleet.patience, progress, dry_run=dry_run)

    results = fleet.each({node: lab.node(node).name for node in named}, bring, "comparing")
    return {
        node: PushResult(node, failure=result) if isinstance(result, Unreachable) else result
        for node, result in results.items()
    }


def re_enter_route_targets(fleet: Fleet, lab: Lab, vrfs: Iterable[Vrf]) -> dict[str, PushResult]:
    """Make VRFs import again what they should have: enter their import route targets once more.

    FRR 10.3 to 10.7 can lose VPN-to-VRF imports for good in a race at start-up (FRR issue 22239). Entering
    the same route targets again changes no configuration and runs the import again.

    Returns:
        By node of `vrfs`.
    """
    commands: dict[str, str] = {}
    for vrf in vrfs:
        commands[vrf.pe] = commands.get(vrf.pe, "") + _import_again(lab, vrf)

    def enter(session: Session, configuration: str) -> Refusal | None:
        return send(session, (), configuration, check=False)

    answers = fleet.each(commands, enter, "importing again")
    return {node: PushResult(node, configuration=commands[node], failure=answers[node]) for node in commands}


def clear_ldp_neighbors(fleet: Fleet, neighbors: Iterable[tuple[str, IPv4Address]]) -> None:
    """Have nodes (each with the LSR ID of a neighbour) begin LDP anew, so that all labels come once more."""
    commands: dict[str, list[str]] = {}
    for node, neighbor in neighbors:
        commands.setdefault(node, []).append(f"-c 'clear mpls ldp neighbor {neighbor}'")
    fleet.execute({node: f"vtysh {' '.join(words)}" for node, words in commands.items()})


def run_spf_again(fleet: Fleet, nodes: Iterable[str]) -> None:
    """Have ospfd of nodes run another SPF: a setting of external routes goes to and fro."""
    lines = ("configure terminal", "router ospf", "compatible rfc1583", "no compatible rfc1583")
    command = " ".join(("vtysh", *(f"-c '{line}'" for line in lines)))
    fleet.execute(dict.fromkeys(nodes, command))


def clear_labelled_sessions(fleet: Fleet, nodes: Iterable[str]) -> None:
    """Have nodes begin all sessions with labelled routes anew, so that each route is given a label again."""
    fleet.execute(dict.fromkeys(nodes, "vtysh -c 'clear bgp ipv4 labeled-unicast *'"))


def make_zebra_forget(fleet: Fleet, routes: Iterable[tuple[str, IpNetwork, str]]) -> None:
    """Have zebra hear that kernels have routes no more: PE, prefix and device of each, in the main table.

    The kernel tells of a route that is taken away by command, not of one that goes with the VRF of its port.
    """
    commands: dict[str, list[str]] = {}
    for node, prefix, device in routes:
        route = f"{prefix} dev {device} table main"
        commands.setdefault(node, []).append(f"ip route add {route} && ip route del {route}")
    fleet.execute({node: "; ".join(lines) for node, lines in commands.items()})


def _bring(  # noqa: PLR0913 -- one node's part of `push`
    session: Session,
    target: Target,
    node: str,
    patience: float,
    progress: NodeProgress,
    *,
    dry_run: bool,
) -> PushResult:
    change = compare(session.ask_all(state_commands(target.lab, node), patience), target, node)
    result = difference(change, node)
    if dry_run or not change or isinstance(change, Refusal):
        return result
    progress(node, "changing")
    frr = change.frr
    refusal = send(session, change.plumbing, frr.commands, frr.resets, check=not change.fresh)
    if refusal is None and change.speaker:
        refusal = send_speaker(session, change.speaker)
    if refusal is not None:
        return replace(result, failure=refusal)
    progress(node, "reading back")
    return replace(result, failure=_read_back(session, target, node, patience))


def _read_back(session: Session, target: Target, node: str, patience: float) -> Refusal | None:
    """What is still to be done; zebra gives a device that was made anew its addresses a moment later."""
    until = time.monotonic() + _ADDRESSES_WITHIN
    while True:
        left = compare(session.ask_all(state_commands(target.lab, node), patience), target, node)
        if isinstance(left, Refusal) or not left.plumbing or time.monotonic() > until:
            return _still_to_do(left)
        Event().wait(_PAUSE)


def _still_to_do(left: Change | Refusal) -> Refusal | None:
    if isinstance(left, Refusal):
        return left
    if left.plumbing:
        return Refusal(left.plumbing[0], "accepted by the kernel, but still to be done")
    if left.frr.commands:
        line = next((one for one in left.frr.unified.splitlines() if re.match(r"[-+][^-+]", one)), "")
        return Refusal(line, "accepted by FRR, but not to be seen in its running configuration")
    if left.speaker:
        line = next((one for one in left.speaker.unified.splitlines() if re.match(r"[-+][^-+]", one)), "")
        return Refusal(line, "accepted by the EIGRP speaker, but not to be seen afterwards")
    return None


def _import_again(lab: Lab, vrf: Vrf) -> str:
    targets = " ".join(sorted(map(str, vrf.imports)))
    return (
        f"router bgp {lab.provider_of(vrf.pe).asn} vrf {vrf.name}\n"
        " address-family ipv4 unicast\n"
        f"  rt vpn import {targets}\n"
        " exit-address-family\n"
        "exit\n"
    )
