"""Designs to choose from: each is a lab, and what it does follows from its intent.

A design is right if all sites reach each other that do in the lab, and nobody else, if packets take the ways
that are demanded, also when something has failed, and if routers to be left alone keep what they have.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from orchestrator.faults.fault import NoSuchTarget
from orchestrator.faults.naming import read_fault
from orchestrator.loading import load_texts
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.load import INTENT_FILE, topology_text
from orchestrator.model.mistakes import LabFileError
from orchestrator.model.state import HEALTHY
from orchestrator.model.topology import Role
from orchestrator.model.yaml_lines import plain, read_yaml
from orchestrator.protocols.registry import effective_lab
from orchestrator.render.frr import frr_configuration
from orchestrator.training.diagnosis import Question
from orchestrator.training.events import in_words
from orchestrator.training.impact import Customers
from orchestrator.training.kinds import BACKDOOR, PROVIDER
from orchestrator.training.variant import dice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from orchestrator.faults.injections import Injection
    from orchestrator.model.lab import Lab
    from orchestrator.training.exercise import Exercise
    from orchestrator.training.kinds import DemandIntent

_STAGE: Final = "design"
_CHOICES: Final = 4
_NEWEST: Final = "10.3"


@dataclass(frozen=True, slots=True)
class Demand:
    """By which way packets go from one CE to another: the provider's, a backdoor, or through a CE.

    Attributes:
        event: what has failed then; None if nothing has.
    """

    sender: str
    receiver: str
    by: str
    event: Injection | None

    def __str__(self) -> str:
        way = {PROVIDER: "by the provider", BACKDOOR: "by the backdoor"}.get(self.by, f"through {self.by}")
        when = "" if self.event is None else f" when {in_words(self.event)}"
        return f"packets from {self.sender} to {self.receiver} go {way}{when}"


@dataclass(frozen=True, slots=True)
class Design:
    """One that may be chosen.

    Attributes:
        lab: as it is then.
        fails: what of the demands it does not do, a line each.
        touches: the routers that it changes though they are to be left alone.
    """

    name: str
    lab: Lab
    fails: tuple[str, ...]
    touches: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether it does all that is asked for."""
        return not self.fails and not self.touches

    @property
    def reasons(self) -> tuple[str, ...]:
        """All that is wrong with it, a line each, if it is not right."""
        return self.fails or (f"it does, but it changes {', '.join(self.touches)}, to be left alone",)

    @property
    def lacks(self) -> str:
        """The first thing that is wrong with it."""
        return self.reasons[0]


def demands(lab: Lab, exercise: Exercise) -> tuple[Demand, ...]:
    """What packets must do, in the order of the file.

    Raises:
        LabFileError: one names something that the lab does not have.
    """
    return tuple(_demand(lab, exercise, number, one) for number, one in enumerate(exercise.intent.demands))


def _demand(lab: Lab, exercise: Exercise, number: int, intent: DemandIntent) -> Demand:
    ces = [one.name for one in lab.nodes if one.role is Role.CE]
    for key, names, known in (
        ("between", intent.between, ces),
        ("by", [intent.by], [PROVIDER, BACKDOOR, *ces]),
    ):
        for name in names:
            if name not in known:
                what = f"{lab.name} has no CE '{name}'"
                found = exercise.document.mistake(
                    ("demands", number, key), what, f"known: {', '.join(known)}"
                )
                raise LabFileError((found,))
    try:
        event = read_fault(lab, intent.when) if intent.when is not None else None
    except NoSuchTarget as lack:
        found = exercise.document.mistake(("demands", number, "when"), lack.what, lack.right)
        raise LabFileError((found,)) from None
    return Demand(intent.between[0], intent.between[1], intent.by, event)


@lru_cache(maxsize=8)
def designs(lab: Lab, exercise: Exercise) -> tuple[Design, ...]:
    """All of them, in the order of the file; the first one is what the network had.

    Raises:
        LabFileError: one is no lab, or the first one is not right.
    """
    labs = [_with(lab, exercise, number) for number in range(len(exercise.intent.designs))]
    asked = demands(labs[0], exercise)
    made = tuple(
        Design(one.name, there, tuple(_fails(there, labs[0], asked)), _touches(there, labs[0], exercise))
        for one, there in zip(exercise.intent.designs, labs, strict=True)
    )
    if not made[0].right:
        what = f"the first design is not right: {made[0].lacks}"
        raise LabFileError((exercise.document.mistake(("designs", 0), what, "put one first that is"),))
    return made


