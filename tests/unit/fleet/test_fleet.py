from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.fleet import lanes
from orchestrator.fleet.daemons import FRR, daemon_of
from orchestrator.fleet.errors import ProgramEnded
from orchestrator.fleet.program import Program
from orchestrator.hosts.base import Completed
from orchestrator.loading import load_lab
from orchestrator.model.state import HEALTHY
from orchestrator.verification.expect import expect
from orchestrator.verification.kit.answers import Transcript, Unreachable
from tests.unit.fleet.conftest import make_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from nornir.core.inventory import Host

    from tests.unit.fleet.conftest import Rack

LABS = Path(__file__).parents[3] / "labs"
# A neighbour table, a prompt look-alike, no line break at the end.
NEIGHBORS = "Neighbor ID  State\n10.255.0.2   Full\n"
ODD = "node# !l3vpn-1 and more\n\nnode# show x"


def test_answers_are_distinguished_by_node_and_command(rack: Rack) -> None:
    for name in ("pe1", "p1"):
        node = rack.node(name)
        node.answer("show ip ospf neighbor", NEIGHBORS + name + "\n")
        node.answer("show odd", ODD + "\n")
    wanted = ["show ip ospf neighbor", "echo $((6 * 7))", "show odd", "printf 'no line end'"]
    with rack.fleet() as fleet:
        answers = fleet.collect({"pe1": wanted, "p1": wanted[:1]})
    assert answers == {
        ("pe1", "show ip ospf neighbor"): Transcript("pe1", wanted[0], NEIGHBORS + "pe1\n", 0),
        ("pe1", "show odd"): Transcript("pe1", "show odd", ODD + "\n", 0),
        ("pe1", "echo $((6 * 7))"): Transcript("pe1", wanted[1], "42\n", 0),
        ("pe1", "printf 'no line end'"): Transcript("pe1", wanted[3], "no line end", 0),
        ("p1", "show ip ospf neighbor"): Transcript("p1", wanted[0], NEIGHBORS + "p1\n", 0),
    }


def test_sessions_stay_open(rack: Rack) -> None:
    node = rack.node("pe1")
    node.answer("show clock", "1\n")
    with rack.fleet() as fleet:
        for said in ("1\n", "2\n", "3\n"):
            node.answer("show clock", said)
            answer = fleet.collect({"pe1": ["show clock"]})["pe1", "show clock"]
            assert isinstance(answer, Transcript)
            assert answer.output == said
    assert node.dialled == 1


@pytest.mark.parametrize(
    ("command", "output", "status"),
    [
        ("exit 3", "", 3),
        ("cat", "", 0),
        ("echo bad >&2; false", "bad\n", 1),
        ("cd /; umask 0; exec echo gone", "gone\n", 0),
        ("show nonsense", "% Unknown command: show nonsense\n", 1),
        ("show dead", "ospfd is not running\n", 1),
        ("show died", "bgpd is not running\n", 1),
        ("show back", "here again\n", 0),
    ],
)
def test_a_command_has_a_status_and_does_not_disturb_the_next(
    rack: Rack, command: str, output: str, status: int
) -> None:
    rack.node("pe1").answer("show next", "next\n")
    with rack.fleet() as fleet:
        answers = fleet.collect({"pe1": [command, "show next", "echo next"]})
    assert answers["pe1", command] == Transcript("pe1", command, output, status)
    assert answers["pe1", "show next"] == Transcript("pe1", "show next", "next\n", 0)
    assert answers["pe1", "echo next"] == Transcript("pe1", "echo next", "next\n", 0)


def test_a_shell_command_that_does_not_parse_spoils_only_itself(rack: Rack) -> None:
    rack.node("pe1")
    with rack.fleet() as fleet:
        answers = fleet.collect({"pe1": ["if then (", "echo next"]})
    broken = answers["pe1", "if then ("]
    assert isinstance(broken, Transcript)
    assert not broken.ok
    assert answers["pe1", "echo next"] == Transcript("pe1", "echo next", "next\n", 0)


