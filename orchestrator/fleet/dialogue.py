"""Talking to a program that reads commands and does not say where an answer ends.

All commands are sent at once, each followed by a mark that comes back behind its answer, so a look of
twelve commands costs one round trip. No terminal is asked for: no line width, no pager, no colours.
"""

from __future__ import annotations

import codecs
import re
import secrets
import shlex
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Final, Protocol

from orchestrator.fleet.errors import SessionLost
from orchestrator.fleet.gone import gone
from orchestrator.fleet.received import Received

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.fleet.channel import Channel
    from orchestrator.fleet.pulse import Deadline, Pulse

_CHUNK: Final = 1 << 16
_NOT_ANSWERED: Final = re.compile(
    r"% (Unknown command|Ambiguous command|Command incomplete)|\w+ is not running$", re.MULTILINE
)
# What vtysh says in front of an answer when a daemon went, and when it is back.
_RECONNECTING: Final = re.compile(r"^Warning: (?:closing connection|connecting) to \w+.*\n", re.MULTILINE)
_GONE: Final = re.compile(r"^Warning: connecting to (?P<daemon>\w+)\.\.\.failed!$", re.MULTILINE)
_PLAIN: Final = re.compile(r"(?:cat|ip|sysctl|tc|uname)(?: [\w./:-]+)+")
_LOOK_UP: Final = 0.1  # seconds after which a reader may see to its deadline


class Syntax(Protocol):
    """How a program takes commands, and how its answers are separated."""

    @property
    def name(self) -> str:
        """The program's name."""

    @property
    def program(self) -> str:
        """What to run."""

    def lines(self, command: str, mark: str) -> str:
        """The input: a command, and the mark behind it."""

    def end(self, mark: str) -> re.Pattern[str]:
        """What the mark looks like in the output."""

    def answer(self, raw: str, end: re.Match[str]) -> tuple[str, int]:
        """A command's own output and its exit status, of what stood before its mark."""


class Vtysh:
    """FRR's shell reading a pipe: before each answer it prints its prompt and the command (8.4 to 10.x).

    Marks are comments, which it repeats like a command and passes to no daemon.
    """

    name: Final = "vtysh"

    def __init__(self, daemon: str = "") -> None:
        """To all daemons, or to one alone: then no other can keep it from starting."""
        alone = f" -d {daemon}" if daemon else ""
        # "ospfd is not running" goes to standard error: joined there it stays in place; SSH would move it.
        self.program = f"exec vtysh{alone} 2>&1"

    def lines(self, command: str, mark: str) -> str:
        """Two lines."""
        return f"{command}\n!{mark}\n"

    def end(self, mark: str) -> re.Pattern[str]:
        """Prompt and comment."""
        return re.compile(rf"^\S*# !{mark}\n", re.MULTILINE)

    def answer(self, raw: str, end: re.Match[str]) -> tuple[str, int]:
        """All but the repeated command; status 1, as of `vtysh -c`, if it knows no such command or daemon."""
        del end
        said = raw.partition("\n")[2]
        output = _RECONNECTING.sub("", said)
        if not output and (gone := _GONE.search(said)):
            output = f"{gone['daemon']} is not running\n"
        return output, int(_NOT_ANSWERED.match(output) is not None)


class Sh:
    """A POSIX shell reading a pipe.

    Each command runs in a subshell: it can neither read the next one nor end the shell.
    """

    name: Final = "sh"
    program: Final = "exec sh 2>&1"

    def lines(self, command: str, mark: str) -> str:
        """Standard error goes where standard output goes."""
        # With `eval` a wrong command can't take along what follows; a plain one spares the shell a fork.
        safe = command if _PLAIN.fullmatch(command) else f"eval {shlex.quote(command)}"
        return f"({safe}) </dev/null 2>&1; printf '\\n%s %d\\n' {mark} $?\n"

    def end(self, mark: str) -> re.Pattern[str]:
        """A line with the mark and the exit status."""
        return re.compile(rf"\n{mark} (?P<status>\d+)\n")

    def answer(self, raw: str, end: re.Match[str]) -> tuple[str, int]:
        """As it is: the line break before the mark belongs to the mark."""
        return raw, int(end["status"])


