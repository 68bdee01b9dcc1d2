"""A program running on a node, at the far end of an SSH channel of its own."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeVar

from orchestrator.fleet.errors import NoAnswer, ProgramEnded
from orchestrator.fleet.gone import gone
from orchestrator.fleet.pulse import Pulse
from orchestrator.hosts.base import Completed

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from orchestrator.fleet.channel import Channel
    from orchestrator.fleet.pulse import Deadline

GivenT = TypeVar("GivenT")
AnswerT = TypeVar("AnswerT")

_CHUNK: Final = 1 << 16
_LOOK_UP: Final = 1.0  # seconds after which the deadline is looked at again
_BRIEF: Final = 60  # characters of a command that an error quotes
_NO_STATUS: Final = 255  # ended by a signal: what ssh itself says then


class Program:
    """A root shell command that runs, and is talked to line by line.

    Safe to use from another thread than the rest of the node's session. A program has to end when its
    standard input does: `close` has no other way to end it.

    Raises:
        NoAnswer: the connection was lost while it was to start; nobody knows whether it did.
    """

    def __init__(self, channel: Channel, command: str) -> None:
        self._channel = channel
        self._command = command
        self._received = b""
        try:
            channel.exec_command(command)
        except gone():
            # Not SessionLost, after which it would be started again, and perhaps run twice. With an exit
            # status it has ended before the node said that it began: what it wrote can be read.
            if channel.exit_status < 0:
                raise NoAnswer(f"the connection was lost under `{_brief(command)}`") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write_line(self, line: str) -> None:
        """Send a line.

        Raises:
            ProgramEnded: nobody is there to read it.
        """
        try:
            self._channel.sendall(f"{line}\n".encode())
        except gone():
            raise self._ended() from None

    def read_line(self, within: float) -> str:
        """The next line it writes, without its end.

        Raises:
            TimeoutError: no whole line within so many seconds; what came is kept for the next call.
            ProgramEnded: it has ended; a last line without an end is still given.
        """
        deadline = time.monotonic() + within
        while b"\n" not in self._received:
            self._channel.settimeout(max(0.0, deadline - time.monotonic()))
            try:
                data = self._channel.recv(_CHUNK)
            except TimeoutError:
                raise TimeoutError(f"`{self._command}` wrote nothing for {within:g} s") from None
            if data:
                self._received += data
            elif self._received:
                self._received += b"\n"
            else:
                raise self._ended()
        line, _, self._received = self._received.partition(b"\n")
        return line.decode("utf-8", "replace")

    def read(self, within: float | None = None) -> bytes:
        """Whatever it writes next, as it is; nothing once it has ended. Waits for as long as it takes.

        Raises:
            TimeoutError: nothing within so many seconds.
        """
        self._channel.settimeout(within)
        received, self._received = self._received, b""
        return received or self._channel.recv(_CHUNK)

    def end_input(self) -> None:
        """Give it no more input: what it does then is its own affair; what it still writes can be read."""
        with suppress(*gone()):
            self._channel.shutdown_write()

    def last_words(self) -> tuple[int, str]:
        """Its exit status and all that it complained of, once it has ended."""
        complaint = self._read(self._channel.recv_stderr, Pulse().deadline(1))
        self._channel.status_event.wait(1)
        return self._status, complaint.decode("utf-8", "replace")

    def finish(self, stdin: bytes, deadline: Deadline) -> Completed:
        """Give it all its input, and wait for its end.

        Raises:
            NoAnswer: it had not ended by then (it is cut off), or its connection was lost.
        """
        # Side by side: it may write much before it reads, and wait for that to be taken.
        feeding = threading.Thread(target=self._send, args=(stdin, deadline), daemon=True)
        feeding.start()
        try:
            stdout = self._read(self._channel.recv, deadline)
            stderr = self._read(self._channel.recv_stderr, deadline)
            while not (ended := self._channel.status_event.wait(min(_LOOK_UP, deadline.left))):
                if deadline.over:
                    break
        except TimeoutError:
            ended = False
        finally:
            self.close()
            feeding.join()
        if not ended:
            raise NoAnswer(f"`{_brief(self._command)}` did not end within {deadline.within:g} s")
        if self._channel.exit_status < 0 and not self._channel.get_transport().is_active():
            raise NoAnswer(f"the connection was lost under `{_brief(self._command)}`")
        return Completed(self._status, stdout, stderr)

    def close(self) -> None:
        """End its standard input and let go of it."""
        with suppress(*gone()):
            self._channel.close()

    def _send(self, stdin: bytes, deadline: Deadline) -> None:
        try:
            while stdin:
                stdin = stdin[self._patiently(self._channel.send, stdin, deadline) :]
            self._channel.shutdown_write()
        except gone():
            return  # it ended without reading all, or in no time: its exit status says more than we could

    def _read(self, receive: Callable[[int], bytes], deadline: Deadline) -> bytes:
        parts: list[bytes] = []
        while data := self._patiently(receive, _CHUNK, deadline):
            deadline.pulse.beat()
            parts.append(data)
        return b"".join(parts)

    def _patiently(self, do: Callable[[GivenT], AnswerT], given: GivenT, deadline: Deadline) -> AnswerT:
        """Do it, and look up now and then: the deadline may have moved on."""
        while True:
            self._channel.settimeout(min(_LOOK_UP, deadline.left))
            try:
                return do(given)
            except TimeoutError:
                if deadline.over:
                    raise

    @property
    def _status(self) -> int:
        status = self._channel.exit_status
        return status if status >= 0 else _NO_STATUS

    def _ended(self) -> ProgramEnded:
        """Its last words: it closed its output, so standard error and status are there or on their way."""
        complaint = b""
        with suppress(TimeoutError):
            complaint = self._read(self._channel.recv_stderr, Pulse().deadline(1))
            self._channel.status_event.wait(1)
        last = complaint.decode("utf-8", "replace").strip().rpartition("\n")[2]
        return ProgramEnded(f"`{_brief(self._command)}` has ended ({last or f'exit status {self._status}'})")


def _brief(command: str) -> str:
    first = command.strip().partition("\n")[0]
    return first if len(first) <= _BRIEF else f"{first[: _BRIEF - 1]}…"
