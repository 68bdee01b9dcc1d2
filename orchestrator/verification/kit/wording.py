"""Words of findings: short, one line, in the terms of the field."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from orchestrator.verification.kit.check import Judgement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.model.lab import Lab

_SHOWN = 6


def listed(names: Iterable[object], nothing: str = "none") -> str:
    """`a, b and 3 more`, in the order given."""
    words = [str(name) for name in names]
    if len(words) > _SHOWN:
        return f"{', '.join(words[:_SHOWN])} and {len(words) - _SHOWN} more"
    return ", ".join(words) or nothing


def hint_command(lab: Lab, node: str, command: str) -> str:
    """The command a person types to see for themselves."""
    inside = f"vtysh -c {shlex.quote(command)}" if command.startswith("show ") else command
    return f"l3vpn exec {lab.name} {node} -- {inside}"


def exactly(expected: Iterable[object], observed: Iterable[object], nothing: str = "none") -> Judgement:
    """Both must be the same set; the observed text marks what is missing and what is unexpected."""
    wanted, seen = list(map(str, expected)), list(map(str, observed))
    missing = [one for one in wanted if one not in set(seen)]
    extra = [one for one in seen if one not in set(wanted)]
    marks = [
        f"{word}: {listed(which)}" for word, which in (("missing", missing), ("unexpected", extra)) if which
    ]
    text = listed(seen, nothing)
    return Judgement(
        not marks,
        expected=listed(wanted, nothing),
        observed=f"{text} ({'; '.join(marks)})" if marks else text,
    )


def nothing_else(allowed: Iterable[object], observed: Iterable[object], what: str) -> Judgement:
    """Nothing may be there that is not allowed; what is missing is another check's to say.

    Args:
        allowed: what may be there.
        observed: what is there.
        what: the things in the plural, such as `OSPF neighbours`.
    """
    permitted = {str(one) for one in allowed}
    seen = list(dict.fromkeys(map(str, observed)))
    extra = [one for one in seen if one not in permitted]
    return Judgement(
        not extra,
        expected=f"no {what} but {listed(sorted(permitted))}" if permitted else f"no {what}",
        observed=f"also {listed(extra)}" if extra else f"{len(seen)} {what}, all of them wanted",
    )


def equal(expected: object, observed: object) -> Judgement:
    """Both must be the same value."""
    return Judgement(expected == observed, str(expected), str(observed))
