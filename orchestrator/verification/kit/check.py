"""The values of a proof: checks made from the intent, and the findings that a look leads to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from orchestrator.verification.kit.check_id import CheckId, Layer
    from orchestrator.verification.kit.facts import Facts, Query
    from orchestrator.verification.kit.probes import Probe


class Verdict(StrEnum):
    """What a check came to."""

    PASS = "PASS"  # noqa: S105 -- a verdict, not a password
    FAIL = "FAIL"
    BLOCKED = "BLOCKED"  # what it stands on does not hold, so nothing was learnt
    ERROR = "ERROR"  # could not look: a node does not answer, or says something unknown


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a judge says of the facts.

    Attributes:
        holds: whether the network is as the intent wants it.
        expected: what should be seen, in one line.
        observed: what is seen, in one line.
        why: what the difference means in network terms, where the check's own text is too general.
        hint: the command that shows more, where only the facts show at which node.
    """

    holds: bool
    expected: str
    observed: str
    why: str = ""
    hint: str = ""


Judge: TypeAlias = Callable[["Facts"], Judgement]
"""A pure function of the facts; it raises `CouldNotLook` through `Facts` only."""


@dataclass(frozen=True, slots=True)
class Check:
    """One claim that the intent makes about the running network.

    Attributes:
        id: unique in the lab; where to look first.
        title: the claim in a few words.
        queries: the commands, each on a node, whose facts the judge reads.
        after: ids of the checks that must hold for this one to mean anything.
        why: what follows in network terms if the claim does not hold.
        hint: the command that shows more.
        probes: packets whose fate the judge reads (data layer).
        reserve: more of them, sent where those have not made it hold: chance alone may be to blame.
        unconditional: whether it fails whatever does not hold below. A packet at a stranger's is a leak in
            any network, though that none arrives means little in a broken one.
    """

    id: CheckId
    title: str
    judge: Judge
    queries: tuple[Query, ...] = ()
    after: tuple[CheckId, ...] = ()
    why: str = ""
    hint: str = ""
    probes: tuple[Probe, ...] = ()
    reserve: tuple[Probe, ...] = ()
    unconditional: bool = False

    @property
    def layer(self) -> Layer:
        """The layer of the proof that it belongs to."""
        return self.id.layer

    @property
    def node(self) -> str:
        """Where to look first."""
        return self.id.node


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one check.

    Attributes:
        evidence: what was read: `node: command`.
        seconds: from the start of the verification until this verdict stood.
    """

    check: Check
    verdict: Verdict
    expected: str
    observed: str
    why: str = ""
    hint: str = ""
    evidence: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether the claim is proven."""
        return self.verdict is Verdict.PASS
