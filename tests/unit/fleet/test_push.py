from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.fleet import comparing, sending
from orchestrator.fleet import push as pushing
from orchestrator.fleet.comparing import PushResult
from orchestrator.fleet.push import push, re_enter_route_targets
from orchestrator.fleet.refusal import Refusal
from orchestrator.loading import load_lab
from orchestrator.render.frr import frr_configuration
from orchestrator.render.observed import ObservedPlumbing
from orchestrator.verification.kit.answers import Unreachable

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab
    from tests.unit.fleet.conftest import Rack
    from tests.unit.fleet.fake_node import FakeNode

PREAMBLE = "Building configuration...\n\nCurrent configuration:\n!\nfrr version 10.3\nhostname node\n!\n"
REPAIR = ("touch repaired", ": >kernel")


@pytest.fixture(scope="module")
def lab() -> Lab:
    return load_lab(Path(__file__).parents[3] / "labs" / "two-vpns")


@pytest.fixture(autouse=True)
def kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel is a file with the commands that it still needs: reconciling has tests of its own."""
    monkeypatch.setattr(comparing, "OBSERVE", "cat kernel")
    monkeypatch.setattr(ObservedPlumbing, "read", lambda text: text)
    monkeypatch.setattr(comparing, "plumbing_changes", lambda observed, *_: tuple(observed.splitlines()))


def running(lab: Lab, name: str, *, without: str = "", also: str = "") -> str:
    wanted = frr_configuration(lab, name, "10.3")
    assert without in wanted
    return f"{PREAMBLE}{wanted.replace(without, '')}{also}end\n"


def node(rack: Rack, name: str, runs: str, mending: tuple[str, ...] = ()) -> FakeNode:
    node = rack.node(name)
    node.answer("show running-config", runs)
    (node.home / "kernel").write_text("".join(f"{command}\n" for command in mending))
    return node


def test_nothing_to_change_sends_nothing(rack: Rack, lab: Lab) -> None:
    nodes = [node(rack, name, running(lab, name)) for name in ("p1", "pe1")]
    with rack.fleet() as fleet:
        assert push(fleet, lab, ["p1", "pe1"]) == {"p1": PushResult("p1"), "pe1": PushResult("pe1")}
    assert [one.sent for one in nodes] == ["", ""]


def test_what_differs_is_sent_and_read_back(rack: Rack, lab: Lab) -> None:
    p1 = node(rack, "p1", running(lab, "p1", without=" ip address 10.0.0.1/31\n"), REPAIR)
    (p1.home / "after").write_text(running(lab, "p1"))
    shown: list[tuple[str, str]] = []
    with rack.fleet(progress=lambda *what: shown.append(what)) as fleet:
        result = push(fleet, lab, ["p1"], progress=lambda *what: shown.append(what))["p1"]
        assert result.ok
        assert result.differs
        assert result.plumbing == REPAIR
        assert "+ ip address 10.0.0.1/31" in result.configuration
        assert push(fleet, lab, ["p1"]) == {"p1": PushResult("p1")}
    assert (p1.home / "repaired").exists()
    assert p1.sent == "configure terminal\ninterface eth1\n ip address 10.0.0.1/31\nexit\n"
    assert [what for _, what in shown][:4] == ["connecting", "comparing", "changing", "reading back"]


def test_an_address_that_zebra_adds_a_moment_later_is_waited_for(
    rack: Rack, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tunnel is made anew, and has its address once zebra has heard of it."""
    p1 = node(rack, "p1", running(lab, "p1"), ("true",))
    (p1.home / "next").write_text("address add\n")
    monkeypatch.setattr(comparing, "OBSERVE", "cat kernel; mv next kernel 2>/dev/null || : >kernel")
    with rack.fleet() as fleet:
        result = push(fleet, lab, ["p1"])["p1"]
    assert (result.ok, result.plumbing) == (True, ("true",))


def test_what_never_comes_is_reported(rack: Rack, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "_ADDRESSES_WITHIN", 0.3)
    node(rack, "p1", running(lab, "p1"), ("true",))
    with rack.fleet() as fleet:
        failure = push(fleet, lab, ["p1"])["p1"].failure
    assert failure == Refusal("true", "accepted by the kernel, but still to be done")


