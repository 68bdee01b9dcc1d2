"""How a node differs from what a lab wants of it: pure, whoever has looked at the node, and whenever."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.fleet.eigrp_deploy import OBSERVE_SPEAKER, ObservedSpeaker, SpeakerChange, speaker_change
from orchestrator.fleet.refusal import Refusal
from orchestrator.protocols.registry import speaker_configuration
from orchestrator.render.addresses import Addresses
from orchestrator.render.difference import UnexpectedConfiguration, configuration_changes
from orchestrator.render.frr import frr_configuration
from orchestrator.render.observed import OBSERVE, ObservedPlumbing, UnexpectedPlumbing
from orchestrator.render.plumbing import plumbing
from orchestrator.render.policy import as_applied, own_configurations
from orchestrator.render.quirks import FrrTooOld, UnknownFrrVersion
from orchestrator.render.reconcile import plumbing_changes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.model.lab import Lab
    from orchestrator.model.topology import Endpoint
    from orchestrator.render.difference import Changes
    from orchestrator.render.plumbing import Plumbing
    from orchestrator.verification.kit.answers import Unreachable

RUNNING: Final = "show running-config"
_FRR: Final = "10.3"  # any: which daemon applies a route map is the same in all versions
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
class Target:
    """What nodes are to be."""

    lab: Lab
    failed: frozenset[Endpoint]

    def plumbing(self, node: str) -> Plumbing:
        """Of a node's kernel."""
        return plumbing(self.lab, node).with_shut({end.interface for end in self.failed if end.node == node})


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be changed on one node."""

    plumbing: tuple[str, ...]
    frr: Changes
    speaker: SpeakerChange
    fresh: bool  # FRR has no configuration yet, so there is nothing that a bad line could leave half changed

    def __bool__(self) -> bool:
        return bool(self.plumbing or self.frr.commands or self.speaker)


def state_commands(lab: Lab, node: str) -> tuple[str, ...]:
    """What is asked of a node to compare it."""
    own = own_configurations(frr_configuration(lab, node, _FRR))
    return (OBSERVE, OBSERVE_SPEAKER, RUNNING, *own.values())


def compare(seen: Mapping[str, tuple[str, int]], target: Target, node: str) -> Change | Refusal:
    """Find what must be changed on a node; a `Refusal` where it is none of ours.

    Args:
        seen: output and exit status of each of its `state_commands`.
        target: what it is to be.
        node: its name.
    """
    observed, status = seen[OBSERVE]
    running, _ = seen[RUNNING]
    version = re.search(r"^frr version (\S+)$", running, re.MULTILINE)
    if status or version is None:
        said = (observed if status else running).strip().rpartition("\n")[2]
        return Refusal("", f"is not an FRR node as expected: {said}")
    try:
        wanted = frr_configuration(target.lab, node, version[1])
        own = {daemon: seen[asked][0] for daemon, asked in own_configurations(wanted).items()}
        running = as_applied(running, wanted, own)
        kernel = plumbing_changes(
            ObservedPlumbing.read(observed), target.plumbing(node), Addresses.of(running, wanted)
        )
        changes = configuration_changes(running, wanted, version[1])
    except (UnexpectedPlumbing, UnexpectedConfiguration, UnknownFrrVersion, FrrTooOld) as error:
        return Refusal("", str(error))
    speaker = speaker_change(
        ObservedSpeaker.read(seen[OBSERVE_SPEAKER][0]), speaker_configuration(target.lab, node)
    )
    fresh = _CONFIGURED.search(running) is None
    return Change(kernel, changes, speaker, fresh=fresh)


def difference(change: Change | Refusal, node: str) -> PushResult:
    """What a push would do about it."""
    if isinstance(change, Refusal):
        return PushResult(node, failure=change)
    return PushResult(node, change.plumbing, change.frr.unified, change.speaker.unified)
