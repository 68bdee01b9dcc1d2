"""Paths that come back to a provider through a transit site, as a hub's do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.model.memory import remembered

if TYPE_CHECKING:
    from orchestrator.model.lab import Attachment, Lab, Provider, Site

OWN_AS_ON_PE: Final = 2
"""How often a PE takes its own AS number from a hub: its own, and one that as-override put there."""


def own_as_allowed(lab: Lab, provider: Provider) -> int:
    """How often a provider's own AS number may stand in VPNv4 paths: what a hub hands back has been here.

    bgpd looks for loops in iBGP paths too, so without this no other PE takes what the hub's PE exports.
    """
    transit = (
        returns_to_provider(lab, site, one)
        for site in lab.sites
        for one in site.attachments
        if one.pe.node in provider.nodes
    )
    return OWN_AS_ON_PE if any(transit) else 0


@remembered
def returns_to_provider(lab: Lab, site: Site, attachment: Attachment) -> bool:
    """Whether a transit site gives a provider's routes back to it, rather than to another provider."""
    provider = lab.provider_of(attachment.pe.node)
    others = (one for one in site.attachments if one != attachment)
    return attachment.protocol.is_transit and any(one.pe.node in provider.nodes for one in others)
