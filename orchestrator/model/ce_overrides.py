"""A CE whose parameters differ from what was agreed: what that makes of an attachment, and of a lab."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from orchestrator.model.topology import Endpoint

if TYPE_CHECKING:
    from orchestrator.model.lab import Attachment, Interface, Lab
    from orchestrator.model.pece_intent import AtCe


def with_ce_overrides(attachment: Attachment, at_ce: AtCe) -> Attachment:
    """An attachment whose CE differs from what was agreed in `at_ce`, and in nothing else."""
    length = at_ce.prefix_length or attachment.subnet.prefixlen
    return replace(
        attachment,
        ce_address=IPv4Interface((attachment.ce_address.ip, length)),
        protocol_at_ce=at_ce.end(attachment.protocol),
        ce_mtu=at_ce.mtu or attachment.pe_mtu,
    )


def lab_with_ce_overrides(lab: Lab, ce: str, at_ce: AtCe) -> Lab:
    """A lab one of whose CEs differs in `at_ce`, wherever it is attached, instead of what its files say.

    Raises:
        KeyError: the lab has no such CE.
    """
    lab.node(ce)
    set_so = {one: with_ce_overrides(one, at_ce) for _, one in lab.attachments_of(ce)}
    ports = {one.ce: one for one in set_so.values()}

    def port(own: Interface) -> Interface:
        found = ports.get(Endpoint(own.node, own.name))
        return own if found is None else replace(own, address=found.ce_address, mtu=found.ce_mtu)

    vpns = (
        replace(
            vpn,
            sites=tuple(
                replace(site, attachments=tuple(set_so.get(one, one) for one in site.attachments))
                for site in vpn.sites
            ),
        )
        for vpn in lab.vpns
    )
    return replace(lab, vpns=tuple(vpns), interfaces=tuple(map(port, lab.interfaces)))
