"""A person's terminal: the real command line, with a state folder that no other lab on the machine shares."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.hosts.guest import Guest
from orchestrator.settings import Places, Settings

_PROGRAM = (sys.executable, "-m", "orchestrator")
_ROOT = Path(__file__).parents[2]
_PATIENCE = 240.0

Completed = subprocess.CompletedProcess[str]


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where `l3vpn` is typed; trees of nodes come from the tests' cache.

    Attributes:
        state: `XDG_STATE_HOME`.
        guests: `L3VPN_GUESTS`: a test says over how many kernels its labs are spread, on whatever machine;
            "" for what suits the lab and the machine.
    """

    state: Path
    guests: str = "1"

    @property
    def settings(self) -> Settings:
        """What the commands typed here go by."""
        return Settings.of(self.environ)

    @property
    def places(self) -> Places:
        """The folders that the commands typed here use."""
        return self.settings.places

    @property
    def environ(self) -> dict[str, str]:
        mine = {"XDG_STATE_HOME": str(self.state), "L3VPN_GUESTS": self.guests, "COLUMNS": "200"}
        return os.environ | mine

    def l3vpn(self, *arguments: str | Path, patience: float = _PATIENCE) -> Completed:
        """Run one command to its end, which has so many seconds to come."""
        return subprocess.run(
            [*_PROGRAM, *map(str, arguments)],
            env=self.environ,
            cwd=_ROOT,
            text=True,
            capture_output=True,
            check=False,
            timeout=patience,
        )

    def begin(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Begin one command, in a process group of its own, to be interrupted as Ctrl-C would."""
        return subprocess.Popen(
            [*_PROGRAM, *map(str, arguments)],
            env=self.environ,
            cwd=_ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def begin_in(self, window: int, *arguments: str | Path) -> subprocess.Popen[bytes]:
        """Begin one command in a terminal window, which may be closed: descriptor `window` is its inside."""
        return subprocess.Popen(
            ["setsid", "--ctty", *_PROGRAM, *map(str, arguments)],
            env=self.environ,
            cwd=_ROOT,
            stdin=window,
            stdout=window,
            stderr=window,
        )

    def verify(self, lab: str | Path, timeout: float) -> Any:  # noqa: ANN401 -- JSON
        """The report of `verify --format json`."""
        return json.loads(self.l3vpn("verify", lab, "--format", "json", "--timeout", str(timeout)).stdout)

    def status(self, lab: str | Path) -> dict[str, str]:
        """The state of each node, as `status --format json` has it."""
        shown = json.loads(self.l3vpn("status", lab, "--format", "json").stdout)
        return {node["name"]: node["state"] for node in shown["nodes"]}

    def run(self, lab: str | Path, node: str, command: str) -> Completed:
        """Run a shell command in a node."""
        return self.l3vpn("exec", lab, node, "--", "sh", "-c", command)

    def guest_pid(self) -> int:
        """The process that is the guest."""
        pid = Guest.status(self.places).pid
        assert pid is not None
        return pid

    def left_over(self) -> list[str]:
        """What is there although no lab is up: a guest, one of its processes, a lab that is remembered."""
        status = Guest.status(self.places)
        labs = [path.name for path in (self.places.state / "labs").glob("*.json")]
        return [
            *([f"the guest is {status.condition.value}"] if status.pid else []),
            *labs,
            *self._processes(),
        ]

    def _processes(self) -> list[str]:
        """Processes on this machine that hold a file of the state folder open."""
        found = set()
        for link in Path("/proc").glob("[0-9]*/fd/*"):
            try:
                if self.state in link.readlink().parents:
                    found.add(f"process {link.parts[2]}")
            except OSError:  # gone, or another user's
                continue
        return sorted(found)


def proven(done: Completed) -> bool:
    """Whether `up` or `verify` proved the lab; what it said, if not."""
    assert done.returncode == 0, done.stdout + done.stderr
    return "checks hold" in done.stdout
