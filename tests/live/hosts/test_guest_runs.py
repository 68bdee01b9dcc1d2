from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts.base import CommandFailed, PortUnreachable, RunTimeout
from orchestrator.hosts.guest_boot import GUEST

if TYPE_CHECKING:
    from orchestrator.hosts.guest import Guest

pytestmark = pytest.mark.live


def test_it_is_a_kernel_of_its_own_with_mpls_and_vrf(steady_guest: Guest) -> None:
    done = steady_guest.run(
        "uname -n; ls -d /proc/sys/net/mpls; ip link add blue type vrf table 10", timeout=10
    )
    assert done.expect_ok("make a VRF").text.splitlines() == ["guest", "/proc/sys/net/mpls"]


def test_run_gives_status_and_both_outputs_apart(steady_guest: Guest) -> None:
    done = steady_guest.run("echo out; echo err >&2; exit 7", timeout=10)
    assert (done.status, done.stdout, done.stderr) == (7, b"out\n", b"err\n")


def test_run_says_the_signal(steady_guest: Guest) -> None:
    assert steady_guest.run("sh -c 'kill -KILL $$'", timeout=10).status == 128 + 9


def test_run_starts_in_the_root_folder(steady_guest: Guest) -> None:
    assert steady_guest.run("pwd", timeout=10).text == "/\n"


def test_run_passes_standard_input_whole_and_binary(steady_guest: Guest) -> None:
    payload = bytes(range(256)) * 8192
    assert steady_guest.run("cat", stdin=payload, timeout=20).stdout == payload


def test_run_need_not_read_its_input(steady_guest: Guest) -> None:
    assert steady_guest.run("exit 3", stdin=b"x" * 1_000_000, timeout=20).status == 3


def test_run_ends_when_its_time_is_over(steady_guest: Guest) -> None:
    with pytest.raises(RunTimeout, match=r"^still running after 0\.2 s: sleep 1000$"):
        steady_guest.run("sleep 1000", timeout=0.2)
    assert steady_guest.run("true", timeout=10).ok


def test_a_failure_is_reported_by_its_last_line(steady_guest: Guest) -> None:
    done = steady_guest.run("ip link set nosuch up", timeout=10)
    with pytest.raises(CommandFailed, match=r'^could not raise it: Cannot find device "nosuch"$'):
        done.expect_ok("raise it")


def test_commands_run_side_by_side(steady_guest: Guest) -> None:
    with ThreadPoolExecutor(24) as pool:
        numbers = list(pool.map(lambda n: steady_guest.run(f"echo {n}", timeout=30).text, range(48)))
    assert numbers == [f"{n}\n" for n in range(48)]


def test_many_threads_dial_at_once(steady_guest: Guest) -> None:
    def banner(_: int) -> bytes:
        with steady_guest.dial(GUEST.ip, 22, timeout=20) as link:
            return link.recv(8)

    with ThreadPoolExecutor(32) as pool:
        assert set(pool.map(banner, range(64))) == {b"SSH-2.0-"}


def test_dialling_reaches_addresses_behind_the_guest_and_has_a_way_back(steady_guest: Guest) -> None:
    steady_guest.run(
        "ip link add lab0 type dummy; ip link set lab0 up; ip addr add 198.18.7.1/24 dev lab0", timeout=10
    )
    with steady_guest.dial(IPv4Address("198.18.7.1"), 22) as link:
        assert link.recv(8) == b"SSH-2.0-"
        assert link.getsockname()[0] == str(steady_guest.orchestrator_address)


@pytest.mark.parametrize(
    ("address", "port", "reason"),
    [("198.19.255.2", 1, "connection refused"), ("203.0.113.1", 22, "network is unreachable")],
)
def test_what_does_not_answer_is_reported_with_its_reason(
    steady_guest: Guest, address: str, port: int, reason: str
) -> None:
    with pytest.raises(PortUnreachable, match=f"^{address} port {port}: {reason}$"):
        steady_guest.dial(IPv4Address(address), port)


def test_a_terminal_session_gets_in_with_our_keys_only(steady_guest: Guest, tmp_path: Path) -> None:
    keys = steady_guest.keys
    argv = steady_guest.login_argv(
        GUEST.ip, "root", key=keys.login.private, known_hosts=keys.known_hosts, command="echo hello"
    )
    inside = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (inside.returncode, inside.stdout) == (0, "hello\n")

    stranger = tmp_path / "known_hosts"
    stranger.write_text("")
    argv = steady_guest.login_argv(
        GUEST.ip, "root", key=keys.login.private, known_hosts=stranger, command="echo no"
    )
    refused = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert refused.returncode == 255
    assert "Host key verification failed" in refused.stderr


def test_the_login_vtysh_has_vtysh_for_a_shell(steady_guest: Guest) -> None:
    keys = steady_guest.keys
    argv = steady_guest.login_argv(
        GUEST.ip, "vtysh", key=keys.login.private, known_hosts=keys.known_hosts, command="show version"
    )
    said = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    # No daemon runs in the guest itself, and vtysh says so.
    assert "failed to connect to any daemons" in said.stdout + said.stderr


def test_the_sshd_takes_no_password(steady_guest: Guest) -> None:
    settings = steady_guest.run("/usr/sbin/sshd -T", timeout=10).text.splitlines()
    assert {"passwordauthentication no", "kbdinteractiveauthentication no", "usepam no"} <= set(settings)
    shadow = steady_guest.run("cut -d: -f1,2 /etc/shadow", timeout=10).text.split()
    assert all(line.split(":")[1] in {"*", "!", "!*", "!!"} for line in shadow), shadow


def test_what_the_guest_writes_stays_in_its_memory(steady_guest: Guest) -> None:
    steady_guest.run("echo x >/etc/written-by-a-test && rm /etc/hostname", timeout=10).expect_ok("write")
    assert not (steady_guest.tree / "etc/written-by-a-test").exists()
    assert (steady_guest.tree / "etc/hostname").exists()


def test_the_machine_sees_nothing_of_it_on_its_network(steady_guest: Guest) -> None:
    assert steady_guest.run("true", timeout=10).ok
    seen = "".join(Path("/proc/net", name).read_text() for name in ("dev", "fib_trie"))
    assert "tp0" not in seen
    assert "198.19.255" not in seen
