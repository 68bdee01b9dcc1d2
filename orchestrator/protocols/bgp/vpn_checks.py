"""AS paths as the CEs see them, where the intent says how a site takes routes with its own AS number."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.core.mpbgp.vpn_routes import ce_route_id
from orchestrator.model.family import Family
from orchestrator.model.topology import Role
from orchestrator.protocols.bgp.checks import at_ce
from orchestrator.protocols.bgp.values import Bgp
from orchestrator.protocols.ids import apart
from orchestrator.routing.routes import BGP, RouteSource
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer, Toward
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import bgp_table
from orchestrator.verification.kit.wording import equal, hint_command, nothing_else

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.family import IpAddress, IpNetwork
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.routing.routes import Route
    from orchestrator.verification.kit.facts import Facts


def path_id(ce: str, prefix: IpNetwork) -> CheckId:
    """The check of the AS path that a CE has chosen for a prefix."""
    return CheckId(Layer.VPN, "as-path", ce, (prefix,))


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """The AS path of each remote prefix at sites to which it is rewritten, or which take their own AS."""
    for ce in lab.with_role(Role.CE):
        yield from _own_stays_away(lab, ce.name)
        if not any(
            isinstance(one.protocol, Bgp) and one.protocol.rewrites_paths
            for _, one in lab.attachments_of(ce.name)
        ):
            continue
        for prefix, route in lab.remote_routes(ce.name).items():
            if route.protocol == BGP and route.source is RouteSource.PE_CE and _of_one_provider(lab, route):
                yield Check(
                    path_id(ce.name, prefix),
                    f"AS path of {prefix}",
                    partial(judge_path, ce=ce.name, prefix=prefix, path=route.attributes.as_path),
                    (Query(ce.name, bgp_table(Family.of(prefix))),),
                    after=(ce_route_id(ce.name, prefix),),
                    why="as-override writes the provider's AS number over the customer's, with allowas-in "
                    "the CE sees its own; local-as and remove-private-as rewrite, too. Another path comes "
                    "from another policy.",
                    hint=hint_command(lab.lab, ce.name, f"show bgp {lab.lab.family} unicast {prefix}"),
                )


def _of_one_provider(lab: EffectiveLab, route: Route) -> bool:
    """Between equally good routes of two providers bgpd keeps the one that it had first, with its path."""
    pes = {hop.attachment.pe.node for hop in route.next_hops if hop.attachment is not None}
    return len({lab.lab.provider_of(pe).name for pe in pes}) == 1


def _own_stays_away(lab: EffectiveLab, ce: str) -> Iterator[Check]:
    """The site of origin at work: no PE advertises to a site with a backdoor its own prefixes."""
    for site, attachment in lab.attachments_of(ce):
        if isinstance(attachment.protocol, Bgp) and lab.lab.site_of_origin(site) is not None:
            yield Check(
                CheckId(
                    Layer.VPN, "own-stays-away", ce, (Toward(attachment.pe.node), *apart(lab, attachment))
                ),
                f"{attachment.pe.node} hands the site none of its own prefixes",
                partial(
                    judge_own_stays_away,
                    ce=ce,
                    prefixes=frozenset(site.prefixes),
                    gateway=attachment.pe_address.ip,
                ),
                (Query(ce, bgp_table(lab.lab.family)),),
                after=at_ce(lab, attachment),
                why="What comes back to its own site could go round by the backdoor: the PE must mark what "
                "it learns there (neighbor soo) and keep marked routes from it (RFC 4364 7).",
                hint=hint_command(
                    lab.lab, attachment.pe.node, f"show bgp vrf {attachment.vrf} {lab.lab.family} unicast"
                ),
            )


def judge_own_stays_away(
    facts: Facts, *, ce: str, prefixes: frozenset[IpNetwork], gateway: IpAddress
) -> Judgement:
    """No path to one of the site's prefixes has the PE as its next hop."""
    seen = [
        one.prefix
        for one in facts.of(ce, bgp_table(Family.of(gateway)))
        if one.prefix in prefixes and one.nexthop == gateway
    ]
    return nothing_else((), seen, "own prefixes")


def judge_path(facts: Facts, *, ce: str, prefix: IpNetwork, path: tuple[int, ...]) -> Judgement:
    """The best path of a prefix has exactly this AS path."""
    best = [one for one in facts.of(ce, bgp_table(Family.of(prefix))) if one.prefix == prefix and one.best]
    return equal(" ".join(map(str, path)), " ".join(best[0].as_path) if best else "no best path")
