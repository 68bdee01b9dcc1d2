from __future__ import annotations

from orchestrator.fleet.refusal import (
    Refusal,
    refused_as_read,
    refused_by_check,
    refused_by_frr,
    refused_by_kernel,
)


def test_the_check_finds_an_unknown_line() -> None:  # FRR 10.3
    stderr = (
        "line 3: % Unknown command[31]:   nonsense here\n"
        "Configuration file[/etc/frr/frr.conf] processing failure: 2\n"
    )
    sent = "router bgp 65000\n address-family ipv4 unicast\n  nonsense here\n exit-address-family\nexit\n"
    assert refused_by_check(sent, stderr) == Refusal("nonsense here", "% Unknown command")


def test_the_check_does_not_run() -> None:
    assert refused_by_check("exit\n", "sh: vtysh: not found\n") == Refusal("", "sh: vtysh: not found")


def test_a_daemon_refuses_a_line_of_a_file() -> None:  # FRR 10.3; what comes first is chance
    said = (
        "[240|bgpd] sending configuration\n"
        "line 2: Failure to communicate[13] to bgpd, line:  neighbor 9.9.9.9 password x\n"
        "\n"
        "[240|bgpd] Configuration file[/etc/frr/frr.conf] processing failure: 13\n"
        "% Specify remote-as or peer-group commands first\n"
    )
    refused = refused_as_read("router bgp 65101\n neighbor 9.9.9.9 password x\nexit\n", said)
    assert refused == Refusal(
        "neighbor 9.9.9.9 password x", "% Specify remote-as or peer-group commands first"
    )
    assert refused_as_read("exit\n", "sh: vtysh: not found\n") == Refusal("", "sh: vtysh: not found")


def test_a_daemon_refuses_a_line() -> None:  # FRR 8.4.4
    stdout = (
        "f3# configure terminal\n"
        "f3(config)# router bgp 65000\n"
        "f3(config-router)#  bgp router-id 10.255.0.1\n"
        "f3(config-router)#  neighbor 300.1.0.1 remote-as 65001\n"
        "% Create the peer-group or interface first\n"
    )
    assert refused_by_frr(stdout, "") == Refusal(
        "neighbor 300.1.0.1 remote-as 65001", "% Create the peer-group or interface first"
    )


def test_frr_says_more_than_one_line() -> None:  # FRR 10.3
    stdout = (
        "red1# configure terminal\n"
        "red1(config)# router bgp 65000\n"
        "BGP instance name and AS number mismatch\n"
        "BGP instance is already running; AS is 65101\n"
    )
    assert refused_by_frr(stdout, "") == Refusal(
        "router bgp 65000",
        "BGP instance name and AS number mismatch; BGP instance is already running; AS is 65101",
    )


def test_a_warning_before_is_not_the_reason() -> None:
    stdout = (
        "f3(config-router)#  neighbor 10.9.0.1 route-map NIX in\n"
        "The route-map 'NIX' does not exist.\n"
        "f3(config-router)#   nonsense here\n"
        "% Unknown command:   nonsense here\n"
    )
    assert refused_by_frr(stdout, "") == Refusal("nonsense here", "% Unknown command:   nonsense here")


def test_a_daemon_does_not_run() -> None:
    stdout = "f3# configure terminal\nf3(config)# mpls ldp\n"
    assert refused_by_frr(stdout, "ldpd is not running\n") == Refusal("mpls ldp", "ldpd is not running")


def test_vtysh_does_not_run() -> None:
    assert refused_by_frr("", "sh: vtysh: not found\n") == Refusal("", "sh: vtysh: not found")
    assert refused_by_frr("", "") == Refusal("", "no reason given")


SYSCTL = "sysctl -qw net/ipv4/ip_forward=1"
BATCH = r"printf '%s\n' 'link add red type vrf table 1001' 'link set eth9 up' | ip -batch -"


def test_the_kernel_refuses_a_line_of_a_batch() -> None:
    stderr = 'Cannot find device "eth9"\nCommand failed -:2\n'
    assert refused_by_kernel((SYSCTL, BATCH), "\n", stderr) == Refusal(
        "link set eth9 up", 'Cannot find device "eth9"'
    )


def test_the_kernel_refuses_a_command() -> None:
    stderr = "sysctl: permission denied on key 'net.ipv4.ip_forward'\n"
    assert refused_by_kernel((SYSCTL, BATCH), "", stderr) == Refusal(SYSCTL, stderr.strip())


def test_a_refusal_is_one_line() -> None:
    assert str(Refusal("router bgp 1", "no")) == "refused `router bgp 1`: no"
    assert str(Refusal("", "is not an FRR node")) == "is not an FRR node"
