"""The proof on what real nodes said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.verify import recording
from tests.unit.verify.scene import Edit, Scene

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab


def test_everything_holds(lab: Lab) -> None:
    findings = Scene.of(lab, recording.says).findings()
    assert [(str(one.check.id), one.observed) for one in findings.values() if not one.holds] == []


def test_the_path_of_a_packet_is_told_hop_by_hop(lab: Lab) -> None:
    findings = Scene.of(lab, recording.says).findings()
    assert findings["ldp.lsp.pe1.pe2"].observed == "pe1 push 18 > p1 swap 18->18 > p2 pop 18 > pe2"
    assert (
        findings["vpn.route.pe1.red.172.16.2.0/24"].observed
        == "bgp next hop 10.255.0.4, via 10.0.0.1 label 18/81"
    )


def test_a_wrong_label_in_the_kernel_is_seen(lab: Lab) -> None:
    scene = Scene.of(lab, recording.says)
    edit = Edit(
        "pe1", "ip route show", "172.16.2.0/24 nhid 38  encap mpls  18/81", "172.16.2.0/24  encap mpls  18/80"
    )
    finding = scene.findings(edit)["vpn.kernel.pe1.red.172.16.2.0/24"]
    assert (finding.expected, finding.observed) == (
        "via 10.0.0.1 label 18/81",
        "via 10.0.0.1 label 18/80",
    )
