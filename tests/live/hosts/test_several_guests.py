"""A lab that is spread over two kernels of the guest: as in one, whatever happens to a link between them."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts.guest import Guest
from orchestrator.hosts.process import ProcessId
from tests.live.conftest import LiveLab, put_out
from tests.live.small_lab import SmallLab
from tests.live.terminal import Terminal, proven

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.live

CROSSING = "p1:eth2--p2:eth1"  # the one link between the halves
FULL_SIZE = 9500 - 28  # octets of data in an ICMP message


@pytest.fixture(scope="module")
def spread(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLab]:
    """`two-vpns` in two kernels; taken down at the end, and nothing is left."""
    terminal = Terminal(tmp_path_factory.mktemp("state"), guests="2")
    try:
        assert proven(terminal.l3vpn("up", "two-vpns"))
        yield LiveLab(terminal, "two-vpns")
        down = terminal.l3vpn("down", "two-vpns")
        assert (down.returncode, terminal.left_over()) == (0, []), down.stdout + down.stderr
    finally:
        put_out(terminal)


def flags(lab: LiveLab, node: str, interface: str) -> str:
    """Of a port, as `ip` shows them."""
    return lab.run(node, f"ip -br link show dev {interface}").stdout.rpartition("<")[2]


def failing(lab: LiveLab, timeout: float = 0) -> list[str]:
    """The checks that fail, in the order in which they are printed."""
    report = lab.terminal.verify(lab.name, timeout=timeout)
    return [one["id"] for one in report["checks"] if one["verdict"] == "FAIL"]


def in_kernels(lab: LiveLab, *commands: str) -> list[str]:
    """What root of each kernel gets to see."""
    guest = Guest.attach(lab.terminal.places)
    try:
        pairs = zip(guest.kernels, commands, strict=True)
        return [kernel.run(command, timeout=20).expect_ok(command).text for kernel, command in pairs]
    finally:
        guest.close()


def test_both_kernels_have_half_of_it_and_the_largest_packets_cross(spread: LiveLab) -> None:
    assert in_kernels(spread, *["ls /run/netns"] * 2) == [
        "".join(f"two-vpns.{name}\n" for name in half)
        for half in (("blue1", "p1", "pe1", "red1"), ("blue2", "p2", "pe2", "red2"))
    ]
    for size, answers in ((1472, 2), (FULL_SIZE, 2), (FULL_SIZE + 1, 0)):
        done = spread.run("p1", f"ping -M do -c 2 -i 0.2 -W 2 -s {size} 10.0.0.3")
        assert f", {answers} received" in done.stdout, done.stdout + done.stderr


def test_kernels_reach_one_another_and_not_the_nodes_in_there(spread: LiveLab) -> None:
    """Not even where root of a kernel, which root of a node may come to be, makes a route."""
    shown = json.loads(spread.l3vpn("status", "--format", "json").stdout)
    assert shown["guests"] == 2
    (pe2,) = [node["address"] for node in shown["nodes"] if node["name"] == "pe2"]
    tries = [
        f"ping -c 1 -W {wait} {one} >/dev/null; echo $?" for one, wait in (("198.19.255.6", 9), (pe2, 2))
    ]
    command = f"ip route add {pe2} via 198.19.255.1; {'; '.join(tries)}; ip route del {pe2}"
    assert in_kernels(spread, command, "true")[0] == "0\n1\n"


def test_a_port_that_is_shut_takes_the_carrier_from_the_other_kernel(spread: LiveLab) -> None:
    spread.run("p1", "ip link set dev eth2 down")
    try:
        assert "NO-CARRIER" in flags(spread, "p2", "eth1")
        assert failing(spread) == [f"link.up.{CROSSING}"]
    finally:
        spread.run("p1", "ip link set dev eth2 up")
    assert "LOWER_UP" in flags(spread, "p2", "eth1")


def test_a_tunnel_that_carries_nothing_is_found_at_the_link_that_it_is(spread: LiveLab) -> None:
    """Both ports keep their carrier, as those of a silent link do."""
    in_kernels(spread, "ip link set l3x1 down", "true")
    try:
        assert "LOWER_UP" in flags(spread, "p1", "eth2")
        assert failing(spread) == ["link.labelled.p1.eth2", "link.labelled.p2.eth1"]
    finally:
        in_kernels(spread, "ip link set l3x1 up", "true")


def test_a_node_that_is_lost_is_lost_to_the_other_kernel(spread: LiveLab) -> None:
    assert spread.l3vpn("fail", "p2").returncode == 0
    assert "NO-CARRIER" in flags(spread, "p1", "eth2")
    assert "as failed" in spread.l3vpn("verify").stdout
    assert spread.l3vpn("restore").returncode == 0
    assert proven(spread.l3vpn("verify"))


def test_a_node_that_died_is_made_anew_with_its_wire(spread: LiveLab) -> None:
    kill = "read -r pid _ </run/l3vpn/two-vpns/nodes/p1/pid; kill -9 $pid"
    in_kernels(spread, kill, "true")
    assert spread.terminal.status("two-vpns")["p1"] == "stopped"
    assert proven(spread.l3vpn("up"))


def test_one_kernel_that_dies_is_the_end_of_the_guest(terminal: Terminal, tmp_path: Path) -> None:
    folder = SmallLab("small").write(tmp_path / "lab")
    assert terminal.l3vpn("up", "--bare", folder, "--guests", "2").returncode == 0
    refused = terminal.l3vpn("up", "--bare", folder, "--guests", "1")
    line = (
        "l3vpn: lab 'small' is up in 2 of the guest's kernels, not 1: take it down first (l3vpn down small)"
    )
    assert (refused.returncode, refused.stderr.splitlines()) == (2, [line])
    (first,) = ProcessId.of(terminal.guest_pid()).children()
    together = first.children()[1]
    (kernel,) = together.children()
    for process in (*first.children(), *together.children()):
        said = Path(f"/proc/{process.pid}/status").read_text()
        assert "CapBnd:\t0000000000000000\n" in said
        assert "NoNewPrivs:\t1\n" in said
    assert all("Seccomp:\t2\n" in Path(f"/proc/{one.pid}/status").read_text() for one in (together, kernel))
    guest = Guest.attach(terminal.places)
    process = guest.process
    os.kill(kernel.pid, signal.SIGKILL)
    assert process.ended_within(10)
    guest.close()
    died = ["l3vpn: the guest's process has died; `l3vpn up LAB` starts it again"]
    assert terminal.l3vpn("verify", folder).stderr.splitlines() == died
    assert terminal.l3vpn("down", folder).returncode == 0
    assert terminal.left_over() == []
