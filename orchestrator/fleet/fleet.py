"""`Fleet`: the nodes of a running lab, asked side by side.

nornir runs the tasks, netmiko holds the connections. Built directly: no inventory file, no log in the
working directory, no memory of hosts that failed once.
"""

from __future__ import annotations

import time
from contextlib import suppress
from socket import SHUT_RDWR
from typing import TYPE_CHECKING, Final, TypeVar

from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
from nornir.core.plugins.connections import ConnectionPluginRegister
from nornir.core.state import GlobalState

from orchestrator.fleet.errors import CannotConnect, SessionError, SessionLost
from orchestrator.fleet.lanes import Silence
from orchestrator.fleet.plugin import FrrPlugin
from orchestrator.fleet.pulse import Pulse
from orchestrator.fleet.session import Login, Session
from orchestrator.fleet.side_by_side import SideBySide
from orchestrator.verification.kit.answers import Transcript, Unreachable, no_node_progress

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping, Sequence
    from ipaddress import IPv4Address
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from nornir.core.task import Task

    from orchestrator.fleet.kept import Kept
    from orchestrator.fleet.program import Program
    from orchestrator.hosts.base import Completed
    from orchestrator.hosts.remote import Dial
    from orchestrator.verification.kit.answers import NodeProgress

_FRR: Final = "frr"  # the connection's name in nornir
_PATIENCE: Final = 20.0
_CLOSED: Final = "the fleet has been closed"
_AT_ONCE: Final = 8  # nodes of a processor: logging in is what costs it most, and each is soon done with
_AT_MOST: Final = 32  # threads: they share one processor for what they do here
_SILENT: Final = 0.9  # of the patience: who has waited for so long was not refused

AnswerT = TypeVar("AnswerT")
GivenT = TypeVar("GivenT")

ConnectionPluginRegister.register(_FRR, FrrPlugin)


