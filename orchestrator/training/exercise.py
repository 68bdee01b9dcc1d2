"""`exercises/NAME.yml`: one exercise of a lab, as its author writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field

from orchestrator.model.load import read_file
from orchestrator.model.mistakes import LabFileError, nearest
from orchestrator.model.pece_intent import Mtu  # noqa: TC001 -- pydantic reads it
from orchestrator.model.scenarios import Configuration  # noqa: TC001 -- the same
from orchestrator.model.schema import StrictModel, Switch, Text, choice, validate, whole
from orchestrator.training.kinds import (
    DRAWN,
    KINDS,
    NEEDS,
    DemandIntent,
    DesignIntent,
    EventIntent,
    Kind,
    Minutes,
    StepIntent,
)
from orchestrator.training.places import KINDS as PLACES_TO_DRAW
from orchestrator.training.places import fields_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from orchestrator.model.document import Document
    from orchestrator.model.mistakes import Mistake
    from orchestrator.model.paths import Path as PathInFile
    from orchestrator.model.paths import PathWords

FOLDER: Final = "exercises"
FILE: Final = "an exercise"
PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z-]*)\}")


class PortIntent(StrictModel):
    """What a port's kernel settings are changed to."""

    mtu: Mtu | None = None
    vrf: Text | None = Field(default=None, description="the VRF that it is put into")
    mpls_input: Switch | None = Field(
        default=None, alias="mpls-input", description="whether it takes labelled packets"
    )


class ChangesIntent(StrictModel):
    """What is done to nodes. `configure` is in the words of `scenarios.yml`."""

    configure: dict[Text, Configuration] = Field(default_factory=dict)
    ports: dict[Text, PortIntent] = Field(
        default_factory=dict, description="kernel settings of ports: {'pe1:eth1': {mtu: 1400}}"
    )


class WayIntent(ChangesIntent):
    """Another way that heals everything, or why there is none."""

    none: Text | None = Field(default=None, description="none: why there is no other way that is right")


class BreakIntent(ChangesIntent):
    """One thing that is broken or left out."""

    cause: Text = Field(description="cause: what is wrong, in one line: the answer to the last question")
    also: WayIntent | None = Field(
        default=None,
        description="also: another way that heals everything, which `learn check` tries, too; or none: why",
    )


class ExerciseIntent(StrictModel):
    """The whole file. In its texts `{name}` stands for what `vary` draws."""

    number: Annotated[int, whole("number of an exercise", 1, 999)] = Field(
        description="number: its place in the curriculum"
    )
    title: Text = Field(description="title: a few words that do not give it away")
    kind: Kind = Field(description=f"kind: {', '.join(f'{name} ({what})' for name, what in KINDS.items())}")
    after: list[Text] = Field(default_factory=list, description="exercises that are to be done before")
    minutes: Minutes = Field(description="minutes: how long somebody needs who does it for the first time")
    vary: Annotated[str, choice("thing to draw", *PLACES_TO_DRAW)] | None = Field(
        default=None, description="what a seed draws, of all that the lab has"
    )
    brief: Text = Field(description="brief: what the customer says, symptoms only")
    break_: list[BreakIntent] = Field(
        default_factory=list,
        alias="break",
        description="break: what is broken; of several alternatives a seed draws one",
    )
    events: list[EventIntent] = Field(
        default_factory=list, description="what may happen in a prediction; a seed draws one"
    )
    steps: list[StepIntent] = Field(default_factory=list, description="changes to make; a seed draws one")
    designs: list[DesignIntent] = Field(
        default_factory=list, description="designs to choose from; the first is what the network has"
    )
    demands: list[DemandIntent] = Field(
        default_factory=list, description="what a design must do, beside all that the lab's customers have"
    )
    proven: Switch = Field(default=False, description="a design must be proven, too, as one of those given")
    hands_off: Annotated[str, choice("side", "customer", "provider")] | None = Field(
        default=None, alias="hands-off", description="whose routers the learner is to leave alone"
    )
    lesson: Text = Field(description="lesson: the idea, the RFC, what to look at")


@dataclass(frozen=True, slots=True, eq=False)
class Exercise:
    """An exercise of a lab.

    Attributes:
        name: of its file; unique among all labs that are shipped.
        lab: name of the folder that it is in.
    """

    name: str
    lab: str
    intent: ExerciseIntent
    document: Document


