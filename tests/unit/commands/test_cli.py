from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.cli import main, parser
from orchestrator.commands.show import named, shown_by
from orchestrator.errors import UsageError
from orchestrator.lifecycle.store import Placement, Store
from orchestrator.routing import propagation

if TYPE_CHECKING:
    from collections.abc import Iterator

LABS = Path(__file__).parents[3] / "labs"
RECORDED = Path(__file__).parents[2] / "recorded" / "labs"


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("L3VPN_HOST", raising=False)
    monkeypatch.delenv("L3VPN_RUNTIME", raising=False)


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """What was complained of: exactly one line."""
    error = capsys.readouterr().err
    assert error.endswith("\n")
    assert error.count("\n") == 1
    return error.removeprefix("l3vpn: ").rstrip("\n")


@pytest.mark.parametrize("verb", ["up", "verify", "push", "diff", "down", "status", "render"])
def test_a_lab_that_there_is_not(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "no-such-lab"]) == 2
    assert said(capsys).startswith("no lab 'no-such-lab': it is neither a folder nor a name under labs/ (")


def test_a_lab_that_is_nearly_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "two-vpn"]) == 2
    assert said(capsys) == "no lab 'two-vpn': did you mean 'two-vpns'?"


@pytest.mark.parametrize(
    "words", [["--watch"], ["--once"], ["--timeout", "5"], ["--host", "local"], ["--bundle", "b.tar.xz"]]
)
def test_a_bundle_is_asked_nothing_that_only_a_running_lab_has(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["verify", "--from", "a.tar.xz", *words])
    assert f"unrecognized arguments: {' '.join(words)}" in capsys.readouterr().err


def test_a_verdict_on_a_bundle_says_when_it_was_seen(capsys: pytest.CaptureFixture[str]) -> None:
    bundle = str(RECORDED / "two-vpns_begin_10.3.tar.xz")
    assert main(["verify", "--from", bundle]) == 0
    assert "configuration as wanted, proven as seen on 20" in " ".join(capsys.readouterr().out.split())
    assert main(["verify", "--format", "json", "--from", bundle]) == 0
    assert json.loads(capsys.readouterr().out)["seen at"].startswith("20")


@pytest.mark.parametrize("verb", ["verify", "push", "diff", "status"])
def test_a_lab_that_is_not_up(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "two-vpns"]) == 2
    assert said(capsys) == "lab 'two-vpns' is not up: `l3vpn up two-vpns` brings it up"


@pytest.mark.parametrize(("verb", "option"), [("push", "limit"), ("diff", "limit"), ("measure", "stage")])
def test_an_option_that_is_given_twice_means_both(verb: str, option: str) -> None:
    given = parser().parse_args([verb, "two-vpns", f"--{option}", "a", "b", f"--{option}", "c"])
    assert getattr(given, option) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("pe1", "pe1"),
        ("pe2,pe1,pe1", "pe1 pe2"),
        ("pe*", "pe1 pe2"),
        ("p?,red", "p1 red"),
        ("*", "p1 pe1 pe2 red"),
    ],
)
def test_nodes_to_show(text: str, meant: str) -> None:
    assert named(text, ["p1", "pe1", "pe2", "red"]) == tuple(meant.split())


@pytest.mark.parametrize("text", ["pe3", "pe1,x*"])
def test_no_node_to_show(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="no node is called"):
        named(text, ["p1", "pe1"])
    assert main(["show", "two-vpns", "pe1"]) == 2
    assert said(capsys) == "show what? l3vpn show LAB NODE[,NODE…] ip route vrf red"


def test_down_of_what_is_not_up_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["down", "two-vpns"]) == 0
    assert capsys.readouterr().out == "two-vpns is not up\n"


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[str]:
    """A lab that is up, as far as anybody remembers, with a command at work on it; its verb, since when."""
    store = Store(tmp_path / "state" / "l3vpn")
    store.put(Placement("two-vpns", str(LABS / "two-vpns"), "guest", "netns"))
    with store.lock("two-vpns", "scenario"):
        yield "on lab 'two-vpns': scenario since "


