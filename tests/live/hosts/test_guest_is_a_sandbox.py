"""Who controls the guest's kernel, and so the process that it is, gets hold of nothing of the machine.

Root of a node can come that far: by a module that is loaded into the guest's kernel. So the attacks here are
made as root of the guest, or as the kernel's process itself: in its namespaces, with its user id and rights.
"""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts.guest import Guest
from orchestrator.hosts.guest_boot import OUTSIDE
from orchestrator.hosts.process import ProcessId
from tests.live.here import RECIPE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.settings import Places

pytestmark = pytest.mark.live

_WORDS = "nobody in a lab may read this"
_MEMORY = "/dev/shm"  # noqa: S108 -- the guest's


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of the machine that everybody on it may read."""
    file = tmp_path_factory.mktemp("machine") / "secret"
    file.write_text(_WORDS)
    for folder in file.parents[:3]:
        folder.chmod(0o755)
    file.chmod(0o666)
    return file


@pytest.fixture(scope="module")
def inside(steady_guest: Guest) -> list[int]:
    """All processes of the guest, as the machine numbers them; process 1 of its namespace is the first."""
    pid = steady_guest.process.pid
    found = [child.pid for child in ProcessId.of(pid).children()]
    for parent in found:
        found += [child.pid for child in ProcessId.of(parent).children()]
    return found


@pytest.fixture(scope="module")
def kernel(inside: list[int]) -> int:
    """The process that is the guest's kernel."""
    return next(pid for pid in inside if Path(f"/proc/{pid}/comm").read_text().strip() == "linux.uml")


def status(pid: int) -> dict[str, str]:
    """The lines of /proc/PID/status."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def id_inside(pid: int, kind: str) -> int:
    """The user or group (`kind` is uid or gid) that a process has in its own user namespace."""
    outside = int(status(pid)[kind.capitalize()].split()[0])
    spans = [map(int, line.split()) for line in Path(f"/proc/{pid}/{kind}_map").read_text().splitlines()]
    return next(first + outside - ours for first, ours, count in spans if ours <= outside < ours + count)


def as_kernel(kernel: int, command: str) -> subprocess.CompletedProcess[str]:
    """Run shell text where the kernel's process is, with its user id and no more rights than it has."""
    user = [] if os.geteuid() == 0 else ["--preserve-credentials"]
    spaces = ["--user", "--mount", "--pid", "--net", "--ipc", "--root", "--wd=/"]
    ids = [f"--reuid={id_inside(kernel, 'uid')}", f"--regid={id_inside(kernel, 'gid')}"]
    no_caps = [f"--{kind}=-all" for kind in ("inh-caps", "ambient-caps", "bounding-set")]
    setpriv = ["/usr/bin/setpriv", *ids, "--clear-groups", *no_caps, "--no-new-privs"]
    return subprocess.run(
        ["nsenter", f"--target={kernel}", *spaces, *user, "--", *setpriv, "sh", "-c", command],
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/",
            "",
            "..",
            "/..",
            "/../../..",
            "/mnt",
            "/proc",
            "/proc/1/root",
            "/proc/1/cwd",
            "/proc/self/root",
        ),
        *("/proc/thread-self/root", "/dev/fd/0/..", "/proc/1/fd/1", "/run/uml", _MEMORY),
    ],
)
def test_hostfs_shows_no_file_of_the_machine(steady_guest: Guest, secret: Path, path: str) -> None:
    """The kernel's own file system for files of its host; before, `/proc/1/root` was the machine's root."""
    done = steady_guest.run(
        f"mkdir -p /run/k; mount -t hostfs -o hostfs={path} none /run/k || exit 0; cd /run/k; "
        f"cat .{secret} ../..{secret} proc/1/root{secret} {secret.name} 2>/dev/null; find . -xdev | wc -l; "
        f"ln -s {secret} run/uml/link 2>/dev/null; cat run/uml/link 2>/dev/null; rm -f run/uml/link; "
        "ls -d proc/1 proc/self sys/kernel old_root; cd /; umount /run/k",
        timeout=60,
    )
    assert _WORDS not in done.text
    assert "proc/1\n" not in done.text


def test_only_its_memory_and_its_own_socket_can_be_written(kernel: int) -> None:
    mounts = [line.split() for line in Path(f"/proc/{kernel}/mounts").read_text().splitlines()]
    writable = {place for _, place, kind, options, *_ in mounts if options.startswith("rw")}
    devices = {"/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"}
    assert writable == {_MEMORY, "/run"} | devices
    assert {place for _, place, *_ in mounts} == writable | {"/", "/proc", "/dev"}
    done = as_kernel(kernel, f"find /run {_MEMORY} -writable; ls -d /proc/*")
    mine = [one for one in done.stdout.split() if not one.startswith("/run/uml")]
    assert mine == ["/run/l3vpn/once", _MEMORY, "/proc/cpuinfo"]


