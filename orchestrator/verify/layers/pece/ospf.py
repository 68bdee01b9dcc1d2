"""OSPF between PE and CE: what both must agree on, the adjacency from both ends, and no other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.model.lab import InterfaceKind
from orchestrator.model.pece import Ospf
from orchestrator.pece.held import Table
from orchestrator.pece.ospf import attachments, router_id
from orchestrator.verify.check import Check, Judgement, Layer
from orchestrator.verify.facts import Need
from orchestrator.verify.layers import link
from orchestrator.verify.layers.pece.ids import ce_adjacency_id, parameters_id, pe_adjacency_id
from orchestrator.verify.questions import OSPF_INTERFACES, OSPF_NEIGHBORS
from orchestrator.verify.tables import DEFAULT_VRF
from orchestrator.verify.wording import equal, exactly, listed, look, nothing_else

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Address

    from orchestrator.model.lab import Attachment, Timers, Vrf
    from orchestrator.model.topology import Endpoint
    from orchestrator.verify.facts import Facts
    from orchestrator.verify.state import LabInState
    from parsers.facts import OspfInterface

WHY_ADJACENCY = (
    "Without the adjacency no route is exchanged; area, network type, timers, MTU and authentication must "
    "agree (RFC 2328 10.5)."
)


def at_pe(lab: LabInState, attachment: Attachment) -> tuple[str, ...]:
    """The checks that the PE's side of an attachment stands on."""
    return (pe_adjacency_id(lab, attachment),)


def at_ce(lab: LabInState, attachment: Attachment) -> tuple[str, ...]:
    """The checks that the CE's side of an attachment stands on."""
    return (ce_adjacency_id(lab, attachment),)


def wanted_parameters(area: int, cost: int, timers: Timers) -> str:
    """What both ends of a link must be set to, as `judge_parameters` words it."""
    return (
        f"area {area}, cost {cost}, POINTOPOINT, hello {timers.ospf_hello} s, dead {timers.ospf_dead} s, "
        "no authentication"
    )


def pe_checks(lab: LabInState, attachment: Attachment) -> Iterator[Check]:
    """What both ends agree on, and the adjacency as the PE sees it."""
    if not isinstance(attachment.protocol, Ospf):
        return
    pe, ce = attachment.pe, attachment.ce
    wanted = wanted_parameters(
        attachment.protocol.area, attachment.protocol.cost, lab.lab.provider_of(pe.node).timers
    )
    yield Check(
        parameters_id(lab, attachment),
        Layer.PECE,
        pe.node,
        f"OSPF is set alike on {pe} and {ce}",
        partial(judge_parameters, ends=(pe, ce), wanted=wanted),
        (Need(pe.node, OSPF_INTERFACES), Need(ce.node, OSPF_INTERFACES)),
        after=link.sound_ids(lab, lab.lab.interface(pe), lab.lab.interface(ce)),
        why="Routers whose area, network type, timers or authentication differ ignore each other's hellos; "
        "with other costs the two directions may take different ways.",
        hint=look(lab.lab, pe.node, f"show ip ospf vrf {attachment.vrf} interface {pe.interface}"),
    )
    yield _adjacency(lab, attachment, Table.at_pe(attachment), Table.at_ce(attachment))


def ce_checks(lab: LabInState, attachment: Attachment) -> Iterator[Check]:
    """The adjacency as the CE sees it."""
    yield _adjacency(lab, attachment, Table.at_ce(attachment), Table.at_pe(attachment))


def _adjacency(lab: LabInState, attachment: Attachment, own: Table, far: Table) -> Check:
    at_pe_end = bool(own.vrf)
    interface = (attachment.pe if at_pe_end else attachment.ce).interface
    address = (attachment.ce_address if at_pe_end else attachment.pe_address).ip
    return Check(
        pe_adjacency_id(lab, attachment) if at_pe_end else ce_adjacency_id(lab, attachment),
        Layer.PECE,
        own.node,
        f"OSPF adjacency with {far.node} on {interface}",
        partial(
            judge_adjacency,
            table=own,
            interface=interface,
            address=address,
            neighbor=router_id(lab.lab, far),
        ),
        (Need(own.node, OSPF_NEIGHBORS),),
        after=(parameters_id(lab, attachment),),
        why=WHY_ADJACENCY,
        hint=look(lab.lab, own.node, f"show ip ospf{f' vrf {own.vrf}' if own.vrf else ''} neighbor"),
    )


def checks_on_vrf(lab: LabInState, vrf: Vrf) -> Iterator[Check]:
    """In a VRF that speaks OSPF, no other interface and no other neighbour."""
    own = [one for _, one, _ in attachments(lab.lab, vrf.pe, vrf.name)]
    if own:
        sham_links = lab.lab.sham_links_of(vrf)
        # A tunnel is up whatever its packets meet, so OSPF runs on it also where it has no neighbour.
        ports = (
            *(one.pe.interface for one in own if lab.carries(lab.lab.interface(one.pe))),
            *(link.device for link, _, _ in sham_links),
        )
        peers = (
            *(
                f"{router_id(lab.lab, Table.at_ce(one))} on {one.pe.interface}"
                for one in own
                if lab.stands(one)
            ),
            *(
                f"{router_id(lab.lab, Table(far.pe, far.vrf))} on {one.device}"
                for one, _, far in sham_links
                if lab.tunnels(one)
            ),
        )
        yield from _nothing_else(lab, Table.of(vrf), ports, peers)


