"""Host `ssh://user@machine[:port]`: labs on another machine's own kernel, reached by OpenSSH.

The user's own ssh configuration, keys and agent are honoured: it is the user's `ssh` that is run, with one
master connection for all that goes there. On the machine one must be root, or have `sudo` without a password.
"""

from __future__ import annotations

import contextlib
import os
import select
import shlex
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from orchestrator.hosts import image
from orchestrator.hosts.base import (
    CannotRunHere,
    Completed,
    HostError,
    NotRunning,
    PortUnreachable,
    RunTimeout,
)
from orchestrator.hosts.programs import find
from orchestrator.hosts.rootless import as_root
from orchestrator.hosts.ssh_survey import Survey, survey_text
from orchestrator.hosts.terminal import ssh_argv

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Address

    from orchestrator.hosts.base import Host, Progress
    from orchestrator.hosts.recipe import Recipe
    from orchestrator.settings import Settings

SCHEME = "ssh://"
_TREES = PurePosixPath("/var/lib/l3vpn/trees")
_NEVER = " ,\t\n"
_CONNECT_SECONDS, _ALIVE_SECONDS = 15, 15
_FAILED = 255  # ssh's own exit status; no command that is run here ends with it
_LOOK_SECONDS = 20.0
_COPY_SECONDS = 900.0


def where(recipe: Recipe) -> PurePosixPath:
    """Where a machine has a node tree."""
    return _TREES / recipe.key


@dataclass(frozen=True, slots=True)
class Destination:
    """Where `ssh` goes: a name that the user's configuration may know, a user and a port if given."""

    machine: str
    user: str | None = None
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> Destination:
        """Read `ssh://[user@]machine[:port]`.

        Raises:
            ValueError: it is something else.
        """
        wrong = f"'{text}' is not ssh://user@machine or ssh://user@machine:port"
        parts = urlsplit(text)
        try:
            port = parts.port
        except ValueError:
            raise ValueError(wrong) from None
        # As written: urlsplit's own `hostname` is in lower case, names in ssh's configuration need not be.
        machine = parts.netloc.rpartition("@")[2].partition(":")[0]
        plain = not (parts.path or parts.query or parts.fragment or parts.password or {*text} & {*_NEVER})
        if parts.scheme != "ssh" or not machine or machine.startswith("-") or not plain:
            raise ValueError(wrong)
        return cls(machine, parts.username, port)

    def __str__(self) -> str:
        user = f"{self.user}@" if self.user else ""
        return f"{SCHEME}{user}{self.machine}" + (f":{self.port}" if self.port else "")

    @property
    def arguments(self) -> list[str]:
        """For the end of an ssh command line."""
        user = ["-l", self.user] if self.user else []
        port = ["-p", str(self.port)] if self.port else []
        return [*user, *port, "--", self.machine]


