from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.loading import load_lab
from orchestrator.model.lab import InterfaceKind, Lab
from orchestrator.model.rd_rt import RouteTarget
from orchestrator.model.timer_values import QUICK, STANDARD
from orchestrator.protocols.bgp.values import Bgp
from orchestrator.render.difference import configuration_changes
from orchestrator.render.frr import frr_configuration
from orchestrator.render.quirks import UnknownFrrVersion
from tests.unit.render.conftest import LABS
from tests.unit.render.frr_model import Frr, Refused

VERSION = "10.3"
TWO_VPNS = load_lab(LABS / "two-vpns")
PE1 = frr_configuration(TWO_VPNS, "pe1", VERSION)
PREAMBLE = """Building configuration...

Current configuration:
!
frr version 10.3
frr defaults traditional
hostname pe1
log file /tmp/frr.log
no ip forwarding
no ipv6 forwarding
service integrated-vtysh-config
"""


def edited(*edits: tuple[str, str], text: str = PE1) -> str:
    for old, new in edits:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return text


def commands(running: str, wanted: str = PE1) -> str:
    return configuration_changes(running, wanted, VERSION).commands


def test_what_frr_prints_around_it_is_no_difference() -> None:
    assert configuration_changes(f"{PREAMBLE}{PE1}end\n", PE1, VERSION) == configuration_changes(
        PE1, PE1, VERSION
    )
    assert configuration_changes(f"{PREAMBLE}{PE1}end\n", PE1, VERSION).commands == ""
    assert configuration_changes(f"{PREAMBLE}{PE1}end\n", PE1, VERSION).unified == ""


def test_the_order_of_blocks_is_no_difference() -> None:
    red, blue = (PE1.index(f"router bgp 65000 vrf {name}") for name in ("red", "blue"))
    after = PE1.index("router ospf")
    assert commands(PE1[:red] + PE1[blue:after] + PE1[red:blue] + PE1[after:]) == ""


def test_forwarding_is_configuration_where_frr_keeps_it_as_such() -> None:
    assert configuration_changes(f"no ip forwarding\n{PE1}", PE1, "10.7.1").commands == "ip forwarding\n"
    assert configuration_changes(f"no ip forwarding\n{PE1}", PE1, "10.3").commands == ""


def test_an_rd_is_removed_with_its_value_which_frr_insists_on() -> None:
    without = edited(("  rd vpn export 10.255.0.1:1\n", ""))
    assert "  no rd vpn export 10.255.0.1:1\n" in commands(PE1, without)


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(UnknownFrrVersion, match=r"^FRR 7\.5 is older than 8\.4"):
        configuration_changes("", "", "7.5")


def test_sessions_whose_timers_change_are_reset_and_no_others() -> None:
    slow = edited(
        (" neighbor 10.255.0.4 timers 3 9\n", " neighbor 10.255.0.4 timers 60 180\n"),
        (" neighbor 10.1.0.2 timers 3 9\n", ""),
        (" neighbor 10.1.0.10 timers connect 1\n", ""),
    )
    assert configuration_changes(slow, PE1, VERSION).resets == (
        "clear bgp 10.255.0.4",
        "clear bgp vrf red 10.1.0.2",
    )
    assert (
        configuration_changes(PE1, slow, VERSION).resets == configuration_changes(slow, PE1, VERSION).resets
    )
    assert configuration_changes("", PE1, VERSION).resets == ()
    assert configuration_changes(PE1, "", VERSION).resets == ()


def test_on_an_empty_node_everything_is_sent() -> None:
    assert Frr.with_configuration(commands("")).top == Frr.with_configuration(PE1).top


