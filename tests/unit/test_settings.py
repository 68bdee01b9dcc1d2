from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.settings import Places, Settings, WrongSetting


def test_the_xdg_folders_are_used() -> None:
    places = Places.of({"HOME": "/home/ann", "XDG_CACHE_HOME": "/fast", "XDG_STATE_HOME": "/kept"})
    assert places == Places(cache=Path("/fast/l3vpn"), state=Path("/kept/l3vpn"))


def test_without_them_the_defaults_in_the_home_folder() -> None:
    places = Places.of({"HOME": "/home/ann", "XDG_CACHE_HOME": "", "XDG_STATE_HOME": "relative"})
    assert places == Places(cache=Path("/home/ann/.cache/l3vpn"), state=Path("/home/ann/.local/state/l3vpn"))


def test_every_variable_is_read_and_what_is_not_set_is_empty() -> None:
    home = {"HOME": "/home/ann"}
    assert Settings.of(home) == Settings(Places.of(home))
    names = ("HOST", "RUNTIME", "IMAGE", "SUITE", "KERNEL_SUITE", "MIRROR", "SSH_OPTIONS")
    read = Settings.of(home | {f"L3VPN_{name}": name.lower() for name in names})
    assert (read.host, read.runtime, read.image) == ("host", "runtime", "image")
    assert (read.suite, read.kernel_suite, read.mirror) == ("suite", "kernel_suite", "mirror")
    assert read.ssh_options == ("ssh_options",)
    assert Settings.of(home | {"L3VPN_GUESTS": "2"}).guests == 2


@pytest.mark.parametrize("text", ["0", "two", "-1", "1.5"])
def test_a_number_of_guests_is_a_number(text: str) -> None:
    with pytest.raises(WrongSetting, match=rf"^L3VPN_GUESTS: '{text}' is no number of kernels, such as 2$"):
        Settings.of({"HOME": "/home/ann", "L3VPN_GUESTS": text})


def test_ssh_options_are_split_as_a_shell_does() -> None:
    read = Settings.of({"HOME": "/home/ann", "L3VPN_SSH_OPTIONS": "-F 'my file' -v"})
    assert read.ssh_options == ("-F", "my file", "-v")
    with pytest.raises(WrongSetting, match=r"^L3VPN_SSH_OPTIONS: No closing quotation$"):
        Settings.of({"HOME": "/home/ann", "L3VPN_SSH_OPTIONS": "'"})
