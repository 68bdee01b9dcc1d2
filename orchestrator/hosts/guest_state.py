"""What is written down about the running guest, for other processes and for after a crash."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestrator.hosts.files import write_whole
from orchestrator.hosts.process import ProcessId


@dataclass(frozen=True, slots=True)
class GuestState:
    """One start of the guest.

    Attributes:
        process: the process with which all of the guest ends.
        tree: the node tree it runs on.
        console: what its kernel printed.
        ready: whether it came up; False while it boots, and for ever if whoever booted it was interrupted.
        disk: the file its disk was made from; None if it has no disk.
        kernels: how many it is made of.
    """

    process: ProcessId
    tree: Path
    console: Path
    ready: bool
    disk: Path | None = None
    kernels: int = 1

    def dump(self) -> str:
        """As text of the state file."""
        return json.dumps(
            {
                "process": asdict(self.process),
                "tree": str(self.tree),
                "console": str(self.console),
                "ready": self.ready,
                "disk": str(self.disk) if self.disk else None,
                "kernels": self.kernels,
            },
            indent=2,
        )

    @classmethod
    def parse(cls, text: str) -> GuestState | None:
        """From text of the state file; None if it is not one (of an older version, or cut off)."""
        try:
            read = json.loads(text)
            process = read["process"]
            return cls(
                process=ProcessId(int(process["pid"]), int(process["started"]), str(process["boot"])),
                tree=Path(read["tree"]),
                console=Path(read["console"]),
                ready=bool(read["ready"]),
                disk=Path(read["disk"]) if read.get("disk") else None,
                kernels=int(read.get("kernels", 1)),
            )
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return None


class StateFile:
    """The state file of one installation's guest."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> GuestState | None:
        """What stands there; None after a proper stop, and after a reboot of this machine."""
        try:
            state = GuestState.parse(self._path.read_text(errors="replace"))
        except FileNotFoundError:
            return None
        return state if state is not None and state.process.this_boot else None

    def write(self, state: GuestState) -> None:
        """Put it there whole or not at all."""
        write_whole(self._path, state.dump() + "\n")

    def clear(self) -> None:
        """Forget the guest."""
        self._path.unlink(missing_ok=True)
