"""`show`: what FRR shows, on one or several nodes."""

from __future__ import annotations

import shlex
import sys
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from orchestrator.commands.meaning import joined_lab
from orchestrator.commands.outcome import ExitCode, UsageError, complain
from orchestrator.fleet.answers import Unreachable
from orchestrator.lifecycle.running import fleet

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

_SECONDS = 60.0


def run_show(given: argparse.Namespace) -> int:
    """Show the same of several nodes, each under its name; 4 if one cannot be asked, 1 if FRR refuses."""
    if not given.command:
        raise UsageError("show what? l3vpn show LAB NODE[,NODE…] ip route vrf red")
    command = shlex.join(["vtysh", "-c", " ".join(("show", *given.command))])
    with joined_lab(given) as running:
        nodes = named(given.nodes, [node.name for node in running.lab.nodes])
        for node in nodes:
            running.node(node)
        with fleet(running) as sessions:
            done = sessions.execute(dict.fromkeys(nodes, command), within=_SECONDS)
    codes = {ExitCode.PROVEN}
    for node in nodes:
        answer = done[node]
        if isinstance(answer, Unreachable):
            complain(str(answer))
            codes.add(ExitCode.NODE)
            continue
        if len(nodes) > 1:
            print(f"--- {node}", flush=True)
        sys.stdout.buffer.write(answer.stdout)
        sys.stdout.flush()
        sys.stderr.buffer.write(answer.stderr)
        codes.add(ExitCode.UNPROVEN if answer.status else ExitCode.PROVEN)
    return max(codes)


def named(text: str, known: Sequence[str]) -> tuple[str, ...]:
    """The nodes that are meant by names and patterns between commas, each once, in the lab's order.

    Raises:
        UsageError: a name or pattern means none.
    """
    words = text.split(",")
    for word in words:
        if not any(fnmatchcase(name, word) for name in known):
            raise UsageError(f"no node is called '{word}': there are {' '.join(known)}")
    return tuple(name for name in known if any(fnmatchcase(name, word) for word in words))
