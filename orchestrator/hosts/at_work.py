"""What a host can do, and whether it has work left: what has not answered by then may still come to it.

Seconds say little of a machine that is busy, or that is kept waiting by others. Its kernel knows better: as
long as it is never idle, whoever waits for one of its programs waits for the others to be done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.hosts import limits
from orchestrator.hosts.base import HostError
from orchestrator.hosts.cluster import Cluster
from orchestrator.hosts.guest import Guest
from orchestrator.hosts.members import at_once
from orchestrator.hosts.ssh_machines import SshMachines

if TYPE_CHECKING:
    from orchestrator.hosts.base import Host
    from orchestrator.hosts.cluster import Place

_IDLE: Final = 0.5
"""Of all its processors' time: a lab at rest leaves more than nine tenths, one that starts almost nothing."""
_LOOK: Final = (
    "getconf _NPROCESSORS_ONLN; "
    "read -r a b </proc/uptime; sleep 1; read -r c d </proc/uptime; echo $a $b $c $d"
)
"""All processors, as in /proc/uptime: `nproc` counts those that the caller may use."""
_MEMORY_LEFT: Final = "sed -n 's/^MemAvailable: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo"
_MEMORY_WITHIN: Final = 20.0  # seconds
_USUAL: Final = 4  # processors
_WITHIN: Final = 10.0  # seconds; a busy machine is slow to look, too


def at_work(host: Place) -> bool:
    """Whether the host, or one of its kernels or machines, was busy for the greater part of a second.

    False as well where it cannot be asked: a host that does not answer is not waited for. What the workers
    of a cluster do is not ours to know.
    """
    return not isinstance(host, Cluster) and any(at_once(_busy, each_of(host)))


def each_of(host: Host) -> tuple[Host, ...]:
    """The kernels or machines that a host is made of; mostly it is one itself."""
    return tuple(one.host for one in host.members) if isinstance(host, Guest | SshMachines) else (host,)


def processors_of(host: Place) -> int:
    """How many processors nodes on a host have between them; as many as is usual, where it is far away."""
    if isinstance(host, Guest):
        return host.size
    if isinstance(host, Cluster):
        return _USUAL
    return limits.processors() if host.name == "local" else _USUAL * len(each_of(host))


def memory_of(host: Host) -> int:
    """Bytes that nodes on a host may still take; on this machine no more than its container or service may.

    Raises:
        HostError: it cannot be asked.
    """
    said = host.run(_MEMORY_LEFT, timeout=_MEMORY_WITHIN).expect_ok("ask for its memory").text
    limit = limits.memory_left() if host.name == "local" else None
    return int(said) * 1024 if limit is None else min(int(said) * 1024, limit)


def _busy(host: Host) -> bool:
    try:
        return idle_share(host.run(_LOOK, timeout=_WITHIN).text) < _IDLE
    except HostError:
        return False


def idle_share(said: str) -> float:
    """The part of the time between two looks at /proc/uptime (proc(5)) in which processors had nothing to do.

    Args:
        said: the number of processors and both looks: seconds since the start, and all processors' idle ones.

    Returns:
        From 0 to 1; 1 too if that is not what was said.
    """
    try:
        processors, begun, idle, ended, idle_by_then = map(float, said.split())
        return (idle_by_then - idle) / (ended - begun) / processors
    except (ValueError, ZeroDivisionError):
        return 1.0
