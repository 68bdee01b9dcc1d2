from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts.doctor import diagnose
from orchestrator.hosts.machine import Module, module, probe
from orchestrator.settings import Places, Settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "lib/modules/6.1.0"
    folder.mkdir(parents=True)
    (folder / "modules.dep").write_text(
        "kernel/net/mpls/mpls_router.ko.zst: kernel/net/ipv4/ip_tunnel.ko.zst\nkernel/drivers/net/vrf.ko:\n"
    )
    (folder / "modules.builtin").write_text("kernel/net/mpls/mpls-iptunnel.ko\n")
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/modules").write_text("veth 36864 0 - Live 0x0\n")
    (tmp_path / "sys/module/bridge").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("mpls_router", Module.AVAILABLE),
        ("vrf", Module.AVAILABLE),
        ("mpls_iptunnel", Module.AVAILABLE),
        ("veth", Module.LOADED),
        ("bridge", Module.LOADED),
        ("mpls", Module.ABSENT),
        ("ip_tunnel", Module.ABSENT),
    ],
)
def test_modules_are_loaded_available_or_absent(root: Path, name: str, state: Module) -> None:
    assert module(name, "6.1.0", root) is state


def test_another_kernels_modules_do_not_count(root: Path) -> None:
    assert module("vrf", "6.2.0", root) is Module.ABSENT


def test_this_machine_can_be_looked_at_without_being_changed(tmp_path: Path) -> None:
    machine = probe(Settings(Places(cache=tmp_path / "cache", state=tmp_path / "state")))
    assert not machine.tree_built
    assert diagnose(machine).rows
    assert list(tmp_path.iterdir()) == []
