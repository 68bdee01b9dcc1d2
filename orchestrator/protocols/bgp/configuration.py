"""What PE-CE BGP configures: an eBGP session inside the VRF, an ordinary one on the CE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.core.bfd import watched
from orchestrator.core.fragment import ConfigFragment
from orchestrator.core.mpbgp.timers import timer_lines
from orchestrator.core.mpbgp.transit import OWN_AS_ON_PE, returns_to_provider
from orchestrator.model.family import Family, by_number
from orchestrator.protocols.bgp import asbr
from orchestrator.protocols.bgp.sessions import (
    PREPENDED,
    Session,
    backdoor_sessions,
    customer_as,
    offered,
    sessions,
)
from orchestrator.protocols.bgp.values import OwnAs, PrivateAs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.family import IpAddress, IpNetwork
    from orchestrator.model.lab import Lab, Vrf
    from orchestrator.protocols.bgp.values import Bgp


_FROM_PE, _TO_PE, _FROM_BACKDOOR, _BACKDOOR = "from-pe", "to-pe", "from-backdoor", "backdoor"
_BACKUP_IN, _BACKUP_OUT = "backup-in", "backup-out"
_OWN_PREFIXES, _VPN_PREFIXES = "own-prefixes", "vpn-prefixes"
TTL_SECURITY: Final = "ttl-security hops 1"
_FROM_CE: Final = "from-ce"


def on_pe(lab: Lab, vrf: Vrf) -> ConfigFragment:
    """Sessions of a VRF, with CEs and with ASBRs of other providers, in the order of their addresses."""
    own = [one for one in sessions(lab, vrf.pe) if one.attachment.vrf == vrf.name]
    others = tuple(asbr.neighbors(lab, vrf))
    with_ces = (
        (
            (address := one.attachment.ce_address.ip),
            _neighbor_lines(address, one.bgp.asn, one, one.bgp.local_as),
            tuple(_policy_on_pe(lab, one)),
        )
        for one in own
    )
    every = sorted((*with_ces, *others))
    from_ce = (f"route-map {_FROM_CE} permit 10", " set extcommunity none", "exit")
    return ConfigFragment(
        bgp=tuple(line for _, lines, _ in every for line in lines),
        unicast=(*(line for *_, lines in every for line in lines), *_not_of_ipv4(lab, vrf.pe, vrf.name)),
        blocks=(*((from_ce,) if own else ()), *((asbr.BLOCK,) if others else ())),
    )


def on_ce(lab: Lab, ce: str) -> ConfigFragment:
    """Sessions of a CE, and the prefixes of its site, which it originates."""
    own = sessions(lab, ce)
    networks: dict[IpNetwork, None] = dict.fromkeys(
        sorted({prefix for one in own for prefix in one.site.prefixes}, key=by_number)
    )
    return (
        _backdoors(lab, ce)
        + _between_providers(lab, ce)
        + _backup(lab, ce)
        + ConfigFragment(
            asn=customer_as(lab, ce),
            bgp=tuple(
                line
                for one in own
                for line in _neighbor_lines(one.attachment.pe_address.ip, one.provider_as, one)
            ),
            unicast=(
                *(f"  network {network}" for network in networks),
                *(
                    f"  neighbor {one.attachment.pe_address.ip} activate"
                    for one in own
                    if lab.family is Family.IPV6
                ),
                *(
                    f"  neighbor {one.attachment.pe_address.ip} allowas-in {one.bgp.own_as_times}"
                    for one in own
                    if one.bgp.own_as is OwnAs.ALLOWAS_IN
                ),
                *_not_of_ipv4(lab, ce),
            ),
        )
    )


def _not_of_ipv4(lab: Lab, node: str, vrf: str = "") -> Iterator[str]:
    """A session carries the family of its addresses alone; FRR begins all of them with IPv4's."""
    for one in () if lab.ipv6 is None else sessions(lab.ipv6, node):
        if not vrf:
            yield f"  no neighbor {one.attachment.pe_address.ip} activate"
        elif one.attachment.vrf == vrf:
            yield f"  no neighbor {one.attachment.ce_address.ip} activate"


def _neighbor_lines(
    address: IpAddress, asn: int, session: Session, local_as: int | None = None
) -> tuple[str, ...]:
    password = session.bgp.password
    return (
        f" neighbor {address} remote-as {asn}",
        # The site sees this number alone, and what it sends is not marked by it.
        *((f" neighbor {address} local-as {local_as} no-prepend replace-as",) if local_as else ()),
        *watched(session.bgp.bfd, f" neighbor {address} bfd"),
        *((f" neighbor {address} password {password}",) if password else ()),
        *((f" neighbor {address} {TTL_SECURITY}",) if session.bgp.ttl_security else ()),
        *timer_lines(address, session.timers),
    )


