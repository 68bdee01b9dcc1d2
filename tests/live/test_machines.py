"""A lab over two machines that are reached by ssh (two kernels of a guest play them), as on one machine."""

from __future__ import annotations

import json
import re
import shlex
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts import ssh
from orchestrator.hosts.guest import Guest
from orchestrator.settings import Places
from tests.live.conftest import LiveLab
from tests.live.here import RECIPE, SETTINGS
from tests.live.terminal import Terminal, proven

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.live.terminal import Completed

pytestmark = pytest.mark.live

HOST = "ssh://west,ssh://east"
CROSSING = "p1:eth2--p2:eth1"  # the one link between the halves
LEFT = (
    "ls /sys/class/net /run/netns; ls -A /run/l3vpn 2>/dev/null; ss -Hlntu; "
    "pgrep -lf 'carrier|sshd|zebra|unshare|agent.py' | wc -l"
)
FULL_SIZE = 9500 - 28  # octets of data in an ICMP message

# How the user's ssh gets there: from inside the network namespace that the machines hang on.
DIAL = """
import sys
from ipaddress import IPv4Address
from orchestrator.commands.proxy import relay
from orchestrator.hosts import ssh
from orchestrator.hosts.guest import Guest
from orchestrator.settings import Settings
relay(Guest.attach(Settings.here().places).dial(IPv4Address(sys.argv[1]), 22))
"""


@dataclass(frozen=True, slots=True)
class Machines:
    """Machines that the user's ssh configuration calls `west` and `east`."""

    guest: Guest
    folder: Path

    def run(self, command: str) -> list[str]:
        """What root of each gets to see."""
        return [one.run(command, timeout=20).expect_ok(command).text for one in self.guest.kernels]

    def on(self, name: str, command: str) -> str:
        """What root of one gets to see."""
        kernel = self.guest.kernels[("west", "east").index(name)]
        return kernel.run(command, timeout=20).expect_ok(command).text

    @contextmanager
    def tunnel(self, network: str) -> Iterator[None]:
        """A network of their own between them, of a smaller MTU, as a WireGuard of the user's would be."""
        ends = [str(kernel.address) for kernel in self.guest.kernels]
        for name, near, far, last in zip(("west", "east"), ends, reversed(ends), (1, 2), strict=True):
            address = f"{IPv4Network(network)[last]}/{IPv4Network(network).prefixlen}"
            self.on(
                name,
                f"ip link add own type vxlan id 77 local {near} remote {far} dstport 4789; "
                f"ip address add {address} dev own; ip link set own up",
            )
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("L3VPN_UNDERLAY", network)
            yield
        self.run("ip link del own")

    def cut_off(self, name: str, *, cut: bool = True) -> None:
        """Let nobody reach a machine, or everybody."""
        flag = self.folder / f"{name}.off"
        flag.touch() if cut else flag.unlink()


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    folder = tmp_path_factory.mktemp("machines")
    places = Places(cache=SETTINGS.places.cache, state=folder / "theirs" / "l3vpn")
    guest = Guest.start(lambda _: None, places, RECIPE, kernels=2)
    try:
        config = ""
        for name, kernel in zip(("west", "east"), guest.kernels, strict=True):
            dial = f"{sys.executable} -c {shlex.quote(DIAL)} {kernel.address}"
            script = folder / name
            script.write_text(
                f"#!/bin/sh\n[ ! -e {script}.off ] || exit 1\n"
                f"XDG_STATE_HOME={folder / 'theirs'} exec {dial}\n"
            )
            script.chmod(0o755)
            config += (
                f"Host {name}\n    User root\n    HostKeyAlias {kernel.address}\n"
                f"    IdentityFile {guest.keys.login.private}\n"
                f"    StrictHostKeyChecking no\n    UserKnownHostsFile {folder / 'known_hosts'}\n"
                f"    ProxyCommand {script}\n"
            )
            # They have the tree already: they run on it. Copying it is tested with one machine.
            tree = ssh.where(RECIPE)
            kernel.run(f"mkdir -p /run/netns {tree.parent} && ln -s / {tree}", timeout=20).expect_ok(
                "place the tree"
            )
        (folder / "ssh_config").write_text(config)
        yield Machines(guest, folder)
    finally:
        guest.close()
        Guest.stop(lambda _: None, places)


