"""Every check of a lab has a name of its own: two with one name would share one verdict."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path

import pytest

from orchestrator.loading import load_stages
from orchestrator.model.state import State
from orchestrator.model.topology import Endpoint, Link
from orchestrator.verification.expect import distinct, expect
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, InVrf, Layer, OnPort, Toward
from tests.unit.model.labs import LabText

LABS = Path(__file__).parents[3] / "labs"

FOUR_PROTOCOLS = LabText(
    nodes=("pe1 pe", "p1 p", "pe2 pe", "b ce", "o ce", "s ce", "e ce", "far ce"),
    links=(
        "pe1:eth1 p1:eth1",
        "p1:eth2 pe2:eth1",
        "pe1:eth2 b:eth1",
        "pe1:eth3 o:eth1",
        "pe1:eth4 s:eth1",
        "pe1:eth5 e:eth1",
        "pe2:eth2 far:eth1",
    ),
    intent="""
        provider: {asn: 65000}
        vpns:
          mix:
            sites:
              b: {protocol: bgp, asn: 65101, prefixes: [172.16.1.0/24]}
              o: {protocol: ospf, prefixes: [172.16.2.0/24]}
              s: {protocol: static, routes: specific, prefixes: [172.16.3.0/24]}
              e: {protocol: eigrp, asn: 100, prefixes: [172.16.4.0/24]}
              far: {protocol: bgp, asn: 65105, prefixes: [172.16.5.0/24]}
        """,
)


def three_links(protocol: str) -> LabText:
    """Three links from a CE to one PE, a backdoor from there to another site, and two parallel core links."""
    attachments = ", ".join(f'{{ce: red1, pe: "pe1:eth{number}"}}' for number in (3, 4, 5))
    return LabText(
        nodes=("pe1 pe", "p1 p", "pe2 pe", "red1 ce", "red2 ce", "blue1 ce", "blue2 ce"),
        links=(
            "pe1:eth1 p1:eth1",
            "pe1:eth2 p1:eth2",
            "p1:eth3 pe2:eth1",
            "p1:eth4 pe2:eth2",
            "pe1:eth3 red1:eth1",
            "pe1:eth4 red1:eth2",
            "pe1:eth5 red1:eth3",
            "pe2:eth3 red2:eth1",
            "red1:eth4 red2:eth2",
            "pe1:eth6 blue1:eth1",
            "pe2:eth4 blue2:eth1",
        ),
        intent=f"""
            provider: {{asn: 65000}}
            vpns:
              red:
                sites:
                  red1: {{{protocol}, prefixes: [172.16.1.0/24], attachments: [{attachments}]}}
                  red2: {{{protocol}, prefixes: [172.16.2.0/24]}}
                backdoors: [{{between: [red1, red2]}}]
              blue:
                sites:
                  blue1: {{protocol: static, prefixes: [172.30.1.0/24]}}
                  blue2: {{protocol: static, prefixes: [172.30.2.0/24]}}
            """,
    )


SHAPES = {
    "a protocol for each site of a VRF": FOUR_PROTOCOLS,
    "three BGP links to one PE": three_links("protocol: bgp, asn: 65101"),
    "three OSPF links to one PE": three_links("protocol: ospf"),
    "three EIGRP links to one PE": three_links("protocol: eigrp, asn: 100"),
}
FOLDERS = sorted(folder for folder in LABS.iterdir() if folder.is_dir())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_stage_of_every_lab_names_each_check_once(folder: Path) -> None:
    for lab in load_stages(folder):
        assert expect(lab)


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_labs_that_have_several_of_a_kind_name_each_check_once(text: LabText, tmp_path: Path) -> None:
    lab = text.load(tmp_path)
    checks = expect(lab)
    assert {one for check in checks for one in check.after} <= {check.id for check in checks}
    for link in lab.links:
        assert expect(lab, State(links_down=frozenset({link})))


def test_each_protocol_of_a_vrf_has_its_own_check_of_strangers(tmp_path: Path) -> None:
    names = {str(check.id): check for check in expect(FOUR_PROTOCOLS.load(tmp_path))}
    for kind, claim in (("interfaces", "runs on exactly"), ("no-other-adjacency", "neighbour")):
        for protocol in ("ospf", "eigrp"):
            title = names[f"pece.{kind}.pe1.mix.{protocol}"].title
            assert protocol.upper() in title
            assert claim in title


def test_links_of_a_ce_to_one_pe_are_distinguished_by_its_interface(tmp_path: Path) -> None:
    names = {str(check.id) for check in expect(SHAPES["three BGP links to one PE"].load(tmp_path))}
    assert {f"pece.session.red1.pe1.eth{number}" for number in (1, 2, 3)} <= names
    # However many links a prefix comes by, its PE exports one route.
    assert "vpn.export.pe1.red.172.16.1.0/24" in names


def test_a_name_says_what_where_and_about_what() -> None:
    link = Link(Endpoint("pe1", "eth1"), Endpoint("p1", "eth2"))
    about = InVrf("red"), IPv4Network("172.16.1.0/24"), Toward("pe2")
    assert str(CheckId(Layer.VPN, "vpnv4", "pe1", about)) == "vpn.vpnv4.pe1.red.172.16.1.0/24.pe2"
    assert str(CheckId(Layer.LINK, "up", link)) == "link.up.pe1:eth1--p1:eth2"
    assert CheckId(Layer.LINK, "up", link).node == "pe1"


def test_names_that_read_alike_are_not_the_same() -> None:
    assert CheckId(Layer.PECE, "session", "a", (InVrf("b"),)) != CheckId(
        Layer.PECE, "session", "a", (Toward("b"),)
    )


def _check(name: CheckId, title: str) -> Check:
    return Check(name, title, lambda _: Judgement(holds=True, expected="", observed=""))


def test_two_checks_with_one_name_are_refused() -> None:
    one = _check(CheckId(Layer.PECE, "interfaces", "pe1", (InVrf("b"),)), "OSPF runs there")
    other = _check(CheckId(Layer.PECE, "interfaces", "pe1", (OnPort("b"),)), "EIGRP runs there")
    assert distinct([one]) == (one,)
    with pytest.raises(AssertionError) as refused:
        distinct([one, other])
    assert (
        str(refused.value)
        == "two checks are named pece.interfaces.pe1.b: 'OSPF runs there' and 'EIGRP runs there'"
    )
