"""What both ends must be set to alike: what a lab declares, what comes of it, and how it is reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.loading import load_lab
from orchestrator.protocols.agreement import Difference, End, Outcome, Setting, differences
from orchestrator.protocols.ospf.agreement import outcome as ospf_outcome
from orchestrator.protocols.registry import effective_lab, protocol_of
from orchestrator.routing.routes import Table
from tests.unit.verification.converged import Converged
from tests.unit.verification.scene import Scene

LABS = Path(__file__).parents[3] / "labs"
LAB = load_lab(LABS / "parameter-mismatch")
ATTACHMENTS = {site.name: site.attachments[0] for site in LAB.sites}

DECLARED = {
    "ce-ok": ((), Outcome.WORKS),
    "ce-hello": (("hello interval 5 s on ce-hello, 2 s on pe1",), Outcome.NO_SESSION),
    "ce-dead": (("dead interval 8 s on ce-dead, 20 s on pe1",), Outcome.NO_SESSION),
    "ce-area": (("area 7 on ce-area, 0 on pe1",), Outcome.NO_SESSION),
    "ce-type": (("network type broadcast on ce-type, point-to-point on pe1",), Outcome.NO_ROUTES),
    "ce-auth": (
        ("authentication in plain text on ce-auth, by message digest, key 1 on pe1",),
        Outcome.NO_SESSION,
    ),
    "ce-id": (
        ("authentication by message digest, key 2 on ce-id, by message digest, key 1 on pe1",),
        Outcome.NO_SESSION,
    ),
    "ce-key": (
        ("authentication by message digest, key 1 on both, with another secret on ce-key than on pe1",),
        Outcome.NO_SESSION,
    ),
    "ce-mtu": (("MTU 1400 on ce-mtu, 1500 on pe1",), Outcome.STUCK),
    "ce-mask": (("subnet 10.1.200.0/30 on ce-mask, 10.1.200.0/29 on pe1",), Outcome.NO_SESSION),
    "ce-fine": ((), Outcome.WORKS),
    "ce-as": (("customer AS 65103 on ce-as, 65102 on pe2",), Outcome.NO_SESSION),
    "ce-password": (
        ("authentication by a password (MD5) on both, with another secret on ce-password than on pe2",),
        Outcome.NO_SESSION,
    ),
    "ce-hold": ((), Outcome.WORKS),
}


def test_every_site_of_the_lab_is_spoken_of() -> None:
    assert DECLARED.keys() == ATTACHMENTS.keys()


@pytest.mark.parametrize("site", DECLARED)
def test_what_is_declared_and_what_comes_of_it(site: str) -> None:
    one = ATTACHMENTS[site]
    words = tuple(
        each.between(one.ce.node, one.pe.node) for each in protocol_of(one).agreement.declared(LAB, one)
    )
    assert (words, protocol_of(one).agreement.expected_outcome(LAB, one)) == DECLARED[site]


def test_a_site_that_disagrees_has_no_route_and_gives_none() -> None:
    state = effective_lab(LAB)
    for site in LAB.sites:
        works = (
            protocol_of(site.attachments[0]).agreement.expected_outcome(LAB, site.attachments[0])
            is Outcome.WORKS
        )
        others = [other for other in LAB.sites if other != site and state.exchanges(other.attachments[0])]
        held = state.routing[Table(site.attachments[0].ce.node)]
        assert all((other.prefixes[0] in held) is works for other in others), site.name
        for vrf in LAB.vrfs:
            assert (site.prefixes[0] in state.routing[Table.of(vrf)]) is works, site.name


@pytest.mark.parametrize("name", sorted(folder.name for folder in LABS.iterdir() if folder.is_dir()))
def test_in_all_other_labs_the_ends_agree(name: str) -> None:
    lab = load_lab(LABS / name)
    apart = [
        one for site in lab.sites for one in site.attachments if protocol_of(one).agreement.declared(lab, one)
    ]
    assert bool(apart) is (name == "parameter-mismatch")


def test_what_only_one_end_has() -> None:
    (lacking,) = differences((), (Setting("area", "0"),))
    assert lacking == Difference("area", None, Setting("area", "0"))
    assert lacking.between("ce1", "pe1") == "no area on ce1, 0 on pe1"
    assert differences((Setting("area", "0"),), ())[0].between("ce1", "pe1") == "no area on pe1, 0 on ce1"


def test_a_secret_is_compared_and_not_shown() -> None:
    one = ATTACHMENTS["ce-key"]
    at_ce, at_pe = (protocol_of(one).agreement.settings(LAB, one, end) for end in (End.CE, End.PE))
    assert at_ce != at_pe
    assert repr(at_ce) == repr(at_pe)
    assert "Tulip" not in repr(one)
    assert "rchid" not in repr(ATTACHMENTS["ce-password"])


def test_between_two_points_nobody_looks_at_the_mask() -> None:
    """RFC 2328 10.5; measured with FRR 10.3: the adjacency is Full, and both subnets are announced."""
    apart = frozenset({"subnet"})
    assert ospf_outcome(ATTACHMENTS["ce-ok"], apart) is Outcome.WORKS
    assert ospf_outcome(ATTACHMENTS["ce-mask"], apart) is Outcome.NO_SESSION


_EIGRP_TOPOLOGY = """\
name: small
topology:
  defaults: {kind: linux, image: l3vpn-node}
  nodes: {pe1: {group: pe}, pe2: {group: pe}, ce1: {group: ce}, ce2: {group: ce}}
  links:
    - endpoints: ["pe1:eth1", "pe2:eth1"]
    - endpoints: ["pe1:eth2", "ce1:eth1"]
    - endpoints: ["pe2:eth2", "ce2:eth1"]
"""
_EIGRP_INTENT = """\
provider: {{asn: 65000}}
vpns:
  red:
    sites:
      ce1: {{protocol: eigrp, asn: 100, authentication: {{key: Tulip-7}}, {at_ce}}}
      ce2: {{protocol: eigrp, asn: 100}}
"""


@pytest.mark.parametrize(
    ("at_ce", "shown"),
    [
        ("at-ce: {asn: 101}", "EIGRP AS 101 on ce1, 100 on pe1"),
        ("at-ce: {k-values: [1, 1, 1, 0, 0]}", "K values 1 1 1 0 0 on ce1, 1 0 1 0 0 on pe1"),
        ("at-ce: {authentication: none}", "authentication none on ce1, by MD5, key 1 on pe1"),
        (
            "at-ce: {authentication: {id: 2, key: Tulip-7}}",
            "authentication by MD5, key 2 on ce1, by MD5, key 1 on pe1",
        ),
        (
            "at-ce: {authentication: {key: Tulip-8}}",
            "authentication by MD5, key 1 on both, with another secret on ce1 than on pe1",
        ),
    ],
)
def test_eigrp_of_two_minds(tmp_path: Path, at_ce: str, shown: str) -> None:
    (tmp_path / "small.clab.yml").write_text(_EIGRP_TOPOLOGY)
    (tmp_path / "vpn.yml").write_text(_EIGRP_INTENT.format(at_ce=at_ce))
    lab = load_lab(tmp_path)
    one = lab.sites[0].attachments[0]
    assert [each.between("ce1", "pe1") for each in protocol_of(one).agreement.declared(lab, one)] == [shown]
    assert protocol_of(one).agreement.expected_outcome(lab, one) is Outcome.NO_SESSION
    findings = Scene.of(lab, Converged(lab).says).findings()
    assert [f"{each.check.id}: {each.observed}" for each in findings.values() if not each.holds] == []
