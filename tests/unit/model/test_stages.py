"""Stages of an intent: each changes what stood before, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.loading import load_lab, load_stages
from orchestrator.model.mistakes import LabFileError
from tests.unit.model.labs import RED, LabText, small

LABS = Path(__file__).parents[3] / "labs"
STAGED = (
    RED
    + """
stages:
  before:
  moved:
    vpns: {red: {sites: {red2: {protocol: static, prefixes: [172.16.9.0/24]}}}}
  renumbered:
    vpns: {red: {number: 7}}
"""
)


def _staged(intent: str) -> LabText:
    return small(intent)


def test_a_stage_is_the_file_with_all_changes_so_far(tmp_path: Path) -> None:
    _staged(STAGED).load(tmp_path)
    begins, before, moved, renumbered = load_stages(tmp_path)
    assert [lab.stage for lab in (begins, before, moved, renumbered)] == ["", "before", "moved", "renumbered"]
    assert begins.vpns == before.vpns
    assert [len(lab.sites[0].prefixes) for lab in (begins, moved, renumbered)] == [1, 1, 1]
    assert [lab.vpns[0].number for lab in (begins, moved, renumbered)] == [1, 1, 7]
    # A site is said anew as a whole.
    (site,) = (site for site in renumbered.sites if site.name == "red2")
    assert [str(prefix) for prefix in site.prefixes] == ["172.16.9.0/24"]


def test_a_lab_without_stages_has_its_beginning_alone(tmp_path: Path) -> None:
    small(RED).load(tmp_path)
    assert len(load_stages(tmp_path)) == 1


@pytest.mark.parametrize(
    ("stage", "shown"),
    [
        ("moveed", "vpn.yml:9: there is no stage 'moveed'; did you mean 'moved'?"),
        ("elsewhere", "vpn.yml:9: there is no stage 'elsewhere'; known: before, moved, renumbered"),
    ],
)
def test_an_unknown_stage_is_reported_with_the_known_ones(tmp_path: Path, stage: str, shown: str) -> None:
    _staged(STAGED).load(tmp_path)
    with pytest.raises(LabFileError, match="no stage") as error:
        load_lab(tmp_path, stage)
    assert str(error.value).endswith(shown)


def test_a_mistake_of_a_stage_has_its_line(tmp_path: Path) -> None:
    _staged(STAGED.replace("protocol: static, ", "protocol: statik, ")).load(tmp_path)
    with pytest.raises(LabFileError) as error:
        load_stages(tmp_path)
    assert "vpn.yml:12: protocol of site red2: unknown protocol 'statik'; did you mean 'static'?" in str(
        error.value
    )


def test_a_lab_without_stages_has_no_stage_to_ask_for(tmp_path: Path) -> None:
    small(RED).load(tmp_path)
    with pytest.raises(LabFileError, match="no stage 'after'; add stages: to the file"):
        load_lab(tmp_path, "after")


@pytest.mark.parametrize("name", sorted(folder.name for folder in LABS.iterdir() if folder.is_dir()))
def test_every_stage_of_every_lab_loads(name: str) -> None:
    stages = load_stages(LABS / name)
    assert len({lab.stage for lab in stages}) == len(stages)