CASES = {
    "a route target is overwritten": (
        edited(("rt vpn both 65000:1", "rt vpn both 65000:666")),
        """
        router bgp 65000 vrf red
         address-family ipv4 unicast
          rt vpn import 65000:1
          rt vpn export 65000:1
         exit-address-family
        exit
        """,
    ),
    "only the direction that differs": (
        edited(("rt vpn both 65000:1", "rt vpn import 65000:1 65000:2\n  rt vpn export 65000:1")),
        """
        router bgp 65000 vrf red
         address-family ipv4 unicast
          rt vpn import 65000:1
         exit-address-family
        exit
        """,
    ),
    "a VRF that is gone": (
        f"{PE1}router bgp 65000 vrf green\n bgp router-id 10.255.0.1\nexit\n",
        "no router bgp 65000 vrf green",
    ),
    "another provider AS: VRF instances go before the default one": (
        PE1.split("router bgp 65000 vrf blue", maxsplit=1)[0].replace("router bgp 65000", "router bgp 65001"),
        "no router bgp 65001 vrf red\nno router bgp 65001\nroute-map from-ce permit 10\n …",
    ),
    "BFD goes after its profile": (
        edited(
            (
                " neighbor 10.1.0.2 remote-as",
                " neighbor 10.1.0.2 bfd\n neighbor 10.1.0.2 bfd profile slow\n neighbor 10.1.0.2 remote-as",
            ),
        ),
        """
        router bgp 65000 vrf red
         no neighbor 10.1.0.2 bfd profile slow
         no neighbor 10.1.0.2 bfd
        exit
        """,
    ),
    "the CE's AS": (
        edited(("remote-as 65101", "remote-as 65999")),
        """
        router bgp 65000 vrf red
         neighbor 10.1.0.2 remote-as 65101
        exit
        """,
    ),
    "who is in another AS again is no client of a route reflector": (
        edited(
            ("remote-as 65101", "remote-as 65000"),
            (
                "  redistribute connected\n",
                "  redistribute connected\n  neighbor 10.1.0.2 route-reflector-client\n",
            ),
        ),
        """
        router bgp 65000 vrf red
         neighbor 10.1.0.2 remote-as 65101
        exit
        """,
    ),
    "a neighbor goes with all its lines": (
        edited(
            (
                " neighbor 10.1.0.2 remote-as",
                " neighbor 10.1.0.3 remote-as 7\n neighbor 10.1.0.3 timers 1 3\n neighbor 10.1.0.2 remote-as",
            ),
            ("  redistribute connected\n", "  redistribute connected\n  neighbor 10.1.0.3 as-override\n"),
        ),
        """
        router bgp 65000 vrf red
         no neighbor 10.1.0.3
        exit
        """,
    ),
    "LDP on one interface more and on one less": (
        edited(("  interface eth1\n", "  interface eth2\n")),
        """
        mpls ldp
         address-family ipv4
          no interface eth2
          interface eth1
          exit
         exit-address-family
        exit
        """,
    ),
    "timers are overwritten": (
        edited(("dead-interval 4", "dead-interval 40"), ("hello interval 1", "hello interval 5")),
        """
        mpls ldp
         discovery hello interval 1
        exit
        interface eth1
         ip ospf dead-interval 4
        exit
        """,
    ),
    "addresses and areas are removed first": (
        edited(("10.0.0.0/31\n ip ospf area 0", "10.9.9.9/31\n ip ospf area 7")),
        """
        interface eth1
         no ip address 10.9.9.9/31
         no ip ospf area 7
         ip address 10.0.0.0/31
         ip ospf area 0
        exit
        """,
    ),
    "an interface cannot be removed, its lines can": (
        f"{PE1}interface eth9\n description left over\n ip address 9.9.9.9/24\nexit\n",
        """
        interface eth9
         no description
         no ip address 9.9.9.9/24
        exit
        """,
    ),
    "an RD is overwritten": (
        edited(("  label vpn export auto\n", ""), ("rd vpn export 10.255.0.1:1", "rd vpn export 65000:9")),
        """
        router bgp 65000 vrf red
         address-family ipv4 unicast
          label vpn export auto
          rd vpn export 10.255.0.1:1
         exit-address-family
        exit
        """,
    ),
    "a default that FRR does not print": (
        edited((" no bgp default ipv4-unicast\n", "")),
        """
        router bgp 65000
         no bgp default ipv4-unicast
         address-family ipv4 unicast
          no neighbor 10.255.0.4 activate
         exit-address-family
        exit
        """,
    ),
    "a filter is removed after its use": (
        edited(("  redistribute connected\n", "  redistribute connected route-map R\n"))
        + "route-map R permit 10\n match tag 1\nexit\n",
        """
        router bgp 65000 vrf red
         address-family ipv4 unicast
          no redistribute connected route-map R
          redistribute connected
         exit-address-family
        exit
        no route-map R permit 10
        """,
    ),
    "a peer group takes its members along, who are made anew": (
        edited(
            (
                " neighbor 10.255.0.4 remote-as 65000\n neighbor 10.255.0.4 update-source 10.255.0.1\n",
                " neighbor PES peer-group\n neighbor PES remote-as 65000\n neighbor PES update-source lo\n",
            ),
            (
                " neighbor 10.255.0.4 timers 3 9\n",
                " neighbor 10.255.0.4 peer-group PES\n bgp listen range 10.255.0.0/24 peer-group PES\n",
            ),
            ("  neighbor 10.255.0.4 activate\n", "  neighbor PES activate\n"),
        ),
        "router bgp 65000\n no bgp listen range 10.255.0.0/24 peer-group PES\n no neighbor PES peer-group …",
    ),
    "an empty VRF of somebody else stays": (f"{PE1}vrf learner\nexit-vrf\n", ""),
}


