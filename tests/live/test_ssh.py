"""Host `ssh://`: another machine (a guest plays it), reached by OpenSSH with the user's own configuration."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts import guest_docker
from orchestrator.hosts.guest import Guest
from orchestrator.hosts.guest_boot import GUEST
from orchestrator.hosts.programs import find
from orchestrator.settings import Places
from tests.live.here import RECIPE, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = pytest.mark.live

ROOT = Path(__file__).parents[2]
# How the user's ssh gets there: from inside the network namespace that the machine hangs on.
DIAL = """
import sys
from ipaddress import IPv4Address
from orchestrator.commands.proxy import relay
from orchestrator.hosts.guest import Guest
from orchestrator.settings import Settings
relay(Guest.attach(Settings.here().places).dial(IPv4Address(sys.argv[1]), 22))
"""


@pytest.fixture(
    scope="module",
    params=[
        "netns",
        pytest.param(
            "containerlab",
            marks=[
                pytest.mark.slow,  # each half of it has its own test: ssh with netns, containerlab elsewhere
                pytest.mark.skipif(
                    not (os.environ.get("CI") or find("go") or find("containerlab")),
                    reason="this machine has neither containerlab nor the Go to build it with",
                ),
            ],
        ),
    ],
)
def runtime(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def remote(runtime: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """A machine called `bigmachine` in the user's ssh configuration; the environment of the user."""
    folder = tmp_path_factory.mktemp("remote")
    places = Places(cache=SETTINGS.places.cache, state=folder / "theirs" / "l3vpn")
    machine = (
        Guest.start(lambda _: None, places, RECIPE)
        if runtime == "netns"
        else guest_docker.start(lambda _: None, replace(SETTINGS, places=places), RECIPE)
    )
    try:
        dial = f"{sys.executable} -c {shlex.quote(DIAL)} {GUEST.ip}"
        script = folder / "dial"
        script.write_text(f"#!/bin/sh\nXDG_STATE_HOME={folder / 'theirs'} exec {dial}\n")
        script.chmod(0o755)
        config = folder / "ssh_config"
        config.write_text(
            "Host bigmachine\n"
            "    User root\n"
            f"    HostKeyAlias {GUEST.ip}\n"
            f"    IdentityFile {machine.keys.login.private}\n"
            f"    UserKnownHostsFile {machine.keys.known_hosts}\n"
            f"    ProxyCommand {script}\n"
        )
        yield os.environ | {
            "XDG_STATE_HOME": str(folder / "ours"),
            "L3VPN_SSH_OPTIONS": f"-F {config}",
        }
    finally:
        machine.close()
        Guest.stop(lambda _: None, places)


def l3vpn(environ: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "orchestrator", *arguments],
        env=environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )


def test_a_lab_on_another_machine(remote: Mapping[str, str], runtime: str) -> None:
    up = l3vpn(remote, "up", "two-vpns", "--host", "ssh://bigmachine", "--runtime", runtime)
    assert up.returncode == 0, up.stdout + up.stderr
    assert ("copying the node tree to ssh://bigmachine" in up.stdout) == (runtime == "netns")
    assert "all 405 checks hold" in up.stdout

    kernel = l3vpn(remote, "exec", "two-vpns", "pe1", "--", "ip", "-M", "route")
    assert "dev red proto bgp" in kernel.stdout, kernel.stderr

    broken = l3vpn(remote, "exec", "two-vpns", "p1", "--", "sysctl", "-w", "net.mpls.conf.eth1.input=0")
    assert broken.returncode == 0, broken.stderr
    verified = l3vpn(remote, "verify", "two-vpns", "--timeout", "3")
    assert verified.returncode == 1
    assert "kernel.mpls-input.p1" in verified.stdout
    pushed = l3vpn(remote, "push", "two-vpns")
    assert pushed.stdout.endswith("changed p1\n"), pushed.stdout + pushed.stderr
    assert l3vpn(remote, "verify", "two-vpns").returncode == 0

    down = l3vpn(remote, "down", "two-vpns")
    assert (down.returncode, down.stdout) == (0, "two-vpns is down\n"), down.stderr


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("ssh://nowhere.invalid", "ssh://nowhere.invalid: "),
        ("ssh://", "'ssh://' is not ssh://user@machine or ssh://user@machine:port"),
        ("ssh://-oProxyCommand=x", "is not ssh://user@machine"),
    ],
)
def test_a_machine_that_is_not_there_is_one_line(remote: Mapping[str, str], host: str, said: str) -> None:
    up = l3vpn(remote, "up", "two-vpns", "--host", host)
    assert up.returncode in {2, 3}
    assert said in up.stderr
    assert up.stderr.count("\n") == 1
    assert "Traceback" not in up.stderr
    assert l3vpn(remote, "status").stdout == "no lab is up\n"
