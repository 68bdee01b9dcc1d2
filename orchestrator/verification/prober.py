"""Sending probes from CEs and hearing which arrive where."""

from __future__ import annotations

import queue
import secrets
import shlex
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as Flag
from typing import TYPE_CHECKING

from orchestrator.fleet.errors import ProgramEnded
from orchestrator.model.topology import Endpoint
from orchestrator.verification.kit.answers import Unreachable
from orchestrator.verification.kit.facts import CouldNotLook
from orchestrator.verification.kit.probes import (
    Answered,
    Arrived,
    Event,
    Flight,
    Missed,
    Ready,
    Refused,
    RunEnded,
    Seen,
    Sent,
    UnknownLine,
    Unsent,
    read_event,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from orchestrator.verification.kit.probes import Probe
    from orchestrator.verification.network import Network, RunningProgram

_PROGRAM = Path(__file__).with_name("probe_agent.py")
_START = 20.0
"""Seconds without any news in which the program on a CE must say that it listens."""
_QUIET = 1.0
"""Seconds without any news after which what has not arrived counts as lost, if the nodes' machine is idle."""
_LOOKS = 6
"""So many times in a row the machine may be found at work without any news: it may be so for ever."""
_SHORTEST_VIGIL = 0.1
_LAST_WORD = 20.0
"""Seconds without any news in which a witness must say that it has reported all."""
_TICK = 1.0
"""Seconds without a line after which a reader looks whether it is still wanted."""


@dataclass(slots=True)
class _Run:
    """One run of probes: what is expected, what has been received."""

    probes: Sequence[Probe]
    flights: dict[int, Flight] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)
    ready: set[str] = field(default_factory=set)
    unsent: set[str] = field(default_factory=set)

    def receive(self, ce: str, event: Event) -> None:
        """Note what the program on `ce` said."""
        match event:
            case Ready():
                self.ready.add(ce)
            case Sent():
                self.unsent.discard(ce)
            case Arrived(number) if number in self.flights:
                self.flights[number] = self.flights[number].seen_at(ce)
            case Answered(number) if number in self.flights:
                self.flights[number] = self.flights[number].replied()
            case Refused(number, reason) if number in self.flights:
                self.flights[number] = self.flights[number].refused(reason)
            case Seen(number, interface) if number in self.flights:
                self.flights[number] = self.flights[number].came_in_by(Endpoint(ce, interface))
            case Missed(number):
                self.lost.setdefault(ce, f"it missed {number} packets")
            case Unsent(number, reason) if number in self.flights:
                self.flights[number] = self.flights[number].kept(reason)
            case _:
                pass

    @property
    def complete(self) -> bool:
        """Whether all that can still be hoped for has happened."""
        return not self.unsent and all(
            self.flights[number].landed(probe) or self._hopeless(number)
            for number, probe in enumerate(self.probes)
            if probe.target is not None
        )

    def _hopeless(self, number: int) -> bool:
        probe = self.probes[number]
        return bool(self.flights[number].refusal) or bool({probe.ce, probe.target} & set(self.lost))

    def result(self) -> dict[Probe, Flight | CouldNotLook]:
        """What became of each probe."""
        return {probe: self._fate(number, probe) for number, probe in enumerate(self.probes)}

    def _fate(self, number: int, probe: Probe) -> Flight | CouldNotLook:
        for node in (probe.ce, probe.target, *probe.witnesses):
            if node in self.lost:
                return CouldNotLook(f"no probes with {node}: {self.lost[node]}")
        return self.flights[number]


class Prober:
    """The programs on the CEs: started when first needed, ended by `close`.

    Every CE listens before the first probe leaves. A CE whose program does not run is an answer
    (`CouldNotLook`), not an exception.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._programs: dict[str, RunningProgram] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all programs."""
        while self._programs:
            self._programs.popitem()[1].close()

    def fly(self, probes: Iterable[Probe], listeners: Iterable[str]) -> Mapping[Probe, Flight | CouldNotLook]:
        """Send each probe once, and say what became of it.

        Probes that nobody waits for leave first: once all others are back, any of those would have arrived
        as well. Ends when all that must arrive has arrived, or nothing has been received for a while.

        Args:
            probes: what to send.
            listeners: CEs that listen though they send nothing.
        """
        ordered = sorted(
            dict.fromkeys(probes), key=lambda probe: (probe.target is not None, bool(probe.witnesses))
        )
        run = _Run(ordered, {number: Flight() for number in range(len(ordered))})
        if not ordered:
            return {}
        everyone = dict.fromkeys(
            name
            for probe in ordered
            for name in (probe.ce, probe.target, *probe.witnesses)
            if name is not None
        )
        programs = self._started([*everyone, *listeners], run)
        _Flight(programs, run, self._network).go()
        for ce in run.lost:
            if program := self._programs.pop(ce, None):
                program.close()
        return run.result()

    def _started(self, ces: Iterable[str], run: _Run) -> dict[str, RunningProgram]:
        wanted = tuple(dict.fromkeys(ces))
        command = f"exec python3 -I -S -c {shlex.quote(_PROGRAM.read_text(encoding='utf-8'))}"
        missing = {ce: command for ce in wanted if ce not in self._programs}
        for ce, program in (self._network.open_programs(missing) if missing else {}).items():
            if isinstance(program, Unreachable):
                run.lost[ce] = program.why
            else:
                self._programs[ce] = program
        return {ce: self._programs[ce] for ce in wanted if ce in self._programs}


