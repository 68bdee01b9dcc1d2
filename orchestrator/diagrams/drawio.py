"""diagrams.net (draw.io): an mxGraph model whose layers are those of the picture, to be edited further."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from orchestrator.diagrams.colours import PALETTE, colours
from orchestrator.diagrams.content import Layer, LinkKind
from orchestrator.diagrams.geometry import Rect
from orchestrator.diagrams.sizes import WORD_GAP, label_width
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.diagrams.labels import Label
    from orchestrator.diagrams.picture import Box, Picture, Wire

_SHAPES: Final = {
    Role.CE: "rounded=1;fillColor=#ffffff;strokeColor=#5b6875;",
    Role.PE: "rounded=0;fillColor=#dbe7f5;strokeColor=#5b6875;strokeWidth=2;",
    Role.P: "rounded=1;arcSize=50;fillColor=#eceff3;strokeColor=#5b6875;",
    Role.RR: "shape=hexagon;perimeter=hexagonPerimeter2;fixedSize=1;size=12;"
    "fillColor=#efe6f7;strokeColor=#5b6875;",
    Role.HOST: "rounded=0;fillColor=#ffffff;strokeColor=#5b6875;",
}
_LINKS: Final = {
    LinkKind.CORE: "strokeColor=#7b8794;strokeWidth=2.5;",
    LinkKind.ACCESS: "strokeColor=#7b8794;strokeWidth=1.5;",
    LinkKind.INTERCONNECT: "strokeColor=#2f7d4f;strokeWidth=2.5;dashed=1;dashPattern=12 4;",
    LinkKind.BACKDOOR: "strokeColor=#c2611b;strokeWidth=2;dashed=1;dashPattern=9 4;",
    LinkKind.SHAM: "strokeColor=#8e4ec6;strokeWidth=2;dashed=1;dashPattern=2 4;",
    LinkKind.LAN: "strokeColor=#7b8794;strokeWidth=1.5;",
    LinkKind.UNMANAGED: "strokeColor=#7b8794;strokeWidth=1;dashed=1;dashPattern=2 5;",
    LinkKind.SPARE: "strokeColor=#7b8794;strokeWidth=1;dashed=1;dashPattern=2 5;",
}
_REGION: Final = (
    "rounded=1;arcSize=4;fillColor=#f3f6f9;strokeColor=#cfd8e1;"
    "verticalAlign=top;align=left;spacingLeft=8;fontStyle=1;"
)
_LABEL: Final = (
    "text;html=0;align=left;verticalAlign=middle;spacing=0;"
    "fontFamily=Courier New;fontSize=10;fontColor=#5b6875;"
)


def drawio(picture: Picture) -> str:
    """The picture as an uncompressed draw.io file."""
    file = Element("mxfile", host="l3vpn")
    diagram = SubElement(file, "diagram", id="map", name=picture.content.title)
    model = SubElement(diagram, "mxGraphModel", grid="1", gridSize="10", page="0", math="0", shadow="0")
    root = SubElement(model, "root")
    SubElement(root, "mxCell", id="0")
    for name in ("nodes", *Layer):  # a layer is a cell of the root; the last is drawn on top
        SubElement(root, "mxCell", {"id": name, "value": name, "parent": "0"})
    bounds = picture.bounds
    origin = (bounds.left - 20, bounds.top - 20)
    for region in picture.regions:
        _vertex(root, f"domain {region.domain.title}", region.domain.title, _REGION, region.rect, origin)
    colour = colours(picture.content.vpns)
    for box in picture.boxes:
        _box(root, box, colour, origin)
    for number, wire in enumerate(picture.wires):
        _wire(root, number, wire, picture, origin)
    for number, label in enumerate(picture.labels):
        for word, rect, layer in _words(label):
            _vertex(root, f"label {number} {word}", word, _LABEL, rect, origin, layer or "nodes")
    indent(file)
    return tostring(file, encoding="unicode") + "\n"


def _vertex(  # noqa: PLR0913, PLR0917 -- a cell of mxGraph has so much to it
    root: Element,
    name: str,
    text: str,
    style: str,
    rect: Rect,
    origin: tuple[float, float],
    layer: str = "nodes",
) -> None:
    about = {"id": name, "value": text, "style": style, "vertex": "1", "parent": layer}
    cell = SubElement(root, "mxCell", about)
    place = {
        "x": rect.left - origin[0],
        "y": rect.top - origin[1],
        "width": rect.width,
        "height": rect.height,
    }
    SubElement(cell, "mxGeometry", {key: f"{value:.1f}" for key, value in place.items()} | {"as": "geometry"})


def _box(root: Element, box: Box, colour: dict[str, str], origin: tuple[float, float]) -> None:
    figure = box.figure
    style = f"html=0;whiteSpace=wrap;fontSize=12;{_SHAPES[figure.role]}"
    if figure.vpns:
        fill, rim, *_ = PALETTE[colour[figure.vpns[0]].removeprefix("vpn-")]
        style += f"fillColor={fill};strokeColor={rim};"
    text = "\n".join([figure.name, *(line.text for line in figure.lines)])
    _vertex(root, f"node {figure.name}", text, style, box.rect, origin)


def _wire(root: Element, number: int, wire: Wire, picture: Picture, origin: tuple[float, float]) -> None:
    """An edge between the same points of its boxes, with the bends of its curve."""
    rects = {box.figure.name: box.rect for box in picture.boxes}
    one, curve = wire.connection, wire.curve
    style = f"endArrow=none;html=0;edgeStyle=none;{_LINKS[one.kind]}" + (
        "" if curve.straight else "curved=1;"
    )
    for word, node, point in (("exit", one.a.node, curve.at(0)), ("entry", one.b.node, curve.at(1))):
        rect = rects[node]
        x, y = (point.x - rect.left) / rect.width, (point.y - rect.top) / rect.height
        style += f"{word}X={x:.3f};{word}Y={y:.3f};{word}Perimeter=0;"
    about = {"id": f"link {number}", "style": style, "edge": "1", "parent": "nodes"}
    cell = SubElement(root, "mxCell", about, source=f"node {one.a.node}", target=f"node {one.b.node}")
    geometry = SubElement(cell, "mxGeometry", {"relative": "1", "as": "geometry"})
    if not curve.straight:
        bends = SubElement(geometry, "Array", {"as": "points"})
        for part in (0.2, 0.4, 0.6, 0.8):
            point = curve.at(part)
            SubElement(bends, "mxPoint", x=f"{point.x - origin[0]:.1f}", y=f"{point.y - origin[1]:.1f}")


def _words(label: Label) -> Iterator[tuple[str, Rect, Layer | None]]:
    left = label.box.left
    for text in label.texts:
        width = label_width([text])
        yield text.text, Rect(left, label.box.top, left + width, label.box.bottom), text.layer
        left += width + WORD_GAP