class SshHost:
    """A machine reached by ssh. Made by `start` or `attach`.

    Args:
        destination: the machine.
        recipe: of the node tree there; None for a runtime that needs none.
        options: what the user adds to every ssh.

    Attributes:
        heard_at: the machine's own address that ssh got to; "" if it does not say.
    """

    orchestrator_address: IPv4Address | None = None  # sessions come from the machine itself

    def __init__(self, destination: Destination, recipe: Recipe | None, options: Sequence[str]) -> None:
        if find("ssh") is None:
            raise CannotRunHere("host ssh:// needs the program ssh: sudo apt-get install openssh-client")
        self.name = str(destination)
        self.node_root = where(recipe) if recipe else PurePosixPath("/nonexistent")
        self._destination = destination
        self.heard_at = ""
        self._options = options
        self._folder = tempfile.mkdtemp(prefix="l3vpn-")  # short: the path of a socket holds 107 characters
        self._dialled: list[subprocess.Popen[bytes]] = []
        try:
            self._open_master()
            self._root = self._become_root()
        except BaseException:
            self.close()
            raise

    @classmethod
    def start(
        cls,
        destination: Destination,
        progress: Progress,
        recipe: Recipe | None,
        settings: Settings,
    ) -> SshHost:
        """The machine, its MPLS and VRF modules loaded and the recipe's node tree, if any, copied to it.

        Raises:
            CannotRunHere: it lacks something, or one is not root there.
            PortUnreachable: ssh does not get there.
        """
        progress(f"connecting to {destination}")
        host = cls(destination, recipe, settings.ssh_options)
        try:
            host.prepare()
            if recipe and not has_tree(host):
                tree = image.ensure(progress, recipe, settings.places)
                progress(f"copying the node tree to {host.name} (once, 280 MB)")
                host.copy_tree(tree)
        except BaseException:
            host.close()
            raise
        return host

    @classmethod
    def attach(cls, destination: Destination, recipe: Recipe | None, settings: Settings) -> SshHost:
        """The machine, as `start` with the same recipe left it.

        Raises:
            PortUnreachable: ssh does not get there.
            NotRunning: there is no node tree, so nothing can be running.
        """
        host = cls(destination, recipe, settings.ssh_options)
        try:
            started = recipe is None or has_tree(host)
        except BaseException:
            host.close()
            raise
        if not started:
            host.close()
            raise NotRunning(f"no lab has been started on {destination}; `l3vpn up LAB` does")
        return host

    # ---- Host ----------------------------------------------------------------------------------

    def run(self, command: str, *, stdin: bytes = b"", timeout: float) -> Completed:
        """See `Host.run`. When its time is over only our end of it is cut off."""
        done = self._ssh([f"{self._root}sh -c {shlex.quote(f'cd /; {command}')}"], stdin, timeout)
        if done.status == _FAILED:
            raise PortUnreachable(f"{self.name}: {_last_line(done.stderr)}")
        return done

    def dial(self, address: IPv4Address, port: int, *, timeout: float = 5.0) -> socket.socket:
        """See `Host.dial`. The other side must be the first to speak: its first word is what success is."""
        ours, theirs = socket.socketpair()
        with theirs:
            forward = subprocess.Popen(
                [*self._command(), "-W", f"{address}:{port}", *self._destination.arguments],
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        self._dialled.append(forward)
        speaks, _, _ = select.select([ours], [], [], timeout)
        if speaks and ours.recv(1, socket.MSG_PEEK):
            return ours
        ours.close()
        forward.kill()
        said = forward.communicate()[1]
        raise PortUnreachable(f"{address} port {port}: {_last_line(said) if said else 'silent'}")

    def login_argv(
        self, address: IPv4Address, user: str, *, key: Path, known_hosts: Path, command: str | None = None
    ) -> list[str]:
        """See `Host.login_argv`: ssh to the node, through ssh to the machine."""
        there = shlex.join(["ssh", *self._options, "-W", "%h:%p", *self._destination.arguments])
        ssh, *rest = ssh_argv(address, user, key=key, known_hosts=known_hosts, command=command)
        return [ssh, f"-oProxyCommand={there}", *rest]

    def close(self) -> None:
        """Let go of the connections; the machine and its labs stay up."""
        for forward in self._dialled:
            forward.kill()
            forward.communicate()
        self._dialled.clear()
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run(
                [*self._command(), "-O", "exit", *self._destination.arguments],
                check=False,
                capture_output=True,
                timeout=_LOOK_SECONDS,
            )
        shutil.rmtree(self._folder, ignore_errors=True)

    # ---- before a lab is on it -----------------------------------------------------------------

    def prepare(self, among: str = "") -> Survey:
        """Load the kernel modules that labs need; what it has then.

        Args:
            among: the name of the machines that it is to have links to, itself included.

        Raises:
            CannotRunHere: it lacks something.
        """
        there = survey(self, load=True, joined=bool(among))
        if there.lacks:
            doctor = f"`l3vpn doctor --host {among or self.name}` says more"
            raise CannotRunHere(f"{self.name} lacks {', '.join(there.lacks)}: {doctor}")
        here = os.uname().machine
        if there.architecture != here:
            raise CannotRunHere(f"{self.name} is a {there.architecture}, and node trees here are for {here}")
        return there

    def copy_tree(self, tree: Path) -> None:
        """Copy the node tree, under a name that says finished only when it is."""
        half = _TREES / f".half-{tree.name}"
        unpack = f"rm -rf {half} && mkdir -p {half} && tar -x -C {half} && mv -T {half} {self.node_root}"
        argv = [*self._command(), *self._destination.arguments, f"{self._root}sh -c {shlex.quote(unpack)}"]
        with subprocess.Popen(
            [*as_root(), "tar", "-c", "-C", str(tree), "."], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as packing:
            done = subprocess.run(
                argv, stdin=packing.stdout, capture_output=True, check=False, timeout=_COPY_SECONDS
            )
        if done.returncode or packing.returncode:
            raise HostError(f"could not copy the node tree to {self.name}: {_last_line(done.stderr)}")

    # ---- inside --------------------------------------------------------------------------------

    def _command(self) -> list[str]:
        """The user's ssh, over the master connection."""
        options = {
            "BatchMode": "yes",
            "ControlPath": f"{self._folder}/master",
            "LogLevel": "ERROR",
            "ConnectTimeout": _CONNECT_SECONDS,  # the system's own is two minutes
            "ServerAliveInterval": _ALIVE_SECONDS,
        }
        return ["ssh", *self._options, "-T", *(f"-o{name}={value}" for name, value in options.items())]

    def _open_master(self) -> None:
        """Log in, once for all; the process that holds the connection goes to the background."""
        # It may keep its standard error open there: a file does not make us wait for that.
        with (Path(self._folder) / "said").open("w+b") as said:
            argv = [*self._command(), "-M", "-N", "-f", *self._destination.arguments]
            done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False)
            if done.returncode:
                said.seek(0)
                raise PortUnreachable(f"{self.name}: {_last_line(said.read())}")

    def _ssh(self, command: list[str], stdin: bytes, timeout: float) -> Completed:
        argv = [*self._command(), *self._destination.arguments, *command]
        with subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process:
            try:
                stdout, stderr = process.communicate(stdin, timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                raise RunTimeout(f"still running on {self.name} after {timeout:g} s") from None
            except BaseException:
                process.kill()
                raise
        return Completed(process.returncode, stdout, stderr)

    def _become_root(self) -> str:
        """What makes a command root's: nothing for root, else `sudo`."""
        ask = "id -u; echo at $SSH_CONNECTION; sudo -n true 2>/dev/null && echo sudo"
        done = self._ssh([ask], b"", _LOOK_SECONDS)
        uid, *more = done.text.splitlines() or [""]
        if done.status == _FAILED or not uid:
            raise PortUnreachable(f"{self.name}: {_last_line(done.stderr)}")
        if uid != "0" and "sudo" not in more:
            raise CannotRunHere(f"{self.name}: labs need root there, or sudo without a password")
        _, *connection = more[0].split() if more else [""]
        if len(connection) == len(("from", "port", "at", "port")):
            self.heard_at = connection[2]
        return "" if uid == "0" else "sudo -n "


def survey(host: Host, *, load: bool = False, joined: bool) -> Survey:
    """What a machine has and lacks; see `survey_text`."""
    text = survey_text(load=load, joined=joined)
    done = host.run("sh -s", stdin=text.encode(), timeout=_LOOK_SECONDS)
    return Survey.read(done.expect_ok(f"look at {host.name}").text)


def has_tree(host: Host) -> bool:
    """Whether the node tree has been copied to a machine."""
    return host.run(f"[ -d {host.node_root} ]", timeout=_LOOK_SECONDS).ok


def _last_line(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "ssh ended without a word"