@pytest.fixture(scope="module")
def terminal(machines: Machines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """Where the user types, whose ssh knows the machines; whatever is up at the end is not ours."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("L3VPN_SSH_OPTIONS", f"-F {machines.folder / 'ssh_config'}")
        yield Terminal(tmp_path_factory.mktemp("ours"))


@pytest.fixture(scope="module")
def clean(machines: Machines) -> list[str]:
    """What is on the machines before there is a lab."""
    return machines.run(LEFT)


@pytest.fixture(scope="module")
def spread(clean: list[str], terminal: Terminal) -> LiveLab:
    """`two-vpns` on both."""
    assert all("l3v" not in one for one in clean)
    assert proven(terminal.l3vpn("up", "two-vpns", "--host", HOST))
    return LiveLab(terminal, "two-vpns")


def test_what_a_machine_lacks_is_told_before_anything_is_made(
    machines: Machines, clean: list[str], terminal: Terminal
) -> None:
    drivers = "/lib/modules/$(uname -r)/kernel/drivers/net"
    machines.on("east", f"mv {drivers}/vxlan /tmp/vxlan && depmod")
    try:
        doctor = terminal.l3vpn("doctor", "--host", HOST)
        assert doctor.returncode == 3
        assert "no vxlan" in line_of(doctor.stdout, "lacks")
        assert f"no lab can be on {HOST} yet: see ssh://east" in doctor.stdout
        refused(
            terminal.l3vpn("up", "two-vpns", "--host", HOST), "l3vpn: ssh://east lacks vxlan: `l3vpn doctor"
        )
    finally:
        machines.on("east", f"mv /tmp/vxlan {drivers}/vxlan && depmod")
    with machines.tunnel("10.77.0.0/24"):
        doctor = terminal.l3vpn("doctor", "--host", HOST)
    assert "10.77.0.1, 10.77.0.2" in doctor.stdout
    assert (doctor.returncode, "UDP, in fragments too, and TCP pass" in doctor.stdout) == (0, True), (
        doctor.stdout
    )
    assert machines.run(LEFT) == clean
    assert terminal.left_over() == []


def test_machines_that_do_not_reach_one_another_are_told_so(
    machines: Machines, clean: list[str], terminal: Terminal
) -> None:
    """A filter takes fragments, as those of some clouds do: no packet of a lab's size would come through."""
    fragments = "match u16 0x0000 0x0000 at 0 match u16 0x2000 0x3fff at 6"
    machines.on(
        "east",
        "tc qdisc add dev vec0 clsact; "
        f"tc filter add dev vec0 ingress protocol ip prio 1 u32 {fragments} action drop",
    )
    try:
        said = "l3vpn: UDP in fragments does not come to ssh://east from ssh://west (198.19.255.2); let UDP "
        refused(terminal.l3vpn("up", "two-vpns", "--host", HOST), said)
    finally:
        machines.on("east", "tc qdisc del dev vec0 clsact")
    assert machines.run(LEFT) == clean
    assert terminal.left_over() == []


def test_each_machine_has_half_of_it_and_the_largest_packets_cross(
    spread: LiveLab, machines: Machines
) -> None:
    assert machines.run("ls /run/netns") == [
        "".join(f"two-vpns.{name}\n" for name in half)
        for half in (("blue1", "p1", "pe1", "red1"), ("blue2", "p2", "pe2", "red2"))
    ]
    sizes = (1472, FULL_SIZE, FULL_SIZE + 1)
    pings = "; ".join(f"ping -M do -c 2 -i 0.2 -W 2 -s {size} 10.0.0.3" for size in sizes)
    said = machines.on("west", f"ip netns exec two-vpns.p1 sh -c '{pings}; true'")
    assert re.findall(r"(\d) received", said) == ["2", "2", "0"], said
    captured = spread.l3vpn("capture", "p2", "eth1", "--count", "1", "udp port 646")
    assert "LDP" in captured.stdout, captured.stderr


def test_a_cut_on_the_link_between_takes_the_carrier_from_both_ends_and_is_found_there(
    spread: LiveLab, machines: Machines
) -> None:
    port = "ip -n two-vpns.p1 link set dev eth2"
    machines.on("west", f"{port} down")
    try:
        report = spread.terminal.verify(spread.name, timeout=0)
        assert [one["id"] for one in report["checks"] if one["verdict"] == "FAIL"] == [f"link.up.{CROSSING}"]
        assert "NO-CARRIER" in machines.on("east", "ip -n two-vpns.p2 -br link show dev eth1")
    finally:
        machines.on("west", f"{port} up")


@pytest.mark.slow
def test_a_cut_on_the_link_between_that_was_injected_is_expected(spread: LiveLab) -> None:
    assert spread.l3vpn("fail", "p1-p2").returncode == 0
    assert "as failed" in spread.l3vpn("verify").stdout
    assert spread.l3vpn("restore").returncode == 0


def test_a_machine_that_does_not_answer_is_named_and_the_rest_can_be_taken_down(
    spread: LiveLab, machines: Machines, clean: list[str]
) -> None:
    machines.cut_off("east")
    try:
        status = json.loads(spread.l3vpn("status", "--format", "json").stdout)
        states = {one["name"]: one["state"] for one in status["nodes"]}
        assert states == dict.fromkeys(("pe1", "p1", "red1", "blue1"), "running") | dict.fromkeys(
            ("pe2", "p2", "red2", "blue2"), "unreachable"
        )
        assert status["problem"].startswith("ssh://east: ")
        assert "the command ran" in spread.run("pe1", "echo the command ran").stdout
        refused(
            spread.run("pe2", "true"),
            "l3vpn: node pe2 is on a machine that does not answer: ssh://east: ",
            255,
        )
        report = spread.terminal.verify(spread.name, timeout=0)
        errors = {one["id"] for one in report["checks"] if one["verdict"] == "ERROR"}
        inputs = {one.rpartition(".")[2] for one in errors if one.startswith("kernel.mpls-input.")}
        assert inputs == {"pe2", "p2", "red2", "blue2"}
        refused(spread.l3vpn("up"), "l3vpn: ssh://east: ")
        refused(spread.l3vpn("down"), "l3vpn: ssh://east: ")
        assert machines.run(LEFT)[0] == clean[0]
        assert spread.terminal.left_over() == ["two-vpns.json"]
    finally:
        machines.cut_off("east", cut=False)
    down = spread.l3vpn("down")
    assert (down.returncode, down.stdout) == (0, "two-vpns is down\n"), down.stderr
    assert machines.run(LEFT) == clean
    assert spread.terminal.left_over() == []


def line_of(text: str, word: str) -> str:
    """The one line that begins with a word."""
    (line,) = [one for one in text.splitlines() if one.startswith(word)]
    return line


def refused(done: Completed, words: str, code: int = 3) -> None:
    """It ended with that code and one line, which begins with these words."""
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stderr.startswith(words), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
