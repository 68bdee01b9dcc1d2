"""Every equal-cost branch between two sites carries packets, not only the one that a probe takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from orchestrator.model.interconnect import interconnects_of
from orchestrator.model.memory import remembered
from orchestrator.verification.branching import LIKELY, first_hops, flows_needed, shares, sources
from orchestrator.verification.forwarding.walk import Aim, walk, walk_queries
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer, Toward
from orchestrator.verification.kit.facts import CouldNotLook
from orchestrator.verification.kit.probes import Probe
from orchestrator.verification.kit.wording import hint_command

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.model.family import IpAddress, IpNetwork
    from orchestrator.model.lab import Lab
    from orchestrator.model.topology import Endpoint
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts, Query
    from orchestrator.verification.kit.probes import Flight


@dataclass(frozen=True, slots=True)
class Aimed:
    """A network that a CE's packets go to, and the address there that the far CE has."""

    network: IpNetwork
    address: IpAddress


def branches_id(ce: str, far: str) -> CheckId:
    """The check that every equal-cost branch from one CE to another carries packets."""
    return CheckId(Layer.DATA, "branches", ce, (Toward(far),))


def check(
    lab: EffectiveLab,
    ends: tuple[str, str],
    hosts: tuple[IpNetwork, ...],
    aims: Sequence[Aimed],
    after: tuple[CheckId, ...],
) -> Iterator[Check]:
    """The check of the branches from one CE to another; none where every network has one way only.

    Args:
        lab: the lab with failed elements removed.
        ends: the two CEs.
        hosts: the networks behind the first: flows differ in the host that sends them.
        aims: what of the other is reached.
        after: what must hold for packets to get there at all.
    """
    here, there = ends
    wanted = [
        (aim.address, gateway, parts)
        for aim in aims
        for parts in [shares(lab, here, aim.network, there)]
        for gateway in first_hops(lab, here, aim.network)
    ]
    if not any(parts for *_, parts in wanted) and len(wanted) == len(aims):
        return
    witnesses = (*_on_any_way(lab, here), there)
    first: list[Probe] = []
    further: list[Probe] = []
    for destination, gateway, parts in wanted:
        flows = [
            Probe(here, source, destination, there, gateway=gateway, witnesses=witnesses)
            for source in sources(hosts, flows_needed(parts))
        ]
        enough = flows_needed(parts, LIKELY)
        first += flows[:enough]
        further += flows[enough:]
    yield Check(
        branches_id(here, there),
        f"every equal-cost branch to {there} carries packets",
        partial(
            judge_branches,
            lab=lab.lab,
            probes=tuple(first),
            reserve=tuple(further),
            wanted=sum(flows_needed(parts) for *_, parts in wanted),
        ),
        _walk_queries(lab),
        after=after,
        why="A flow keeps to one of several equal ways: where one of them drops packets, some customers of a "
        "VPN lose everything and the others nothing, and a ping shows it by luck only.",
        hint=hint_command(lab.lab, here, f"ip route get {aims[0].address}"),
        probes=tuple(first),
        reserve=tuple(further),
    )


def _on_any_way(lab: EffectiveLab, ce: str) -> tuple[str, ...]:
    """The provider nodes that a CE's packets may cross: of the cores of its PEs, and of those beyond them."""
    found = dict.fromkeys(one.pe.node for _, one in lab.attachments_of(ce))
    frontier = list(found)
    for node in frontier:  # grows while it is walked
        joined = [one for one in interconnects_of(lab.lab, node) if lab.interconnect_forwards(one)]
        asbrs = (one.seen_from(node)[1].node for one in joined)
        further = [one for one in (*lab.core_of(node), *asbrs) if one not in found]
        found.update(dict.fromkeys(further))
        frontier += dict.fromkeys(further)
    return tuple(found)


@remembered
def _walk_queries(lab: EffectiveLab) -> tuple[Query, ...]:
    up = {node.name for node in lab.nodes}
    return tuple(query for query in walk_queries(lab.lab) if query.node in up)


def judge_branches(
    facts: Facts, *, lab: Lab, probes: tuple[Probe, ...], reserve: tuple[Probe, ...], wanted: int
) -> Judgement:
    """Every flow that was sent arrives, and every branch that the kernels' tables show was crossed by one.

    Raises:
        CouldNotLook: a flow was not sent, or there are too few addresses for a flow on every branch.
    """
    sent = (*probes, *facts.flown(reserve))
    flights = {probe: facts.flight(probe) for probe in sent}
    for probe, flight in flights.items():
        if not flight.sent:
            raise CouldNotLook(f"{probe}: {flight.refusal}")
    branches = _branches(lab, facts, probes)
    tally = {link: _Tally.of(port, flights) for port, link in branches.items()}
    arrived = sum(_arrived(probe, flight) for probe, flight in flights.items())
    crossed = sum(bool(one.came) for one in tally.values())
    said = f"{arrived} of {len(sent)} flows arrived over {crossed} of {len(branches)} branches"
    if arrived == len(sent) and crossed < len(branches) and len(sent) == len(probes + reserve) < wanted:
        raise CouldNotLook(f"{said}, and the sites have no more addresses")
    troubles = [text for link, one in tally.items() if (text := one.trouble(link))]
    return Judgement(
        arrived == len(sent) and crossed == len(branches),
        expected=f"all {len(sent)} flows arrive, over all {len(branches)} branches",
        observed="; ".join((said, *troubles)),
    )


def _arrived(probe: Probe, flight: Flight) -> bool:
    return flight.arrived_at == {probe.target}


@dataclass(frozen=True, slots=True)
class _Tally:
    """How many flows came over a link, and how many of those arrived."""

    came: int
    arrived: int

    @classmethod
    def of(cls, port: Endpoint, flights: Mapping[Probe, Flight]) -> _Tally:
        came = [(probe, flight) for probe, flight in flights.items() if port in flight.crossed]
        return cls(len(came), sum(_arrived(probe, flight) for probe, flight in came))

    def trouble(self, link: str) -> str:
        """What is wrong beyond this link; nothing if others may be to blame for what was lost."""
        if not self.came:
            return f"none came over {link}"
        return "" if self.arrived else f"none of the {self.came} over {link} arrived"


def _branches(lab: Lab, facts: Facts, probes: tuple[Probe, ...]) -> dict[Endpoint, str]:
    """The links that some packets cross and others do not, in words, by the end where they come in."""
    found: dict[Endpoint, str] = {}
    for destination in dict.fromkeys(probe.destination for probe in probes):
        visit = walk(lab, facts, (probes[0].ce, ""), Aim(destination, str(probes[0].target)))
        runs = [{branch.port for _, branch in steps if branch.port is not None} for steps, _ in visit.runs()]
        for port in runs[0].union(*runs) - runs[0].intersection(*runs):
            if port.far is not None:
                found[port.far] = f"{port.node}:{port.name}--{port.far}"
    return dict(sorted(found.items(), key=lambda one: one[1]))
