"""RIP between PE and CE: where it runs, from whom updates come, how many hops there are, and nobody else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.core.mpbgp.vpn_routes import ce_route_id
from orchestrator.model.topology import Role
from orchestrator.protocols import compare_ends
from orchestrator.protocols.agreement import Outcome
from orchestrator.protocols.ids import in_vrf, interfaces_id, no_other_adjacency_id, seen_by_ce, seen_by_pe
from orchestrator.protocols.rip.agreement import AGREEMENT
from orchestrator.protocols.rip.links import attachments, lans, ports
from orchestrator.protocols.rip.routes import advertised
from orchestrator.protocols.rip.values import Rip
from orchestrator.routing.routes import Table
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import selected
from orchestrator.verification.kit.wording import equal, exactly, hint_command, listed, nothing_else
from orchestrator.verification.layers import link
from parsers import DEFAULT_VRF
from parsers.rip import rip_status
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.family import IpAddress, IpNetwork
    from orchestrator.model.lab import Attachment, Vrf
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts
    from parsers import Command


def status_of(table: Table) -> Command[object]:
    """The command that shows RIP in a table."""
    return rip_status(table.vrf or DEFAULT_VRF)


def pe_checks(lab: EffectiveLab, attachment: Attachment) -> Iterator[Check]:
    """That both ends of the link are alike, and that the PE hears the CE."""
    yield from compare_ends.checks(lab, attachment, compare_ends.LINK_ALONE, AGREEMENT)
    yield from _updates(lab, attachment, Table.at_pe(attachment))


def ce_checks(lab: EffectiveLab, attachment: Attachment) -> Iterator[Check]:
    """That the CE hears the PE."""
    yield from _updates(lab, attachment, Table.at_ce(attachment))


def pe_prerequisites(lab: EffectiveLab, attachment: Attachment) -> tuple[CheckId, ...]:
    """What must hold for the PE to have routes from the CE."""
    return _side(lab, attachment, Table.at_pe(attachment))


def ce_prerequisites(lab: EffectiveLab, attachment: Attachment) -> tuple[CheckId, ...]:
    """What must hold for the CE to have routes from the PE."""
    return _side(lab, attachment, Table.at_ce(attachment))


def _side(lab: EffectiveLab, attachment: Attachment, table: Table) -> tuple[CheckId, ...]:
    if _received(lab, attachment, table):
        return (updates_id(lab, attachment, table),)
    return tuple(timers_id(one) for one in (Table.at_pe(attachment), Table.at_ce(attachment)))


def updates_id(lab: EffectiveLab, attachment: Attachment, table: Table) -> CheckId:
    """The check that one end of an attachment hears the other."""
    return (seen_by_pe if table.vrf else seen_by_ce)("updates", lab, attachment)


def timers_id(table: Table) -> CheckId:
    """The check of RIP's timers in a table."""
    return CheckId(Layer.PECE, "rip-timers", table.node, in_vrf(table))


def _received(lab: EffectiveLab, attachment: Attachment, table: Table) -> bool:
    """Whether the other end has anything to advertise: ripd sends no update without a route."""
    far = Table.at_ce(attachment) if table.vrf else Table.at_pe(attachment)
    return bool(advertised(lab, far, attachment, lab.routing))


def _updates(lab: EffectiveLab, attachment: Attachment, table: Table) -> Iterator[Check]:
    if not _received(lab, attachment, table):
        return
    far = attachment.ce if table.vrf else attachment.pe
    gateway = (attachment.ce_address if table.vrf else attachment.pe_address).ip
    ends = Table.at_pe(attachment), Table.at_ce(attachment)
    works = AGREEMENT.expected_outcome(lab.lab, attachment) is Outcome.WORKS
    yield Check(
        updates_id(lab, attachment, table),
        f"RIP updates from {far.node}" if works else f"no RIP updates from {far.node}, as the ends disagree",
        partial(judge_updates, table=table, gateway=gateway, received=works),
        (Query(table.node, status_of(table)),),
        after=(
            compare_ends.agree_id(lab, attachment),
            *link.sound_ids(lab, lab.lab.interface(attachment.pe), lab.lab.interface(attachment.ce)),
            *map(timers_id, ends),
            *(interfaces_id(lab, one, Rip.name) for one in ends),
        ),
        why="RIP has no adjacency: that a neighbour is there shows in its updates alone.",
        hint=hint_command(lab.lab, table.node, status_of(table).text),
    )


def node_checks(lab: EffectiveLab, node: str) -> Iterator[Check]:
    """Where RIP runs on a node, with which timers."""
    tables = [Table.of(vrf) for vrf in lab.lab.vrfs_of(node)] or [Table(node)]
    for table in tables:
        if own := attachments(lab.lab, table):
            yield _timers(lab, table, own[0][1])
            yield _interfaces(lab, table)


def _timers(lab: EffectiveLab, table: Table, rip: Rip) -> Check:
    return Check(
        timers_id(table),
        f"RIP has the intended timers{_where(table)}",
        partial(judge_timers, table=table, wanted=(rip.update, rip.timeout, rip.garbage)),
        (Query(table.node, status_of(table)),),
        why="A route is given up after the timeout: with a shorter one than the neighbour's interval of "
        "updates it comes and goes, with a longer one a dead neighbour keeps its routes.",
        hint=hint_command(lab.lab, table.node, status_of(table).text),
    )


