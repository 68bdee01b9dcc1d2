"""What `make bench SCALE=…` measures, and its picture."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab
from orchestrator.model.topology import Role
from tests.scale_lab import scale_lab
from tests.scale_picture import picture

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("nodes", [8, 16, 31, 64, 128])
def test_a_lab_has_as_many_nodes_as_are_asked_for(tmp_path: Path, nodes: int) -> None:
    lab = load_lab(scale_lab(tmp_path / "scale", nodes))
    assert len(lab.nodes) == nodes
    assert len([node for node in lab.nodes if node.role is Role.PE]) == nodes // 4
    assert len({type(one.protocol) for site in lab.sites for one in site.attachments}) == min(
        4, len(lab.vpns)
    )


def test_a_bar_is_as_long_as_its_phases_took() -> None:
    drawn = picture([(8, {"nodes": 1.0, "push": 3.0}), (16, {"nodes": 2.0, "push": 6.0})])
    widths = [float(width) for width in re.findall(r'<rect .* width="([0-9.]+)"', drawn)]
    assert widths[:4] == [60, 180, 120, 360]