def _policy_on_pe(lab: Lab, session: Session) -> Iterator[str]:
    address = session.attachment.ce_address.ip
    if lab.family is Family.IPV6:
        yield f"  neighbor {address} activate"
    # FRR sends extended communities to everybody. A route target that a CE hands back, as a hub's does,
    # would be exported beside the VRF's own.
    yield f"  no neighbor {address} send-community extended"
    if (mark := lab.site_of_origin(session.site)) is not None:
        yield f"  neighbor {address} soo {mark}"
    if session.bgp.own_as is OwnAs.AS_OVERRIDE:
        yield f"  neighbor {address} as-override"
    if returns_to_provider(lab, session.site, session.attachment):
        yield f"  neighbor {address} allowas-in {OWN_AS_ON_PE}"
    yield from (f"  neighbor {address} {one}" for one in options_on_pe(session.bgp))
    # And takes them from everybody: a CE that attaches another VPN's route target would be in that VPN.
    # The site of origin is not lost by it: bgpd adds it behind the route-map.
    yield f"  neighbor {address} route-map {_FROM_CE} in"


def options_on_pe(bgp: Bgp) -> tuple[str, ...]:
    """What a PE has agreed on for a site beyond the session: lines of its neighbor in the address family."""
    private = {PrivateAs.ALL: "remove-private-AS all", PrivateAs.REPLACE: "remove-private-AS all replace-AS"}
    return (
        *((private[bgp.private_as],) if bgp.private_as else ()),
        *(("default-originate",) if bgp.default_originate else ()),
        *((f"maximum-prefix {bgp.maximum_prefix}",) if bgp.maximum_prefix else ()),
    )


def _between_providers(lab: Lab, ce: str) -> ConfigFragment:
    """What is advertised to each of several providers, as a prefix list."""
    advertised = {one: offered(lab, one) for one in sessions(lab, ce)}
    lists = {
        _VPN_PREFIXES if one.bgp.transit else _OWN_PREFIXES: sorted(prefixes)
        for one, prefixes in advertised.items()
        if prefixes is not None
    }
    return ConfigFragment(
        unicast=tuple(
            f"  neighbor {one.attachment.pe_address.ip} prefix-list "
            f"{_VPN_PREFIXES if one.bgp.transit else _OWN_PREFIXES} out"
            for one, prefixes in advertised.items()
            if prefixes is not None
        ),
        blocks=tuple(
            (f"ip prefix-list {name} seq {5 * number} permit {prefix}",)
            for name, prefixes in lists.items()
            for number, prefix in enumerate(prefixes, 1)
        ),
    )


def _backup(lab: Lab, ce: str) -> ConfigFragment:
    """What comes over a backup attachment is taken last, and what goes over it looks long from afar."""
    pes = [one.attachment.pe_address.ip for one in sessions(lab, ce) if one.bgp.backup]
    if not pes:
        return ConfigFragment()
    prepended = " ".join([str(customer_as(lab, ce))] * PREPENDED)
    return ConfigFragment(
        unicast=tuple(
            f"  neighbor {pe} route-map {name} {way}"
            for pe in pes
            for name, way in ((_BACKUP_IN, "in"), (_BACKUP_OUT, "out"))
        ),
        blocks=(
            (f"route-map {_BACKUP_IN} permit 10", " set local-preference 50", "exit"),
            (f"route-map {_BACKUP_OUT} permit 10", f" set as-path prepend {prepended}", "exit"),
        ),
    )


def _backdoors(lab: Lab, ce: str) -> ConfigFragment:
    """The provider's routes first; what came over the backdoor is tagged, and made long towards the PE.

    Local preference and site of origin alone leave both sites on the backdoor for good: the PE would
    prefer the CE's copy, being eBGP's, and the mark would keep the VPN's copy from the CE.
    """
    backdoors, asn = backdoor_sessions(lab, ce), customer_as(lab, ce)
    if not backdoors or asn is None:
        return ConfigFragment()
    timers = sessions(lab, ce)[0].timers
    far = [(backdoor.far_end(ce)[0].node, backdoor.far_end(ce)[1].ip) for backdoor in backdoors]
    pes = [one.attachment.pe_address.ip for one in sessions(lab, ce)]
    community = f"{asn & 0xFFFF}:99"
    return ConfigFragment(
        bgp=tuple(
            line
            for node, address in far
            for line in (
                f" neighbor {address} remote-as {customer_as(lab, node)}",
                *timer_lines(address, timers),
            )
        ),
        unicast=tuple(
            line
            for node, address in far
            for line in (
                *((f"  neighbor {address} next-hop-self",) if customer_as(lab, node) == asn else ()),
                f"  neighbor {address} route-map {_FROM_BACKDOOR} in",
            )
        )
        + tuple(
            f"  neighbor {address} route-map {name} {way}"
            for address in pes
            for name, way in ((_FROM_PE, "in"), (_TO_PE, "out"))
        ),
        blocks=(
            (f"bgp community-list standard {_BACKDOOR} seq 5 permit {community}",),
            (f"route-map {_FROM_PE} permit 10", " set local-preference 200", "exit"),
            (
                f"route-map {_FROM_BACKDOOR} permit 10",
                f" set community {community}",
                " set local-preference 100",
                "exit",
            ),
            (
                f"route-map {_TO_PE} permit 10",
                f" match community {_BACKDOOR}",
                f" set as-path prepend {' '.join([str(asn)] * PREPENDED)}",
                f" set comm-list {_BACKDOOR} delete",
                "exit",
            ),
            (f"route-map {_TO_PE} permit 20", "exit"),
        ),
    )