def _interfaces(lab: EffectiveLab, table: Table) -> Check:
    quiet = lans(lab.lab, table)
    names = tuple(
        one.name
        for one in lab.lab.interfaces_of(table.node)
        if one.name in {*ports(lab.lab, table), *quiet} and lab.carries(one)
    )
    return Check(
        interfaces_id(lab, table, Rip.name),
        f"RIP runs on exactly the site's interfaces{_where(table)}",
        partial(judge_interfaces, table=table, names=names, passive=quiet),
        (Query(table.node, status_of(table)),),
        after=(timers_id(table),),
        why="A LAN that RIP does not run on is not advertised; on another link RIP lets strangers in.",
        hint=hint_command(lab.lab, table.node, status_of(table).text),
    )


def vrf_checks(lab: EffectiveLab, vrf: Vrf) -> Iterator[Check]:
    """In a VRF that speaks RIP, no other source of updates."""
    yield from _no_other_source(lab, Table.of(vrf))


def ce_node_checks(lab: EffectiveLab, ce: str) -> Iterator[Check]:
    """On a CE that speaks RIP, no other source of updates."""
    yield from _no_other_source(lab, Table(ce))


def _no_other_source(lab: EffectiveLab, table: Table) -> Iterator[Check]:
    own = attachments(lab.lab, table)
    if not own:
        return
    peers = tuple(str((one.ce_address if table.vrf else one.pe_address).ip) for one, _ in own)
    yield Check(
        no_other_adjacency_id(lab, table, Rip.name),
        f"no unexpected source of RIP updates{_where(table)}",
        partial(judge_no_other_source, table=table, allowed=peers),
        (Query(table.node, status_of(table)),),
        after=(timers_id(table),),
        why="A neighbour that the intent does not know can bring routes into the customer's network.",
        hint=hint_command(lab.lab, table.node, status_of(table).text),
    )


def vpn_checks(lab: EffectiveLab) -> Iterator[Check]:
    """The hops of each remote prefix that a CE has by RIP."""
    for ce in lab.with_role(Role.CE):
        for prefix, route in lab.remote_routes(ce.name).items():
            if route.protocol == Rip.name:
                yield Check(
                    CheckId(Layer.VPN, "rip-metric", ce.name, (prefix,)),
                    f"{prefix} is {route.attributes.med} hops away in RIP",
                    partial(judge_metric, ce=ce.name, prefix=prefix, hops=route.attributes.med),
                    (Query(ce.name, ROUTES),),
                    after=(ce_route_id(ce.name, prefix),),
                    why="What a PE brings in from BGP has the hops that the intent gives it; more of them "
                    "mean that the route comes round by another site.",
                    hint=hint_command(lab.lab, ce.name, f"show ip route {prefix}"),
                )


def _where(table: Table) -> str:
    return f" in VRF {table.vrf}" if table.vrf else ""


def judge_timers(facts: Facts, *, table: Table, wanted: tuple[int, int, int]) -> Judgement:
    """RIP runs with these seconds for updates, timeout and garbage collection."""
    found = facts.of(table.node, rip_status(table.vrf or DEFAULT_VRF))
    seen = [_timers_text(one.update, one.timeout, one.garbage) for one in found]
    return equal(_timers_text(*wanted), listed(seen, "RIP does not run"))


def _timers_text(update: int, timeout: int, garbage: int) -> str:
    return f"updates every {update} s, timeout {timeout} s, garbage {garbage} s"


def judge_interfaces(
    facts: Facts, *, table: Table, names: tuple[str, ...], passive: tuple[str, ...]
) -> Judgement:
    """RIP runs on these interfaces and no others, and sends nothing on those of them that are LANs."""
    found = facts.of(table.node, rip_status(table.vrf or DEFAULT_VRF))
    wanted = [f"{name} passive" if name in passive else name for name in names]
    seen = (f"{name} passive" if name in one.passive else name for one in found for name in one.interfaces)
    return exactly(wanted, seen, nothing="no interface")


def judge_updates(facts: Facts, *, table: Table, gateway: IpAddress, received: bool) -> Judgement:
    """The neighbour has sent an update within the timeout, or never sends any."""
    found = facts.of(table.node, rip_status(table.vrf or DEFAULT_VRF))
    fresh = [
        source
        for one in found
        for source in one.sources
        if source.gateway == gateway and source.last_update <= one.timeout
    ]
    seen = [f"{source.gateway}" for one in found for source in one.sources]
    return Judgement(
        bool(fresh) is received,
        f"updates from {gateway}" if received else f"none from {gateway}",
        f"updates from {listed(seen, 'nobody')}",
    )


def judge_no_other_source(facts: Facts, *, table: Table, allowed: tuple[str, ...]) -> Judgement:
    """No updates but the attachments'."""
    found = facts.of(table.node, rip_status(table.vrf or DEFAULT_VRF))
    seen = (str(source.gateway) for one in found for source in one.sources)
    return nothing_else(allowed, seen, "sources of RIP updates")


def judge_metric(facts: Facts, *, ce: str, prefix: IpNetwork, hops: int) -> Judgement:
    """The selected route is so many hops away."""
    route = selected(facts, ce, DEFAULT_VRF, prefix)
    return equal(f"{hops} hops", "no such route" if route is None else f"{route.metric} hops")
