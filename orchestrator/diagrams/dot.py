"""Graphviz: `dot -Tpdf FILE` draws it as we place it, by the layout that keeps positions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.diagrams.content import LinkKind
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.diagrams.content import Connection, Text
    from orchestrator.diagrams.picture import Picture

_POINTS: Final = 72
"""In an inch, as Graphviz reckons sizes; one of them is one of our units."""

_SHAPES: Final = {
    Role.CE: "box, style=rounded",
    Role.PE: "box",
    Role.P: "ellipse",
    Role.RR: "hexagon",
    Role.HOST: "box",
}
_STYLES: Final = {
    LinkKind.CORE: "penwidth=2",
    LinkKind.ACCESS: "penwidth=1",
    LinkKind.INTERCONNECT: "penwidth=3, style=dashed",
    LinkKind.BACKDOOR: "style=dashed, penwidth=2",
    LinkKind.SHAM: "style=dotted, penwidth=2",
    LinkKind.LAN: "penwidth=1",
    LinkKind.UNMANAGED: "style=dotted",
    LinkKind.SPARE: "style=dotted",
}


def dot(picture: Picture) -> str:
    """The picture as a graph description."""
    lines = [
        f"graph {_quoted(picture.content.title)} {{",
        "  graph [layout=neato, inputscale=72, splines=true, notranslate=true];",
        f"  graph [fontname=Helvetica, label={_quoted(picture.content.title)}, labelloc=t];",
        "  node [fontname=Helvetica, fontsize=12, fixedsize=true];",
        "  edge [fontname=Courier, fontsize=9];",
    ]
    for box in picture.boxes:
        figure, rect = box.figure, box.rect
        text = "\n".join([figure.name, *(line.text for line in figure.lines)])
        lines.append(
            f"  {_quoted(figure.name)} [label={_quoted(text)}, shape={_SHAPES[figure.role]}, "
            f'pos="{rect.centre.x:.0f},{0 - rect.centre.y:.0f}!", width={rect.width / _POINTS:.2f}, '
            f"height={rect.height / _POINTS:.2f}, tooltip={_quoted(figure.title)}];"
        )
    lines.extend(map(_edge, (wire.connection for wire in picture.wires)))
    return "\n".join([*lines, "}"]) + "\n"


def _edge(one: Connection) -> str:
    return (
        f"  {_quoted(one.a.node)} -- {_quoted(one.b.node)} [{_STYLES[one.kind]}, "
        f"taillabel={_words(one.a.texts)}, headlabel={_words(one.b.texts)}, label={_words(one.middle)}, "
        f"edgetooltip={_quoted(one.title)}];"
    )


def _words(texts: Iterable[Text]) -> str:
    return _quoted(" ".join(one.text for one in texts))


def _quoted(text: str) -> str:
    """A double-quoted string: a backslash would begin an escape, such as that of a line's end."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
