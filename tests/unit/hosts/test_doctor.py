from __future__ import annotations

from dataclasses import replace

import pytest

from orchestrator.hosts.base import CannotRunHere
from orchestrator.hosts.doctor import Choice, Row, Verdict, choose, diagnose
from orchestrator.hosts.machine import Machine, Module, Namespaces

GIGA = 1 << 30

CLOUD = Machine(  # a root shell on a Debian cloud machine: no MPLS, no Docker
    system="Linux",
    distribution="debian",
    architecture="x86_64",
    kernel="6.12.41-cloud-amd64",
    python=(3, 13),
    user="root",
    root=True,
    mpls=Module.ABSENT,
    vrf=Module.ABSENT,
    gre=Module.ABSENT,
    namespaces=Namespaces(),
    tun=True,
    tun_writable=True,
    programs=frozenset({"unshare", "nsenter", "pivot_root", "ssh", "mmdebstrap", "newuidmap", "apt-get"}),
    missing_packages=(),
    tree_built=False,
    memory=8 * GIGA,
    disk=50 * GIGA,
    docker="",
)
LAPTOP = replace(CLOUD, distribution="ubuntu", kernel="6.8.0-45", user="ann", root=False)
SERVER = replace(CLOUD, mpls=Module.AVAILABLE, vrf=Module.LOADED)


def row(machine: Machine, name: str) -> Row:
    (found,) = (row for row in diagnose(machine).rows if row.name == name)
    return found


@pytest.mark.parametrize("machine", [CLOUD, LAPTOP, SERVER])
def test_the_guest_is_picked_where_it_can_run(machine: Machine) -> None:
    diagnosis = diagnose(machine)
    assert (diagnosis.host, diagnosis.runtime) == ("guest", "netns")
    assert diagnosis.why == "it brings its own MPLS and VRF and leaves this machine's network alone"


def test_the_machines_own_kernel_is_picked_where_the_guest_cannot_run() -> None:
    arm = replace(SERVER, architecture="aarch64")
    assert choose(arm) == Choice(
        "local",
        "netns",
        "this machine's kernel has MPLS and VRF, and the guest cannot be used: processor: the guest's kernel "
        "exists for x86-64 only; host local works here with root, MPLS and VRF",
    )


@pytest.mark.parametrize(
    ("machine", "name", "fix"),
    [
        (replace(LAPTOP, tun_writable=False), "/dev/net/tun", "sudo chmod 0666 /dev/net/tun"),
        (replace(LAPTOP, tun=False), "/dev/net/tun", "sudo modprobe tun"),
        (replace(CLOUD, tun=False), "/dev/net/tun", "modprobe tun"),
        (
            replace(LAPTOP, namespaces=Namespaces("Permission denied", restricted_by_apparmor=True)),
            "namespaces",
            "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
        ),
        (
            replace(LAPTOP, namespaces=Namespaces("No space left", switched_off="user.max_user_namespaces")),
            "namespaces",
            "sudo sysctl -w user.max_user_namespaces=15000",
        ),
        (
            replace(LAPTOP, namespaces=Namespaces("x", switched_off="kernel.unprivileged_userns_clone")),
            "namespaces",
            "sudo sysctl -w kernel.unprivileged_userns_clone=1",
        ),
        (
            replace(LAPTOP, namespaces=Namespaces("no line", subordinate_ids=False)),
            "subordinate ids",
            "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ann",
        ),
        (
            replace(LAPTOP, missing_packages=("mmdebstrap", "uidmap")),
            "build tools",
            "sudo apt-get install mmdebstrap uidmap",
        ),
        (
            replace(LAPTOP, missing_packages=("mmdebstrap", "uidmap"), tree_built=True),
            "build tools",
            "sudo apt-get install uidmap",
        ),
        (
            replace(LAPTOP, programs=LAPTOP.programs - {"nsenter"}),
            "util-linux",
            "sudo apt-get install util-linux",
        ),
        (
            replace(LAPTOP, programs=LAPTOP.programs - {"pivot_root"}),
            "util-linux",
            "sudo apt-get install util-linux-extra",
        ),
    ],
)
def test_each_lack_that_keeps_the_guest_away_has_its_command(machine: Machine, name: str, fix: str) -> None:
    lack = row(machine, name)
    assert (lack.verdict, lack.fix) == (Verdict.LACKS, fix)
    assert "guest" in lack.blocks
    diagnosis = diagnose(machine)
    assert diagnosis.host is None
    assert f"try again:\n\n    {fix}\n\n" in diagnosis.why
    with pytest.raises(CannotRunHere, match=r"^no lab can run on this machine yet\. Paste this"):
        choose(machine)


