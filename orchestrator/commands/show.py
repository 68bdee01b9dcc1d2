"""What FRR shows, on one or several nodes: `show`, and `shell -c` and `exec` of vtysh with such lines."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from threading import Timer
from typing import TYPE_CHECKING, Final

from orchestrator.commands.exit_codes import complain
from orchestrator.commands.resolve import joined_lab
from orchestrator.errors import ExitCode, UsageError
from orchestrator.fleet.daemons import daemon_of
from orchestrator.lifecycle.running import fleet
from orchestrator.verification.kit.answers import Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestrator.lifecycle.running import LabOnHost
    from orchestrator.settings import Settings

_SHOW: Final = "show "
_TOLD_AFTER: Final = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    lab: str
    host: str | None
    runtime: str | None
    nodes: str
    command: Sequence[str]


def run(options: Options, settings: Settings) -> int:
    """Show the same of several nodes, each under its name; 4 if one cannot be asked, 1 if FRR refuses."""
    if not options.command:
        raise UsageError("show what? l3vpn show LAB NODE[,NODE…] ip route vrf red")
    command = " ".join(("show", *options.command))
    with joined_lab(options, settings) as running:
        nodes = named(options.nodes, [node.name for node in running.lab.nodes])
        for node in nodes:
            running.node(node)
        return show(running, nodes, [command])


def show(running: LabOnHost, nodes: Sequence[str], commands: Sequence[str]) -> int:
    """Print what FRR says to `show` commands; a daemon that does not answer is named and holds up no other.

    Returns:
        4 if a node or a daemon did not answer, 1 if FRR refused.
    """
    daemons = ", ".join(dict.fromkeys(map(daemon_of, commands)))
    waiting = f"waiting for {daemons} on {', '.join(nodes)}"
    with fleet(running) as sessions, _said_while_waiting(waiting):
        said = sessions.collect(dict.fromkeys(nodes, commands), apart=True)
    codes = {ExitCode.PROVEN}
    for node in nodes:
        if len(nodes) > 1:
            print(f"--- {node}", flush=True)
        for command in commands:
            answer = said[node, command]
            if isinstance(answer, Unreachable):
                complain(f"{answer.who} does not answer: {answer.why}" if answer.daemon else str(answer))
                codes.add(ExitCode.NODE)
            else:
                sys.stdout.write(answer.output)
                codes.add(ExitCode.PROVEN if answer.ok else ExitCode.UNPROVEN)
    return max(codes)


def shown_by(command: Sequence[str]) -> tuple[str, ...]:
    """The `show` commands of a `vtysh -c … -c …` that has nothing else; none of any other command."""
    lines = tuple(command[2::2])
    plain = tuple(command[:1]) == ("vtysh",) and set(command[1::2]) == {"-c"} and len(command) % 2
    return lines if plain and all(line.startswith(_SHOW) for line in lines) else ()


@contextmanager
def _said_while_waiting(what: str) -> Iterator[None]:
    """Say on standard error what is waited for, once that takes a second."""
    timer = Timer(_TOLD_AFTER, complain, (what,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


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
