"""The nodes of a fleet side by side, a thread each, in a way that Ctrl-C ends at any moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir.core.task import AggregatedResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from nornir.core.inventory import Host
    from nornir.core.task import Task


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A nornir runner that hangs up before it waits for its threads when it is interrupted.

    nornir's own `ThreadedRunner` waits for all threads first: an interrupt that comes while they are being
    started is then reported only when the last node has answered.

    Args:
        threads: how many at the most.
        hang_up: ends what the threads wait for.
    """

    threads: int
    hang_up: Callable[[], None]

    def run(self, task: Task, hosts: list[Host]) -> AggregatedResult:
        """The task's result on each host."""
        results = AggregatedResult(task.name)
        with ThreadPoolExecutor(self.threads) as pool:
            try:
                begun = [(host.name, pool.submit(task.copy().start, host)) for host in hosts]
                for name, result in begun:
                    results[name] = result.result()
            except BaseException:
                self.hang_up()
                raise
        return results
