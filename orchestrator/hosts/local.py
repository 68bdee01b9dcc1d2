"""Host `local`: labs on this machine's own kernel. Needs root, and a kernel with MPLS and VRF."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from orchestrator.hosts import image
from orchestrator.hosts.base import CannotRunHere, Completed, NotRunning, PortUnreachable, RunTimeout
from orchestrator.hosts.programs import find, search_path
from orchestrator.hosts.rootless import is_root
from orchestrator.hosts.terminal import ssh_argv

if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from orchestrator.hosts.base import Progress
    from orchestrator.hosts.recipe import Recipe
    from orchestrator.settings import Places

_NO_TREE = Path("/nonexistent")
MODULES = ("mpls_router", "mpls_iptunnel", "vrf")


class LocalHost:
    """This machine. Made by `start` or `attach`.

    Args:
        tree: the node tree in the cache; of no use to a runtime that has its own.
    """

    name = "local"
    orchestrator_address: IPv4Address | None = None

    def __init__(self, tree: Path) -> None:
        self.node_root = PurePosixPath(tree)

    @classmethod
    def start(cls, progress: Progress, recipe: Recipe | None, places: Places) -> LocalHost:
        """This machine, its MPLS and VRF modules loaded and the recipe's node tree, if any, in the cache.

        Raises:
            CannotRunHere: not root, or the kernel has no such modules.
            BuildFailed: the node tree could not be made.
        """
        _must_be_root()
        _load_modules()
        return cls(image.ensure(progress, recipe, places) if recipe else _NO_TREE)

    @classmethod
    def attach(cls, recipe: Recipe | None, places: Places) -> LocalHost:
        """This machine, as `start` with the same recipe left it.

        Raises:
            CannotRunHere: not root.
            NotRunning: there is no node tree, so nothing can be running.
        """
        _must_be_root()
        if recipe is None:
            return cls(_NO_TREE)
        built = image.where(recipe, places)
        if not built.exists():
            raise NotRunning("no lab has been started on this machine; `l3vpn up LAB` does")
        return cls(built)

    def run(self, command: str, *, stdin: bytes = b"", timeout: float) -> Completed:
        """See `Host.run`. When its time is over, all it started is killed."""
        with subprocess.Popen(
            ["/bin/sh", "-c", command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            env={"PATH": search_path(), "HOME": "/root", "LC_ALL": "C.UTF-8"},
            start_new_session=True,
        ) as process:
            try:
                stdout, stderr = process.communicate(stdin, timeout)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise RunTimeout(f"still running after {timeout:g} s: {command.splitlines()[0]}") from None
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                raise
        status = process.returncode
        return Completed(status if status >= 0 else 128 - status, stdout, stderr)

    def dial(self, address: IPv4Address, port: int, *, timeout: float = 5.0) -> socket.socket:
        """See `Host.dial`."""
        try:
            link = socket.create_connection((str(address), port), timeout=timeout)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise PortUnreachable(f"{address} port {port}: {reason}") from error
        link.settimeout(None)
        return link

    def login_argv(
        self, address: IPv4Address, user: str, *, key: Path, known_hosts: Path, command: str | None = None
    ) -> list[str]:
        """See `Host.login_argv`."""
        return ssh_argv(address, user, key=key, known_hosts=known_hosts, command=command)

    def close(self) -> None:
        """Nothing is held."""


def _must_be_root() -> None:
    if not is_root():
        raise CannotRunHere("host local needs root, to make network namespaces: use sudo, or --host guest")


def _load_modules() -> None:
    """Load what a provider's kernel needs; modules that are loaded, or built in, stay as they are."""
    missing = [module for module in MODULES if not Path("/sys/module", module).exists()]
    if not missing:
        return
    modprobe = find("modprobe")
    for module in missing:
        if modprobe is None or subprocess.run([modprobe, "-q", module], check=False).returncode:
            raise CannotRunHere(
                f"this machine's kernel has no module {module} (`l3vpn doctor` says more): use --host guest"
            )
