"""When to stop waiting: what fails has outlasted the lab's own timers, and nothing has changed meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from orchestrator.core.registry import igp_patience, label_patience, mpbgp_patience
from orchestrator.model.label_protocols import LDP, SR
from orchestrator.protocols.agreement import End
from orchestrator.verification.kit.check import Finding, Verdict
from orchestrator.verification.kit.check_id import Layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.model.lab import Attachment, Lab
    from orchestrator.verification.kit.check_id import CheckId

_AT_ONCE: Final = (
    5.0  # what waits for no timer: FRR and the kernel do it at once, a busy machine a little later
)
_BEYOND: Final = 2.0  # what comes after a timer has run out
_LEAST_LOOKS: Final = 3  # of a machine so busy that a look takes longer than a timer


def patience(lab: Lab) -> Mapping[Layer, float]:
    """By layer, the seconds without any change after which what fails there is final.

    The longest time for which a network that still converges may look the same: a session that is gone on one
    side only is kept there until its hold time is over, and tried again after the connect retry time.
    """
    igp, bgp = igp_patience(lab), mpbgp_patience(lab)
    access = max(
        (
            _access(lab, attachment, end)
            for site in lab.sites
            for attachment in site.attachments
            for end in End
        ),
        default=0.0,
    )
    return {
        Layer.KERNEL: _AT_ONCE,
        Layer.LINK: _AT_ONCE,
        Layer.IGP: max(_AT_ONCE, igp + _BEYOND),
        Layer.LDP: max(_AT_ONCE, label_patience(lab, LDP) + _BEYOND),
        Layer.SR: max(_AT_ONCE, label_patience(lab, SR) + _BEYOND),
        Layer.MPBGP: max(_AT_ONCE, bgp + _BEYOND),
        Layer.PECE: max(_AT_ONCE, access + _BEYOND),
        Layer.VPN: max(_AT_ONCE, bgp + _BEYOND, access + _BEYOND),
        Layer.DATA: _AT_ONCE,
    }


def _access(lab: Lab, attachment: Attachment, end: End) -> float:
    return end.spoken(attachment).patience(lab.provider_of(attachment.pe.node).timers)


@dataclass(slots=True)
class Calm:
    """How long nothing has changed, as one look follows another.

    A verdict that is another than before is a change, and so is a text that this check has not come to
    before: a session that cannot come up goes round through the same few states for ever.

    Attributes:
        patience: by layer, how long what fails must have stayed as it is.
        since: seconds since the verification began, at the last change.
    """

    patience: Mapping[Layer, float]
    since: float = 0.0
    _looks: int = 0
    _verdicts: dict[CheckId, Verdict] = field(default_factory=dict)
    _texts: dict[CheckId, set[str]] = field(default_factory=dict)

    def note(self, findings: Iterable[Finding], seconds: float) -> None:
        """Take in what a look has come to."""
        self._looks += 1
        changes = [self._is_new(one) for one in findings]
        if any(changes):
            self.since, self._looks = seconds, 0

    def _is_new(self, finding: Finding) -> bool:
        key = finding.check.id
        before = self._verdicts.get(key)
        self._verdicts[key] = finding.verdict
        if finding.verdict in {Verdict.PASS, Verdict.BLOCKED}:
            return before not in {None, finding.verdict}
        texts = self._texts.setdefault(key, set())
        fresh = finding.observed not in texts
        texts.add(finding.observed)
        return before is not None and (fresh or before is not finding.verdict)

    def outlasts(self, findings: Iterable[Finding], seconds: float) -> bool:
        """Whether all that fails has been as it is for longer than what it may still wait for."""
        failing = [one.check.layer for one in findings if one.verdict in {Verdict.FAIL, Verdict.ERROR}]
        long_enough = max((self.patience[layer] for layer in failing), default=0.0)
        return bool(failing) and self._looks >= _LEAST_LOOKS and seconds - self.since >= long_enough
