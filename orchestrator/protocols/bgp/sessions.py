"""The BGP sessions between PE and CE, and over backdoors, that the intent makes (RFC 4364 7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from orchestrator.model.memory import remembered
from orchestrator.protocols.agreement import End
from orchestrator.protocols.bgp.values import Bgp

if TYPE_CHECKING:
    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Attachment, Backdoor, Lab, Site
    from orchestrator.model.timer_values import Timers


PREPENDED: Final = 3  # so long is a path made that is to be used last


@dataclass(frozen=True, slots=True)
class Session:
    """An attachment that speaks BGP, as one of its ends has it.

    Attributes:
        site: behind it.
        attachment: the link and its ends.
        bgp: as this end has it.
        provider_as: the AS number of the PE on this session: the provider's, or its `local-as`.
        vrf_as: the AS number of the provider, which the VRF's BGP has.
        timers: of the session.
    """

    site: Site
    attachment: Attachment
    bgp: Bgp
    provider_as: int
    vrf_as: int
    timers: Timers


@remembered
def sessions(lab: Lab, node: str) -> tuple[Session, ...]:
    """The PE-CE sessions of a PE or a CE, in the order of the neighbours' addresses."""
    at_pe = lab.node(node).role.in_provider
    found = [
        Session(
            site, one, spoken, spoken.local_as or provider.asn, provider.asn, _timers(provider.timers, spoken)
        )
        for site, one in lab.attachments_of(node)
        for spoken in [(End.PE if at_pe else End.CE).spoken(one)]
        if isinstance(spoken, Bgp)
        for provider in [lab.provider_of(one.pe.node)]
    ]
    return tuple(
        sorted(
            found, key=lambda one: int((one.attachment.ce_address if at_pe else one.attachment.pe_address).ip)
        )
    )


def _timers(usual: Timers, bgp: Bgp) -> Timers:
    keepalive, hold = bgp.intervals(usual)
    return replace(usual, bgp_keepalive=keepalive, bgp_hold=hold)


def customer_as(lab: Lab, ce: str) -> int | None:
    """The AS number of a CE; None for a CE that speaks no BGP."""
    return next((one.bgp.asn for one in sessions(lab, ce)), None)


@remembered
def offered(lab: Lab, session: Session) -> frozenset[IpNetwork] | None:
    """What a CE of several providers advertises to one of them; None for a CE of one, which advertises all.

    No AS path keeps one provider's routes from the next: each site at both would be transit, for anything.
    So a site offers its own prefixes, and one that is `transit` those of its VPN.
    """
    ce = session.attachment.ce.node
    if len({lab.provider_of(one.pe.node) for _, one in lab.attachments_of(ce)}) == 1:
        return None
    if not session.bgp.transit:
        return frozenset(session.site.prefixes)
    mine = (site for site in lab.sites if site.vpn == session.site.vpn)
    return frozenset(prefix for site in mine for prefix in site.prefixes)


@remembered
def backdoor_sessions(lab: Lab, node: str) -> tuple[Backdoor, ...]:
    """The backdoors of a CE over which it speaks BGP."""
    return tuple(
        one
        for one in lab.backdoors_of(node)
        if customer_as(lab, one.a.node) is not None and customer_as(lab, one.b.node) is not None
    )