def test_no_process_has_another_root_or_any_right(inside: list[int], secret: Path) -> None:
    """Process 1 of the namespace included: before, it stood outside, as root."""
    assert len(inside) >= 3
    for pid in inside:
        said = status(pid)
        assert {said[f"Cap{kind}"] for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {"0" * 16}, pid
        assert said["NoNewPrivs"] == "1"
        assert not {"0", str(os.getuid())} & set(said["Uid"].split())
        assert not Path(f"/proc/{pid}/root{secret}").exists()
        for kind in ("user", "net", "mnt", "ipc", "pid"):
            assert Path(f"/proc/{pid}/ns/{kind}").readlink() != Path(f"/proc/self/ns/{kind}").readlink()


@pytest.mark.parametrize(
    "attack",
    [
        "unshare --user --map-root-user true",
        "unshare --mount true",
        "mount -t tmpfs none /mnt",
        "mount -t proc none /mnt",
        "umount /run",
        "mount -o remount,rw /",
        "mknod /run/uml/disk b 254 0",
        "chroot / true",
        "kill -0 1",
        "ip link add x type dummy",
        "echo x >/run/l3vpn/init",
        "echo x >/etc/hostname",
        "su root -c true",
        "ls /proc/1",
        "cat /dev/net/tun",
    ],
)
def test_the_kernels_process_can_do_nothing_but_compute(kernel: int, attack: str) -> None:
    assert as_kernel(kernel, "true").returncode == 0
    done = as_kernel(kernel, attack)
    assert done.returncode != 0, f"{attack}: {done.stdout}"


def test_two_guests_share_nothing(
    steady_guest: Guest, inside: list[int], kernel: int, places: Places
) -> None:
    """Not even of one user: no namespace, no memory, and one's kernel cannot name a process of the other."""
    other = Guest.start(lambda _: None, places, RECIPE)
    try:
        theirs = [child.pid for one in other.process.children() for child in (one, *one.children())]
        assert len(theirs) >= 3
        for kind in ("user", "net", "mnt", "ipc", "pid"):
            assert not {Path(f"/proc/{pid}/ns/{kind}").readlink() for pid in inside} & {
                Path(f"/proc/{pid}/ns/{kind}").readlink() for pid in theirs
            }
        for pid in theirs:
            assert as_kernel(kernel, f"kill -0 {pid}").returncode != 0
        other.run("echo secret >/dev/shm/theirs; echo secret >/tmp/theirs", timeout=10).expect_ok("write")
        assert not steady_guest.run("ls /dev/shm/theirs /tmp/theirs", timeout=10).ok
        assert other.keys.host.private_text != steady_guest.keys.host.private_text
    finally:
        other.close()


_ASK = """
import ctypes, socket
libc = ctypes.CDLL(None, use_errno=True)
for family in (socket.AF_UNIX, socket.AF_INET, socket.AF_NETLINK, socket.AF_VSOCK, socket.AF_ALG):
    try: socket.socket(family, socket.SOCK_SEQPACKET if family == socket.AF_ALG else socket.SOCK_STREAM)
    except PermissionError: print(family.name, "refused")
    except OSError: print(family.name, "asked")
    else: print(family.name, "made")
calls = {"userfaultfd": 323, "io_uring_setup": 425, "bpf": 321, "perf_event_open": 298, "add_key": 248}
for name, number in calls.items():
    libc.syscall(number, 0, 0, 0, 0, 0)
    print(name, "refused" if ctypes.get_errno() == 1 else "asked")
"""


def test_the_machines_kernel_is_asked_for_little(kernel: int) -> None:
    """The kernel's process has a filter: vsock led past all namespaces to whoever runs the machine."""
    assert status(kernel)["Seccomp"] == "2"
    filtered = "setpriv --no-new-privs --seccomp-filter /run/l3vpn/filter"
    done = as_kernel(kernel, f"{filtered} python3 -c {shlex.quote(_ASK)}")
    said = dict(line.split() for line in done.stdout.splitlines())
    assert said.pop("AF_UNIX") == "made"
    assert set(said.values()) == {"refused"}, said
    assert len(said) == 9
    for attack in ("unshare --user true", "mount -t tmpfs none /mnt", "chroot / true", "dmesg"):
        assert as_kernel(kernel, f"{filtered} {attack}").returncode != 0


@pytest.fixture
def service() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A TCP service of the machine, on all its addresses, and one on a Unix socket of an abstract name."""
    with socket.create_server(("0.0.0.0", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:  # noqa: S104
        unix.bind(f"\0l3vpn-test-{os.getpid()}")
        unix.listen()
        yield tcp, unix


def test_no_service_of_the_machine_is_reached(
    steady_guest: Guest, kernel: int, service: tuple[socket.socket, socket.socket]
) -> None:
    """Neither at the far end of the TAP device, nor from where the kernel's process stands."""
    tcp, unix = service
    socket.create_connection(("127.0.0.1", tcp.getsockname()[1])).close()
    port = tcp.getsockname()[1]
    mine = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=True).stdout.split()
    names = [(one, port) for one in (str(OUTSIDE.ip), "127.0.0.1", *mine) if ":" not in one]
    program = (
        "import socket\n"
        f"for name in {names!r}:\n"
        "    try: socket.create_connection(name, timeout=3); print('reached', name)\n"
        "    except OSError: pass\n"
        "s = socket.socket(socket.AF_UNIX)\n"
        f"try: s.connect({unix.getsockname()!r}); print('reached by name')\n"
        "except OSError: print('tried all')\n"
    )
    command = f"python3 -c {shlex.quote(program)}"
    assert steady_guest.run(command, timeout=60).text == "tried all\n"
    assert as_kernel(kernel, command).stdout == "tried all\n"


def test_what_the_kernel_prints_does_not_fill_the_machines_disk(steady_guest: Guest) -> None:
    """Whoever may write to the guest's console may do so for ever."""
    steady_guest.run("yes 'a line on the console' | head -c 3000000 >/dev/console", timeout=60)
    assert steady_guest.console.stat().st_size == 1 << 20
    assert steady_guest.run("true", timeout=10).ok
