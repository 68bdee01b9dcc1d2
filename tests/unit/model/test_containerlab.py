"""What containerlab lets people write in a topology file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.loading import load_lab
from orchestrator.model.topology import Endpoint, Link, Role
from tests.unit.model.labs import RED

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.model.lab import Lab

EVERYTHING = """\
name: small
prefix: ""
mgmt: {network: mgmt-small, ipv4-subnet: 172.100.0.0/24}
settings: {}
topology:
  defaults:
    kind: linux
    image: l3vpn-node
    env: {TZ: UTC}
    labels: {role: p}
  kinds:
    linux:
      sysctls: {net.ipv4.ip_forward: 1}
  groups:
    edge: &edge
      labels: {role: PE}
      memory: 128MB
    customer:
      labels: {role: ce, site: 1, vip: no}
  nodes:
    pe1: {group: edge, mgmt-ipv4: 172.100.0.11}
    pe2:
      <<: *edge
      cpu: 0.5
      stages: {create: {wait-for: [{node: pe1, stage: create}]}}
    p1:
    red1: {group: customer, exec: ["true"]}
    red2: {group: CE, labels: {role: ce}, binds: [a:b]}
  links:
    - type: veth
      endpoints:
        - {node: pe1, interface: eth1, mac: "02:00:00:00:00:01"}
        - node: p1
          interface: eth1
      mtu: 9000
      labels: {kind: core}
    - endpoints: ["p1:eth2", "pe2:eth1"]
      vars: {anything: [1, {a: b}]}
    - endpoints: ["pe1:eth2", "red1:eth1"]
    - {endpoints: [red2:eth1, pe2:ge-0_0_1], mtu: 1400}
"""


def load(folder: Path, topology: str) -> Lab:
    (folder / "any.clab.yml").write_text(topology, encoding="utf-8")
    (folder / "vpn.yml").write_text(RED, encoding="utf-8")
    return load_lab(folder)


def test_nodes_with_a_management_address_are_known_in_old_spelling_too(tmp_path: Path) -> None:
    topology = EVERYTHING.replace("group: CE,", "group: CE, mgmt_ipv4: 172.100.0.12,")
    assert load(tmp_path, topology).topology.addressed == ("pe1", "red2")


def test_keys_of_containerlab_are_accepted_and_roles_inherited(tmp_path: Path) -> None:
    lab = load(tmp_path, EVERYTHING)
    assert {node.name: node.role for node in lab.nodes} == {
        "pe1": Role.PE,
        "pe2": Role.PE,
        "p1": Role.P,
        "red1": Role.CE,
        "red2": Role.CE,
    }
    assert lab.topology.links[0] == Link(Endpoint("pe1", "eth1"), Endpoint("p1", "eth1"), 9000)
    assert lab.interface(Endpoint("pe1", "eth1")).mtu == 9000
    assert lab.interface(Endpoint("p1", "eth2")).mtu == 9500
    assert lab.interface(Endpoint("pe2", "ge-0_0_1")).mtu == 1400
    assert str(lab.interface(Endpoint("pe2", "ge-0_0_1")).address) == "10.1.0.5/30"


def test_the_lab_knows_its_folder_and_file(tmp_path: Path) -> None:
    lab = load(tmp_path, EVERYTHING)
    assert lab.folder == tmp_path.resolve()
    assert lab.topology.file == tmp_path.resolve() / "any.clab.yml"
    assert lab.name == "small"


def test_backups_of_containerlab_are_no_second_topology(tmp_path: Path) -> None:
    (tmp_path / ".any.clab.yml.bak").write_text("", encoding="utf-8")
    (tmp_path / ".any.clab.yml").write_text("", encoding="utf-8")
    load(tmp_path, EVERYTHING)
