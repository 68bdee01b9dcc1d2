"""What somebody did by hand in a node, and a push undoes: reported, sent, and verified afterwards."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.live.fault import started

if TYPE_CHECKING:
    from tests.live.conftest import LiveLab

# On pe1 of two-vpns: eth1 is its core link, eth2 and eth3 lead to red1 and blue1.
BY_HAND = (
    "ip -f mpls route add 777 via inet 10.0.0.1 dev eth1",
    "ip route add 192.0.2.0/24 nexthop via 10.0.0.1 nexthop dev lo",
    "ip route add 198.51.100.0/24 dev eth1 proto static",
    "ip route add 203.0.113.0/24 dev eth1 proto 99",
    "ip route add table 1001 unreachable 192.0.2.0/24",
    "ip route add local 192.0.2.1 dev lo",
    "ip -6 route add default dev lo",
    "ip rule add from 172.16.1.0/24 to 192.0.2.0/24 iif eth2 fwmark 7 lookup 77 pref 500",
    "ip link add green type vrf table 7",
    "ip link add name d0 up type dummy",
    "ip addr add 172.16.77.1/24 dev d0",
    "ip link set d0 master red",
    "ip addr add 192.0.2.9/32 dev eth1",
    "ip addr add 192.0.2.8 peer 192.0.2.7 dev eth1",
    "ip addr del 10.1.0.1/30 dev eth2",
    "ip addr add 192.0.2.65/26 dev red",
    "sysctl -qw net.ipv4.conf.eth3.forwarding=0 net.mpls.ip_ttl_propagate=1",
)
AS_FRR = {
    "a policy for eBGP": (
        "red1",
        ("router bgp 65101", "bgp ebgp-requires-policy"),
        "clear bgp *",
    ),
    "a keepalive time of LDP": (
        "p1",
        ("mpls ldp", "address-family ipv4", "session holdtime 15"),
        "clear mpls ldp neighbor",
    ),
    "a router id of OSPF": ("p1", ("router ospf", "ospf router-id 10.255.9.9"), "clear ip ospf process"),
}


def _vtysh(*lines: str) -> str:
    return "vtysh" + "".join(f" -c '{line}'" for line in lines)


def _as_wanted(lab: LiveLab) -> None:
    done = lab.l3vpn("verify", "--timeout", "40")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "checks hold; configuration as wanted" in done.stdout


def _holds_though_pe1_differs(lab: LiveLab) -> None:
    done = lab.l3vpn("verify", "--timeout", "40")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all 405 checks hold; 1 node differs: pe1 (l3vpn diff two-vpns)" in done.stdout


def test_what_is_made_by_hand_in_a_kernel(lab: LiveLab) -> None:
    made = lab.run("pe1", " && ".join(BY_HAND))
    assert made.returncode == 0, made.stdout + made.stderr
    differs = lab.l3vpn("verify", "--timeout", "0")
    assert differs.returncode == 1
    assert "1 node differs: pe1 (l3vpn diff two-vpns)" in " ".join(differs.stdout.split())
    pushed = lab.push()
    assert pushed.returncode == 0, pushed.stdout + pushed.stderr
    assert lab.run("pe1", "ip -f mpls route show 777; ip rule show pref 500").stdout == ""
    try:
        _as_wanted(lab)
    finally:
        lab.run("pe1", "ip link delete d0")


@pytest.mark.parametrize("what", AS_FRR)
def test_what_frr_takes_without_acting_on_it(lab: LiveLab, what: str) -> None:
    node, lines, clear = AS_FRR[what]
    typed = lab.run(node, f"{_vtysh('configure terminal', *lines)} && {_vtysh(clear)}")
    assert typed.returncode == 0, typed.stdout + typed.stderr
    assert lab.l3vpn("diff").returncode == 1
    pushed = lab.push()
    assert pushed.returncode == 0, pushed.stdout + pushed.stderr
    _as_wanted(lab)


def test_a_route_map_that_only_the_daemon_that_applies_it_has_lost(lab: LiveLab) -> None:
    """zebra and ospfd still hold it, so that `show running-config` prints it."""
    lost = lab.run("pe1", "vtysh -d bgpd -c 'configure terminal' -c 'no route-map from-ce permit 10'")
    assert lost.returncode == 0, lost.stdout + lost.stderr
    assert "route-map from-ce permit 10" in lab.run("pe1", _vtysh("show running-config")).stdout
    assert "+route-map from-ce permit 10\n+ set extcommunity none\n" in lab.l3vpn("diff").stdout
    assert lab.push().returncode == 0
    _as_wanted(lab)


def test_routes_that_a_kernel_loses_with_an_address_are_reported_first(lab: LiveLab) -> None:
    """FRR takes them for installed, so that no difference is left for a push to repair."""
    address = "10.1.0.2/30 dev eth1"
    assert lab.run("red1", f"ip address del {address} && ip address add {address}").returncode == 0
    report = lab.terminal.verify(lab.name, timeout=0)
    wrong = [one for one in report["checks"] if one["verdict"] == "FAIL"]
    assert wrong
    assert all(one["observed"] == "bgp via 10.1.0.1 eth1; the kernel has lost it" for one in wrong), wrong
    assert lab.run("red1", "ip link set eth1 down && ip link set eth1 up").returncode == 0
    _as_wanted(lab)


def test_what_breaks_nothing_is_a_difference_all_the_same(lab: LiveLab) -> None:
    """The proof holds, and reports the drift of a node all the same."""
    private = "neighbor 10.1.0.2 remove-private-AS"
    lines = ("configure terminal", "router bgp 65000 vrf red", "address-family ipv4 unicast", private)
    assert lab.run("pe1", _vtysh(*lines)).returncode == 0
    try:
        _holds_though_pe1_differs(lab)
    finally:
        assert lab.push().returncode == 0
    _as_wanted(lab)


def test_what_is_of_ipv6_hinders_no_check(lab: LiveLab) -> None:
    """Lines of IPv6 stand between those of IPv4 that checks look for."""
    address = "2001:db8:aaaa:bbbb:cccc::1"
    loopback = ("interface lo", f"ipv6 address {address}/128")
    ldp = ("mpls ldp", "address-family ipv6", f"discovery transport-address {address}", "interface eth1")
    typed = lab.run("pe1", _vtysh("configure terminal", *loopback, *ldp))
    assert typed.returncode == 0, typed.stdout + typed.stderr
    try:
        assert "ipv6 2001:db8:" in lab.run("pe1", _vtysh("show mpls ldp binding")).stdout
        _holds_though_pe1_differs(lab)
    finally:
        assert lab.push().returncode == 0
    _as_wanted(lab)


@dataclass(frozen=True, slots=True)
class Lost:
    """Labels of a neighbour that a node's ldpd does not hand on to zebra."""

    node: str
    loopback: str
    port: str
    neighbor: str
    lsr_id: str
    others: tuple[str, ...]
    why: str


