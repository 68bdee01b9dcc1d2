"""What does not fit together in what a learner hands in, a line of evidence each: never a verdict.

A learner is root on his machine: whoever wants to make up a file, and knows how, can. What is found here is
what is made up or borrowed without care; each has an innocent reason, too, such as a clock that was set.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from orchestrator.evidence.redact import redacted_files
from orchestrator.evidence.transcripts import transcripts_to_text
from orchestrator.model.load import INTENT_FILE, portable_topology_text
from orchestrator.model.reading import read_text
from orchestrator.training import uptimes
from orchestrator.training.breaking import PortMisconfigured
from orchestrator.training.grading import in_order
from orchestrator.training.hints import failing
from orchestrator.training.looks import BEGIN
from orchestrator.verification.forwarding.between import Carrier, PathEnd
from orchestrator.verification.forwarding.walk import Fate
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.kit.facts import CouldNotLook

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from orchestrator.model.lab import Lab
    from orchestrator.training.grading import Graded
    from orchestrator.training.hand_in import HandIn
    from orchestrator.training.journal import Event
    from orchestrator.training.judging import Judged, Lesson

_SLACK: Final = 120
"""Seconds that a look may take at a large lab: its parts are older and younger than its time."""
_NOTED_WITHIN: Final = 600
"""Seconds from a look until it is noted, or from the start of an exercise to the look at it."""
_FEW: Final = 3
_MOST_PAIRS: Final = 20
_FATES: Final = {Fate.ASTRAY: "led astray", Fate.DROPPED: "dropped", Fate.LOOPS: "sent in a loop"}
_HEALING: Final = (["push"], ["up"], ["down"], ["restore"], ["scenario"], ["measure"])
_HEADERS: Final = ("router ", "interface ", "address-family ", "mpls ", "exit", "no ", "vrf ")


def of_journal(hand_in: HandIn, seed: int) -> Iterator[str]:
    """The journal by itself.

    Args:
        hand_in: whose it is.
        seed: that was given to the learner.
    """
    if hand_in.given.seed != seed:
        yield f"was given seed {seed} and hands in seed {hand_in.given.seed}"
    here = hand_in.given.course.exercises
    starts = [one for one in hand_in.journal if one.what == "start" and one.exercise in here]
    others = sorted({one.seed for one in starts if one.seed != seed})
    if others:
        yield f"began exercises with seed {', '.join(map(str, others))}, and was given {seed}"
    late = [(one, other) for one, other in pairwise(hand_in.journal) if other.time < one.time]
    for one, other in late[:_FEW]:
        yield f"journal: '{other}' at {other.at} stands below '{one}' at {one.at}"
    begun: set[str] = set()
    for event in hand_in.journal:
        if event.what == "start":
            begun.add(event.exercise)
        elif event.exercise and event.exercise not in begun:
            yield f"journal: '{event}' at {event.at} comes before any start of {event.exercise}"
            begun.add(event.exercise)
    if hand_in.given.course.exam:
        for event in hand_in.journal:
            if event.what in {"hint", "solve"}:
                yield f"journal: '{event}' at {event.at}, in an exam"


def of_exercise(name: str, events: Sequence[Event], looks: Sequence[Judged], lesson: Lesson) -> Iterator[str]:
    """An exercise: its journal, that of its lab, and what was seen of the lab."""
    if looks:
        yield from (f"{name}: {line}" for line in _files(looks[-1], lesson))
        yield from (f"{name}: {line}" for line in _looks(events, looks))
        yield from (f"{name}: {line}" for line in _as_it_began(looks, lesson))
        yield from (f"{name}: {line}" for line in _uptimes(looks))
        yield from (f"{name}: {line}" for line in _contradictions(looks))
        yield from (f"{name}: {line}" for line in _lab_journal(events, looks))
    elif any(one.what in {"check", "start"} for one in events):
        yield f"{name}: the journal has it, and nothing was seen of its lab"


def _files(look: Judged, lesson: Lesson) -> Iterator[str]:
    there = look.case.bundle
    own = _own_files(lesson.lab, tuple(sorted(there.files.items())), redacted=there.redacted)
    if other := [name for name, text in own.items() if there.files.get(name) != text]:
        yield f"its lab's files are not those that are here: {_listed(other)}"


@lru_cache(maxsize=16)
def _own_files(lab: Lab, files: tuple[tuple[str, str], ...], *, redacted: bool) -> Mapping[str, str]:
    """The files of a lab as they would stand in a bundle that has these."""
    own = {
        lab.topology.file.name: portable_topology_text(lab.topology.file),
        INTENT_FILE: read_text(lab.folder / INTENT_FILE),
    }
    return redacted_files(own, dict(files)) if redacted else own


def _looks(events: Sequence[Event], looks: Sequence[Judged]) -> Iterator[str]:
    noted = [one for one in events if one.what in {"start", "reset", "check"}]
    if not in_order(looks):
        yield "its looks are not in the order of their times"
    checks = [one for one in looks if one.title != BEGIN]
    count = sum(one.what == "check" for one in events)
    if len(checks) > count:
        yield f"{len(checks)} looks at its lab, and the journal has {count} checks"
    for look in looks:
        kind = {"start", "reset"} if look.title == BEGIN else {"check"}
        near = [one for one in noted if one.what in kind]
        if not any(abs((look.at - one.time).total_seconds()) <= _NOTED_WITHIN for one in near):
            yield f"its look '{look.title}' is of {look.at.isoformat()}, when the journal has none"


def _as_it_began(looks: Sequence[Judged], lesson: Lesson) -> Iterator[str]:
    begun = [one for one in looks if one.title == BEGIN]
    if not begun:
        yield "nothing was seen of its lab as it began"
        return
    drift = begun[-1].drift
    nodes = {line.split(" ", 1)[0] for line in drift}
    broken = lesson.variant.nodes
    if nodes != set(broken):
        yield (
            f"as it began, {_listed(nodes) or 'nothing'} differed from the lab's files, "
            f"and its seed breaks {_listed(broken) or 'nothing'}"
        )
        return
    for change in lesson.variant.changes:
        lines = () if isinstance(change, PortMisconfigured) else getattr(change, "lines", ())
        (node,) = change.needs_push
        for line in lines:
            own = [one for one in drift if one.startswith(f"{node} ")]
            if not line.startswith(_HEADERS) and not any(line in one for one in own):
                yield f"as it began, {node} had no '{line}', which its seed gives it"
                return


def _uptimes(looks: Sequence[Judged]) -> Iterator[str]:
    known = [uptimes.ages(one.case.seen) for one in looks]
    for (one, before), (other, after) in pairwise(zip(looks, known, strict=True)):
        between = (other.at - one.at).total_seconds()
        odd = uptimes.too_old(before, after, between + _SLACK)
        if odd:
            node, session = odd[0]
            yield (
                f"{node}: {session} is {uptimes.in_words(after[odd[0]])} old at '{other.title}' of "
                f"{other.at:%H:%M:%S}; {uptimes.in_words(between)} before, at '{one.title}', it was "
                f"{uptimes.in_words(before[odd[0]])}{_more(odd)}"
            )
    first = _first_line(looks)
    # What was seen before is of a lab that has been taken down since.
    since = [
        (one, age) for one, age in zip(looks, known, strict=True) if first is not None and one.at >= first
    ]
    if first is not None and since:
        look, age = since[0]
        lived = (look.at - first).total_seconds() + _SLACK
        odd = [one for one, seconds in age.items() if seconds > lived]
        if odd:
            yield (
                f"{odd[0][0]}: {odd[0][1]} is {uptimes.in_words(age[odd[0]])} old at '{look.title}' of "
                f"{look.at:%H:%M:%S}, and the lab was brought up at {first:%H:%M:%S}{_more(odd)}"
            )


def _first_line(looks: Sequence[Judged]) -> datetime | None:
    """When the lab was brought up, by its own journal."""
    lines = looks[-1].case.bundle.journal
    return _line_time(lines[0]) if lines else None


def _line_time(line: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(line.split(" ", 1)[0])
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _contradictions(looks: Sequence[Judged]) -> Iterator[str]:
    last = looks[-1]
    if not last.lost and failing(last.report.findings):
        lost = list(_undelivered(last))
        if lost:
            yield f"at '{last.title}' all packets arrive, and by the nodes' tables {lost[0]}{_more(lost)}"
    told = _told(last.case.seen.report)
    now = {str(one.check.id): one.verdict for one in last.report.findings}
    # What could not be asked then, or is not in the file, says nothing.
    known = {Verdict.PASS, Verdict.FAIL}
    other = [one for one, verdict in told.items() if one in now and {verdict, now[one]} == known]
    if other:
        yield (
            f"at '{last.title}' {other[0]} was {told[other[0]].value}, and is {now[other[0]].value} "
            f"by what is handed in{_more(other)}"
        )


def _undelivered(look: Judged) -> Iterator[str]:
    """Packets that the tables of the kernels, labels included, do not take to where they belong.

    That a check fails is no contradiction: there may be more than one way to set a network right.
    """
    ends = {
        one.name: PathEnd(one.name, one.vpn, tuple(dict.fromkeys(it.ce.node for it in one.attachments)))
        for one in look.case.lab.sites
    }
    for here, there in look.customers.all_pairs[:_MOST_PAIRS]:
        try:
            ways = look.case.paths(ends[here], ends[there])
        except CouldNotLook:
            continue
        for way in ways:
            bad = [run for run in way.runs if run.end.fate is not Fate.DELIVERED]
            if bad and way.expected is not Carrier.NOTHING:
                yield f"those from {way.start} to {way.prefixes[0]} are {_FATES[bad[0].end.fate]}"


def _told(report: str) -> dict[str, Verdict]:
    """What a report said of then, as far as it is one."""
    try:
        return {str(one["id"]): Verdict(one["verdict"]) for one in json.loads(report or "{}")["checks"]}
    except (KeyError, RecursionError, TypeError, ValueError):
        return {}


def _lab_journal(events: Sequence[Event], looks: Sequence[Judged]) -> Iterator[str]:
    """What was done to the lab by other commands while the exercise was on."""
    lines = looks[-1].case.bundle.journal
    starts = [one.time for one in events if one.what == "start"]
    if not lines or not starts:
        return
    begun, ended = looks[0].at, looks[-1].at
    during = [(at, line) for line in lines if (at := _line_time(line)) is not None and begun <= at <= ended]
    words = [(at, line.split(" ")[1:]) for at, line in during]
    for at, said in words:
        if said[:1] in _HEALING and "--dry-run" not in said:
            yield f"its lab's journal: '{' '.join(said)[:80]}' at {at:%H:%M:%S}, while it was on"
    solved = [at for at, said in words if said[:2] == ["learn", "solve"]]
    if solved and not any(one.what == "solve" for one in events):
        yield f"its lab's journal: 'learn solve' at {solved[0]:%H:%M:%S}, and the learner's journal has none"


def _more(found: Sequence[object]) -> str:
    return f" (and {len(found) - 1} more)" if len(found) > 1 else ""


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))


Prints = dict[str, str]
"""By a node at a look, in words, a digest of all that it said."""


def prints(name: str, looks: Sequence[Judged]) -> Prints:
    """What can be compared among learners: nodes count packets and number their ports by chance."""
    return {
        f"{name}, {look.title}, {node}": hashlib.sha256(transcripts_to_text(answers).encode()).hexdigest()
        for look in looks
        for node, answers in look.case.seen.answers.items()
    }


def of_class(
    graded: Mapping[str, Mapping[str, Graded]],
    seeds: Mapping[str, int],
    printed: Mapping[str, Prints],
) -> Iterator[tuple[str, str]]:
    """What learners have in common that they should not: for whom, and in which words.

    Args:
        graded: by file, and exercise.
        seeds: by file.
        printed: by file.
    """
    yield from _same_prints(printed)
    for file, own in graded.items():
        for name, one in own.items():
            for other, theirs in graded.items():
                key = theirs[name].key if name in theirs else ""
                copied = other != file and seeds[file] != seeds[other] and one.answers == key != one.key
                if copied and len(one.answers) == len(one.key) and "-" not in one.answers:
                    yield (
                        file,
                        f"{name}: answers {' '.join(one.answers)} are wrong here, and right in {other}",
                    )


def _same_prints(printed: Mapping[str, Prints]) -> Iterator[tuple[str, str]]:
    where: dict[str, list[tuple[str, str]]] = {}
    for file, found in printed.items():
        for words, digest in found.items():
            where.setdefault(digest, []).append((file, words))
    common: dict[tuple[str, frozenset[str]], list[str]] = {}
    for places in where.values():
        files = frozenset(file for file, _ in places)
        for file, words in places if len(files) > 1 else ():
            common.setdefault((file, files - {file}), []).append(words)
    for (file, others), same in common.items():
        yield file, f"{same[0]}: said the very same, counters and all, as in {_listed(others)}{_more(same)}"
