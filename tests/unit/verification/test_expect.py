"""What is claimed about a lab, and that it is claimed in good order."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab
from orchestrator.model.state import State
from orchestrator.verification.expect import expect
from orchestrator.verification.kit.check_id import Layer
from orchestrator.verification.kit.facts import Facts, FactT
from tests.unit.verification.converged import Converged
from tests.unit.verification.scene import Scene
from tests.unit.verification.shipped import LABS, converged, shipped

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab
    from orchestrator.verification.kit.check import Check
    from orchestrator.verification.kit.check_id import CheckId
    from parsers import Command

IDS = Path(__file__).with_name("two-vpns.checks")


def _in_order(checks: tuple[Check, ...]) -> bool:
    seen: set[CheckId] = set()
    for check in checks:
        if check.id in seen or not set(check.after) <= seen:
            return False
        seen.add(check.id)
    return True


def test_ids_are_stable(lab: Lab, *, update_golden: bool) -> None:
    ids = "".join(f"{check.id}\n" for check in expect(lab))
    if update_golden:
        IDS.write_text(ids)
    assert ids == IDS.read_text()


def test_each_check_comes_behind_what_it_stands_on(lab: Lab) -> None:
    assert _in_order(expect(lab))


def test_a_route_reflector_may_stand_before_its_clients_in_the_topology(tmp_path: Path) -> None:
    folder = shutil.copytree(LABS / "rd-choice", tmp_path / "rd-choice")
    topology = folder / "rd-choice.clab.yml"
    reflector = "    rr1: {group: rr}\n"
    text = topology.read_text()
    assert reflector in text
    topology.write_text(text.replace(reflector, "").replace("  nodes:\n", f"  nodes:\n{reflector}"))
    assert _in_order(expect(load_lab(folder)))


def test_a_prefix_that_a_pe_exports_from_two_vrfs_is_two_checks(tmp_path: Path) -> None:
    folder = shutil.copytree(LABS / "hub-and-spoke", tmp_path / "hub-and-spoke")
    intent = folder / "vpn.yml"
    intent.write_text(re.sub(r"export: \[.*?\]", 'export: ["65000:1"]', intent.read_text()))
    ids = {str(check.id) for check in expect(load_lab(folder))}
    assert {f"vpn.vpnv4.pe2.spoke1.172.16.0.0/24.pe1.{vrf}" for vrf in ("hub-in", "hub-out")} <= ids


def test_layers_come_in_order(lab: Lab) -> None:
    order = list(Layer)
    layers = [order.index(check.layer) for check in expect(lab)]
    assert layers == sorted(layers)


def test_the_same_lab_gives_the_same_checks(lab: Lab) -> None:
    assert [str(check.id) for check in expect(lab)] == [str(check.id) for check in expect(lab)]


def test_judges_read_no_more_than_they_asked_for(scene: Scene) -> None:
    for check in scene.checks:
        needed = {query.key for query in check.queries}
        spy = _Spy({key: scene.facts.answers[key] for key in needed})
        check.judge(spy)


class _Spy(Facts):
    """Facts that hold the needed answers only; any other is a KeyError."""

    def of(self, node: str, command: Command[FactT]) -> FactT:
        assert (node, command.text) in self.answers, f"not asked for: {node}: {command.text}"
        return super().of(node, command)


BACK_TO_BACK = (
    """\
name: back-to-back
topology:
  nodes:
    pe1: {kind: linux, group: pe}
    pe2: {kind: linux, group: pe}
    a1: {kind: linux, group: ce}
    a2: {kind: linux, group: ce}
    a3: {kind: linux, group: ce}
  links:
    - endpoints: ["pe1:eth1", "pe2:eth1"]
    - {endpoints: ["pe1:eth2", "a1:eth1"], mtu: 1500}
    - {endpoints: ["pe2:eth2", "a2:eth1"], mtu: 1500}
    - {endpoints: ["pe1:eth3", "a3:eth1"], mtu: 1500}
""",
    """\
provider: {asn: 65000, core: {igp: ospf, labels: ldp}}
vpns:
  a:
    sites:
      a1: {protocol: bgp, asn: 65101, prefixes: [172.16.1.0/24]}
      a2: {protocol: bgp, asn: 65102, prefixes: [172.16.2.0/24]}
      a3: {protocol: bgp, asn: 65103, prefixes: [172.16.3.0/24]}
""",
)
REFLECTED = (
    """\
name: reflected
topology:
  nodes:
    pe1: {kind: linux, group: pe}
    pe2: {kind: linux, group: pe}
    pe3: {kind: linux, group: pe}
    p1: {kind: linux, group: p}
    rr1: {kind: linux, group: rr}
    a1: {kind: linux, group: ce}
    a2: {kind: linux, group: ce}
    b3: {kind: linux, group: ce}
  links:
    - endpoints: ["pe1:eth1", "p1:eth1"]
    - endpoints: ["pe2:eth1", "p1:eth2"]
    - endpoints: ["pe3:eth1", "p1:eth3"]
    - endpoints: ["rr1:eth1", "p1:eth4"]
    - endpoints: ["pe1:eth4", "pe2:eth4"]
    - {endpoints: ["pe1:eth2", "a1:eth1"], mtu: 1500}
    - {endpoints: ["pe2:eth2", "a2:eth1"], mtu: 1500}
    - {endpoints: ["pe3:eth2", "b3:eth1"], mtu: 1500}
""",
    """\
