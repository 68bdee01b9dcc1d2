"""PE-CE: the sessions between customer and provider, and what the customer announces over them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.core.mpbgp import checks as mpbgp
from orchestrator.model.family import Family
from orchestrator.model.topology import Role
from orchestrator.protocols.registry import PROTOCOLS, protocol_of, spoken_in
from orchestrator.routing.routes import RouteSource, Table
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, InVrf, Layer
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import in_kernel, is_link_local, rib, routes_in, selected, via
from orchestrator.verification.kit.wording import hint_command, listed, nothing_else
from orchestrator.verification.layers import bfd, kernel
from orchestrator.verification.layers.pece import backdoor
from parsers.bgp import bgp_routes
from parsers.kernel import KERNEL_ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.model.family import IpAddress, IpNetwork
    from orchestrator.model.lab import Attachment, Vrf
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.routing.routes import Route
    from orchestrator.verification.kit.facts import Facts


def announced_id(attachment: Attachment, prefix: IpNetwork) -> CheckId:
    """The check that the PE has a prefix from the CE, in the right VRF."""
    return CheckId(Layer.PECE, "announced", attachment.pe.node, (InVrf(attachment.vrf), prefix))


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


def _side_ids(lab: EffectiveLab, attachment: Attachment) -> tuple[CheckId, ...]:
    """Both: an end may be configured not to advertise (RFC 8212)."""
    return (*pe_prerequisites(lab, attachment), *ce_prerequisites(lab, attachment))


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


def _prefixes_in(lab: EffectiveLab, vrf: Vrf) -> Iterator[Check]:
    for prefix, attachment in _announced_in(lab, vrf).items():
        used = lab.routing[Table.of(vrf)][prefix].source is RouteSource.PE_CE
        yield (_announced if used else _kept_as_backup)(lab, attachment, prefix)
    yield _no_other_prefix(lab, vrf)
    for protocol in spoken_in(lab.lab):
        yield from protocol.vrf_checks(lab, vrf)


def _on_ce(lab: EffectiveLab, ce: str) -> Iterator[Check]:
    for _, attachment in lab.attachments_of(ce):
        yield from bfd.access_checks(lab, attachment, ce, ce_prerequisites(lab, attachment))
    yield from backdoor.checks(lab, ce)
    for protocol in spoken_in(lab.lab):
        yield from protocol.ce_node_checks(lab, ce)


def _announced_in(lab: EffectiveLab, vrf: Vrf) -> Mapping[IpNetwork, Attachment]:
    """What a VRF has from CEs, and over which attachment (the first of several)."""
    held = lab.routing[Table.of(vrf)]
    found: dict[IpNetwork, Attachment] = {}
    for one in lab.routes_in(vrf):
        route = held[one.prefix].exported if one.attachment is not None else None
        if one.attachment is not None and route is not None and route.source is RouteSource.PE_CE:
            found.setdefault(one.prefix, one.attachment)
    return found


def _ways_out(lab: EffectiveLab, pe: str, route: Route) -> Iterator[Attachment]:
    """The attachments that a VRF's route may leave its PE by, over another VRF of the PE among them."""
    for way in route.next_hops:
        if way.attachment is not None:
            yield way.attachment
        elif way.table is not None and way.table.node == pe:
            there = lab.routing[way.table][route.prefix].exported
            yield from (hop.attachment for hop in (there.next_hops if there else ()) if hop.attachment)


def _announced(lab: EffectiveLab, attachment: Attachment, prefix: IpNetwork) -> Check:
    node = attachment.pe.node
    route = lab.routing[Table.at_pe(attachment)][prefix]
    ways = tuple(dict.fromkeys(_ways_out(lab, node, route)))
    return Check(
        announced_id(attachment, prefix),
        f"{prefix} from {attachment.ce.node} in VRF {attachment.vrf}",
        partial(
            judge_announced,
            vrf=lab.lab.vrf(node, attachment.vrf),
            prefix=prefix,
            protocol=route.protocol,
            ways=ways,
        ),
        (Query(node, rib(Family.of(prefix))), Query(node, KERNEL_ROUTES)),
        after=(
            mpbgp.policy_id(lab.lab.vrf(node, attachment.vrf)),
            *choice_ids(lab, lab.lab.vrf(node, attachment.vrf)),
            *dict.fromkeys(one for way in ways for one in _side_ids(lab, way)),
        ),
        why="The VPN cannot carry what the CE does not advertise or the PE rejects.",
        hint=hint_command(lab.lab, node, f"show bgp vrf {attachment.vrf} {lab.lab.family} unicast {prefix}"),
    )


def _kept_as_backup(lab: EffectiveLab, attachment: Attachment, prefix: IpNetwork) -> Check:
    node, vrf, gateway = attachment.pe.node, attachment.vrf, attachment.ce_address.ip
    return Check(
        announced_id(attachment, prefix),
        f"{prefix} from {attachment.ce.node} in BGP of VRF {vrf}, as a backup",
        partial(judge_kept_as_backup, node=node, vrf=vrf, prefix=prefix, gateway=gateway),
        (Query(node, bgp_routes(vrf)),),
        after=_side_ids(lab, attachment),
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
    own = [(site, one) for site, one in lab.lab.attachments_of(vrf.pe) if one.vrf == vrf.name]
    return Check(
        no_other_prefix_id(vrf),
        f"VRF {vrf.name} has no other prefix from its CEs",
        partial(
            judge_no_other_prefix,
            vrf=vrf,
            ports={one.pe.interface: one.ce.node for _, one in own},
            allowed=lab.prefixes_in(vrf),
            family=lab.lab.family,
        ),
        (Query(vrf.pe, rib(lab.lab.family)),),
        after=(
            mpbgp.policy_id(vrf),
            *(kernel.port_id(lab.lab.interface(one.pe)) for _, one in own),
        ),
        why="All sites of the VPN receive what a CE advertises: a prefix of another site attracts that "
        "site's traffic.",
        hint=hint_command(lab.lab, vrf.pe, f"show {lab.lab.family.ip} route vrf {vrf.name}"),
    )


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
    ways: tuple[Attachment, ...],
) -> Judgement:
    """The VRF's selected route to the prefix is the protocol's, via the CE on the attachment's interface.

    The kernel has it too: what it has thrown away with an address, zebra may still take for installed.
    """
    wanted = {(one.ce_address.ip, one.pe.interface) for one in ways}
    expected = (
        f"{protocol} via {' or '.join(f'{gateway} {port}' for gateway, port in sorted(wanted, key=str))}"
    )
    route = selected(facts, vrf.pe, vrf.name, prefix)
    if route is None:
        return Judgement(holds=False, expected=expected, observed="no such route")
    # BGP's IPv6 next hop is the neighbour's address on the link (RFC 2545 3), and there is one neighbour.
    on_port = {one.pe.interface: one.ce_address.ip for one in ways}
    hops = {
        (on_port.get(hop.interface or "") if is_link_local(hop) else hop.gateway, hop.interface)
        for hop in route.hops
        if hop.fib
    }
    installed = in_kernel(facts, vrf.pe, vrf.table, prefix)
    missing = "" if installed is not None or not hops else f", but no route in the kernel's table {vrf.table}"
    holds = route.protocol == protocol and bool(hops) and hops <= wanted and installed is not None
    return Judgement(holds, expected, via(route) + missing)