def _with(lab: Lab, exercise: Exercise, number: int) -> Lab:
    """The lab with what a design has otherwise, merged into its intent as a stage is."""
    return designed(lab, exercise, number, lambda texts: texts) if _differs(exercise, number) else lab


def _differs(exercise: Exercise, number: int) -> bool:
    return bool(exercise.intent.designs[number].intent)


def designed(
    lab: Lab, exercise: Exercise, number: int, edited: Callable[[Mapping[str, str]], Mapping[str, str]]
) -> Lab:
    """The lab with a design.

    Args:
        lab: as it is.
        exercise: that has the design.
        number: of the design, the first being 0.
        edited: changes the lab's files, by name.

    Raises:
        LabFileError: that is no lab.
    """
    file = lab.folder / INTENT_FILE
    tree, _ = read_yaml(file, file.read_text(encoding="utf-8"))
    assert tree is not None  # noqa: S101 -- the lab was read from it
    whole = plain(tree)
    assert isinstance(whole, dict)  # noqa: S101 -- the same
    topology = lab.topology.file
    stages = {_STAGE: exercise.intent.designs[number].intent}
    texts = {
        topology.name: topology_text(topology),
        INTENT_FILE: json.dumps({**whole, "stages": stages}, default=str),
    }
    try:
        return replace(load_texts(edited(texts), lab.folder, _STAGE), stage="")
    except LabFileError as error:
        first = error.mistakes[0]
        found = exercise.document.mistake(("designs", number, "intent"), first.what, first.right)
        raise LabFileError((found,)) from None


def _fails(there: Lab, base: Lab, asked: Sequence[Demand]) -> Iterator[str]:
    have, wanted = set(Customers.of(there).all_pairs), Customers.of(base).all_pairs
    yield from (f"{' and '.join(one)} do not reach each other" for one in wanted if one not in have)
    yield from (f"{' and '.join(one)} reach each other, and must not" for one in sorted(have - set(wanted)))
    yield from (f"not met: {one}" for one in asked if not _met(there, one))


def _met(lab: Lab, demand: Demand) -> bool:
    """Whether a lab does what is demanded, by its intent."""
    there = effective_lab(lab, HEALTHY if demand.event is None else demand.event.state)
    lans = lab.interfaces_of(demand.receiver, InterfaceKind.LAN)
    steps = there.journey(demand.sender, lans[0].address.network, demand.receiver)
    if steps is None:
        return False
    past = any(way.backdoor is not None for *_, way in steps)
    if demand.by in {PROVIDER, BACKDOOR}:
        return past == (demand.by == BACKDOOR)
    return demand.by in {table.node for table, *_ in steps}


def _touches(there: Lab, base: Lab, exercise: Exercise) -> tuple[str, ...]:
    return tuple(
        node
        for node in untouchable(base, exercise)
        if frr_configuration(there, node, _NEWEST) != frr_configuration(base, node, _NEWEST)
    )


def untouchable(lab: Lab, exercise: Exercise) -> tuple[str, ...]:
    """The routers that are to be left alone."""
    side = exercise.intent.hands_off
    return tuple(
        one.name for one in lab.nodes if side is not None and one.role.in_provider == (side == "provider")
    )


def questions(exercise: Exercise, seed: int, known: Sequence[Design]) -> tuple[Question, ...]:
    """Which design is right, and what another one lacks; the same each time for a seed."""
    wrong = [one for one in known if not one.right]
    chance = dice(exercise, seed, "designs")
    right = chance.choice([one for one in known if one.right])
    made = [
        _asked(
            "Which of these does all that is asked for?",
            right.name,
            [one.name for one in wrong],
            exercise,
            seed,
        )
    ]
    reasons = list(dict.fromkeys(reason for one in wrong for reason in one.reasons))
    # Of a right one, too: otherwise these questions would answer the first one.
    for one in chance.sample(known, min(len(known), 2)):
        text = f"What is wrong with this one, if anything: {one.name}?"
        own = (_NOTHING,) if one.right else one.reasons
        others = [reason for reason in (*reasons, _NOTHING) if reason not in own]
        made.append(_asked(text, chance.choice(own), others, exercise, seed))
    return tuple(one for one in made if len(one.choices) > 1)


_NOTHING: Final = "nothing: it does all that is asked for"


def _asked(text: str, right: str, others: Sequence[str], exercise: Exercise, seed: int) -> Question:
    chance = dice(exercise, seed, text)
    wrong = [one for one in dict.fromkeys(others) if one != right]
    choices = [right, *chance.sample(wrong, min(len(wrong), _CHOICES - 1))]
    chance.shuffle(choices)
    return Question(text, tuple(choices), choices.index(right))
