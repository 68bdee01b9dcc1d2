"""Bringing nodes to what the lab wants of them: the kernel first, then FRR, and only what differs.

Each node goes its way side by side with the others: one look at its kernel and its running configuration;
if something differs, one command that checks the change (`vtysh -C`), mends the kernel and hands the change
to vtysh as a whole (line by line takes seven times as long); and a second look that must find nothing left.
What FRR takes without acting on it, such as the timers of a session that is up, it is made to act on.
The EIGRP speaker comes last, since it runs on interfaces and in VRFs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from orchestrator.fleet.refusal import Refusal
from orchestrator.fleet.sending import send
from orchestrator.fleet.speaker import (
    OBSERVE_SPEAKER,
    ObservedSpeaker,
    SpeakerChange,
    send_speaker,
    speaker_change,
)
from orchestrator.protocols.registry import speaker_configuration
from orchestrator.render.addresses import Addresses
from orchestrator.render.difference import configuration_changes
from orchestrator.render.frr import frr_configuration
from orchestrator.render.observed import OBSERVE, ObservedPlumbing, UnexpectedPlumbing
from orchestrator.render.plumbing import plumbing
from orchestrator.render.quirks import UnknownFrrVersion
from orchestrator.render.reconcile import plumbing_changes
from orchestrator.verification.kit.answers import Unreachable, silent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.fleet.fleet import Fleet
    from orchestrator.fleet.session import FrrConnection
    from orchestrator.model.lab import Lab, Vrf
    from orchestrator.model.topology import Endpoint
    from orchestrator.render.difference import Changes
    from orchestrator.render.plumbing import Plumbing
    from orchestrator.verification.kit.answers import Progress

_RUNNING: Final = "show running-config"
_CONFIGURED: Final = re.compile(r"^(interface|router|vrf|route-map|mpls) ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PushResult:
    """What a push did, or with `dry_run` would do, on one node.

    Attributes:
        node: its name.
        plumbing: commands for its kernel.
        configuration: difference of FRR's configuration, unified; from what runs to what is wanted.
        eigrp: the same of the EIGRP speaker, whose first line says which program runs.
        failure: why the node is not as it should be; None if it is, or nobody tried.
    """

    node: str
    plumbing: tuple[str, ...] = ()
    configuration: str = ""
    eigrp: str = ""
    failure: Unreachable | Refusal | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing went wrong."""
        return self.failure is None

    @property
    def differs(self) -> bool:
        """Whether there was anything to change."""
        return bool(self.plumbing or self.configuration or self.eigrp)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What nodes are to be."""

    lab: Lab
    failed: frozenset[Endpoint]

    def plumbing(self, node: str) -> Plumbing:
        """Of a node's kernel."""
        return plumbing(self.lab, node).with_shut({end.interface for end in self.failed if end.node == node})


@dataclass(frozen=True, slots=True)
class _Change:
    """What is to be changed on one node."""

    plumbing: tuple[str, ...]
    frr: Changes
    speaker: SpeakerChange
    fresh: bool  # FRR has no configuration yet, so there is nothing that a bad line could leave half changed

    def __bool__(self) -> bool:
        return bool(self.plumbing or self.frr.commands or self.speaker)


def push(  # noqa: PLR0913 -- all but the first two have a default that fits
    fleet: Fleet,
    lab: Lab,
    nodes: Iterable[str] | None = None,
    *,
    dry_run: bool = False,
    progress: Progress = silent,
    failed: frozenset[Endpoint] = frozenset(),
) -> dict[str, PushResult]:
    """Bring nodes of a running lab to what `lab` wants; with nothing to change, send nothing.

    A node that cannot be reached or refuses a line is reported; the others are finished.

    Args:
        fleet: sessions to the nodes.
        lab: what is wanted.
        nodes: the nodes to look at; all unless named.
        dry_run: only say what differs.
        progress: told what each node is doing.
        failed: interfaces that are down on purpose, and stay so.

    Returns:
        By node, in the order of the lab.

    Raises:
        KeyError: a node that the lab or the fleet does not have.
    """
    named = tuple(node.name for node in lab.nodes) if nodes is None else tuple(nodes)

    wish = _Wish(lab, failed)

    def bring(session: FrrConnection, node: str) -> PushResult:
        return _bring(session, wish, node, fleet.patience, progress, dry_run=dry_run)

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

    def enter(session: FrrConnection, configuration: str) -> Refusal | None:
        return send(session, (), configuration, check=False)

    answers = fleet.each(commands, enter, "importing again")
    return {node: PushResult(node, configuration=commands[node], failure=answers[node]) for node in commands}


def _bring(  # noqa: PLR0913 -- one node's part of `push`
    session: FrrConnection, wish: _Wish, node: str, patience: float, progress: Progress, *, dry_run: bool
) -> PushResult:
    change = _compare(session, wish, node, patience)
    if isinstance(change, Refusal):
        return PushResult(node, failure=change)
    result = PushResult(node, change.plumbing, change.frr.unified, change.speaker.unified)
    if dry_run or not change:
        return result
    progress(node, "changing")
    frr = change.frr
    refusal = send(session, change.plumbing, frr.commands, frr.resets, check=not change.fresh)
    if refusal is None and change.speaker:
        refusal = send_speaker(session, change.speaker)
    if refusal is not None:
        return replace(result, failure=refusal)
    progress(node, "reading back")
    return replace(result, failure=_read_back(session, wish, node, patience))


def _compare(session: FrrConnection, wish: _Wish, node: str, patience: float) -> _Change | Refusal:
    """Look at the node, and find what must be changed; a `Refusal` where it is none of ours."""
    seen = session.look([OBSERVE, OBSERVE_SPEAKER, _RUNNING], patience)
    observed, status = seen[OBSERVE]
    running, _ = seen[_RUNNING]
    version = re.search(r"^frr version (\S+)$", running, re.MULTILINE)
    if status or version is None:
        said = (observed if status else running).strip().rpartition("\n")[2]
        return Refusal("", f"is not an FRR node as expected: {said}")
    try:
        wanted = frr_configuration(wish.lab, node, version[1])
        kernel = plumbing_changes(
            ObservedPlumbing.read(observed), wish.plumbing(node), Addresses.of(running, wanted)
        )
        changes = configuration_changes(running, wanted, version[1])
    except (UnexpectedPlumbing, UnknownFrrVersion) as error:
        return Refusal("", str(error))
    speaker = speaker_change(
        ObservedSpeaker.read(seen[OBSERVE_SPEAKER][0]), speaker_configuration(wish.lab, node)
    )
    fresh = _CONFIGURED.search(running) is None
    return _Change(kernel, changes, speaker, fresh=fresh)


def _read_back(session: FrrConnection, wish: _Wish, node: str, patience: float) -> Refusal | None:
    left = _compare(session, wish, node, patience)
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
