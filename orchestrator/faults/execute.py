"""Doing and undoing faults in a running lab, over the management sessions of its nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.errors import ExitCode, L3vpnError
from orchestrator.verification.kit.answers import Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.faults.injections import Injection
    from orchestrator.fleet.fleet import Fleet
    from orchestrator.model.topology import Endpoint

_WITHIN = 60.0  # a node that comes back reads its whole configuration


class NotDone(L3vpnError):  # noqa: N818 -- says what happened
    """A node could not be reached, or could not do it."""

    exit_code = ExitCode.NODE


def fail(fleet: Fleet, fault: Injection) -> None:
    """Let it happen, at all nodes at once. Done twice it changes nothing.

    Raises:
        NotDone: a node did not do its part; the others have done theirs.
    """
    parts = _set_links(fault.takes_down, "down"), fault.doing()
    _carry_out(fleet, _scripts(f"fail {fault.target}", *parts))


def restore(fleet: Fleet, fault: Injection, others: Iterable[Injection] = ()) -> None:
    """Undo it, at all nodes at once; what other faults hold down stays down. Done twice it changes nothing.

    Where the fault's `needs_push` is set, a push has to follow.

    Raises:
        NotDone: a node did not do its part; the others have done theirs.
    """
    parts = fault.undoing(), _set_links(fault.takes_down - held_down(others), "up")
    _carry_out(fleet, _scripts(f"restore {fault.target}", *parts))


def held_down(faults: Iterable[Injection]) -> frozenset[Endpoint]:
    """The interfaces that faults keep down: not for a push to bring up."""
    return frozenset(end for fault in faults for end in fault.takes_down)


def _set_links(ends: Iterable[Endpoint], state: str) -> Mapping[str, str]:
    lines: dict[str, str] = {}
    for end in sorted(ends):
        lines[end.node] = lines.get(end.node, "") + f"ip link set dev {end.interface} {state}\n"
    return lines


def _scripts(title: str, *parts: Mapping[str, str]) -> Mapping[str, str]:
    """One shell text a node; each part in a subshell of its own, which it may leave early."""
    return {
        node: f"# {title}\nset -e\n" + "".join(f"(\n{part[node]})\n" for part in parts if node in part)
        for node in dict.fromkeys(node for part in parts for node in part)
    }


def _carry_out(fleet: Fleet, scripts: Mapping[str, str]) -> None:
    if not scripts:
        return
    for node, answer in fleet.execute(scripts, within=_WITHIN).items():
        if isinstance(answer, Unreachable):
            raise NotDone(str(answer))
        if not answer.ok:
            said = answer.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise NotDone(f"{node}: {said or f'exit status {answer.status}'}")
