"""PE-CE: the sessions between customer and provider, and what the customer announces over them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.core.mpbgp import checks as mpbgp
from orchestrator.model.family import Family
from orchestrator.model.interconnect import back_to_back
from orchestrator.model.topology import Role
from orchestrator.protocols.registry import PROTOCOLS, protocol_of, spoken_in
from orchestrator.routing.routes import Table
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, InVrf, Layer
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import in_kernel, is_link_local, rib, routes_in, selected, via
from orchestrator.verification.kit.wording import hint_command, listed, nothing_else
from orchestrator.verification.layers import bfd, kernel
from orchestrator.verification.layers.pece import backdoor
from orchestrator.verification.layers.pece.neighbours import handed_to, neighbours_of, origin_neighbour
from parsers.bgp import bgp_routes
from parsers.kernel import KERNEL_ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.model.family import IpAddress, IpNetwork
    from orchestrator.model.lab import Attachment, Vrf
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.routing.routes import Route
    from orchestrator.verification.kit.facts import Facts
    from orchestrator.verification.layers.pece.neighbours import Neighbour


def announced_id(vrf: Vrf, prefix: IpNetwork) -> CheckId:
    """The check that a VRF has a prefix from a CE, or from another provider."""
    return CheckId(Layer.PECE, "announced", vrf.pe, (InVrf(vrf.name), prefix))


def no_other_prefix_id(vrf: Vrf) -> CheckId:
    """The check that a VRF has from its CEs what it must have and nothing else."""
    return CheckId(Layer.PECE, "no-other-prefix", vrf.pe, (InVrf(vrf.name),))


def pe_prerequisites(lab: EffectiveLab, attachment: Attachment) -> tuple[CheckId, ...]:
    """What must hold for the PE to have routes from the CE."""
    return protocol_of(attachment).pe_prerequisites(lab, attachment)


def ce_prerequisites(lab: EffectiveLab, attachment: Attachment) -> tuple[CheckId, ...]:
    """What must hold for the CE to have routes from the PE."""
    return protocol_of(attachment).ce_prerequisites(lab, attachment)


def choice_ids(lab: EffectiveLab, vrf: Vrf) -> tuple[CheckId, ...]:
    """The checks that the choice between a VRF's routes stands on."""
    return tuple(check for one in PROTOCOLS for check in one.choice_ids(lab, vrf))


def adjacency_ids(lab: EffectiveLab, vrf: Vrf) -> tuple[CheckId, ...]:
    """The checks of a VRF's neighbours across the core, in the customer's own protocol."""
    return tuple(check for one in PROTOCOLS for check in one.adjacency_ids(lab, vrf))


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """Each attachment from both ends, and that there is no other session in a VRF or on a CE."""
    for protocol in spoken_in(lab.lab):
        for node in lab.nodes:
            yield from protocol.node_checks(lab, node.name)
        yield from protocol.inter_pe_link_checks(lab)
    for vrf in lab.vrfs:
        yield from _sessions_in(lab, vrf)
    for vrf in lab.vrfs:
        yield from _prefixes_in(lab, vrf)
    for ce in lab.with_role(Role.CE):
        yield from _on_ce(lab, ce.name)
    for node in lab.nodes if lab.lab.family is Family.IPV4 else ():
        yield from bfd.no_other_session(lab, node.name)


def _sessions_in(lab: EffectiveLab, vrf: Vrf) -> Iterator[Check]:
    for _, attachment in lab.attachments_of(vrf.pe):
        if attachment.vrf == vrf.name:
            yield from protocol_of(attachment).pe_checks(lab, attachment)
            yield from bfd.access_checks(lab, attachment, vrf.pe, pe_prerequisites(lab, attachment))
            yield from protocol_of(attachment).ce_checks(lab, attachment)
    for protocol in PROTOCOLS:
        yield from protocol.asbr_checks(lab, vrf)


