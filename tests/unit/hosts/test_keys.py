from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from stat import S_IMODE
from typing import TYPE_CHECKING

import paramiko
import pytest

from orchestrator.hosts.keys import Keys
from orchestrator.hosts.places import Places

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
