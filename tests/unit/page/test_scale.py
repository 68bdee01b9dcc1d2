"""A bundle judged again and shown as a page: how much is done, in calls rather than seconds."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from orchestrator.page.page import page
from orchestrator.verification.fact_collector import FactCollector
from tests.unit.page.broken import generated

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.verification.kit.facts import Query

_GROWTH = 1.6  # between a lab and one of twice as many nodes: the paths of packets get longer, too


def calls_of_judging(folder: Path, size: int) -> tuple[int, int]:
    """How many calls the verification and the page of a bundle are, and how many checks it has."""
    there = generated(folder, size)
    count = 0

    def counted(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(counted)
    try:
        report = there.report()
        page(there, report)
    finally:
        sys.setprofile(None)
    return count, len(report.findings)


@pytest.mark.thorough
def test_the_work_grows_as_the_checks_do(tmp_path: Path) -> None:
    calls_of_judging(tmp_path / "first", 24)  # templates are read once in a process
    small, large = (calls_of_judging(tmp_path / str(size), size) for size in (24, 48))
    assert large[0] / large[1] < _GROWTH * small[0] / small[1]


def test_each_answer_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[tuple[str, str]] = []
    parse = FactCollector._parse

    def noted(query: Query, output: str) -> object:
        read.append(query.key)
        return parse(query, output)

    monkeypatch.setattr(FactCollector, "_parse", staticmethod(noted))
    there = generated(tmp_path, 24)
    found = page(there, there.report())
    assert "journey" in found
    assert len(read) == len(set(read))
