"""MPLS Layer 3 VPN labs on FRRouting: brought up, failed and verified, from Python as from the command line.

Importing it costs next to nothing: what a name needs is loaded when the name is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.api import Running, load_lab, up
    from orchestrator.errors import ExitCode, L3vpnError
    from orchestrator.faults.fault import Fault
    from orchestrator.fleet.comparing import PushResult
    from orchestrator.model.lab import Lab
    from orchestrator.settings import Settings
    from orchestrator.verification.forwarding.between import Path as ForwardingPath
    from orchestrator.verification.journey.stage import Journey
    from orchestrator.verification.kit.check import Finding, Verdict
    from orchestrator.verification.report.result import Report

__version__ = "0.1.0"

__all__ = [
    "ExitCode",
    "Fault",
    "Finding",
    "ForwardingPath",
    "Journey",
    "L3vpnError",
    "Lab",
    "PushResult",
    "Report",
    "Running",
    "Settings",
    "Verdict",
    "load_lab",
    "up",
]

_MODULES = {
    "ExitCode": "errors",
    "Fault": "faults.fault",
    "Finding": "verification.kit.check",
    "ForwardingPath": "verification.forwarding.between:Path",
    "Journey": "verification.journey.stage",
    "L3vpnError": "errors",
    "Lab": "model.lab",
    "PushResult": "fleet.comparing",
    "Report": "verification.report.result",
    "Running": "api",
    "Settings": "settings",
    "Verdict": "verification.kit.check",
    "load_lab": "api",
    "up": "api",
}
"""Where each name stands; what it is called there, if not the same."""


if not TYPE_CHECKING:  # to a type checker it would say that there is every name

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415 -- as all that follows

        module, _, there = _MODULES[name].partition(":")
        found: object = getattr(import_module(f"{__name__}.{module}"), there or name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return [*globals(), *__all__]
