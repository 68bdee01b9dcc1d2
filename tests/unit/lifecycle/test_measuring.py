"""The plan beside a lab's files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.lifecycle.measuring import read_plan
from orchestrator.loading import load_lab
from orchestrator.model.mistakes import LabFileError

FAILOVER = Path(__file__).parents[3] / "labs" / "failover"


def test_the_plan_of_the_failover_lab_is_read() -> None:
    plan = read_plan(load_lab(FAILOVER))
    assert plan is not None
    assert plan.between == ["ce1", "ce2"]
    assert "pe1-p1 silent" in plan.events


def test_a_lab_may_have_none() -> None:
    assert read_plan(load_lab(FAILOVER.with_name("two-vpns"))) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("between: [ce1, ce2]\nevents:\n  - pe1-p9\n", "measure.yml:3: lab 'failover' has no link"),
        ("between: [ce1, ce2]\nevent: [p1]\n", "measure.yml:2: unknown key 'event'"),
        ("events: [p1]\n", "the file has no 'between'"),
    ],
)
def test_mistakes_are_reported_with_their_line(tmp_path: Path, text: str, shown: str) -> None:
    (tmp_path / "measure.yml").write_text(text)
    with pytest.raises(LabFileError) as error:
        read_plan(replace(load_lab(FAILOVER), folder=tmp_path))
    assert shown in str(error.value)