@pytest.mark.parametrize(
    "words",
    [
        ["up"],
        ["down"],
        ["push"],
        ["diff"],
        ["fail", "pe1-p1"],
        ["restore"],
        ["scenario"],
        ["measure"],
    ],
)
def test_one_command_at_a_time(at_work: str, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    verb, *rest = words
    assert main([verb, "two-vpns", *rest]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"l3vpn: another command is at work {at_work}")
    assert line.endswith("`--wait` waits for it")


def test_ctrl_c_ends_the_waiting_for_another_command(at_work: str) -> None:
    command = [sys.executable, "-m", "orchestrator", "down", "--wait", "two-vpns"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as waiting:
        assert waiting.stderr is not None
        assert waiting.stderr.readline().startswith(f"l3vpn: waiting for another command {at_work}")
        waiting.send_signal(signal.SIGINT)
        assert waiting.stderr.read() == "l3vpn: interrupted\n"
    assert waiting.returncode == 130


@pytest.mark.parametrize("verb", ["verify", "scenario"])
@pytest.mark.parametrize("option", ["--junit", "--markdown", "--ctrf"])
@pytest.mark.parametrize(
    ("file", "why"),
    [
        ("no/junit.xml", "no/junit.xml: No such file or directory"),
        (".", ".: Is a directory"),
        ("/proc/junit.xml", "/proc/junit.xml: No such file or directory"),
    ],
)
def test_a_report_that_could_not_be_written_is_refused_at_once(
    verb: str, option: str, file: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([verb, "two-vpns", option, file]) == 2
    assert said(capsys) == why


def test_a_report_is_not_made_before_there_is_anything_in_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "two-vpns", "--junit", "junit.xml"]) == 2
    assert "is not up" in said(capsys)
    assert not (tmp_path / "junit.xml").exists()


@pytest.mark.parametrize("name", ["a" * 300, f"./{'a' * 300}", f"{'a' * 300}/lab"])
def test_a_name_that_is_too_long_is_no_lab(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up", name]) == 2
    assert said(capsys) == f"no lab '{name}': File name too long"


def test_exec_says_255_when_it_could_not_run_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exec", "two-vpns", "pe1", "--", "true"]) == 255
    assert "is not up" in said(capsys)
    assert main(["exec", "two-vpns", "pe1"]) == 255
    assert said(capsys) == "which command? l3vpn exec LAB NODE -- CMD…"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (["vtysh", "-c", "show ip route", "-c", "show version"], ("show ip route", "show version")),
        (["vtysh", "-c", "configure terminal", "-c", "show version"], ()),
        (["vtysh", "-c"], ()),
        (["vtysh", "-f", "show x"], ()),
        (["vtysh", "-d", "bgpd", "-c", "show version"], ()),
        (["vtysh"], ()),
        (["ip", "-c", "show x"], ()),
    ],
)
def test_what_only_shows_is_asked_of_the_daemons(typed: list[str], shown: tuple[str, ...]) -> None:
    assert shown_by(typed) == shown


def test_routes_that_never_come_to_rest_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(propagation, "_ROUNDS", 2)
    assert main(["render", "two-vpns", "pe1"]) == 2
    line = said(capsys)
    assert line.startswith("the routes of lab two-vpns never come to rest: 10.1.0.0/30 in red1; ")
    assert "192.168.2.0/24 in VRF red of pe1; " in line


def test_exec_of_show_says_how_frr_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exec", "two-vpns", "pe1", "--", "show", "ip", "route"]) == 255
    assert said(capsys).endswith("of FRR: l3vpn show two-vpns pe1 ip route")


@pytest.mark.parametrize(
    ("option", "text"),
    [
        (
            ("--host", "mars"),
            "no host 'mars': there are guest, local, ssh://user@machine and k8s://[context/]namespace",
        ),
        (("--runtime", "podman"), "no runtime 'podman': there are netns, containerlab and c9s"),
    ],
)
def test_a_place_that_there_is_not(
    option: tuple[str, str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["up", "two-vpns", "--host", "guest", "--runtime", "netns", *option]) == 2
    assert said(capsys) == text


def test_mistakes_in_a_lab_are_reported_one_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(LABS / "two-vpns", folder)
    intent = folder / "vpn.yml"
    intent.write_text(intent.read_text().replace("asn: 65101", "asnn: 65101").replace("asn: 65202", "asn: x"))
    assert main(["render", str(folder)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert all(line.startswith("broken/vpn.yml:") for line in lines)
    assert any("'asnn'" in line and "did you mean 'asn'" in line for line in lines)
    assert any("blue2" in line for line in lines)


def test_render_shows_both_halves_of_one_node(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "two-vpns", "pe1"]) == 0
    out = capsys.readouterr().out
    assert "# pe1: Linux" in out
    assert "rd vpn export 10.255.0.1:1" in out
    assert "p1: " not in out


def test_render_writes_what_it_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "eigrp-same-as"]) == 0
    shown = capsys.readouterr().out
    for _ in range(2):  # again, over what stands there
        assert main(["render", "eigrp-same-as", "--write", "out/files"]) == 0
    assert capsys.readouterr().out.startswith("out/files: pe1 ")
    folder = tmp_path / "out/files"
    assert {one.name for one in (folder / "p1").iterdir()} == {"frr.conf", "linux.txt"}
    for file in folder.glob("*/*"):
        assert file.read_text() in shown
    assert "red-secret" in (folder / "ce3/eigrp.conf").read_text()
    assert sum(len(file.read_text()) for file in folder.glob("*/*")) > 0.9 * len(shown)


