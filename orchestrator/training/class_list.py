"""`names.csv`: who is in a class, and which seed each learner has."""

from __future__ import annotations

import csv
import io
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.model.mistakes import LabFileError, Mistake
from orchestrator.model.reading import read_text
from orchestrator.training.course import unfit_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

CLASS_FILE: Final = "class.csv"
_SEEDS: Final = 1_000_000
_MOST: Final = 1000
_LONGEST_FILE_NAME: Final = 40


@dataclass(frozen=True, slots=True)
class Pupil:
    """One of a class.

    Attributes:
        seed: None where none has been given yet.
    """

    name: str
    seed: int | None = None


def read_class(file: Path) -> tuple[Pupil, ...]:
    """The class in a file with a column `name`, and one `seed` if they have some.

    Raises:
        LabFileError: it has mistakes.
    """
    text = read_text(file).removeprefix("\ufeff")  # as spreadsheets begin
    head = text.partition("\n")[0]
    separator = ";" if ";" in head and "," not in head else ","
    mistakes: list[Mistake] = []
    found: dict[str, Pupil] = {}
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        columns = [one.strip().lower() for one in reader.fieldnames or ()]
        if "name" not in columns:
            raise LabFileError([Mistake(file, 1, "has no column 'name'", "let its first line be: name")])
        reader.fieldnames = columns
        for row in reader:
            name, seed = str(row["name"] or "").strip(), str(row.get("seed") or "").strip()
            if not name and not seed:
                continue
            mistakes += _mistakes(file, reader.line_num, name, seed, found)
            found[name.casefold()] = Pupil(name, int(seed) if seed.isdecimal() else None)
    except csv.Error as error:
        mistakes.append(Mistake(file, None, f"is no CSV: {error}", "write a name a line"))
    if not mistakes and not 0 < len(found) <= _MOST:
        mistakes.append(Mistake(file, None, f"has {len(found)} names", f"write 1 to {_MOST}"))
    if mistakes:
        raise LabFileError(mistakes)
    return tuple(found.values())


def _mistakes(file: Path, line: int, name: str, seed: str, found: Mapping[str, Pupil]) -> Iterator[Mistake]:
    if what := unfit_name(name):
        yield Mistake(file, line, *what)
    if name.casefold() in found:
        yield Mistake(file, line, f"'{name}' is there twice", "tell them apart by another word")
    if seed and (not seed.isascii() or not seed.isdecimal() or int(seed[:12]) >= _SEEDS):
        yield Mistake(
            file, line, f"'{seed[:20]}' is no seed", f"write a number below {_SEEDS:,}, or leave it out"
        )


def with_seeds(pupils: Iterable[Pupil], before: Iterable[Pupil]) -> tuple[Pupil, ...]:
    """Each learner with a seed: the one in the list, else the one that he had before, else a new one."""
    had = {one.name.casefold(): one.seed for one in before}
    known = [
        Pupil(one.name, had.get(one.name.casefold()) if one.seed is None else one.seed) for one in pupils
    ]
    taken = {one.seed for one in known} | set(had.values())
    seeded: list[Pupil] = []
    for one in known:
        seed = one.seed
        while seed is None:
            drawn = secrets.randbelow(_SEEDS)
            seed = drawn if drawn not in taken else None
        taken.add(seed)
        seeded.append(Pupil(one.name, seed))
    return tuple(seeded)


def file_names(pupils: Iterable[Pupil]) -> dict[str, str]:
    """By learner, what his file is called: letters, digits and dashes of the name."""
    found: dict[str, str] = {}
    for one in pupils:
        plain = re.sub(r"\W+", "-", one.name.casefold()).strip("-_")[:_LONGEST_FILE_NAME] or "learner"
        number, name = 1, plain
        while name in found.values():
            number += 1
            name = f"{plain}-{number}"
        found[one.name] = name
    return {name: f"{file}.yml" for name, file in found.items()}


def class_text(pupils: Iterable[Pupil]) -> str:
    """The class with its seeds, as `read_class` reads it."""
    made, files = io.StringIO(newline=""), file_names(pupils := tuple(pupils))
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(("name", "seed", "file"))
    writer.writerows((one.name, one.seed, files[one.name]) for one in pupils)
    return made.getvalue()
