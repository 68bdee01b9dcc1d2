"""The Topology of a lab: what it is made of, what cannot get into it, and that c9s' API takes it."""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from orchestrator.hosts.base import CannotRunHere
from orchestrator.loading import load_lab
from orchestrator.model.load import topology_text
from orchestrator.model.topology import Endpoint, Link, Node, Role, Topology
from orchestrator.runtimes.base import DeployFailed, Deployment
from orchestrator.runtimes.c9s_topology import custom_resource
from tests.unit.runtimes.c9s.schema import schema_of

LABS = sorted(one.parent for one in (Path(__file__).parents[4] / "labs").glob("*/vpn.yml"))
LAB = load_lab(next(one for one in LABS if one.name == "two-vpns"))
IMAGE = "registry.example/lab/l3vpn-node:1"


NOWHERE = "topology: {nodes: {}}"
LINK = Link(Endpoint("pe1", "eth1"), Endpoint("pe2", "eth1"))


def made(  # noqa: PLR0913 -- each test changes one of them
    text: str = NOWHERE,
    *,
    name: str = "small",
    nodes: tuple[str, ...] = ("pe1", "pe2"),
    links: tuple[Link, ...] = (LINK,),
    avoid: tuple[IPv4Network, ...] = (),
    image: str | None = IMAGE,
) -> dict[str, Any]:
    """The Topology of a lab of PEs."""
    file = Path("/labs/small/small.clab.yml")
    topology = Topology(name, file, tuple(Node(one, Role.PE) for one in nodes), links)
    return custom_resource(Deployment(topology, "/labs/small", {}, avoid), text, image)


def inside(resource: dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(resource["spec"]["definition"]["containerlab"])
    return read


def test_the_topology_of_a_small_lab() -> None:
    resource = made()
    text = resource["spec"]["definition"].pop("containerlab")
    assert resource == {
        "apiVersion": "c9s.run/v1alpha1",
        "kind": "Topology",
        "metadata": {"name": "small", "annotations": {"l3vpn-folder": "/labs/small"}},
        "spec": {
            "definition": {},
            "expose": {"exposeType": "None"},
            "deployment": {"persistence": {"enabled": False}},
        },
    }
    node = {"kind": "linux", "image": IMAGE, "privileged": True, "labels": {"role": "pe"}}
    assert yaml.safe_load(text) == {
        "name": "small",
        "mgmt": {"ipv4-subnet": "198.18.0.0/16"},
        "topology": {
            "nodes": {"pe1": node, "pe2": node},
            "links": [{"endpoints": ["pe1:eth1", "pe2:eth1"]}],
        },
    }


@pytest.mark.parametrize("folder", LABS, ids=lambda folder: folder.name)
def test_c9s_takes_the_topology_of_every_lab(folder: Path) -> None:
    lab = load_lab(folder)
    wanted = Deployment(lab.topology, str(folder), {}, ())
    resource = custom_resource(wanted, topology_text(lab.topology.file), IMAGE)
    jsonschema.validate(resource, schema_of("Topology"))
    there = inside(resource)["topology"]
    assert list(there["nodes"]) == [node.name for node in lab.topology.nodes]
    assert [(one["endpoints"], one.get("mtu")) for one in there["links"]] == [
        ([str(one.a), str(one.b)], one.mtu) for one in lab.topology.links
    ]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("spec", "definitionx"), {}),
        (("spec", "definition"), {}),
        (("spec", "expose", "exposeType"), "Bogus"),
        (("spec", "deployment", "persistence"), {}),
        (("spec", "deployment", "privilegedLauncher"), True),
    ],
)
def test_the_schema_refuses_what_c9s_does(path: tuple[str, ...], value: object) -> None:
    resource = made()
    *way, last = path
    place = resource
    for key in way:
        place = place[key]
    place[last] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(resource, schema_of("Topology"))


DANGEROUS = """\
name: two-vpns
mgmt: {network: host, bridge: br0}
topology:
  defaults: {binds: ["/:/host"], restart-policy: "no"}
  nodes:
    pe1: {kind: linux, binds: ["/etc:/x"], exec: [reboot], network-mode: host, ports: ["22:22"]}
    pe2: {kind: linux, devices: [/dev/sda], env-files: [/etc/shadow], labels: {c9s.run/exposePorts: "22"}}
    spy: {kind: bridge}
  links:
    - {endpoints: ["pe1:eth1", "host:eth0"]}
"""


def test_what_a_lab_file_says_of_a_machine_reaches_no_cluster() -> None:
    assert made(DANGEROUS) == made()


def test_a_link_keeps_its_mtu() -> None:
    assert inside(made(links=(replace(LINK, mtu=1500),)))["topology"]["links"][0]["mtu"] == 1500


def test_images_are_those_of_the_file_unless_another_is_insisted_on() -> None:
    text = """\
topology:
  defaults: {image: example/of-defaults}
  groups: {pe: {image: "example:5000/of-group:2"}}
  nodes: {pe1: {group: pe}, pe2: }
"""

    def images(image: str | None) -> list[str]:
        return [node["image"] for node in inside(made(text, image=image))["topology"]["nodes"].values()]

    assert images(None) == ["example:5000/of-group:2", "example/of-defaults"]
    assert images("a/b@sha256:" + "0" * 64) == ["a/b@sha256:" + "0" * 64] * 2


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (None, "node pe1: no image is named: push the nodes' image"),
        ("l3vpn-node", "node pe1: image 'l3vpn-node' is in no registry: push the nodes' image"),
        ("a/b c", "node pe1: 'a/b c' is no name of a container image"),
        ("a/${HOME}", "node pe1: 'a/${HOME}' is no name of a container image"),
        ("a/b\n", "is no name of a container image"),
    ],
)
def test_an_image_that_a_cluster_cannot_have_is_refused(image: str | None, said: str) -> None:
    with pytest.raises(CannotRunHere, match=re.escape(said)):
        made("topology: {nodes: {pe1: {}, pe2: {}}}", image=image)


@pytest.mark.parametrize("name", ["PE1", "pe_1", "1pe", "-pe", "pe.1", "p" * 64])
def test_a_name_that_a_cluster_cannot_have_is_refused_with_its_line(name: str) -> None:
    text = f"name: small\ntopology:\n  nodes:\n    pe2: {{}}\n    {name}: {{}}\n"
    said = f"small.clab.yml:5: a cluster can have no node '{name}': a letter first"
    with pytest.raises(DeployFailed, match=re.escape(said)):
        made(text, nodes=("pe2", name), links=())
    with pytest.raises(DeployFailed, match=re.escape(f"a cluster can have no lab '{name}'")):
        made(text, name=name)


def test_management_stays_clear_of_the_lab() -> None:
    first, second = IPv4Network("198.18.7.0/24"), IPv4Network("198.19.0.0/30")
    assert inside(made(avoid=(first,)))["mgmt"] == {"ipv4-subnet": "198.19.0.0/16"}
    with pytest.raises(DeployFailed, match="no management network is free"):
        made(avoid=(first, second))


def test_nodes_that_only_containerlab_makes_are_left_out() -> None:
    unmanaged = replace(LAB.topology, unmanaged=("spy",))
    wanted = Deployment(unmanaged, "/labs/two-vpns", {}, ())
    assert "spy" not in str(custom_resource(wanted, DANGEROUS, IMAGE))
