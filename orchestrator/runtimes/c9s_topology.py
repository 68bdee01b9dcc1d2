"""What clabernetes (c9s) is asked to make: a `Topology`, of what a lab's file says of nodes and links.

Nothing else of the file gets there. What it binds, executes, maps or shares is meant for a machine that
belongs to whoever wrote it; a cluster belongs to others as well. So the containerlab text inside is not the
user's, but made of names, roles, images and MTUs alone, and each of these can mean nothing else.

Source: the API `c9s.run/v1alpha1` of clabernetes 0.9 and 0.10.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any, Final

import yaml

from orchestrator.hosts.base import CannotRunHere
from orchestrator.runtimes.base import DeployFailed
from orchestrator.runtimes.containerlab_topology import FOLDER_LABEL, image_of_each

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from orchestrator.model.topology import Link, Topology
    from orchestrator.runtimes.base import Deployment

API: Final = "c9s.run/v1alpha1"
OURS: Final = FOLDER_LABEL
"""The annotation of a Topology that we made: the lab folder it came from."""
ROLE: Final = "role"
"""The label of a node's role, which c9s puts on its Node and its pod."""

_MANAGEMENT: Final = (IPv4Network("198.18.0.0/16"), IPv4Network("198.19.0.0/16"))
"""RFC 2544 benchmarking space; the same for all labs, as those of a namespace share one such network."""
_LABEL: Final = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")  # RFC 1035 2.3.1, as Kubernetes has it
_IMAGE: Final = re.compile(r"[\w.-]+(:\d+)?(/[\w.-]+)+(:[\w.-]+)?(@sha256:[0-9a-f]{64})?", re.ASCII)


def custom_resource(wanted: Deployment, text: str, image: str | None) -> dict[str, Any]:
    """The Topology of a lab, as JSON has it; without a namespace, which is the caller's.

    Args:
        wanted: the lab.
        text: its topology file, which `load_lab` has accepted, with its variables expanded.
        image: what all nodes are made from, whatever the file says; None to leave it to the file.

    Raises:
        CannotRunHere: a node's image is in no registry.
        DeployFailed: a cluster can have no node, or lab, of such a name; or no management network is free.
    """
    topology = wanted.topology
    _check_names(topology, text)
    images = image_of_each(text)
    definition = {
        "name": topology.name,
        "mgmt": {"ipv4-subnet": str(_management(wanted.avoid))},
        "topology": {
            "nodes": {
                node.name: {
                    "kind": "linux",
                    "image": _from_registry(image or images.get(node.name), node.name, topology.file),
                    # VRFs, labels and sysctls of its own network namespace.
                    "privileged": True,
                    "labels": {ROLE: node.role.value},
                }
                for node in topology.nodes
            },
            "links": [_link(one) for one in topology.links],
        },
    }
    return {
        "apiVersion": API,
        "kind": "Topology",
        "metadata": {"name": topology.name, "annotations": {OURS: wanted.folder}},
        "spec": {
            "definition": {"containerlab": yaml.safe_dump(definition, sort_keys=False)},
            # Sessions come by the API server: nothing of a lab is to be reached from elsewhere.
            "expose": {"exposeType": "None"},
            "deployment": {"persistence": {"enabled": False}},
        },
    }


def _link(link: Link) -> dict[str, Any]:
    ends = {"endpoints": [str(link.a), str(link.b)]}
    return ends if link.mtu is None else {**ends, "mtu": link.mtu}


def _check_names(topology: Topology, text: str) -> None:
    """Whether a cluster can have what is named so, letter by letter."""
    right = "a letter first, then letters, digits and dashes, none of them a capital, 63 at most"
    if _LABEL.fullmatch(topology.name) is None:
        raise DeployFailed(f"{topology.file.name}: a cluster can have no lab '{topology.name}': {right}")
    for node in topology.nodes:
        if _LABEL.fullmatch(node.name) is None:
            where = f"{topology.file.name}{_line_of(text, node.name)}"
            raise DeployFailed(f"{where}: a cluster can have no node '{node.name}': {right}")


def _line_of(text: str, node: str) -> str:
    """`:LINE` of a node in a topology file; "" where it is none of its lines."""
    found: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    line = ""
    for key in ("topology", "nodes", node):
        pairs = found.value if isinstance(found, yaml.MappingNode) else []
        there = [(name.start_mark.line, its) for name, its in pairs if name.value == key]
        if not there:
            return ""
        line, found = f":{there[0][0] + 1}", there[0][1]
    return line


def _from_registry(image: str | None, node: str, file: Path) -> str:
    """An image's name, if it says where a cluster gets it."""
    if image is None or "/" not in image:
        said = f"image '{image}' is in no registry" if image else "no image is named"
        raise CannotRunHere(
            f"{file.name}: node {node}: {said}: push the nodes' image (`make image`) to one that the cluster "
            "reads, and say --image REGISTRY/l3vpn-node"
        )
    if _IMAGE.fullmatch(image) is None:
        raise CannotRunHere(f"{file.name}: node {node}: '{image}' is no name of a container image")
    return image


def _management(avoid: Iterable[IPv4Network]) -> IPv4Network:
    taken = tuple(avoid)
    for network in _MANAGEMENT:
        if not any(network.overlaps(other) for other in taken):
            return network
    both = " and in ".join(map(str, _MANAGEMENT))
    raise DeployFailed(f"no management network is free: the lab has addresses in {both}")
