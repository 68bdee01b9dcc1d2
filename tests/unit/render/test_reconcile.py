from __future__ import annotations

from copy import deepcopy
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.loading import load_lab
from orchestrator.model.names import LONGEST_INTERFACE, vrf_name_fault
from orchestrator.render.addresses import Addresses
from orchestrator.render.observed import ObservedPlumbing, UnexpectedPlumbing
from orchestrator.render.plumbing import Gre, Plumbing, Port, VrfDevice, plumbing
from orchestrator.render.reconcile import NO_ADDRESSES, plumbing_changes
from tests.unit.render.conftest import LABS
from tests.unit.render.kernel_model import Kernel, Link

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab

MANAGEMENT_RULE = "preference 220 from 198.18.1.2 lookup 220"


def node_kernel(*ports: str, mpls: bool = True, ipv6: bool = True) -> Kernel:
    """A node as a runtime leaves it: ends of links, management, nothing else."""
    kernel = Kernel(mpls=mpls, ipv6=ipv6, rules=["preference 0 lookup local", MANAGEMENT_RULE])
    kernel.add("eth0", Link("veth", up=True))
    for port in ports:
        kernel.add(port, Link("veth"))
    return kernel


def changes(kernel: Kernel, wanted: Plumbing, addresses: Addresses = NO_ADDRESSES) -> tuple[str, ...]:
    return plumbing_changes(ObservedPlumbing.read(kernel.observed()), wanted, addresses)


def batch(*lines: str, family: str = "") -> str:
    quoted = " ".join(f"'{line}'" for line in lines)
    return rf"printf '%s\n' {quoted} | ip {family}-batch -"


def repair(kernel: Kernel, wanted: Plumbing, addresses: Addresses = NO_ADDRESSES) -> Kernel:
    """The kernel after all changes, of which a second look must find none left."""
    repaired = deepcopy(kernel)
    for command in changes(kernel, wanted, addresses):
        repaired.run(command)
    assert changes(repaired, wanted, addresses) == ()
    return repaired


@pytest.fixture
def wanted(two_vpns: Lab) -> Plumbing:
    return plumbing(two_vpns, "pe1")


@pytest.fixture
def right(wanted: Plumbing) -> Kernel:
    return repair(node_kernel("eth1", "eth2", "eth3"), wanted)


def test_a_new_pe_becomes_one(right: Kernel) -> None:
    assert {
        name: (link.kind, link.table, link.alias) for name, link in right.links.items() if link.alias
    } == {
        "red": ("vrf", 1001, "l3vpn"),
        "blue": ("vrf", 1002, "l3vpn"),
    }
    assert {name: link.master for name, link in right.links.items() if link.master} == {
        "eth2": "red",
        "eth3": "blue",
    }
    assert all(link.up for link in right.links.values())
    assert [name for name in right.links if right.sysctls[f"net/mpls/conf/{name}/input"]] == ["eth1"]
    assert right.sysctls["net/ipv4/conf/eth0/forwarding"] == 0
    assert right.sysctls["net/ipv4/conf/red/forwarding"] == 1
    assert sorted(right.rules) == sorted(
        (
            MANAGEMENT_RULE,
            "preference 1000 l3mdev",
            "preference 2000 l3mdev unreachable",
            "preference 32765 lookup local",
        )
    )


def test_a_new_node_takes_two_commands(wanted: Plumbing) -> None:
    assert [command.split()[0] for command in changes(node_kernel("eth1", "eth2", "eth3"), wanted)] == [
        "sysctl",
        "printf",
    ]


def test_a_ce_needs_no_mpls_in_its_kernel(two_vpns: Lab) -> None:
    ce = repair(node_kernel("eth1", mpls=False), plumbing(two_vpns, "red1"))
    assert {name for name, link in ce.links.items() if link.kind == "dummy"} == {"lan1", "lan2", "lan3"}


def test_a_provider_node_does(two_vpns: Lab) -> None:
    with pytest.raises(AssertionError, match="no net/mpls/platform_labels"):
        repair(node_kernel("eth1", "eth2", mpls=False), plumbing(two_vpns, "p1"))


def test_an_interface_in_the_wrong_vrf_is_brought_back(right: Kernel, wanted: Plumbing) -> None:
    right.links["eth2"].master = "blue"
    assert changes(right, wanted) == (
        batch("link set dev eth2 down", "link set dev eth2 master red", "link set dev eth2 up"),
    )