def test_a_route_map_is_missing_where_the_daemon_that_applies_it_lost_it(rack: Rack, lab: Lab) -> None:
    """The other daemons still hold it, and `show running-config` prints it."""
    lost = "route-map from-ce permit 10\n set extcommunity none\nexit\n"
    pe1 = node(rack, "pe1", running(lab, "pe1"))
    pe1.answer("show running-config bgpd", running(lab, "pe1", without=lost))
    with rack.fleet() as fleet:
        result = push(fleet, lab, ["pe1"])["pe1"]
    assert "+route-map from-ce permit 10\n+ set extcommunity none\n" in result.configuration
    assert pe1.sent == f"configure terminal\n{lost}"


def test_a_session_whose_timers_change_is_reset(rack: Rack, lab: Lab) -> None:
    """Or both ends would keep the hold time that they agreed on."""
    pe1 = node(rack, "pe1", running(lab, "pe1", without=" neighbor 10.255.0.4 timers 3 9\n"))
    (pe1.home / "after").write_text(running(lab, "pe1"))
    with rack.fleet() as fleet:
        assert push(fleet, lab, ["pe1"])["pe1"].ok
    assert pe1.sent.endswith("\n neighbor 10.255.0.4 timers 3 9\nexit\nend\nclear bgp 10.255.0.4\n")


SECRET = " neighbor 10.1.0.2 password Orchid 3\n"  # noqa: S105 -- a line of FRR that has one


def with_secret(lab: Lab) -> str:
    neighbor = " neighbor 10.1.0.2 remote-as 65101\n"
    wanted = frr_configuration(lab, "pe1", "10.3")
    assert neighbor in wanted
    return wanted.replace(neighbor, neighbor + SECRET, 1)


@pytest.mark.parametrize("fresh", [False, True])
def test_a_password_is_on_no_command_line(
    rack: Rack, lab: Lab, monkeypatch: pytest.MonkeyPatch, *, fresh: bool
) -> None:
    """Neither when it is set, nor beside what else differs, nor in what is reported."""
    wanted = with_secret(lab)
    monkeypatch.setattr(comparing, "frr_configuration", lambda *_: wanted)
    pe1 = node(
        rack, "pe1", f"{PREAMBLE}end\n" if fresh else running(lab, "pe1", without=" ip address 10.0.0.0/31\n")
    )
    (pe1.home / "after").write_text(f"{PREAMBLE}{wanted}end\n")
    with rack.fleet() as fleet:
        result = push(fleet, lab, ["pe1"])["pe1"]
    assert result.differs
    assert SECRET in pe1.sent
    assert " ip address 10.0.0.0/31\n" in pe1.sent
    assert "Orchid" not in pe1.command_lines + str(result)
    assert "configure terminal" in pe1.command_lines


