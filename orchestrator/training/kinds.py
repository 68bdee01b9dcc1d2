"""What the file of an exercise says that breaks nothing: events to predict, designs to choose from, steps."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from orchestrator.model.schema import StrictModel, Text, choice, whole

KINDS: Final = {
    "build": "something is left out",
    "ticket": "something is broken",
    "mismatch": "customer and provider disagree",
    "design": "choose how to do it, and do it",
    "predict": "say what will happen, then it does",
    "change": "bring the network to another state, and lose nothing on the way",
}
NEEDS: Final = {"design": "designs", "predict": "events", "change": "steps"}
"""The key that an exercise of a kind must have; of all others it is `break`."""
DRAWN: Final = {"predict": ("event",), "change": ("task",)}
"""What may stand in braces in the texts of a kind, beside what `vary` draws."""
PROVIDER: Final = "provider"
BACKDOOR: Final = "backdoor"


class EventIntent(StrictModel):
    """What happens, in the words of `l3vpn fail`, and the stages of the lab at one of which it does."""

    fail: Text = Field(description="fail: what happens, like 'pe1-p1 silent'")
    at: list[Text] = Field(
        default_factory=list, description="stages of the lab; without any, as the lab begins"
    )


class StepIntent(StrictModel):
    """From one stage of the lab to another one."""

    task: Text = Field(description="task: what is to be done, in one line")
    begin: Text = Field(alias="from", description="from: the stage at which the network is")
    end: Text = Field(alias="to", description="to: the stage that it is to be brought to")


class DemandIntent(StrictModel):
    """What a design must do: by which way packets go between two CEs, also when something has failed."""

    between: Annotated[list[Text], Field(min_length=2, max_length=2)] = Field(
        description="between: two CEs, like [ce1, ce2]"
    )
    by: Text = Field(description="by: provider, backdoor, or a CE through which they must pass")
    when: Text | None = Field(default=None, description="what has failed then, in the words of `l3vpn fail`")


class DesignIntent(StrictModel):
    """A way to do it. `intent` is in the words of `vpn.yml`: what differs from the lab's, as in a stage."""

    name: Text = Field(description="name: what it is, as an answer to 'Which design?'")
    intent: dict[Text, object] = Field(default_factory=dict)


Minutes = Annotated[int, whole("number of minutes", 1, 120)]
Kind = Annotated[str, choice("kind of exercise", *KINDS)]
