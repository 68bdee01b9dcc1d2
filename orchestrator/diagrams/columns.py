"""In which column each node stands: customers outside, PEs before them, P routers and reflectors between.

What hangs together past the core (a site at several PEs, a backdoor link) stays on one side, so that its
lines are short and cross no core.
"""

from __future__ import annotations

from collections import defaultdict, deque
from itertools import chain
from typing import TYPE_CHECKING, Final

from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from orchestrator.diagrams.content import Content

_FINEST: Final = 6
"""So many columns of P routers, unless they are a chain of more."""

_LARGEST_GROUP: Final = 8
"""A group of more rows than this is cut apart, if it would leave the other side nearly empty."""


def neighbours(content: Content) -> Mapping[str, Sequence[str]]:
    """With which nodes each node is linked, in the order of the file."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one in content.connections:
        found[one.a.node].append(one.b.node)
        found[one.b.node].append(one.a.node)
    return {figure.name: list(dict.fromkeys(found[figure.name])) for figure in content.figures}


def columns(content: Content) -> Mapping[str, int]:
    """The column of each node, counted from the left."""
    roles = {one.name: one.role for one in content.figures}
    near = neighbours(content)
    left, right = _sides(roles, near)
    side = dict.fromkeys(left, 0) | dict.fromkeys(right, 1)
    inner = _inner(roles, near, left, right)
    last = max(inner.values(), default=-1) + 1
    found: dict[str, int] = {}
    for name, role in roles.items():
        if role in (Role.P, Role.RR):
            found[name] = 2 + inner[name]
        elif role is Role.PE:
            found[name] = 2 + last if side[name] else 1
        else:
            at = side.get(_nearest_pe(name, roles, near), 0)
            outside = role is Role.HOST  # behind the CEs
            found[name] = 3 + last + outside if at else -int(outside)
    used = {column: number for number, column in enumerate(sorted(set(found.values())))}
    return {name: used[column] for name, column in found.items()}


def _nearest_pe(ce: str, roles: Mapping[str, Role], near: Mapping[str, Sequence[str]]) -> str:
    distances = _distances([ce], near)
    return min(
        (name for name, role in roles.items() if role is Role.PE and name in distances),
        key=lambda name: distances[name],
        default="",
    )


def _sides(
    roles: Mapping[str, Role], near: Mapping[str, Sequence[str]]
) -> tuple[Collection[str], Collection[str]]:
    """The PEs on the left and on the right, about as many customers on each side."""
    groups = _groups(roles, near)
    rows = {group: sum(roles[one] is Role.CE for one in group) or 1 for group in groups}
    whole = sum(rows.values())
    if any(len(g) > 1 and rows[g] > max(_LARGEST_GROUP, 0.6 * whole) for g in groups):
        groups = [(name,) for name, role in roles.items() if role is Role.PE]
        rows = {(pe,): sum(roles[one] is Role.CE for one in near[pe]) or 1 for (pe,) in groups}
        whole = sum(rows.values())
    ordered = _along_the_core(groups, near)
    best, taken, cut = whole, 0, len(ordered)
    for number, group in enumerate(ordered[:-1], start=1):
        taken += rows[group]
        if abs(whole - 2 * taken) < best:
            best, cut = abs(whole - 2 * taken), number
    sides = [
        [one for group in part for one in group if roles[one] is Role.PE]
        for part in (ordered[:cut], ordered[cut:])
    ]
    first = next((name for name, role in roles.items() if role is Role.PE), "")
    left, right = sides if first in sides[0] or not sides[1] else sides[::-1]
    return left, right


def _groups(roles: Mapping[str, Role], near: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """PEs with their CEs, joined where a CE is at several PEs or linked with another CE."""
    outside = {
        name: [other for other in others if Role.CE in (roles[name], roles[other])]
        for name, others in near.items()
    }
    found: list[tuple[str, ...]] = []
    for name, role in roles.items():
        if role is Role.PE and not any(name in group for group in found):
            found.append(tuple(_distances([name], outside)))
    return found


def _along_the_core(
    groups: Sequence[tuple[str, ...]], near: Mapping[str, Sequence[str]]
) -> list[tuple[str, ...]]:
    """The groups by their distance from one at the edge of the core: near ones stand next to each other."""
    if not groups:
        return []

    def distance(start: tuple[str, ...]) -> dict[tuple[str, ...], int]:
        hops = _distances(start, near)
        return {group: min(hops.get(one, len(near)) for one in group) for group in groups}

    from_first = distance(groups[0])
    edge = max(groups, key=lambda group: from_first[group])
    hops = distance(edge)
    return sorted(groups, key=lambda group: (hops[group], -from_first[group]))


def _inner(
    roles: Mapping[str, Role], near: Mapping[str, Sequence[str]], left: Iterable[str], right: Iterable[str]
) -> Mapping[str, int]:
    """The column of each P and reflector, by how far it is from the PEs of either side."""
    core = {name: [one for one in others if roles[one].in_provider] for name, others in near.items()}
    to_left, to_right = _distances(left, core), _distances(right, core)
    part: dict[str, float] = {}
    for name in (name for name, role in roles.items() if role in (Role.P, Role.RR)):
        here, there = to_left.get(name, 1), to_right.get(name, 1)
        part[name] = here / (here + there)
    if len(set(part.values())) > _FINEST and max(chain([0], to_left.values())) < 2 * _FINEST:
        part = {name: round(one * (_FINEST - 1)) for name, one in part.items()}
    return {name: sorted(set(part.values())).index(one) for name, one in part.items()}


def _distances(starts: Iterable[str], near: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Hops from the nearest of some nodes."""
    found = dict.fromkeys(starts, 0)
    queue = deque(found)
    while queue:
        here = queue.popleft()
        for there in near[here]:
            if there not in found:
                found[there] = found[here] + 1
                queue.append(there)
    return found
