"""The proof as pytest items."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestrator.faults.fault import Fault
from orchestrator.lifecycle.store import Store
from orchestrator.settings import Settings

pytest_plugins = ["pytester"]
LABS = Path(__file__).parents[3] / "labs"

ATTACH = """
from contextlib import nullcontext
from orchestrator.verification.kit.facts import Facts
from tests.unit.verification.converged import Converged
from tests.unit.verification.fake_network import FakeNetwork, by_the_intent

def pytest_l3vpn_attach(lab, config):
    converged = Converged(lab)
    def says(look, node, command):
        text = converged.says(node, command)
        return text.replace({old!r}, {new!r}) if node == "p1" else text
    return nullcontext(FakeNetwork(says, by_the_intent(lab)))
"""
OPTIONS = ("-p", "no:cacheprovider")


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    shutil.copytree(LABS / "two-vpns", pytester.path / "two-vpns")
    return pytester


def test_nothing_is_collected_unless_asked_for(project: pytest.Pytester) -> None:
    result = project.runpytest_inprocess(*OPTIONS)
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_one_item_a_check(project: pytest.Pytester) -> None:
    project.makeconftest(ATTACH.format(old="", new=""))
    result = project.runpytest_inprocess(*OPTIONS, "--l3vpn", "two-vpns")
    result.assert_outcomes(passed=405)


def test_a_failure_is_reported_in_the_words_of_the_network(project: pytest.Pytester) -> None:
    project.makeconftest(ATTACH.format(old="ipv4 eth2 ", new="ipv4 eth9 "))
    result = project.runpytest_inprocess(*OPTIONS, "--l3vpn", "--l3vpn-timeout=0", "two-vpns")
    outcomes = result.parseoutcomes()
    assert outcomes["failed"] == 1
    assert outcomes["skipped"] > 50
    result.stdout.fnmatch_lines(
        ["observed  eth1, eth9 (missing: eth2; unexpected: eth9)", "look *l3vpn exec two-vpns p1*"]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_what_was_failed_is_not_expected(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(project.path / "state"))
    Store.of(Settings.here()).put_failed("two-vpns", [Fault("pe1:eth2")])
    only = ("--l3vpn", "--collect-only", "-q", "two-vpns")
    result = project.runpytest_inprocess(*OPTIONS, *only)
    result.stdout.no_fnmatch_line("*pece.session.pe1.red*")
    healthy = project.runpytest_inprocess(*OPTIONS, "--l3vpn-healthy", *only)
    healthy.stdout.fnmatch_lines(["*pece.session.pe1.red*", "405 tests collected*"])


def test_nobody_attaches(project: pytest.Pytester) -> None:
    result = project.runpytest_inprocess(*OPTIONS, "-p", "no:l3vpn-attach", "--l3vpn", "-x", "two-vpns")
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*no plugin attaches to labs*"])


def test_a_lab_that_is_not_up(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(project.path / "state"))
    result = project.runpytest_inprocess(*OPTIONS, "--l3vpn", "-x", "two-vpns")
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*two-vpns' is not up: `l3vpn up *two-vpns` brings it up"])


def test_a_wrong_lab_is_an_error_of_collection(project: pytest.Pytester) -> None:
    (project.path / "two-vpns" / "vpn.yml").write_text("vpns: {}\n")
    result = project.runpytest_inprocess(*OPTIONS, "--l3vpn", "two-vpns")
    result.assert_outcomes(errors=1)
