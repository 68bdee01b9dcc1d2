"""What any IGP is to bring: loopbacks and core links, and nothing else in the global table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Network
from itertools import chain
from typing import TYPE_CHECKING, Final

from orchestrator.core.igp.costs import cost_ids
from orchestrator.core.igp.ids import infrastructure, loopback_id, path_ids
from orchestrator.model.family import Family, contains
from orchestrator.model.interconnect import label_switched
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.labelled_unicast import labelled_ends, labelled_peers, other_provider
from orchestrator.model.memory import remembered
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import routes_in, selected, via
from orchestrator.verification.kit.wording import exactly, hint_command, listed
from orchestrator.verification.layers import link
from orchestrator.verification.layers.kernel import MANAGEMENT
from parsers import DEFAULT_VRF
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.family import IpAddress, IpNetwork
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts
    from parsers.zebra import Route


_LABELLED: Final = ("connected", "local", "bgp")


@dataclass(frozen=True, slots=True)
class LinkMetrics:
    """What a core link and a loopback cost everywhere, and a link that waits for its labels."""

    link: int
    loopback: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Metric:
    """Of a route: the wanted one, and from which on some link on the way waits for its labels.

    That it waits is for the label protocol's layer to say, which knows why.
    """

    wanted: int
    waiting: int | None

    def fits(self, seen: int) -> bool:
        """Whether a route may have it."""
        return seen == self.wanted or (self.waiting is not None and seen >= self.waiting)


@dataclass(frozen=True, slots=True)
class Advertised:
    """An IGP, by the name that zebra has for it and by its title.

    Attributes:
        metrics: where the intent gives no costs; None where a metric depends on the speeds of ports then.
    """

    name: str
    title: str
    metrics: LinkMetrics | None = None


def route_checks(lab: EffectiveLab, node: str, igp: Advertised) -> Iterator[Check]:
    """A node's routes to the provider's loopbacks and core links, and that its table has no other."""
    yield from _loopbacks(lab, node, igp)
    yield from _subnets(lab, node, igp)
    yield _table(lab, node, igp)


def _loopbacks(lab: EffectiveLab, node: str, igp: Advertised) -> Iterator[Check]:
    neighbors = tuple((str(far.address.ip), own.name) for own, far in lab.core_links_of(node))
    for other in lab.core_of(node):
        loopback = lab.lab.loopback(other)
        yield Check(
            loopback_id(node, other),
            f"loopback of {other} by {igp.title}",
            partial(
                judge_loopback,
                node=node,
                loopback=loopback,
                neighbors=neighbors,
                igp=igp.name,
                metric=_metric(lab, igp, node, other),
            ),
            (Query(node, ROUTES),),
            after=path_ids(lab, node, other),
            why="The loopback is LDP's FEC and the BGP next hop: without its route no LSP leads there.",
            hint=hint_command(lab.lab, node, f"show ip route {loopback}"),
        )


def _subnets(lab: EffectiveLab, node: str, igp: Advertised) -> Iterator[Check]:
    own = {one.address.network for one in lab.lab.interfaces_of(node, InterfaceKind.CORE)}
    remote = dict.fromkeys(
        interface.address.network
        for other in lab.core_of(node)
        for interface, _ in lab.core_links_of(other)
        if interface.address.network not in own
    )
    if not remote:
        return
    yield Check(
        CheckId(Layer.IGP, "core-subnets", node),
        f"the other core links by {igp.title}",
        partial(judge_subnets, node=node, subnets=tuple(remote), igp=igp.name),
        (Query(node, ROUTES),),
        after=tuple(
            dict.fromkeys(chain.from_iterable(path_ids(lab, node, other) for other in lab.core_of(node)))
        ),
        why=f"A core link that {igp.title} does not advertise cannot be reached for troubleshooting; perhaps "
        f"{igp.title} does not run on it.",
        hint=hint_command(lab.lab, node, f"show ip route {igp.name}"),
    )


def _table(lab: EffectiveLab, node: str, igp: Advertised) -> Check:
    return Check(
        CheckId(Layer.IGP, "table", node),
        "no customer route, nor any other, in the global table",
        partial(
            judge_table,
            node=node,
            allowed=infrastructure(lab, node) | _across(lab, node),
            igp=igp.name,
            labelled=_labelled(lab, node),
        ),
        (Query(node, ROUTES),),
        # Where there is an unexpected address, all others learn its network.
        after=tuple(chain.from_iterable(_address_ids(lab, other) for other in (node, *lab.core_of(node)))),
        why="Customer routes live in VRFs only; in the global table they would leak between customers and "
        "into the core (RFC 4364 3.1).",
        hint=hint_command(lab.lab, node, "show ip route"),
    )


def _across(lab: EffectiveLab, node: str) -> frozenset[IPv4Network]:
    """The links to other providers that an ASBR has in its global table; the IGP is silent about them."""
    return frozenset(one.subnet for one in label_switched(lab.lab, node))


def _labelled(lab: EffectiveLab, node: str) -> frozenset[IPv4Network]:
    """The second loopbacks of option C that a node may have, its own and by BGP; on a P none."""
    home = lab.lab.provider_of(node)
    known = () if not labelled_peers(lab.lab, node) else (home, other_provider(lab.lab, home))
    return frozenset(
        IPv4Network(lab.lab.vpn_address(end))
        for provider in known
        if provider is not None
        for end in labelled_ends(lab.lab, provider)
    )


@remembered
def _address_ids(lab: EffectiveLab, node: str) -> tuple[CheckId, ...]:
    """The checks of the addresses of a node that the IGP advertises."""
    own = lab.lab.interfaces_of(node, InterfaceKind.LOOPBACK, InterfaceKind.CORE)
    return tuple(map(link.address_id, own))


def _metric(lab: EffectiveLab, igp: Advertised, node: str, other: str) -> Metric | None:
    if igp.metrics is None or cost_ids(lab, node):
        return None
    hops = len(lab.path(node, other)) - 1
    waiting = igp.metrics.waiting if lab.lab.provider_of(node).ldp_sync else None
    return Metric(hops * igp.metrics.link + igp.metrics.loopback, waiting)


def judge_loopback(  # noqa: PLR0913 -- all that a route is
    facts: Facts,
    *,
    node: str,
    loopback: IpAddress,
    neighbors: tuple[tuple[str, str], ...],
    igp: str,
    metric: Metric | None = None,
) -> Judgement:
    """The selected route to a loopback is the IGP's, over core neighbours only, and in the kernel."""
    said = f"by {igp} via {' or '.join(f'{address} {name}' for address, name in neighbors)}"
    expected = f"{said}, metric {metric.wanted}" if metric else said
    route = selected(facts, node, DEFAULT_VRF, IPv4Network(loopback))
    if route is None:
        return Judgement(holds=False, expected=expected, observed=f"no route to {loopback}")
    hops = [(str(hop.gateway), str(hop.interface)) for hop in route.hops if hop.fib]
    holds = route.protocol == igp and bool(hops) and set(hops) <= set(neighbors)
    observed = f"by {via(route)}, metric {route.metric}" if metric else f"by {via(route)}"
    return Judgement(holds and (metric is None or metric.fits(route.metric)), expected, observed)


