"""How long nodes of a cluster are waited for: as long as something changes, and no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.runtimes.base import DeployFailed

if TYPE_CHECKING:
    from collections.abc import Collection

    from orchestrator.runtimes.c9s_state import SeenLab

TROUBLE_SECONDS: Final = 60.0
"""A registry that does not answer, or a worker that is full, may be better soon."""
STILL_SECONDS: Final = 600.0
"""Nothing is seen of an image that is being pulled: containerlab gives a node of a cluster as long."""

_NAMED: Final = 3


class Patience:
    """Looks at a lab again and again until all its nodes are ready.

    Args:
        lab: its name.
        nodes: that it is to have.
    """

    def __init__(self, lab: str, nodes: Collection[str]) -> None:
        self._lab = lab
        self._nodes = tuple(nodes)
        self._seen = ""
        self._since = 0.0
        self._troubles: dict[str, float] = {}

    def is_over(self, seen: SeenLab | None, now: float) -> bool:
        """Whether the lab is there.

        Args:
            seen: the lab now; None if it is not there at all.
            now: seconds, of any clock that only goes on.

        Raises:
            DeployFailed: something has kept a node from it for too long; which one, and what.
        """
        if seen and seen.current and not seen.trouble:
            there = {one.name for one in seen.nodes}
            if there == set(self._nodes) and all(one.ready for one in seen.nodes):
                return True
        self._bear_with(seen, now)
        words = self.words(seen)
        if words != self._seen:
            self._seen, self._since = words, now
        if now - self._since >= STILL_SECONDS:
            raise DeployFailed(f"lab '{self._lab}': nothing has changed for {STILL_SECONDS:g} s: {words}")
        return False

    def words(self, seen: SeenLab | None) -> str:
        """What is waited for, for a person."""
        if seen is None or not (seen.current or seen.nodes):
            return "waiting for clabernetes to take the lab in"
        ready = {one.name for one in seen.nodes if one.ready}
        there = {one.name: one.waits_for for one in seen.nodes}
        others = [f"{one} {there.get(one, 'is not there yet')}" for one in self._nodes if one not in ready]
        if not others:
            return "waiting for clabernetes to take the change in"
        rest = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        named = ", ".join(others[:_NAMED])
        return f"{len(self._nodes) - len(others)} of {len(self._nodes)} nodes ready; {named}{rest}"

    def _bear_with(self, seen: SeenLab | None, now: float) -> None:
        nodes = () if seen is None else seen.nodes
        troubles = [f"node {one.name}: {one.trouble}" for one in nodes if one.trouble]
        if seen is not None and seen.trouble:
            troubles.insert(0, f"clabernetes cannot make lab '{self._lab}': {seen.trouble}")
        # By its beginning: an error that is tried again may count the times.
        self._troubles = {one[:60]: self._troubles.get(one[:60], now) for one in troubles}
        for one in troubles:
            if now - self._troubles[one[:60]] >= TROUBLE_SECONDS:
                raise DeployFailed(one)
