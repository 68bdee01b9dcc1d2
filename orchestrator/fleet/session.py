"""A node's session: what is done with a node that is logged in to, whoever holds the connection.

vtysh, a root shell, single commands and long-running programs are channels of one SSH connection as root, so
that a node pays for one key exchange, and for vtysh (the dear part) only when FRR is asked something.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from orchestrator.fleet.dialogue import Dialogue
from orchestrator.fleet.errors import NoAnswer
from orchestrator.fleet.lanes import Lanes, Silence
from orchestrator.fleet.program import Program

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from orchestrator.fleet.channel import Channel
    from orchestrator.fleet.dialogue import Syntax
    from orchestrator.fleet.kept import Kept
    from orchestrator.fleet.pulse import Pulse
    from orchestrator.hosts.base import Completed
    from orchestrator.hosts.remote import Dial


@dataclass(frozen=True, slots=True)
class Login:
    """How nodes are logged in to.

    Attributes:
        dial: makes the TCP connection.
        key: file with the private key.
        known_hosts: file with the nodes' host keys; any other host key is refused.
        patience: seconds to wait for a connection.
        pulse: when any node of the fleet was last heard.
        kept: what keeps connections between commands; None to make one for this command alone.
    """

    dial: Dial
    key: Path
    known_hosts: Path
    patience: float
    pulse: Pulse
    kept: Kept | None = None


class Session(ABC):
    """A node that is logged in to: it answers commands and runs programs.

    One thread at a time, programs excepted.

    Attributes:
        pulse: when any node of its fleet was last heard.
        lost: the connection is of no use any more, to nobody.
    """

    pulse: Pulse
    lost: bool = False

    @abstractmethod
    def new_channel(self) -> Channel:
        """A channel in which nothing runs yet.

        Raises:
            SessionLost: there is no connection any more.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of it."""

    @cached_property
    def _lanes(self) -> Lanes:
        return Lanes(self._converse, self.pulse)

    def _converse(self, syntax: Syntax) -> Dialogue:
        return Dialogue(self.new_channel(), syntax, self.pulse)

    def ask(
        self, commands: Sequence[str], within: float, *, apart: bool = False
    ) -> dict[str, tuple[str, int] | Silence]:
        """Output and exit status by command: `show …` of vtysh, all else of the root shell.

        What hangs costs only what it was asked: a daemon of FRR's that does not answer, or a shell command
        that does not end.

        Args:
            commands: in any order, one line each.
            within: seconds without a word from any node of the fleet.
            apart: ask each daemon of FRR by itself from the start.

        Raises:
            NoAnswer: nothing on the node answers; the connection is of no use any more.
            SessionLost: the connection or vtysh ended.
        """
        return self._lanes.ask(commands, within, apart=apart)

    def ask_all(self, commands: Sequence[str], within: float) -> dict[str, tuple[str, int]]:
        """As `ask`, for those who need every answer.

        Raises:
            NoAnswer: a command was not answered in time.
            SessionLost: the connection or vtysh ended.
        """
        answers: dict[str, tuple[str, int]] = {}
        for command, answer in self.ask(commands, within).items():
            if isinstance(answer, Silence):
                raise NoAnswer(answer.by_whom)
            answers[command] = answer
        return answers

    def run(self, command: str, stdin: bytes, within: float) -> Completed:
        """Run one root shell command by itself.

        Raises:
            SessionLost: there is no connection any more; nothing was run.
            NoAnswer: the command did not end in time, or the connection was lost under it.
        """
        return Program(self.new_channel(), command).finish(stdin, self.pulse.deadline(within))

    def start(self, command: str) -> Program:
        """Start a program to talk to.

        Raises:
            SessionLost: there is no connection any more; nothing was started.
            NoAnswer: the connection was lost while it was to start.
        """
        return Program(self.new_channel(), command)
