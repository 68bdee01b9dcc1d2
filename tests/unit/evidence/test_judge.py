"""What is judged from a bundle is what was judged of the running lab."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator import cli
from orchestrator.errors import UsageError
from orchestrator.evidence.file import read, write
from orchestrator.evidence.judge import opened
from orchestrator.verification import prober
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.verification import verify
from tests.unit.evidence.conftest import made
from tests.unit.verification.fake_network import FakeNetwork, Fate, by_the_intent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from orchestrator.evidence.bundle import Bundle
    from orchestrator.model.lab import Lab
    from orchestrator.verification.report.result import Report
    from tests.unit.verification.converged import Converged


def summary_of(report: Report) -> list[tuple[object, ...]]:
    """All that a report says, but when."""
    return [
        (one.check.id, one.verdict, one.expected, one.observed, one.why, one.hint, one.evidence)
        for one in report.findings
    ]


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prober, "_QUIET", 0.3)
    monkeypatch.setattr(prober, "_SHORTEST_VIGIL", 0.01)


def test_a_bundle_is_read_as_it_was_written(bundle: Bundle, tmp_path: Path) -> None:
    write(bundle, tmp_path / "b.tar.xz")
    back = read(tmp_path / "b.tar.xz")
    assert {str(probe): str(fate) for probe, fate in back.seen[0].flights.items()} == {
        str(probe): str(fate) for probe, fate in bundle.seen[0].flights.items()
    }
    assert back.seen[0].answers == bundle.seen[0].answers
    assert (back.lab, back.place, back.files) == (bundle.lab, bundle.place, bundle.files)


def _as_it_is(_: str, text: str) -> str:
    return text


def _without_label(command: str, text: str) -> str:
    return text.replace("eth2 ", "eth9 ") if command == "show mpls ldp interface" else text


def _nonsense(command: str, text: str) -> str:
    return "% Unknown command" if command == "ip rule" else text


@pytest.mark.parametrize("edit", [_as_it_is, _without_label, _nonsense])
@pytest.mark.parametrize("lost", ["", "red1"])
def test_it_is_judged_as_the_running_lab_was(
    lab: Lab, converged: Converged, edit: Callable[[str, str], str], lost: str, tmp_path: Path
) -> None:
    carry = by_the_intent(lab)
    network = FakeNetwork(
        lambda _, node, command: edit(command, converged.says(node, command)),
        lambda packet: Fate() if packet.ce == lost else carry(packet),
    )
    live = verify(network, lab, timeout=0)
    write(made(lab, network), tmp_path / "b.tar.xz")
    again = opened(tmp_path / "b.tar.xz").report()
    assert summary_of(again) == summary_of(live)
    assert live.holds is (edit is _as_it_is and not lost)


def test_what_is_not_in_the_bundle_is_an_error(bundle: Bundle, tmp_path: Path) -> None:
    said = dict(bundle.seen[0].answers["p1"])
    del said["show mpls table"]
    seen = replace(bundle.seen[0], answers={**bundle.seen[0].answers, "p1": said})
    write(replace(bundle, seen=(seen,)), tmp_path / "b.tar.xz")
    wrong = [one for one in opened(tmp_path / "b.tar.xz").report().findings if one.verdict is Verdict.ERROR]
    assert {one.check.node for one in wrong} >= {"p1"}
    assert {one.observed for one in wrong} == {"could not look: not in the bundle: `show mpls table` on p1"}


def test_the_intent_of_a_lab_is_taken_by_its_name(
    bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(bundle, tmp_path / "b")
    assert cli.main(("verify", "--from", f"{tmp_path}/b", "--lab", "two-vpns")) == 0
    assert cli.main(("verify", "--from", f"{tmp_path}/b", "--lab", "two-vpn")) == 2
    assert "no lab 'two-vpn': did you mean 'two-vpns'?" in capsys.readouterr().err


def test_what_a_bundle_has_not_kept_of_a_kernel_is_said_in_words(bundle: Bundle, tmp_path: Path) -> None:
    seen = replace(bundle.seen[0], answers={**bundle.seen[0].answers, "p1": {}})
    write(replace(bundle, seen=(seen,)), tmp_path / "b")
    said = opened(tmp_path / "b").differences(("p1",))
    assert "not in the bundle: what `diff` reads of the kernel on p1" in str(said["p1"])


def test_a_look_that_is_not_there(bundle: Bundle, tmp_path: Path) -> None:
    write(bundle, tmp_path / "b.tar.xz")
    with pytest.raises(UsageError, match="has no look 2: it has 1"):
        opened(tmp_path / "b.tar.xz", look=2)


def test_times_are_those_of_the_running_lab_or_none(
    bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (seen,) = bundle.seen
    checks = [{"id": str(one.check.id), "seconds": 31.0} for one in opened_report(bundle, tmp_path).findings]
    report = json.dumps({"checks": checks, "summary": {"seconds": 32.0}})
    write(replace(bundle, seen=(replace(seen, report=report),)), tmp_path / "timed")
    cli.main(("verify", "--from", f"{tmp_path}/timed"))
    assert "31.0 s" in capsys.readouterr().out
    cli.main(("verify", "--from", f"{tmp_path}/timed", "--format", "json"))
    assert json.loads(capsys.readouterr().out)["summary"]["seconds"] == 32.0
    write(replace(bundle, seen=(replace(seen, report=""),)), tmp_path / "untimed")
    cli.main(("verify", "--from", f"{tmp_path}/untimed"))
    assert "converged after" not in capsys.readouterr().out


def opened_report(bundle: Bundle, folder: Path) -> Report:
    write(bundle, folder / "b.tar.xz")
    return opened(folder / "b.tar.xz").report()
