"""What a host can do, and whether it has work left: what has not answered by then may still come to it.

Seconds say little of a machine that is busy, or that is kept waiting by others. Its kernel knows better: as
long as it is never idle, whoever waits for one of its programs waits for the others to be done.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from orchestrator.hosts import limits
from orchestrator.hosts.base import HostError
from orchestrator.hosts.guest import Guest

if TYPE_CHECKING:
    from orchestrator.hosts.base import Host
    from orchestrator.hosts.guest import Kernel

_IDLE: Final = 0.5
"""Of all its processors' time: a lab at rest leaves more than nine tenths, one that starts almost nothing."""
_LOOK: Final = "nproc; read -r a b </proc/uptime; sleep 1; read -r c d </proc/uptime; echo $a $b $c $d"
_USUAL: Final = 4  # processors
_WITHIN: Final = 10.0  # seconds; a busy machine is slow to look, too


def at_work(host: Host) -> bool:
    """Whether the host, or one of the guest's kernels, was busy for the greater part of a second.

    False as well where it cannot be asked: a host that does not answer is not waited for.
    """
    asked = host.kernels if isinstance(host, Guest) else (host,)
    with ThreadPoolExecutor(len(asked)) as pool:
        return any(pool.map(_busy, asked))


def processors_of(host: Host) -> int:
    """How many processors nodes on a host have between them; as many as is usual, where it is far away."""
    if isinstance(host, Guest):
        return host.size
    return limits.processors() if host.name == "local" else _USUAL


def _busy(host: Host | Kernel) -> bool:
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
