"""A prefix that several sites have: each other site gets to one of them, none farther than it need be.

Between equal AS paths FRR 10 compares the IGP's distance of the PEs, 8.4 does not: any of them will do.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.model.lab import InterfaceKind
from orchestrator.model.lans import shared_prefixes
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer
from orchestrator.verification.kit.probes import Probe
from orchestrator.verification.kit.wording import hint_command, listed
from orchestrator.verification.layers import kernel
from orchestrator.verification.layers.ways import crossed, foundations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestrator.model.family import IpAddress, IpNetwork
    from orchestrator.model.lab import Site
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts
    from orchestrator.verification.layers.ways import Steps


def checks(
    lab: EffectiveLab, here: tuple[Site, str], sources: Sequence[tuple[IpAddress, IpNetwork]]
) -> Iterator[Check]:
    """The checks of one CE: it reaches a holder of each such prefix that its site does not have itself.

    Args:
        lab: the lab with failed elements removed.
        here: a site, and the CE.
        sources: addresses of the CE that nobody else has, and their networks: the first that every holder
            can answer is taken.
    """
    site, ce = here
    done: set[IpNetwork] = set()
    for vpn, prefix in shared_prefixes(lab.lab):
        if prefix in done or (vpn == site.vpn and prefix in site.prefixes):
            continue
        ends = {
            far: way
            for far, way in lab.journeys(ce, prefix).items()
            if any(one.vpn == vpn and prefix in one.prefixes for one, _ in lab.lab.attachments_of(far))
        }
        for source, network in sources if ends else ():
            back = [lab.journey(far, network, ce) for far in ends]
            ways = [one for one in (*ends.values(), *back) if one is not None]
            if len(ways) == len(ends) + len(back):
                done.add(prefix)
                yield _anycast(lab, ce, source, prefix, ways, tuple(sorted(ends)))
                break


def _anycast(  # noqa: PLR0913, PLR0917 -- both ends, and all ways between
    lab: EffectiveLab,
    ce: str,
    source: IpAddress,
    prefix: IpNetwork,
    ways: Sequence[Steps],
    holders: tuple[str, ...],
) -> Check:
    lans = lab.lab.interfaces_of(holders[0], InterfaceKind.LAN)
    address = next(one.address.ip for one in lans if one.prefix == prefix)
    nodes = crossed(lab, ways)
    # Nobody waits for a probe that may arrive at either: it has the time that the slowest of others takes.
    probe = Probe(ce, source, address, holders[0] if len(holders) == 1 else None)
    return Check(
        CheckId(Layer.DATA, "anycast", ce, (prefix,)),
        f"{source} reaches {address} at {' or '.join(holders)}",
        partial(judge_anycast, probe=probe, holders=frozenset(holders)),
        after=(*map(kernel.qdiscs_id, nodes), *foundations(lab, ways, nodes)),
        why="Several sites have this prefix. BGP takes the shortest AS path to one, among equals FRR 10 the "
        "nearest PE: packets must get there, and be answered.",
        hint=hint_command(lab.lab, ce, f"ping -c 3 -I {source} {address}"),
        probes=(probe,),
    )


def judge_anycast(facts: Facts, *, probe: Probe, holders: frozenset[str]) -> Judgement:
    """The request arrives at one of these holders and at nobody else, and its reply comes back."""
    flight = facts.flight(probe)
    places = listed(sorted(flight.arrived_at), "nowhere")
    observed = f"arrived at {places}, {'answered' if flight.answered else 'no answer'}"
    return Judgement(
        flight.answered and len(flight.arrived_at) == 1 and flight.arrived_at <= holders,
        expected=f"arrived at {' or '.join(sorted(holders))}, answered",
        observed=", ".join(filter(None, (observed, flight.refusal))),
    )