def test_render_shows_what_containerlab_would_be_given(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("L3VPN_IMAGE", "l3vpn-node:8.4")
    assert main(["render", "two-vpns", "--topology"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("name: two-vpns\n")
    assert 'image: "l3vpn-node:8.4"' in shown
    assert 'network: "l3vpn-two-vpns"' in shown


def test_render_knows_its_nodes_and_versions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "two-vpns", "pe9"]) == 2
    assert said(capsys) == "lab 'two-vpns' has no node 'pe9': it has pe1 p1 p2 pe2 red1 red2 blue1 blue2"
    assert main(["render", "two-vpns", "--frr", "7.5"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "l3vpn: FRR 7.5 is older than 8.4, the oldest that works here\n"


def test_list_and_status_without_a_lab_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--format", "json"]) == 0
    labs = json.loads(capsys.readouterr().out)
    (shown,) = (lab for lab in labs if lab["lab"] == "two-vpns")
    about = {"title": "the architecture", "protocols": ["bgp"], "nodes": 8}
    assert shown == {"lab": "two-vpns", "state": "-", "host": "-", "folder": str(LABS / "two-vpns")} | about
    assert main(["list"]) == 0
    (row,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("two-vpns"))
    assert row.split()[1:7] == ["-", "-", "bgp", "8", "the", "architecture"]
    assert main(["status"]) == 0
    assert capsys.readouterr().out == "no lab is up\n"
    assert main(["status", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_shipped_labs_are_listed_by_name_where_they_are_far(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["list"]) == 0
    *rows, where = capsys.readouterr().out.splitlines()
    assert [row.split()[-1] for row in rows if row.startswith("two-vpns")] == ["shipped"]
    assert where == f"shipped: {LABS}"


def test_doctor_says_what_it_picks_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["doctor", "--format", "json"])
    shown = json.loads(capsys.readouterr().out)
    assert code == (0 if shown["host"] else 3)
    assert {"kernel", "MPLS", "memory"} <= {row["name"] for row in shown["rows"]}
    main(["doctor"])
    assert shown["why"] in capsys.readouterr().out


def test_a_shell_completes_labs_and_nodes(tmp_path: Path) -> None:
    def completed(line: str) -> set[str]:
        """What argcomplete hands to bash for a command line with the cursor at its end."""
        answer = tmp_path / "answer"
        asked = {
            "_ARGCOMPLETE": "1",
            "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
            "_ARGCOMPLETE_IFS": "\n",
            "COMP_LINE": line,
            "COMP_POINT": str(len(line)),
        }
        command = [sys.executable, "-m", "orchestrator"]
        subprocess.run(command, env=os.environ | asked, check=False)
        return {word.strip() for word in answer.read_text().split("\n")}

    assert "verify" in completed("l3vpn ver")
    assert "two-vpns" in completed("l3vpn up two")
    assert {"pe1", "pe2"} <= completed("l3vpn exec two-vpns pe")


@pytest.mark.parametrize("words", [["mpls", "--help"], ["-h"]])
def test_help_of_capture_may_stand_behind_the_filter(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["capture", "two-vpns", "pe1", "eth1", *words]) == 0
    assert capsys.readouterr().out.startswith("usage: l3vpn capture")


def test_a_place_may_stand_behind_the_filter(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["capture", "two-vpns", "pe1", "eth1", "mpls", "--host", "guest"]) == 2
    assert said(capsys) == "lab 'two-vpns' is not up: `l3vpn up two-vpns` brings it up"