def _prefixes_in(lab: EffectiveLab, vrf: Vrf) -> Iterator[Check]:
    for prefix, neighbour in _announced_in(lab, vrf).items():
        used = lab.routing[Table.of(vrf)][prefix].source.is_external
        yield (_announced if used else _kept_as_backup)(lab, vrf, neighbour, prefix)
    yield _no_other_prefix(lab, vrf)
    for protocol in spoken_in(lab.lab):
        yield from protocol.vrf_checks(lab, vrf)


def _on_ce(lab: EffectiveLab, ce: str) -> Iterator[Check]:
    for _, attachment in lab.attachments_of(ce):
        yield from bfd.access_checks(lab, attachment, ce, ce_prerequisites(lab, attachment))
    yield from backdoor.checks(lab, ce)
    for protocol in spoken_in(lab.lab):
        yield from protocol.ce_node_checks(lab, ce)


def _announced_in(lab: EffectiveLab, vrf: Vrf) -> Mapping[IpNetwork, Neighbour]:
    """What a VRF has from CEs and other providers, and from whom (the first of several)."""
    held = lab.routing[Table.of(vrf)]
    found: dict[IpNetwork, Neighbour] = {}
    for one in lab.routes_in(vrf):
        route, neighbour = held[one.prefix].exported, origin_neighbour(one)
        if neighbour is not None and route is not None and route.source.is_external:
            found.setdefault(one.prefix, neighbour)
    return found


def _ways_out(lab: EffectiveLab, pe: str, route: Route) -> Iterator[Neighbour]:
    """Whom a VRF's route may be handed to, by another VRF of the PE among them."""
    for way in route.next_hops:
        if (neighbour := handed_to(way, pe)) is not None:
            yield neighbour
        elif way.table is not None and way.table.node == pe:
            there = lab.routing[way.table][route.prefix].exported
            further = (handed_to(hop, pe) for hop in (there.next_hops if there else ()))
            yield from (one for one in further if one is not None)


def _announced(lab: EffectiveLab, vrf: Vrf, neighbour: Neighbour, prefix: IpNetwork) -> Check:
    node = vrf.pe
    route = lab.routing[Table.of(vrf)][prefix]
    ways = tuple(dict.fromkeys(_ways_out(lab, node, route)))
    return Check(
        announced_id(vrf, prefix),
        f"{prefix} from {neighbour.node} in VRF {vrf.name}",
        partial(
            judge_announced,
            vrf=vrf,
            prefix=prefix,
            protocol=route.protocol,
            ways=tuple((one.gateway, one.port.interface) for one in ways),
        ),
        (Query(node, rib(Family.of(prefix))), Query(node, KERNEL_ROUTES)),
        after=(
            mpbgp.policy_id(vrf),
            *choice_ids(lab, vrf),
            *dict.fromkeys(one for way in ways for one in way.ids(lab)),
        ),
        why=f"The VPN cannot carry what {neighbour.node} does not advertise or {node} rejects.",
        hint=hint_command(lab.lab, node, f"show bgp vrf {vrf.name} {lab.lab.family} unicast {prefix}"),
    )


def _kept_as_backup(lab: EffectiveLab, at: Vrf, neighbour: Neighbour, prefix: IpNetwork) -> Check:
    node, vrf, gateway = at.pe, at.name, neighbour.gateway
    return Check(
        announced_id(at, prefix),
        f"{prefix} from {neighbour.node} in BGP of VRF {vrf}, as a backup",
        partial(judge_kept_as_backup, node=node, vrf=vrf, prefix=prefix, gateway=gateway),
        (Query(node, bgp_routes(vrf)),),
        after=neighbour.ids(lab),
        why="The VRF uses the path of another PE, and this one is exported all the same: if it is missing, "
        "nothing takes over when the other is lost.",
        hint=hint_command(lab.lab, node, f"show bgp vrf {vrf} ipv4 unicast {prefix}"),
    )


