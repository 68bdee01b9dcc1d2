"""What a user or a machine has set: values, made once at the edge and passed on.

Where files are kept follows the XDG base directories (freedesktop.org, version 0.8).
"""

from __future__ import annotations

import errno
import os
import shlex
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.environment import environment
from orchestrator.errors import L3vpnError

if TYPE_CHECKING:
    from collections.abc import Mapping


class WrongSetting(L3vpnError):  # noqa: N818 -- says what happened
    """A variable of the environment cannot be read."""


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of this installation.

    Attributes:
        cache: what can be made again: root trees of nodes.
        state: what cannot: keys, the running guest, the console log.
    """

    cache: Path
    state: Path

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Places:
        """The folders that `XDG_CACHE_HOME`, `XDG_STATE_HOME` and `HOME` name; relative ones do not count."""
        return cls(
            cache=_base(environ, "XDG_CACHE_HOME", ".cache") / "l3vpn",
            state=_base(environ, "XDG_STATE_HOME", ".local/state") / "l3vpn",
        )

    @property
    def keys(self) -> Path:
        """The keys of this installation; private."""
        return self.state / "keys"

    @property
    def guest(self) -> Path:
        """The running guest and its console log."""
        return self.state / "guest"


@dataclass(frozen=True, slots=True)
class Settings:
    """All that the environment decides; "" where it says nothing.

    Attributes:
        places: `XDG_CACHE_HOME` and `XDG_STATE_HOME`.
        host: `L3VPN_HOST`, where labs are unless a command says so.
        runtime: `L3VPN_RUNTIME`, what makes their nodes.
        image: `L3VPN_IMAGE`, the container image of all nodes; else the topology file's.
        suite: `L3VPN_SUITE`, the Debian release of the nodes, which decides FRR's.
        kernel_suite: `L3VPN_KERNEL_SUITE`, the release of the guest's kernel.
        guests: `L3VPN_GUESTS`, over how many of the guest's kernels labs are spread; 0 where it says nothing.
        mirror: `L3VPN_MIRROR`, where Debian is fetched from; else as this machine does.
        underlay: `L3VPN_UNDERLAY`, the network between the machines of a lab; else where ssh reaches them.
        ssh_options: `L3VPN_SSH_OPTIONS`, added to every ssh to a machine, such as `-F FILE`.
    """

    places: Places
    host: str = ""
    runtime: str = ""
    image: str = ""
    suite: str = ""
    kernel_suite: str = ""
    guests: int = 0
    mirror: str = ""
    underlay: IPv4Network | None = None
    ssh_options: tuple[str, ...] = ()

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Settings:
        """What variables mean.

        Raises:
            WrongSetting: one cannot be read.
            FileNotFoundError: there is no home folder, and nothing says where files are kept.
        """
        try:
            ssh_options = tuple(shlex.split(environ.get("L3VPN_SSH_OPTIONS", "")))
        except ValueError as error:
            raise WrongSetting(f"L3VPN_SSH_OPTIONS: {error}") from None
        guests = environ.get("L3VPN_GUESTS", "")
        if guests and not (guests.isdecimal() and int(guests)):
            raise WrongSetting(f"L3VPN_GUESTS: {guests!r} is no number of kernels, such as 2")
        return cls(
            Places.of(environ),
            host=environ.get("L3VPN_HOST", ""),
            runtime=environ.get("L3VPN_RUNTIME", ""),
            image=environ.get("L3VPN_IMAGE", ""),
            suite=environ.get("L3VPN_SUITE", ""),
            kernel_suite=environ.get("L3VPN_KERNEL_SUITE", ""),
            guests=int(guests or 0),
            mirror=environ.get("L3VPN_MIRROR", ""),
            underlay=_network(environ.get("L3VPN_UNDERLAY", "")),
            ssh_options=ssh_options,
        )

    @classmethod
    def here(cls) -> Settings:
        """The settings of this process's environment."""
        return cls.of(environment())


def _network(text: str) -> IPv4Network | None:
    try:
        return IPv4Network(text) if text else None
    except ValueError as error:
        raise WrongSetting(f"L3VPN_UNDERLAY: {error}; a network is written like 10.0.0.0/24") from None


def _base(environ: Mapping[str, str], name: str, below_home: str) -> Path:
    named = environ.get(name)
    if named and Path(named).is_absolute():
        return Path(named)
    return Path(environ.get("HOME") or _home_of_user()) / below_home


def _home_of_user() -> str:
    """The home folder that the user database knows, for one who has no `HOME` set.

    Raises:
        FileNotFoundError: the database does not know the user.
    """
    try:
        import pwd  # noqa: PLC0415 -- Windows has none

        return pwd.getpwuid(os.getuid()).pw_dir
    except ImportError:
        return str(Path.home())
    except KeyError:
        what = "no HOME is set and the user database has none: set HOME or XDG_STATE_HOME and XDG_CACHE_HOME"
        raise FileNotFoundError(errno.ENOENT, what) from None
