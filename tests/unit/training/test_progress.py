from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import UsageError
from orchestrator.training.progress import Active, Done, Progress, ProgressFile

if TYPE_CHECKING:
    from pathlib import Path

ACTIVE = Active(
    exercise="leak", lab="labs/two-vpns", seed=3, begun="2026-01-01T00:00:00+00:00", answers={0: (1, 2)}
)


def done(score: int, *, shown: bool = False) -> Done:
    return Done(score=score, seed=0, at="2026-01-01T00:00:00+00:00", minutes=4.5, shown=shown)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    file = ProgressFile.below(tmp_path / "state")
    assert file.read() == Progress()
    kept = Progress(active=ACTIVE).with_result("leak", done(70))
    file.write(kept)
    assert file.read() == kept
    assert [one.name for one in file.path.parent.iterdir()] == ["training.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1, "done": 3}', '{"strange": 1}', "\xff\x00"])
def test_a_damaged_file_is_kept_aside_and_said_so(tmp_path: Path, text: str) -> None:
    file = ProgressFile.below(tmp_path)
    file.path.write_bytes(text.encode("latin-1"))
    said: list[str] = []
    assert file.read(said.append) == Progress()
    assert said == [f"{file.path} can't be read: kept as training.damaged, begun anew"]
    assert (tmp_path / "training.damaged").read_bytes() == text.encode("latin-1")
    assert file.read(said.append) == Progress()
    assert len(said) == 1


@pytest.mark.parametrize("text", ['{"version": 2}', '{"version": 2, "pupils": []}'])
def test_a_newer_file_is_left_alone(tmp_path: Path, text: str) -> None:
    file = ProgressFile.below(tmp_path)
    file.path.write_text(text)
    with pytest.raises(UsageError, match="newer version"):
        file.read()
    assert file.path.read_text() == text


def test_the_better_result_counts() -> None:
    first = Progress().with_result("leak", done(70))
    assert first.with_result("leak", done(60)).done["leak"].score == 70
    assert first.with_result("leak", done(80)).done["leak"].score == 80
    shown = Progress().with_result("leak", done(20, shown=True))
    assert not shown.with_result("leak", done(20)).done["leak"].shown
    assert shown.with_result("import-target", done(5)).done.keys() == {"leak", "import-target"}
