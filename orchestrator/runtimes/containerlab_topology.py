"""The copy of a user's topology file that is deployed: what containerlab needs, merged in.

The user's text is not interpreted but carried over value by value, quotes and anchors included; only what is
missing is added. The file itself is never written to.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Network

FOLDER_LABEL: Final = "l3vpn-folder"
"""On every container of a lab that we deployed: the lab folder it came from."""

_DEFINITIONS: Final = ("nodes", "groups", "kinds")
# As files of older containerlab have them, which 0.79 refuses.
_RENAMED: Final = {"mgmt_ipv4": "mgmt-ipv4", "mgmt_ipv6": "mgmt-ipv6"}
_PATHS: Final = ("startup-config", "license")
_PATH_LISTS: Final = ("env-files",)


@dataclass(frozen=True, slots=True)
class Additions:
    """What a lab's own file leaves open.

    Attributes:
        folder: the lab folder, absolute: relative paths in the file start there.
        image: the container image of nodes whose file names none.
        management: the management subnet, used unless the file has a say in it.
        insist: whether `image` goes before what the file names.
    """

    folder: str
    image: str
    management: IPv4Network
    insist: bool = False


def rendered(text: str, lab: str, additions: Additions) -> str:
    """The topology file to deploy.

    Args:
        text: the user's file, which `load_lab` has accepted, with its variables expanded.
        lab: the lab's name.
        additions: what to add.
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise TypeError("a topology file is a mapping")
    topology = _mapping(root, "topology")
    defaults = _mapping(topology, "defaults")
    for definition in (defaults, *_definitions(topology)):
        _absolute_paths(definition, additions.folder)
        for name, _ in definition.value:
            name.value = _RENAMED.get(name.value, name.value)
    if additions.insist:
        for definition in (defaults, *_definitions(topology)):
            _remove(definition, "image")
    _default(defaults, "image", _text(additions.image))
    # A container that restarts by itself comes back without links and seems to be well.
    _default(defaults, "restart-policy", _text("no"))
    labels = _mapping(defaults, "labels")
    _remove(labels, FOLDER_LABEL)
    _default(labels, FOLDER_LABEL, _text(additions.folder))
    if not _says_management(root, topology):
        _default(root, "mgmt", _management(lab, additions.management))
    # containerlab expands variables, too: on the host, where they are others.
    return yaml.serialize(root, Dumper=yaml.SafeDumper, width=1000).replace("$", "$$")


def network_name(lab: str) -> str:
    """The Docker network of a lab's management subnet, where its file leaves that to us."""
    return f"l3vpn-{lab}"


def images(text: str) -> frozenset[str]:
    """The container images that the nodes of a rendered topology are made from."""
    return frozenset(image for image in image_of_each(text).values() if image is not None)


def image_of_each(text: str) -> dict[str, str | None]:
    """The container image of each node of a topology file, rendered or not; None where it names none."""
    tree = yaml.safe_load(text)["topology"]
    defaults, groups, kinds = (tree.get(one) or {} for one in ("defaults", "groups", "kinds"))

    def image(node: dict[str, str]) -> str | None:
        group = groups.get(node.get("group", defaults.get("group"))) or {}
        kind = kinds.get(node.get("kind") or group.get("kind") or defaults.get("kind")) or {}
        named = (one.get("image") for one in (node, group, kind, defaults))
        return next((str(one) for one in named if one), None)

    return {name: image(node or {}) for name, node in tree["nodes"].items()}


def _management(lab: str, subnet: IPv4Network) -> yaml.MappingNode:
    settings = {
        "network": _text(network_name(lab)),
        "ipv4-subnet": _text(str(subnet)),
        "external-access": yaml.ScalarNode("tag:yaml.org,2002:bool", "false"),
    }
    made = _empty()
    for key, value in settings.items():
        _default(made, key, value)
    return made


def _says_management(root: yaml.MappingNode, topology: yaml.MappingNode) -> bool:
    """Whether the file chooses a subnet, or addresses out of containerlab's own."""
    return _find(root, "mgmt") is not None or any(
        _find(node, "mgmt-ipv4") is not None for node in _definitions(topology)
    )


def _definitions(topology: yaml.MappingNode) -> Iterator[yaml.MappingNode]:
    for name in _DEFINITIONS:
        section = _find(topology, name)
        if isinstance(section, yaml.MappingNode):
            yield from (value for _, value in section.value if isinstance(value, yaml.MappingNode))


def _absolute_paths(definition: yaml.MappingNode, folder: str) -> None:
    for key in _PATHS:
        value = _find(definition, key)
        if isinstance(value, yaml.ScalarNode) and _is_path(value.value):
            value.value = posixpath.join(folder, value.value)
    for key in (*_PATH_LISTS, "binds"):
        values = _find(definition, key)
        if isinstance(values, yaml.SequenceNode):
            for value in values.value:
                if isinstance(value, yaml.ScalarNode) and _is_path(value.value):
                    value.value = posixpath.join(folder, value.value)


def _is_path(text: str) -> bool:
    """Whether it is relative to the file: containerlab knows `~`, URLs, magic words and whole texts too."""
    return not text.startswith(("/", "~", "http:", "https:", "__", "$")) and "\n" not in text


def _find(mapping: yaml.MappingNode, key: str) -> yaml.Node | None:
    return next((value for name, value in mapping.value if name.value == key), None)


def _mapping(parent: yaml.MappingNode, key: str) -> yaml.MappingNode:
    """The mapping under `key`, made if there is none."""
    there = _find(parent, key)
    if isinstance(there, yaml.MappingNode):
        return there
    _remove(parent, key)  # an empty `defaults:` is no mapping
    made = _empty()
    _default(parent, key, made)
    return made


def _default(mapping: yaml.MappingNode, key: str, value: yaml.Node) -> None:
    if _find(mapping, key) is None:
        mapping.value.append((yaml.ScalarNode("tag:yaml.org,2002:str", key), value))


def _remove(mapping: yaml.MappingNode, key: str) -> None:
    mapping.value[:] = [(name, value) for name, value in mapping.value if name.value != key]


def _empty() -> yaml.MappingNode:
    return yaml.MappingNode("tag:yaml.org,2002:map", [], flow_style=False)


def _text(value: str) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", value, style='"')
