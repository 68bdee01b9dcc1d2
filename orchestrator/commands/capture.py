"""`capture`: packets on an interface of a node, as text or as a pcap stream."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from orchestrator.commands.meaning import joined_lab
from orchestrator.commands.outcome import UsageError, complain
from orchestrator.errors import ExitCode
from orchestrator.lifecycle.running import fleet
from orchestrator.scripts import script
from orchestrator.terminal import console
from orchestrator.verification.kit.answers import Unreachable

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from orchestrator.fleet.program import Program


def run_capture(given: argparse.Namespace) -> int:
    """Show what passes until Ctrl-C, or until there have been enough packets."""
    # argparse leaves all that follows IFACE to the filter, options too.
    if {"-h", "--help"} & set(_before_dashes(given.filter)):
        given.tell_help()
        return ExitCode.PROVEN
    given, words = given.options.parse_known_args(given.filter, given)
    if given.count is not None and given.count < 1:
        raise UsageError("--count takes a number of packets, at least 1")
    with joined_lab(given) as running:
        running.node(given.node)
        with fleet(running) as sessions:
            program = sessions.open_program(
                given.node, script("commands/capture.sh", *_tcpdump(given, words))
            )
            if isinstance(program, Unreachable):
                complain(str(program))
                return ExitCode.NODE
            with program:
                return _shown(given, program)


def _before_dashes(words: list[str]) -> list[str]:
    return words[: words.index("--")] if "--" in words else words


def _tcpdump(given: argparse.Namespace, words: list[str]) -> list[str]:
    """Names are not looked up: a lab has no DNS."""
    form = ["-U", "-w", "-"] if given.write else ["-n", "-l"]
    count = ["-c", str(given.count)] if given.count else []
    wanted = [word for word in words if word != "--"]
    return ["tcpdump", "-i", given.interface, *form, *count, "--", *wanted]


def _shown(given: argparse.Namespace, program: Program) -> int:
    try:
        with _target(given) as out:
            try:
                _copy(program, out)
            except KeyboardInterrupt:
                program.end_input()
                _copy(program, out)
    except OSError as error:
        if isinstance(error, BrokenPipeError) or not given.write:
            raise
        raise UsageError(f"{given.write}: {error.strerror}") from None
    status, words = program.last_words()
    lines = [line for line in words.splitlines() if line.strip()]
    if status:
        said = [line for line in lines if line.startswith("tcpdump: ")]
        complain(f"{given.node}: {said[-1] if said else f'tcpdump ended with status {status}'}")
        return ExitCode.USAGE
    told = next((line for line in lines if "captured" in line), "")
    console(stderr=True).print(f"{given.node} {given.interface}: {told or 'ended'}", markup=False)
    return ExitCode.PROVEN


@contextmanager
def _target(given: argparse.Namespace) -> Iterator[IO[bytes]]:
    if given.write in {None, "-"}:
        yield sys.stdout.buffer
    else:
        with Path(given.write).open("wb") as file:
            yield file


def _copy(program: Program, out: IO[bytes]) -> None:
    while data := program.read():
        out.write(data)
        out.flush()
