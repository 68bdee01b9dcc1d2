"""Steady flows of packets between two CEs, and what of them was lost in each phase of what happened."""

from __future__ import annotations

import re
import secrets
import shlex
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final

from orchestrator.errors import ExitCode, L3vpnError
from orchestrator.fleet.errors import ProgramEnded
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.lans import hosts_of, is_shared
from orchestrator.verification.kit.answers import Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from orchestrator.model.family import IpAddress
    from orchestrator.model.lab import Interface, Lab
    from orchestrator.verification.network import Network, RunningProgram

INTERVAL: Final = 40
"""Milliseconds between two packets of a flow."""
WAYS: Final = 16
"""Flows in each direction: so many that equal-cost ways are all used."""
_FIRST_HOST: Final = 101
_PROGRAM: Final = Path(__file__).with_name("flow_agent.py")
_WITHIN: Final = 20.0
_IN_FLIGHT: Final = 1.0
"""Seconds after which a packet that has not arrived does not any more."""


class NoFlow(L3vpnError):  # noqa: N818 -- says what is missing
    """There can be no traffic between these two, or the program that makes it has ended."""

    exit_code = ExitCode.UNPROVEN


@dataclass(frozen=True, slots=True)
class FlowPath:
    """From a CE's own address to a host in the other CE's LAN, which need not exist."""

    sender: str
    receiver: str
    source: IpAddress
    destination: IpAddress


@dataclass(frozen=True, slots=True)
class Gap:
    """A run of packets of one flow that did not arrive.

    Attributes:
        flow: its number.
        first: the number of the first packet that is missing.
        packets: how many are.
        milliseconds: between the sending of the packets around them, less one interval.
    """

    flow: int
    first: int
    packets: int
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Loss:
    """What was lost of all flows in one phase.

    Attributes:
        sent: packets.
        lost: packets.
        longest: milliseconds of the longest gap of a flow.
        flows: how many lost something.
    """

    sent: int
    lost: int
    longest: float
    flows: int


def flow_paths(lab: Lab, a: str, b: str) -> tuple[FlowPath, ...]:
    """The flows between two CEs, both ways.

    Raises:
        NoFlow: one of them is no CE with a LAN.
    """
    lans = {ce: _own_lans(lab, ce) for ce in (a, b)}
    for ce, own in lans.items():
        if not own:
            raise NoFlow(f"{ce} is no CE with a prefix of its own")
    return tuple(
        FlowPath(
            sender,
            receiver,
            lans[sender][0].address.ip,
            hosts_of(lab, lans[receiver][0])[_FIRST_HOST + number],
        )
        for sender, receiver in ((a, b), (b, a))
        for number in range(WAYS)
    )


def _own_lans(lab: Lab, ce: str) -> list[Interface]:
    """The LANs of a CE that no other site has as well: packets to such a one may go there."""
    site = next((site for site, _ in lab.attachments_of(ce)), None)
    lans = lab.interfaces_of(ce, InterfaceKind.LAN)
    return [one for one in lans if site is not None and not is_shared(lab, site, one.prefix)]


def losses(gaps: Iterable[Gap], marks: Sequence[Mapping[int, int]]) -> tuple[Loss, ...]:
    """What was lost in each phase: between two marks, which say how many packets each flow had sent by then.

    A gap belongs to the phase in which it began.
    """
    known = tuple(gaps)
    return tuple(
        _loss(
            [gap for gap in known if begin[gap.flow] <= gap.first < end[gap.flow]],
            sum(end[flow] - begin[flow] for flow in begin),
        )
        for begin, end in pairwise(marks)
    )


def _loss(gaps: Sequence[Gap], sent: int) -> Loss:
    return Loss(
        sent,
        sum(gap.packets for gap in gaps),
        max((gap.milliseconds for gap in gaps), default=0.0),
        len({gap.flow for gap in gaps}),
    )


class Flows:
    """Flows that run from `go` to `finish`; used as a context, so that no program stays behind.

    Raises:
        NoFlow: a CE cannot be reached, or its program ends.
    """

    def __init__(self, network: Network, paths: Sequence[FlowPath]) -> None:
        self._network = network
        self._paths = dict(enumerate(paths))
        self._programs: dict[str, RunningProgram] = {}
        self._marks: list[dict[int, int]] = []

    def __enter__(self) -> Self:
        command = f"exec python3 -I -S -c {shlex.quote(_PROGRAM.read_text(encoding='utf-8'))}"
        ces = dict.fromkeys(path.sender for path in self._paths.values())
        for ce, program in self._network.open_programs(dict.fromkeys(ces, command)).items():
            if isinstance(program, Unreachable):
                self._close()
                raise NoFlow(str(program))
            self._programs[ce] = program
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        while self._programs:
            self._programs.popitem()[1].close()

    def go(self) -> None:
        """Begin."""
        nonce = secrets.token_hex(4)
        for ce in self._programs:
            self._ask(ce, f"run {nonce}", "ready")
        for number, path in self._paths.items():
            self._ask(path.sender, f"flow {number} {path.source} {path.destination}", "flow")
        for ce in self._programs:
            self._ask(ce, f"go {INTERVAL}", "going")
        self.mark()

    def mark(self) -> None:
        """End a phase: what is sent from now on belongs to the next one."""
        self._marks.append(self._count("count", "counted"))

    def finish(self) -> tuple[Loss, ...]:
        """End the last phase, and say what was lost in each."""
        sent = self._count("stop", "stopped")
        self._marks.append(sent)
        Event().wait(_IN_FLIGHT)
        return losses(
            (gap for number in self._paths for gap in self._gaps(number, sent[number])), self._marks
        )

    def _count(self, verb: str, last: str) -> dict[int, int]:
        counts = {}
        for ce in self._programs:
            for line in self._ask(ce, verb, last):
                number, packets = _numbers(ce, line, 2)
                counts[number] = packets
        return counts

    def _gaps(self, number: int, sent: int) -> Iterable[Gap]:
        question = f"arrived {number} {INTERVAL * 1000} {sent}"
        receiver = self._paths[number].receiver
        for line in self._ask(receiver, question, "shown"):
            first, packets, microseconds = _numbers(receiver, line, 3)
            yield Gap(number, first, packets, microseconds / 1000)

    def _ask(self, ce: str, command: str, last: str) -> list[str]:
        program, lines = self._programs[ce], []
        try:
            program.write_line(command)
            while (line := program.read_line(_WITHIN)) != last:
                lines.append(line)
        except (TimeoutError, ProgramEnded) as error:
            raise NoFlow(f"no flows with {ce}: {error}") from None
        return lines


def _numbers(ce: str, line: str, count: int) -> list[int]:
    """The numbers behind the first word of a line that the program on `ce` wrote.

    Raises:
        NoFlow: it is no such line.
    """
    if re.fullmatch(rf"[a-z]+(?: -?[0-9]{{1,18}}){{{count}}}", line) is None:
        raise NoFlow(f"no flows with {ce}: its program says '{line}'")
    return [int(word) for word in line.split()[1:]]
