"""OSPF between PE and CE: what both must agree on, the adjacency from both ends, and no other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from orchestrator.core.igp.ospf.lines import Authentication, NetworkType
from orchestrator.model.lab import InterfaceKind
from orchestrator.protocols import compare_ends
from orchestrator.protocols.agreement import End, Outcome, Setting
from orchestrator.protocols.ids import (
    backdoor_id,
    ce_adjacency_id,
    interfaces_id,
    no_other_adjacency_id,
    parameters_id,
    pe_adjacency_id,
    sound_backdoor_ids,
)
from orchestrator.protocols.ospf.agreement import AGREEMENT, area_of, authentication, settings
from orchestrator.protocols.ospf.links import attachments, link_timers, router_id
from orchestrator.protocols.ospf.values import Ospf
from orchestrator.routing.routes import Table
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import equal, exactly, hint_command, listed, nothing_else
from orchestrator.verification.layers import link
from parsers import DEFAULT_VRF
from parsers.ospf import OSPF_INTERFACES, OSPF_KEYS, OSPF_NEIGHBORS, ospf_interfaces, ospf_neighbors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestrator.model.family import IpAddress
    from orchestrator.model.lab import Attachment, Backdoor, Vrf
    from orchestrator.model.timer_values import Timers
    from orchestrator.model.topology import Endpoint
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.check_id import CheckId
    from orchestrator.verification.kit.facts import Facts
    from parsers import Command
    from parsers.ospf import OspfInterface, OspfKey

WHY_ADJACENCY = (
    "Without the adjacency no route is exchanged; area, network type, timers, MTU and authentication must "
    "agree (RFC 2328 10.5)."
)


_NETWORK_TYPES: Final = {"POINTOPOINT": NetworkType.POINT_TO_POINT, "BROADCAST": NetworkType.BROADCAST}
_STUCK: Final = frozenset({"ExStart", "Exchange"})


class Shown:
    """What an OSPF router shows of the settings of a link (`agree.Speaker`)."""

    def asked(self) -> tuple[Command[object], ...]:
        """The interfaces show all but the keys, which only the running configuration does."""
        return OSPF_INTERFACES, OSPF_KEYS

    def observed(self, facts: Facts, attachment: Attachment, end: End) -> tuple[Setting, ...]:
        """The settings of one end; none where OSPF does not run there."""
        port = end.port(attachment)
        one = _running(facts, port)
        return () if one is None else _shared(facts, port, one)

    def command(self, attachment: Attachment) -> str:
        """The interface at the PE."""
        return ospf_interfaces(attachment.vrf, attachment.pe.interface).text


SHOWN: compare_ends.Speaker = Shown()


def _shared(facts: Facts, port: Endpoint, one: OspfInterface) -> tuple[Setting, ...]:
    kind = one.network_type or ""
    keys = [key for key in facts.of(port.node, OSPF_KEYS) if key.interface == port.interface]
    return settings(
        area_of(int(one.area or 0), one.area_type),
        _NETWORK_TYPES.get(kind, kind),
        (one.hello or 0, one.dead or 0),
        _authentication(one, keys),
    )


def _authentication(interface: OspfInterface, keys: Sequence[OspfKey]) -> Setting:
    """Of several message digest keys FRR sends with the last and takes any."""
    match interface.authentication:
        case "Simple password":
            secret = next((one.secret for one in keys if one.key_id is None), "")
            return authentication(Authentication(secret))
        case "Cryptographic":
            digests = [one for one in keys if one.key_id is not None]
            if not digests:
                return Setting("authentication", "by message digest, no key")
            return authentication(Authentication(digests[-1].secret, digests[-1].key_id))
        case _:
            return authentication(None)


def _running(facts: Facts, port: Endpoint) -> OspfInterface | None:
    here = facts.of(port.node, OSPF_INTERFACES)
    return next((one for one in here if one.name == port.interface and one.running), None)


def at_pe(lab: EffectiveLab, attachment: Attachment) -> tuple[CheckId, ...]:
    """The checks that the PE's side of an attachment stands on."""
    return (pe_adjacency_id(lab, attachment),)


