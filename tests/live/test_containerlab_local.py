"""containerlab on host `local`, as on a server: the project itself runs inside a guest with Docker."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts import guest_docker
from orchestrator.hosts.guest import Guest
from orchestrator.hosts.programs import find
from orchestrator.settings import Places
from tests.live.here import RECIPE, SETTINGS
from tests.live.test_local import install, l3vpn

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(
        not (os.environ.get("CI") or find("go") or find("containerlab")),
        reason="this machine has neither containerlab nor the Go to build it with",
    ),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guest]:
    """A machine with MPLS, VRFs, Docker, containerlab, root and the project."""
    folder = tmp_path_factory.mktemp("server")
    places = Places(cache=SETTINGS.places.cache, state=folder / "state")
    guest = guest_docker.start(lambda _: None, replace(SETTINGS, places=places), RECIPE)
    try:
        install(guest, folder / "packages")
        yield guest
    finally:
        guest.close()
        Guest.stop(lambda _: None, places)


def test_a_lab_comes_up_on_this_machines_docker_and_goes_without_a_trace(server: Guest) -> None:
    look = (
        "docker ps -aq; docker network ls -q; ip -br link; ip rule; cat /etc/hosts; "
        "ls /etc/ssh/ssh_config.d /var/lib/l3vpn/containerlab"
    )
    server.run("mkdir -p /var/lib/l3vpn/containerlab", timeout=10)
    before = server.run(look, timeout=20).text

    up = l3vpn(server, "up", "two-vpns", "--runtime", "containerlab")
    assert up.status == 0, up.text + up.stderr.decode()
    assert "two-vpns: host local, runtime containerlab" in up.text
    assert "all 405 checks hold" in up.text
    assert l3vpn(server, "push", "two-vpns").text.strip() == "no difference"

    listed = json.loads(server.run("containerlab inspect --all -f json", timeout=20).text)
    assert {one["state"] for one in listed["two-vpns"]} == {"running"}

    down = l3vpn(server, "down", "two-vpns")
    assert down.status == 0, down.stderr
    assert server.run(look, timeout=20).text == before
