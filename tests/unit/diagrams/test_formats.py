"""What each format promises to those who read it: programs, people and machines that draw."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

import pytest

from orchestrator.diagrams.content import Layer
from orchestrator.diagrams.dot import dot
from orchestrator.diagrams.drawio import drawio
from orchestrator.diagrams.formats import graph
from orchestrator.diagrams.mermaid import mermaid
from orchestrator.diagrams.picture import picture
from orchestrator.diagrams.svg import svg
from orchestrator.loading import load_lab
from tests.unit.diagrams.drawn import drawn

if TYPE_CHECKING:
    from orchestrator.diagrams.picture import Picture
    from orchestrator.model.lab import Lab

LABS: Final = Path(__file__).parents[3] / "labs"
NAMES: Final = sorted(folder.name for folder in LABS.iterdir() if folder.is_dir())
GOLDEN: Final = Path(__file__).parent / "golden"
ALL: Final = tuple(Layer)
HOSTILE: Final = '<script>alert("1")</script> & \'\\" --> ]]> `#quot; \u202e'


@lru_cache
def lab(name: str) -> Lab:
    return load_lab(LABS / name)


@pytest.mark.parametrize("form", ["svg", "mmd", "drawio", "dot"])
@pytest.mark.parametrize("name", ["two-vpns", "ospf-sham", "extranet"])
def test_a_picture_is_the_golden_one(name: str, form: str, *, update_golden: bool) -> None:
    text, file = graph(lab(name), form, ALL), GOLDEN / f"{name}.{form}"
    if update_golden:
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text


def test_the_picture_in_the_readme_is_what_its_command_draws(*, update_golden: bool) -> None:
    text, file = graph(lab("two-vpns"), "svg", ALL), LABS.parent / "docs" / "two-vpns.svg"
    if update_golden:
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", NAMES)
def test_svg_stands_alone_and_speaks_to_those_who_do_not_see(name: str) -> None:
    text = svg(picture(lab(name), ALL))
    root = drawn(text).root
    assert root.get("role") == "img"
    assert name in root.attrib["aria-label"]
    # Titles are what a pointer shows; they come first in what they are of.
    groups = [one for one in root.iter() if one.get("class", "").split()[:1] in (["node"], ["link"])]
    shown = [one for one in groups if one.tag.endswith("}g") and one.find("{*}title") is not None]
    assert len(shown) == len(lab(name).nodes) + len(lab(name).topology.links) + len(lab(name).sham_links)
    names = {one.tag.rpartition("}")[2] for one in root.iter()}
    assert names <= {"svg", "title", "style", "g", "rect", "polygon", "path", "text", "tspan"}
    attributes = {key for one in root.iter() for key in one.attrib}
    assert not {one for one in attributes if one.startswith("on") or "href" in one}
    assert "url(" not in text
    assert text.count("http") == 1  # the name of SVG's own vocabulary


def test_svg_is_light_or_dark_and_light_on_paper() -> None:
    style = drawn(svg(picture(lab("two-vpns"), ALL))).root.find("{*}style")
    assert style is not None
    assert "@media screen and (prefers-color-scheme:dark)" in (style.text or "")


@pytest.mark.parametrize("layer", Layer)
def test_svg_marks_what_can_be_switched_off(layer: Layer) -> None:
    root = drawn(svg(picture(lab("ospf"), ALL))).root
    without = drawn(svg(picture(lab("ospf"), [one for one in Layer if one is not layer]))).root
    assert [one for one in root.iter() if one.get("class") == layer]
    assert not [one for one in without.iter() if one.get("class") == layer]


def test_vpns_called_after_a_colour_have_it_and_others_have_another() -> None:
    root = drawn(svg(picture(lab("extranet"), ()))).root
    styles = {
        one.attrib["data-node"]: one.attrib["class"].split()[-1]
        for one in root.iter()
        if one.get("data-node")
    }
    assert styles["red1"] == styles["red2"] == "vpn-red"
    assert styles["blue1"] == "vpn-blue"
    assert styles["dns"] not in {"vpn-red", "vpn-blue"}


def hostile() -> Picture:
    """A picture whose every text tries to be more than text; a lab's files cannot hold such names."""
    made = picture(lab("two-vpns"), ALL)
    content = replace(made.content, title=HOSTILE, vpns=(HOSTILE,))
    boxes = tuple(
        replace(
            box,
            figure=replace(
                box.figure,
                title=HOSTILE,
                vpns=(HOSTILE,) if box.figure.vpns else (),
                lines=tuple(replace(line, text=HOSTILE) for line in box.figure.lines),
            ),
        )
        for box in made.boxes
    )
    wires = tuple(
        replace(
            wire,
            connection=replace(
                wire.connection,
                title=HOSTILE,
                middle=tuple(replace(text, text=HOSTILE) for text in wire.connection.middle),
            ),
        )
        for wire in made.wires
    )
    labels = tuple(
        replace(one, texts=tuple(replace(text, text=HOSTILE) for text in one.texts)) for one in made.labels
    )
    return replace(made, content=content, boxes=boxes, wires=wires, labels=labels)


