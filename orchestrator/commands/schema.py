"""`schema`: JSON Schema of what people write in a lab's files, for their editors."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import ExitCode
from orchestrator.lifecycle.measuring import PLAN_FILE, PlanIntent
from orchestrator.model.json_schema import of_configuration, of_file, of_intent, of_scenarios, text
from orchestrator.protocols.registry import PROTOCOLS
from orchestrator.training.course import CourseIntent
from orchestrator.training.exercise import ExerciseIntent

if TYPE_CHECKING:
    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    file: str


def run(options: Options, settings: Settings) -> int:  # noqa: ARG001 -- every verb is called alike
    """Print it."""
    match options.file:
        case "vpn":
            schema = of_intent(PROTOCOLS)
        case "scenarios":
            schema = of_scenarios(PROTOCOLS)
        case "exercise":
            schema = of_configuration("an exercise", ExerciseIntent, PROTOCOLS)
        case "course":
            schema = of_file("a course", CourseIntent)
        case _:
            schema = of_file(PLAN_FILE, PlanIntent)
    sys.stdout.write(text(schema))
    return ExitCode.PROVEN
