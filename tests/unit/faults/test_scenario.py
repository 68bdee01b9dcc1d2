from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.faults.injections import CeMisconfigured, ConfigurationChanged, described
from orchestrator.faults.scenario import Break, load_scenarios
from orchestrator.loading import load_lab
from orchestrator.model.ce_overrides import lab_with_ce_overrides
from orchestrator.model.mistakes import LabFileError
from orchestrator.model.pece_intent import AtCe
from orchestrator.protocols.bgp.values import Bgp
from tests.unit.faults.conftest import LABS

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.model.lab import Lab


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lab without scenarios, in the current folder."""
    for file in ("two-vpns.clab.yml", "vpn.yml"):
        shutil.copy(LABS / "two-vpns" / file, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def given(folder: Path, text: str) -> Lab:
    (folder / "scenarios.yml").write_text(text)
    return load_lab(folder)


@pytest.mark.parametrize("name", sorted(one.parent.name for one in LABS.glob("*/scenarios.yml")))
def test_the_scenarios_of_every_lab_are_right(name: str) -> None:
    scenarios = load_scenarios(load_lab(LABS / name))
    assert scenarios
    assert all(one.teaches.endswith(".") for one in scenarios)


def test_a_lab_need_not_have_any(folder: Path) -> None:
    assert load_scenarios(load_lab(folder)) == ()


def test_a_scenario_is_read(folder: Path) -> None:
    lab = given(
        folder,
        "scenarios:\n"
        "  both:\n"
        "    teaches: Something.\n"
        "    steps:\n"
        "      - {fail: [pe1-p1 silent, red1], see: the table}\n"
        "      - {configure: {p2: [interface eth1, ip ospf passive]}, breaks: igp.adjacency.p2.*}\n"
        "      - restore: configuration\n"
        "      - restore: everything\n",
    )
    (scenario,) = load_scenarios(lab)
    assert [step.words for step in scenario.steps] == [
        "fail pe1-p1 silent, red1",
        "configure p2",
        "restore configuration",
        "restore everything",
    ]
    first, second, third, last = scenario.steps
    assert list(map(described, first.fails)) == ["link pe1-p1 silent", "node red1 lost"]
    assert first.see == "the table"
    assert (
        second.fails == third.restores == (ConfigurationChanged("p2", ("interface eth1", "ip ospf passive")),)
    )
    assert second.breaks == (Break("igp.adjacency.p2.*"),)
    assert last.restores == first.fails


def test_a_ce_differs_in_the_words_of_the_intent(folder: Path) -> None:
    lab = given(
        folder,
        "scenarios:\n"
        "  parameters:\n"
        "    teaches: Something.\n"
        "    steps:\n"
        "      - configure: {red1: {asn: 65199, hold: 30}, red2: agreed, pe1: [no router bgp 65000]}\n"
        "        breaks: {pece.agree.pe1.red.red1: customer AS 65199 *, vpn.*: '*'}\n"
        "      - restore: configuration\n",
    )
    (scenario,) = load_scenarios(lab)
    step, _ = scenario.steps
    assert step.words == "configure red1 (asn, hold), red2 as agreed, pe1"
    assert step.breaks == (Break("pece.agree.pe1.red.red1", "customer AS 65199 *"), Break("vpn.*"))
    assert step.breaks[0].foresees("pece.agree.pe1.red.red1", "customer AS 65199 on red1, 65101 on pe1")
    assert not step.breaks[0].foresees("pece.agree.pe1.red.red1", "MTU 1400 on red1, 1500 on pe1")
    red1, red2, _ = step.fails
    assert isinstance(red1, CeMisconfigured)
    assert isinstance(red2, CeMisconfigured)
    ((_, wanted),) = red1.wanted(lab).attachments_of("red1")
    ((_, declared),) = lab.attachments_of("red1")
    assert wanted.protocol == declared.protocol
    assert isinstance(declared.protocol, Bgp)
    assert wanted.protocol_at_ce == replace(declared.protocol, asn=65199, hold=30)
    assert red2.wanted(lab) == lab


def test_agreed_is_the_end_of_what_the_files_override() -> None:
    lab = load_lab(LABS / "parameter-mismatch")
    names = ("ce-hello", "ce-auth", "ce-mtu", "ce-mask", "ce-as")
    for name in names:
        lab = lab_with_ce_overrides(lab, name, AtCe())
    for name in names:
        ((_, one),) = lab.attachments_of(name)
        assert one.protocol_at_ce == one.protocol
        own, far = lab.interface(one.ce), lab.interface(one.pe)
        assert (own.mtu, own.address.network) == (far.mtu, far.address.network)


WRONG_PARAMETERS = """\
scenarios:
  parameters:
    teaches: What cannot be.
    steps:
      - configure: {red1: {asnn: 65199, mtu: much}}
      - configure: {pe1: {asn: 65199}}