def test_a_refused_password_is_reported_without_it(
    rack: Rack, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = with_secret(lab).replace("Orchid 3", "refused")
    monkeypatch.setattr(comparing, "frr_configuration", lambda *_: wanted)
    node(rack, "pe1", running(lab, "pe1"))
    with rack.fleet() as fleet:
        failure = push(fleet, lab, ["pe1"])["pe1"].failure
    hidden = "neighbor 10.1.0.2 password (hidden)"
    assert str(failure) == f"refused `{hidden}`: % Create the peer-group or interface first"


def test_a_dry_run_only_says(rack: Rack, lab: Lab) -> None:
    p1 = node(rack, "p1", running(lab, "p1", without=" ip address 10.0.0.1/31\n"), REPAIR)
    with rack.fleet() as fleet:
        result = push(fleet, lab, ["p1"], dry_run=True)["p1"]
    assert result.ok
    assert result.plumbing == REPAIR
    assert "+ ip address 10.0.0.1/31" in result.configuration
    assert p1.sent == ""
    assert not (p1.home / "repaired").exists()


def test_a_refused_line_is_reported_and_the_others_are_finished(
    rack: Rack, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered = frr_configuration

    def with_mistake(lab: Lab, name: str, version: str) -> str:
        return rendered(lab, name, version) + ("router refused\nexit\n!\n" if name == "p1" else "")

    monkeypatch.setattr(comparing, "frr_configuration", with_mistake)
    node(rack, "p1", running(lab, "p1"))
    p2 = node(rack, "p2", running(lab, "p2", without=" ip address 10.0.0.4/31\n"))
    (p2.home / "after").write_text(running(lab, "p2"))
    with rack.fleet("pe1") as fleet:
        results = push(fleet, lab, ["p1", "p2", "pe1"])
    assert results["p1"].failure == Refusal("router refused", "% Create the peer-group or interface first")
    assert results["p2"].ok
    assert results["p2"].differs
    assert results["pe1"].failure == Unreachable("pe1", "Connection refused")


def test_an_unknown_line_is_found_before_anything_is_changed(
    rack: Rack, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "frr_configuration", lambda *_: "nonsense here\n")
    p1 = node(rack, "p1", running(lab, "p1"), REPAIR)
    with rack.fleet() as fleet:
        result = push(fleet, lab, ["p1"])["p1"]
    assert result.failure == Refusal("nonsense here", "% Unknown command")
    assert p1.sent == ""
    assert not (p1.home / "repaired").exists()


def test_what_the_kernel_refuses_keeps_frr_untouched(rack: Rack, lab: Lab) -> None:
    refuse = "echo 'RTNETLINK answers: Operation not supported' >&2; false"
    p1 = node(rack, "p1", running(lab, "p1", without=" ip address 10.0.0.1/31\n"), ("true", refuse))
    with rack.fleet() as fleet:
        result = push(fleet, lab, ["p1"])["p1"]
    assert result.failure == Refusal(refuse, "RTNETLINK answers: Operation not supported")
    assert p1.sent == ""


def test_a_line_that_frr_swallows_is_reported(rack: Rack, lab: Lab) -> None:
    node(rack, "p1", running(lab, "p1", without=" ip address 10.0.0.1/31\n"))
    with rack.fleet() as fleet:
        result = push(fleet, lab, ["p1"])["p1"]
    assert result.failure == Refusal(
        "+ ip address 10.0.0.1/31", "accepted by FRR, but not to be seen in its running configuration"
    )


def test_a_node_without_frr_is_reported(rack: Rack, lab: Lab) -> None:
    node(rack, "p1", "% Unknown command\n")
    with rack.fleet() as fleet:
        result = push(fleet, lab, ["p1"])["p1"]
    assert result.failure == Refusal("", "is not an FRR node as expected: % Unknown command")


def test_an_frr_version_that_nobody_knows_is_reported(rack: Rack, lab: Lab) -> None:
    node(rack, "p1", "frr version 3.0\n")
    with rack.fleet() as fleet:
        failure = push(fleet, lab, ["p1"])["p1"].failure
    assert isinstance(failure, Refusal)
    assert "3.0" in failure.words


def test_only_nodes_of_the_lab_are_pushed(rack: Rack, lab: Lab) -> None:
    with rack.fleet() as fleet, pytest.raises(KeyError):
        push(fleet, lab, ["p7"])


def test_route_targets_are_entered_again(rack: Rack, lab: Lab) -> None:
    pe1 = node(rack, "pe1", running(lab, "pe1"))
    with rack.fleet() as fleet:
        results = re_enter_route_targets(fleet, lab, lab.vrfs_of("pe1"))
    assert results["pe1"].ok
    assert pe1.sent == (
        "configure terminal\n"
        "router bgp 65000 vrf red\n"
        " address-family ipv4 unicast\n"
        "  rt vpn import 65000:1\n"
        " exit-address-family\n"
        "exit\n"
        "router bgp 65000 vrf blue\n"
        " address-family ipv4 unicast\n"
        "  rt vpn import 65000:2\n"
        " exit-address-family\n"
        "exit\n"
    )


def test_many_commands_for_the_kernel_are_no_problem(rack: Rack, lab: Lab) -> None:
    batch = "printf '%s\\n' " + "'link set eth1 up' " * 10_000 + "| wc -l >lines"
    p1 = node(rack, "p1", running(lab, "p1"), (batch, *REPAIR))
    with rack.fleet() as fleet:
        assert push(fleet, lab, ["p1"])["p1"].ok
    assert (p1.home / "lines").read_text().strip() == "10000"


def test_large_configurations_are_cut_between_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "_LARGEST_PART", 60)
    block = "interface eth{}\n ip address 10.0.0.{}/31\nexit\n"
    text = "".join(block.format(number, number) for number in range(10))
    parts = sending._parts(text)
    assert len(parts) > 1
    assert "".join(parts) == text
    assert all(part.startswith("interface ") for part in parts)