class Dialogue:
    """Such a program at the far end of an SSH channel.

    It is also what netmiko itself reads and writes through. Unlike netmiko's own channel it waits for
    data instead of looking for some every 10 ms, and notices when the program has ended.

    Attributes:
        channel: what it is talked to through.
    """

    def __init__(self, channel: Channel, syntax: Syntax, pulse: Pulse) -> None:
        self.channel = channel
        self._pulse = pulse
        self._syntax = syntax
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._name = secrets.token_hex(4)  # others may have talked to this program before
        self._rounds = count(1)
        channel.settimeout(_LOOK_UP)
        try:
            channel.exec_command(syntax.program)
        except gone():
            raise SessionLost("the connection was lost") from None

    def read_channel(self) -> str:
        """What has come, waiting a moment for it; "" when nothing has.

        Raises:
            SessionLost: the program or the connection ended.
        """
        try:
            data = self.channel.recv(_CHUNK)
        except TimeoutError:
            return ""
        if not data:
            raise SessionLost(f"{self._syntax.name} has ended")
        self._pulse.beat()
        return self._decode(data)

    read_buffer = read_channel

    def write_channel(self, out_data: str) -> None:
        """Let the program read this."""
        self.channel.sendall(out_data.encode())

    def answers(self, deadline: Deadline) -> bool:
        """Whether the program takes commands; to be asked when all earlier ones have been answered."""
        pending = self.send(())
        pending.receive(deadline)
        return pending.ready

    def close(self) -> None:
        """Let go of the program, whatever it is at."""
        with suppress(*gone()):
            self.channel.close()

    def send(self, commands: Sequence[str]) -> Pending:
        """Send commands; all their answers must be read before more is sent.

        Raises:
            SessionLost: the program or the connection has ended.
        """
        mark = f"l3vpn-{self._name}-{next(self._rounds)}"
        # The first mark parts the first answer from what came before it, a greeting or the last prompt.
        lines = "".join(self._syntax.lines(command, mark) for command in ("", *commands))
        try:
            self.write_channel(lines)
        except gone():
            raise SessionLost("the connection was lost") from None
        return Pending(self, self._syntax, commands, mark)


class Pending:
    """Commands that were sent, and their answers on the way back.

    Attributes:
        answers: output and exit status of each command that has been answered, in the order sent.
        ready: whether the program has come to the first of them.
    """

    def __init__(self, dialogue: Dialogue, syntax: Syntax, commands: Sequence[str], mark: str) -> None:
        self._dialogue = dialogue
        self._syntax = syntax
        self._commands = tuple(commands)
        self._received = Received(syntax.end(mark))
        self.ready = False
        self.answers: dict[str, tuple[str, int]] = {}

    @property
    def waiting(self) -> tuple[str, ...]:
        """The commands that have no answer yet: the program is at the first of them."""
        return self._commands[len(self.answers) :]

    def receive(self, *deadlines: Deadline) -> None:
        """Take answers until all are there, or one of the deadlines is over; what has come by then is taken.

        Raises:
            SessionLost: the program or the connection ended; quotes its last words.
        """
        while not self.ready or self.waiting:
            if found := self._received.take():
                self._take(*found)
            elif more := self._listen():
                self._received.add(more)
            elif any(deadline.over for deadline in deadlines):
                return

    def _take(self, before: str, mark: re.Match[str]) -> None:
        """What stood before the first mark is no answer."""
        if self.ready:
            self.answers[self.waiting[0]] = self._syntax.answer(before, mark)
        self.ready = True

    def _listen(self) -> str:
        try:
            return self._dialogue.read_channel()
        except SessionLost as lost:
            last_words = self._received.last_line
            raise SessionLost(f"{lost}: {last_words}" if last_words else str(lost)) from None
