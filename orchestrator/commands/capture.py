"""`capture`: packets on an interface of a node, as text or as a pcap stream."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from orchestrator.commands.exit_codes import complain
from orchestrator.commands.resolve import joined_lab
from orchestrator.errors import ExitCode, UsageError
from orchestrator.lifecycle.running import fleet
from orchestrator.scripts import script
from orchestrator.terminal import console
from orchestrator.verification.kit.answers import Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from orchestrator.fleet.program import Program
    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    lab: str
    host: str | None
    runtime: str | None
    node: str
    interface: str
    filter: Sequence[str]
    write: str | None
    count: int | None


def run(options: Options, settings: Settings) -> int:
    """Show what passes until Ctrl-C, or until there have been enough packets."""
    if options.count is not None and options.count < 1:
        raise UsageError("--count takes a number of packets, at least 1")
    with joined_lab(options, settings) as running:
        running.node(options.node)
        with fleet(running) as sessions:
            form = ["-U", "-w", "-"] if options.write else _TEXT
            count = ["-c", str(options.count)] if options.count else []
            command = _tcpdump(options.interface, [*form, *count], options.filter)
            program = sessions.open_program(options.node, command)
            if isinstance(program, Unreachable):
                complain(str(program))
                return ExitCode.NODE
            with program:
                return _shown(options, program)


def as_text(interface: str, wanted: Sequence[str]) -> str:
    """The command that prints what passes until its input ends."""
    return _tcpdump(interface, _TEXT, wanted)


def as_pcap(interface: str, packets: int, octets: int, wanted: str) -> str:
    """The command that writes a file of that much, until its input ends; for others than who captures."""
    form = ("-p", "-U", "-w", "-", "-c", str(packets), "-s", str(octets))
    return _tcpdump(interface, form, (wanted,))


def summary(node: str, interface: str, program: Program) -> str:
    """What a capture that has ended says of itself.

    Raises:
        UsageError: it could not capture; why.
    """
    status, words = program.last_words()
    lines = [line for line in words.splitlines() if line.strip()]
    if status:
        said = [line for line in lines if line.startswith("tcpdump: ")]
        raise UsageError(f"{node}: {said[-1] if said else f'tcpdump ended with status {status}'}")
    return f"{node} {interface}: {next((line for line in lines if 'captured' in line), 'ended')}"


_TEXT: Final = ("-n", "-l")
"""Names are not looked up: a lab has no DNS."""


def _tcpdump(interface: str, form: Iterable[str], wanted: Sequence[str]) -> str:
    words = ("tcpdump", "-i", interface, *form, "--", *(word for word in wanted if word != "--"))
    return script("commands/capture.sh", *words)


def _shown(options: Options, program: Program) -> int:
    try:
        with _target(options) as out:
            try:
                _copy(program, out)
            except KeyboardInterrupt:
                program.end_input()
                _copy(program, out)
    except OSError as error:
        if isinstance(error, BrokenPipeError) or not options.write:
            raise
        raise UsageError(f"{options.write}: {error.strerror}") from None
    said = summary(options.node, options.interface, program)
    console(stderr=True).print(said, markup=False)
    return ExitCode.PROVEN


@contextmanager
def _target(options: Options) -> Iterator[IO[bytes]]:
    if options.write in {None, "-"}:
        yield sys.stdout.buffer
    else:
        with Path(options.write).open("wb") as file:
            yield file


def _copy(program: Program, out: IO[bytes]) -> None:
    while data := program.read():
        out.write(data)
        out.flush()
