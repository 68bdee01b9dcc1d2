from __future__ import annotations

import os
import re
import subprocess
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from orchestrator.hosts.base import CannotRunHere, HostDied, NotRunning
from orchestrator.hosts.guest import Condition, Guest
from orchestrator.hosts.guest_boot import (
    MOST_KERNELS,
    inside,
    last_words,
    megabytes_for,
    outside,
)
from orchestrator.hosts.guest_state import GuestState, StateFile
from orchestrator.hosts.members import LABS, share
from orchestrator.hosts.process import ProcessId
from orchestrator.hosts.recipe import Recipe
from orchestrator.settings import Places, Settings

ME = ProcessId.of(os.getpid())
GIGA = 1 << 30


def state(process: ProcessId, *, ready: bool = True) -> GuestState:
    return GuestState(process, Path("/tree"), Path("/console"), ready=ready)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "state/guest").mkdir(parents=True)
    return Places(cache=tmp_path / "cache", state=tmp_path / "state")


@pytest.fixture
def file(places: Places) -> StateFile:
    return StateFile(places.guest / "state.json")


def test_state_survives_its_file(file: StateFile) -> None:
    file.write(state(ME))
    assert file.read() == state(ME)


def test_a_file_of_an_older_version_is_a_guest_of_one_kernel() -> None:
    text = state(ME).dump().replace('"kernels"', '"unknown"')
    assert GuestState.parse(text) == state(ME)


def test_no_file_is_no_guest(file: StateFile, places: Places) -> None:
    assert file.read() is None
    assert Guest.status(places).condition is Condition.STOPPED


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "{}", '{"process": {"pid": "x"}}', "null", "[" * 100_000),
        '{"process": {"pid": 1e999, "started": 1, "boot": ""}}',
    ],
)
def test_a_damaged_file_is_no_guest(text: str) -> None:
    assert GuestState.parse(text) is None


def test_a_file_of_other_bytes_is_no_guest(file: StateFile, places: Places) -> None:
    (places.guest / "state.json").write_bytes(b"\xff\xfe\x00")
    assert file.read() is None


def test_state_from_before_a_reboot_is_no_guest(file: StateFile, places: Places) -> None:
    file.write(state(replace(ME, boot="another")))
    assert file.read() is None
    with pytest.raises(NotRunning):
        Guest.attach(places)


def test_a_pid_that_was_used_again_is_a_guest_that_died(file: StateFile, places: Places) -> None:
    file.write(state(replace(ME, started=ME.started - 1)))
    assert Guest.status(places).condition is Condition.DIED
    with pytest.raises(HostDied, match=r"^the guest's process has died; `l3vpn up LAB` starts it again$"):
        Guest.attach(places)


def test_a_guest_has_as_many_kernels_as_it_was_started_with(file: StateFile, places: Places) -> None:
    file.write(state(ME))
    said = "the guest runs with 1 kernel, not 2: take down the labs in it (l3vpn list), then try again"
    with pytest.raises(CannotRunHere, match=f"^{re.escape(said)}$"):
        Guest.start(lambda _: None, places, Recipe.load(Settings(places)), kernels=2)
    assert file.read() == state(ME)


def test_a_guest_that_boots_cannot_be_used_yet(file: StateFile, places: Places) -> None:
    file.write(state(ME, ready=False))
    assert Guest.status(places).condition is Condition.BOOTING
    with pytest.raises(NotRunning, match=r"^the guest is still booting$"):
        Guest.attach(places)


def test_a_zombie_is_not_alive() -> None:
    with subprocess.Popen(["true"]) as child:
        process = ProcessId.of(child.pid)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert not process.alive
        assert process.open() is None


def test_killing_waits_for_the_end_and_takes_no_other_process() -> None:
    with subprocess.Popen(["sleep", "1000"]) as child:
        process = ProcessId.of(child.pid)
        assert process in ME.children()
        replace(process, started=process.started - 1).kill()
        assert process.alive
        process.kill()
        assert not process.alive


@pytest.mark.parametrize(
    ("available", "megabytes"), [(GIGA, 768), (4 * GIGA, 2048), (64 * GIGA, 4096), (0, 768)]
)
def test_the_guest_gets_half_of_the_memory_within_reason(available: int, megabytes: int) -> None:
    assert megabytes_for(available) == megabytes
    assert megabytes_for(available, 2) == max(768, megabytes // 2 if megabytes < 4096 else megabytes)


@pytest.mark.parametrize("kernels", range(1, MOST_KERNELS + 1))
def test_each_kernel_has_addresses_that_no_other_has(kernels: int) -> None:
    networks = [
        network for one in range(kernels) for network in (inside(one).network, share(LABS, one, kernels))
    ]
    assert not any(one.overlaps(other) for one, other in combinations(networks, 2))
    assert all(outside(one).network == inside(one).network != outside(one).ip for one in range(kernels))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nKernel panic - not syncing: x\nStack:\nAborted\n", "Kernel panic - not syncing: x"),
        ("a\nb\n\n", "b"),
        ("", "nothing was printed"),
    ],
)
def test_the_last_words_are_the_panic_or_else_the_last_line(tmp_path: Path, text: str, shown: str) -> None:
    (tmp_path / "console").write_text(text)
    assert last_words(tmp_path / "console") == shown


def test_no_console_no_last_words(tmp_path: Path) -> None:
    assert last_words(tmp_path / "console") == "nothing was printed"