class Fleet:
    """Sessions to the nodes of a lab, opened when first used and kept until `close`.

    Every method asks its nodes side by side and waits for all. A node that cannot be reached, or does not
    answer in time, is `Unreachable` in the result and holds up no other. A session that was open and is
    lost (a node was restarted) is opened once more. Not for several threads at once; `Program`s are.

    Args:
        nodes: management address of each node.
        dial: makes a TCP connection to such an address; raises `HostError` or `OSError`.
        key: file with the private key that nodes accept.
        known_hosts: file with their host keys.
        user: the login; root, because plumbing and `vtysh -f` need it.
        patience: seconds to wait for a connection, and for answers, without a word from any of the nodes.
        at_work: whether the machine with the nodes has work left, so that they are waited for longer.
        processors: that the nodes have between them.
        progress: called with what each node is being waited for.
        kept: what keeps connections between commands; None to make some for this fleet alone.
    """

    def __init__(  # noqa: PLR0913 -- all but the first four have a default that fits
        self,
        nodes: Mapping[str, IPv4Address],
        dial: Dial,
        *,
        key: Path,
        known_hosts: Path,
        user: str = "root",
        patience: float = _PATIENCE,
        at_work: Callable[[], bool] | None = None,
        processors: int = 2,
        progress: NodeProgress = no_node_progress,
        kept: Kept | None = None,
    ) -> None:
        self.patience = patience
        self._progress = progress
        self._dialled: list[socket.socket] = []
        self._closed = False
        self._dial = dial
        self._pulse = Pulse(at_work) if at_work else Pulse()
        access = Login(self._dial_and_remember, key, known_hosts, patience, self._pulse, kept)
        options = {_FRR: ConnectionOptions(extras={"access": access})}
        hosts = Hosts(
            {
                name: Host(name, hostname=str(address), username=user, connection_options=options)
                for name, address in nodes.items()
            }
        )
        self._nornir = Nornir(
            inventory=Inventory(hosts, Groups(), Defaults()),
            runner=SideBySide(max(1, min(_AT_ONCE * processors, _AT_MOST, len(hosts))), self.close),
            config=Config(),
            data=GlobalState(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def closed(self) -> bool:
        """Whether its sessions are gone for good: by `close`, or by an interruption."""
        return self._closed

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes' names."""
        return tuple(self._nornir.inventory.hosts)

    def collect(
        self, wanted: Mapping[str, Sequence[str]], within: float | None = None, *, apart: bool = False
    ) -> dict[tuple[str, str], Transcript | Unreachable]:
        """Ask each node a number of commands; the answer of each by node and command.

        A command that begins with `show ` is vtysh's, any other the root shell's. Both stay open: asking
        again costs a round trip. Commands must only look: they are asked again on a new connection if the
        old one turns out to be lost. A daemon that hangs costs only what it was asked, and is not waited for
        again before it has answered; `apart` asks each by itself from the start.
        """

        def ask(session: Session, commands: Sequence[str]) -> dict[str, tuple[str, int] | Silence]:
            return session.ask(commands, within or self.patience, apart=apart)

        asked = {node: tuple(dict.fromkeys(commands)) for node, commands in wanted.items() if commands}
        looks = self.each(asked, ask, "asking")
        answers: dict[tuple[str, str], Transcript | Unreachable] = {}
        for node, commands in asked.items():
            seen = looks[node]
            for command in commands:
                answers[node, command] = (
                    seen if isinstance(seen, Unreachable) else _answer(node, command, seen[command])
                )
        return answers

    def execute(
        self,
        commands: Mapping[str, str],
        stdin: Mapping[str, bytes] | None = None,
        within: float | None = None,
    ) -> dict[str, Completed | Unreachable]:
        """Run one root shell command on each node named, by itself; never twice."""

        def run(session: Session, given: tuple[str, bytes]) -> Completed:
            return session.run(*given, within or self.patience)

        given = {node: (command, (stdin or {}).get(node, b"")) for node, command in commands.items()}
        return self.each(given, run, "running")

    def open_programs(self, commands: Mapping[str, str]) -> dict[str, Program | Unreachable]:
        """Start one program on each node named, to talk to."""
        return self.each(commands, Session.start, "starting")

    def open_program(self, node: str, command: str) -> Program | Unreachable:
        """Start a program on a node, to talk to."""
        return self.open_programs({node: command})[node]

    def at_work(self) -> bool:
        """Whether the machine with the nodes is busy; False where nobody can say."""
        return self._pulse.sees_work()

    def close(self) -> None:
        """Close all connections; what still waits for one ends at once."""
        self._closed = self._pulse.ended = True
        for host in self._nornir.inventory.hosts.values():
            host.close_connections()
        while self._dialled:
            connection = self._dialled.pop()
            with suppress(OSError):  # not connected any more
                connection.shutdown(SHUT_RDWR)
            connection.close()

    def each(
        self,
        given: Mapping[str, GivenT],
        work: Callable[[Session, GivenT], AnswerT],
        what: str,
    ) -> dict[str, AnswerT | Unreachable]:
        """Do `work` on the session of each node named, with what it is given.

        Where an open session turns out to be lost (`work` raises `SessionLost`), `work` is begun once more
        on a new one: it must be safe to begin again, or raise something else.

        Raises:
            KeyError: a node that the fleet does not have.
        """
        hosts = {node: self._nornir.inventory.hosts[node] for node in given}

        def on_node(task: Task) -> AnswerT | Unreachable:
            node = task.host
            try:
                return self._with_session(node, lambda session: work(session, given[node.name]), what)
            except SessionError as error:
                _give_up(node)
                return Unreachable(node.name, str(error))

        try:
            results = self._nornir.filter(filter_func=lambda host: host.name in hosts).run(on_node)
        finally:
            self._nornir.data.reset_failed_hosts()
        answers: dict[str, AnswerT | Unreachable] = {}
        for node, result in results.items():
            if result[0].exception is not None:
                raise result[0].exception
            answers[node] = result[0].result
        return answers

    def _with_session(self, host: Host, work: Callable[[Session], AnswerT], what: str) -> AnswerT:
        """Do `work`, once more on a new connection if an old one turns out to be lost."""
        if _FRR in host.connections:
            try:
                self._progress(host.name, what)
                return work(host.get_connection(_FRR, self._nornir.config))
            except SessionLost:
                _give_up(host)
        self._progress(host.name, "connecting")
        session = self._connected(host)
        if self._closed:  # meanwhile, and a session that is kept was there at once
            session.close()
            raise CannotConnect(_CLOSED)
        self._progress(host.name, what)
        return work(session)

    def _connected(self, host: Host) -> Session:
        """Its session, opened now; a node that says nothing is called again while its machine is at work."""
        waiting = self._pulse.deadline(self.patience)
        while True:
            begun = time.monotonic()
            try:
                session: Session = host.get_connection(_FRR, self._nornir.config)
            except CannotConnect:
                if time.monotonic() - begun < _SILENT * self.patience or waiting.over:
                    raise
            else:
                return session

    def _dial_and_remember(self, address: IPv4Address, port: int) -> socket.socket:
        connection = self._dial(address, port)
        self._dialled.append(connection)
        if self._closed:
            connection.close()
            raise CannotConnect(_CLOSED)
        return connection


def _give_up(host: Host) -> None:
    if _FRR in host.connections:
        host.connections[_FRR].connection.lost = True
    host.close_connections()


def _answer(node: str, command: str, said: tuple[str, int] | Silence) -> Transcript | Unreachable:
    if isinstance(said, Silence):
        return Unreachable(node, said.why, said.daemon)
    return Transcript(node, command, *said)
