"""BFD in the lines that FRR prints, and the sessions that a lab's intent makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.model.bfd import DEFAULT_BFD

if TYPE_CHECKING:
    from orchestrator.model.bfd import Bfd
    from orchestrator.model.family import IpAddress
    from orchestrator.model.lab import Interface, Lab


@dataclass(frozen=True, slots=True)
class BfdSession:
    """A single-hop session as one end sees it."""

    own: Interface
    far: Interface
    bfd: Bfd

    @property
    def peer(self) -> IpAddress:
        """The address of the far end."""
        return self.far.address.ip


def bfd_sessions(lab: Lab, node: str) -> tuple[BfdSession, ...]:
    """The sessions of a node: one on each link that BFD watches, whatever protocols want to know."""
    in_core = lab.provider_of(node).bfd if lab.node(node).role.in_provider else None
    core = (BfdSession(own, far, in_core) for own, far in lab.core_links_of(node)) if in_core else ()
    access = (
        BfdSession(own, far, one.protocol.bfd)
        for _, one in lab.attachments_of(node)
        if one.protocol.bfd is not None
        for ends in [(lab.interface(one.pe), lab.interface(one.ce))]
        for own, far in [ends if one.pe.node == node else ends[::-1]]
    )
    return (*core, *access)


def profile_name(bfd: Bfd) -> str:
    """The profile of these intervals, the same on every node: `150ms-x3`."""
    return f"{bfd.interval}ms-x{bfd.multiplier}"


def profile_block(lab: Lab, node: str) -> tuple[str, ...]:
    """The `bfd` block of a node: a profile for all intervals that are not FRR's own; nothing if all are."""
    wanted = {one.bfd for one in bfd_sessions(lab, node)} - {DEFAULT_BFD}
    lines = [line for bfd in sorted(wanted, key=profile_name) for line in _profile(bfd)]
    return ("bfd", *lines, "exit") if lines else ()


def _profile(bfd: Bfd) -> tuple[str, ...]:
    values = (
        (f"  detect-multiplier {bfd.multiplier}", bfd.multiplier != DEFAULT_BFD.multiplier),
        (f"  transmit-interval {bfd.interval}", bfd.interval != DEFAULT_BFD.interval),
        (f"  receive-interval {bfd.interval}", bfd.interval != DEFAULT_BFD.interval),
    )
    return (f" profile {profile_name(bfd)}", *(line for line, is_own in values if is_own), " exit", " !")


def watched(bfd: Bfd | None, line: str) -> tuple[str, ...]:
    """The line that has a protocol watch a neighbour by BFD, and the one that names other intervals."""
    if bfd is None:
        return ()
    return (line,) if bfd == DEFAULT_BFD else (line, f"{line} profile {profile_name(bfd)}")
