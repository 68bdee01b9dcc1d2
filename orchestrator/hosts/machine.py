"""The facts about this machine that decide where labs can run.

Looks only: it changes nothing and asks no network.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.hosts import image, limits
from orchestrator.hosts.apt_sources import os_release
from orchestrator.hosts.programs import find, missing_packages
from orchestrator.hosts.recipe import Recipe
from orchestrator.hosts.rootless import apart, is_root

if TYPE_CHECKING:
    from orchestrator.settings import Settings

_PROBE_SECONDS = 5.0
_SYSCTL = Path("/proc/sys")


class Module(Enum):
    """Whether the kernel has a module."""

    LOADED = "loaded"
    AVAILABLE = "can be loaded"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Namespaces:
    """Whether this user can be root in namespaces of his own, and what the kernel says about it.

    Attributes:
        refusal: what `unshare` complained about when tried; empty if it worked.
        restricted_by_apparmor: Ubuntu's sysctl kernel.apparmor_restrict_unprivileged_userns is on.
        switched_off: the sysctl that forbids user namespaces altogether, if one does.
        subordinate_ids: /etc/subuid and /etc/subgid have a line for this user.
    """

    refusal: str = ""
    restricted_by_apparmor: bool = False
    switched_off: str = ""
    subordinate_ids: bool = True


@dataclass(frozen=True, slots=True)
class Machine:
    """Facts about a machine.

    Attributes:
        system: `Linux`, ….
        distribution: /etc/os-release's ID.
        architecture: `x86_64`, ….
        kernel: kernel release.
        python: version of the interpreter.
        user: login name.
        root: whether that is root.
        mpls: the modules mpls_router and mpls_iptunnel, whichever is further away.
        vrf: the module vrf.
        gre: the module ip_gre.
        namespaces: being root without being root.
        tun: /dev/net/tun exists.
        tun_writable: this user may open it.
        programs: those of the programs we use that are installed.
        missing_packages: Debian packages to install before a node tree can be built.
        tree_built: the node tree is in the cache.
        memory: bytes that programs could still take.
        disk: bytes free where the cache is.
        docker: version of the Docker engine that answers; empty if none does.
        containerlab_built: the guest's tree with Docker and containerlab is in the cache.
        processors: how many this process may keep busy.
    """

    system: str
    distribution: str
    architecture: str
    kernel: str
    python: tuple[int, int]
    user: str
    root: bool
    mpls: Module
    vrf: Module
    gre: Module
    namespaces: Namespaces
    tun: bool
    tun_writable: bool
    programs: frozenset[str]
    missing_packages: tuple[str, ...]
    tree_built: bool
    memory: int
    disk: int
    docker: str
    containerlab_built: bool = False
    processors: int = 1


def probe(settings: Settings) -> Machine:
    """Look at this machine."""
    places = settings.places
    kernel = platform.release()
    tun = Path("/dev/net/tun")
    programs = (
        "unshare",
        "nsenter",
        "pivot_root",
        "ssh",
        "mmdebstrap",
        "newuidmap",
        "apt-get",
        "docker",
        "containerlab",
        "go",
    )
    major, minor, *_ = platform.python_version_tuple()
    return Machine(
        system=platform.system(),
        distribution=os_release(_text(Path("/etc/os-release"))).get("ID", ""),
        architecture=platform.machine(),
        processors=limits.processors(),
        kernel=kernel,
        python=(int(major), int(minor)),
        user=getpass.getuser(),
        root=is_root(),
        mpls=max((module(name, kernel) for name in ("mpls_router", "mpls_iptunnel")), key=list(Module).index),
        vrf=module("vrf", kernel),
        gre=module("ip_gre", kernel),
        namespaces=_namespaces(),
        tun=tun.exists(),
        tun_writable=os.access(tun, os.R_OK | os.W_OK),
        programs=frozenset(program for program in programs if find(program)),
        missing_packages=missing_packages(),
        tree_built=_there(image.where(Recipe.load(settings), places)),
        memory=available_memory(),
        disk=shutil.disk_usage(_existing(places.cache)).free,
        docker=_docker_version(),
        containerlab_built=_there(image.where(Recipe.load(settings, docker=True), places)),
    )


def module(name: str, kernel: str, root: Path = Path("/")) -> Module:
    """Whether a kernel has a module, loaded or not.

    Args:
        name: with underscores.
        kernel: release.
        root: where /proc, /sys and /lib/modules are looked for.
    """
    if (root / "sys/module" / name).exists() or f"{name} " in _text(root / "proc/modules"):
        return Module.LOADED
    folder = root / "lib/modules" / kernel
    files = {f"{name}.ko", f"{name.replace('_', '-')}.ko"}
    listed = (_text(folder / "modules.dep") + _text(folder / "modules.builtin")).splitlines()
    for line in listed:
        file = line.split(":", 1)[0].rsplit("/", 1)[-1]
        # Distributions compress their modules, each in its own way.
        if any(file == wanted or file.startswith(f"{wanted}.") for wanted in files):
            return Module.AVAILABLE
    return Module.ABSENT


def available_memory() -> int:
    """Bytes that programs of this user could still take, on this machine or in this container."""
    allowed = limits.memory_left()
    for line in _text(Path("/proc/meminfo")).splitlines():
        if line.startswith("MemAvailable:"):
            there = int(line.split()[1]) * 1024
            return there if allowed is None else min(there, allowed)
    return 0


def _namespaces() -> Namespaces:
    switches = {"user.max_user_namespaces": "0", "kernel.unprivileged_userns_clone": "0"}
    off = [name for name, value in switches.items() if _sysctl(name) == value]
    user = {getpass.getuser(), str(os.getuid())}
    granted = [
        any(line.split(":")[0] in user for line in _text(Path(file)).splitlines())
        for file in ("/etc/subuid", "/etc/subgid")
    ]
    return Namespaces(
        refusal=_refusal([*apart(), "true"]),
        restricted_by_apparmor=_sysctl("kernel.apparmor_restrict_unprivileged_userns") == "1",
        switched_off=off[0] if off else "",
        subordinate_ids=all(granted),
    )


def _refusal(command: list[str]) -> str:
    """Why a command failed; empty if it did not."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_PROBE_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return ""
    return next(iter(done.stderr.strip().splitlines()), f"exit status {done.returncode}")


def _docker_version() -> str:
    docker = find("docker")
    if docker is None:
        return ""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(
            [docker, "version", "--format", "{{.Server.Version}}"],
            capture_output=True,
            text=True,
            check=False,
            timeout=_PROBE_SECONDS,
        )
        return done.stdout.strip() if done.returncode == 0 else ""
    return ""


def _sysctl(name: str) -> str:
    return _text(_SYSCTL / name.replace(".", "/")).strip()


def _there(path: Path) -> bool:
    """Whether this user can see it: a home that is another user's, as under sudo, holds nothing for him."""
    try:
        return path.exists()
    except OSError:
        return False


def _existing(path: Path) -> Path:
    while not _there(path):
        path = path.parent
    return path


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
