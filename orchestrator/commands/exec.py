"""`exec`: a Linux command in a node."""

from __future__ import annotations

import shlex
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.commands.exit_codes import EXEC_FAILED, complain
from orchestrator.commands.login import login
from orchestrator.commands.resolve import joined_lab
from orchestrator.commands.show import show, shown_by
from orchestrator.errors import ExitCode, UsageError
from orchestrator.lifecycle.running import fleet
from orchestrator.verification.kit.answers import Unreachable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.settings import Settings

_FOR_EVER: Final = 86400.0  # a command may run for as long as its caller waits


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    lab: str
    host: str | None
    runtime: str | None
    node: str
    command: Sequence[str]


def run(options: Options, settings: Settings) -> int:
    """Run it; its own exit status, or 255 if it could not be run."""
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        raise UsageError("which command? l3vpn exec LAB NODE -- CMD…")
    if command[0] == "show":
        said = f"l3vpn show {shlex.quote(options.lab)} {options.node} {shlex.join(command[1:])}"
        raise UsageError(f"show is no command of Linux but of FRR: {said}")
    with joined_lab(options, settings) as running:
        running.node(options.node)
        if lines := shown_by(command):
            code = show(running, [options.node], lines)
            return EXEC_FAILED if code == ExitCode.NODE else code
        if sys.stdin.isatty() or sys.stdout.isatty():
            return subprocess.run(
                login(running, options.node, "root", shlex.join(command)), check=False
            ).returncode
        with fleet(running) as sessions:
            done = sessions.execute({options.node: shlex.join(command)}, within=_FOR_EVER)[options.node]
    if isinstance(done, Unreachable):
        complain(str(done))
        return EXEC_FAILED
    sys.stdout.buffer.write(done.stdout)
    sys.stderr.buffer.write(done.stderr)
    return done.status