@pytest.mark.parametrize("case", CASES)
def test_commands(case: str) -> None:
    running, expected = CASES[case]
    sent = commands(running).strip()
    expected = dedent(expected).strip()
    assert sent.startswith(expected.removesuffix("…").strip()) if expected.endswith("…") else sent == expected


def test_ldp_knows_its_interfaces_before_an_igp_has_routes_over_them() -> None:
    blocks = [line for line in commands("").splitlines() if not line.startswith(" ")]
    assert blocks.index("mpls ldp") < min(blocks.index(one) for one in ("router ospf", "interface eth1"))


def test_ospf_has_its_router_id_before_a_port_has_an_area() -> None:
    """An adjacency may be Full within milliseconds, and ospfd then keeps the ID that it chose itself."""
    lines = commands("").splitlines()
    instances = [number for number, line in enumerate(lines) if line.startswith("router ospf")]
    areas = [number for number, line in enumerate(lines) if line.startswith(" ip ospf area ")]
    assert all(lines[number + 1].startswith(" ospf router-id ") for number in instances)
    assert max(instances) < min(areas)


def test_isis_has_its_timers_before_its_net() -> None:
    """isisd makes its first LSP as soon as it has one, and what then changes waits for the usual timer."""
    isis_core = load_lab(LABS / "isis-core")
    lines = commands("", frr_configuration(isis_core, "pe1", VERSION)).splitlines()
    process = lines[lines.index("router isis core") :]
    inside = process[1 : process.index("exit")]
    assert inside[-1].startswith(" net ")
    assert any(line.startswith(" lsp-timers ") for line in inside)


def test_a_port_has_its_network_type_before_it_has_an_area() -> None:
    """ospfd overlooks the type of a port that has just started, and never waits for LDP there."""
    for block in commands("").split("interface ")[1:]:
        lines = block.split("exit")[0].splitlines()
        areas = [line for line in lines if line.startswith(" ip ospf area ")]
        assert lines[-1:] == areas or not areas


TWO_PORTS = (("eth1", "10.0.0.1/30"), ("eth2", "10.0.0.5/30"))


def test_the_unified_form_shows_no_line_that_only_moved() -> None:
    running = "router bgp 65000\n neighbor 10.0.0.1 remote-as 1\n bgp router-id 1.1.1.1\n"
    wanted = "router bgp 65000\n bgp router-id 1.1.1.1\n neighbor 10.0.0.2 remote-as 1\n"
    lines = configuration_changes(running, wanted, VERSION).unified.splitlines()[3:]
    assert [line for line in lines if not line.startswith(" ")] == [
        "- neighbor 10.0.0.1 remote-as 1",
        "+ neighbor 10.0.0.2 remote-as 1",
    ]


def test_the_unified_form_takes_no_line_for_that_of_another_block() -> None:
    eth1, eth2 = (f"interface {name}\n ip address {net}\n ip ospf cost 10\n" for name, net in TWO_PORTS)
    lines = configuration_changes(eth1 + eth2, eth2, VERSION).unified.splitlines()[3:]
    assert [line for line in lines if not line.startswith(" ")] == [f"-{line}" for line in eth1.splitlines()]


