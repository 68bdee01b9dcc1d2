"""What is wrong in an exercise is said in one line each: file, line, what, and what would be right."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestrator.loading import load_lab
from orchestrator.model.mistakes import LabFileError
from orchestrator.training import catalogue
from orchestrator.training.exercise import load_exercise
from orchestrator.training.variant import variants

LABS = Path(__file__).parents[3] / "labs"
RIGHT = (LABS / "two-vpns/exercises/wrong-vrf.yml").read_text(encoding="utf-8")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(LABS / "two-vpns", tmp_path / "labs/two-vpns")
    monkeypatch.chdir(tmp_path)
    return Path("labs/two-vpns/exercises/wrong-vrf.yml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: ticket", "kind: riddle", "4: 'kind': unknown kind of exercise 'riddle'; known: build, tick"),
        ("vary: site", "", "7: '{site}' stands for nothing; say what to draw: vary is one of core-port, "),
        ("vary: site", "vary: sites", "6: 'vary': unknown thing to draw 'sites'; did you mean 'site'?"),
        (
            "{vpn} is dead",
            "{wpn} is dead",
            "7: '{wpn}' stands for nothing that site has; did you mean 'vpn'?",
        ),
        ("minutes: 15", "minutes: long", "5: 'minutes': 'long' is not a number of minutes; give a whole"),
        ('"{pe}:{pe-port}"', '"{pe}:eth9"', "13: lab 'two-vpns' has no port 'pe1:eth9'; did you mean"),
        ('vrf: "{other-vrf}"', "vrf: green", "13: pe1 has no VRF 'green'; known: red, blue"),
        ("    ports: {", "    prots: {", "13: unknown key 'prots' in alternative 1; did you mean 'ports'?"),
        ("    ports: {", "    # ports: {", "12: alternative 1 breaks nothing; give it configure or ports"),
        (
            "{none: ",
            "{non: ",
            "14: unknown key 'non' in the other way of alternative 1; did you mean 'none'?",
        ),
        (
            "{none: ",
            "{ports: {'pe1:eth9': {mtu: 9000}}, none: ",
            "14: the other way of alternative 1 is there",
        ),
        (
            "also: {none: ",
            "also: {} # {none: ",
            "14: the other way of alternative 1 is there and not, or neither",
        ),
        (
            'also: {none: "',
            "also: {ports: {'pe1:eth9': {mtu: 9000}}} # ",
            "14: lab 'two-vpns' has no port 'pe1:eth9'; did you mean",
        ),
        ("break:", "brake:", "11: unknown key 'brake' in the file; did you mean 'break'?"),
        ("number: 14", "", "3: the file has no 'number'; add number: its place in the curriculum"),
    ],
)
def test_a_mistake_has_its_line(file: Path, old: str, new: str, said: str) -> None:
    assert old in RIGHT
    file.write_text(RIGHT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(LabFileError) as error:
        variants(load_lab(file.parents[1]), load_exercise(file))
    assert f"{file}:{said}" in str(error.value)


@pytest.mark.parametrize(
    ("configure", "said"),
    [
        ("{pe9: [exit]}", "lab 'two-vpns' has no node 'pe9'; did you mean"),
        ("{pe1: {asn: 1}}", "pe1 is not a CE; only CEs can be misconfigured; give it lines to type"),
        ("{red1: {area: 1}}", "red1: area: unknown key 'area'; "),
        ("{red1: {asn: many}}", "red1: asn: 'many' is not an AS number; "),
    ],
)
def test_what_is_broken_must_be_there(file: Path, configure: str, said: str) -> None:
    text = RIGHT.replace('ports: {"{pe}:{pe-port}": {vrf: "{other-vrf}"}}', f"configure: {configure}")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LabFileError) as error:
        variants(load_lab(file.parents[1]), load_exercise(file))
    assert f"{file}:13: {said}" in str(error.value)


def test_a_place_that_lacks_what_is_named_is_not_drawn(file: Path) -> None:
    """With one VPN at a PE there is no other VRF to put a port into."""
    lab = load_lab(LABS / "ospf")
    file.write_text(RIGHT, encoding="utf-8")
    with pytest.raises(LabFileError, match=r"wrong-vrf.yml:6: lab 'ospf' has no site that has all that is"):
        variants(lab, load_exercise(file))


def test_only_small_ordinary_files_of_the_lab_are_read(file: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.yml").write_text("password: Orchid-3\n")
    file.unlink()
    file.symlink_to(tmp_path / "secret.yml")
    with pytest.raises(LabFileError, match="is a link out of the lab's folder"):
        load_exercise(file)
    shutil.rmtree(file.parent)
    file.parent.symlink_to(tmp_path)
    assert "secret" not in catalogue.exercise_files()
