"""All exercises of all labs, in the order of the curriculum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.errors import UsageError
from orchestrator.lifecycle.folders import known_labs
from orchestrator.model.mistakes import nearest
from orchestrator.training.exercise import FOLDER, load_exercise

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.training.exercise import Exercise


def exercise_files() -> Mapping[str, Path]:
    """The file of each exercise, by name; labs in the current folder come before the shipped ones."""
    labs = known_labs().values()
    # A link may lead anywhere, and what is wrong in a file is quoted.
    folders = (one / FOLDER for one in labs if not (one / FOLDER).is_symlink())
    return {file.stem: file for folder in folders for file in sorted(folder.glob("[!.]*.yml"))}


def exercises() -> tuple[Exercise, ...]:
    """All of them, in the order in which to do them.

    Raises:
        LabFileError: one of their files has mistakes.
    """
    found = map(load_exercise, exercise_files().values())
    return tuple(sorted(found, key=lambda one: (one.intent.number, one.name)))


def exercise(name: str) -> Exercise:
    """The one of that name.

    Raises:
        UsageError: there is none.
        LabFileError: its file has mistakes.
    """
    files = exercise_files()
    if name not in files:
        raise UsageError(f"there is no exercise '{name}'; {nearest(name, files)}")
    return load_exercise(files[name])


def lab_of(one: Exercise) -> Path:
    """The folder of the lab that an exercise is about."""
    return one.document.file.parents[1]
