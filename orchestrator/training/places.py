"""What a seed draws from in a lab: ports, sites, prefixes, VRFs, each as the words that texts need of it."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from orchestrator.model.lab import Attachment, Lab, Site, Vrf

Place = dict[str, str]
"""Names, as they stand in braces, and what they stand for; "" where a place has no such thing."""

_CORE_PORT: Final = ("node", "port", "loopback", "far", "far-port", "far-loopback")
_VRF: Final = ("pe", "loopback", "vrf", "vpn", "provider-as", "rd", "imports", "exports", "free-target")
_SITE: Final = (
    "site", "ce", "ce-port", "ce-address", "ce-as", "pe-port", "pe-address", "access", "area",
    "other-site", "other-vrf", "other-target",
)  # fmt: skip
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "core-port": _CORE_PORT,
    "vrf": _VRF,
    "site": (*_VRF, *_SITE),
    "prefix": (*_VRF, *_SITE, "prefix"),
}
"""What can be drawn, and the names that each has."""


def fields_of(kind: str | None) -> tuple[str, ...]:
    """The names that may stand in braces."""
    return KINDS.get(kind or "", ())


def places(lab: Lab, kind: str | None) -> tuple[Place, ...]:
    """All that can be drawn of a kind, in the order of the lab; without a kind one that has no names."""
    drawn: Mapping[str, Callable[[Lab], Iterator[Place]]] = {
        "core-port": _core_ports,
        "vrf": lambda lab: (_vrf(lab, vrf) for vrf in lab.vrfs),
        "site": lambda lab: (_site(lab, *one) for one in _attachments(lab)),
        "prefix": lambda lab: (
            _site(lab, site, one) | {"prefix": str(prefix)}
            for site, one in _attachments(lab)
            for prefix in site.prefixes
        ),
    }
    return tuple(drawn[kind](lab)) if kind is not None else ({},)


def _core_ports(lab: Lab) -> Iterator[Place]:
    for node in lab.nodes:
        if node.role.in_provider:
            for own, far in lab.core_links_of(node.name):
                yield {
                    "node": own.node,
                    "port": own.name,
                    "loopback": str(lab.loopback(own.node)),
                    "far": far.node,
                    "far-port": far.name,
                    "far-loopback": str(lab.loopback(far.node)),
                }


def _vrf(lab: Lab, vrf: Vrf) -> Place:
    asn = lab.provider_of(vrf.pe).asn
    used = {str(target) for one in lab.vrfs for target in one.imports | one.exports}
    return {
        "pe": vrf.pe,
        "loopback": str(lab.loopback(vrf.pe)),
        "vrf": vrf.name,
        "vpn": vrf.vpn,
        "provider-as": str(asn),
        "rd": str(vrf.rd),
        "imports": " ".join(sorted(map(str, vrf.imports))),
        "exports": " ".join(sorted(map(str, vrf.exports))),
        "free-target": next(one for n in count(900) if (one := f"{asn}:{n}") not in used),
    }


def _attachments(lab: Lab) -> Iterator[tuple[Site, Attachment]]:
    """Sites that hang on one link: without it they have nothing."""
    for site in lab.sites:
        if len(site.attachments) == 1:
            yield site, site.attachments[0]


def _site(lab: Lab, site: Site, one: Attachment) -> Place:
    others = [other for other in lab.sites if other.vpn == site.vpn and other != site]
    vrfs = [other for other in lab.vrfs_of(one.pe.node) if other.name != one.vrf]
    asn = getattr(one.protocol, "asn", "")
    return _vrf(lab, lab.vrf(one.pe.node, one.vrf)) | {
        "site": site.name,
        "ce": one.ce.node,
        "ce-port": one.ce.interface,
        "ce-address": str(one.ce_address.ip),
        "ce-as": str(asn),
        "pe-port": one.pe.interface,
        "pe-address": str(one.pe_address.ip),
        "access": str(one.subnet),
        "area": str(getattr(one.protocol, "area", "")),
        "other-site": others[0].name if others else "",
        "other-vrf": vrfs[0].name if vrfs else "",
        "other-target": " ".join(sorted(map(str, vrfs[0].exports))) if vrfs else "",
    }
