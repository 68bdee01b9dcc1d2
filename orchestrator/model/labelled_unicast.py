"""Who exchanges labelled IPv4 unicast routes (RFC 8277), by which option C reaches another provider's PEs.

Every PE and RR of such a provider does, on its iBGP sessions; the ASBR does with the other provider's, too.
The routes lead to second loopbacks of all of them but the ASBR, on which VPNv4 sessions end, and which are
the next hops of VPN routes. They are not in the IGP. The first ones would not do: bgpd takes no route to its
own next hop, and an ASBR that originates them itself advertises implicit null, whatever core is behind (FRR
10.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.interconnect import Option
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.memory import remembered
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from orchestrator.model.interconnect import Interconnect
    from orchestrator.model.lab import Lab, Provider
    from orchestrator.model.topology import Node


@remembered
def option_c_of(lab: Lab, provider: Provider) -> Interconnect | None:
    """The interconnect with option C of a provider, which has no other then."""
    return next(
        (
            one
            for one in lab.interconnects
            if one.option is Option.C and any(own.node in provider.nodes for own, _ in one.ends)
        ),
        None,
    )


def other_provider(lab: Lab, provider: Provider) -> Provider | None:
    """The one that a provider meets with option C."""
    link = option_c_of(lab, provider)
    if link is None:
        return None
    return next(one for own, _ in link.ends if (one := lab.provider_of(own.node)) != provider)


def labelled_peers(lab: Lab, node: str) -> tuple[Node, ...]:
    """The iBGP peers with which a node exchanges labelled routes; none without option C."""
    return () if option_c_of(lab, lab.provider_of(node)) is None else lab.ibgp_peers(node)


def labelled_ends(lab: Lab, provider: Provider) -> tuple[str, ...]:
    """The nodes of a provider that labelled routes lead to."""
    return tuple(one for one in provider.nodes if lab.interfaces_of(one, InterfaceKind.VPN_LOOPBACK))


def vpnv4_partners(lab: Lab, node: str) -> tuple[str, ...]:
    """The VPNv4 speakers of the other provider that a node has multihop sessions with.

    Route reflectors have, where their provider has some, else all PEs.
    """
    provider = lab.provider_of(node)
    other = other_provider(lab, provider)
    if other is None or node not in _spokesmen(lab, provider):
        return ()
    return _spokesmen(lab, other)


def _spokesmen(lab: Lab, provider: Provider) -> tuple[str, ...]:
    ends = labelled_ends(lab, provider)
    reflectors = tuple(one for one in ends if lab.node(one).role is Role.RR)
    return reflectors or ends
