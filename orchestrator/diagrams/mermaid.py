"""Mermaid, for Markdown: it places nodes by itself, from left to right in the order of ours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from orchestrator.diagrams.colours import PALETTE, colours
from orchestrator.diagrams.content import LinkKind
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.diagrams.content import Connection, Text
    from orchestrator.diagrams.picture import Box, Picture

_SHAPES: Final = {
    Role.CE: ("(", ")"),
    Role.PE: ("[", "]"),
    Role.P: ("([", "])"),
    Role.RR: ("{{", "}}"),
    Role.HOST: ("[/", "/]"),
}
_ARROWS: Final = {
    LinkKind.CORE: "===",
    LinkKind.ACCESS: "---",
    LinkKind.INTERCONNECT: "===",
    LinkKind.BACKDOOR: "-.-",
    LinkKind.SHAM: "-.-",
    LinkKind.LAN: "---",
    LinkKind.UNMANAGED: "-.-",
    LinkKind.SPARE: "-.-",
}
_ESCAPED: Final = str.maketrans(
    {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;"}
)


def mermaid(picture: Picture) -> str:
    """The picture as a flowchart."""
    boxes = sorted(picture.boxes, key=lambda box: (box.rect.centre.x, box.rect.centre.y))
    ids = {box.figure.name: f"n{number}" for number, box in enumerate(boxes)}
    inside = {name for domain in picture.content.domains for name in domain.nodes}
    colour = {vpn: style.replace("-", "_") for vpn, style in colours(picture.content.vpns).items()}
    lines = ["---", f"title: {json.dumps(picture.content.title)}", "---", "flowchart LR"]
    lines += [f"  {_node(box, ids, colour)}" for box in boxes if box.figure.name not in inside]
    for number, domain in enumerate(picture.content.domains):
        lines.append(f'  subgraph d{number}["{_escaped(domain.title)}"]')
        lines += [f"    {_node(box, ids, colour)}" for box in boxes if box.figure.name in domain.nodes]
        lines.append("  end")
    lines += [f"  {_link(wire.connection, ids)}" for wire in picture.wires]
    for name in dict.fromkeys(colour.values()):
        fill, rim, *_ = PALETTE[name.removeprefix("vpn_")]
        lines.append(f"  classDef {name} fill:{fill},stroke:{rim},color:#16202a")
    return "\n".join(lines) + "\n"


def _node(box: Box, ids: dict[str, str], colour: dict[str, str]) -> str:
    figure = box.figure
    text = "<br/>".join([_escaped(figure.name), *(_escaped(line.text) for line in figure.lines)])
    left, right = _SHAPES[figure.role]
    style = "".join(f":::{colour[vpn]}" for vpn in figure.vpns[:1])
    return f'{ids[figure.name]}{left}"{text}"{right}{style}'


def _link(one: Connection, ids: dict[str, str]) -> str:
    a, b = sorted((one.a, one.b), key=lambda end: int(ids[end.node][1:]))
    text = "<br/>".join(filter(None, map(_words, (a.texts, one.middle, b.texts))))
    label = f'|"{text}"|' if text else ""
    return f"{ids[a.node]} {_ARROWS[one.kind]}{label} {ids[b.node]}"


def _words(texts: Iterable[Text]) -> str:
    return _escaped(" ".join(one.text for one in texts))


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED)