def judge_kept_as_backup(
    facts: Facts, *, node: str, vrf: str, prefix: IpNetwork, gateway: IpAddress
) -> Judgement:
    """BGP has a valid path from the CE, and a better one."""
    paths = [one for one in facts.of(node, bgp_routes(vrf)) if one.prefix == prefix and one.valid]
    expected = f"a path via {gateway}, and a better one"
    seen = [f"{one.nexthop}{' (best)' if one.best else ''}" for one in paths]
    spare = [one for one in paths if one.nexthop == gateway and not one.best]
    return Judgement(
        bool(spare) and any(one.best for one in paths), expected, f"via {listed(seen, 'nothing')}"
    )


def _no_other_prefix(lab: EffectiveLab, vrf: Vrf) -> Check:
    own = tuple(neighbours_of(lab, vrf))
    return Check(
        no_other_prefix_id(vrf),
        f"VRF {vrf.name} has no other prefix from its neighbours",
        partial(
            judge_no_other_prefix,
            vrf=vrf,
            ports={one.port.interface: one.node for one in own},
            allowed=lab.prefixes_in(vrf),
            family=lab.lab.family,
        ),
        (Query(vrf.pe, rib(lab.lab.family)),),
        after=(
            mpbgp.policy_id(vrf),
            *_policies_across(lab, vrf),
            *(kernel.port_id(lab.lab.interface(one.port)) for one in own),
        ),
        why="All sites of the VPN receive what a CE or another provider advertises: a prefix of another site "
        "attracts that site's traffic.",
        hint=hint_command(lab.lab, vrf.pe, f"show {lab.lab.family.ip} route vrf {vrf.name}"),
    )


def _policies_across(lab: EffectiveLab, vrf: Vrf) -> Iterator[CheckId]:
    """The checks of the route targets of VRFs beyond interconnects: what these take, a VRF gets."""
    for one in back_to_back(lab.lab, vrf.pe, vrf.name):
        far = one.seen_from(vrf.pe)[1].node
        if far not in lab.state.nodes_down:
            yield mpbgp.policy_id(lab.lab.vrf(far, vrf.name))


def judge_no_other_prefix(
    facts: Facts,
    *,
    vrf: Vrf,
    ports: Mapping[str, str],
    allowed: frozenset[IpNetwork],
    family: Family = Family.IPV4,
) -> Judgement:
    """No selected route of the VRF leads to a CE but those to prefixes that the intent knows there."""
    seen = [
        f"{route.prefix} by {route.protocol} from {ports[hop.interface or '']}"
        for route in routes_in(facts, vrf.pe, vrf.name, family)
        if route.selected and route.prefix not in allowed and route.protocol not in {"connected", "local"}
        for hop in route.hops
        if hop.interface in ports
    ]
    return nothing_else((), dict.fromkeys(seen), "prefixes")


def judge_announced(
    facts: Facts,
    *,
    vrf: Vrf,
    prefix: IpNetwork,
    protocol: str,
    ways: tuple[tuple[IpAddress, str], ...],
) -> Judgement:
    """The VRF's selected route to the prefix is the protocol's, via one of these neighbours on its port.

    The kernel has it too: what it has thrown away with an address, zebra may still take for installed.
    """
    wanted = set(ways)
    expected = (
        f"{protocol} via {' or '.join(f'{gateway} {port}' for gateway, port in sorted(wanted, key=str))}"
    )
    route = selected(facts, vrf.pe, vrf.name, prefix)
    if route is None:
        return Judgement(holds=False, expected=expected, observed="no such route")
    # BGP's IPv6 next hop is the neighbour's address on the link (RFC 2545 3), and there is one neighbour.
    on_port = {port: gateway for gateway, port in ways}
    hops = {
        (on_port.get(hop.interface or "") if is_link_local(hop) else hop.gateway, hop.interface)
        for hop in route.hops
        if hop.fib
    }
    installed = in_kernel(facts, vrf.pe, vrf.table, prefix)
    missing = "" if installed is not None or not hops else f", but no route in the kernel's table {vrf.table}"
    holds = route.protocol == protocol and bool(hops) and hops <= wanted and installed is not None
    return Judgement(holds, expected, via(route) + missing)
