"""`watch`: a running lab in the terminal, while somebody works in its routers."""

from __future__ import annotations

import time
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from orchestrator.commands.capture import as_text, summary
from orchestrator.commands.resolve import joined_lab
from orchestrator.errors import ExitCode, UsageError
from orchestrator.faults.injections import described
from orchestrator.lifecycle.names import named_prefix, named_site, two_places
from orchestrator.lifecycle.observe import traced, walked
from orchestrator.lifecycle.running import find, intent_of
from orchestrator.live.full_screen import full_screen
from orchestrator.live.looking import VerifiedLab, advanced, verifications
from orchestrator.live.moment import Moment
from orchestrator.live.screen import change_line, headline, screen
from orchestrator.terminal import console
from orchestrator.verification.kit.answers import Unreachable
from orchestrator.verification.report.journey import journey_to_text
from orchestrator.verification.report.path import paths_to_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from rich.console import Console

    from orchestrator.fleet.program import Program
    from orchestrator.live.full_screen import FullScreen
    from orchestrator.live.looking import Unavailable
    from orchestrator.model.lab import Lab
    from orchestrator.settings import Settings

_PAUSE: Final = 1.0  # seconds; nodes have other things to do than to answer
_GLANCE: Final = 0.1  # seconds between two looks at the keys, where nothing passes
_PATIENCE: Final = 10.0  # seconds for what has caught packets to end


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    lab: str
    host: str | None
    runtime: str | None


def run(options: Options, settings: Settings) -> int:
    """Show it until `q` or Ctrl-C; without a terminal, a line for each change. Changes nothing."""
    lab = intent_of(options.lab, find(options.lab, settings))
    out = console()
    with closing(verifications(partial(joined_lab, options, settings), options.lab)) as looks:
        return _show(out, lab, looks) if out.is_terminal else _print(out, lab, looks)


def _print(out: Console, lab: Lab, looks: Iterable[VerifiedLab | Unavailable]) -> int:
    """How the lab is, then a line for each change."""
    moment = Moment()
    for there in looks:
        before, moment = moment, advanced(moment, there)
        if before.report is None and moment.report is not None:
            out.print(headline(lab, moment), soft_wrap=True)
        if moment.trouble not in {"", before.trouble}:
            out.print(f"{moment.at}  {moment.trouble}", markup=False, soft_wrap=True)
        for one in moment.fresh:
            out.print(change_line(moment.at, one), soft_wrap=True)
        out.file.flush()
        time.sleep(_PAUSE)
    return ExitCode.PROVEN


def _show(out: Console, lab: Lab, looks: Iterable[VerifiedLab | Unavailable]) -> int:
    """A screen, drawn anew after each look."""
    moment = Moment()
    with full_screen(out) as terminal:
        terminal.show(screen(lab, moment, out.width, out.height))
        for there in looks:
            moment = advanced(moment, there)
            lab = there.lab if isinstance(there, VerifiedLab) else lab
            terminal.show(screen(lab, moment, out.width, out.height))
            pressed = terminal.key(_PAUSE)
            if pressed == "q":
                break
            if pressed in _ASKED and isinstance(there, VerifiedLab):
                terminal.aside(partial(_ask, out, terminal, there, _ASKED[pressed]))
    return ExitCode.PROVEN


@dataclass(frozen=True, slots=True)
class _Question:
    """What is to be looked at.

    Attributes:
        words: what to ask for.
        look: prints it, given what was answered: two words, or more where `more` are of use.
    """

    words: str
    look: Look
    more: bool = False


def _ask(out: Console, terminal: FullScreen, there: VerifiedLab, question: _Question) -> bool:
    """Ask for what is to be looked at, and show it; whether there is something to be read."""
    given = out.input(f"{question.words}: ", markup=False).split()
    if len(given) == _WORDS or (question.more and len(given) > _WORDS):
        question.look(out, terminal, there, *given)
    elif given:
        raise UsageError(f"give two words: {question.words}")
    return bool(given)


def _path(out: Console, _: FullScreen, there: VerifiedLab, a: str, b: str) -> None:
    ends = two_places(there.lab, a, b)
    found = walked(there.sessions, there.lab, there.faults, *ends)
    out.print(paths_to_table(found, tuple(map(described, there.faults))))


def _trace(out: Console, _: FullScreen, there: VerifiedLab, name: str, prefix: str) -> None:
    site = named_site(there.lab, name)
    out.print(journey_to_text(traced(there.sessions, there.lab, site, named_prefix(site, prefix))))


def _capture(
    out: Console, terminal: FullScreen, there: VerifiedLab, node: str, interface: str, *wanted: str
) -> None:
    there.running.node(node)
    program = there.sessions.open_program(node, as_text(interface, wanted))
    if isinstance(program, Unreachable):
        raise UsageError(str(program))
    with program, terminal.keys_at_once():
        out.print("any key ends it", style="dim")
        for passed in _passing(program, terminal):
            out.print(passed.decode(errors="replace"), end="", markup=False, soft_wrap=True)
        out.print(summary(node, interface, program), style="dim", markup=False)


def _passing(program: Program, terminal: FullScreen) -> Iterator[bytes]:
    """What it writes until it ends, or a key ends it."""
    while not terminal.key(0):
        with suppress(TimeoutError):
            if not (data := program.read(_GLANCE)):
                return
            yield data
    program.end_input()
    with suppress(TimeoutError):
        while data := program.read(_PATIENCE):
            yield data


Look: TypeAlias = "Callable[..., None]"
_WORDS: Final = 2
_ASKED: Final[Mapping[str, _Question]] = {
    "p": _Question("path between two sites or CEs, like red1 red2", _path),
    "t": _Question("route of a site, like red1 172.16.1.0/24", _trace),
    "c": _Question("packets at a node's interface, like pe1 eth1, or pe1 eth1 mpls", _capture, more=True),
}
