"""What must be remembered between two commands: where, how, at which stage a lab is up, and what was failed.

Everything else is asked of the host itself, so that a crash leaves nothing stale here but a pointer.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TextIO

from orchestrator.errors import L3vpnError
from orchestrator.faults.fault import Fault, NoSuchTarget, parse_fault
from orchestrator.hosts.files import write_whole
from orchestrator.hosts.locks import alone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from orchestrator.hosts.base import Progress
    from orchestrator.settings import Settings


_JOURNAL_LINES: Final = 1000
_PROCESS: Final = re.compile(r"\(process (\d+)\)")


class Busy(L3vpnError):  # noqa: N818 -- the name says what happened
    """Another command is at work on the same lab."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where and how a lab was brought up.

    Attributes:
        lab: its name.
        folder: of its files.
        host: it is on.
        runtime: that made its nodes.
        stage: of its intent that it was last brought to; "" for none.
        suite: the Debian release of its nodes, which decides FRR's; "" for the default.
        image: the container image of all its nodes; "" for those of its topology file.
        guests: over how many of the guest's kernels it is spread.
    """

    lab: str
    folder: str
    host: str
    runtime: str
    stage: str = ""
    suite: str = ""
    image: str = ""
    guests: int = 1


class Store:
    """One small file per lab under `$XDG_STATE_HOME/l3vpn/labs`."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "labs"

    @classmethod
    def of(cls, settings: Settings) -> Store:
        """This user's."""
        return cls(settings.places.state)

    def all(self) -> tuple[Placement, ...]:
        """The labs that were brought up and not taken down; an unreadable file counts for nothing."""
        found = (self.get(path.stem) for path in sorted(self._folder.glob("*.json")))
        return tuple(one for one in found if one is not None)

    def get(self, lab: str) -> Placement | None:
        """Where `lab` was brought up."""
        try:
            placement = Placement(**json.loads(self._path(lab).read_text()))
        except (OSError, ValueError, TypeError, RecursionError):
            return None
        *words, guests = astuple(placement)
        if placement.lab != lab or not all(isinstance(one, str) for one in words) or type(guests) is not int:
            return None
        return placement

    def put(self, placement: Placement) -> None:
        """Remember, before anything is made: what is made can then always be found."""
        self._write(self._path(placement.lab), json.dumps(asdict(placement)))

    def forget(self, lab: str) -> None:
        """The lab is gone, and all that was done to it."""
        self._path(lab).unlink(missing_ok=True)
        self._failed(lab).unlink(missing_ok=True)
        self._journal(lab).unlink(missing_ok=True)

    def failed(self, lab: str) -> tuple[Fault, ...]:
        """What has been failed in a lab and not restored, oldest first; unreadable lines do not count."""
        try:
            lines = self._failed(lab).read_text().splitlines()
        except (OSError, UnicodeDecodeError):
            return ()
        return tuple(fault for line in lines if (fault := _fault(line)) is not None)

    def put_failed(self, lab: str, faults: Iterable[Fault]) -> None:
        """Remember what is failed; before it is done, and until it is undone."""
        self._write(self._failed(lab), "".join(f"{json.dumps(one.to_dict())}\n" for one in faults))

    def note(self, lab: str, words: str) -> None:
        """Write into a lab's journal what is about to be done to it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        at = datetime.now(UTC).isoformat(timespec="seconds")
        lines = (*self.journal(lab), f"{at} {words}")
        write_whole(self._journal(lab), "".join(f"{one}\n" for one in lines[-_JOURNAL_LINES:]))

    def journal(self, lab: str) -> tuple[str, ...]:
        """What has been done to a lab since it was brought up, oldest first: when, and in which words."""
        try:
            return tuple(self._journal(lab).read_text("utf-8").splitlines())
        except (OSError, UnicodeDecodeError):
            return ()

    def busy(self, lab: str) -> bool:
        """Whether a command is at work on the lab right now."""
        try:
            with self.lock(lab):
                return False
        except Busy:
            return True

    def holder(self, lab: str) -> str:
        """Which command of another process is at work on a lab, and since when; "" for none.

        The lock is tried only if the process that held it last is there: whoever wanted the lock in that
        instant would find it taken.
        """
        try:
            with (self._folder / f"{lab}.lock").open() as file:
                said = file.read()
                process = _PROCESS.search(said)
                if process is None or int(process[1]) == os.getpid():
                    return ""
                os.kill(int(process[1]), 0)
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return said
        except (OSError, OverflowError, UnicodeDecodeError):
            return ""
        return ""

    def hosts_lock(self, progress: Progress) -> AbstractContextManager[None]:
        """Wait for, and hold, the right to start hosts or to stop idle ones.

        Not among the labs' files: a lab may be called `hosts`.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        return alone(
            self._folder.parent / "hosts.lock", "another command to start or stop the host", progress
        )

    def _write(self, path: Path, text: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)

    def _path(self, lab: str) -> Path:
        return self._folder / f"{lab}.json"

    def _failed(self, lab: str) -> Path:
        return self._folder / f"{lab}.failed"

    def _journal(self, lab: str) -> Path:
        return self._folder / f"{lab}.journal"

    @contextmanager
    def lock(self, lab: str, doing: str = "", waiting: Progress | None = None) -> Iterator[None]:
        """Hold a lab for a command that changes it.

        Args:
            lab: its name.
            doing: the command's verb, shown to others that want the lab.
            waiting: called with the verb that has to end first; None not to wait.

        Raises:
            Busy: another process holds it; which verb, and since when.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f"{lab}.lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = _holder(file)
                if waiting is None:
                    said = f"another command is at work on lab '{lab}': {holder}; `--wait` waits for it"
                    raise Busy(said) from None
                waiting(f"waiting for another command on lab '{lab}': {holder}")
                fcntl.flock(file, fcntl.LOCK_EX)
            file.truncate(0)
            since = datetime.now().astimezone()
            file.write(f"{doing or 'a command'} since {since:%H:%M:%S} (process {os.getpid()})")
            file.flush()
            yield


def _fault(line: str) -> Fault | None:
    """A fault of its JSON; version 0.1.0 wrote the words of a scenario."""
    try:
        return Fault.from_dict(json.loads(line)) if line.startswith("{") else parse_fault(line)
    except (ValueError, RecursionError, NoSuchTarget):
        return None


def _holder(file: TextIO) -> str:
    file.seek(0)
    return file.read() or "it has just begun"
