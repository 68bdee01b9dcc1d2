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
_LOOK: Final = "nproc; read -r a b </proc/uptime; sleep 1; read -r c d </proc/uptime; echo $a $b $c $d"
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
