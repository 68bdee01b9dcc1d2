"""Hot potato: of PEs that are equally good by BGP, the one that the IGP has nearest is used.

RFC 4271 9.1.2.2 e. It shows where costs say how far PEs are; bgpd before 10 leaves this step out for paths
that it imports into a VRF, and takes the lower router id.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from orchestrator.core.igp.costs import cost_ids
from orchestrator.core.mpbgp.vpn_routes import route_id
from orchestrator.model.family import Family, written
from orchestrator.routing.crossing import crossing
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, InVrf, Layer
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import selected
from orchestrator.verification.kit.wording import hint_command, listed
from parsers.frr import VERSION
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import VpnPrefix, Vrf
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts

_COMPARES_SINCE: Final = 10


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """A check for each VRF and prefix that several PEs export alike, not all of them equally far."""
    if lab.lab.family is not Family.IPV4:
        return
    for vrf in lab.vrfs:
        if not cost_ids(lab, vrf.pe):
            continue
        for prefix, several in lab.imported_by(vrf).items():
            distances = _distances(lab, vrf, several)
            if len(set(distances.values())) > 1:
                yield _nearest(lab, vrf, prefix, distances)


def _distances(lab: EffectiveLab, vrf: Vrf, several: tuple[VpnPrefix, ...]) -> Mapping[str, int]:
    """The PEs among which the IGP decides, and how far they are; none where others choose for this PE.

    Under one RD a route reflector passes on one path, by its own distances (RFC 4456 9).
    """
    arriving = lab.expected_vpnv4_paths(vrf, several)
    chosen = lab.chosen_of(vrf, several)
    if any(len(one) > 1 for one in arriving) or any(crossing(lab, vrf, one.vrf) for one in chosen):
        return {}
    return {one.vrf.pe: lab.distance(vrf.pe, one.vrf.pe) for one in chosen}


def _nearest(lab: EffectiveLab, vrf: Vrf, prefix: IpNetwork, distances: Mapping[str, int]) -> Check:
    said = listed(f"{pe} at {distance}" for pe, distance in distances.items())
    return Check(
        CheckId(Layer.VPN, "nearest-exit", vrf.pe, (InVrf(vrf.name), prefix)),
        f"VRF {vrf.name} leaves for {prefix} by the nearest PE: {said}",
        partial(
            judge_nearest,
            vrf=vrf,
            prefix=prefix,
            distances={written(lab.lab.loopback(pe)): far for pe, far in distances.items()},
        ),
        (Query(vrf.pe, ROUTES), Query(vrf.pe, VERSION)),
        after=(route_id(vrf, prefix), *cost_ids(lab, vrf.pe)),
        why="Nothing that BGP itself carries decides between these paths: the IGP's metric to the next hop "
        "does (RFC 4271 9.1.2.2 e), unless a policy or another metric stands before it.",
        hint=hint_command(lab.lab, vrf.pe, f"show bgp vrf {vrf.name} ipv4 unicast {prefix}"),
    )


def judge_nearest(facts: Facts, *, vrf: Vrf, prefix: IpNetwork, distances: Mapping[str, int]) -> Judgement:
    """All BGP next hops of the route are at the least distance, where this FRR compares distances."""
    (frr,) = facts.of(vrf.pe, VERSION)
    compares = int(frr.version.split(".")[0]) >= _COMPARES_SINCE
    least = min(distances.values())
    wanted = {hop for hop, far in distances.items() if far == least or not compares}
    route = selected(facts, vrf.pe, vrf.name, prefix)
    used = [written(hop.gateway) for hop in route.hops if hop.recursive and hop.gateway] if route else []
    said = [f"{hop} at {distances.get(hop, 'an unknown distance')}" for hop in dict.fromkeys(used)]
    return Judgement(
        bool(used) and set(used) <= wanted,
        f"next hop {' or '.join(sorted(wanted))}"
        + ("" if compares else f" (FRR {frr.version} takes either)"),
        f"next hop {listed(said)}",
    )
