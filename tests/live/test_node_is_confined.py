"""What root of a node must not obtain: attacks on a lab that runs, none of which may harm it.

What root of the guest, and even its kernel's process, must not obtain of the machine is in
`tests/live/hosts/test_guest_is_a_sandbox.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts.keys import Keys

if TYPE_CHECKING:
    from tests.live.conftest import LiveLab

NODE, OTHER = "red1", "pe1"
MODULE = "/usr/lib/uml/modules/*/kernel/drivers/net/dummy.ko"


@pytest.mark.parametrize(
    ("attack", "refusal"),
    [
        ("mount -t hostfs -o hostfs=/proc/1/root none /tmp", "does not exist"),
        (f"insmod {MODULE}", "Operation not permitted"),
        ("mknod /tmp/memory c 1 1", "Operation not permitted"),
        ("mknod /tmp/disk b 98 0", "Operation not permitted"),
        ("cat /dev/mem", "No such file"),
        ("cat /dev/ubda", "No such file"),
        ("echo x >/proc/sys/kernel/core_pattern", "Read-only file system"),
        ("echo 1 >/proc/sys/vm/panic_on_oom", "Read-only file system"),
        ("echo x >/sys/kernel/uevent_helper", "Read-only file system"),
        ("python3 -c 'import time; time.clock_settime(time.CLOCK_REALTIME, 0)'", "not permitted"),
        ("dmesg", "Operation not permitted"),
    ],
)
def test_what_concerns_the_whole_kernel_is_refused(lab: LiveLab, attack: str, refusal: str) -> None:
    done = lab.run(NODE, attack)
    assert done.returncode != 0, done.stdout
    assert refusal in done.stderr, done.stderr


def test_magic_keys_do_nothing(lab: LiveLab) -> None:
    """`b` would have rebooted the kernel under all labs, and `c` crashed it."""
    lab.run(NODE, "echo b >/proc/sysrq-trigger; echo c >/proc/sysrq-trigger")
    assert lab.run(OTHER, "true").returncode == 0


def test_it_finds_no_file_or_process_of_another_node(lab: LiveLab) -> None:
    """Not by names that lead out of a chroot either: its root is the root of all that it sees."""
    climb = "os.mkdir('/tmp/c'); os.chroot('/tmp/c'); [os.chdir('..') for _ in range(9)]; os.chroot('.')"
    look = f"import os; {climb}; print(os.listdir('/run'), os.path.exists('/run/l3vpn')); os.rmdir('/tmp/c')"
    seen = lab.run(NODE, f'python3 -c "{look}"').stdout
    assert "False" in seen, seen
    assert "'ssh'" in seen, seen
    assert lab.run(NODE, "cat /proc/[0-9]*/comm | sort | uniq -c | grep zebra").stdout.split() == [
        "1",
        "zebra",
    ]


def test_each_node_has_a_host_key_of_its_own_and_sees_no_other(lab: LiveLab) -> None:
    names = ("pe1", "p1", NODE)
    shown = {name: lab.run(name, "ssh-keygen -y -f /run/ssh/host_key").stdout.strip() for name in names}
    assert all(text.startswith("ssh-ed25519 ") for text in shown.values()), shown
    assert len(set(shown.values())) == len(names)
    keys = lab.run(NODE, "grep -rl 'OPENSSH PRIVATE KEY' /etc /run /root /var /tmp").stdout.split()
    assert keys == ["/run/ssh/host_key"]


def test_a_node_that_shows_another_key_is_refused(lab: LiveLab) -> None:
    """As one would that answers in another one's place."""
    secret = Keys.load_or_create(lab.terminal.places).secret
    before = secret.read_text()
    secret.write_text("00" * 32)
    try:
        refused = lab.run(NODE, "true")
    finally:
        secret.write_text(before)
    assert "shows another host key" in refused.stderr, refused.stderr
    assert lab.run(NODE, "true").returncode == 0


@pytest.mark.parametrize("port", [22, 2601, 2605])
def test_no_other_nodes_management_is_reached(lab: LiveLab, port: int) -> None:
    """Ports of the bridge are isolated from one another."""
    other = lab.run(OTHER, "ip -4 -o addr show dev eth0").stdout.split()[3].partition("/")[0]
    connect = f'import socket; socket.create_connection(("{other}", {port}), timeout=3)'
    done = lab.run(NODE, f"python3 -c '{connect}'")
    assert done.returncode != 0
    assert "timed out" in done.stderr or "No route to host" in done.stderr, done.stderr
