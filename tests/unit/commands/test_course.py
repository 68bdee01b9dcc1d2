"""`docs/l3vpn.md`: each row names a lab, a command on it and checks that this lab has."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import pytest

from orchestrator.lifecycle.folders import lab_folder
from orchestrator.loading import load_lab
from orchestrator.verification.expect import expect
from tests.unit.commands.test_readmes import ROOT, commands

PAGE: Final = ROOT / "docs" / "l3vpn.md"
ROWS: Final = [
    line.strip("|").split(" | ")
    for line in PAGE.read_text("utf-8").splitlines()
    if line.startswith("|") and not line.startswith(("|--", "| the course"))
]


@cache
def checks(lab: str) -> frozenset[str]:
    return frozenset(str(check.id) for check in expect(load_lab(lab_folder(lab))))


def test_each_lab_is_in_the_course() -> None:
    named = {re.findall(r"\]\(\.\./labs/([\w-]+)\)", row[1])[0] for row in ROWS}
    assert named == {file.parent.name for file in (ROOT / "labs").glob("*/vpn.yml")}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_a_row_names_what_is_there(row: list[str]) -> None:
    says, lab, look, proven = row
    assert says.strip()
    (name, folder) = re.fullmatch(r" *\[([\w-]+)\]\(\.\./labs/([\w-]+)\) *", lab).groups()  # type: ignore[union-attr]
    assert name == folder
    (code,) = re.findall(r"`([^`]+)`", look)
    (typed,) = commands(code)  # which test_readmes tries
    assert re.split(r"\s+", typed)[1] == name
    ids = re.findall(r"`([^`]+)`", proven)
    assert ids
    for one in ids:
        assert any(check == one or check.startswith(f"{one}.") for check in checks(name)), one


def test_verbs_of_the_course() -> None:
    verbs = {next(commands(re.findall(r"`([^`]+)`", row[2])[0])).split()[0] for row in ROWS}
    assert verbs >= {"show", "exec", "trace", "verify", "scenario", "measure", "diff", "render", "capture"}
