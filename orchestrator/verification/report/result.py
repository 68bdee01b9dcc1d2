"""`Report`: all findings of one verification."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.verification.kit.check import Finding, Verdict
from orchestrator.verification.kit.facts import Look

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.verification.kit.check_id import Layer
    from orchestrator.verification.pairs import SitePair


@dataclass(frozen=True, slots=True)
class Drift:
    """How nodes are set, beside what the network does: a difference need not break anything.

    Attributes:
        differs: nodes whose configuration differs from their files (drift).
        unknown: nodes that could not be compared.
        lines: what differs on them, one thing a line that begins with the node.
    """

    differs: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The findings, in the order of the layers.

    Attributes:
        lab: the lab's name.
        seconds: how long the verification took.
        looks: how often nodes were asked.
        failed: what was failed on purpose, and so is not expected, one thing a line.
        stage: which stage of the lab was proven; "" for none.
        pairs: the sites that the intent joins, and whether they were seen to reach each other.
        drift: whether the nodes are set as their files want; None if nobody compared them.
        lost: pairs of sites that reach each other with nothing down, and cannot as it is.
        unchanged: for how many seconds nothing had changed, if that ended the verification; else 0.
        look: what the findings were judged from.
        seen_at: when the nodes were asked (UTC), if that was not just now; "" otherwise.
    """

    lab: str
    findings: tuple[Finding, ...]
    seconds: float
    looks: int = 1
    failed: tuple[str, ...] = ()
    stage: str = ""
    pairs: tuple[SitePair, ...] = ()
    drift: Drift | None = None
    lost: tuple[str, ...] = ()
    unchanged: float = 0.0
    look: Look = field(default_factory=Look, repr=False)
    seen_at: str = ""

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """The number of findings of each verdict."""
        return {verdict: sum(finding.verdict is verdict for finding in self.findings) for verdict in Verdict}

    @property
    def holds(self) -> bool:
        """Whether everything is proven; a lab that nothing is claimed about is not."""
        return bool(self.findings) and all(finding.holds for finding in self.findings)

    @property
    def exit_code(self) -> int:
        """0 if everything is proven, else 1; drift that breaks nothing does not count."""
        return 0 if self.holds else 1

    def of(self, layer: Layer) -> tuple[Finding, ...]:
        """The findings of one layer."""
        return tuple(finding for finding in self.findings if finding.check.layer is layer)