@pytest.mark.parametrize(
    ("machine", "name"),
    [
        (replace(CLOUD, python=(3, 10)), "python"),
        (replace(CLOUD, memory=GIGA // 2), "memory"),
        (replace(CLOUD, disk=GIGA // 2), "disk"),
        (replace(CLOUD, system="Darwin"), "system"),
        (replace(CLOUD, namespaces=Namespaces("unshare failed: Operation not permitted")), "namespaces"),
    ],
)
def test_what_keeps_every_lab_away(machine: Machine, name: str) -> None:
    assert row(machine, name).blocks == {"guest", "local"}
    assert diagnose(machine).host is None


def test_a_full_disk_is_no_obstacle_once_the_tree_is_built() -> None:
    assert diagnose(replace(CLOUD, disk=0, tree_built=True)).host == "guest"


def test_root_on_a_machine_with_apt_gets_the_build_tools_installed() -> None:
    machine = replace(CLOUD, missing_packages=("mmdebstrap",))
    assert row(machine, "build tools").verdict is Verdict.NOTE
    assert row(machine, "build tools").fix == "apt-get install mmdebstrap"
    assert choose(machine).host == "guest"


def test_build_tools_missing_on_a_machine_without_apt() -> None:
    machine = replace(CLOUD, missing_packages=("mmdebstrap",), programs=CLOUD.programs - {"apt-get"})
    assert row(machine, "build tools").fix == ""
    assert diagnose(machine).host is None


def test_ubuntu_keeps_the_mpls_modules_in_a_package_of_their_own() -> None:
    assert row(LAPTOP, "MPLS").fix == "sudo apt-get install linux-modules-extra-6.8.0-45"


def test_without_gre_only_sham_links_are_amiss_and_only_on_this_kernel() -> None:
    assert row(SERVER, "GRE").note == "sham links need ip_gre in this kernel on host local; host guest has it"
    assert not row(SERVER, "GRE").blocks
    assert row(replace(SERVER, gre=Module.AVAILABLE), "GRE") == Row("GRE", "can be loaded")


@pytest.mark.parametrize(
    ("kernel", "broken"),
    [
        ("6.18.44", False),
        ("6.19-rc1-amd64", True),
        ("6.19.0", True),
        ("7.0.3-arch1-1", True),
        ("7.1.5", True),
        ("7.1.6", False),
        ("7.2.0-1-amd64", False),
        ("strange", False),
    ],
)
def test_kernels_with_broken_mpls_ecmp_are_named(kernel: str, broken: bool) -> None:  # noqa: FBT001 -- a table
    assert (row(replace(SERVER, kernel=kernel), "kernel").verdict is Verdict.NOTE) == broken


def test_what_was_asked_for_is_given_where_it_can_be_had() -> None:
    assert choose(SERVER, "local", "netns") == Choice("local", "netns", "asked for")
    assert choose(SERVER, "guest") == Choice("guest", "netns", "asked for")


@pytest.mark.parametrize(
    ("machine", "host", "shown"),
    [
        (
            LAPTOP,
            "local",
            (
                "host local cannot be used here. This fixes part of it:\n\n"
                "    sudo apt-get install linux-modules-extra-6.8.0-45\n\n"
                "It lacks:\n"
                "    MPLS  host local needs mpls_router mpls_iptunnel in this kernel; host guest does not\n"
                "    VRF   host local needs vrf in this kernel; host guest does not\n"
                "    root  host local needs root; host guest does not"
            ),
        ),
        (
            replace(SERVER, tun_writable=False),
            "guest",
            (
                "host guest cannot be used here. Paste this, then try again:\n\n"
                "    chmod 0666 /dev/net/tun\n\n"
                "It lacks:\n    /dev/net/tun  the guest is reached through a TAP device"
            ),
        ),
        (
            CLOUD,
            "gest",
            "there is no host 'gest': there are guest, local, ssh://user@machine and k8s://[context/]namespace",
        ),
    ],
)
def test_what_was_asked_for_and_cannot_be_had_is_reported_with_its_reason(
    machine: Machine, host: str, shown: str
) -> None:
    with pytest.raises(CannotRunHere) as refusal:
        choose(machine, host)
    assert str(refusal.value) == shown


@pytest.mark.parametrize(
    ("runtime", "shown"),
    [
        ("docker", "there is no runtime 'docker': there are netns, containerlab and c9s"),
    ],
)
def test_runtimes_that_this_version_has_not(runtime: str, shown: str) -> None:
    ready = replace(SERVER, docker="27.0", programs=SERVER.programs | {"docker", "containerlab"})
    with pytest.raises(CannotRunHere) as refusal:
        choose(ready, None, runtime)
    assert str(refusal.value) == shown


def test_containerlab_runs_on_this_kernel_where_all_it_needs_is_here() -> None:
    ready = replace(SERVER, docker="27.0", programs=SERVER.programs | {"docker", "containerlab"})
    choice = choose(ready, None, "containerlab")
    assert (choice.host, choice.runtime) == ("local", "containerlab")
    # Containers have their image; what builds the node tree is of no concern.
    assert choose(replace(ready, missing_packages=("mmdebstrap",)), "local", "containerlab").host == "local"


def test_else_containerlab_runs_in_the_guest_which_is_built_with_go() -> None:
    with_go = replace(SERVER, programs=SERVER.programs | {"go"})
    choice = choose(with_go, None, "containerlab")
    assert (choice.host, choice.runtime) == ("guest", "containerlab")
    assert choice.why == "this machine's own kernel cannot be used: Docker: host local needs its engine"


def test_without_docker_and_without_go_there_is_no_containerlab() -> None:
    with pytest.raises(CannotRunHere) as refusal:
        choose(SERVER, None, "containerlab")
    assert str(refusal.value) == (
        "containerlab cannot be used on this machine yet: Go: host guest builds containerlab with it"
    )
    with pytest.raises(CannotRunHere) as refusal:
        choose(SERVER, "local", "containerlab")
    assert str(refusal.value) == (
        "containerlab on host local cannot be used here: Docker: host local needs its engine; "
        "containerlab: host local needs the program"
    )


def test_docker_and_containerlab_are_seen_but_not_picked() -> None:
    ready = replace(SERVER, docker="27.0", programs=SERVER.programs | {"docker", "containerlab"})
    assert row(ready, "Docker").has == "27.0"
    assert row(ready, "containerlab").has == "installed"
    assert diagnose(ready).runtime == "netns"


def test_another_machine_is_not_judged_by_what_this_one_has() -> None:
    assert choose(CLOUD, "ssh://root@lab") == Choice("ssh://root@lab", "netns", "asked for")
    assert choose(CLOUD, "ssh://root@lab", "containerlab").runtime == "containerlab"


def test_who_has_several_processors_hears_of_several_kernels() -> None:
    (row,) = [one for one in diagnose(replace(CLOUD, processors=4)).rows if one.name == "processor"]
    assert (row.has, row.verdict) == ("4 x x86_64", Verdict.GOOD)
    assert "over several" in row.note
    (row,) = [one for one in diagnose(CLOUD).rows if one.name == "processor"]
    assert (row.has, row.note) == ("x86_64", "")
