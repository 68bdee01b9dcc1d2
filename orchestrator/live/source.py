"""A running lab as the server shows it: looks that one thread takes, pages that others make of them."""

from __future__ import annotations

import shlex
import threading
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from typing import TYPE_CHECKING, Final, TypeVar

from rich.console import Console

from orchestrator.diagrams.annotations import positions
from orchestrator.diagrams.content import Layer
from orchestrator.diagrams.picture import picture
from orchestrator.errors import L3vpnError, UsageError
from orchestrator.evidence.gather import look_of
from orchestrator.faults.fault import parse_fault
from orchestrator.faults.injections import described
from orchestrator.faults.naming import inject, names, read_target, target_name
from orchestrator.lifecycle.failing import fail, failed_in, restore
from orchestrator.lifecycle.keeping import public_case
from orchestrator.lifecycle.names import named_prefix, named_site, two_places
from orchestrator.lifecycle.observe import traced, walked
from orchestrator.lifecycle.store import Busy
from orchestrator.live.board import Board
from orchestrator.live.jobs import Jobs, NotNow
from orchestrator.live.looking import Unavailable, VerifiedLab, advanced
from orchestrator.live.node import node_view
from orchestrator.live.shell import HOWS, node_piece, path_piece, trace_piece
from orchestrator.page.drawing import Drawing
from orchestrator.page.page import page
from orchestrator.verification.report.path import paths_to_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from orchestrator.evidence.judge import Case
    from orchestrator.model.lab import Lab
    from orchestrator.verification.report.result import Report

_PAUSE: Final = 1.0  # seconds; nodes have other things to do than to answer
_WIDE: Final = 110


@dataclass(frozen=True)
class _Shown:
    """A look, and what is made of it once somebody wants to see it."""

    case: Case

    @cached_property
    def report(self) -> Report:
        return self.case.report()

    @cached_property
    def page(self) -> str:
        return page(self.case, self.report, positions(self.case.lab))


AnswerT = TypeVar("AnswerT")


def _alone(there: VerifiedLab, words: str, act: Callable[[], AnswerT]) -> AnswerT:
    """Hold the lab for one change, as the command of these words would, and write it into its journal.

    Raises:
        NotNow: another command is at work on it.
    """
    name = there.lab.name
    try:
        with there.store.lock(name, words.partition(" ")[0]):
            there.store.note(name, f"{words} (serve)")
            return act()
    except Busy:
        raise NotNow(f"another command is at work on the lab: {there.store.holder(name)}") from None


class LabSource:
    """See `server.Source`. `watch` is for the thread that has the sessions, all else for others."""

    def __init__(self, lab: Lab, given: str, program: str, *, control: bool) -> None:
        """Show a lab.

        Args:
            lab: what its files want.
            given: what it was called, for commands to paste.
            program: what this program was called, for the same.
            control: whether the page may fail and restore.
        """
        self.board = Board()
        self.title = lab.name
        self.targets = names(lab) if control else ()
        self._called = program, shlex.quote(given)
        self._jobs = Jobs()
        self._shown: _Shown | None = None
        self._making = threading.Lock()

    def watch(self, verifications: Iterable[VerifiedLab | Unavailable]) -> None:
        """Take one look after the other, and do in between what is asked for."""
        for there in verifications:
            moment = advanced(self.board.moment, there)
            if isinstance(there, VerifiedLab) and moment.number != self.board.moment.number:
                seen = look_of(there.report, there.lab, there.faults, "serve")
                try:
                    self._shown = _Shown(public_case(there.running, there.sessions, there.lab, seen))
                except L3vpnError as why:  # somebody is writing the lab's files
                    moment = self.board.moment.lost(str(why), moment.at)
            self.board.put(moment)
            self._jobs.work(there, _PAUSE)

    def close(self) -> None:
        """Let everybody go who waits for something."""
        self._jobs.close()
        self.board.close()

    def report(self) -> str:
        """See `server.Source`."""
        shown = self._look()
        with self._making:
            return shown.page

    def node(self, name: str) -> str:
        """See `server.Source`."""
        shown = self._look()
        with self._making:
            report = shown.report
        node = shlex.quote(name)
        commands = (f"{self._typed('shell')} {node}", f"{self._typed('exec')} {node} -- sh")
        return node_piece(node_view(shown.case, report, name, commands))

    def _typed(self, verb: str) -> str:
        program, given = self._called
        return f"{program} {verb} {given}"

    def _look(self) -> _Shown:
        if self._shown is None:
            raise NotNow("the lab has not been looked at yet")
        return self._shown

    def path(self, a: str, b: str) -> str:
        """See `server.Source`."""

        def walk(there: VerifiedLab) -> str:
            ends = two_places(there.lab, a, b)
            found = walked(there.sessions, there.lab, there.faults, *ends)
            out = Console(file=StringIO(), width=_WIDE, color_system=None, highlight=False)
            with out.capture() as text:
                out.print(paths_to_table(found, tuple(map(described, there.faults))))
            drawing = Drawing(picture(there.lab, tuple(Layer), positions(there.lab)), there.lab)
            commands = [f"{self._typed('verify')} --path {shlex.quote(a)} {shlex.quote(b)}"]
            lines = "\n".join(line.rstrip() for line in text.get().strip().splitlines())
            return path_piece(a, b, drawing.way(found), lines, commands)

        return self._jobs.ask(walk)

    def trace(self, site: str, prefix: str) -> str:
        """See `server.Source`."""

        def follow(there: VerifiedLab) -> str:
            start = named_site(there.lab, site)
            journey = traced(there.sessions, there.lab, start, named_prefix(start, prefix))
            return trace_piece(journey, [f"{self._typed('trace')} {shlex.quote(site)} {journey.prefix}"])

        return self._jobs.ask(follow)

    def fail(self, target: str, how: str) -> str:
        """See `server.Source`."""
        if target not in self.targets or how not in HOWS:
            raise UsageError(f"'{target}' and '{how}': this page offers something else")

        def do(there: VerifiedLab) -> str:
            words = f"{target} {how}".strip()
            fault = inject(there.lab, parse_fault(words))
            if not _alone(
                there, f"fail {words}", lambda: fail(there.sessions, there.lab, fault, there.store)
            ):
                return f"{described(fault)} already"
            return described(fault)

        return self._jobs.ask(do)

    def restore(self, target: str) -> str:
        """See `server.Source`."""

        def do(there: VerifiedLab) -> str:
            what = target_name(there.lab, read_target(there.lab, target))

            def undo() -> None:
                faults = [one for one in failed_in(there.lab, there.store) if one.target == what]
                restore(there.sessions, there.lab, faults, there.store)

            _alone(there, f"restore {target}", undo)
            return f"{what} restored"

        return self._jobs.ask(do)
