"""The kernel settings that decide whether a node forwards, IP and labelled packets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from parsers.kernel import sysctls

if TYPE_CHECKING:
    from parsers import Command
    from parsers.kernel import Sysctl

_MANAGEMENT: Final = "eth0"


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
