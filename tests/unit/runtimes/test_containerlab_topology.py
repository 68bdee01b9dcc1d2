from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import yaml

from orchestrator.loading import load_lab
from orchestrator.runtimes.containerlab_topology import Additions, images, rendered

LAB = Path(__file__).parents[3] / "labs" / "two-vpns"
ADDITIONS = Additions("/labs/x", "l3vpn-node", IPv4Network("198.18.255.0/24"))


def render(text: str, additions: Additions = ADDITIONS) -> dict[str, Any]:
    tree: dict[str, Any] = yaml.safe_load(rendered(text, "x", additions))
    return tree


def test_what_a_short_file_leaves_open_is_added() -> None:
    assert render("name: x\ntopology:\n  nodes:\n    pe1: {kind: linux, group: pe}\n") == {
        "name": "x",
        "topology": {
            "nodes": {"pe1": {"kind": "linux", "group": "pe"}},
            "defaults": {
                "image": "l3vpn-node",
                "restart-policy": "no",
                "labels": {"l3vpn-folder": "/labs/x"},
            },
        },
        "mgmt": {
            "network": "l3vpn-x",
            "ipv4-subnet": "198.18.255.0/24",
            "external-access": False,
        },
    }


def test_what_the_file_says_is_kept_value_by_value() -> None:
    text = """\
name: x
mgmt: {network: mine, ipv4-subnet: 192.0.2.0/24}
topology:
  defaults: {kind: linux, image: "frr:8", restart-policy: always, labels: {owner: "007"}}
  nodes:
    pe1: &pe {group: pe, env: {A: "1", B: 'yes', C: on}}
    pe2: *pe
  links:
    - {endpoints: ["pe1:eth1", "pe2:eth1"], mtu: 1500}
"""
    made = rendered(text, "x", ADDITIONS)
    assert '"007"' in made
    assert "'yes'" in made
    assert "C: on" in made
    wanted = yaml.safe_load(text)
    wanted["topology"]["defaults"]["labels"]["l3vpn-folder"] = "/labs/x"
    assert yaml.safe_load(made) == wanted


def test_an_empty_defaults_section_is_no_obstacle() -> None:
    made = render("name: x\ntopology:\n  defaults:\n  nodes: {pe1: {}}\n")
    assert made["topology"]["defaults"]["image"] == "l3vpn-node"


def test_addresses_out_of_containerlabs_own_subnet_leave_it_its_subnet() -> None:
    assert "mgmt" not in render("name: x\ntopology:\n  nodes: {pe1: {mgmt-ipv4: 172.20.20.9}}\n")


def test_relative_paths_start_at_the_users_file() -> None:
    text = """\
name: x
topology:
  kinds:
    linux: {env-files: [common.env, /etc/environment]}
  nodes:
    pe1: {startup-config: configs/pe1.conf, binds: ["data:/data:ro", "/srv:/srv", "~/x:/x"]}
    pe2: {startup-config: "https://example.net/pe2.conf"}
"""
    topology = render(text)["topology"]
    assert topology["kinds"]["linux"]["env-files"] == ["/labs/x/common.env", "/etc/environment"]
    assert topology["nodes"]["pe1"] == {
        "startup-config": "/labs/x/configs/pe1.conf",
        "binds": ["/labs/x/data:/data:ro", "/srv:/srv", "~/x:/x"],
    }
    assert topology["nodes"]["pe2"]["startup-config"] == "https://example.net/pe2.conf"


IMAGES = """\
name: x
topology:
  defaults: {kind: linux, group: core, image: of-defaults}
  kinds: {linux: {}, special: {image: of-kind}}
  groups: {pe: {image: of-group}, core: {}}
  nodes: {a: , b: {group: pe}, c: {kind: special}, d: {image: "own:1", group: pe}}
"""


def test_a_node_has_the_image_nearest_to_it() -> None:
    assert images(rendered(IMAGES, "x", ADDITIONS)) == {"of-defaults", "of-group", "of-kind", "own:1"}


def test_an_image_that_is_insisted_on_goes_before_all() -> None:
    insisting = Additions("/labs/x", "frr-8", IPv4Network("198.18.255.0/24"), insist=True)
    assert images(rendered(IMAGES, "x", insisting)) == {"frr-8"}


def test_what_was_rendered_is_a_topology_of_the_same_nodes_and_links(tmp_path: Path) -> None:
    lab = load_lab(LAB)
    file = tmp_path / "two-vpns.clab.yml"
    file.write_text(rendered(lab.topology.file.read_text(), "two-vpns", ADDITIONS))
    (tmp_path / "vpn.yml").write_bytes((LAB / "vpn.yml").read_bytes())
    again = load_lab(tmp_path)
    assert (again.topology.nodes, again.topology.links) == (lab.topology.nodes, lab.topology.links)


def test_containerlab_gets_keys_of_its_older_versions_by_their_new_names() -> None:
    text = "topology:\n  nodes:\n    a: {mgmt_ipv4: 172.20.20.5, mgmt_ipv6: '2001:db8::5'}\n"
    node = render(text)["topology"]["nodes"]["a"]
    assert node == {"mgmt-ipv4": "172.20.20.5", "mgmt-ipv6": "2001:db8::5"}
    assert "mgmt" not in render(text)
