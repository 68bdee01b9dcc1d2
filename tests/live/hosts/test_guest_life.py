from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts.base import HostDied, HostSilent, NotRunning, RunTimeout
from orchestrator.hosts.guest import Condition, Guest
from orchestrator.hosts.guest_boot import GUEST
from orchestrator.hosts.guest_state import StateFile
from orchestrator.hosts.process import ProcessId
from tests.live.here import RECIPE
from tests.live.hosts.conftest import processes_naming, silent

if TYPE_CHECKING:
    from orchestrator.settings import Places

pytestmark = pytest.mark.live

_STARTER = """
import sys
from pathlib import Path
from orchestrator.hosts.guest import Guest
from orchestrator.hosts.recipe import Recipe
from orchestrator.settings import Places, Settings
Guest.start(
    lambda said: print(said, flush=True),
    Places(Path(sys.argv[1]), Path(sys.argv[2])),
    Recipe.load(Settings.here()),
)
"""


def machine_network() -> tuple[str, ...]:
    """Addresses, routes and interfaces of this machine, without their counters."""
    interfaces = [
        line.split(":")[0] for line in Path("/proc/net/dev").read_text().splitlines() if ":" in line
    ]
    return (*interfaces, Path("/proc/net/fib_trie").read_text(), Path("/proc/net/route").read_text())


