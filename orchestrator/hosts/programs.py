"""Programs of this machine that building a tree needs, and how they get there."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.hosts.base import CannotRunHere
from orchestrator.hosts.recipe import complaint
from orchestrator.hosts.rootless import is_root

if TYPE_CHECKING:
    from orchestrator.hosts.base import Progress

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def search_path() -> str:
    """Where programs are looked for: an ordinary user's own path lacks the folders for administrators."""
    return os.pathsep.join((*filter(None, os.get_exec_path()), "/usr/local/sbin", "/usr/sbin", "/sbin"))


def find(program: str) -> str | None:
    """The program's file, if this machine has it."""
    return shutil.which(program, path=search_path())


def with_variables(**values: str) -> list[str]:
    """Command prefix: the rest has these variables beside all that it inherits (proxies, for one)."""
    return ["/usr/bin/env", *(f"{name}={value}" for name, value in values.items())]


def missing_packages() -> tuple[str, ...]:
    """The Debian packages this machine lacks for building a tree as this user."""
    wanted = {
        "mmdebstrap": find("mmdebstrap") is not None,
        "uidmap": is_root() or find("newuidmap") is not None,
        "debian-archive-keyring": KEYRING.exists(),
    }
    return tuple(package for package, there in wanted.items() if not there)


def install_missing(progress: Progress) -> None:
    """Install what is missing for building a tree, if this is root on a machine with apt.

    Raises:
        CannotRunHere: it is not, or apt could not; the text says what to do.
    """
    missing = missing_packages()
    if missing:
        install(missing, progress)


def install(packages: tuple[str, ...], progress: Progress) -> None:
    """Install Debian packages, if this is root on a machine with apt.

    Raises:
        CannotRunHere: it is not, or apt could not; the text says what to do.
    """
    lacks = f"this machine lacks {', '.join(packages)}"
    if find("apt-get") is None:
        raise CannotRunHere(f"{lacks}, and has no apt-get to install them with")
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    if not is_root():
        raise CannotRunHere(f"{lacks}; run: sudo {shlex.join(command)}")
    progress(f"installing {', '.join(packages)} on this machine with apt-get")
    failure = _apt_get(command)
    if failure:
        # The machine's package lists may be old, or absent as in a fresh container.
        _apt_get(["apt-get", "update"])
        failure = _apt_get(command)
    if failure:
        raise CannotRunHere(f"{lacks}, and apt-get could not install it: {failure}")


def _apt_get(command: list[str]) -> str:
    """Run it; why it failed, or nothing."""
    said = with_variables(DEBIAN_FRONTEND="noninteractive", LC_ALL="C.UTF-8")
    done = subprocess.run([*said, *command], capture_output=True, text=True, check=False)
    return complaint(done.stderr) if done.returncode else ""
