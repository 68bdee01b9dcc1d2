"""Which names the world takes: Linux for hosts and interfaces, FRR for VRFs, containerlab for nodes."""

from __future__ import annotations

import re
from typing import Final

_LONGEST_LABEL: Final = 63  # RFC 1123 2.1, RFC 1035 2.3.4
LONGEST_INTERFACE: Final = 15  # IFNAMSIZ less the final NUL
# As in RFC 1123, and with the underscore that Linux, Docker and containerlab take.
_LABEL: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?")
# A dot is legal in Linux but splits the sysctl path net.mpls.conf.NAME.input.
_DEVICE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
# First words of a brief link's end that containerlab reads as something else than a node (links/link.go).
_CONTAINERLAB_WORDS: Final = frozenset(
    ("brief", "dummy", "host", "macvlan", "mgmt-net", "veth", "veth-stitch", "vxlan", "vxlan-stitch")
)
# FRR's words for the main table and for every VRF, and those that are entries of net.ipv4.conf.
_VRF_WORDS: Final = frozenset(("default", "all"))
# Devices that are in a namespace, or come with a kernel module, without anybody asking.
_KERNEL_DEVICES: Final = frozenset(
    ("erspan0", "gre0", "gretap0", "ip6_vti0", "ip6gre0", "ip6tnl0", "ip_vti0", "lo", "sit0", "tunl0")
)
_DATA_INTERFACE: Final = re.compile(r"(?:eth|lan|sham)[0-9]+")


def host_name_fault(name: str) -> str | None:
    """Why neither Linux nor FRR takes the name for a host, None where they do."""
    if not _LABEL.fullmatch(name):
        return "is no host name (letters, digits, inner '-' and '_')"
    if len(name) > _LONGEST_LABEL:
        return f"has {len(name)} characters, a host name at most {_LONGEST_LABEL} (RFC 1123)"
    return None


def node_name_fault(name: str, lab: str) -> str | None:
    """Why a node can't be called so, None where it can."""
    if (fault := host_name_fault(name)) is not None:
        return fault
    if name.lower() in _CONTAINERLAB_WORDS:
        return "means something else to containerlab at the end of a link"
    if name.lower() == "localhost":
        return "is every host's own name"
    container = f"clab-{lab}-{name}"
    if len(container) > _LONGEST_LABEL:
        return (
            f"makes the container name {container}, {len(container)} characters, at most {_LONGEST_LABEL} fit"
        )
    return None


def interface_name_fault(name: str) -> str | None:
    """Why a link can't end at an interface of this name, None where it can."""
    if name == "eth0":
        return "is the management interface"
    if name in _VRF_WORDS:
        return "is an entry of the kernel's own among the settings of interfaces (net.ipv4.conf)"
    if (fault := _device_name_fault(name)) is not None:
        return fault
    if name.startswith("lan") and _DATA_INTERFACE.fullmatch(name):
        return "is the name of a LAN device"
    if name.startswith("sham") and _DATA_INTERFACE.fullmatch(name):
        return "is the name of a sham link"
    return None


def vrf_name_fault(name: str) -> str | None:
    """Why neither Linux nor FRR takes the name for a VRF, None where they do."""
    if name in _VRF_WORDS:
        return "is a word of FRR's own where VRFs are named"
    if (fault := _device_name_fault(name)) is not None:
        return fault
    if _DATA_INTERFACE.fullmatch(name):
        return "is the name of an interface"
    return None


def word_fault(name: str) -> str | None:
    """Why a site or provider can't be called so, None where it can."""
    if not _WORD.fullmatch(name):
        return "is not a single word of letters, digits, '-' and '_'"
    if len(name) > _LONGEST_LABEL:
        return f"has {len(name)} characters, at most {_LONGEST_LABEL} fit"
    return None


def _device_name_fault(name: str) -> str | None:
    if not _DEVICE.fullmatch(name):
        return "must begin with a letter and go on with letters, digits, '-' and '_'"
    if len(name) > LONGEST_INTERFACE:
        return f"has {len(name)} characters, Linux takes {LONGEST_INTERFACE} for a device"
    if name in _KERNEL_DEVICES:
        return "is a device that the kernel makes itself"
    return None
