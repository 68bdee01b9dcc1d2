from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address
from stat import S_IMODE
from typing import TYPE_CHECKING

import paramiko
import pytest

from orchestrator.hosts.keys import Keys
from orchestrator.settings import Places

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(cache=tmp_path / "cache", state=tmp_path / "state")


def test_keys_are_made_once_and_for_their_owner_alone(places: Places) -> None:
    keys = Keys.load_or_create(places)
    assert Keys.load_or_create(places) == keys
    assert S_IMODE(places.keys.stat().st_mode) == 0o700
    assert S_IMODE(keys.login.private.stat().st_mode) == 0o600
    assert S_IMODE(keys.host.private.stat().st_mode) == 0o600


def test_each_private_key_fits_its_public_text(places: Places) -> None:
    keys = Keys.load_or_create(places)
    assert keys.login.public_text != keys.host.public_text
    for pair in (keys.login, keys.host):
        read = paramiko.Ed25519Key.from_private_key_file(str(pair.private))
        assert pair.public_text == f"ssh-ed25519 {read.get_base64()}"
        assert pair.public.read_text().startswith(pair.public_text)


def test_the_host_key_is_known_for_every_address(places: Places) -> None:
    keys = Keys.load_or_create(places)
    assert keys.known_hosts.read_text() == f"* {keys.host.public_text}\n"


def test_each_node_of_each_lab_has_a_key_of_its_own(places: Places) -> None:
    keys = Keys.load_or_create(places)
    named = [("a", "pe1"), ("a", "pe2"), ("b", "pe1")]
    public = [keys.public_of(lab, node) for lab, node in named]
    assert len({*public, keys.host.public_text, keys.login.public_text}) == 5
    # The same ones again, for a lab that another command brought up; others where others are at home.
    assert [Keys.load_or_create(places).public_of(lab, node) for lab, node in named] == public
    other = Keys.load_or_create(Places(cache=places.cache, state=places.state / "other"))
    assert other.public_of("a", "pe1") != public[0]
    assert S_IMODE(keys.secret.stat().st_mode) == 0o600


def test_a_nodes_private_key_fits_its_public_one(places: Places) -> None:
    keys = Keys.load_or_create(places)
    read = paramiko.Ed25519Key.from_private_key(io.StringIO(keys.private_of("a", "pe1")))
    assert keys.public_of("a", "pe1") == f"ssh-ed25519 {read.get_base64()}"


def test_a_labs_nodes_are_known_each_by_its_own_key(places: Places) -> None:
    keys = Keys.load_or_create(places)
    addresses = {"pe1": IPv4Address("198.18.1.10"), "pe2": IPv4Address("198.18.1.11")}
    lines = [f"{at} {keys.public_of('a', node)}" for node, at in addresses.items()]
    file = keys.known_nodes("a", addresses)
    seal, *known = file.read_text().splitlines()
    assert known == lines
    assert seal.startswith("# ")
    for damaged in ("", seal, f"{seal}\n{lines[0]}\n", f"{seal}\n{lines[0]}\n{lines[1]}x\n"):
        file.write_text(damaged)
        assert keys.known_nodes("a", addresses).read_text().splitlines() == [seal, *lines]
    swapped = {"pe2": addresses["pe1"], "pe1": addresses["pe2"]}
    assert keys.known_nodes("a", swapped).read_text().splitlines()[1:] == [
        f"{at} {keys.public_of('a', node)}" for node, at in swapped.items()
    ]


def test_many_at_once_make_one_pair(places: Places) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: Keys.load_or_create(places), range(16)))
    assert len({keys.login.public_text for keys in made}) == 1


def test_a_folder_that_was_opened_to_others_is_closed_again(places: Places) -> None:
    keys = Keys.load_or_create(places)
    keys.login.private.chmod(0o644)
    places.keys.chmod(0o755)
    Keys.load_or_create(places)
    assert S_IMODE(keys.login.private.stat().st_mode) == 0o600
    assert S_IMODE(places.keys.stat().st_mode) == 0o700


@pytest.mark.parametrize("damage", [b"", b"\xff\x00", b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz"])
@pytest.mark.parametrize("name", ["login", "login.pub", "host", "host.pub", "known_hosts", "nodes"])
def test_damaged_keys_are_made_anew(places: Places, name: str, damage: bytes) -> None:
    """As a full disk or a crash leaves them; before, a traceback or a guest that nobody could enter."""
    Keys.load_or_create(places)
    (places.keys / name).write_bytes(damage)
    keys = Keys.load_or_create(places)
    for pair in (keys.login, keys.host):
        read = paramiko.Ed25519Key.from_private_key_file(str(pair.private))
        assert pair.public_text == f"ssh-ed25519 {read.get_base64()}"
    assert keys.known_hosts.read_text() == f"* {keys.host.public_text}\n"
    assert keys.public_of("x", "pe1").startswith("ssh-ed25519 ")
    assert Keys.load_or_create(places) == keys
