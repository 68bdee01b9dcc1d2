"""What the containerlab runtime does, decided as values: from what is there and what is wanted to shell text.

All that we write for a lab lies in `/var/lib/l3vpn/containerlab/LAB` on its host: the rendered topology and,
beside it, what containerlab itself leaves in its folder `clab-LAB`.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Final

from orchestrator.hosts.base import CannotRunHere
from orchestrator.model.load import topology_text
from orchestrator.runtimes.base import DeployFailed, NameTaken, NodeState
from orchestrator.runtimes.containerlab_state import check_version, complaint, docker_lacks
from orchestrator.runtimes.containerlab_topology import (
    FOLDER_LABEL,
    Additions,
    images,
    network_name,
    rendered,
)
from orchestrator.scripts import script, with_arguments

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from orchestrator.model.topology import Topology
    from orchestrator.runtimes.base import Deployment, NodeKeys
    from orchestrator.runtimes.containerlab_state import Container, Observed

BASE: Final = "/var/lib/l3vpn/containerlab"
DEFAULT_IMAGE: Final = "l3vpn-node"
_MODULES: Final = ("mpls_router", "mpls_iptunnel", "vrf")
_MANAGEMENT: Final = IPv4Network("198.18.0.0/16")  # RFC 2544 benchmarking space: no customer's, no provider's


def folder_of(lab: str) -> str:
    """Where we keep what belongs to a lab, on its host."""
    return f"{BASE}/{lab}"


def file_of(lab: str) -> str:
    """The rendered topology of a lab, on its host."""
    return f"{folder_of(lab)}/{lab}.clab.yml"


# ---- what the host has -----------------------------------------------------------------------------


def survey(lab: str) -> str:
    """Shell text that finds out whether a lab can be deployed; see `Survey.read`."""
    return script("runtimes/containerlab_survey.sh", file_of(lab), *_MODULES)


@dataclass(frozen=True, slots=True)
class Survey:
    """A host on which a lab can be deployed.

    Attributes:
        images: names with tags of the container images it has.
        networks: IPv4 networks it has routes to, the default route aside.
        before: the topology that was rendered for this lab before, if any.
    """

    images: frozenset[str]
    networks: tuple[IPv4Network, ...]
    before: str | None

    @classmethod
    def read(cls, text: str) -> Survey:
        """Read the output of `survey`.

        Raises:
            CannotRunHere: the host lacks something; the text says how to fix it.
        """
        answers = _sections(text)
        status, said = answers["docker"]
        if status:
            raise docker_lacks(said) or CannotRunHere(
                "Docker is not installed: see docs.docker.com/engine/install, or use --runtime netns"
                if "not found" in said
                else f"Docker does not answer: {complaint(said)}"
            )
        status, said = answers["containerlab"]
        if status:
            raise CannotRunHere(
                "containerlab is not installed: see containerlab.dev/install, or use --runtime netns"
                if "not found" in said
                else f"containerlab does not run: {complaint(said)}"
            )
        check_version(said)
        missing = answers["modules"][1].split()
        if missing:
            raise CannotRunHere(
                f"this machine's kernel has not loaded {', '.join(missing)}: sudo modprobe -a "
                f"{' '.join(missing)} (Ubuntu has them in linux-modules-extra-$(uname -r))"
            )
        status, before = answers["before"]
        return cls(
            frozenset(answers["images"][1].split()),
            tuple(_networks(answers["routes"][1])),
            None if status else before,
        )

    def check_images(self, wanted: Iterable[str]) -> None:
        """Whether the nodes' images are here; those of a registry are containerlab's to fetch.

        Raises:
            CannotRunHere: one is not, and no registry has it either.
        """
        for name in sorted(wanted):
            local = "/" not in name
            if local and (name if ":" in name else f"{name}:latest") not in self.images:
                raise CannotRunHere(f"Docker has no image '{name}': `make image` builds the nodes' own")


def _sections(text: str) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    name, lines = "", list[str]()
    for line in text.splitlines():
        if line.startswith("@status "):
            found[name] = int(line.split()[1]), "".join(f"{one}\n" for one in lines)
        elif line.startswith("@"):
            name, lines = line[1:], []
        else:
            lines.append(line)
    return found


def _networks(routes: str) -> Iterable[IPv4Network]:
    for line in routes.splitlines():
        for word in line.split()[:2]:  # "unreachable 10.0.0.0/8 …" names the kind first
            if word[0].isdigit():
                yield IPv4Network(word, strict=False)


# ---- what is to be done ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """How a host gets from what is there to what is wanted.

    Attributes:
        lab: the lab's name.
        file: the topology file to give to containerlab, on the host.
        text: what to write into it first; None for a file that is the user's own.
        remove: containers to remove before, so that containerlab makes them anew with their links.
        deploy: whether containerlab has to do anything at all.
    """

    lab: str
    file: str
    text: str | None
    remove: tuple[str, ...]
    deploy: bool


def plan(wanted: Deployment, text: str, observed: Observed, survey: Survey, image: str | None) -> Plan:
    """Decide what containerlab is asked to do.

    Args:
        wanted: the lab.
        text: its topology file.
        observed: what is there.
        survey: what the host has.
        image: the image that all nodes must have, whatever the file says; None to leave it to the file.

    Raises:
        NameTaken: a lab of that name is up from another folder.
        CannotRunHere: an image is missing.
        DeployFailed: no management subnet is free.
    """
    lab = wanted.topology.name
    there = observed.labs.get(lab, ())
    taken = next((one.home for one in there if one.home != wanted.folder), None)
    if taken is not None:
        raise NameTaken(
            f"lab '{lab}' is already up from {taken}; take it down first or give this one another name"
        )
    named = {node.name for node in wanted.topology.nodes}
    broken = tuple(
        one.name
        for one in there
        if one.state in (NodeState.STOPPED, NodeState.RESTARTED) and one.node in named
    )
    incomplete = not there or bool(broken) or _lacks_cables(wanted, there)
    theirs = next((one.file for one in there if one.folder is None), None)
    if theirs is not None:
        return Plan(lab, theirs, None, broken, incomplete)
    management = next((one.eth0.network for one in there if one.eth0), None) or _free_subnet(wanted, survey)
    copy = rendered(text, lab, _additions(wanted.folder, management, image))
    survey.check_images(images(copy))
    return Plan(lab, file_of(lab), copy, broken, incomplete or copy != survey.before)


def preview(topology: Topology, folder: str, image: str | None) -> str:
    """What would be deployed on a host where no other lab is."""
    management = list(_MANAGEMENT.subnets(new_prefix=24))[-1]
    return rendered(topology_text(topology.file), topology.name, _additions(folder, management, image))


def _additions(folder: str, management: IPv4Network, image: str | None) -> Additions:
    return Additions(folder, image or DEFAULT_IMAGE, management, insist=image is not None)


def _lacks_cables(wanted: Deployment, there: Iterable[Container]) -> bool:
    """Whether a node or an end of a link is missing: the lab is half deployed."""
    interfaces = {one.node: one.interfaces for one in there}
    return not {node.name for node in wanted.topology.nodes} <= set(interfaces) or any(
        end.interface not in interfaces[end.node] for link in wanted.topology.links for end in link
    )


def _free_subnet(wanted: Deployment, survey: Survey) -> IPv4Network:
    """From the top: namespace labs on the same host count from the bottom."""
    for subnet in reversed(list(_MANAGEMENT.subnets(new_prefix=24))):
        if not any(subnet.overlaps(other) for other in (*survey.networks, *wanted.avoid)):
            return subnet
    raise DeployFailed(
        f"no management subnet is free: this host has routes into all of {_MANAGEMENT}; "
        "give the topology file a `mgmt` section with an ipv4-subnet of your own"
    )


# ---- how it is said to a shell ---------------------------------------------------------------------


def deploy_script(todo: Plan) -> str:
    """Shell text that carries out a plan; its status is containerlab's."""
    return script("runtimes/containerlab_deploy.sh", todo.file, (todo.text or "").rstrip(), *todo.remove)