LOST = (
    Lost("pe1", "10.255.0.1", "eth1", "p1", "10.255.0.2", (), "pe1 has no label for 10.255.0.4/32"),
    Lost("p2", "10.255.0.3", "eth2", "pe2", "10.255.0.4", ("eth1",), r"label \d+ is not in the LFIB of p2"),
)


@pytest.mark.parametrize("lost", LOST, ids=lambda lost: str(lost.node))
def test_labels_that_ldpd_did_not_hand_on_are_repaired_by_up(lab: LiveLab, lost: Lost) -> None:
    """A session of targeted LDP is there before the interface: what a busy machine does by itself, rarely."""
    top = "configure terminal", "mpls ldp"
    ldp = *top, "address-family ipv4"
    anew = (
        *(*top, f"router-id {lost.loopback}", "discovery hello holdtime 4", "discovery hello interval 1"),
        *(ldp[-1], f"discovery transport-address {lost.loopback}", "label local allocate host-routes"),
        f"neighbor {lost.lsr_id} targeted",
        *(line for port in lost.others for line in (f"interface {port}", "exit")),
    )
    gone = "pkill -KILL -x ldpd; while pgrep -x ldpd >/dev/null; do sleep 0.1; done"
    back = f"{started('ldpd')}until {_vtysh(*anew)} 2>/dev/null; do sleep 0.2; done"
    neighbors = _vtysh("show mpls ldp neighbor")
    operational = f"until {neighbors} | grep {lost.lsr_id} | grep -q OPERATIONAL; do sleep 0.2; done"
    for node, text in (
        (lost.neighbor, _vtysh(*ldp, f"neighbor {lost.loopback} targeted")),
        (lost.node, f"{gone}; {back}; {operational}"),
        (lost.node, f"{_vtysh(*ldp, f'interface {lost.port}')} && sleep 3"),
        (lost.node, _vtysh(*ldp, f"no neighbor {lost.lsr_id} targeted")),
        (lost.neighbor, _vtysh(*ldp, f"no neighbor {lost.loopback} targeted")),
    ):
        done = lab.run(node, text)
        assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(lost.why, lab.l3vpn("verify", "--once").stdout)

    done = lab.l3vpn("up")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        f"repaired: {lost.node} did not use labels of LDP neighbour {lost.lsr_id}"
        in done.stdout + done.stderr
    )


def test_a_subnet_that_zebra_kept_when_its_port_was_in_another_vrf_is_forgotten(lab: LiveLab) -> None:
    """Somebody put the port back by hand: nothing differs, and the global table has a customer's route."""
    # Whether zebra keeps it is a race of its own: moved until it does.
    moved = (
        "for pause in 2 1 2 1 2 3 2 3; do"
        " ip link set eth2 master blue && sleep $pause && ip link set eth2 master red || exit;"
        " sleep 1; vtysh -c 'show ip route' | grep -q '^K.*10.1.0.0/30' && exit 0; done; exit 1"
    )
    assert lab.run("pe1", moved).returncode == 0
    report = lab.terminal.verify(lab.name, timeout=20)
    wrong = [f"{one['id']}: {one['observed']}" for one in report["checks"] if one["verdict"] == "FAIL"]
    assert wrong == ["igp.table.pe1: also 10.1.0.0/30 by kernel"]
    assert lab.l3vpn("diff").returncode == 0
    pushed = lab.push()
    assert "repaired: zebra of pe1 still had 10.1.0.0/30 by eth2" in pushed.stdout + pushed.stderr
    _as_wanted(lab)