"""


def test_mistakes_in_parameters_too(folder: Path) -> None:
    with pytest.raises(LabFileError) as error:
        load_scenarios(given(folder, WRONG_PARAMETERS))
    assert str(error.value) == (
        "scenarios.yml:5: mtu of what red1 overrides in step 1 of scenario parameters: "
        "'much' is not an MTU; give a whole number within 68..65535\n"
        "scenarios.yml:5: unknown key 'asnn' in what red1 overrides in step 1 of scenario parameters; "
        "did you mean 'asn'?\n"
        "scenarios.yml:6: pe1 is not a CE; only CEs can be misconfigured; give it lines to type"
    )
    with pytest.raises(LabFileError) as error:
        load_scenarios(given(folder, WRONG_PARAMETERS.replace("{asnn: 65199, mtu: much}", "65199")))
    assert str(error.value) == (
        "scenarios.yml:5: what red1 overrides in step 1 of scenario parameters: '65199' is no "
        "configuration; give lines in brackets, parameters in braces as at-ce has them, or 'agreed'"
    )


def test_a_configuration_is_restored_before_another_takes_its_place(folder: Path) -> None:
    text = (
        "scenarios:\n"
        "  twice:\n"
        "    teaches: Something.\n"
        "    steps:\n"
        "      - configure: {red1: {asn: 65199}}\n"
        "      - configure: {red1: [no router bgp 65199]}\n"
        "      - restore: configuration\n"
    )
    with pytest.raises(LabFileError) as error:
        load_scenarios(given(folder, text))
    assert str(error.value) == ("scenarios.yml:6: configuration of red1 is changed already; restore it first")


WRONG = """\
scenarios:
  empty: {teaches: Nothing.}
  unknown:
    teachs: A word misspelt.
    steps:
      - fial: pe1-p1
  twice:
    teaches: Two things at once.
    steps:
      - {fail: pe1-p1, restore: pe1-p1}
      - {}
      - {fail: pe2, breaks: igp.*}
      - fail: 7
"""
WRONG_TARGETS = """\
scenarios:
  targets:
    teaches: What is not there.
    steps:
      - fail: pe1-p3
      - fail: [p1-p2, p2-p1]
      - fail: pe1-p1 loss much
      - restore: pe2
      - configure: {pe9: [no router bgp 65000]}
      - configure: {pe1: [no router bgp 65000]}
"""


def test_mistakes_are_reported_with_their_lines(folder: Path) -> None:
    with pytest.raises(LabFileError) as error:
        load_scenarios(given(folder, WRONG))
    expected = (
        "scenarios.yml:2: scenario empty has no 'steps'; add steps: a list of fail, restore and configure\n"
        "scenarios.yml:3: scenario unknown has no 'teaches'; add teaches: a sentence\n"
        "scenarios.yml:4: unknown key 'teachs' in scenario unknown; did you mean 'teaches'?\n"
        "scenarios.yml:6: unknown key 'fial' in step 1 of scenario unknown; did you mean 'fail'?\n"
        "scenarios.yml:13: fail of step 4 of scenario twice: '7' names nothing; "
        "name a link, a node or a LAN, or several in brackets\n"
    )
    assert str(error.value) == expected.rstrip()


def test_a_step_does_one_thing(folder: Path) -> None:
    text = WRONG[WRONG.index("  twice") :].replace("      - fail: 7\n", "")
    with pytest.raises(LabFileError) as error:
        load_scenarios(given(folder, f"scenarios:\n{text}"))
    expected = (
        "scenarios.yml:5: step 1 of scenario twice does both fail and restore; "
        "give it one of fail, restore, configure\n"
        "scenarios.yml:6: step 2 of scenario twice does nothing; give it one of fail, restore, configure\n"
        "scenarios.yml:7: step 3 of scenario twice says what 'fail' breaks; "
        "what is to be expected of a failed lab follows from the lab: remove 'breaks'\n"
    )
    assert str(error.value) == expected.rstrip()


def test_what_a_lab_does_not_have_cannot_happen_to_it(folder: Path) -> None:
    with pytest.raises(LabFileError) as error:
        load_scenarios(given(folder, WRONG_TARGETS))
    expected = (
        "scenarios.yml:2: scenario targets ends with link p1-p2, configuration of pe1 failed; "
        "restore it at the end\n"
        "scenarios.yml:5: lab 'two-vpns' has no link, node or LAN 'pe1-p3'; did you mean 'pe1-p1'?\n"
        "scenarios.yml:6: link p1-p2 is failed already; restore it first\n"
        "scenarios.yml:7: 'much' is no share of packets; write it like 20%, more than 0 and at most 100\n"
        "scenarios.yml:8: nothing of 'pe2' is failed here; fail it in an earlier step\n"
        "scenarios.yml:9: lab 'two-vpns' has no node 'pe9'; did you mean 'pe2'?\n"
    )
    assert str(error.value) == expected.rstrip()