class _Flight:
    """One run in progress: a reader for each program, and what they receive in one queue."""

    def __init__(self, programs: Mapping[str, RunningProgram], run: _Run, network: Network) -> None:
        self._programs = programs
        self._network = network
        self._run = run
        self._nonce = secrets.token_hex(4)
        self._news: queue.SimpleQueue[tuple[str, Event | str]] = queue.SimpleQueue()
        self._over = Flag()
        self._last_news = 0.0
        run.unsent.update(programs)

    def go(self) -> None:
        """Get ready, send, listen until it is over."""
        with ThreadPoolExecutor(max_workers=max(1, len(self._programs))) as readers:
            try:
                for ce, program in self._programs.items():
                    self._send(ce, [f"run {self._nonce}", *self._watch(ce), *self._orders(ce)])
                    readers.submit(self._read, ce, program)
                self._until_ready()
                begun = self._last_news = time.monotonic()
                for ce in [one for one in self._programs if one not in self._run.lost]:
                    self._send(ce, ["go"])
                self._until_complete()
                # What must not arrive gets once more the time that the slowest of the others needed.
                self._listen(max(_SHORTEST_VIGIL, self._last_news - begun))
            finally:
                self._over.set()
                for ce in self._programs:
                    self._send(ce, ["end"])
        while self._receive(0):
            """What the programs still said before they said that it is over."""

    def _orders(self, ce: str) -> list[str]:
        return [
            f"send {number} {probe.source} {probe.destination} {probe.size} {probe.gateway or '-'}"
            f" {probe.ttl}"
            for number, probe in enumerate(self._run.probes)
            if probe.ce == ce
        ]

    def _watch(self, node: str) -> list[str]:
        """The witnessed probes come last, and are known by their numbers."""
        watched = (number for number, probe in enumerate(self._run.probes) if node in probe.witnesses)
        first = next(watched, None)
        return [] if first is None else [f"watch {first}"]

    def _send(self, ce: str, lines: Sequence[str]) -> None:
        try:
            self._programs[ce].write_line("\n".join(lines))
        except ProgramEnded as ended:
            self._lose(ce, str(ended))

    def _lose(self, ce: str, why: str) -> None:
        self._run.lost.setdefault(ce, why)
        self._run.unsent.discard(ce)

    def _read(self, ce: str, program: RunningProgram) -> None:
        """In a thread of its own: pass on what one program says, until it says that the run is over.

        A busy node may still owe the end of the run before, and what it said of that: neither is news.
        """
        silence, patience = 0.0, _LAST_WORD if self._watch(ce) else _TICK
        in_this_run = False
        while True:
            try:
                event = read_event(program.read_line(_TICK))
            except TimeoutError:
                silence = silence + _TICK if self._over.is_set() else 0.0
                if silence < patience:
                    continue
                if self._watch(ce):
                    self._news.put((ce, f"it has not reported what it saw after {patience:g} s"))
                return
            except UnknownLine as line:
                self._news.put((ce, f"its program says '{line}'"))
                return
            except ProgramEnded as ended:
                self._news.put((ce, str(ended)))
                return
            silence = 0.0
            in_this_run = in_this_run or event == Ready(self._nonce)
            if not in_this_run:
                continue
            if isinstance(event, RunEnded):
                return
            self._news.put((ce, event))

    def _receive(self, within: float) -> bool:
        """Note the next piece of news; False if there is none."""
        try:
            ce, event = self._news.get(timeout=max(0.0, within))
        except queue.Empty:
            return False
        self._last_news = time.monotonic()
        if isinstance(event, str):
            self._lose(ce, event)
        else:
            self._run.receive(ce, event)
        return True

    def _receive_patiently(self, within: float) -> bool:
        """As `_receive`, and once more while the nodes' machine is at work: packets wait in its queues."""
        for _ in range(_LOOKS):
            if self._receive(within):
                return True
            if not self._network.at_work():
                break
        return self._receive(0)

    def _until_ready(self) -> None:
        """On a busy machine they get ready one after another: as long as any does, the others may."""
        while waiting := set(self._programs) - self._run.ready - set(self._run.lost):
            if not self._receive_patiently(_START):
                for ce in waiting:
                    self._lose(ce, f"its program is not ready after {_START:g} s")

    def _until_complete(self) -> None:
        while not self._run.complete and self._receive_patiently(_QUIET):
            pass

    def _listen(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._receive(left)
