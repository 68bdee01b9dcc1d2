"""What makes a picture readable, of all labs and of large ones: seen in the SVG, as a reader would."""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from orchestrator.diagrams.content import Layer
from orchestrator.diagrams.picture import picture
from orchestrator.diagrams.svg import svg
from orchestrator.loading import load_lab, load_stages
from tests.unit.diagrams.drawn import Drawn, drawn
from tests.unit.diagrams.large import large
from tests.unit.verification.test_scale import ring

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab

LABS: Final = Path(__file__).parents[3] / "labs"
NAMES: Final = sorted(folder.name for folder in LABS.iterdir() if folder.is_dir())
ALL: Final = tuple(Layer)

CROSSINGS: Final = {"failover": 1, "provider-migration": 1, "rd-choice": 1}
"""How many links cross in a lab: two PEs at the same two Ps, two customers at the same two providers."""


def seen(lab: Lab, *layers: Layer) -> Drawn:
    return drawn(svg(picture(lab, layers)))


def readable(one: Drawn) -> None:
    """Nothing stands on anything that it does not belong to."""
    for (a, box), (b, other) in combinations(one.boxes.items(), 2):
        assert not box.overlaps(other), (a, b)
    for name, text in one.inside:
        box = one.boxes[name]
        assert box.left <= text.left < text.right <= box.right, name
        assert box.top <= text.top < text.bottom <= box.bottom, name
    texts = [*one.labels, *one.titles]
    for text, other in combinations(texts, 2):
        assert not text.overlaps(other), (text, other)
    for text in texts:
        assert not [name for name, box in one.boxes.items() if box.overlaps(text)], text
    for ends, line in one.lines:
        assert len(ends) == 2
        through = [name for name, box in one.boxes.items() if name not in ends and box.crossed_by(line)]
        assert not through, (ends, through)


@pytest.mark.parametrize("layers", [ALL, (Layer.INTERFACES,), ()], ids=["all", "interfaces", "none"])
@pytest.mark.parametrize("name", NAMES)
def test_a_lab_is_readable_at_each_of_its_stages(name: str, layers: tuple[Layer, ...]) -> None:
    for lab in load_stages(LABS / name):
        one = seen(lab, *layers)
        readable(one)
        assert len(one.lines) == len(lab.topology.links) + len(lab.sham_links)
        assert set(one.boxes) == {node.name for node in lab.nodes}
        assert one.crossings() <= CROSSINGS.get(name, 0)


@pytest.mark.parametrize(
    ("size", "crossings"), [(24, 6), (50, 40), pytest.param(120, 500, marks=pytest.mark.thorough)]
)
def test_a_large_lab_is_readable(tmp_path: Path, size: int, crossings: int) -> None:
    one = seen(large(tmp_path, size), *ALL)
    readable(one)
    assert one.crossings() <= crossings


def test_more_customers_than_rows_each_at_a_pe_of_its_own(tmp_path: Path) -> None:
    readable(seen(load_lab(ring(tmp_path / "ring", 28)), *ALL))


@pytest.mark.parametrize("name", NAMES)
def test_customers_stand_outside(name: str) -> None:
    lab = load_lab(LABS / name)
    one = seen(lab)
    provider = [one.boxes[node.name] for node in lab.nodes if node.role.in_provider]
    left, right = min(box.left for box in provider), max(box.right for box in provider)
    for node in lab.nodes:
        if not node.role.in_provider:
            assert one.boxes[node.name].right < left or one.boxes[node.name].left > right, node


def test_a_site_at_two_pes_stands_level_between_them() -> None:
    one = seen(load_lab(LABS / "failover"))
    above, ce, below = (one.boxes[name].centre.y for name in ("pe1", "ce1", "pe2"))
    assert above < ce < below or above > ce > below


def test_sites_with_a_backdoor_link_stand_on_one_side_with_nothing_between() -> None:
    one = seen(load_lab(LABS / "bgp-backdoor"), *ALL)
    (line,) = (line for ends, line in one.lines if ends == {"ce1", "ce2"})
    assert line.straight
    assert line.at(0).x == line.at(1).x


def test_each_provider_has_a_frame_of_its_own() -> None:
    assert len(seen(load_lab(LABS / "provider-migration")).titles) == 2


def test_the_same_lab_gives_the_same_picture_in_every_process() -> None:
    """Sets of names have another order in each."""
    code = (
        "import sys; from pathlib import Path; from orchestrator.loading import load_lab;"
        "from orchestrator.diagrams.formats import graph; from orchestrator.diagrams.content import Layer;"
        "lab = load_lab(Path(sys.argv[1]));"
        "print(*(graph(lab, form, tuple(Layer)) for form in ('svg', 'mmd', 'drawio', 'dot')))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code, str(LABS / "extranet")],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(LABS.parent)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(printed) == 1