def test_the_unified_form_names_the_block() -> None:
    changes = configuration_changes(edited(("rt vpn both 65000:2", "rt vpn both 65000:1")), PE1, VERSION)
    assert changes.unified == dedent("""\
        --- running
        +++ wanted
        @@ -49,7 +49,7 @@ router bgp 65000 vrf blue
           neighbor 10.1.0.10 route-map from-ce in
           label vpn export auto
           rd vpn export 10.255.0.1:2
        -  rt vpn both 65000:1
        +  rt vpn both 65000:2
           export vpn
           import vpn
         route-map from-ce permit 10
        """)


targets = st.frozensets(st.builds(RouteTarget, st.just(65000), st.integers(1, 4)), min_size=1)


@st.composite
def configurations(draw: st.DrawFn) -> str:
    """What is rendered for a node of the default lab after changes of its intent."""
    lab = TWO_VPNS
    providers = tuple(
        replace(
            one, asn=draw(st.sampled_from((65000, 65010))), timers=draw(st.sampled_from((QUICK, STANDARD)))
        )
        for one in lab.providers
    )
    vrfs = tuple(
        replace(vrf, imports=draw(targets), exports=draw(targets)) for vrf in lab.vrfs if draw(st.booleans())
    )
    interfaces = tuple(
        one for one in lab.interfaces if one.kind is InterfaceKind.LOOPBACK or draw(st.booleans())
    )
    vpns = tuple(
        replace(
            vpn,
            sites=tuple(
                replace(
                    site,
                    prefixes=tuple(prefix for prefix in site.prefixes if draw(st.booleans())),
                    attachments=tuple(
                        replace(one, protocol=Bgp(draw(st.sampled_from((65101, 65102)))))
                        for one in site.attachments
                    ),
                )
                for site in vpn.sites
            ),
        )
        for vpn in lab.vpns
    )
    changed = Lab(lab.folder, lab.topology, providers, vpns, vrfs, interfaces)
    node = draw(st.sampled_from(("pe1", "p1")))
    return frr_configuration(changed, node, draw(st.sampled_from(("8.4.4", VERSION))))


BY_HAND = st.lists(
    st.sampled_from(
        [
            dedent(text)
            for text in (
                """\
                interface eth1
                 ip ospf cost 77
                 ip address 9.9.9.1/24
                exit
                """,
                """\
                interface eth9
                 ip address 9.9.9.1/24
                 description x
                exit
                """,
                """\
                interface eth2
                 ip ospf area 1
                exit
                """,
                """\
                router bgp 65000
                 bgp router-id 1.1.1.1
                 neighbor 1.1.1.1 remote-as 5
                 neighbor 1.1.1.1 timers 7 21
                exit
                """,
                """\
                router bgp 65000
                 bgp default ipv4-unicast
                 neighbor 2.2.2.2 remote-as 65000
                exit
                """,
                """\
                router bgp 65000 vrf red
                 neighbor 10.1.0.2 remote-as 7
                 address-family ipv4 unicast
                  neighbor 10.1.0.2 as-override
                  no neighbor 10.1.0.2 activate
                  rt vpn both 9:9
                 exit
                exit
                """,
                """\
                router bgp 65000 vrf green
                 bgp router-id 1.1.1.1
                 address-family ipv4 unicast
                  rt vpn export 9:9
                  label vpn export 500
                 exit
                exit
                """,
                """\
                router ospf
                 ospf router-id 9.9.9.9
                 timers throttle spf 1 2 3
                exit
                """,
                """\
                mpls ldp
                 router-id 9.9.9.9
                 address-family ipv4
                  interface eth7
                  exit
                 exit
                exit
                """,
                """\
                mpls ldp
                 address-family ipv4
                  no interface eth1
                 exit
                exit
                """,
                """\
                route-map R permit 10
                 match tag 1
                exit
                """,
                "ip route 9.9.9.0/24 Null0",
                "no router bgp 65000 vrf red",
                "no router ospf",
                "no mpls ldp",
            )
        ]
    )
)


@given(before=configurations(), by_hand=BY_HAND, wanted=configurations())
def test_from_anything_the_wanted_is_reached_at_once(before: str, by_hand: list[str], wanted: str) -> None:
    frr = Frr.with_configuration(before)
    for text in by_hand:
        try:
            frr.enter(text)
        except Refused:
            continue  # as a person would see it refused
    frr.enter(commands(frr.running(), wanted))
    assert frr.top == Frr.with_configuration(wanted).top
    assert commands(frr.running(), wanted) == ""