PLACES: Final[PathWords] = {
    ("break", "*"): "alternative {1}",
    ("break", "*", "configure", "*"): "what {3} is configured with in alternative {1}",
    ("break", "*", "ports", "*"): "port {3} in alternative {1}",
    ("break", "*", "also"): "the other way of alternative {1}",
    (
        "break",
        "*",
        "also",
        "configure",
        "*",
    ): "what {4} is configured with in the other way of alternative {1}",
    ("break", "*", "also", "ports", "*"): "port {4} in the other way of alternative {1}",
}


def read_exercise(document: Document) -> tuple[Document, ExerciseIntent | None, tuple[Mistake, ...]]:
    """Read the file by itself."""
    intent, mistakes = validate(document, ExerciseIntent, PLACES)
    return document, intent, mistakes


def load_exercise(file: Path) -> Exercise:
    """An exercise, checked as far as it can be without its lab: see `variant.load_variants`.

    Raises:
        LabFileError: the file has mistakes; it holds all that could be seen.
    """
    document, intent, mistakes = read_file(file, read_exercise, _check)
    if document is None or intent is None or mistakes:
        raise LabFileError(mistakes)
    return Exercise(file.stem, file.parents[1].name, intent, document)


def _check(document: Document, intent: ExerciseIntent) -> Iterator[Mistake]:
    known = (*fields_of(intent.vary), *DRAWN.get(intent.kind, ()))
    needed = NEEDS.get(intent.kind, "break")
    if not _has(intent, needed):
        right = f"add {needed}:, see the schema"
        yield document.mistake((), f"an exercise of kind {intent.kind} has no '{needed}'", right)
    for path, text in _texts(intent):
        for name in PLACEHOLDER.findall(text):
            if name not in known:
                yield _unknown(document, path, intent.vary, name)
    for number, one in enumerate(intent.break_):
        if not one.configure and not one.ports:
            right = "give it configure or ports"
            yield document.mistake(("break", number), f"alternative {number + 1} breaks nothing", right)
        way = one.also
        if way is not None and bool(way.configure or way.ports) == (way.none is not None):
            what = f"the other way of alternative {number + 1} is there and not, or neither"
            right = "give it configure or ports, or else none: why there is no other way"
            yield document.mistake(("break", number, "also"), what, right)


def _has(intent: ExerciseIntent, key: str) -> bool:
    """Whether a list of the file has something in it."""
    return bool(getattr(intent, "break_" if key == "break" else key))


def _unknown(document: Document, path: PathInFile, kind: str | None, name: str) -> Mistake:
    what = f"'{{{name}}}' stands for nothing"
    if kind is None:
        return document.mistake(path, what, f"say what to draw: vary is one of {', '.join(PLACES_TO_DRAW)}")
    return document.mistake(path, f"{what} that {kind} has", nearest(name, fields_of(kind)))


def _texts(intent: ExerciseIntent) -> Iterator[tuple[PathInFile, str]]:
    """Every text in which something drawn may stand, and where it does."""
    yield ("brief",), intent.brief
    yield ("lesson",), intent.lesson
    for number, one in enumerate(intent.break_):
        at: PathInFile = ("break", number)
        yield (*at, "cause"), one.cause
        yield from _of_changes(at, one)
        if one.also is not None:
            yield from _of_changes((*at, "also"), one.also)


def _of_changes(at: PathInFile, done: ChangesIntent) -> Iterator[tuple[PathInFile, str]]:
    if isinstance(done, WayIntent) and done.none is not None:
        yield (*at, "none"), done.none
    for node, change in done.configure.items():
        yield from _strings((*at, "configure", node), [node, change])
    for port, setting in done.ports.items():
        yield from _strings((*at, "ports", port), [port, setting.vrf])


def _strings(path: PathInFile, value: object) -> Iterator[tuple[PathInFile, str]]:
    match value:
        case str():
            yield path, value
        case list():
            yield from (found for one in value for found in _strings(path, one))
        case dict():
            yield from (found for one in value.values() for found in _strings(path, one))


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with what was drawn in it. Nothing else in it is special."""
    return PLACEHOLDER.sub(lambda found: values[found[1]], text)


def filled_deep(value: object, values: Mapping[str, str]) -> object:
    """The same for all texts in a value; a text that is but one number then is a number."""
    fill = partial(filled_deep, values=values)
    match value:
        case str():
            text = filled(value, values)
            return int(text) if text != value and text.isdigit() else text
        case list():
            return list(map(fill, value))
        case dict():
            return {key: fill(one) for key, one in value.items()}
    return value
