"""Fake nodes and a fleet of them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from paramiko import Ed25519Key

from orchestrator.fleet.fleet import Fleet
from orchestrator.fleet.keeper import Keeper
from orchestrator.fleet.kept import Kept
from orchestrator.verification.kit.answers import no_node_progress
from tests.unit.fleet.fake_node import FakeNode

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from orchestrator.verification.kit.answers import NodeProgress


@dataclass
class Rack:
    """Fake nodes, the files that let one in, and fleets to reach them with."""

    home: Path
    kept: Kept | None = None
    nodes: dict[str, FakeNode] = field(default_factory=dict)
    fleets: list[Fleet] = field(default_factory=list)

    def node(self, name: str) -> FakeNode:
        """A new node."""
        host_key = make_key(self.home / f"{name}.hostkey")
        node = FakeNode(self.home / name, host_key, Ed25519Key.from_private_key_file(str(self.key)))
        self.nodes[name] = node
        with self.known_hosts.open("a") as file:
            file.write(f"{self.address(name)} {host_key.get_name()} {host_key.get_base64()}\n")
        return node

    @property
    def key(self) -> Path:
        return self.home / "key"

    @property
    def known_hosts(self) -> Path:
        return self.home / "known_hosts"

    def address(self, name: str) -> IPv4Address:
        return IPv4Address("198.18.0.2") + list(self.nodes).index(name)

    def dial(self, address: IPv4Address, port: int) -> socket.socket:
        assert port == 22
        for name, node in self.nodes.items():
            if self.address(name) == address:
                return node.dial()
        raise ConnectionRefusedError("Connection refused")

    def fleet(
        self,
        *missing: str,
        patience: float = 60.0,
        at_work: Callable[[], bool] | None = None,
        progress: NodeProgress = no_node_progress,
    ) -> Fleet:
        """A fleet of all nodes, and of some that nobody made."""
        addresses = {name: self.address(name) for name in self.nodes}
        addresses |= {name: IPv4Address("198.18.0.200") for name in missing}
        fleet = Fleet(
            addresses,
            self.dial,
            key=self.key,
            known_hosts=self.known_hosts,
            patience=patience,
            at_work=at_work,
            progress=progress,
            kept=self.kept,
        )
        self.fleets.append(fleet)
        return fleet

    def close(self) -> None:
        for fleet in self.fleets:
            fleet.close()
        if self.kept is not None:
            self.kept.end()
        for node in self.nodes.values():
            node.hang_up()


def serve(listening: socket.socket) -> None:
    """A keeper in this process."""
    keeper = Keeper(listening.dup())
    threading.Thread(target=keeper.run, daemon=True).start()


def make_key(file: Path) -> Ed25519Key:
    """A fresh key pair; the private key in `file`."""
    private = Ed25519PrivateKey.generate()
    file.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    return Ed25519Key.from_private_key_file(str(file))


@pytest.fixture(params=["own", "kept"])
def rack(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Rack]:
    """Fleets with connections of their own, and with such as outlive them."""
    make_key(tmp_path / "key")
    rack = Rack(tmp_path, Kept(tmp_path / "kept", serve) if request.param == "kept" else None)
    yield rack
    rack.close()
