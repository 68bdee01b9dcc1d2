"""Each folder in `errors/` is a lab with mistakes; `expected.txt` is exactly what a person is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.loading import load_lab
from orchestrator.model.mistakes import LabFileError

CASES = Path(__file__).parent / "errors"


@pytest.mark.parametrize("case", sorted(folder.name for folder in CASES.iterdir()))
def test_every_mistake_is_told_with_its_line(
    case: str, monkeypatch: pytest.MonkeyPatch, *, update_golden: bool
) -> None:
    monkeypatch.chdir(CASES)
    with pytest.raises(LabFileError) as error:
        load_lab(Path(case))
    told = f"{error.value}\n"
    expected = CASES / case / "expected.txt"
    if update_golden:
        expected.write_text(told, encoding="utf-8")
    assert told == expected.read_text(encoding="utf-8")
