"""Commands of nodes of a lab: those of `parsers`, and with arguments that only the lab gives."""

from __future__ import annotations

import base64
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from parsers import Command
from parsers.kernel import sysctls
from parsers.link_echo import link_echo_facts

if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from parsers.kernel import Sysctl
    from parsers.link_echo import LinkEcho

LINK_PROGRAM = Path(__file__).with_name("link_program.py")
_MANAGEMENT = "eth0"


def sysctl_key(tree: str, interface: str, setting: str) -> str:
    """The name of a setting of one interface."""
    return f"{tree}.{interface}.{setting}"


def forwarding_settings(interfaces: tuple[str, ...]) -> Command[tuple[Sysctl, ...]]:
    """Forwarding and MPLS settings of a node with these data interfaces."""
    keys = (
        "net.ipv4.ip_forward",
        "net.mpls.platform_labels",
        *(sysctl_key("net.ipv4.conf", name, "forwarding") for name in (*interfaces, _MANAGEMENT)),
        *(sysctl_key("net.mpls.conf", name, "input") for name in (*interfaces, _MANAGEMENT)),
    )
    return sysctls(" ".join(keys))


@cache
def link_echoes(links: tuple[tuple[str, IPv4Address, IPv4Address], ...]) -> Command[tuple[LinkEcho, ...]]:
    """An echo request without and with a label over each link: interface, own and neighbour's address."""
    source = base64.b64encode(zlib.compress(LINK_PROGRAM.read_bytes(), 9)).decode()
    words = " ".join(f"{interface},{own},{far}" for interface, own, far in links)
    return Command(
        f"python3 -c \"import base64,zlib;exec(zlib.decompress(base64.b64decode('{source}')))\" {words}",
        link_echo_facts,
        short=f"echo requests without and with a label over {', '.join(link[0] for link in links)}",
    )
