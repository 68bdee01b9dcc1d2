"""Starting the embedded kernel: from a node tree to a running, detached guest, or to nothing at all."""

from __future__ import annotations

import fcntl
import os
import select
import sys
import time
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, replace
from ipaddress import IPv4Interface
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.hosts import seccomp
from orchestrator.hosts.base import BootFailed
from orchestrator.hosts.guest_state import GuestState
from orchestrator.hosts.machine import available_memory
from orchestrator.hosts.process import ProcessId
from orchestrator.hosts.programs import search_path
from orchestrator.hosts.rootless import apart, name_users

if TYPE_CHECKING:
    from orchestrator.hosts.guest_state import StateFile
    from orchestrator.hosts.keys import Keys

OUTSIDE = IPv4Interface("198.19.255.1/30")  # RFC 2544's benchmarking range: in nobody's network
GUEST = IPv4Interface("198.19.255.2/30")

_OUTSIDE_SCRIPT = Path(__file__).with_name("guest_outside.sh")
_TAP = Path(__file__).with_name("tap.py")
_INIT = Path(__file__).with_name("guest_init.sh")
_WAIT = 'echo apart >&3; read -r _ && exec "$@"'
_BOOT_SECONDS = 60.0
_LAST_GIVEN = 3  # standard streams, and the one that says when the guest is up
_TAP_DESCRIPTOR = 4
_FREE_DESCRIPTOR = 10  # above those that the child has fixed uses for
_MEGA = 1 << 20
_LEAST, _MOST = 768, 4096


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk of the guest.

    Attributes:
        file: what is on it. It is not changed: what the guest writes is gone with it.
        making: a folder to show to a guest that makes the disk; then `file` itself is written to.
    """

    file: Path
    making: Path | None = None


def megabytes_for(available: int) -> int:
    """How much memory the guest gets on a machine with so many bytes to spare: half, within reason.

    The guest takes pages as it touches them; a lab of eight nodes needs about 600 MB.
    """
    return max(_LEAST, min(_MOST, available // _MEGA // 2))


def boot(tree: Path, keys: Keys, file: StateFile, console: Path, disk: Disk | None = None) -> GuestState:
    """Start the kernel and wait until its sshd listens.

    The kernel runs in a session of its own, so a Ctrl-C in this terminal does not reach it. It starts only
    after it has been written down, and whatever interrupts this function takes it away again.

    Raises:
        BootFailed: it ended, or was not up in a minute; the text ends with the last line of its console.
    """
    go_read, go_write = _pipe()
    ready_read, ready_write = _pipe()
    try:
        try:
            with console.open("wb") as log:
                process = _spawn(
                    _command(tree, keys, disk), stdin=go_read, output=log.fileno(), ready=ready_write
                )
        finally:
            os.close(go_read)
            os.close(ready_write)  # from now on held by the guest alone: its end is the end of the file
        try:
            state = GuestState(process, tree, console, ready=False, disk=disk.file if disk else None)
            file.write(state)
            _await("apart", ready_read, console)
            name_users(process.pid)
            os.write(go_write, b"go\n")
            _await("ready", ready_read, console)
            state = replace(state, ready=True)
            file.write(state)
        except BaseException:
            remove(process)
            file.clear()
            raise
    finally:
        os.close(go_write)
        os.close(ready_read)
    return state


def remove(process: ProcessId) -> None:
    """End a guest at once and wait until nothing of it is left."""
    # Its child is process 1 of the PID namespace: the kernel ends all others in it before that one is gone.
    for child in process.children():
        child.kill()
    process.kill()
    process.reap()


def lost(console: Path) -> tuple[ProcessId, ...]:
    """Guests that run and that nobody has written down any more, known by where their kernel prints."""
    where = {str(console), f"{console} (deleted)"}
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        # Not all that has it open: what reads the console is no guest.
        with suppress(OSError):  # gone, or another user's
            if str((entry / "fd/1").readlink()) in where and b"unshare" in (entry / "cmdline").read_bytes():
                found.append(ProcessId.of(int(entry.name)))
    return tuple(found)


def last_words(console: Path) -> str:
    """The line on the console that says best why it ended: a panic, else the last one."""
    try:
        text = console.read_text(errors="replace")
    except OSError:
        text = ""
    lines = [line.strip() for line in text.splitlines() if line.strip()] or ["nothing was printed"]
    return next((line for line in lines if "Kernel panic" in line), lines[-1])


def _command(tree: Path, keys: Keys, disk: Disk | None) -> list[str]:
    disks = [str(one) for one in (disk.file, disk.making) if one is not None] if disk else []
    return [
        *apart(),
        *("sh", "-c", _WAIT, "sh"),
        *(sys.executable, "-I", "-S", str(_TAP), "tp0", str(_TAP_DESCRIPTOR)),
        *("sh", str(_OUTSIDE_SCRIPT)),
        str(tree),
        str(megabytes_for(available_memory())),
        str(_INIT),
        str(keys.host.private),
        str(keys.login.public),
        str(OUTSIDE),
        str(GUEST),
        b64encode(seccomp.program()).decode(),
        *disks,
    ]


def _spawn(command: list[str], *, stdin: int, output: int, ready: int) -> ProcessId:
    """Start a process that is not ours to wait for, in a session of its own."""
    for descriptor in _handed_down():
        os.set_inheritable(descriptor, False)  # noqa: FBT003 -- its only form
    pid = os.posix_spawnp(
        command[0],
        command,
        {"PATH": search_path(), "LC_ALL": "C.UTF-8"},
        file_actions=[
            (os.POSIX_SPAWN_DUP2, stdin, 0),
            (os.POSIX_SPAWN_DUP2, output, 1),
            (os.POSIX_SPAWN_DUP2, output, 2),
            (os.POSIX_SPAWN_DUP2, ready, 3),
        ],
        setsid=True,
    )
    return ProcessId.of(pid)


def _handed_down() -> tuple[int, ...]:
    """What our starter left open for children; a guest outlives us, and would hold its locks and pipes."""
    ours = (int(one.name) for one in Path("/proc/self/fd").iterdir())
    return tuple(one for one in ours if one > _LAST_GIVEN and _is_handed_down(one))


def _is_handed_down(descriptor: int) -> bool:
    try:
        return os.get_inheritable(descriptor)
    except OSError:  # the one that listed them
        return False


def _await(word: str, ready: int, console: Path) -> None:
    """Wait until the guest, or what starts it, says a word."""
    deadline = time.monotonic() + _BOOT_SECONDS
    said = b""
    while word.encode() not in said:
        if not select.select([ready], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise BootFailed(
                f"the guest was not up in {_BOOT_SECONDS:.0f} s: {last_words(console)} ({console})"
            )
        more = os.read(ready, 256)
        if not more:
            raise BootFailed(f"the guest did not come up: {last_words(console)} (all of it in {console})")
        said += more


def _pipe() -> tuple[int, int]:
    """A pipe whose ends have numbers that no fixed descriptor of a child has."""
    ends = os.pipe()
    moved = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _FREE_DESCRIPTOR) for end in ends)
    for end in ends:
        os.close(end)
    return moved[0], moved[1]