provider: {asn: 4200000000, core: {igp: ospf, labels: ldp}}
vpns:
  a:
    sites:
      a1: {protocol: bgp, asn: 65101, prefixes: [172.16.1.0/24]}
      a2: {protocol: bgp, asn: 65102, prefixes: [172.16.2.0/24]}
  b:
    sites:
      b3: {protocol: bgp, asn: 65103, prefixes: [172.16.1.0/24]}
""",
)


# Labels that ASBRs swap are in no made-up output; `tests/recorded` judges what the lab itself said.
UNSIMULATED = {"inter-as-b", "inter-as-c"}
# The nodes that `converged` makes up speak IPv4: what IPv6 needs is shown by the live test of that lab.
OF_IPV4 = sorted(folder.name for folder in LABS.iterdir() if folder.is_dir() and folder.name != "dual-stack")


@pytest.mark.parametrize("name", OF_IPV4)
def test_each_lab_of_the_repository_holds_when_converged(name: str) -> None:
    if name in UNSIMULATED:
        assert _in_order(expect(shipped(name)))
        return
    scene = Scene.of(shipped(name), converged(name).says)
    assert _in_order(expect(shipped(name)))
    assert [(str(one.check.id), one.observed) for one in scene.findings().values() if not one.holds] == []


def make(folder: Path, files: tuple[str, str]) -> Lab:
    """A lab from the text of its two files."""
    topology, intent = files
    (folder / "lab.clab.yml").write_text(topology)
    (folder / "vpn.yml").write_text(intent)
    return load_lab(folder)


@pytest.mark.parametrize("files", [BACK_TO_BACK, REFLECTED], ids=["back-to-back PEs", "a route reflector"])
def test_other_topologies_hold_when_converged(tmp_path: Path, files: tuple[str, str]) -> None:
    lab = make(tmp_path, files)
    scene = Scene.of(lab, Converged(lab).says)
    assert _in_order(expect(lab))
    assert [(str(one.check.id), one.observed) for one in scene.findings().values() if not one.holds] == []


def test_neighbouring_pes_need_no_transport_label(tmp_path: Path) -> None:
    lab = make(tmp_path, BACK_TO_BACK)
    findings = Scene.of(lab, Converged(lab).says).findings()
    assert findings["ldp.lsp.pe1.pe2"].observed == "pe1 sends unlabelled > pe2"
    assert (
        findings["vpn.route.pe1.a.172.16.2.0/24"].observed
        == "bgp next hop 10.255.0.2, via 10.0.0.1 label 480"
    )


def test_sites_of_one_pe_talk_without_labels(tmp_path: Path) -> None:
    checks = {str(check.id): check for check in expect(make(tmp_path, BACK_TO_BACK))}
    local = checks["data.probe.a1.a3.172.16.1.0/24.172.16.3.0/24"]
    assert not any(str(one).startswith(("ldp.", "vpn.kernel.")) for one in local.after)


def test_a_lone_vpn_has_nobody_to_be_isolated_from(tmp_path: Path) -> None:
    ids = {str(check.id) for check in expect(make(tmp_path, BACK_TO_BACK))}
    assert not any(one.startswith("data.isolation.") for one in ids)


def _broken_link(lab: Lab, a: str, b: str) -> State:
    return State(
        links_down=frozenset(link for link in lab.topology.links if {link.a.node, link.b.node} == {a, b})
    )


def test_a_link_down_is_led_around(tmp_path: Path) -> None:
    lab = make(tmp_path, REFLECTED)
    state = _broken_link(lab, "pe1", "pe2")
    findings = Scene.of(lab, Converged(lab, state).says, state).findings()
    assert [(str(one.check.id), one.observed) for one in findings.values() if not one.holds] == []
    assert findings["ldp.lsp.pe1.pe2"].observed.startswith("pe1 push ")
    assert "igp.adjacency.pe1.eth4" not in findings


@pytest.mark.parametrize("node", ["p1", "p2", "pe2", "red2"])
def test_a_node_down_leaves_the_rest_to_be_proven(lab: Lab, node: str) -> None:
    state = State(nodes_down=frozenset({node}))
    scene = Scene.of(lab, Converged(lab, state).says, state)
    checks = expect(lab, state)
    assert _in_order(checks)
    assert [(str(one.check.id), one.observed) for one in scene.findings().values() if not one.holds] == []
    assert not any(check.node == node for check in checks)
    assert not any(query.node == node for check in checks for query in check.queries)


def test_a_core_in_two_parts_still_isolates(lab: Lab) -> None:
    ids = {str(check.id) for check in expect(lab, State(nodes_down=frozenset({"p1"})))}
    assert "mpbgp.session.pe1.pe2" not in ids
    assert not any(one.startswith("data.probe.red1.red2") for one in ids)
    assert "data.barred.red1.172.30.1.0/24" in ids


def test_what_is_down_must_be_gone(lab: Lab) -> None:
    """With a site cut off, a route that still leads there is one too many."""
    state = State(nodes_down=frozenset({"red2"}))
    findings = Scene.of(lab, Converged(lab).says, replace(state)).findings()
    stale = findings["pece.no-other-prefix.pe2.red"]
    assert stale.observed == (
        "also 172.16.2.0/24 by bgp from red2, 192.168.2.0/24 by bgp from red2, 10.99.0.1/32 by bgp from red2"
    )
    assert findings["vpn.vrf-table.pe1.red"].observed == f"not judged: {stale.check.id} does not hold"
