"""`exec` and `shell`: into a node."""

from __future__ import annotations

import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

from orchestrator.commands.meaning import joined_lab
from orchestrator.commands.outcome import EXEC_FAILED, UsageError, complain
from orchestrator.commands.showing import show, shown_by
from orchestrator.errors import ExitCode
from orchestrator.hosts.keys import Keys
from orchestrator.lifecycle.running import fleet
from orchestrator.verification.kit.answers import Unreachable

if TYPE_CHECKING:
    import argparse

    from orchestrator.lifecycle.running import Running

_FOR_EVER = 86400.0  # a command may run for as long as its caller waits


def run_exec(given: argparse.Namespace) -> int:
    """Run a Linux command in a node; its own exit status."""
    command = given.command[1:] if given.command[:1] == ["--"] else given.command
    if not command:
        raise UsageError("which command? l3vpn exec LAB NODE -- CMD…")
    if command[0] == "show":
        said = f"l3vpn show {shlex.quote(given.lab)} {given.node} {shlex.join(command[1:])}"
        raise UsageError(f"show is no command of Linux but of FRR: {said}")
    with joined_lab(given) as running:
        running.node(given.node)
        if lines := shown_by(command):
            code = show(running, [given.node], lines)
            return EXEC_FAILED if code == ExitCode.NODE else code
        if sys.stdin.isatty() or sys.stdout.isatty():
            return subprocess.run(
                _login(running, given.node, "root", shlex.join(command)), check=False
            ).returncode
        with fleet(running) as sessions:
            done = sessions.execute({given.node: shlex.join(command)}, within=_FOR_EVER)[given.node]
    if isinstance(done, Unreachable):
        complain(str(done))
        return EXEC_FAILED
    sys.stdout.buffer.write(done.stdout)
    sys.stderr.buffer.write(done.stderr)
    return done.status


def run_shell(given: argparse.Namespace) -> int:
    """Vtysh of a node, in this terminal; or some of its lines, with its exit status."""
    if given.lines:
        given.command = ["vtysh", *(word for line in given.lines for word in ("-c", line))]
        return run_exec(given)
    with joined_lab(given) as running:
        argv = _login(running, given.node, "vtysh", None)
    return subprocess.run(argv, check=False).returncode


def _login(running: Running, node: str, user: str, command: str | None) -> list[str]:
    keys = Keys.load_or_create()
    return running.host.login_argv(
        running.node(node).address,
        user,
        key=keys.login.private,
        known_hosts=keys.known_nodes(running.lab.name, running.lab.addresses),
        command=command,
    )
