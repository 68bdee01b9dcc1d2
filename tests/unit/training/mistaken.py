"""A shipped exercise with a mistake in its file, and the line that says so."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab
from orchestrator.model.mistakes import LabFileError
from orchestrator.training import catalogue
from orchestrator.training.exercise import load_exercise

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from orchestrator.model.lab import Lab
    from orchestrator.training.exercise import Exercise


@dataclass(frozen=True, slots=True)
class Mistake:
    """What stands in the file, what is written instead, and what is said of it."""

    old: str
    new: str
    said: str

    def must_have_its_line(
        self, exercise: Exercise, read: Callable[[Lab, Exercise], object], folder: Path
    ) -> None:
        """Whoever reads a copy of the exercise is told the file, a line and what is wrong."""
        lab = shutil.copytree(catalogue.lab_of(exercise), folder / catalogue.lab_of(exercise).name)
        file = lab / "exercises" / f"{exercise.name}.yml"
        text = file.read_text(encoding="utf-8")
        assert self.old in text
        file.write_text(text.replace(self.old, self.new, 1), encoding="utf-8")
        with pytest.raises(LabFileError) as error:
            read(load_lab(lab), load_exercise(file))
        pattern = rf"{exercise.name}.yml:\d+: .*{re.escape(self.said)}"
        assert re.search(pattern, str(error.value)), str(error.value)
