from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts import programs
from orchestrator.hosts.base import CannotRunHere

if TYPE_CHECKING:
    from pathlib import Path

INSTALL = "install --yes --no-install-recommends mmdebstrap\n"


class FakeApt:
    """An apt-get that notes what it is asked, and installs once it has been updated if need be."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.log = folder / "log"

    def install(self, *, after_update: bool = False, ever: bool = True) -> None:
        condition = "[ -e updated ]" if after_update else str(ever).lower()
        script = self._folder / "apt-get"
        script.write_text(
            f'#!/bin/sh\ncd {self._folder}\necho "$*" >>log\n'
            f"[ $1 = update ] && {{ : >updated; exit 0; }}\n"
            f"{condition} && exit 0\necho 'E: Unable to locate package mmdebstrap' >&2; exit 100\n"
        )
        script.chmod(0o755)


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeApt:
    """A machine without mmdebstrap, whose root we are."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "is_root", lambda: True)
    monkeypatch.setattr(programs, "KEYRING", tmp_path)
    return FakeApt(tmp_path)


def test_root_gets_what_is_missing_installed_and_is_reported(apt: FakeApt) -> None:
    apt.install()
    shown: list[str] = []
    programs.install_missing(shown.append)
    assert shown == ["installing mmdebstrap on this machine with apt-get"]
    assert apt.log.read_text() == INSTALL


def test_old_package_lists_are_updated_first(apt: FakeApt) -> None:
    apt.install(after_update=True)
    programs.install_missing(lambda _: None)
    assert apt.log.read_text() == f"{INSTALL}update\n{INSTALL}"


def test_what_apt_says_is_passed_on(apt: FakeApt) -> None:
    apt.install(ever=False)
    with pytest.raises(CannotRunHere) as refusal:
        programs.install_missing(lambda _: None)
    assert str(refusal.value) == (
        "this machine lacks mmdebstrap, and apt-get could not install it: Unable to locate package mmdebstrap"
    )


def test_an_ordinary_user_is_reported_the_one_command(apt: FakeApt, monkeypatch: pytest.MonkeyPatch) -> None:
    apt.install()
    monkeypatch.setattr(programs, "is_root", lambda: False)
    with pytest.raises(CannotRunHere) as refusal:
        programs.install_missing(lambda _: None)
    assert str(refusal.value) == (
        "this machine lacks mmdebstrap, uidmap; "
        "run: sudo apt-get install --yes --no-install-recommends mmdebstrap uidmap"
    )
    assert not apt.log.exists()


@pytest.mark.usefixtures("apt")
def test_a_machine_without_apt_is_reported_so() -> None:
    with pytest.raises(CannotRunHere, match=r"^this machine lacks mmdebstrap, and has no apt-get "):
        programs.install_missing(lambda _: None)
