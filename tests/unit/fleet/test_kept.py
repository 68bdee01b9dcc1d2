"""Connections that outlive a command: what is taken again, and what is not believed."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.fleet import kept
from orchestrator.fleet.keeper import Keeper
from orchestrator.fleet.kept import Kept, NoKeeper
from orchestrator.hosts.base import Completed
from orchestrator.verification.kit.answers import Transcript, Unreachable
from tests.unit.fleet.conftest import Rack, make_key, serve

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from tests.unit.fleet.fake_node import FakeNode


@pytest.fixture
def served(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "kept", serve)


@pytest.fixture
def rack(tmp_path: Path, served: Kept, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rack]:
    make_key(tmp_path / "key")
    monkeypatch.setattr(kept, "_SOCKETS", "cat sockets")
    monkeypatch.setattr(kept, "_PROOF", 1.0)
    rack = Rack(tmp_path, served)
    yield rack
    rack.close()


def a_node(rack: Rack) -> FakeNode:
    """With two daemons, which its vtysh knows."""
    node = rack.node("pe1")
    (node.home / "sockets").write_text("/run/frr/zebra.vty /run/frr/bgpd.vty\n")
    node.answer("show daemons", " zebra bgpd\n")
    return node


def asked(rack: Rack, *commands: str) -> list[Transcript | Unreachable]:
    """What another command of ours would be told."""
    with rack.fleet(patience=20.0) as fleet:
        answers = fleet.collect({"pe1": commands})
    return [answers["pe1", command] for command in commands]


def started(node: FakeNode) -> int:
    """How many vtysh there have been."""
    return len(node.command_lines.splitlines())


def test_a_command_takes_the_connection_and_the_shells_of_the_last_one(rack: Rack) -> None:
    node = a_node(rack)
    for said in ("1\n", "2\n", "3\n"):
        node.answer("show clock", said)
        assert asked(rack, "show clock", "echo $$ >>shells; echo hi") == [
            Transcript("pe1", "show clock", said, 0),
            Transcript("pe1", "echo $$ >>shells; echo hi", "hi\n", 0),
        ]
    assert (node.dialled, started(node)) == (1, 1)
    assert len(set((node.home / "shells").read_text().split())) <= 2  # one more looks what vtysh should know


def test_a_connection_that_its_node_does_not_answer_on_is_made_anew(rack: Rack) -> None:
    node = a_node(rack)
    asked(rack, "true")
    node.hang_up()
    assert asked(rack, "echo hi") == [Transcript("pe1", "echo hi", "hi\n", 0)]
    assert node.dialled == 2


def test_another_host_key_at_an_address_is_another_node(rack: Rack) -> None:
    node = a_node(rack)
    asked(rack, "true")
    other = make_key(rack.home / "other")
    rack.known_hosts.write_text(f"{rack.address('pe1')} {other.get_name()} {other.get_base64()}\n")
    (answer,) = asked(rack, "true")
    assert isinstance(answer, Unreachable)
    assert "shows another host key" in answer.why
    assert node.dialled == 2


@pytest.mark.parametrize(
    ("known", "there"),
    [(" zebra\n", "zebra bgpd"), (" zebra bgpd\n", "zebra bgpd ospfd"), (" zebra bgpd\n", "zebra")],
)
def test_a_vtysh_that_does_not_know_all_daemons_is_not_asked(rack: Rack, known: str, there: str) -> None:
    """vtysh never again looks for a daemon that was not there when it was started, and is silent about it."""
    node = a_node(rack)
    asked(rack, "show clock")
    node.answer("show daemons", known)
    (node.home / "sockets").write_text(" ".join(f"/run/frr/{one}.vty" for one in there.split()))
    node.answer("show clock", "now\n")
    assert asked(rack, "show clock") == [Transcript("pe1", "show clock", "now\n", 0)]
    assert (node.dialled, started(node)) == (1, 2)


def test_a_shell_that_hangs_is_not_waited_for(rack: Rack) -> None:
    node = a_node(rack)
    asked(rack, "echo $$ >shell")
    (shell,) = (node.home / "shell").read_text().split()
    os.kill(int(shell), signal.SIGSTOP)
    begun = time.monotonic()
    assert asked(rack, "echo hi") == [Transcript("pe1", "echo hi", "hi\n", 0)]
    assert time.monotonic() - begun < 15
    assert node.dialled == 1


def test_what_owes_an_answer_is_not_kept(rack: Rack) -> None:
    node = a_node(rack)
    node.answer("show clock", "now\n")
    with rack.fleet(patience=0.5) as fleet:
        silent = fleet.collect({"pe1": ["show hang"]})["pe1", "show hang"]
        assert isinstance(silent, Unreachable)
    before = started(node)
    assert asked(rack, "show clock") == [Transcript("pe1", "show clock", "now\n", 0)]
    assert started(node) == before + 1


def test_two_commands_at_once_share_the_connection_and_no_shell(rack: Rack) -> None:
    node = a_node(rack)
    node.answer("show clock", "now\n")
    with rack.fleet() as one, rack.fleet() as other:
        for fleet in (one, other):
            assert fleet.collect({"pe1": ["show clock"]})["pe1", "show clock"] == Transcript(
                "pe1", "show clock", "now\n", 0
            )
    assert (node.dialled, started(node)) == (1, 2)


def test_a_program_that_stops_writing_long_before_it_ends_has_a_status(rack: Rack) -> None:
    a_node(rack)
    with rack.fleet() as fleet:
        done = fleet.execute({"pe1": "exec >&- 2>&-; sleep 2; exit 3"})["pe1"]
    assert isinstance(done, Completed)
    assert done.status == 3


def test_the_longest_command_there_may_be(rack: Rack) -> None:
    a_node(rack)
    text = "\n" * 120_000
    with rack.fleet() as fleet:
        done = fleet.execute({"pe1": f"printf %s '{text}x'"})["pe1"]
    assert isinstance(done, Completed)
    assert done.text == f"{text}x"


def test_it_ends_when_nobody_has_come_for_a_while(tmp_path: Path) -> None:
    over = threading.Event()

    def briefly(listening: socket.socket) -> None:
        keeper = Keeper(listening.dup(), idle=0.2)

        def run() -> None:
            keeper.run()
            over.set()

        threading.Thread(target=run, daemon=True).start()

    served = Kept(tmp_path / "kept", briefly)
    served.start()
    assert over.wait(10)
    with pytest.raises(NoKeeper):
        served.ask({"do": "login"}, start=False)


def test_who_has_let_go_asks_nothing_more(rack: Rack) -> None:
    a_node(rack)
    with rack.fleet() as fleet:
        fleet.execute({"pe1": "true"})
    (answer,) = fleet.execute({"pe1": "true"}).values()
    assert answer == Unreachable("pe1", "the fleet has been closed")


def test_it_ends_when_told_to(tmp_path: Path) -> None:
    running: list[threading.Thread] = []

    def serve(listening: socket.socket) -> None:
        running.append(threading.Thread(target=Keeper(listening.dup()).run, daemon=True))
        running[0].start()

    served = Kept(tmp_path / "kept", serve)
    served.start()
    served.end()
    running[0].join(10)
    assert not running[0].is_alive()
    with pytest.raises(NoKeeper):
        served.ask({"do": "login"}, start=False)


def test_without_one_connections_are_ones_own(rack: Rack, tmp_path: Path) -> None:
    node = a_node(rack)
    rack.kept = Kept(tmp_path / "nowhere", lambda _: None)
    assert asked(rack, "echo hi") == [Transcript("pe1", "echo hi", "hi\n", 0)]
    assert node.dialled == 1


def test_its_folder_is_private_however_long_its_name_is(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 40) / "kept"
    served = Kept(folder, serve)
    served.start()
    assert folder.stat().st_mode & 0o077 == 0
    served.end()


def test_the_keeper_is_nobodys_child_and_ends_when_it_is_told_to(tmp_path: Path) -> None:
    """A program that uses the library would else have to wait for it."""
    there = Kept(tmp_path / "kept")
    there.start()
    children = [pid for one in Path("/proc/self/task").glob("*/children") for pid in one.read_text().split()]
    assert not [pid for pid in children if "fleet.keeper" in Path(f"/proc/{pid}/cmdline").read_text()]
    with there.ask({"do": "login"}, start=False) as connection:
        assert connection.recv(1) == b""  # it does not know whom to log in as, and lives on
    there.end()
    until = time.monotonic() + 10
    while time.monotonic() < until and _serves(there):
        pass
    assert not _serves(there)


def _serves(there: Kept) -> bool:
    try:
        there.ask({"do": "login"}, start=False).close()
    except NoKeeper:
        return False
    return True
