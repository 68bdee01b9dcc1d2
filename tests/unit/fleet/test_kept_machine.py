"""Commands on the guest, over a connection that outlives this command and over one of its own."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, TypeAlias

import pytest
from paramiko import Ed25519Key

from orchestrator.fleet.kept import Kept
from orchestrator.fleet.kept_machine import KeptMachine
from orchestrator.hosts.base import Completed, RunTimeout
from orchestrator.hosts.keys import Keys
from orchestrator.hosts.remote import ConnectionLost, directly
from orchestrator.settings import Places
from tests.unit.fleet.conftest import Rack, serve
from tests.unit.fleet.fake_node import FakeNode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from orchestrator.hosts.remote import Connection

    Join: TypeAlias = Callable[[str], Connection]


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys.load_or_create(Places(cache=tmp_path, state=tmp_path / "state"))


@pytest.fixture
def rack(tmp_path: Path, keys: Keys) -> Iterator[Rack]:
    kept = Kept(tmp_path / "kept", serve)
    kept.start()
    rack = Rack(tmp_path, kept)
    shown = Ed25519Key.from_private_key_file(str(keys.host.private))
    login = Ed25519Key.from_private_key_file(str(keys.login.private))
    rack.nodes["guest"] = FakeNode(tmp_path / "guest", shown, login)
    yield rack
    rack.close()


@pytest.fixture
def guest(rack: Rack) -> FakeNode:
    return rack.nodes["guest"]


@pytest.fixture(params=["kept", "own", "no keeper"])
def join(request: pytest.FixtureRequest, rack: Rack, keys: Keys) -> Join:
    """How another command of ours joins it."""
    assert rack.kept is not None
    if request.param == "no keeper":
        rack.kept.end()

    def joined(who: str) -> Connection:
        assert rack.kept is not None
        address = rack.address("guest")
        if request.param == "own":
            return directly(who, address, rack.dial, keys)
        return KeptMachine(rack.kept, who, address, rack.dial, keys)

    return joined


def test_a_command_gives_what_it_said_byte_for_byte(join: Join) -> None:
    done = join("guest").run("cat; pwd; printf 'no\\377' >&2; exit 3", stdin=b"a\n\xff", timeout=20)
    assert done == Completed(3, b"a\n\xff/\n", b"no\xff")


def test_a_signal_that_ends_it_is_told(join: Join) -> None:
    assert join("guest").run("sh -c 'kill -9 $$'", stdin=b"", timeout=20).status == 128 + 9


def test_it_may_print_much_and_read_little(join: Join) -> None:
    done = join("guest").run("head -c 3000000 /dev/zero", stdin=bytes(3_000_000), timeout=60)
    assert done == Completed(0, bytes(3_000_000), b"")


def test_what_does_not_end_in_time_is_cut_off_though_it_speaks(join: Join) -> None:
    with pytest.raises(RunTimeout, match="while"):
        join("guest").run("while :; do echo; sleep 0.1; done", stdin=b"", timeout=1)


def test_many_run_side_by_side(join: Join) -> None:
    machine = join("guest")
    said: list[bytes] = []

    def one(number: int) -> None:
        said.append(machine.run(f"echo {number}", stdin=b"", timeout=20).stdout)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(int, said)) == list(range(12))


def test_who_waits_for_a_command_is_woken_by_close(join: Join, guest: FakeNode) -> None:
    machine = join("guest")

    def hang_up() -> None:
        while not (guest.home / "begun").exists():
            time.sleep(0.01)
        machine.close()

    closing = threading.Thread(target=hang_up)
    closing.start()
    with pytest.raises(ConnectionLost):
        machine.run(f"touch {guest.home}/begun; sleep 60", stdin=b"", timeout=60)
    closing.join()


def test_another_host_key_is_refused(join: Join, guest: FakeNode, tmp_path: Path) -> None:
    guest.host_key = Ed25519Key.from_private_key_file(
        str(Keys.load_or_create(Places(cache=tmp_path, state=tmp_path / "other")).host.private)
    )
    with pytest.raises(ConnectionLost, match="host key"):
        join("guest").run("true", stdin=b"", timeout=20)


def test_a_connection_is_used_again_as_long_as_it_is_the_same_guest(rack: Rack, keys: Keys) -> None:
    assert rack.kept is not None
    for who in ("one", "one", "one", "another", "another"):
        machine = KeptMachine(rack.kept, who, rack.address("guest"), rack.dial, keys)
        assert machine.run("echo hi", stdin=b"", timeout=20).stdout == b"hi\n"
    assert rack.nodes["guest"].dialled == 2


def test_a_lost_connection_is_made_again_and_a_lost_keeper_done_without(rack: Rack, keys: Keys) -> None:
    assert rack.kept is not None
    machine = KeptMachine(rack.kept, "guest", rack.address("guest"), rack.dial, keys)
    for number, lose in enumerate((lambda: None, rack.nodes["guest"].hang_up, rack.kept.end), 1):
        lose()
        assert machine.run("echo hi", stdin=b"", timeout=20).stdout == b"hi\n"
        assert rack.nodes["guest"].dialled == number