@pytest.mark.parametrize("write", [svg, drawio])
def test_xml_shows_hostile_text_as_text(write: type) -> None:
    plain, evil = (ET.fromstring(write(one)) for one in (picture(lab("two-vpns"), ALL), hostile()))  # noqa: S314 -- our own
    # Not a single element more or less.
    assert sum(1 for _ in plain.iter()) - _legend(plain) == sum(1 for _ in evil.iter()) - _legend(evil)
    said = "".join(evil.itertext()) + "".join(value for one in evil.iter() for value in one.attrib.values())
    assert HOSTILE in said


def _legend(root: ET.Element) -> int:
    return sum(1 for one in root if one.get("class") == "legend" for _ in one.iter())


_STRING: Final = r'"(?:[^"\\]|\\.)*"'
_ATTRIBUTES: Final = rf"\[(?:[a-z]+=(?:{_STRING}|[\w.]+)(?:, )?)*\]"
_DOT: Final = re.compile(
    rf"graph {_STRING} \{{\n(?:  (?:graph|node|edge|{_STRING}|{_STRING} -- {_STRING}) {_ATTRIBUTES};\n)*\}}\n"
)


@pytest.mark.parametrize("name", NAMES)
def test_dot_is_what_graphviz_reads(name: str) -> None:
    text = dot(picture(lab(name), ALL))
    assert _DOT.fullmatch(text)
    if shutil.which("dot"):
        done = subprocess.run(
            ["dot", "-Tplain"], input=text, capture_output=True, text=True, check=False, timeout=30
        )
        assert done.returncode == 0
        assert not done.stderr
        nodes = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("node ")]
        assert sorted(one.strip('"') for one in nodes) == sorted(node.name for node in lab(name).nodes)


def test_dot_shows_hostile_text_as_text() -> None:
    assert _DOT.fullmatch(dot(hostile()))


_LABEL: Final = r'"[^"<>`]*(?:<br/>[^"<>`]*)*"'
_NODE: Final = rf"n\d+(?:\({_LABEL}\)|\[{_LABEL}\]|\(\[{_LABEL}\]\)|\{{\{{{_LABEL}\}}\}})(?::::vpn_[a-z]+)?"
_MERMAID: Final = re.compile(
    rf"---\ntitle: {_STRING}\n---\nflowchart LR\n"
    rf"(?:  {_NODE}\n)*(?:  subgraph d\d+\[{_LABEL}\]\n(?:    {_NODE}\n)*  end\n)*"
    rf"(?:  n\d+ (?:===|---|-\.-)(?:\|{_LABEL}\|)? n\d+\n)*"
    r"(?:  classDef vpn_[a-z]+ fill:#[0-9a-f]{6},stroke:#[0-9a-f]{6},color:#[0-9a-f]{6}\n)*"
)


@pytest.mark.parametrize("name", NAMES)
def test_mermaid_keeps_to_the_grammar_of_flowcharts(name: str) -> None:
    assert _MERMAID.fullmatch(mermaid(picture(lab(name), ALL)))


def test_mermaid_shows_hostile_text_as_text() -> None:
    assert _MERMAID.fullmatch(mermaid(hostile()))


@pytest.mark.parametrize("name", NAMES)
def test_drawio_is_a_tree_of_cells_that_know_each_other(name: str) -> None:
    root = ET.fromstring(drawio(picture(lab(name), ALL)))  # noqa: S314 -- our own
    assert [root.tag, *(one.tag for one in root)] == ["mxfile", "diagram"]
    cells = root.findall("./diagram/mxGraphModel/root/mxCell")
    ids = [one.attrib["id"] for one in cells]
    assert len(ids) == len(set(ids))
    layers = [one.attrib["id"] for one in cells if one.get("parent") == "0"]
    assert layers == ["nodes", *Layer]
    for cell in cells[1 + len(layers) :]:
        assert cell.attrib["parent"] in layers
        assert (cell.get("vertex"), cell.get("edge")).count("1") == 1
        assert cell.find("./mxGeometry[@as='geometry']") is not None
        for end in ("source", "target"):
            assert (cell.get(end) in ids) == (cell.get("edge") == "1")
