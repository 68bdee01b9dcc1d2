"""Hosts behind CEs, and nodes that are left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.loading import load_lab
from orchestrator.model.hosts import gateway_of, port_of
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.topology import Role
from orchestrator.render.frr import frr_configuration
from orchestrator.render.plumbing import plumbing
from orchestrator.verification.expect import expect
from tests.labs import EDGE

if TYPE_CHECKING:
    from orchestrator.verification.kit.check import Check


def test_the_port_to_a_host_is_the_lan_of_a_prefix() -> None:
    lab = load_lab(EDGE)
    lans = lab.interfaces_of("red1", InterfaceKind.LAN)
    assert [(one.name, str(one.address)) for one in lans] == [
        ("eth2", "172.16.1.1/24"),
        ("lan2", "192.168.1.1/24"),
    ]
    assert str(port_of(lab, "host1").address) == "172.16.1.2/24"
    assert gateway_of(lab, "host1") == lans[0]
    assert "ip route 0.0.0.0/0 172.16.1.1\n" in frr_configuration(lab, "host1", "10.3")
    assert "sysctl net/ipv4/ip_forward = 0\n" in str(plumbing(lab, "host1"))


def test_a_node_that_is_none_of_ours_moves_nothing() -> None:
    lab = load_lab(EDGE)
    assert lab.topology.unmanaged == ("grafana", "switch")
    assert {node.role for node in lab.nodes} == {Role.CE, Role.PE, Role.P, Role.HOST}
    assert "eth9" not in {one.name for one in lab.interfaces_of("red1")}
    assert plumbing(lab, "red1").left_alone == ("eth9",)


def probes_of(check: Check) -> list[str]:
    return [str(one) for one in check.probes]


def test_hosts_send_and_hear_probes() -> None:
    checks = {str(one.id): one for one in expect(load_lab(EDGE))}
    to_host = checks["data.host.host1.host2.172.16.1.0/24.172.16.2.0/24"]
    assert probes_of(to_host) == ["host1 172.16.1.2 -> 172.16.2.2"]
    to_ce = checks["data.host.host3.blue2.172.16.1.0/24.172.16.2.0/24"]
    assert probes_of(to_ce) == ["host3 172.16.1.2 -> 172.16.2.1"]
    foreign = probes_of(checks["data.isolation.host3"])
    assert "host2 172.16.2.2 -> 172.16.1.2" in foreign  # its own address, in another VPN
    assert not any("blue" in one for one in foreign)