def at_ce(lab: EffectiveLab, attachment: Attachment) -> tuple[CheckId, ...]:
    """The checks that the CE's side of an attachment stands on."""
    return (ce_adjacency_id(lab, attachment),)


def wanted_parameters(ospf: Ospf, timers: Timers) -> tuple[Setting, ...]:
    """What an end of a link must be set to: what both agree on, and the cost, which is each end's own."""
    intervals = timers.ospf_hello, timers.ospf_dead
    area = area_of(ospf.area, ospf.area_type.shown)
    shared = settings(area, ospf.network, intervals, authentication(ospf.authentication))
    return *shared, Setting("cost", str(ospf.cost))


def pe_checks(lab: EffectiveLab, attachment: Attachment) -> Iterator[Check]:
    """What both ends agree on, and the adjacency as the PE sees it."""
    if not isinstance(attachment.protocol, Ospf):
        return
    pe, ce = attachment.pe, attachment.ce
    yield from compare_ends.checks(lab, attachment, SHOWN, AGREEMENT)
    wanted = tuple(
        (end.port(attachment), wanted_parameters(spoken, link_timers(lab.lab, attachment, spoken)))
        for end in End
        for spoken in [end.spoken(attachment)]
        if isinstance(spoken, Ospf)
    )
    yield Check(
        parameters_id(lab, attachment),
        f"OSPF is set on {pe} and {ce} as intended",
        partial(judge_parameters, wanted=wanted),
        tuple(Query(end.node, command) for end in (pe, ce) for command in SHOWN.asked()),
        after=(
            compare_ends.agree_id(lab, attachment),
            *link.sound_ids(lab, lab.lab.interface(pe), lab.lab.interface(ce)),
        ),
        why="PE and CE agree with each other but not with the intent; with other costs the two directions "
        "may take different ways.",
        hint=hint_command(lab.lab, pe.node, ospf_interfaces(attachment.vrf, pe.interface).text),
    )
    yield _adjacency(lab, attachment, Table.at_pe(attachment), Table.at_ce(attachment))


def ce_checks(lab: EffectiveLab, attachment: Attachment) -> Iterator[Check]:
    """The adjacency as the CE sees it."""
    yield _adjacency(lab, attachment, Table.at_ce(attachment), Table.at_pe(attachment))


def _adjacency(lab: EffectiveLab, attachment: Attachment, own: Table, far: Table) -> Check:
    at_pe_end = bool(own.vrf)
    interface = (attachment.pe if at_pe_end else attachment.ce).interface
    address = (attachment.ce_address if at_pe_end else attachment.pe_address).ip
    works = partial(
        judge_adjacency, table=own, interface=interface, address=address, neighbor=router_id(lab.lab, far)
    )
    expected_outcome = AGREEMENT.expected_outcome(lab.lab, attachment)
    return Check(
        pe_adjacency_id(lab, attachment) if at_pe_end else ce_adjacency_id(lab, attachment),
        f"OSPF adjacency with {far.node} on {interface}",
        works
        if expected_outcome < Outcome.STUCK
        else partial(judge_apart, table=own, interface=interface, stuck=expected_outcome is Outcome.STUCK),
        (Query(own.node, OSPF_NEIGHBORS),),
        after=(parameters_id(lab, attachment),),
        why=WHY_ADJACENCY,
        hint=hint_command(lab.lab, own.node, ospf_neighbors(own.vrf or DEFAULT_VRF).text),
    )


def checks_on_vrf(lab: EffectiveLab, vrf: Vrf) -> Iterator[Check]:
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
                if lab.attachment_forwards(one)
            ),
            *(
                f"{router_id(lab.lab, Table(far.pe, far.vrf))} on {one.device}"
                for one, _, far in sham_links
                if lab.sham_link_reachable(one)
            ),
        )
        yield from _nothing_else(lab, Table.of(vrf), ports, peers)