def checks_on_ce(lab: LabInState, ce: str) -> Iterator[Check]:
    """On a CE that speaks OSPF, no other interface and no other neighbour."""
    own = [one for _, one, _ in attachments(lab.lab, ce)]
    if own:
        lans = (one.name for one in lab.lab.interfaces_of(ce, InterfaceKind.LAN) if lab.carries(one))
        backdoors = [one for one in lab.lab.backdoors_of(ce) if lab.joins(one)]
        ports = (
            *(one.ce.interface for one in own if lab.carries(lab.lab.interface(one.ce))),
            *(
                one.near_end(ce)[0].interface
                for one in lab.lab.backdoors_of(ce)
                if lab.carries(lab.lab.interface(one.near_end(ce)[0]))
            ),
            *lans,
        )
        peers = (
            *(
                f"{router_id(lab.lab, Table.at_pe(one))} on {one.ce.interface}"
                for one in own
                if lab.stands(one)
            ),
            *(
                f"{router_id(lab.lab, Table(one.far_end(ce)[0].node))} on {one.near_end(ce)[0].interface}"
                for one in backdoors
            ),
        )
        yield from _nothing_else(lab, Table(ce), ports, peers)


def _nothing_else(
    lab: LabInState, table: Table, ports: tuple[str, ...], peers: tuple[str, ...]
) -> Iterator[Check]:
    where, name = (f" in VRF {table.vrf}", f".{table.vrf}") if table.vrf else ("", "")
    yield Check(
        f"pece.interfaces.{table.node}{name}",
        Layer.PECE,
        table.node,
        f"OSPF runs on exactly the site's interfaces{where}",
        partial(judge_interfaces, table=table, ports=ports),
        (Need(table.node, OSPF_INTERFACES),),
        why="A LAN that OSPF does not run on is not announced; on another link OSPF lets strangers in.",
        hint=look(lab.lab, table.node, OSPF_INTERFACES.command),
    )
    yield Check(
        f"pece.no-other-adjacency.{table.node}{name}",
        Layer.PECE,
        table.node,
        f"no other OSPF neighbour{where}",
        partial(judge_no_other_adjacency, table=table, allowed=peers),
        (Need(table.node, OSPF_NEIGHBORS),),
        why="A neighbour that the intent does not know can bring routes into the customer's network.",
        hint=look(lab.lab, table.node, OSPF_NEIGHBORS.command),
    )


def _vrf(table: Table) -> str:
    return table.vrf or DEFAULT_VRF


def _set_to(one: OspfInterface) -> str:
    return (
        f"area {int(one.area or 0)}, cost {one.cost}, {one.network_type}, hello {one.hello:g} s, "
        f"dead {one.dead} s, {one.authentication or 'no authentication'}"
    )


def judge_parameters(facts: Facts, *, ends: tuple[Endpoint, ...], wanted: str) -> Judgement:
    """Both ends are set to what the intent says; the finding names what differs, and where."""
    differences = []
    for end in ends:
        found = [
            one for one in facts.of(end.node, OSPF_INTERFACES) if one.name == end.interface and one.running
        ]
        if not found:
            differences.append(f"OSPF does not run on {end}")
            continue
        said = _set_to(found[0]).split(", ")
        differences += [
            f"{seen} on {end}" for seen, want in zip(said, wanted.split(", "), strict=True) if seen != want
        ]
    return Judgement(not differences, f"{wanted} on both", listed(differences, "so on both"))


def judge_adjacency(
    facts: Facts, *, table: Table, interface: str, address: IPv4Address, neighbor: IPv4Address
) -> Judgement:
    """The far end is a neighbour on this interface, with its router id, in state Full."""
    seen = [
        f"{one.router_id} at {one.address} {one.state}"
        for one in facts.of(table.node, OSPF_NEIGHBORS)
        if one.interface == interface and one.vrf == _vrf(table)
    ]
    return equal(f"{neighbor} at {address} Full", listed(seen, "no neighbour"))


def judge_interfaces(facts: Facts, *, table: Table, ports: tuple[str, ...]) -> Judgement:
    """OSPF runs in this table on these interfaces and on none else."""
    running = [
        one.name for one in facts.of(table.node, OSPF_INTERFACES) if one.running and one.vrf == _vrf(table)
    ]
    return exactly(ports, running, nothing="no interface")


def judge_no_other_adjacency(facts: Facts, *, table: Table, allowed: tuple[str, ...]) -> Judgement:
    """No OSPF neighbour in this table but the attachments'."""
    seen = (
        f"{one.router_id} on {one.interface}"
        for one in facts.of(table.node, OSPF_NEIGHBORS)
        if one.vrf == _vrf(table)
    )
    return nothing_else(allowed, seen, "OSPF neighbours")