def test_mpls_input_is_on_where_it_must_be_and_nowhere_else(right: Kernel, wanted: Plumbing) -> None:
    right.write("net/mpls/conf/eth1/input", 0)
    right.write("net/mpls/conf/red/input", 1)
    assert changes(right, wanted) == ("sysctl -qw net/mpls/conf/eth1/input=1 net/mpls/conf/red/input=0",)


def test_forwarding_of_management_is_taken_back(right: Kernel, wanted: Plumbing) -> None:
    right.write("net/ipv4/ip_forward", 0)
    assert right.sysctls["net/ipv4/conf/eth0/forwarding"] == 0
    assert repair(right, wanted).sysctls["net/ipv4/conf/eth0/forwarding"] == 0


def test_a_vrf_of_a_vpn_that_is_gone_goes(right: Kernel, wanted: Plumbing) -> None:
    right.add("green", Link("vrf", 1003, alias="l3vpn"))
    right.add("lan7", Link("dummy", alias="l3vpn"))
    assert changes(right, wanted) == (
        r"printf '%s\n' 'link delete dev green' 'link delete dev lan7' | ip -batch -",
    )


def test_a_vrf_with_the_wrong_table_is_made_anew_and_gets_its_ports_back(
    right: Kernel, wanted: Plumbing
) -> None:
    right.delete("red")
    right.add("red", Link("vrf", 77))
    right.links["eth2"].master = "red"
    repaired = repair(right, wanted)
    assert (repaired.links["red"].table, repaired.links["eth2"].master) == (1001, "red")


def test_a_missing_link_is_named(wanted: Plumbing) -> None:
    with pytest.raises(UnexpectedPlumbing, match=r"^interface eth2, eth3 is missing: not all links"):
        changes(node_kernel("eth1"), wanted)


_STAY: list[dict[str, object]] = [
    {"type": "unicast", "dst": "198.19.255.1", "dev": "eth0", "table": "220"},
    {"type": "unicast", "dst": "10.7.0.0/16", "dev": "eth1", "table": "77"},
    {"type": "unicast", "dst": "10.0.0.0/31", "dev": "eth1", "table": "254", "protocol": "2"},
    {"type": "unicast", "dst": "172.16.3.0/24", "dev": "eth1", "table": "1001", "protocol": "196"},
    {"type": "unicast", "dst": "16", "via": {}, "dev": "eth1", "table": "254", "protocol": "193"},
]
_GO: list[dict[str, object]] = [
    {"type": "unicast", "dst": "default", "gateway": "10.0.0.1", "dev": "eth1", "table": "254", "metric": 50},
    {"type": "blackhole", "dst": "172.16.9.0/24", "table": "1001"},
    {"type": "unicast", "dst": "172.16.2.0/24", "encap": {}, "dev": "eth1", "table": "1002"},
    {"type": "unicast", "dst": "172.16.4.0/24", "dev": "eth1", "table": "254", "protocol": "4"},
    {"type": "unicast", "dst": "172.16.5.0/24", "dev": "eth1", "table": "254", "protocol": "99"},
    {"type": "local", "dst": "172.16.6.1", "dev": "lo", "table": "255"},
    {"type": "unicast", "dst": "2001:db8::/64", "dev": "lo", "table": "254", "pref": "medium"},
    {"type": "unicast", "dst": "default", "dev": "lo", "table": "254", "metric": 1024, "pref": "medium"},
    {"type": "unicast", "dst": "777", "via": {}, "dev": "eth1", "table": "254"},
]


def test_routes_made_by_hand_go_and_those_of_frr_the_kernel_and_management_stay(
    right: Kernel, wanted: Plumbing
) -> None:
    right.routes = [*_STAY, *_GO]
    assert repair(right, wanted).routes == _STAY


def test_a_label_made_by_hand_is_deleted_as_one(right: Kernel, wanted: Plumbing) -> None:
    right.routes = [_GO[-1]]
    assert changes(right, wanted) == (batch("route delete 777", family="-f mpls "),)


def test_rules_made_by_hand_go(right: Kernel, wanted: Plumbing) -> None:
    right.rules.append("preference 500 from 172.16.1.1 lookup 77")
    assert changes(right, wanted) == (batch("rule delete preference 500 from 172.16.1.1 lookup 77"),)