def test_long_output_is_whole(rack: Rack) -> None:
    table = "".join(f"10.{n // 250}.{n % 250}.0/24 via eth1 \N{RIGHTWARDS ARROW}\n" for n in range(20_000))
    rack.node("pe1").answer("show ip route", table)
    with rack.fleet() as fleet:
        answers = fleet.collect({"pe1": ["show ip route", "seq 50000"]})
    assert answers["pe1", "show ip route"] == Transcript("pe1", "show ip route", table, 0)
    assert answers["pe1", "seq 50000"].output.count("\n") == 50_000  # type: ignore[union-attr] # else it fails


def test_a_node_that_does_not_answer_holds_up_no_other(rack: Rack, capfd: pytest.CaptureFixture[str]) -> None:
    rack.node("pe1").answer("show version", "FRRouting 10.3 (pe1)\n")
    rack.node("p1").answer("show version", "FRRouting 10.3 (p1)\n")
    with rack.fleet("pe9", patience=0.5) as fleet:
        answers = fleet.collect(
            {"pe9": ["show version"], "pe1": ["show version"], "p1": ["show version", "show hang"]}
        )
        again = fleet.collect({"pe9": ["show version"], "p1": ["true"]})
    assert answers == {
        ("pe9", "show version"): Unreachable("pe9", "Connection refused"),
        ("pe1", "show version"): Transcript("pe1", "show version", "FRRouting 10.3 (pe1)\n", 0),
        ("p1", "show version"): Transcript("p1", "show version", "FRRouting 10.3 (p1)\n", 0),
        ("p1", "show hang"): Unreachable("p1", "no answer to `show hang`", "FRR"),
    }
    assert again["pe9", "show version"] == Unreachable("pe9", "Connection refused")
    assert again["p1", "true"] == Transcript("p1", "true", "", 0)
    assert capfd.readouterr() == ("", "")


NEIGHBOR, PEERS, ROUTES = "show ip ospf neighbor", "show bgp vrf all summary", "show ip route vrf all"


def test_a_daemon_that_hangs_costs_only_what_it_was_asked_until_it_answers(rack: Rack) -> None:
    node = rack.node("pe1")
    for command in (NEIGHBOR, PEERS, ROUTES):
        node.answer(command, f"{command}!\n")
    with rack.fleet(patience=3.0) as fleet:
        fleet.collect({"pe1": [ROUTES]})
        node.hang("bgpd")
        for _ in range(3):
            answers = fleet.collect({"pe1": [NEIGHBOR, PEERS, ROUTES, "echo here"]})
            assert answers == {
                ("pe1", NEIGHBOR): Transcript("pe1", NEIGHBOR, f"{NEIGHBOR}!\n", 0),
                ("pe1", PEERS): Unreachable("pe1", f"no answer to `{PEERS}`", "bgpd"),
                ("pe1", ROUTES): Transcript("pe1", ROUTES, f"{ROUTES}!\n", 0),
                ("pe1", "echo here"): Transcript("pe1", "echo here", "here\n", 0),
            }
        assert str(answers["pe1", PEERS]) == f"bgpd on pe1: no answer to `{PEERS}`"
        node.hang("")
        while isinstance(fleet.collect({"pe1": [PEERS]})["pe1", PEERS], Unreachable):
            pass
        assert fleet.collect({"pe1": [PEERS]})["pe1", PEERS] == Transcript("pe1", PEERS, f"{PEERS}!\n", 0)
    assert node.dialled == 1


def test_a_daemon_that_hangs_is_named_where_all_are_asked(rack: Rack) -> None:
    node = rack.node("pe1")
    node.answer(ROUTES, "routes\n")
    node.hang("bgpd")
    with rack.fleet(patience=1.0) as fleet:
        answers = fleet.collect({"pe1": ["show version", ROUTES]}, apart=True)
        assert answers["pe1", "show version"] == Unreachable("pe1", "no answer to `show version`", "bgpd")
        assert answers["pe1", ROUTES] == Transcript("pe1", ROUTES, "routes\n", 0)


