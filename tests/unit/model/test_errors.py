"""Each folder in `errors/` is a lab with mistakes; `expected.txt` is exactly what a person sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.loading import load_lab
from orchestrator.model.mistakes import LabFileError

CASES = Path(__file__).parent / "errors"


@pytest.mark.parametrize("case", sorted(folder.name for folder in CASES.iterdir()))
def test_every_mistake_is_reported_with_its_line(
    case: str, monkeypatch: pytest.MonkeyPatch, *, update_golden: bool
) -> None:
    monkeypatch.chdir(CASES)
    with pytest.raises(LabFileError) as error:
        load_lab(Path(case))
    shown = f"{error.value}\n"
    expected = CASES / case / "expected.txt"
    if update_golden:
        expected.write_text(shown, encoding="utf-8")
    assert shown == expected.read_text(encoding="utf-8")