def bootstrap_script(
    lab: str,
    closed: Collection[Container],
    daemons: Mapping[str, tuple[str, ...]],
    access: NodeKeys,
    back: IPv4Network | None,
) -> str:
    """Shell text that opens nodes side by side; it prints `ready NODE` or `failed NODE WORDS` for each.

    Args:
        lab: their lab.
        closed: the nodes.
        daemons: of FRR's, those that each is to run.
        access: the keys to place in them.
        back: the network that management sessions come from; None when they come on-link.
    """

    def line(one: Container) -> str:
        keys = access.authorized_key.strip(), access.host_key(lab, one.node).rstrip()
        return with_arguments(*keys, str(one.gateway or "-"), str(back or "-"), *daemons[one.node]).rstrip()

    calls = (shlex.join(["bootstrap", one.node, one.name, line(one)]) for one in closed)
    words = script("runtimes/containerlab_bootstrap.sh", script("runtimes/node_bootstrap.sh").rstrip())
    return words + "".join(f"{call} &\n" for call in calls) + "wait\n"


def destroy_script(lab: str) -> str:
    """Shell text that removes a lab that we deployed, or whatever is left of one; the folder goes last."""
    return script("runtimes/containerlab_destroy.sh", lab, file_of(lab), FOLDER_LABEL, network_name(lab))