def test_a_daemon_that_is_gone_while_another_hangs_is_not_running(rack: Rack) -> None:
    node = rack.node("pe1")
    node.answer(ROUTES, "routes\n")
    node.hang("bgpd")
    node.kill("ospfd")
    with rack.fleet(patience=3.0) as fleet:
        for _ in range(2):
            answers = fleet.collect({"pe1": [PEERS, NEIGHBOR, ROUTES]})
            assert isinstance(answers["pe1", PEERS], Unreachable)
            assert answers["pe1", NEIGHBOR] == Transcript("pe1", NEIGHBOR, "ospfd is not running\n", 1)
            assert answers["pe1", ROUTES] == Transcript("pe1", ROUTES, "routes\n", 0)


def test_a_shell_command_that_does_not_end_costs_only_itself(rack: Rack) -> None:
    node = rack.node("pe1")
    hanging = "while ! [ -e released ]; do sleep 0.02; done; echo python3 eigrp show"
    with rack.fleet(patience=6.0) as fleet:
        for _ in range(3):
            answers = fleet.collect({"pe1": ["echo before", hanging, "echo behind"]})
            assert answers["pe1", hanging] == Unreachable(
                "pe1", f"no answer to `{hanging}`", "the EIGRP speaker"
            )
            assert answers["pe1", "echo before"] == Transcript("pe1", "echo before", "before\n", 0)
            assert answers["pe1", "echo behind"] == Transcript("pe1", "echo behind", "behind\n", 0)
        (node.home / "released").touch()
        while isinstance(fleet.collect({"pe1": [hanging]})["pe1", hanging], Unreachable):
            pass
    assert node.dialled == 1


# Two seconds of silence are too much here; the other node talks for five.
TALKS = "for i in 1 2 3 4 5 6 7 8 9 10; do echo $i; sleep 0.5; done"


def test_as_long_as_one_node_is_heard_the_others_are_waited_for(rack: Rack) -> None:
    """A busy machine is slow for all of them."""
    rack.node("pe1")
    rack.node("p1")
    with rack.fleet(patience=2.0) as fleet:
        fleet.collect({"pe1": ["true"], "p1": ["true"]})
        ran = fleet.execute({"pe1": TALKS, "p1": "sleep 3; echo late"})
        assert ran["p1"].text == "late\n"  # type: ignore[union-attr] # else it fails
        answers = fleet.collect(
            {"pe1": [TALKS], "p1": ["sleep 3; echo late", "while :; do sleep 0.02; done"]}
        )
    assert answers["p1", "sleep 3; echo late"] == Transcript("p1", "sleep 3; echo late", "late\n", 0)
    assert isinstance(answers["p1", "while :; do sleep 0.02; done"], Unreachable)
    assert isinstance(answers["pe1", TALKS], Transcript)