def test_a_vrf_made_by_hand_goes_and_what_was_put_into_a_vrf_or_has_an_address_is_shut(
    right: Kernel, wanted: Plumbing
) -> None:
    right.add("green", Link("vrf", 7))
    right.add("d0", Link("dummy", master="red", up=True))
    right.add("d1", Link("dummy", up=True, addresses=["172.16.7.1/24"]))
    right.add("d2", Link("dummy", up=True))
    assert changes(right, wanted) == (
        batch(
            "link delete dev green",
            "link set dev d0 down",
            "link set dev d0 nomaster",
            "link set dev d1 down",
        ),
    )


CORE, STRAY = "10.0.0.0/31", "10.9.9.9/32"


@pytest.mark.parametrize(
    ("present", "running", "words"),
    [
        ([CORE], {CORE}, ()),
        ([CORE, STRAY], {CORE}, (f"address delete {STRAY} dev eth1",)),
        ([], {CORE}, (f"address add {CORE} dev eth1",)),
        # What FRR is yet to configure, or to remove, it does itself.
        ([], set(), ()),
        ([CORE, STRAY], {CORE, STRAY}, ()),
    ],
)
def test_the_kernel_has_the_addresses_that_frr_put_there(
    right: Kernel, wanted: Plumbing, present: list[str], running: set[str], words: tuple[str, ...]
) -> None:
    right.links["eth1"].addresses = present
    of_frr = Addresses(frozenset(("eth1", one) for one in running), frozenset({("eth1", CORE)}))
    reported = tuple(map(batch, words))
    assert changes(right, wanted, of_frr) == reported
    repair(right, wanted, of_frr)


def test_addresses_are_read_from_a_configuration() -> None:
    text = "interface eth1\n ip address 10.0.0.0/31\n ip ospf area 0\nexit\nvrf red\n ip address 1.1.1.1/32\n"
    assert Addresses.of(text, "").running == {("eth1", CORE)}


@pytest.mark.parametrize(
    "text", ["", "[]\n", "sh: ip: not found\n", "[]\n[]\n[]\nnet/ipv4/ip_forward: yes\n", "[1]\n[2]\n[3]\n"]
)
def test_other_text_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(
        UnexpectedPlumbing, match=r"^not the links, rules, routes and sysctls of a node \(.*\)$"
    ):
        ObservedPlumbing.read(text)


TWO_VPNS = load_lab(LABS / "two-vpns")
NAMES = ("eth1", "eth2", "eth3", "lan1", "lan2", "red", "blue", "green", "br0")
links = st.builds(
    Link,
    kind=st.sampled_from(("vrf", "dummy", "veth")),
    table=st.sampled_from((1001, 1002, 77)),
    alias=st.sampled_from((None, "l3vpn", "mine")),
    mtu=st.sampled_from((1400, 1500, 9500)),
    up=st.booleans(),
)


@st.composite
def kernels(draw: st.DrawFn) -> Kernel:
    """Any state that a node may have been brought into; ends of its links are all there."""
    kernel = node_kernel()
    for name, link in draw(st.dictionaries(st.sampled_from(NAMES), links)).items():
        if name.startswith("eth"):
            link.kind, link.table = "veth", None
        kernel.add(name, link)
    for port in ("eth1", "eth2", "eth3"):
        if port not in kernel.links:
            kernel.add(port, Link("veth"))
    vrfs = [name for name, link in kernel.links.items() if link.kind == "vrf"]
    for link in kernel.links.values():
        if link.kind == "vrf" or link.kind is None:
            continue
        link.master = draw(st.sampled_from((None, *vrfs)))
    if draw(st.booleans()):
        kernel.rules.append("preference 2000 l3mdev unreachable")
    for path in draw(st.sets(st.sampled_from(sorted(kernel.sysctls)))):
        kernel.write(path, draw(st.integers(0, 2)))
    return kernel


