"""All that is rendered for the labs of the repository, as files to read."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.loading import load_lab
from orchestrator.protocols.eigrp.speaker_configuration import eigrp_configuration
from orchestrator.render.frr import frr_configuration
from orchestrator.render.plumbing import plumbing

LABS = Path(__file__).parents[3] / "labs"
GOLDEN = Path(__file__).parent / "golden"
VERSION = "10.3"


@pytest.mark.parametrize("name", sorted(folder.name for folder in LABS.iterdir() if folder.is_dir()))
def test_rendered_labs_are_the_golden_ones(name: str, *, update_golden: bool) -> None:
    lab = load_lab(LABS / name)
    rendered = {f"{node.name}.conf": frr_configuration(lab, node.name, VERSION) for node in lab.nodes}
    rendered |= {f"{node.name}.plumbing": str(plumbing(lab, node.name)) for node in lab.nodes}
    rendered |= {
        f"{node.name}.eigrp": text for node in lab.nodes if (text := eigrp_configuration(lab, node.name))
    }
    folder = GOLDEN / name
    if update_golden:
        folder.mkdir(parents=True, exist_ok=True)
        for file in folder.iterdir():
            file.unlink()
        for file_name, text in rendered.items():
            (folder / file_name).write_text(text, encoding="utf-8")
    assert {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()} == rendered