def checks_on_ce(lab: EffectiveLab, ce: str) -> Iterator[Check]:
    """On a CE that speaks OSPF, no other interface and no other neighbour."""
    own = [one for _, one, _ in attachments(lab.lab, ce)]
    if own:
        lans = (one.name for one in lab.lab.interfaces_of(ce, InterfaceKind.LAN) if lab.carries(one))
        backdoors = [one for one in lab.lab.backdoors_of(ce) if lab.backdoor_forwards(one)]
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
                if lab.attachment_forwards(one)
            ),
            *(
                f"{router_id(lab.lab, Table(one.far_end(ce)[0].node))} on {one.near_end(ce)[0].interface}"
                for one in backdoors
            ),
        )
        yield from _nothing_else(lab, Table(ce), ports, peers)


def _nothing_else(
    lab: EffectiveLab, table: Table, ports: tuple[str, ...], peers: tuple[str, ...]
) -> Iterator[Check]:
    where = f" in VRF {table.vrf}" if table.vrf else ""
    yield Check(
        interfaces_id(lab, table, Ospf.name),
        f"OSPF runs on exactly the site's interfaces{where}",
        partial(judge_interfaces, table=table, ports=ports),
        (Query(table.node, OSPF_INTERFACES),),
        why="A LAN that OSPF does not run on is not announced; on another link OSPF lets strangers in.",
        hint=hint_command(lab.lab, table.node, OSPF_INTERFACES.text),
    )
    yield Check(
        no_other_adjacency_id(lab, table, Ospf.name),
        f"no unexpected OSPF neighbour{where}",
        partial(judge_no_other_adjacency, table=table, allowed=peers),
        (Query(table.node, OSPF_NEIGHBORS),),
        why="A neighbour that the intent does not know can bring routes into the customer's network.",
        hint=hint_command(lab.lab, table.node, OSPF_NEIGHBORS.text),
    )


def _vrf(table: Table) -> str:
    return table.vrf or DEFAULT_VRF


def judge_parameters(facts: Facts, *, wanted: tuple[tuple[Endpoint, tuple[Setting, ...]], ...]) -> Judgement:
    """Each end is set to what the intent says; the finding names what differs, and where."""
    apart = []
    for port, settings_there in wanted:
        if (one := _running(facts, port)) is None:
            apart.append(f"OSPF does not run on {port}")
            continue
        seen = (*_shared(facts, port, one), Setting("cost", str(one.cost)))
        apart += [
            f"{here.name} {here.value} on {port}{', with another secret' if here.value == want.value else ''}"
            for here, want in zip(seen, settings_there, strict=True)
            if here != want
        ]
    texts = dict.fromkeys(", ".join(f"{one.name} {one.value}" for one in ours) for _, ours in wanted)
    return Judgement(not apart, listed(texts), listed(apart, "so on both"))


def judge_apart(facts: Facts, *, table: Table, interface: str, stuck: bool) -> Judgement:
    """The ends differ in what an adjacency queries: no neighbour, or (MTU) one that never gets to Full."""
    seen = [
        f"{one.router_id} at {one.address} {one.state}"
        for one in facts.of(table.node, OSPF_NEIGHBORS)
        if one.interface == interface and one.vrf == _vrf(table)
    ]
    states = {one.rpartition(" ")[2] for one in seen}
    return Judgement(
        bool(states) and states <= _STUCK if stuck else not states,
        expected=f"no more than {' or '.join(sorted(_STUCK))}" if stuck else "no neighbour",
        observed=listed(seen, "no neighbour"),
    )


def judge_adjacency(
    facts: Facts, *, table: Table, interface: str, address: IpAddress, neighbor: IpAddress
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


def backdoor_check(lab: EffectiveLab, backdoor: Backdoor, ce: str) -> Check:
    """The adjacency over a backdoor, as one of its CEs sees it."""
    near, (far, address) = backdoor.near_end(ce)[0], backdoor.far_end(ce)
    return Check(
        backdoor_id(backdoor, ce),
        f"OSPF adjacency with {far.node} over the backdoor",
        partial(
            judge_adjacency,
            table=Table(ce),
            interface=near.interface,
            address=address.ip,
            neighbor=router_id(lab.lab, Table(far.node)),
        ),
        (Query(ce, OSPF_NEIGHBORS),),
        after=sound_backdoor_ids(lab, backdoor, ce),
        why=WHY_ADJACENCY,
        hint=hint_command(lab.lab, ce, f"show ip ospf interface {near.interface}"),
    )
