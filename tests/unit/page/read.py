"""A page as a browser reads it: elements with their text, and whether they are nested as they should."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

_VOID: Final = {"meta", "br", "input", "link", "img", "hr"}
_SVG_EMPTY: Final = {"path", "rect", "circle", "polygon", "use"}


@dataclass
class Element:
    name: str
    attributes: dict[str, str]
    inside: tuple[str, ...]
    text: str = ""


@dataclass
class Read(HTMLParser):
    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), (tag, attrs)
        made = Element(
            tag, {name: value or "" for name, value in attrs}, tuple(one.name for one in self.open)
        )
        self.elements.append(made)
        if tag not in _VOID:
            self.open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _SVG_EMPTY, f"<{tag}/> closes nothing in HTML"
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open[-1].name == tag, (tag, [one.name for one in self.open])
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for one in self.open:
            one.text += data

    def named(self, name: str) -> list[Element]:
        return [one for one in self.elements if one.name == name]

    def of(self, kind: str) -> list[Element]:
        """By class."""
        return [one for one in self.elements if kind in one.attributes.get("class", "").split()]


def read_page(text: str) -> Read:
    found = Read()
    found.feed(text)
    found.close()
    assert found.open == []
    return found
