"""Host `guest`: an embedded Linux kernel that runs as a process, with or without root.

Debian's `user-mode-linux` brings its own MPLS and VRF modules, so the machine's kernel needs none. It
lives in a network namespace of its own: nothing on the machine's network changes. One guest serves all labs
of an installation; its root is the node tree, and all that is written in it is gone when it stops.

Such a kernel has one processor. A guest may be made of several that start and end together: each has a part
of the labs' addresses, and they reach one another for the links between their nodes.
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import threading
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from orchestrator.hosts import image
from orchestrator.hosts.base import (
    CannotRunHere,
    HostDied,
    HostError,
    HostSilent,
    NotRunning,
    PortUnreachable,
    RunTimeout,
)
from orchestrator.hosts.dialer import Dialer, DialerGone
from orchestrator.hosts.files import private_folder
from orchestrator.hosts.guest_boot import (
    OUTSIDE,
    Disk,
    boot,
    inside,
    last_words,
    lost,
    outside,
    remove,
)
from orchestrator.hosts.guest_state import GuestState, StateFile
from orchestrator.hosts.keys import Keys
from orchestrator.hosts.locks import alone
from orchestrator.hosts.members import LABS, Member, share
from orchestrator.hosts.remote import SSH, ConnectionLost, directly
from orchestrator.hosts.rootless import enter
from orchestrator.hosts.terminal import ssh_argv

if TYPE_CHECKING:
    import socket
    from ipaddress import IPv4Address
    from pathlib import Path

    from orchestrator.hosts.base import Completed, Progress
    from orchestrator.hosts.recipe import Recipe
    from orchestrator.hosts.remote import Connect, Connection
    from orchestrator.settings import Places

_POWER_OFF_SECONDS = 5.0
_FILES = 1024  # its kernel has all of its programs' files open; a lab of four nodes takes 320
_BANNER_SECONDS = 15.0  # for a guest that is hard at work
_SILENT = "the guest does not answer: `l3vpn down LAB` ends it"
_DIED = "the guest's process has died; `l3vpn up LAB` starts it again"


class Condition(Enum):
    """How the guest is."""

    STOPPED = "stopped"
    BOOTING = "booting"
    RUNNING = "running"
    DIED = "died"


@dataclass(frozen=True, slots=True)
class GuestStatus:
    """What there is to say about the guest without talking to it.

    Attributes:
        condition: how it is.
        pid: its process, when there is one.
        console: its console log, when it has been started since this machine booted.
        last_words: last line of the console, when it has died.
        kernels: how many it is made of.
    """

    condition: Condition
    pid: int | None = None
    console: Path | None = None
    last_words: str = ""
    kernels: int = 1


class Kernel:
    """One of a guest's kernels, as a host of the nodes in it.

    Args:
        guest: that it is of.
        number: which one, from 0.

    Attributes:
        address: under which the other kernels reach it.
        orchestrator_address: see `Host`.
    """

    name = "guest"
    node_root = PurePosixPath("/")

    def __init__(self, guest: Guest, number: int) -> None:
        self._guest = guest
        self.address: IPv4Address = inside(number).ip
        self.orchestrator_address: IPv4Address | None = outside(number).ip
        self._lock = threading.Lock()
        self._connecting = threading.Lock()
        self._remote: Connection | None = None

    def run(self, command: str, *, stdin: bytes = b"", timeout: float) -> Completed:
        """See `Host.run`.

        Raises:
            HostSilent: the guest is there, but nobody in it answers.
        """
        try:
            return self._connection().run(command, stdin=stdin, timeout=timeout)
        except (ConnectionLost, RunTimeout):
            self._check_answers()
            raise

    def dial(self, address: IPv4Address, port: int, *, timeout: float = 5.0) -> socket.socket:
        """See `Guest.dial`."""
        return self._guest.dial(address, port, timeout=timeout)

    def login_argv(
        self, address: IPv4Address, user: str, *, key: Path, known_hosts: Path, command: str | None = None
    ) -> list[str]:
        """See `Guest.login_argv`."""
        return self._guest.login_argv(address, user, key=key, known_hosts=known_hosts, command=command)

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            remote, self._remote = self._remote, None
        if remote is not None:
            remote.close()

    def _connection(self) -> Connection:
        """The one connection, made on first use and again should it have been lost."""
        with self._connecting:
            with self._lock:
                if self._remote is not None and self._remote.alive:
                    return self._remote
            try:
                who = f"{self._guest.process} {self.address}"
                remote = self._guest.connect(who, self.address, self.dial, self._guest.keys)
            except (PortUnreachable, ConnectionLost) as error:
                self._guest.check_alive()
                raise HostSilent(_SILENT) from error
            with self._lock:
                self._remote = remote
            return remote

    def _check_answers(self) -> None:
        """Why a command does not end: for its own reasons, or because nothing runs in there any more."""
        self._guest.check_alive()
        try:
            with self.dial(self.address, SSH) as link:
                link.settimeout(_BANNER_SECONDS)
                if link.recv(1):
                    return
        except (PortUnreachable, OSError):
            pass
        self._guest.check_alive()
        raise HostSilent(_SILENT)


class Guest:
    """A running guest. Made by `start` or `attach`.

    Args:
        state: where it runs.
        keys: what logs into it.
        connect: how its kernels are connected to.

    Attributes:
        connect: how its kernels are connected to.
        keys: what logs into it and into the nodes on it.
        tree: the node tree it runs on, as this machine sees it.
        process: the process with which all of it ends.
        console: what its kernels have printed.
        size: of how many kernels it is made.
        kernels: each of them. What is said to the guest alone is said to the first one.
    """

    name = "guest"
    node_root = PurePosixPath("/")
    orchestrator_address: IPv4Address | None = OUTSIDE.ip

    def __init__(self, state: GuestState, keys: Keys, connect: Connect = directly) -> None:
        self.connect = connect
        self.keys = keys
        self.tree = state.tree
        self.process = state.process
        self.console = state.console
        self.size = state.kernels
        self.kernels = tuple(Kernel(self, number) for number in range(state.kernels))
        self._lock = threading.Lock()
        self._dialer: Dialer | None = None
        self._closing_read, self._closing_write = os.pipe()
        self._watch = threading.Thread(target=self._watch_process, name="guest-watch", daemon=True)
        self._watch.start()

    # ---- life ----------------------------------------------------------------------------------

    @classmethod
    def start(
        cls,
        progress: Progress,
        places: Places,
        recipe: Recipe,
        disk: Disk | None = None,
        kernels: int = 1,
    ) -> Guest:
        """The running guest, or a new one; the node tree is built first if need be.

        Whoever comes second waits for the first and gets the same guest. A guest that died is replaced.

        Args:
            progress: called with what is being done.
            places: where its files are.
            recipe: of its tree.
            disk: what it must have; a running guest may have one that is not asked for.
            kernels: of how many it must be made at least.

        Raises:
            CannotRunHere: this machine lacks something for it, or the running guest the disk or a kernel.
            BuildFailed: the node tree could not be made.
            BootFailed: the kernel did not come up.
        """
        check_machine()
        keys = Keys.load_or_create(places)
        private_folder(places.guest)
        with _guest_lock(places, progress):
            file = _file(places)
            state = file.read()
            if state is None or not (state.ready and state.process.alive):
                tree = image.ensure(progress, recipe, places)
                for process in (state.process,) if state is not None else lost(_console(places)):
                    remove(process)
                progress("booting the guest")
                state = boot(tree, keys, file, _console(places), disk, kernels)
            elif state.kernels < kernels:
                raise CannotRunHere(
                    f"the guest runs with {state.kernels} kernel{'s' * (state.kernels > 1)}, not {kernels}: "
                    "take down the labs in it (l3vpn list), then try again"
                )
            elif disk is not None and state.disk is None:
                raise CannotRunHere(
                    "the guest runs without Docker: take down the labs in it (l3vpn list), then try again"
                )
            elif disk is not None and state.disk != disk.file:
                progress("the guest already runs, with another image of the nodes")
            elif state.disk is None and not state.tree.name.startswith(f"{recipe.suite}-"):
                there = state.tree.name.partition("-")[0]
                raise CannotRunHere(
                    f"the guest runs nodes of Debian {there}, not {recipe.suite}: "
                    "take down the labs in it (l3vpn list), then try again"
                )
            elif state.disk is None and state.tree != image.where(recipe, places):
                progress(f"the guest already runs, on another node tree: {state.tree.name}")
        return cls(state, keys)

    @classmethod
    def attach(cls, places: Places, connect: Connect = directly) -> Guest:
        """The running guest.

        Args:
            places: where its files are.
            connect: how its kernels are connected to.

        Raises:
            NotRunning: there is none.
            HostDied: there was one.
        """
        state = _file(places).read()
        if state is None:
            raise NotRunning("the guest is not running; `l3vpn up LAB` starts it")
        if not state.process.alive:
            raise HostDied(_DIED)
        if not state.ready:
            raise NotRunning("the guest is still booting")
        return cls(state, Keys.load_or_create(places), connect)

    @classmethod
    def stop(cls, progress: Progress, places: Places, *, at_once: bool = False) -> bool:
        """Power the guest off, with everything in it; whether there was one.

        Args:
            progress: called with what is being done.
            places: where its files are.
            at_once: end it without asking its kernel, which may not answer.
        """
        file = _file(places)
        if file.read() is None and not lost(_console(places)):
            return False
        with _guest_lock(places, progress):
            state = file.read()
            if state is None:
                there = lost(_console(places))
                for process in there:
                    remove(process)
                file.clear()
                return bool(there)
            was_alive = state.process.alive
            if was_alive and state.ready and not at_once:
                progress("powering the guest off")
                _power_off(state, places)
            remove(state.process)
            file.clear()
        return was_alive

    @classmethod
    def status(cls, places: Places) -> GuestStatus:
        """How the guest is, seen from outside."""
        state = _file(places).read()
        if state is None:
            return GuestStatus(Condition.STOPPED)
        if not state.process.alive:
            return GuestStatus(Condition.DIED, console=state.console, last_words=last_words(state.console))
        condition = Condition.RUNNING if state.ready else Condition.BOOTING
        return GuestStatus(condition, pid=state.process.pid, console=state.console, kernels=state.kernels)

    # ---- Host ----------------------------------------------------------------------------------

    def run(self, command: str, *, stdin: bytes = b"", timeout: float) -> Completed:
        """See `Kernel.run`: in the first kernel."""
        return self.kernels[0].run(command, stdin=stdin, timeout=timeout)

    def dial(self, address: IPv4Address, port: int, *, timeout: float = 5.0) -> socket.socket:
        """See `Host.dial`: the connection is made inside the guest's network namespace."""
        self.check_alive()
        with self._lock:
            if self._dialer is None:
                self._dialer = Dialer(enter(self.process.pid))
            dialer = self._dialer
        try:
            return dialer.dial(address, port, timeout)
        except (PortUnreachable, DialerGone):
            self.check_alive()
            raise

    def login_argv(
        self, address: IPv4Address, user: str, *, key: Path, known_hosts: Path, command: str | None = None
    ) -> list[str]:
        """See `Host.login_argv`: ssh itself runs inside the guest's network namespace."""
        self.check_alive()
        ssh = ssh_argv(address, user, key=key, known_hosts=known_hosts, command=command)
        return [*enter(self.process.pid), *ssh]

    @property
    def members(self) -> tuple[Member, ...]:
        """Its kernels, each with its part of the labs' addresses."""
        return tuple(
            Member(one, one.address, share(LABS, number, self.size))
            for number, one in enumerate(self.kernels)
        )

    def close(self) -> None:
        """Let go of the connections; the guest stays up."""
        with contextlib.suppress(OSError):
            os.close(self._closing_write)
        self._watch.join()
        self._hang_up()

    # ---- inside --------------------------------------------------------------------------------

    def check_alive(self) -> None:
        """Raise `HostDied` where its process has ended."""
        if not self.process.alive:
            raise HostDied(_DIED)

    def _watch_process(self) -> None:
        """When the guest's process ends, end what waits for it: its own TCP can no longer say so."""
        handle = self.process.open()
        if handle is not None:
            ended, _, _ = select.select([handle, self._closing_read], [], [])
            os.close(handle)
            if handle in ended:
                self._hang_up()
        os.close(self._closing_read)

    def _hang_up(self) -> None:
        with self._lock:
            dialer, self._dialer = self._dialer, None
        if dialer is not None:  # first: a kernel may be waiting for it
            dialer.close()
        for kernel in self.kernels:
            kernel.close()


def _file(places: Places) -> StateFile:
    return StateFile(places.guest / "state.json")


def _console(places: Places) -> Path:
    return places.guest / "console.log"


def _guest_lock(places: Places, progress: Progress) -> contextlib.AbstractContextManager[None]:
    return alone(places.guest / "lock", "the guest to be started or stopped by another command", progress)


def _power_off(state: GuestState, places: Places) -> None:
    guest = Guest(state, Keys.load_or_create(places))
    try:
        # It answers by ending the connection; if it does not, it is killed next.
        with contextlib.suppress(HostError):
            guest.run("sync; echo o >/proc/sysrq-trigger", timeout=_POWER_OFF_SECONDS)
        state.process.ended_within(_POWER_OFF_SECONDS)
    finally:
        guest.close()


def check_machine() -> None:
    """Raise `CannotRunHere` where there is no kernel to embed, or too little for it is allowed."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if files != resource.RLIM_INFINITY and files < _FILES:
        raise CannotRunHere(f"the guest needs {_FILES} open files, and `ulimit -Hn` allows {files} here")
    machine = os.uname().machine
    if machine != "x86_64":
        raise CannotRunHere(
            f"the guest's kernel exists for x86_64 only, and this is {machine}; try --host local"
        )
