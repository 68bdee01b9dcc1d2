"""What people's words mean in a lab: its nodes, sites and prefixes."""

from __future__ import annotations

from difflib import get_close_matches
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from orchestrator.errors import UsageError
from orchestrator.verification.forwarding.between import PathEnd

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Lab, Site


def named_nodes(lab: Lab, names: Sequence[str]) -> tuple[str, ...]:
    """The nodes named, or all.

    Raises:
        UsageError: the lab has no such node.
    """
    known = tuple(node.name for node in lab.nodes)
    for name in names:
        if name not in known:
            raise UsageError(f"lab '{lab.name}' has no node '{name}': it has {' '.join(known)}")
    return tuple(names) or known


def named_site(lab: Lab, name: str) -> Site:
    """The site of that name.

    Raises:
        UsageError: the lab has no such site.
    """
    for site in lab.sites:
        if site.name == name:
            return site
    raise UsageError(_no_such(lab, "site", name, [site.name for site in lab.sites]))


def named_place(lab: Lab, name: str) -> PathEnd:
    """The site of that name, or the one CE.

    Raises:
        UsageError: the lab has neither.
    """
    ces: dict[str, Site] = {one.ce.node: site for site in lab.sites for one in site.attachments}
    for site in lab.sites:
        if site.name == name:
            return PathEnd(name, site.vpn, tuple(dict.fromkeys(one.ce.node for one in site.attachments)))
    if name in ces:
        return PathEnd(name, ces[name].vpn, (name,))
    known = dict.fromkeys((*(site.name for site in lab.sites), *ces))
    raise UsageError(_no_such(lab, "site or CE", name, known))


def two_places(lab: Lab, a: str, b: str) -> tuple[PathEnd, PathEnd]:
    """The two ends of a path.

    Raises:
        UsageError: the lab has no such site or CE, or both are one.
    """
    ends = named_place(lab, a), named_place(lab, b)
    if set(ends[0].ces) & set(ends[1].ces):
        raise UsageError(f"a path goes from one site to another, not from {a} to {b}")
    return ends


def _no_such(lab: Lab, what: str, name: str, known: Iterable[str]) -> str:
    near = nearest(name, known)
    return f"lab '{lab.name}' has no {what} '{name}': {near or 'it has ' + ' '.join(known)}"


def nearest(name: str, known: Iterable[str]) -> str:
    """`did you mean 'red1'?`, or nothing if no name is like it."""
    near = get_close_matches(name, list(known), n=1)
    return f"did you mean '{near[0]}'?" if near else ""


def named_prefix(site: Site, text: str) -> IpNetwork:
    """The prefix of a site that is meant: as it is written, or an address in it.

    Raises:
        UsageError: the site has no such prefix, or it is of IPv6, which is not traced.
    """
    names = [str(prefix) for prefix in site.ipv4]
    if ":" in text:
        ours = f"IPv4 prefixes of site '{site.name}': {' '.join(names) or 'none'}"
        raise UsageError(f"'{text}' is IPv6, which trace does not follow; {ours}")
    try:
        wanted = IPv4Network(text, strict=False)
    except ValueError:
        wanted = None
    for prefix in site.ipv4:
        if wanted is not None and wanted.subnet_of(prefix) and wanted.prefixlen in (prefix.prefixlen, 32):
            return prefix
    hint = nearest(text, names) or f"it has {' '.join(names)}"
    raise UsageError(f"site '{site.name}' has no prefix '{text}': {hint}")


def no_route(lab: Lab, site: Site, prefix: IpNetwork, to: Site | None) -> str:
    """Why nobody is to have a prefix: the route targets of the VRFs say."""
    exports = {str(rt) for one in site.attachments for rt in lab.vrf(one.pe.node, one.vrf).exports}
    said = f"{prefix} of {site.name} is exported with RT {', '.join(sorted(exports)) or 'none'}"
    if to is None:
        return f"no other site is to have {prefix} of {site.name}: {said}"
    if to == site:
        return f"{prefix} is {site.name}'s own: trace it to another site"
    imports = {str(rt) for one in to.attachments for rt in lab.vrf(one.pe.node, one.vrf).imports}
    return f"{to.name} is not to have it: {said}, and {to.name}'s VRF imports {', '.join(sorted(imports))}"
