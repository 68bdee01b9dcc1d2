"""Addresses of a node's devices: FRR's configuration says which, and the kernel has to have just those."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from orchestrator.render.observed import ObservedPlumbing

_INTERFACE: Final = re.compile(r"interface (\S+)")
_ADDRESS: Final = re.compile(r" ip(?:v6)? address (\S+)$")


@dataclass(frozen=True, slots=True)
class Addresses:
    """What FRR's configuration says: pairs of a device and an address with its prefix length.

    Attributes:
        running: what FRR's configuration puts on devices.
        wanted: what it is to put there.
    """

    running: frozenset[tuple[str, str]]
    wanted: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, running: str, wanted: str) -> Self:
        """Read two configurations as `show running-config` prints them."""
        return cls(frozenset(_configured(running)), frozenset(_configured(wanted)))


def _configured(configuration: str) -> Iterator[tuple[str, str]]:
    device = ""
    for line in configuration.splitlines():
        if not line.startswith(" "):
            block = _INTERFACE.match(line)
            device = block[1] if block else ""
        elif device and (address := _ADDRESS.match(line)):
            yield device, address[1]


def address_changes(
    observed: ObservedPlumbing, addresses: Addresses, devices: Collection[str]
) -> Iterator[str]:
    """Lines for `ip -batch` that bring the kernel to what FRR believes it to have.

    zebra puts an address on its device on configuration, and does not look again: one that was deleted by
    hand stays away, and one that was added by hand stays, since no line of the configuration is it.

    Args:
        observed: the node.
        addresses: what FRR has and is to have.
        devices: the lab's own; those of others are left alone.
    """
    for device in (one for one in observed.devices.values() if one.name in devices):
        present = {(device.name, one.local): one for one in device.addresses}
        for key, one in present.items():
            if one.peer is not None or key not in addresses.running | addresses.wanted:
                yield f"address delete {one.selector}"
        for key in sorted((addresses.running & addresses.wanted) - present.keys()):
            if key[0] == device.name:
                yield f"address add {key[1]} dev {key[0]}"
