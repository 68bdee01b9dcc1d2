"""The ends of sham links (RFC 4577 4.2.7), which OSPF itself must not carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.memory import remembered

if TYPE_CHECKING:
    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Lab, Vrf
    from orchestrator.model.sham_link import ShamEnd


@remembered
def endpoints_in(lab: Lab, vrf: Vrf) -> tuple[IpNetwork, ...]:
    """The ends of sham links that a VRF has or imports: OSPF must not carry them (RFC 4577 4.2.7.2)."""
    homes = ((end, lab.vrf(end.pe, end.vrf)) for end in sham_ends(lab))
    return tuple(end.endpoint.network for end, home in homes if home == vrf or vrf.imports_from(home))


def sham_ends(lab: Lab) -> tuple[ShamEnd, ...]:
    """The ends of all sham links, each once."""
    return tuple(dict.fromkeys(end for link in lab.sham_links for end in (link.a, link.b)))
