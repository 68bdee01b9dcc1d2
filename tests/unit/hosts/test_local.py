from __future__ import annotations

import socket
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from orchestrator.hosts.base import PortUnreachable, RunTimeout
from orchestrator.hosts.local import LocalHost

HOST = LocalHost(Path("/tree"))


def test_run_gives_status_and_both_outputs_apart() -> None:
    done = HOST.run("pwd; cat; echo err >&2; exit 7", stdin=b"in", timeout=10)
    assert (done.status, done.stdout, done.stderr) == (7, b"/\nin", b"err\n")


def test_run_says_the_signal() -> None:
    assert HOST.run("kill -KILL $$", timeout=10).status == 128 + 9


def test_run_ends_when_its_time_is_over_with_all_it_started() -> None:
    with pytest.raises(RunTimeout, match=r"^still running after 0\.1 s: sleep 1000 & wait$"):
        HOST.run("sleep 1000 & wait", timeout=0.1)


def test_dial_gives_a_connected_socket_or_the_reason() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with HOST.dial(IPv4Address("127.0.0.1"), port) as link:
            assert link.gettimeout() is None
    with pytest.raises(PortUnreachable, match=rf"^127\.0\.0\.1 port {port}: connection refused$"):
        HOST.dial(IPv4Address("127.0.0.1"), port)


def test_a_terminal_session_uses_nothing_but_our_keys() -> None:
    argv = HOST.login_argv(
        IPv4Address("198.18.1.2"), "vtysh", key=Path("/k"), known_hosts=Path("/h"), command="show version"
    )
    assert argv[:5] == ["ssh", "-F", "none", "-i", "/k"]
    assert {"-oBatchMode=yes", "-oStrictHostKeyChecking=yes", "-oUserKnownHostsFile=/h"} <= set(argv)
    assert argv[-4:] == ["-t", "--", "vtysh@198.18.1.2", "show version"]
