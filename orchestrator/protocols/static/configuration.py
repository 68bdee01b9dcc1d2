"""Static routes between PE and CE: the PE routes the site's prefixes to the CE, the CE the rest to the PE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.core.fragment import ConfigFragment
from orchestrator.model.lans import may_have_default
from orchestrator.protocols.static.routes import attachments, routes_on_ce

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab, Vrf


def on_pe(lab: Lab, vrf: Vrf) -> ConfigFragment:
    """Routes to the sites, redistributed into BGP and so exported."""
    by_port, route = may_have_default(lab, vrf), f"{lab.family.ip} route"
    routes = tuple(
        f" {route} {prefix} {attachment.ce_address.ip}{f' {attachment.pe.interface}' if by_port else ''}"
        for site, attachment in attachments(lab, vrf.pe)
        if attachment.vrf == vrf.name
        for prefix in site.prefixes
    )
    return ConfigFragment(table=routes, unicast=("  redistribute static",) if routes else ())


def on_ce(lab: Lab, ce: str) -> ConfigFragment:
    """A default route to each PE, or a route for each prefix of the VPN."""
    route = f"{lab.family.ip} route"
    by_port = any(one.stands_for is not None for one in lab.interfaces_of(ce))
    return ConfigFragment(
        table=tuple(
            f"{route} {prefix} {attachment.pe_address.ip}{f' {attachment.ce.interface}' if by_port else ''}"
            for _, attachment in attachments(lab, ce)
            for prefix in routes_on_ce(lab, attachment)
        )
    )
