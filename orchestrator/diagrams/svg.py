"""SVG: one file, no script, nothing from elsewhere, light and dark by what the reader prefers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from orchestrator.diagrams.colours import VPN_STYLES, colours
from orchestrator.diagrams.content import LinkKind
from orchestrator.diagrams.geometry import Rect
from orchestrator.diagrams.sizes import LINE_HEIGHT, WORD_GAP, line_width
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.diagrams.content import Layer
    from orchestrator.diagrams.geometry import Curve
    from orchestrator.diagrams.labels import Label
    from orchestrator.diagrams.picture import Box, Picture, Region, Wire

_MARGIN: Final = 20.0
_HEADER: Final = 34.0
_LEGEND_ROW: Final = 26.0

_LIGHT: Final = (
    "--paper:#fff;--ink:#16202a;--soft:#5b6875;--line:#7b8794;--area:#f3f6f9;--rim:#cfd8e1;"
    "--pe:#dbe7f5;--p:#eceff3;--rr:#efe6f7;--backdoor:#b85c15;--sham:#8e4ec6"
)
_DARK: Final = (
    "--paper:#14191f;--ink:#e6ebf0;--soft:#a3afbb;--line:#8793a0;--area:#1b222a;--rim:#36424e;"
    "--pe:#22374f;--p:#2b333c;--rr:#3a2d4b;--backdoor:#e8924e;--sham:#c39bec"
)
STYLE: Final = f"""
.l3vpn{{{_LIGHT};font-family:'DejaVu Sans',Verdana,'Segoe UI',sans-serif;color-scheme:light dark}}
@media screen and (prefers-color-scheme:dark){{.l3vpn{{{_DARK}}}}}
.l3vpn .paper{{fill:var(--paper)}}
.l3vpn text{{fill:var(--ink)}}
.l3vpn .title{{font-size:17px;font-weight:700}}
.l3vpn .legend text{{font-size:12px}}
.l3vpn .region rect{{fill:var(--area);stroke:var(--rim)}}
.l3vpn .region text{{font-size:10.5px;font-weight:700;fill:var(--soft)}}
.l3vpn .link path{{fill:none;stroke:var(--line);stroke-width:1.8}}
.l3vpn .core path{{stroke-width:2.6}}
.l3vpn .backdoor path{{stroke:var(--backdoor);stroke-width:2.2;stroke-dasharray:9 4}}
.l3vpn .sham path{{stroke:var(--sham);stroke-width:2;stroke-dasharray:2 4;stroke-linecap:round}}
.l3vpn .unmanaged path,.l3vpn .spare path{{stroke-width:1.2;stroke-dasharray:2 5}}
.l3vpn .label{{font:10.5px 'DejaVu Sans Mono','Liberation Mono',Menlo,Consolas,monospace;fill:var(--soft)}}
.l3vpn .node text{{text-anchor:middle;font-size:11px}}
.l3vpn .node .name{{font-size:14px;font-weight:700}}
.l3vpn .shape{{stroke:var(--soft);stroke-width:1.4}}
.l3vpn .ce .shape,.l3vpn .host .shape{{fill:var(--paper)}}
.l3vpn .pe .shape{{fill:var(--pe);stroke-width:2.2}}
.l3vpn .p .shape{{fill:var(--p)}}
.l3vpn .rr .shape{{fill:var(--rr)}}
"""


def svg(picture: Picture) -> str:
    """The picture as an SVG document."""
    bounds = picture.bounds
    entries = list(_legend(picture, max(bounds.width, 420)))
    width = max(bounds.width, 420) + 2 * _MARGIN
    height = bounds.height + 2 * _MARGIN + _HEADER + entries[-1][1] + 2 * _LEGEND_ROW - 8
    left, top = bounds.left - _MARGIN, bounds.top - _MARGIN - _HEADER
    place = Rect(left, top, left + width, top + height)
    box = f"{_n(left)} {_n(top)} {_n(width)} {_n(height)}"
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" class="l3vpn" role="img"',
        f'aria-label={_quoted(summary(picture))} viewBox="{box}" width="{_n(width)}" height="{_n(height)}">',
        f"<title>{_text(picture.content.title)}</title>",
        f"<style>{STYLE}{VPN_STYLES}</style>",
        f'<rect class="paper" {_rect(place)}/>',
        f'<text class="title" x="{_n(bounds.left)}" y="{_n(top + 32)}">{_text(picture.content.title)}</text>',
        regions_and_links(picture),
        link_texts(picture),
        nodes(picture),
        f'<g class="legend" transform="translate({_n(bounds.left)} {_n(bounds.bottom + _MARGIN + 14)})">',
        *(one for one, _ in entries),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def regions_and_links(picture: Picture) -> str:
    """What lies under all else."""
    regions, links = map(_region, picture.regions), map(_wire, picture.wires)
    return "\n".join(('<g class="regions">', *regions, "</g>", '<g class="links">', *links, "</g>"))


def link_texts(picture: Picture) -> str:
    """What is written on links."""
    texts = (_label(one, picture.wires[one.wire].connection.kind) for one in picture.labels)
    return "\n".join(('<g class="labels">', *texts, "</g>"))


def nodes(picture: Picture) -> str:
    """The nodes, each with what is written in it."""
    colour = colours(picture.content.vpns)
    return "\n".join(('<g class="nodes">', *(_box(one, colour) for one in picture.boxes), "</g>"))


def legend(picture: Picture, width: float) -> tuple[str, float]:
    """What shapes and colours mean, for a picture so wide; and how high that is."""
    entries = list(_legend(picture, width))
    drawn = "".join(one for one, _ in entries)
    return f'<g class="legend">{drawn}</g>', entries[-1][1] + _LEGEND_ROW


def summary(picture: Picture) -> str:
    """The picture for who cannot see it."""
    kinds = [box.figure.role for box in picture.boxes]
    counted = [f"{kinds.count(role)} {role.word}" for role in _SHOWN if role in kinds]
    return f"Map of {picture.content.title}: {', '.join(counted)}; VPNs {', '.join(picture.content.vpns)}"


def _region(one: Region) -> str:
    return (
        f'<g class="region"><rect {_rect(one.rect)} rx="14"/>'
        f'<text x="{_n(one.title.left)}" y="{_n(one.title.bottom - 2)}">{_text(one.domain.title)}</text></g>'
    )


def _wire(one: Wire) -> str:
    return (
        f'<g class="link {one.connection.kind}"><title>{_text(one.connection.title)}</title>'
        f'<path d="{path(one.curve)}"/></g>'
    )


def path(curve: Curve) -> str:
    """Its course as SVG writes it."""
    first, *rest = (f"{_n(point.x)} {_n(point.y)}" for point in curve.controls)
    return f"M{first}{'L' if curve.straight else 'C'}{' '.join(rest)}"


def _label(label: Label, kind: LinkKind) -> str:
    words = "".join(
        f'<tspan class="{text.layer or kind}"{_dx(number)}>{_text(text.text)}</tspan>'
        for number, text in enumerate(label.texts)
    )
    return f'<text class="label" x="{_n(label.box.left)}" y="{_n(label.box.bottom - 2.5)}">{words}</text>'


def _dx(number: int) -> str:
    return f' dx="{_n(WORD_GAP)}"' if number else ""


def _box(one: Box, colour: dict[str, str]) -> str:
    figure, rect = one.figure, one.rect
    kind = f"node {figure.role}" + "".join(f" {colour[vpn]}" for vpn in figure.vpns[:1])
    middle = rect.centre
    first = middle.y - (len(figure.lines) * LINE_HEIGHT) / 2 + 5
    lines = "".join(
        f'<text{_class(line.layer)} x="{_n(middle.x)}" y="{_n(first + (number + 1) * LINE_HEIGHT + 1)}">'
        f"{_text(line.text)}</text>"
        for number, line in enumerate(figure.lines)
    )
    return (
        f'<g class="{kind}" data-node={_quoted(figure.name)}><title>{_text(figure.title)}</title>'
        f'{shape(figure.role, rect)}<text class="name" x="{_n(middle.x)}" y="{_n(first)}">'
        f"{_text(figure.name)}</text>{lines}</g>"
    )


def _class(layer: Layer | None) -> str:
    return f' class="{layer}"' if layer else ""


def shape(role: Role, rect: Rect) -> str:
    """What a node of a role looks like."""
    if role is Role.RR:
        cut = min(12.0, rect.height / 2)
        points = (
            (rect.left, rect.centre.y), (rect.left + cut, rect.top), (rect.right - cut, rect.top),
            (rect.right, rect.centre.y), (rect.right - cut, rect.bottom), (rect.left + cut, rect.bottom),
        )  # fmt: skip
        return f'<polygon class="shape" points="{" ".join(f"{_n(x)},{_n(y)}" for x, y in points)}"/>'
    rounded = {Role.CE: 8.0, Role.PE: 2.0, Role.HOST: 0.0}.get(role, rect.height / 2)
    return f'<rect class="shape" {_rect(rect)} rx="{_n(min(rounded, 21.0))}"/>'


_SHOWN: Final = (Role.CE, Role.PE, Role.P, Role.RR, Role.HOST)
_LINKS: Final = {
    LinkKind.CORE: "core link",
    LinkKind.ACCESS: "PE-CE link",
    LinkKind.INTERCONNECT: "link between providers",
    LinkKind.BACKDOOR: "backdoor link",
    LinkKind.SHAM: "sham link",
    LinkKind.LAN: "LAN with a host",
    LinkKind.UNMANAGED: "unmanaged",
    LinkKind.SPARE: "not in use",
}


def _legend(picture: Picture, width: float) -> Iterator[tuple[str, float]]:
    """Each entry with its y, in rows as wide as the picture."""
    x, y = 0.0, 0.0
    for drawn, word, wide in _entries(picture):
        room = wide + 6 + line_width(word) + 22
        if x and x + room > width:
            x, y = 0.0, y + _LEGEND_ROW
        text = f'<text x="{_n(wide + 6)}" y="13">{_text(word)}</text>'
        yield f'<g transform="translate({_n(x)} {_n(y)})">{drawn}{text}</g>', y
        x += room


def _entries(picture: Picture) -> Iterator[tuple[str, str, float]]:
    roles = {box.figure.role for box in picture.boxes}
    for role in _SHOWN:
        if role in roles:
            yield f'<g class="node {role}">{shape(role, Rect(0, 0, 28, 18))}</g>', role.word, 28.0
    kinds = {one.connection.kind for one in picture.wires}
    for kind, word in _LINKS.items():
        if kind in kinds:
            yield f'<g class="link {kind}"><path d="M0 9L34 9"/></g>', word, 34.0
    for vpn, style in colours(picture.content.vpns).items():
        yield f'<g class="node ce {style}">{shape(Role.CE, Rect(0, 0, 28, 18))}</g>', f"VPN {vpn}", 28.0
    framed = {one.domain for one in picture.regions}
    for domain in picture.content.domains:
        if domain not in framed:
            yield "", domain.title, 0.0


def _rect(rect: Rect) -> str:
    return f'x="{_n(rect.left)}" y="{_n(rect.top)}" width="{_n(rect.width)}" height="{_n(rect.height)}"'


def _n(number: float) -> str:
    return f"{round(number, 1) + 0.0:g}"


def _text(text: str) -> str:
    return escape(text)


def _quoted(text: str) -> str:
    return quoteattr(text)