def test_a_node_on_which_nothing_answers_is_asked_on_a_new_connection(
    rack: Rack, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = rack.node("pe1")
    shell = node.home / "bin" / "sh"
    monkeypatch.setattr(lanes, "_SUSPICIOUS", 0.2)
    with rack.fleet(patience=0.5) as fleet:
        fleet.execute({"pe1": "true"})
        shell.write_text("#!/bin/sh\nexec sleep 1000\n")
        shell.chmod(0o755)
        node.hang("bgpd")
        assert fleet.collect({"pe1": ["true"]})["pe1", "true"] == Unreachable("pe1", "no answer to `true`")
        shell.unlink()
        assert fleet.collect({"pe1": ["true"]})["pe1", "true"] == Transcript("pe1", "true", "", 0)
    assert node.dialled == 2


@pytest.mark.parametrize(
    ("command", "daemon"),
    [
        ("show bgp vrf red ipv4 unicast neighbors 10.1.0.2 advertised-routes", "bgpd"),
        ("show ip bgp", "bgpd"),
        ("show ip ospf vrf all neighbor", "ospfd"),
        ("show ip ospf mpls ldp-sync", "ospfd"),
        ("show mpls ldp binding", "ldpd"),
        ("show mpls table", "zebra"),
        ("show ip route vrf all", "zebra"),
        ("show bfd peers", "bfdd"),
        ("show running-config bgpd", "bgpd"),
        ("show running-config", "FRR"),
        ("show version", "FRR"),
        ("if pgrep -x bgpd; then vtysh -c 'show bgp vrf all summary'; fi", "bgpd"),
        ("python3 /var/lib/frr/eigrp show neighbors vpn", "the EIGRP speaker"),
        ("ip -d addr", ""),
    ],
)
def test_what_answers_a_command(command: str, daemon: str) -> None:
    assert daemon_of(command) == daemon


def test_every_show_command_of_the_proof_has_a_daemon() -> None:
    asked = {
        query.command.text
        for name in ("two-vpns", "ospf-sham", "failover", "eigrp-backdoor")
        for check in expect(load_lab(LABS / name), HEALTHY)
        for query in check.queries
    }
    assert {command for command in asked if daemon_of(command) == FRR} == set()


def test_the_last_words_of_vtysh_are_reported(rack: Rack) -> None:
    rack.node("pe1")
    with rack.fleet() as fleet:
        answers = fleet.collect({"pe1": ["show exit"]})
    assert answers["pe1", "show exit"] == Unreachable(
        "pe1", "vtysh has ended: Exiting: failed to connect to any daemons."
    )


def test_a_lost_session_is_opened_once_more(rack: Rack) -> None:
    node = rack.node("pe1")
    node.answer("show version", "FRRouting 10.3\n")
    with rack.fleet() as fleet:
        fleet.collect({"pe1": ["show version"]})
        node.hang_up()
        answers = fleet.collect({"pe1": ["show version"]})
        assert answers["pe1", "show version"] == Transcript("pe1", "show version", "FRRouting 10.3\n", 0)
        assert node.dialled == 2
        node.hang_up()
        assert fleet.execute({"pe1": "echo hi"}) == {"pe1": Completed(0, b"hi\n", b"")}
        assert node.dialled == 3


def test_a_node_with_another_host_key_is_refused(rack: Rack, capfd: pytest.CaptureFixture[str]) -> None:
    rack.node("pe1").host_key = make_key(rack.home / "other")
    with rack.fleet() as fleet:
        (answer,) = fleet.execute({"pe1": "true"}).values()
    assert answer == Unreachable("pe1", f"198.18.0.2 shows another host key than {rack.known_hosts} has")
    assert capfd.readouterr() == ("", "")


def test_a_node_with_an_unknown_host_key_is_refused(rack: Rack) -> None:
    rack.node("pe1")
    rack.known_hosts.write_text("")
    with rack.fleet() as fleet:
        (answer,) = fleet.execute({"pe1": "true"}).values()
    assert answer == Unreachable("pe1", f"the host key of 198.18.0.2 is not in {rack.known_hosts}")


def test_a_node_that_refuses_the_key(rack: Rack, capfd: pytest.CaptureFixture[str]) -> None:
    rack.node("pe1").login_key = make_key(rack.home / "other")
    with rack.fleet() as fleet:
        (answer,) = fleet.execute({"pe1": "true"}).values()
    assert answer == Unreachable("pe1", "198.18.0.2 does not accept the key for root")
    assert capfd.readouterr() == ("", "")


def test_execute_passes_input_output_and_status(rack: Rack) -> None:
    rack.node("pe1")
    rack.node("ce1")
    with rack.fleet() as fleet:
        done = fleet.execute({"pe1": "tr a-z A-Z; echo oops >&2; exit 7", "ce1": "cat"}, {"pe1": b"label"})
    assert done == {"pe1": Completed(7, b"LABEL", b"oops\n"), "ce1": Completed(0, b"", b"")}


def test_a_node_whose_vtysh_ends_at_once_runs_commands_without_it(rack: Rack) -> None:
    """As on a node without daemons. netmiko alone would have started it with the connection."""
    vtysh = rack.node("pe1").home / "bin" / "vtysh"
    vtysh.write_text('#!/bin/sh\n: >"$0.started"\nexit 1\n')
    with rack.fleet() as fleet:
        assert fleet.execute({"pe1": "echo 42"}) == {"pe1": Completed(0, b"42\n", b"")}
    assert not vtysh.with_name("vtysh.started").exists()


def test_a_command_that_does_not_end_is_cut_off(rack: Rack) -> None:
    rack.node("pe1")
    with rack.fleet() as fleet:
        (answer,) = fleet.execute({"pe1": "sleep 1000"}, within=0.3).values()
    assert answer == Unreachable("pe1", "`sleep 1000` did not end within 0.3 s")


def test_a_command_is_never_run_twice(rack: Rack, tmp_path: Path) -> None:
    node = rack.node("pe1")
    with rack.fleet() as fleet:
        fleet.execute({"pe1": "true"})
        command = f"echo run >>{tmp_path}/runs; sleep 1000"
        starting = fleet.open_program("pe1", f"until [ -e {tmp_path}/runs ]; do sleep 0.01; done; echo seen")
        assert isinstance(starting, Program)

        def restart() -> None:
            starting.read_line(60)
            node.hang_up()

        threading.Thread(target=restart).start()
        (answer,) = fleet.execute({"pe1": command}).values()
    assert isinstance(answer, Unreachable)
    assert "the connection was lost under" in answer.why
    assert (tmp_path / "runs").read_text() == "run\n"


def test_talking_to_a_program(rack: Rack) -> None:
    rack.node("ce1")
    with rack.fleet() as fleet:
        program = fleet.open_program("ce1", "while read -r word; do echo got $word; done; echo end; exit 4")
        assert isinstance(program, Program)
        with program:
            for word in ("one", "two"):
                program.write_line(word)
                assert program.read_line(10) == f"got {word}"
            with pytest.raises(TimeoutError, match=r"wrote nothing for 0\.05 s"):
                program.read_line(0.05)
            program.write_line("three")
            assert program.read_line(10) == "got three"


def test_a_program_that_fails_says_why(rack: Rack) -> None:
    rack.node("ce1")
    with rack.fleet() as fleet:
        program = fleet.open_program("ce1", "printf last; echo cannot bind >&2; exit 4")
        assert isinstance(program, Program)
        assert program.read_line(10) == "last"
        with pytest.raises(ProgramEnded, match=r"`printf last; .* has ended \(cannot bind\)"):
            program.read_line(10)


def test_a_program_on_a_node_that_is_not_there(rack: Rack) -> None:
    with rack.fleet("ce9") as fleet:
        assert fleet.open_program("ce9", "cat") == Unreachable("ce9", "Connection refused")


def test_interrupting_closes_all(rack: Rack) -> None:
    def interrupt(node: str, what: str) -> None:
        if (node, what) == ("pe1", "asking"):
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    node = rack.node("pe1")
    rack.node("p1")
    fleet = rack.fleet(patience=1000, progress=interrupt)
    with pytest.raises(KeyboardInterrupt):
        fleet.collect({"pe1": ["show hang"], "p1": ["show hang"]})
    assert node.dialled == 1


def test_an_interrupt_while_threads_are_started_waits_for_none(
    rack: Rack, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = ThreadPoolExecutor.submit
    asking = threading.Event()

    def interrupted(pool: ThreadPoolExecutor, work: Callable[..., object], host: Host) -> Future[object]:
        if host.name == "p1":
            assert asking.wait(60)
            raise KeyboardInterrupt
        return submit(pool, work, host)

    rack.node("pe1")
    rack.node("p1")
    fleet = rack.fleet(patience=1000, progress=lambda _, what: asking.set() if what == "asking" else None)
    monkeypatch.setattr(ThreadPoolExecutor, "submit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fleet.collect({"pe1": ["show hang"], "p1": ["show hang"]})


def test_progress_says_what_is_waited_for(rack: Rack) -> None:
    shown: list[tuple[str, str]] = []
    rack.node("pe1").answer("show version", "x\n")
    with rack.fleet(progress=lambda node, what: shown.append((node, what))) as fleet:
        fleet.collect({"pe1": ["show version"]})
        fleet.collect({"pe1": ["show version"]})
    assert shown == [("pe1", "connecting"), ("pe1", "asking"), ("pe1", "asking")]


def test_a_node_of_another_lab_is_a_mistake_of_the_caller(rack: Rack) -> None:
    with rack.fleet() as fleet, pytest.raises(KeyError):
        fleet.collect({"pe7": ["show version"]})


def test_nothing_is_written_where_one_stands(
    rack: Rack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    rack.node("pe1")
    with rack.fleet("pe9") as fleet:
        fleet.execute({"pe1": "true", "pe9": "true"})
    assert list(here.iterdir()) == []