@given(kernel=kernels(), node=st.sampled_from(("pe1", "p1", "red1")))
def test_any_state_is_repaired_at_once_and_strangers_are_left_alone(kernel: Kernel, node: str) -> None:
    wanted = plumbing(TWO_VPNS, node)
    lab_names = {port.name for port in wanted.ports} | {vrf.name for vrf in wanted.vrfs} | {"lo"}
    strangers = {
        name: deepcopy(link)
        for name, link in kernel.links.items()
        if name not in lab_names
        and link.kind != "vrf"
        and not (link.alias == "l3vpn" and link.kind == "dummy")
    }
    staying = {
        vrf.name
        for vrf in wanted.vrfs
        for link in [kernel.links.get(vrf.name)]
        if link is not None and (link.kind, link.table) == ("vrf", vrf.table)
    }
    repaired = repair(kernel, wanted)
    for name, link in strangers.items():
        link.up = link.up and (name == "eth0" or link.master not in staying)
        link.master = None
        assert link == repaired.links[name]
    assert MANAGEMENT_RULE in repaired.rules


WORDS = Path(__file__).with_name("iproute2_words.txt").read_text(encoding="utf-8")
ABBREVIATIONS = {
    word[:length]
    for line in WORDS.splitlines()
    if not line.startswith("#")
    for word in line.split()
    for length in range(1, len(word) + 1)
}
NAMES_OF_DEVICES = sorted(
    word
    for word in ABBREVIATIONS
    if len(word) <= LONGEST_INTERFACE and not word.endswith("-") and vrf_name_fault(word) is None
)


@given(names=st.lists(st.sampled_from(NAMES_OF_DEVICES), min_size=3, max_size=3, unique=True))
def test_no_name_is_taken_for_a_word_of_iproute2(names: list[str]) -> None:
    """The model of the kernel takes a name only behind `dev`, `name` or `master`."""
    vrf, port, tunnel = names
    gre = Gre(IPv4Address("10.254.0.1"), IPv4Address("10.254.0.2"), vrf)
    ports = (Port(port, 1400, vrf), Port(tunnel, 1400, vrf, gre))
    right = repair(node_kernel(port), Plumbing((), (VrfDevice(vrf, 1001),), ports, ()))
    assert {(right.links[one].kind, right.links[one].master, right.links[one].up) for one in names} == {
        ("vrf", None, True),
        ("veth", vrf, True),
        ("gre", vrf, True),
    }
    gone = repair(right, Plumbing((), (), (Port(port, 1400, shut=True),), ()))
    assert gone.links.keys() == {"lo", "eth0", port}


SHAM = plumbing(load_lab(LABS / "ospf-sham"), "pe1")


def test_a_sham_links_tunnel_is_made_in_its_vrf() -> None:
    repaired = repair(node_kernel("eth1", "eth2"), SHAM)
    sham = repaired.links["sham1"]
    assert (sham.kind, sham.tunnel) == ("gre", ("10.254.0.1", "10.254.0.2", "red"))
    assert (sham.master, sham.alias, sham.mtu, sham.up) == ("red", "l3vpn", 1468, True)
    assert repaired.sysctls["net/ipv6/conf/sham1/disable_ipv6"] == 1  # it was made so, from the default


def test_a_tunnel_that_has_ipv6_loses_it() -> None:
    right = repair(node_kernel("eth1", "eth2"), SHAM)
    right.write("net/ipv6/conf/sham1/disable_ipv6", 0)
    assert changes(right, SHAM) == ("sysctl -qw net/ipv6/conf/sham1/disable_ipv6=1",)


def test_a_kernel_without_ipv6_will_do() -> None:
    repair(node_kernel("eth1", "eth2", ipv6=False), SHAM)


@pytest.mark.parametrize(
    "tunnel", [("10.254.0.1", "10.254.0.9", "red"), ("10.254.0.1", "10.254.0.2", "eth1"), None]
)
def test_a_tunnel_to_elsewhere_is_made_anew(tunnel: tuple[str, str, str] | None) -> None:
    right = repair(node_kernel("eth1", "eth2"), SHAM)
    right.links["sham1"].tunnel = tunnel
    assert "'link delete dev sham1'" in changes(right, SHAM)[0]
    repair(right, SHAM)


def test_a_tunnel_that_nobody_wants_goes_and_a_strangers_stays() -> None:
    right = repair(node_kernel("eth1", "eth2"), SHAM)
    right.add("sham7", Link("gre", tunnel=("10.254.0.1", "10.254.0.3", "red"), alias="l3vpn"))
    right.add("gre9", Link("gre", tunnel=("10.254.0.1", "10.254.0.3", "red")))
    assert changes(right, SHAM) == (r"printf '%s\n' 'link delete dev sham7' | ip -batch -",)
