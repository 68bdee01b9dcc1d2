"""From the intent to checks, from show output to findings, from both to a proof.

`expect` says what a lab claims about the running network, `verify` looks until it holds.
"""

from orchestrator.model.state import HEALTHY, State
from orchestrator.verification.expect import expect
from orchestrator.verification.kit.check import Check, Finding, Verdict
from orchestrator.verification.kit.check_id import CheckId, Layer
from orchestrator.verification.report.result import Report
from orchestrator.verification.verification import Standing, verify

__all__ = [
    "HEALTHY",
    "Check",
    "CheckId",
    "Finding",
    "Layer",
    "Report",
    "Standing",
    "State",
    "Verdict",
    "expect",
    "verify",
]
