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
from ipaddress import IPv4Interface, IPv4Network
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

_BETWEEN = tuple(IPv4Network("198.19.255.0/24").subnets(new_prefix=30))
"""Of each kernel, what is between it and its TAP device; of RFC 2544's range, which is nobody's network."""
MOST_KERNELS = 4


def outside(kernel: int) -> IPv4Interface:
    """The address of a kernel's TAP device: where it sees sessions come from."""
    return IPv4Interface((_BETWEEN[kernel][1], 30))


def inside(kernel: int) -> IPv4Interface:
    """A kernel's own address."""
    return IPv4Interface((_BETWEEN[kernel][2], 30))


def share(network: IPv4Network, kernel: int, kernels: int) -> IPv4Network:
    """The part of a network whose addresses are in one of so many kernels."""
    return list(network.subnets((kernels - 1).bit_length()))[kernel]


OUTSIDE, GUEST = outside(0), inside(0)
LABS = IPv4Network("198.18.0.0/16")
"""Of all nodes in a guest: RFC 2544's as well."""

_OUTSIDE_SCRIPT = Path(__file__).with_name("guest_outside.sh")
_TAP = Path(__file__).with_name("tap.py")
_INIT = Path(__file__).with_name("guest_init.sh")
_WAIT = 'echo apart >&3; read -r _ && exec "$@"'
_BOOT_SECONDS = 60.0
_LAST_GIVEN = 3  # standard streams, and the one that says when the guest is up
_TAP_DESCRIPTOR = 4
_FREE_DESCRIPTOR = 20  # above those that the child has fixed uses for
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


def megabytes_for(available: int, kernels: int = 1) -> int:
    """How much memory each kernel gets on a machine with so many bytes to spare: of half, within reason.

    It takes pages as it touches them; a lab of eight nodes needs about 600 MB.
    """
    return max(_LEAST, min(_MOST, available // _MEGA // 2 // kernels))


def kernels_that_fit(available: int) -> int:
    """How many kernels so many bytes suffice for, each with what it needs at least."""
    return max(1, min(MOST_KERNELS, available // _MEGA // 2 // _LEAST))


def boot(  # noqa: PLR0913, PLR0917 -- what a guest is made of
    tree: Path, keys: Keys, file: StateFile, console: Path, disk: Disk | None = None, kernels: int = 1
) -> GuestState:
    """Start the kernels and wait until the sshd of each listens.

    They run in a session of its own, so a Ctrl-C in this terminal does not reach them. They start only
    after that has been written down, and whatever interrupts this function takes it away again.

    Raises:
        BootFailed: one ended, or was not up in a minute; the text ends with the last line of its console.
    """
    go_read, go_write = _pipe()
    ready_read, ready_write = _pipe()
    try:
        try:
            with console.open("wb") as log:
                process = _spawn(
                    _command(tree, keys, disk, kernels), stdin=go_read, output=log.fileno(), ready=ready_write
                )
        finally:
            os.close(go_read)
            os.close(ready_write)  # from now on held by the guest alone: its end is the end of the file
        try:
            used = disk.file if disk else None
            state = GuestState(process, tree, console, ready=False, disk=used, kernels=kernels)
            file.write(state)
            _await("apart", ready_read, console)
            name_users(process.pid)
            os.write(go_write, b"go\n")
            _await("ready", ready_read, console, kernels)
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


def _command(tree: Path, keys: Keys, disk: Disk | None, kernels: int) -> list[str]:
    disks = [str(one) for one in (disk.file, disk.making) if one is not None] if disk else []
    return [
        *apart(),
        *("sh", "-c", _WAIT, "sh"),
        *(word for number in range(kernels) for word in _with_tap(number)),
        *("sh", str(_OUTSIDE_SCRIPT)),
        str(tree),
        str(megabytes_for(available_memory(), kernels)),
        str(_INIT),
        str(keys.host.private),
        str(keys.login.public),
        " ".join(f"{outside(one)},{inside(one)},{share(LABS, one, kernels)}" for one in range(kernels)),
        b64encode(seccomp.program()).decode(),
        *disks,
    ]


def _with_tap(number: int) -> tuple[str, ...]:
    return sys.executable, "-I", "-S", str(_TAP), f"tp{number}", str(_TAP_DESCRIPTOR + number)


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


def _await(word: str, ready: int, console: Path, times: int = 1) -> None:
    """Wait until the guest, or what starts it, has said a word so many times."""
    deadline = time.monotonic() + _BOOT_SECONDS
    said = b""
    while said.count(word.encode()) < times:
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