def starter(places: Places) -> subprocess.Popen[str]:
    """Another process that starts the guest; it is booting once its first line can be read."""
    process = subprocess.Popen(
        [sys.executable, "-c", _STARTER, str(places.cache), str(places.state)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "booting the guest\n"
    return process


def test_a_guest_holds_nothing_that_its_starter_had_open(places: Places) -> None:
    """As the lock of a script that brings a lab up: `flock` on a descriptor of the shell."""
    reading, writing = os.pipe()
    arguments = [sys.executable, "-c", _STARTER, str(places.cache), str(places.state)]
    subprocess.run(arguments, pass_fds=[writing], check=True, stdout=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert select.select([pipe], [], [], 0)[0], "somebody still holds the other end"
        assert pipe.read() == b""


def test_the_machine_keeps_its_network_while_a_guest_comes_and_goes(places: Places) -> None:
    before = machine_network()
    guest = Guest.start(silent, places, RECIPE)
    assert guest.run("true", timeout=10).ok
    assert machine_network() == before
    guest.close()
    Guest.stop(silent, places)
    assert machine_network() == before


def test_starting_twice_at_once_gives_one_guest(places: Places) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: Guest.start(silent, places, RECIPE), range(2))
    first.run("touch /run/mark", timeout=10).expect_ok("leave a mark")
    assert second.run("ls /run/mark", timeout=10).ok
    first.close()
    second.close()


def test_another_process_joins_it_and_leaves_it_running(guest: Guest, places: Places) -> None:
    again = Guest.attach(places)
    assert again.run("true", timeout=10).ok
    again.close()
    assert guest.run("true", timeout=10).ok


def test_stopping_leaves_nothing(guest: Guest, places: Places) -> None:
    assert processes_naming(places.state) or Guest.status(places).pid
    assert Guest.stop(silent, places)
    assert Guest.status(places).condition is Condition.STOPPED
    assert processes_naming(places.state) == []
    assert not Guest.stop(silent, places)
    with pytest.raises(NotRunning, match=r"^the guest is not running; `l3vpn up LAB` starts it$"):
        Guest.attach(places)
    with pytest.raises(HostDied):
        guest.run("true", timeout=10)


def test_its_sudden_death_is_one_line_everywhere_and_start_recovers(guest: Guest, places: Places) -> None:
    pid = Guest.status(places).pid
    assert pid is not None
    inside = ProcessId.of(pid).children()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(guest.run, "echo begun; sleep 1000", timeout=60)
        assert guest.run("until pgrep -x sleep -n >/dev/null; do :; done", timeout=10).ok
        os.kill(pid, signal.SIGKILL)
        died = r"^the guest's process has died; `l3vpn up LAB` starts it again$"
        with pytest.raises(HostDied, match=died):
            waiting.result(timeout=10)
    with pytest.raises(HostDied, match=died):
        guest.run("true", timeout=10)
    with pytest.raises(HostDied, match=died):
        guest.dial(GUEST.ip, 22)
    with pytest.raises(HostDied, match=died):
        guest.login_argv(GUEST.ip, "root", key=Path("k"), known_hosts=Path("h"))
    with pytest.raises(HostDied, match=died):
        Guest.attach(places)
    assert Guest.status(places).condition is Condition.DIED
    assert inside
    assert all(process.ended_within(10) for process in inside)

    again = Guest.start(silent, places, RECIPE)
    assert again.run("true", timeout=10).ok
    again.close()


def test_a_kernel_panic_counts_as_death_and_its_last_words_are_kept(guest: Guest, places: Places) -> None:
    with pytest.raises(HostDied):
        guest.run("echo c >/proc/sysrq-trigger", timeout=30)
    status = Guest.status(places)
    assert status.condition is Condition.DIED
    assert status.last_words == "Kernel panic - not syncing: sysrq triggered crash"


def test_a_guest_that_is_asked_to_reboot_ends(guest: Guest, places: Places) -> None:
    with pytest.raises(HostDied):
        guest.run("echo b >/proc/sysrq-trigger; sleep 1000", timeout=30)
    status = Guest.status(places)
    assert status.console is not None
    assert "the guest was rebooted" in status.console.read_text()
    assert status.condition is Condition.DIED


def test_a_guest_that_does_not_answer_is_distinguished_from_one_that_works_and_can_be_ended(
    guest: Guest, places: Places
) -> None:
    with pytest.raises(RunTimeout):
        guest.run("sleep 1000", timeout=0.5)
    everything = processes_of(guest)
    for process in everything:
        os.kill(process.pid, signal.SIGSTOP)
    with pytest.raises(HostSilent, match=r"^the guest does not answer: `l3vpn down LAB` ends it$"):
        guest.run("true", timeout=1)
    assert Guest.status(places).condition is Condition.RUNNING
    assert Guest.stop(silent, places, at_once=True)
    assert Guest.status(places).condition is Condition.STOPPED
    assert all(process.ended_within(10) for process in everything)


def processes_of(guest: Guest) -> list[ProcessId]:
    """The guest's kernel, and what writes down what it prints."""
    first = guest.process.children()
    return [child for one in first for child in one.children()]


def test_ctrl_c_while_it_boots_leaves_nothing(places: Places) -> None:
    process = starter(places)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert Guest.status(places).condition is Condition.STOPPED
    assert processes_naming(places.state) == []


def test_a_starter_that_was_killed_while_it_boots_is_no_obstacle(places: Places) -> None:
    process = starter(places)
    process.kill()
    process.communicate(timeout=30)
    guest = Guest.start(silent, places, RECIPE)
    assert guest.run("true", timeout=10).ok
    guest.close()
    Guest.stop(silent, places)
    assert processes_naming(places.state) == []


def test_ctrl_c_in_the_terminal_does_not_reach_a_running_guest(places: Places) -> None:
    process = starter(places)
    process.communicate(timeout=60)
    pid = Guest.status(places).pid
    assert pid is not None
    assert os.getsid(pid) == pid


def test_state_from_before_a_reboot_or_of_a_reused_pid_is_not_taken_for_a_guest(places: Places) -> None:
    guest = Guest.start(silent, places, RECIPE)
    guest.close()
    file = StateFile(places.guest / "state.json")
    state = file.read()
    assert state is not None
    Guest.stop(silent, places)

    file.write(replace(state, process=replace(state.process, boot="another-boot")))
    with pytest.raises(NotRunning):
        Guest.attach(places)

    me = ProcessId.of(os.getpid())
    file.write(replace(state, process=replace(me, started=me.started - 1)))
    with pytest.raises(HostDied):
        Guest.attach(places)
