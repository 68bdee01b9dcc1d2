"""`new`: a lab folder to begin with, as it is asked for."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from orchestrator.errors import ExitCode
from orchestrator.lifecycle.new_lab import LIMITS, NewLab, write
from orchestrator.protocols.registry import PROTOCOLS
from orchestrator.terminal import console

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.settings import Settings

_QUESTIONS: Final = {
    "pes": "PEs",
    "ps": "P routers between them",
    "vpns": "VPNs",
    "sites": "sites of each VPN",
    "protocol": "PE-CE protocol",
    "asn": "the provider's AS number",
}


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    folder: str
    pes: int | None
    ps: int | None
    vpns: int | None
    sites: int | None
    protocol: str | None
    asn: int | None


def run(options: Options, settings: Settings) -> int:  # noqa: ARG001 -- every verb is called alike
    """Write it, asking at a terminal for what was not given."""
    folder = Path(options.folder).absolute()
    wanted: dict[str, Any] = {}
    for key in _QUESTIONS:
        if (given := getattr(options, key)) is not None:
            wanted[key] = given
        elif sys.stdin.isatty():
            wanted[key] = _answer(key, getattr(NewLab(), key))
    write(folder, NewLab(**wanted))
    path = options.folder.rstrip("/")
    place = path if "/" in path else f"./{path}"
    console().print(f"{folder}: next, l3vpn up {shlex.quote(place)}", markup=False, soft_wrap=True)
    return ExitCode.PROVEN


def _answer(key: str, usual: int | str) -> int | str:
    """What is answered at the terminal; asked again until it can be."""
    if key == "protocol":
        known = [one.value.name for one in PROTOCOLS]
        return _asked(f"{_QUESTIONS[key]} ({', '.join(known)})", usual, known.__contains__)
    least, most = LIMITS.get(key, (1, 4294967294))

    def possible(said: str) -> bool:
        return said.isascii() and said.isdigit() and least <= int(said) <= most

    return int(_asked(f"{_QUESTIONS[key]} ({least}..{most})", usual, possible))


def _asked(question: str, usual: int | str, possible: Callable[[str], bool]) -> str:
    while True:
        try:
            said = input(f"{question} [{usual}]: ").strip() or str(usual)
        except EOFError:
            print()
            return str(usual)
        if possible(said):
            return said
