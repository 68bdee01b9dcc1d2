"""What does not hold, folded by what it says, each with the lines of output that were read."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from orchestrator.evidence.keys import key
from orchestrator.verification.judging import foundation
from orchestrator.verification.kit.answers import Transcript
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.report.table import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from orchestrator.verification.kit.check import Finding
    from orchestrator.verification.kit.check_id import CheckId
    from orchestrator.verification.report.result import Report

_SHOWN: Final = 8
_COMMANDS: Final = 4
_LINES: Final = 16
_WIDEST: Final = 400
_WORD: Final = re.compile(r"[\w][\w.:/-]*")
_TELLING: Final = re.compile(r"\d")  # addresses, interfaces, labels, names of nodes: all have a digit
_SHORTEST: Final = 2


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of what a node answered, those that the finding speaks of first in line.

    Attributes:
        lines: each with its number, and whether it has what differs.
        total: how many there are.
    """

    node: str
    command: str
    lines: tuple[tuple[int, str, bool], ...]
    total: int

    @property
    def telling(self) -> bool:
        """Whether what differs is seen in it."""
        return any(one[2] for one in self.lines)

    @property
    def shown(self) -> tuple[tuple[str, bool], ...]:
        """The lines, with a mark where some are left out."""
        parts: list[tuple[str, bool]] = []
        for (before, *_), (number, line, hit) in pairwise(
            ((0, "", False), *self.lines, (self.total + 1, "", False))
        ):
            parts += [("…", False)] if number > before + 1 else []
            parts += [(line, hit)] if number <= self.total else []
        return tuple(parts)


@dataclass(frozen=True, slots=True)
class Cause:
    """Findings of one kind and verdict.

    Attributes:
        shown: those that are shown in full.
        more: those that are named in a line.
        whys: what follows, each reason once.
        held: how many checks stand on these, by layer.
    """

    anchor: str
    name: str
    title: str
    verdict: Verdict
    shown: tuple[Finding, ...]
    more: tuple[Finding, ...]
    whys: tuple[str, ...]
    hints: tuple[str, ...]
    evidence: tuple[Excerpt, ...]
    held: Mapping[str, int]

    @property
    def nodes(self) -> tuple[str, ...]:
        """Where to look."""
        return tuple(dict.fromkeys(one.check.node for one in (*self.shown, *self.more)))


def causes(report: Report) -> tuple[Cause, ...]:
    """The lowest first, as the proof stands on it."""
    held = _held(report.findings)
    return tuple(_cause(report, number, ones, held) for number, ones in enumerate(folded(report), start=1))


def _cause(
    report: Report, number: int, findings: Sequence[Finding], held: Mapping[CheckId, Counter[str]]
) -> Cause:
    first, several = findings[0], len(findings) > 1
    shown = tuple(findings[:_SHOWN])
    below: Counter[str] = Counter()
    for one in findings:
        below.update(held.get(one.check.id, {}))
    return Cause(
        f"cause-{number}",
        f"{first.check.layer}.{first.check.id.kind}" if several else str(first.check.id),
        f"{len(findings)} checks" if several else first.check.title,
        first.verdict,
        shown,
        tuple(findings[_SHOWN:]),
        tuple(dict.fromkeys(one.why for one in findings if one.why)),
        tuple(dict.fromkeys(one.hint for one in shown if one.hint)),
        tuple(_evidence(report, shown)),
        below,
    )


def _held(findings: Iterable[Finding]) -> Mapping[CheckId, Counter[str]]:
    """How many checks of each layer stand on each finding at the bottom of things."""
    below = {one.check.id: one for one in findings}
    held: dict[CheckId, Counter[str]] = {}
    for one in below.values():
        if one.verdict is Verdict.BLOCKED:
            held.setdefault(foundation(one, below).check.id, Counter())[one.check.layer.value] += 1
    return held


def _evidence(report: Report, findings: Iterable[Finding]) -> Iterator[Excerpt]:
    """What was read for them, each answer once; those in which the difference is seen come first."""
    read: dict[tuple[str, str], set[str]] = {}
    differs: set[str] = set()
    for one in findings:
        differs |= _words(one.observed) - _words(one.expected)
        about = _words(" ".join(map(str, one.check.id.about)))
        for query in one.check.queries:
            read.setdefault(query.key, set()).update(about, _words(one.expected), _words(one.observed))
    found = []
    for (node, command), words in list(read.items())[:_SHOWN]:
        answer = report.look.answers.get((node, command))
        if isinstance(answer, Transcript):
            found.append(excerpt(node, key(command), answer.output, words, differs))
    yield from sorted(found, key=lambda one: not one.telling)[:_COMMANDS]


def _words(text: str) -> set[str]:
    """Those that can be distinguished from others in output."""
    bare = (word.rstrip(".:,") for word in _WORD.findall(text))
    return {one for one in bare if len(one) >= _SHORTEST and _TELLING.search(one)}


def excerpt(node: str, command: str, output: str, words: set[str], differs: set[str]) -> Excerpt:
    """The first lines in which one of the words stands; where there is none, the first lines.

    Args:
        node: who said it.
        command: to what.
        output: all of it.
        words: what was looked for.
        differs: what of these was not expected.
    """
    wanted, other = _any_of(words), _any_of(differs)
    lines = [
        (number, line, other.search(line) is not None)
        for number, text in enumerate(output.splitlines(), start=1)
        if (line := text.rstrip()[:_WIDEST])
    ]
    hits = [one for one in lines if one[2]]
    others = [one for one in lines if not one[2] and wanted.search(one[1])]
    chosen = sorted((*hits, *others)[:_LINES]) or lines[:_LINES]
    return Excerpt(node, command, tuple(chosen), len(output.splitlines()))


def _any_of(words: set[str]) -> re.Pattern[str]:
    either = "|".join(map(re.escape, sorted(words)))
    return re.compile(rf"(?<![\w.])(?:{either})(?![\w])" if words else "(?!)")
