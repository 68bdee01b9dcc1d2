"""Where labs can run on a machine with given facts, why, and how to fix what is missing. Pure.

A host is a Linux kernel to run labs in, a runtime is what makes nodes and links there. This version
has hosts `guest` and `local` and runtimes `netns` and `containerlab`.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from orchestrator.hosts.base import CannotRunHere
from orchestrator.hosts.fixes import fix_instructions
from orchestrator.hosts.kubectl import SCHEME as K8S
from orchestrator.hosts.machine import Module

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.hosts.machine import Machine

GUEST, LOCAL = "guest", "local"
NETNS, CONTAINERLAB, C9S = "netns", "containerlab", "c9s"
_BOTH = frozenset({GUEST, LOCAL})
_NEITHER: frozenset[str] = frozenset()

_PYTHON = (3, 11)
_GIGA = 1 << 30
_LEAST_MEMORY = 3 * _GIGA // 4
_GOOD_MEMORY = 3 * _GIGA // 2
_TREE_DISK = _GIGA
# By program, the package that has it: Debian forky moved the last one out of util-linux.
_UTIL_LINUX = {"unshare": "util-linux", "nsenter": "util-linux", "pivot_root": "util-linux-extra"}
# Linux 6.19 to 7.1.5 forward MPLS packets with several next hops wrongly.
_ECMP_BROKEN, _ECMP_MENDED = (6, 19, 0), (7, 1, 6)


class Verdict(Enum):
    """What a fact means."""

    GOOD = "good"
    NOTE = "note"
    LACKS = "lacks"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the diagnosis.

    Attributes:
        name: what was looked at.
        has: what was found.
        verdict: what that means.
        note: why it matters, if it does.
        fix: the exact command that fixes it, if there is one.
        blocks: the hosts that cannot be used as long as it is so.
    """

    name: str
    has: str
    verdict: Verdict = Verdict.GOOD
    note: str = ""
    fix: str = ""
    blocks: frozenset[str] = _NEITHER


