"""`scenarios.yml`: what may happen to a lab, step by step; what is to be expected then follows from the lab.

The words for what happens are read by `faults`, which knows what a lab can suffer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BeforeValidator, Field

from orchestrator.model.schema import StrictModel, Text, reject, shown, validate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.document import Document
    from orchestrator.model.mistakes import Mistake
    from orchestrator.model.paths import PathWords

SCENARIO_FILE: Final = "scenarios.yml"
AGREED: Final = "agreed"
"""What a CE's configuration is called that differs in nothing."""
ANYTHING: Final = "*"


def _one_or_more(value: object) -> list[object]:
    """A list, or the one thing that would be in it."""
    if isinstance(value, (list, str)):
        if not value:
            raise reject("nothing is named", "name a link, a node or a LAN")
        return [value] if isinstance(value, str) else value
    raise reject(f"{shown(value)} names nothing", "name a link, a node or a LAN, or several in brackets")


def _broken(value: object) -> object:
    """By pattern of checks what they are to say; a check that is only named may say anything."""
    return value if isinstance(value, dict) else dict.fromkeys(map(str, _one_or_more(value)), ANYTHING)


def _set(value: object) -> object:
    """Lines, or the overrides of a CE, or the word for none."""
    if value == AGREED:
        return {}
    if not value or not isinstance(value, (list, dict)):
        right = f"give lines in brackets, parameters in braces as at-ce has them, or '{AGREED}'"
        raise reject(f"{shown(value)} is no configuration", right)
    return value


_Several = Annotated[list[Text], Field(min_length=1)]
_OneOrMore = Annotated[str, Field(min_length=1)] | _Several
Things = Annotated[list[Text], BeforeValidator(_one_or_more, json_schema_input_type=_OneOrMore)]
_Words = Literal["agreed"] | _Several | Annotated[dict[str, object], Field(min_length=1)]
Configuration = Annotated[
    list[Text] | dict[str, object], BeforeValidator(_set, json_schema_input_type=_Words)
]


_BROKEN: Final = BeforeValidator(_broken, json_schema_input_type=dict[str, Text] | _OneOrMore)


class StepIntent(StrictModel):
    """One thing that is done, and then the network is proven again.

    `configure` gives a node lines to type, or a CE the parameters that override what was agreed, in the
    words of `at-ce` in `vpn.yml`. `breaks` gives patterns of the checks that a configuration is to break, and
    of what they say then; `see` is for who watches.
    """

    fail: Things | None = None
    restore: Things | None = None
    configure: dict[Text, Configuration] | None = None
    breaks: Annotated[dict[str, Text], _BROKEN] = Field(default_factory=dict)
    see: Text = ""


class ScenarioIntent(StrictModel):
    """Steps, and what they teach."""

    teaches: Text = Field(description="teaches: a sentence")
    steps: list[StepIntent] = Field(description="steps: a list of fail, restore and configure")


class Scenarios(StrictModel):
    """The whole file."""

    scenarios: dict[str, ScenarioIntent] = Field(description="scenarios: each with its name")


PLACES: Final[PathWords] = {
    ("scenarios", "*"): "scenario {1}",
    ("scenarios", "*", "steps", "*"): "step {3} of scenario {1}",
    ("scenarios", "*", "steps", "*", "configure", "*"): "what {5} overrides in step {3} of scenario {1}",
}
DEEDS: Final = ("fail", "restore", "configure")


def read_scenarios(document: Document) -> tuple[Document, Scenarios | None, tuple[Mistake, ...]]:
    """Read `scenarios.yml`."""
    scenarios, mistakes = validate(document, Scenarios, PLACES)
    return document, scenarios, mistakes


def check_scenarios(document: Document, file: Scenarios) -> Iterator[Mistake]:
    """Each step does one thing; only a configuration says what it breaks."""
    for name, scenario in file.scenarios.items():
        for number, step in enumerate(scenario.steps):
            path = ("scenarios", name, "steps", number)
            where = f"step {number + 1} of scenario {name}"
            done = [deed for deed in DEEDS if getattr(step, deed) is not None]
            if len(done) != 1:
                what = f"does both {' and '.join(done)}" if done else "does nothing"
                yield document.mistake(path, f"{where} {what}", f"give it one of {', '.join(DEEDS)}")
            elif step.breaks and step.configure is None:
                right = "what is to be expected of a failed lab follows from the lab: remove 'breaks'"
                yield document.mistake((*path, "breaks"), f"{where} says what '{done[0]}' breaks", right)
