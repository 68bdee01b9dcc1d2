"""Variables in a topology file, as containerlab 0.79 expands them.

The pairs are what github.com/hellt/envsubst 0.2.0 makes of them by its sources, with the restrictions that
containerlab asks for (its core/file.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.lifecycle.keeping import subject
from orchestrator.lifecycle.store import Placement
from orchestrator.loading import load_lab, load_texts
from orchestrator.model.load import topology_text
from orchestrator.model.mistakes import LabFileError
from orchestrator.model.variables import expanded, named
from orchestrator.runtimes.containerlab_plan import preview
from tests.unit.model.labs import RED, small

if TYPE_CHECKING:
    from pathlib import Path

VALUES = {"LAB": "red", "EMPTY": "", "PW": "a$b"}


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("$LAB-${LAB}", "red-red"),
        ("${LAB:=x}", "red"),
        ("${NONE:=x-1.2/a:b}", "x-1.2/a:b"),
        ("${EMPTY:=x} ${EMPTY:-y} ${NONE-z}", "x y z"),
        ("${EMPTY=x}", "$EMPTY"),
        ("${NONE:-$LAB}", "red"),
        ("${NONE:-a$LAB}", "a$LAB"),
        ("${LAB:+y}${NONE:+n}", "y"),
        ("$NONE ${NONE} ${NONE:=}", "$NONE $NONE $NONE"),
        ("$$LAB $$$LAB", "$LAB $red"),
        ("$1 ${1} $_ a$ a$.b", "$1 ${1} $_ a$ a$.b"),
        ("$PW", "a$b"),
    ],
)
def test_a_variable_becomes_what_containerlab_makes_of_it(text: str, becomes: str) -> None:
    assert expanded(text, VALUES) == becomes


def test_the_names_in_a_text_are_found_those_in_defaults_too() -> None:
    assert named("$A ${B:=x} $$C ${D:-$E} $1") == {"A", "B", "D", "E"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small(RED).load(tmp_path)
    file = tmp_path / "small.clab.yml"
    text = file.read_text().replace("name: small", "name: ${LAB_NAME:=env_lab}")
    text = text.replace("{kind: linux}", "{kind: linux, env: {TOKEN: $LAB_TOKEN}, image: ${IMG:=l3vpn-node}}")
    file.write_text(text.replace("red1", "${CUSTOMER}_1"))
    intent = tmp_path / "vpn.yml"
    intent.write_text(intent.read_text().replace("red1", "acme_1"))
    return tmp_path


def test_a_lab_has_the_names_that_its_variables_give_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSTOMER", "acme")
    assert load_lab(folder).name == "env_lab"
    assert load_lab(folder).node("acme_1").role == "ce"
    monkeypatch.setenv("LAB_NAME", "mine")
    assert load_lab(folder).name == "mine"


def test_a_variable_that_is_not_closed_is_named_by_its_line(folder: Path) -> None:
    file = folder / "small.clab.yml"
    file.write_text("# as people have it\nname: ${LAB\n")
    with pytest.raises(LabFileError, match=r"small\.clab\.yml:2: a variable's '\$\{' is not closed"):
        topology_text(file)


def test_containerlab_gets_the_values_of_this_machine_and_no_variable(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSTOMER", "acme")
    monkeypatch.setenv("LAB_TOKEN", "a$HOME")
    text = preview(load_lab(folder).topology, "/lab", None)
    assert "TOKEN: a$$HOME" in text
    assert "env_lab" in text


def test_a_bundle_tells_the_names_of_nodes_and_no_other_variable(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSTOMER", "acme")
    monkeypatch.setenv("LAB_TOKEN", "s3cret")
    lab = load_lab(folder)
    files = subject(lab, Placement("env_lab", str(folder), "guest", "netns")).files
    assert "s3cret" not in files["small.clab.yml"]
    monkeypatch.delenv("CUSTOMER")
    monkeypatch.setenv("LAB_NAME", "other")
    assert load_texts(files, folder).topology == lab.topology
