"""A node's programs asked side by side, so that one that hangs costs only what it was asked.

vtysh waits for a daemon for as long as it takes, and meanwhile asks no other; a new one does not even start,
as it begins by putting `enable` to all of them (vtysh_main.c, FRR 8.4 to 10.7). So one vtysh is asked for as
long as all goes well, and once it has been silent for a while each daemon by a vtysh of its own (`-d`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from orchestrator.fleet.daemons import FRR, WHO_HANGS, daemon_of
from orchestrator.fleet.dialogue import Dialogue, Sh, Vtysh
from orchestrator.fleet.errors import NoAnswer, SessionLost
from orchestrator.fleet.pulse import Deadline, Pulse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from orchestrator.fleet.dialogue import Pending, Syntax

SHOW: Final = "show "
_SHELL: Final = "sh"
_SUSPICIOUS: Final = 5.0  # seconds of silence after which a program is no longer waited for by the others
_WHO_HANGS_WITHIN: Final = 8.0  # twice what it waits for a daemon
_NOW: Final = Deadline(Pulse(), -math.inf, 0.0)
_NO_DAEMON: Final = "failed to connect to any daemons"


@dataclass(frozen=True, slots=True)
class Silence:
    """A command that was not answered in time.

    Attributes:
        command: as it was asked.
        daemon: the program that owes the answer; "" where the command is the shell's own.
    """

    command: str
    daemon: str

    @property
    def why(self) -> str:
        """What is missing, in one line."""
        return f"no answer to `{self.command}`"

    @property
    def by_whom(self) -> str:
        """The same, with the program that owes it."""
        return f"{self.daemon} does not answer: {self.why}" if self.daemon else self.why


@dataclass(slots=True)
class _Lane:
    """One program, and the commands that it was asked last.

    Attributes:
        daemon: the only one that it asks; "" if it is a shell, or asks them all.
        fresh: it has not answered yet: on a busy node vtysh takes seconds to start.
    """

    syntax: Syntax
    open: Callable[[Syntax], Dialogue]
    daemon: str = ""
    fresh: bool = True
    _dialogue: Dialogue | None = None
    _pending: Pending | None = None

    @property
    def waiting(self) -> tuple[str, ...]:
        """What it has not answered."""
        return self._pending.waiting if self._pending else ()

    @property
    def answers(self) -> dict[str, tuple[str, int]]:
        """What it has answered since it was asked last."""
        return self._pending.answers if self._pending else {}

    def send(self, commands: Sequence[str]) -> None:
        """Ask it; whatever was asked before must have been answered."""
        self._dialogue = self._dialogue or self.open(self.syntax)
        self._pending = self._dialogue.send(commands)

    def receive(self, *deadlines: Deadline) -> None:
        """Take answers, as `Pending.receive` does.

        Raises:
            SessionLost: the program ended, but for a vtysh whose only daemon is not there: that is an answer.
        """
        if self._pending is None:
            return
        try:
            self._pending.receive(*deadlines)
            self.fresh = self.fresh and bool(self.waiting)
        except SessionLost as lost:
            if not (self.daemon and _NO_DAEMON in str(lost)):
                raise
            gone = dict.fromkeys(self._pending.waiting, (f"{self.daemon} is not running\n", 1))
            self._pending.answers.update(gone)
            self._dialogue = None

    def give_up(self) -> None:
        """Let go of it, and of what it owes."""
        if self._dialogue is not None:
            self._dialogue.close()
        self._dialogue = self._pending = None

    @property
    def idle(self) -> Dialogue | None:
        """The program, if it owes nothing."""
        return None if self.waiting else self._dialogue


@dataclass(slots=True)
class Lanes:
    """All programs of a node that answer commands.

    Args:
        open: starts one.
        pulse: that of the fleet.
    """

    open: Callable[[Syntax], Dialogue]
    pulse: Pulse
    _lanes: dict[str, _Lane] = field(default_factory=dict)
    _stuck: list[_Lane] = field(default_factory=list)  # shells that are at a command which does not end
    _apart: bool = False  # whether each daemon is asked by a vtysh of its own

    def ask(
        self, commands: Iterable[str], within: float, *, apart: bool = False
    ) -> dict[str, tuple[str, int] | Silence]:
        """Output and exit status by command: `show …` of vtysh, all else of the root shell.

        A program that has not yet answered what it was asked before is not waited for again.

        Args:
            commands: in any order, one line each.
            within: seconds without a word from any node of the fleet.
            apart: ask each daemon by a vtysh of its own from the start: dearer, and none waits for another.

        Raises:
            NoAnswer: nothing on the node answers.
            SessionLost: the connection or one of the programs ended.
        """
        commands = tuple(dict.fromkeys(commands))
        self._apart = self._apart or apart
        answers: dict[str, tuple[str, int] | Silence] = {}
        for command in commands:
            answers[command] = Silence(command, daemon_of(command))
        for received in self._received(self._sent(commands), within):
            answers.update(received)
        if commands and all(isinstance(answer, Silence) for answer in answers.values()):
            self._see_that_it_lives(commands[0])
        return self._with_names(answers)

    def idle(self) -> Iterator[Dialogue]:
        """The programs that all of FRR or the shell is asked by, as far as they owe nothing."""
        if not self._apart:
            yield from filter(None, (self._lanes[key].idle for key in (_SHELL, FRR) if key in self._lanes))

    def _with_names(
        self, answers: dict[str, tuple[str, int] | Silence]
    ) -> dict[str, tuple[str, int] | Silence]:
        """Name the daemons that hang where a command needs all of them."""
        of_all = {key: one for key, one in answers.items() if isinstance(one, Silence) and one.daemon == FRR}
        if not of_all:
            return answers
        shell = _Lane(Sh(), self.open)
        shell.send([WHO_HANGS])
        shell.receive(self.pulse.deadline(_WHO_HANGS_WITHIN))
        output, _ = shell.answers.get(WHO_HANGS, ("", 0))
        shell.give_up()
        names = ", ".join(sorted(output.split())) or FRR
        return answers | {key: replace(one, daemon=names) for key, one in of_all.items()}

    def _sent(self, commands: Sequence[str]) -> list[_Lane]:
        """Put each command to the program that answers it, but to those that still owe an answer."""
        if _SHELL in self._lanes and _owes(self._lanes[_SHELL]):
            self._stuck.append(self._lanes.pop(_SHELL))
        self._stuck = [lane for lane in self._stuck if _owes(lane)]
        stuck = {lane.waiting[0] for lane in self._stuck}
        shares: dict[str, list[str]] = {}
        for command in commands:
            if command not in stuck:
                shares.setdefault(self._lane_of(command), []).append(command)
        assigned = [(self._lane(key), share) for key, share in shares.items()]
        asked = [(lane, share) for lane, share in assigned if not _owes(lane)]
        for lane, share in asked:
            lane.send(share)
        return [lane for lane, _ in asked]

    def _lane_of(self, command: str) -> str:
        if not command.startswith(SHOW):
            return _SHELL
        return daemon_of(command) if self._apart else FRR

    def _lane(self, key: str) -> _Lane:
        if key not in self._lanes:
            daemon = "" if key in {_SHELL, FRR} else key
            syntax = Sh() if key == _SHELL else Vtysh(daemon)
            self._lanes[key] = _Lane(syntax, self.open, daemon)
        return self._lanes[key]

    def _received(self, lanes: list[_Lane], within: float) -> Iterator[Mapping[str, tuple[str, int]]]:
        """What programs answer, and those that take over what stands behind a command that hangs."""
        deadline = self.pulse.deadline(within)
        while lanes:
            lane = lanes.pop(0)
            if self._holds_others_up(lane):
                silence = within / 2 if lane.fresh else min(_SUSPICIOUS, within / 4)
                lane.receive(deadline, self.pulse.deadline(silence))
                yield lane.answers
                if rest := self._taken_over(lane):
                    lanes += rest
                    deadline = self.pulse.deadline(within - silence)
            else:
                lane.receive(deadline)
                yield lane.answers

    def _holds_others_up(self, lane: _Lane) -> bool:
        """Whether a program that hangs at its first command may be passed by with the others."""
        if lane is self._lanes.get(_SHELL):
            return len(lane.waiting) > 1
        return lane is self._lanes.get(FRR) and not self._apart

    def _taken_over(self, lane: _Lane) -> list[_Lane]:
        """Put what a silent program has not answered to others; a shell may still come to its end."""
        rest = lane.waiting
        if not rest:
            return []
        if lane is self._lanes.get(_SHELL):
            return [*self._sent(rest), lane]
        lane.give_up()
        self._apart = True
        return self._sent(rest)

    def _see_that_it_lives(self, command: str) -> None:
        """Distinguish a node whose programs hang from one that is gone.

        Raises:
            NoAnswer: it is gone.
        """
        shell = _Lane(Sh(), self.open)
        shell.send([":"])
        shell.receive(self.pulse.deadline(_SUSPICIOUS))
        if shell.waiting:
            raise NoAnswer(Silence(command, "").why)
        shell.give_up()


def _owes(lane: _Lane) -> bool:
    """Whether a program still has not answered what it was asked before; takes what has come meanwhile."""
    lane.receive(_NOW)
    return bool(lane.waiting)