def judge_subnets(facts: Facts, *, node: str, subnets: tuple[IpNetwork, ...], igp: str) -> Judgement:
    """Each core link that is not the node's own is there by the IGP."""
    seen = [
        one.prefix
        for one in facts.of(node, ROUTES)
        if one.vrf == DEFAULT_VRF and one.protocol == igp and one.selected and one.prefix in subnets
    ]
    return exactly(subnets, seen, nothing="no other core link")


def judge_table(
    facts: Facts,
    *,
    node: str,
    allowed: frozenset[IpNetwork],
    igp: str,
    labelled: frozenset[IPv4Network] = frozenset(),
) -> Judgement:
    """The global table holds infrastructure, this node's own addresses and the management subnet only.

    Labelled unicast brings to those that speak it what it is for, and nothing else.
    """
    foreign = [
        f"{one.prefix} by {one.protocol}"
        for one in routes_in(facts, node, DEFAULT_VRF, Family.IPV4)
        if not _is_infrastructure(one, allowed, igp)
        and not (one.prefix in labelled and one.protocol in _LABELLED)
    ]
    return Judgement(
        not foreign,
        expected="loopbacks and core links of the provider only",
        observed=f"also {listed(foreign)}" if foreign else "loopbacks and core links of the provider only",
    )


def _is_infrastructure(route: Route, allowed: frozenset[IpNetwork], igp: str) -> bool:
    if route.protocol in ("connected", "local") and all(hop.interface == MANAGEMENT for hop in route.hops):
        return True
    if route.protocol == "local":
        return any(contains(one, route.prefix) for one in allowed)
    return route.protocol in ("connected", igp) and route.prefix in allowed
