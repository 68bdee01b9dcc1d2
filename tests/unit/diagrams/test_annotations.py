"""Positions that containerlab's VS Code extension has kept: what is drawn by them, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.diagrams.annotations import SUFFIX, extension_file, positions
from orchestrator.diagrams.content import Layer
from orchestrator.diagrams.formats import graph
from orchestrator.diagrams.geometry import Point
from orchestrator.diagrams.picture import picture
from orchestrator.diagrams.svg import svg
from orchestrator.loading import load_lab
from orchestrator.model.mistakes import LabFileError
from tests.unit.diagrams.drawn import drawn
from tests.unit.diagrams.test_picture import readable

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab

LABS: Final = Path(__file__).parents[3] / "labs"
ALL: Final = tuple(Layer)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    bare = shutil.ignore_patterns(f"*{SUFFIX}")
    return load_lab(shutil.copytree(LABS / "two-vpns", tmp_path / "two-vpns", ignore=bare))


def kept(lab: Lab, text: str) -> Lab:
    """The lab with this file beside its topology."""
    lab.topology.file.with_name(lab.topology.file.name + SUFFIX).write_text(text, encoding="utf-8")
    return lab


def placed(**at: tuple[float, float]) -> str:
    return json.dumps(
        {"nodeAnnotations": [{"id": name, "position": {"x": x, "y": y}} for name, (x, y) in at.items()]}
    )


EVERYONE: Final = ("pe1", "p1", "p2", "pe2", "red1", "red2", "blue1", "blue2")


def test_a_lab_without_the_file_is_placed_by_us(lab: Lab) -> None:
    assert positions(lab) is None


def test_nodes_stand_to_each_other_as_somebody_put_them(lab: Lab) -> None:
    kept(lab, placed(**{name: (40.0 * number, -30.0 * (number % 3)) for number, name in enumerate(EVERYONE)}))
    one = drawn(graph(lab, "svg", ALL))
    readable(one)
    centres = [one.boxes[name].centre for name in EVERYONE]
    assert sorted(centres) == centres
    step = centres[1].x - centres[0].x
    assert [round((point.x - centres[0].x) / step) for point in centres] == list(range(len(EVERYONE)))


def test_our_own_file_changes_nothing(lab: Lab) -> None:
    before = graph(lab, "svg", ALL)
    assert graph(kept(lab, extension_file(lab)), "svg", ALL) == before


@pytest.mark.parametrize("name", sorted(folder.name for folder in LABS.iterdir() if folder.is_dir()))
def test_our_labs_have_the_file_as_we_place_them(name: str, *, update_golden: bool) -> None:
    lab = load_lab(LABS / name)
    file = lab.topology.file.with_name(lab.topology.file.name + SUFFIX)
    if update_golden:
        file.write_text(extension_file(lab), encoding="utf-8")
    assert file.read_text(encoding="utf-8") == extension_file(lab)
    assert positions(lab) is None


@pytest.mark.parametrize("stage", ["", "transit", "after"])
def test_our_file_is_the_same_at_every_stage(stage: str) -> None:
    migration = LABS / "provider-migration"
    assert extension_file(load_lab(migration, stage)) == extension_file(load_lab(migration))


@pytest.mark.parametrize(
    "text",
    [
        placed(pe1=(0, 0)),
        placed(**dict.fromkeys(EVERYONE, (10, 10))),
        '{"nodeAnnotations": [{"id": "pe1"}, 7, null]}',
        "{}",
    ],
)
def test_positions_count_only_where_every_node_has_its_own(lab: Lab, text: str) -> None:
    assert positions(kept(lab, text)) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{\n  nodes", "two-vpns.clab.yml.annotations.json:2: is not JSON: "),
        ("[]", "has no list nodeAnnotations"),
        ('{"nodeAnnotations": {}}', "has no list nodeAnnotations"),
        (placed(pe1=(float("nan"), 0)), "the position of 'pe1' is not two numbers"),
        (placed(pe1=(float("inf"), 0)), "the position of 'pe1' is not two numbers"),
        (placed(pe1=(1e300, 0)), "the position of 'pe1' is not two numbers"),
        (
            f'{{"nodeAnnotations": [{{"id": "pe1", "position": {{"x": {"9" * 999}, "y": 0}}}}]}}',
            "is not two numbers",
        ),
        (
            f'{{"nodeAnnotations": [{{"id": "pe1", "position": {{"x": {"9" * 9999}, "y": 0}}}}]}}',
            "has a number of thousands",
        ),
        (
            '{"nodeAnnotations": [{"id": "\\u001b[2J", "position": {"x": true, "y": 0}}]}',
            "is not two numbers",
        ),
        ("[" * 100_000, "is nested too deeply"),
        ("x" * 2_000_000, "is too large"),
    ],
)
def test_a_broken_file_is_one_line(lab: Lab, text: str, said: str) -> None:
    with pytest.raises(LabFileError) as error:
        graph(kept(lab, text), "svg", ALL)
    (line,) = str(error.value).splitlines()
    assert said in line
    assert line.isprintable()


_PLACES: Final = st.lists(
    st.tuples(st.integers(-20, 20), st.integers(-20, 20)), min_size=8, max_size=8, unique=True
)


@given(_PLACES)
def test_wherever_nodes_are_put_no_box_covers_another(places: list[tuple[int, int]]) -> None:
    at = {name: Point(float(x), float(y)) for name, (x, y) in zip(EVERYONE, places, strict=True)}
    boxes = list(drawn(svg(picture(load_lab(LABS / "two-vpns"), (), at))).boxes.values())
    assert not [1 for a in boxes for b in boxes if a is not b and a.overlaps(b)]
