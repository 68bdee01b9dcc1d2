"""MPLS Layer 3 VPN labs on FRRouting: brought up, failed and verified, from Python as from the command line.

Importing it costs next to nothing: what a name needs is loaded when the name is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.api import Running, load_lab, up
    from orchestrator.errors import ExitCode, L3vpnError
    from orchestrator.faults.fault import Fault
    from orchestrator.fleet.push import PushResult
    from orchestrator.model.lab import Lab
    from orchestrator.settings import Settings
    from orchestrator.verify import Finding, Report, Verdict
    from orchestrator.verify.forwarding.between import Path as ForwardingPath
    from orchestrator.verify.journey.stage import Journey

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
    "Finding": "verify",
    "ForwardingPath": "verify.forwarding.between:Path",
    "Journey": "verify.journey.stage",
    "L3vpnError": "errors",
    "Lab": "model.lab",
    "PushResult": "fleet.push",
    "Report": "verify",
    "Running": "api",
    "Settings": "settings",
    "Verdict": "verify",
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
