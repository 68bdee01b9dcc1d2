"""TTP, made strict: every line of an output becomes exactly one row, or the output is refused.

TTP leaves out lines that no template line matches. Here each template is one table whose lines are the
kinds of lines that the command prints (each names its ``kind``), closed by ``{{ line | _line_ }}``, which
receives whatever nothing else matched. So the rows can be counted against the lines of the output, which
also gives each row its line number, and no line is lost whatever TTP does.

In the templates ``let`` gives a row its kind; ``set`` would lose lines that are spaced differently from the
template, and a ``|`` within ``re("...")`` is not possible (alternatives stand in ``<vars>``).
"""

from __future__ import annotations

import os
import re
import sys
import threading
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


_LONGEST: Final = 4_000
"""Characters of a line; the longest that FRR prints, of `show version`, has 955. TTP's patterns, which take
any number of blanks for one, need time that grows with the third power of it."""
_KEPT: Final = 20_000
"""Shapes of lines remembered: some thousand are what the nodes of a lab say, again and again."""
_KEPT_LENGTH: Final = 200
"""Characters of a line whose shape is remembered."""

_ADDRESS: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:/[0-9]{1,2})?")
_ANY_DIGIT: Final = str.maketrans("123456789", "000000000")


class _Shape(NamedTuple):
    """What lines have in common that differ in their first address or prefix only, in digits of it.

    A long table has some hundred shapes. Templates ask where there are digits, never which, so that what TTP
    makes of one line holds for all of its shape, with the address of each.
    """

    template: str
    before: str
    address: str
    after: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """What TTP made of one line of a shape; ``at`` is the field that has its address, ``""`` if none has."""

    kind: str
    fields: Mapping[str, str]
    address: str
    at: str

    def with_address(self, address: str) -> tuple[str, Mapping[str, str]]:
        """The kind and fields of the line of this shape that has another address."""
        if not self.at or address == self.address:
            return self.kind, self.fields
        return self.kind, {**self.fields, self.at: self.fields[self.at].replace(self.address, address)}


_kept: Final[dict[_Shape, _Reading]] = {}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of output: its number (from 1), its text, its kind, and the fields that the template names.

    ``kind`` is ``""`` for a line that no template line matched.
    """

    number: int
    text: str
    kind: str
    fields: Mapping[str, str]

    def __getitem__(self, field: str) -> str:
        return self.fields[field]

    def get(self, field: str) -> str | None:
        """Return the field, or ``None`` where this kind of row has no such field."""
        return self.fields.get(field)


def rows(template: str, output: str) -> tuple[Row, ...]:
    """Cut the output of a command into rows, by the template of this name. Blank lines are left out.

    Raises:
        ValueError: a line is too long, or TTP returned another number of rows than there are lines: then the
            template is at fault.
    """
    lines = [(number, text) for number, text in enumerate(output.splitlines(), start=1) if text.strip()]
    if not lines:
        return ()
    if number := next((number for number, text in lines if len(text) > _LONGEST), 0):
        raise ValueError(f"line {number} is longer than any line that a command prints")
    shapes = [_shape(template, text) for _, text in lines]
    read = _read(template, shapes, [text for _, text in lines])
    return tuple(
        Row(number, text, *read[shape].with_address(address))
        for (number, text), (shape, address) in zip(lines, shapes, strict=True)
    )


def _shape(template: str, text: str) -> tuple[_Shape, str]:
    """The shape of a line, and the address that it has; a line that has it twice is its own shape."""
    found = _ADDRESS.search(text)
    if found is None or text.count(address := found[0]) > 1:
        return _Shape(template, text, "", ""), ""
    start, end = found.span()
    return _Shape(template, text[:start], address.translate(_ANY_DIGIT), text[end:]), address


def _read(
    template: str, shapes: Iterable[tuple[_Shape, str]], texts: Iterable[str]
) -> dict[_Shape, _Reading]:
    """What each shape is read as.

    What becomes of a line depends on no other: one of each shape is read, once. A node that is asked again
    says nearly the same.
    """
    read: dict[_Shape, _Reading] = {}
    new: dict[_Shape, tuple[str, str]] = {}
    for (shape, address), text in zip(shapes, texts, strict=True):
        if shape in read or shape in new:
            continue
        if kept := _kept.get(shape):
            read[shape] = kept
        else:
            new[shape] = address, text
    if not new:
        return read
    found = _engine().run(template, "\n".join(text for _, text in new.values()))
    if len(found) != len(new):
        raise ValueError(f"{template}.ttp made {len(found)} rows of {len(new)} lines")
    for (shape, (address, _)), fields in zip(new.items(), found, strict=True):
        kind = fields.pop("kind", "")
        at = [name for name, value in fields.items() if address and address in value]
        read[shape] = _Reading(kind, fields, address, at[0] if at else "")
    _keep({shape: read[shape] for shape, (_, text) in new.items() if len(text) <= _KEPT_LENGTH})
    return read


def _keep(more: Mapping[_Shape, _Reading]) -> None:
    if len(_kept) + len(more) > _KEPT:
        _kept.clear()
    if len(more) <= _KEPT:
        _kept.update(more)


class _Engine:
    """The one TTP object of this process, holding each template from its first use on.

    TTP's plugins share state between objects, and a new object costs 10 ms: hence one, behind a lock.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ttp = _new_ttp()
        self._loaded: set[str] = set()

    def run(self, template: str, text: str) -> list[dict[str, str]]:
        with self._lock:
            if template not in self._loaded:
                source = files("parsers").joinpath("templates", f"{template}.ttp").read_text("utf-8")
                self._ttp.add_template(source, template_name=template)
                self._loaded.add(template)
            # TTP takes text that is the path of a file for the file: no path begins with a newline.
            self._ttp.add_input("\n" + text, template_name=template)
            try:
                self._ttp.parse(one=True)
                (results,) = self._ttp.result(templates=template)
                # TTP empties the list it returned when the result is to be forgotten.
                return [row for result in results for row in result.get("rows", ())]
            finally:
                self._ttp.clear_result()
                self._ttp.clear_input()


@cache
def _engine() -> _Engine:
    return _Engine()


def _new_ttp() -> Any:  # noqa: ANN401 - ttp ships no types
    import ttp  # noqa: PLC0415 - 40 ms that a command which parses nothing need not pay

    # TTP pickles an index of its plugins into its package folder, or into $TTPCACHEFOLDER, and loads it from
    # there. Neither is wanted, and building the index costs 10 ms, once. A folder that cannot exist switches
    # the cache off, and the log level keeps TTP from warning about it. That variable is the only one that TTP
    # asks for; we answer, so that nothing of the process's environment is touched.
    vars(sys.modules["ttp.ttp"])["os"] = _NoCacheFolder("os")
    return ttp.ttp(log_level="ERROR")


class _NoCacheFolder(ModuleType):
    """`os` as TTP sees it."""

    def __getattr__(self, name: str) -> object:
        return getattr(os, name)

    @staticmethod
    def getenv(name: str, default: str) -> str:
        """A folder that cannot exist."""
        del name, default
        return os.devnull