@dataclass(frozen=True, slots=True)
class Choice:
    """Where labs run.

    Attributes:
        host: `guest` or `local`.
        runtime: `netns` or `containerlab`.
        why: the reason, as a clause.
    """

    host: str
    runtime: str
    why: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All there is to say about a machine.

    Attributes:
        rows: one for each thing looked at.
        host: the host picked; None if none can be used.
        runtime: the runtime picked; None likewise.
        why: the reason for the pick, or for there being none.
    """

    rows: tuple[Row, ...]
    host: str | None
    runtime: str | None
    why: str


def diagnose(machine: Machine) -> Diagnosis:
    """Judge a machine."""
    rows = _rows(machine)
    try:
        choice = _pick(rows)
    except CannotRunHere as error:
        return Diagnosis(rows, None, None, str(error))
    return Diagnosis(rows, choice.host, choice.runtime, choice.why)


def choose(machine: Machine, host: str | None = None, runtime: str | None = None) -> Choice:
    """The host and runtime to use: those asked for, if they can be had here, else the best.

    Raises:
        CannotRunHere: what was asked for cannot be had here, or nothing can; the text says what would help.
    """
    if host is not None and host.startswith(K8S):
        return Choice(host, runtime or C9S, "asked for")  # what the cluster has is seen there
    if runtime == C9S:
        raise CannotRunHere(f"runtime {C9S} makes labs in a cluster: say --host {K8S}[context/]namespace")
    if runtime not in {None, NETNS, CONTAINERLAB}:
        raise CannotRunHere(f"there is no runtime {runtime!r}: there are netns, containerlab and {C9S}")
    if host is not None and host.startswith("ssh://"):
        return Choice(host, runtime or NETNS, "asked for")  # what that machine has is seen there
    if host not in {None, GUEST, LOCAL}:
        names = f"guest, local, ssh://user@machine and {K8S}[context/]namespace"
        raise CannotRunHere(f"there is no host {host!r}: there are {names}")
    if runtime == CONTAINERLAB:
        return _with_containerlab(machine, host)
    rows = _rows(machine)
    if host is None:
        return _pick(rows)
    obstacles = _obstacles(rows, host)
    if obstacles:
        raise CannotRunHere(fix_instructions(f"host {host} cannot be used here", obstacles))
    return Choice(host, NETNS, "asked for")


def _with_containerlab(machine: Machine, host: str | None) -> Choice:
    """Where containerlab can run: on this kernel where all it needs is here, else in the guest."""
    rows = (*_rows(machine), *_containerlab_rows(machine))
    on_guest = _obstacles(rows, GUEST)
    # Containers have their image: no node tree is built.
    on_local = tuple(row for row in _obstacles(rows, LOCAL) if row.name not in {"build tools", "disk"})
    if host is not None:
        obstacles = on_guest if host == GUEST else on_local
        if obstacles:
            raise CannotRunHere(
                fix_instructions(f"containerlab on host {host} cannot be used here", obstacles)
            )
        return Choice(host, CONTAINERLAB, "asked for")
    if not on_local:
        return Choice(LOCAL, CONTAINERLAB, "Docker, containerlab, MPLS and VRF are here")
    if not on_guest:
        return Choice(
            GUEST, CONTAINERLAB, f"this machine's own kernel cannot be used: {_reason(on_local[0])}"
        )
    raise CannotRunHere(fix_instructions("containerlab cannot be used on this machine yet", on_guest))


def _containerlab_rows(machine: Machine) -> tuple[Row, ...]:
    """What only labs of containerlab need; said about nothing else."""
    local, guest = frozenset({LOCAL}), frozenset({GUEST})
    rows = (
        Row("Docker", "no engine", Verdict.LACKS, "host local needs its engine", blocks=local)
        if not machine.docker
        else None,
        Row(CONTAINERLAB, "no", Verdict.LACKS, "host local needs the program", blocks=local)
        if CONTAINERLAB not in machine.programs
        else None,
        Row("Go", "no", Verdict.LACKS, "host guest builds containerlab with it", blocks=guest)
        if not {"go", CONTAINERLAB} & machine.programs and not machine.containerlab_built
        else None,
    )
    return tuple(row for row in rows if row is not None)


def _pick(rows: Iterable[Row]) -> Choice:
    rows = tuple(rows)
    on_guest, on_local = _obstacles(rows, GUEST), _obstacles(rows, LOCAL)
    if not on_guest:
        return Choice(GUEST, NETNS, "it brings its own MPLS and VRF and leaves this machine's network alone")
    if not on_local:
        why = f"this machine's kernel has MPLS and VRF, and the guest cannot be used: {_reason(on_guest[0])}"
        return Choice(LOCAL, NETNS, why)
    # The guest needs less of a machine; its obstacles are the ones worth removing, where it can run at all.
    nearest = on_local if any(row.name == "processor" for row in on_guest) else on_guest
    raise CannotRunHere(fix_instructions("no lab can run on this machine yet", nearest))


def _obstacles(rows: Iterable[Row], host: str) -> tuple[Row, ...]:
    return tuple(row for row in rows if host in row.blocks)


def _reason(row: Row) -> str:
    return f"{row.name}: {row.note}" + (f" (run: {row.fix})" if row.fix else "")


def _rows(machine: Machine) -> tuple[Row, ...]:
    return (
        _system(machine),
        _processor(machine),
        _python(machine),
        _kernel(machine),
        _module("MPLS", "mpls_router mpls_iptunnel", machine.mpls, machine),
        _module("VRF", "vrf", machine.vrf, machine),
        _gre(machine),
        _root(machine),
        _namespaces(machine),
        _subordinate_ids(machine),
        _tun(machine),
        _util_linux(machine),
        _packages(machine),
        _ssh(machine),
        _memory(machine),
        _disk(machine),
        _tree(machine),
        _docker(machine),
        _containerlab(machine),
    )


def _system(machine: Machine) -> Row:
    if machine.system == "Linux":
        return Row("system", machine.distribution or "Linux")
    return Row("system", machine.system, Verdict.LACKS, "labs need Linux", blocks=_BOTH)


def _processor(machine: Machine) -> Row:
    if machine.architecture == "x86_64":
        several = machine.processors > 1
        has = f"{machine.processors} x {machine.architecture}" if several else machine.architecture
        note = (
            "a kernel of the guest uses one: `l3vpn up` spreads larger labs over several" if several else ""
        )
        return Row("processor", has, note=note)
    note = "the guest's kernel exists for x86-64 only; host local works here with root, MPLS and VRF"
    return Row("processor", machine.architecture, Verdict.LACKS, note, blocks=frozenset({GUEST}))


def _python(machine: Machine) -> Row:
    has = ".".join(map(str, machine.python))
    if machine.python >= _PYTHON:
        return Row("python", has)
    return Row("python", has, Verdict.LACKS, "3.11 or newer is needed", blocks=_BOTH)


def ecmp_broken(kernel: str) -> bool:
    """Whether a kernel of that release forwards labelled packets wrongly over several equal paths."""
    return _ECMP_BROKEN <= _release(kernel) < _ECMP_MENDED


def _kernel(machine: Machine) -> Row:
    if not ecmp_broken(machine.kernel):
        return Row("kernel", machine.kernel)
    note = "6.19 to 7.1.5 forward MPLS wrongly over several equal paths; the guest's kernel does not"
    return Row("kernel", machine.kernel, Verdict.NOTE, note)


def _module(name: str, modules: str, state: Module, machine: Machine) -> Row:
    if state is Module.LOADED:
        return Row(name, state.value)
    if state is Module.AVAILABLE:
        return Row(name, state.value, note="host local loads it")
    fix = ""
    if machine.distribution == "ubuntu":
        fix = _install(machine, f"linux-modules-extra-{machine.kernel}")
    note = f"host local needs {modules} in this kernel; host guest does not"
    return Row(name, state.value, Verdict.NOTE, note, fix, frozenset({LOCAL}))


def _gre(machine: Machine) -> Row:
    # The kernel loads it by itself with the first tunnel.
    if machine.gre is not Module.ABSENT:
        return Row("GRE", machine.gre.value)
    note = "sham links need ip_gre in this kernel on host local; host guest has it"
    return Row("GRE", machine.gre.value, Verdict.NOTE, note)


def _root(machine: Machine) -> Row:
    if machine.root:
        return Row("root", "yes")
    note = "host local needs root; host guest does not"
    return Row("root", f"no ({machine.user})", Verdict.NOTE, note, blocks=frozenset({LOCAL}))


def _namespaces(machine: Machine) -> Row:
    name, facts = "namespaces", machine.namespaces
    if not facts.refusal:
        return Row(name, "usable")
    if machine.root and not facts.switched_off:
        note = f"making them is forbidden, as in a container without privileges ({facts.refusal})"
        return Row(name, "refused", Verdict.LACKS, note, blocks=_BOTH)
    fix = ""
    if facts.switched_off:
        value = "1" if facts.switched_off.endswith("clone") else "15000"
        fix = f"sudo sysctl -w {facts.switched_off}={value}"
    elif facts.restricted_by_apparmor:
        fix = "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
    elif "newuidmap" not in machine.programs or not facts.subordinate_ids:
        return Row(name, "not known yet", Verdict.NOTE, "seen once uidmap and subordinate ids are there")
    note = f"the guest lives in a user namespace ({facts.refusal})"
    return Row(name, "refused", Verdict.LACKS, note, fix, frozenset({GUEST}))


def _subordinate_ids(machine: Machine) -> Row:
    name = "subordinate ids"
    if machine.root:
        return Row(name, "not needed by root")
    if machine.namespaces.subordinate_ids:
        return Row(name, "granted")
    span = "100000-165535"
    fix = f"sudo usermod --add-subuids {span} --add-subgids {span} {shlex.quote(machine.user)}"
    note = "the node tree has more than one user: /etc/subuid and /etc/subgid must grant some"
    return Row(name, "none", Verdict.LACKS, note, fix, frozenset({GUEST}))


def _tun(machine: Machine) -> Row:
    name, note = "/dev/net/tun", "the guest is reached through a TAP device"
    blocks = frozenset({GUEST})
    if not machine.tun:
        return Row(name, "absent", Verdict.LACKS, note, f"{_sudo(machine)}modprobe tun", blocks)
    if not machine.tun_writable:
        return Row(
            name, "not writable", Verdict.LACKS, note, f"{_sudo(machine)}chmod 0666 /dev/net/tun", blocks
        )
    return Row(name, "writable")


def _util_linux(machine: Machine) -> Row:
    missing = {name: package for name, package in _UTIL_LINUX.items() if name not in machine.programs}
    if not missing:
        return Row("util-linux", ", ".join(_UTIL_LINUX))
    note = "makes and enters namespaces"
    has = f"no {', '.join(missing)}"
    fix = _install(machine, *dict.fromkeys(missing.values()))
    return Row("util-linux", has, Verdict.LACKS, note, fix, _BOTH)


def _packages(machine: Machine) -> Row:
    name = "build tools"
    # Without uidmap not even a finished tree is of use to an ordinary user: the namespace needs it.
    needed = tuple(p for p in machine.missing_packages if p == "uidmap" or not machine.tree_built)
    if not needed:
        return Row(name, "nothing to build" if machine.tree_built else "mmdebstrap")
    listed = ", ".join(needed)
    has, fix = f"no {listed}", _install(machine, *needed)
    if machine.root and "apt-get" in machine.programs:
        return Row(name, has, Verdict.NOTE, "installed by the first `up`", fix)
    return Row(name, has, Verdict.LACKS, f"the node tree is built with {listed}", fix, _BOTH)


def _ssh(machine: Machine) -> Row:
    if "ssh" in machine.programs:
        return Row("ssh", "yes")
    note = "`l3vpn shell` needs it; all else does not"
    return Row("ssh", "no", Verdict.NOTE, note, _install(machine, "openssh-client"))


def _memory(machine: Machine) -> Row:
    has = f"{machine.memory / _GIGA:.1f} GiB free"
    if machine.memory >= _GOOD_MEMORY:
        return Row("memory", has)
    if machine.memory >= _LEAST_MEMORY:
        return Row("memory", has, Verdict.NOTE, "enough for a lab of about eight nodes")
    return Row("memory", has, Verdict.LACKS, "a lab of eight nodes needs about 0.75 GiB", blocks=_BOTH)


def _disk(machine: Machine) -> Row:
    has = f"{machine.disk / _GIGA:.1f} GiB free"
    if machine.tree_built or machine.disk >= _TREE_DISK:
        return Row("disk", has)
    note = "building the node tree takes 1 GiB in the cache folder (XDG_CACHE_HOME names another)"
    return Row("disk", has, Verdict.LACKS, note, blocks=_BOTH)


def _tree(machine: Machine) -> Row:
    if machine.tree_built:
        return Row("node tree", "in the cache")
    return Row("node tree", "not built yet", Verdict.NOTE, "built by the first `up`, in about half a minute")


def _docker(machine: Machine) -> Row:
    note = "needed only by runtime containerlab on host local: the guest brings its own"
    return Row("Docker", machine.docker or "no engine", Verdict.NOTE, note)


def _containerlab(machine: Machine) -> Row:
    if CONTAINERLAB in machine.programs:
        return Row(CONTAINERLAB, "installed", Verdict.NOTE, "used with --runtime containerlab")
    if machine.containerlab_built:
        return Row(CONTAINERLAB, "in the guest", Verdict.NOTE, "used with --runtime containerlab")
    if "go" in machine.programs:
        note = "built for the guest with Go, by the first `up --runtime containerlab`"
        return Row(CONTAINERLAB, "no", Verdict.NOTE, note)
    return Row(CONTAINERLAB, "no", Verdict.NOTE, "nor Go to build it with: runtime netns needs neither")


def _install(machine: Machine, *packages: str) -> str:
    """The command that installs Debian packages, where there is apt."""
    if "apt-get" not in machine.programs:
        return ""
    return f"{_sudo(machine)}apt-get install {' '.join(packages)}"


def _sudo(machine: Machine) -> str:
    return "" if machine.root else "sudo "


def _release(kernel: str) -> tuple[int, ...]:
    """The numbers of a kernel release, three of them: `6.19-rc3-amd64` is (6, 19, 0)."""
    match = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", kernel)
    return tuple(int(part or 0) for part in match.groups()) if match else (0, 0, 0)
