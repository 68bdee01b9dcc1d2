"""A running lab as a nornir inventory, for people's own nornir tasks and for plain `ssh`.

Four files: `hosts.yaml`, `groups.yaml` and `defaults.yaml` as nornir's SimpleInventory reads them, and an
`ssh_config` that knows the way to each node, whichever host the lab is on.
"""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.hosts.keys import Keys
    from orchestrator.runtimes.base import RunningLab

HOSTS, GROUPS, DEFAULTS = "hosts.yaml", "groups.yaml", "defaults.yaml"
SSH_CONFIG, KNOWN_HOSTS = "ssh_config", "known_hosts"


@dataclass(frozen=True, slots=True)
class Inventory:
    """The texts of the files, by name."""

    files: dict[str, str]

    def write(self, folder: Path) -> None:
        """Write all files into a folder, made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.files.items():
            (folder / name).write_text(text)


def inventory(lab: RunningLab, keys: Keys, folder: Path) -> Inventory:
    """The inventory of a running lab.

    Hosts carry their role as group; connections of kind `netmiko` (nornir-netmiko's) get all they need:
    root's shell, by key, with the node's host key checked. FRR is asked by `vtysh -c '…'`.

    Args:
        lab: the lab as it runs.
        keys: what nodes accept and show.
        folder: where the files will be: two of them are named in the others.
    """
    hosts = {
        node.name: {
            "hostname": str(node.address),
            "groups": [node.role.value],
            "data": {"lab": lab.name, "role": node.role.value},
        }
        for node in lab.nodes
    }
    roles = sorted({node.role.value for node in lab.nodes})
    defaults: dict[str, Any] = {
        "username": "root",
        "platform": "linux",
        "connection_options": {
            "netmiko": {
                "extras": {
                    "use_keys": True,
                    "key_file": str(keys.login.private),
                    "allow_agent": False,
                    "ssh_strict": True,
                    "alt_host_keys": True,
                    "alt_key_file": str(folder / KNOWN_HOSTS),
                    "ssh_config_file": str(folder / SSH_CONFIG),
                }
            }
        },
    }
    return Inventory(
        {
            HOSTS: _yaml(hosts),
            GROUPS: _yaml({role: {"data": {"role": role}} for role in roles}),
            DEFAULTS: _yaml(defaults),
            SSH_CONFIG: "\n".join(_ssh_host(lab, node.name, keys, folder) for node in lab.nodes),
            KNOWN_HOSTS: "".join(
                f"{node.address} {keys.public_of(lab.name, node.name)}\n" for node in lab.nodes
            ),
        }
    )


def _yaml(value: object) -> str:
    return yaml.safe_dump(value, sort_keys=False)


def _ssh_host(lab: RunningLab, node: str, keys: Keys, folder: Path) -> str:
    address = lab.addresses[node]
    python = shlex.quote(sys.executable).replace("%", "%%")
    return (
        f"Host {node}.{lab.name} {address}\n"
        f"    HostName {address}\n"
        f"    HostKeyAlias {address}\n"
        "    User root\n"
        f"    IdentityFile {_quoted(keys.login.private)}\n"
        "    IdentitiesOnly yes\n"
        "    StrictHostKeyChecking yes\n"
        f"    UserKnownHostsFile {_quoted(folder / KNOWN_HOSTS)}\n"
        f"    ProxyCommand {python} -m orchestrator proxy {lab.name} {node}\n"
    )


def _quoted(path: Path) -> str:
    """A path as ssh_config(5) wants it: quotes escaped, and no percent sign taken for a token."""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{text}"'
