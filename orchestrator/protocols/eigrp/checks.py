"""EIGRP between PE and CE: what both must agree on, the adjacency from both ends, metrics, and no other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.protocols import compare_ends
from orchestrator.protocols.agreement import End, Outcome, Setting
from orchestrator.protocols.eigrp.agreement import AGREEMENT, settings
from orchestrator.protocols.eigrp.metric import vector_of
from orchestrator.protocols.eigrp.process import process, processes
from orchestrator.protocols.eigrp.values import Eigrp, Md5Key
from orchestrator.protocols.ids import (
    backdoor_id,
    ce_adjacency_id,
    in_vrf,
    interfaces_id,
    no_other_adjacency_id,
    parameters_id,
    pe_adjacency_id,
    sound_backdoor_ids,
)
from orchestrator.routing.routes import RouteSource, Table
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import exactly, hint_command, listed, nothing_else
from orchestrator.verification.layers import link
from parsers import DEFAULT_VRF
from parsers.eigrp import EIGRP, EIGRP_KEYS, EigrpDestination, EigrpInterface, EigrpNeighbor, EigrpRefusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.family import IpAddress, IpNetwork
    from orchestrator.model.lab import Attachment, Backdoor, Vrf
    from orchestrator.model.topology import Endpoint
    from orchestrator.protocols.eigrp.process import Port
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.routing.routes import Route
    from orchestrator.verification.kit.facts import Facts
    from parsers import Command

WHY_ADJACENCY = (
    "Without the adjacency no route is exchanged; AS number, K values, authentication and subnet must agree "
    "(RFC 7868 5.3.4, 5.5, 6.5)."
)


def speaker_id(node: str) -> CheckId:
    """The check that the EIGRP speaker of a node is there."""
    return CheckId(Layer.PECE, "speaker", node)


def metric_id(layer: Layer, table: Table, prefix: IpNetwork) -> CheckId:
    """The check of the metric that a table's EIGRP has for a prefix."""
    return CheckId(layer, "metric", table.node, (*in_vrf(table), prefix))


def at_pe(lab: EffectiveLab, attachment: Attachment) -> tuple[CheckId, ...]:
    """The checks that the PE's side of an attachment stands on."""
    return (pe_adjacency_id(lab, attachment),)


def at_ce(lab: EffectiveLab, attachment: Attachment) -> tuple[CheckId, ...]:
    """The checks that the CE's side of an attachment stands on."""
    return (ce_adjacency_id(lab, attachment),)


class Shown:
    """What the speaker shows of the settings of a link (`agree.Speaker`)."""

    def asked(self) -> tuple[Command[object], ...]:
        """Its interfaces; keys are in the file that it follows alone."""
        return EIGRP, EIGRP_KEYS

    def observed(self, facts: Facts, attachment: Attachment, end: End) -> tuple[Setting, ...]:
        """The settings of one end; none where EIGRP does not run there."""
        port, vrf = end.port(attachment), attachment.vrf if end is End.PE else DEFAULT_VRF
        found = next(
            (
                one
                for one in facts.of(port.node, EIGRP)
                if isinstance(one, EigrpInterface) and (one.name, one.vrf) == (port.interface, vrf)
            ),
            None,
        )
        if found is None:
            return ()
        if found.key is None:
            return settings(found.asn, found.k, None)
        keys = {one.key_id: one for one in facts.of(port.node, EIGRP_KEYS) if one.interface == found.name}
        secret = keys[found.key].secret if found.key in keys else ""
        return settings(found.asn, found.k, Md5Key(found.key, secret))

    def command(self, attachment: Attachment) -> str:  # noqa: ARG002 -- one for all links
        """All interfaces."""
        return f"{EIGRP.text.partition(' show ')[0]} show interfaces"


SHOWN: compare_ends.Speaker = Shown()


def pe_checks(lab: EffectiveLab, attachment: Attachment) -> Iterator[Check]:
    """What both ends agree on, and the adjacency as the PE sees it."""
    if not isinstance(attachment.protocol, Eigrp):
        return
    pe, ce = attachment.pe, attachment.ce
    yield from compare_ends.checks(
        lab, attachment, SHOWN, AGREEMENT, after=(speaker_id(pe.node), speaker_id(ce.node))
    )
    yield Check(
        parameters_id(lab, attachment),
        f"EIGRP is set on {pe} and {ce} as intended",
        partial(
            judge_parameters,
            ends=(
                (pe, attachment.vrf, _mark(lab, attachment), _wanted(lab, attachment, End.PE)),
                (ce, DEFAULT_VRF, None, _wanted(lab, attachment, End.CE)),
            ),
        ),
        (Query(pe.node, EIGRP), Query(ce.node, EIGRP)),
        after=(
            compare_ends.agree_id(lab, attachment),
            *link.sound_ids(lab, lab.lab.interface(pe), lab.lab.interface(ce)),
            speaker_id(pe.node),
            speaker_id(ce.node),
        ),
        why="PE and CE agree with each other but not with the intent; with other bandwidths or delays the "
        "two directions may take different ways.",
        hint=speaker_hint(lab, pe.node, "interfaces"),
    )
    yield _adjacency(lab, attachment, Table.at_pe(attachment), Table.at_ce(attachment))


def _wanted(lab: EffectiveLab, attachment: Attachment, end: End) -> tuple[str, ...]:
    """What one end is to be set to, as `_set_to` words it."""
    spoken = end.spoken(attachment)
    if not isinstance(spoken, Eigrp):
        return ()
    hello, hold = spoken.intervals(lab.lab.provider_of(attachment.pe.node).timers)
    return (
        f"AS {spoken.asn}",
        f"K values {' '.join(map(str, spoken.k))}",
        f"bandwidth {spoken.link.bandwidth} kbit/s",
        f"delay {spoken.link.delay}",
        f"hello {hello} s",
        f"hold {hold} s",
        f"MD5 key {spoken.key.number}" if spoken.key else "no authentication",
    )


def _mark(lab: EffectiveLab, attachment: Attachment) -> str:
    site = next(site for site in lab.lab.sites if attachment in site.attachments)
    return str(lab.lab.site_of_origin(site))


def ce_checks(lab: EffectiveLab, attachment: Attachment) -> Iterator[Check]:
    """The adjacency as the CE sees it."""
    yield _adjacency(lab, attachment, Table.at_ce(attachment), Table.at_pe(attachment))


def _adjacency(lab: EffectiveLab, attachment: Attachment, own: Table, far: Table) -> Check:
    at_pe_end = bool(own.vrf)
    interface = (attachment.pe if at_pe_end else attachment.ce).interface
    address = (attachment.ce_address if at_pe_end else attachment.pe_address).ip
    return Check(
        pe_adjacency_id(lab, attachment) if at_pe_end else ce_adjacency_id(lab, attachment),
        f"EIGRP adjacency with {far.node} on {interface}",
        partial(judge_apart, table=own, interface=interface)
        if AGREEMENT.expected_outcome(lab.lab, attachment) is Outcome.NO_SESSION
        else partial(judge_adjacency, table=own, interface=interface, address=address),
        (Query(own.node, EIGRP),),
        after=(parameters_id(lab, attachment),),
        why=WHY_ADJACENCY,
        hint=speaker_hint(lab, own.node, "neighbors"),
    )


def speaker_checks(lab: EffectiveLab, node: str) -> Iterator[Check]:
    """Where EIGRP is to run, that the speaker is there; it is no part of FRR."""
    wanted = processes(lab.lab, node)
    if wanted:
        yield Check(
            speaker_id(node),
            "the EIGRP speaker runs",
            partial(judge_speaker, node=node, wanted=tuple(_vrf(one.table) for one in wanted)),
            (Query(node, EIGRP),),
            why="EIGRP is spoken by a program beside FRR, which a push installs and starts; its log is "
            "/var/log/frr/eigrp.log.",
            hint=f"l3vpn push {lab.lab.name} --limit {node}",
        )


def checks_on_vrf(lab: EffectiveLab, vrf: Vrf) -> Iterator[Check]:
    """In a VRF that speaks EIGRP, the metrics of what the CEs announce, and nobody else there."""
    yield from _table_checks(lab, Table.of(vrf))


def checks_on_ce(lab: EffectiveLab, ce: str) -> Iterator[Check]:
    """On a CE that speaks EIGRP, the metrics of what comes over backdoors, and nobody else there."""
    yield from _table_checks(lab, Table(ce))


def _table_checks(lab: EffectiveLab, table: Table) -> Iterator[Check]:
    own = process(lab.lab, table)
    if own is None:
        return
    near = RouteSource.PE_CE if table.vrf else RouteSource.BACKDOOR
    for prefix, route in sorted(lab.routing[table].items()):
        if route.protocol == Eigrp.name and route.source is near:
            yield metric_check(lab, table, prefix, route, Layer.PECE, after=_met(lab, route, table))
    where = f" in VRF {table.vrf}" if table.vrf else ""
    peers = tuple(one for port in own.ports for one in _peer(lab, table, port))
    yield Check(
        interfaces_id(lab, table, Eigrp.name),
        f"EIGRP runs on exactly the site's interfaces{where}",
        partial(judge_interfaces, table=table, ports=tuple(port.name for port in own.ports)),
        (Query(table.node, EIGRP),),
        after=(speaker_id(table.node),),
        why="A LAN that EIGRP does not run on is not announced; on another link EIGRP lets strangers in.",
        hint=speaker_hint(lab, table.node, "interfaces"),
    )
    yield Check(
        no_other_adjacency_id(lab, table, Eigrp.name),
        f"no other EIGRP neighbour{where}",
        partial(judge_no_other_adjacency, table=table, allowed=peers),
        (Query(table.node, EIGRP),),
        after=(speaker_id(table.node),),
        why="A neighbour that the intent does not know can bring routes into the customer's network.",
        hint=speaker_hint(lab, table.node, "neighbors"),
    )


def _met(lab: EffectiveLab, route: Route, table: Table) -> tuple[CheckId, ...]:
    """The adjacencies that a route comes over."""
    return tuple(
        one
        for hop in route.next_hops
        for one in (
            (pe_adjacency_id(lab, hop.attachment) if table.vrf else ce_adjacency_id(lab, hop.attachment),)
            if hop.attachment is not None
            else (backdoor_id(hop.backdoor, table.node),)
            if hop.backdoor is not None
            else ()
        )
    )


def _peer(lab: EffectiveLab, table: Table, port: Port) -> Iterator[str]:
    if port.attachment is not None and lab.attachment_forwards(port.attachment):
        far = port.attachment.ce_address if table.vrf else port.attachment.pe_address
        yield f"{far.ip} on {port.name}"
    if port.backdoor is not None and lab.backdoor_forwards(port.backdoor):
        yield f"{port.backdoor.far_end(table.node)[1].ip} on {port.name}"


def metric_check(  # noqa: PLR0913, PLR0917 -- two layers make it
    lab: EffectiveLab,
    table: Table,
    prefix: IpNetwork,
    route: Route,
    layer: Layer,
    after: tuple[CheckId, ...],
) -> Check:
    """The check that a table's EIGRP has a route with the metric that adds up on its way."""
    vector, metric = vector_of(route), route.attributes.med
    kind = "external" if vector is not None and vector.external else "internal"
    gateways = tuple(str(_gateway(table, hop.attachment, hop.backdoor)) for hop in route.next_hops)
    return Check(
        metric_id(layer, table, prefix),
        f"{prefix} {kind} with metric {metric}",
        partial(judge_metric, table=table, prefix=prefix, kind=kind, metric=metric, gateways=gateways),
        (Query(table.node, EIGRP),),
        after=after,
        why="The metric adds up from the bandwidths and delays of the way, and the provider adds nothing; "
        "another one comes from another way, other interface settings, or a MED that was lost.",
        hint=speaker_hint(lab, table.node, "topology"),
    )


def _gateway(table: Table, attachment: Attachment | None, backdoor: Backdoor | None) -> IpAddress | None:
    if backdoor is not None:
        return backdoor.far_end(table.node)[1].ip
    if attachment is None:
        return None
    return (attachment.ce_address if table.vrf else attachment.pe_address).ip


def speaker_hint(lab: EffectiveLab, node: str, what: str) -> str:
    """What a person types to see a part of what the speaker of a node knows."""
    return hint_command(lab.lab, node, f"/var/lib/frr/eigrp show {what}")


def _vrf(table: Table) -> str:
    return table.vrf or DEFAULT_VRF


def judge_speaker(facts: Facts, *, node: str, wanted: tuple[str, ...]) -> Judgement:
    """It answers, and runs in exactly these VRFs; what it is set to is another check's to say."""
    said = facts.of(node, EIGRP)
    expected = [f"EIGRP in VRF {vrf}" for vrf in wanted]
    if not said:
        return Judgement(holds=False, expected=listed(expected), observed="it does not run")
    seen = dict.fromkeys(f"EIGRP in VRF {one.vrf}" for one in said if isinstance(one, EigrpInterface))
    return exactly(expected, seen, nothing="it runs nowhere")


def _set_to(one: EigrpInterface) -> tuple[str, ...]:
    return (
        f"AS {one.asn}",
        f"K values {' '.join(map(str, one.k))}",
        f"bandwidth {one.bandwidth} kbit/s",
        f"delay {one.delay}",
        f"hello {one.hello} s",
        f"hold {one.hold} s",
        "no authentication" if one.key is None else f"MD5 key {one.key}",
    )


def judge_parameters(
    facts: Facts, *, ends: tuple[tuple[Endpoint, str, str | None, tuple[str, ...]], ...]
) -> Judgement:
    """Each end is set to what the intent says, and the PE marks the site; differences are named."""
    differences = []
    for end, vrf, site, wanted in ends:
        found = [
            one
            for one in facts.of(end.node, EIGRP)
            if isinstance(one, EigrpInterface) and (one.name, one.vrf) == (end.interface, vrf)
        ]
        if not found:
            differences.append(f"EIGRP does not run on {end}")
            continue
        differences += [
            f"{seen} on {end}" for seen, want in zip(_set_to(found[0]), wanted, strict=True) if seen != want
        ]
        if found[0].site != site:
            differences.append(f"site of origin {found[0].site} on {end} rather than {site}")
    texts = dict.fromkeys(", ".join(wanted) for *_, wanted in ends)
    return Judgement(not differences, f"{listed(texts)} on both", listed(differences, "so on both"))


def judge_apart(facts: Facts, *, table: Table, interface: str) -> Judgement:
    """The ends differ in what an adjacency needs: nobody is a neighbour, and whoever is refused is named."""
    said = facts.of(table.node, EIGRP)
    here = (interface, _vrf(table))
    seen = [
        f"{one.address} {one.state}"
        for one in said
        if isinstance(one, EigrpNeighbor) and (one.interface, one.vrf) == here
    ]
    refused = [
        f"{one.address} is refused: {one.reason}"
        for one in said
        if isinstance(one, EigrpRefusal) and (one.interface, one.vrf) == here
    ]
    return Judgement(not seen, "no neighbour", listed(seen + refused, "no neighbour"))


def judge_adjacency(facts: Facts, *, table: Table, interface: str, address: IpAddress) -> Judgement:
    """The far end is a neighbour on this interface, up; if it is refused, the finding says why."""
    said = facts.of(table.node, EIGRP)
    seen = [
        f"{one.address} {one.state}"
        for one in said
        if isinstance(one, EigrpNeighbor) and (one.interface, one.vrf) == (interface, _vrf(table))
    ]
    refused = [
        f"{one.address} is refused: {one.reason}"
        for one in said
        if isinstance(one, EigrpRefusal) and (one.interface, one.vrf) == (interface, _vrf(table))
    ]
    wanted = f"{address} up"
    return Judgement(
        seen == [wanted], wanted, listed(seen if seen == [wanted] else seen + refused, "no neighbour")
    )


def judge_metric(  # noqa: PLR0913 -- what a route is advertised with
    facts: Facts,
    *,
    table: Table,
    prefix: IpNetwork,
    kind: str,
    metric: int,
    gateways: tuple[str, ...],
) -> Judgement:
    """The successors are these neighbours, with this metric, and the route is internal or external."""
    entry = next(
        (
            one
            for one in facts.of(table.node, EIGRP)
            if isinstance(one, EigrpDestination) and (one.prefix, one.vrf) == (prefix, _vrf(table))
        ),
        None,
    )
    expected = f"passive, {kind}, metric {metric} via {listed(sorted(gateways))}"
    if entry is None:
        return Judgement(holds=False, expected=expected, observed="not in the topology table")
    best = [one for one in entry.paths if one.successor]
    kinds = dict.fromkeys("external" if one.external else "internal" for one in best)
    metrics = dict.fromkeys(one.distance for one in best)
    next_hops = sorted(str(one.via or one.origin) for one in best)
    observed = (
        f"{'active' if entry.active else 'passive'}, {listed(kinds, 'unreachable')}, "
        f"metric {listed(metrics)} via {listed(next_hops, 'nobody')}"
    )
    return Judgement(observed == expected, expected, observed)


def judge_interfaces(facts: Facts, *, table: Table, ports: tuple[str, ...]) -> Judgement:
    """EIGRP runs in this table on these interfaces and on none else."""
    running = [
        one.name
        for one in facts.of(table.node, EIGRP)
        if isinstance(one, EigrpInterface) and one.vrf == _vrf(table)
    ]
    return exactly(ports, running, nothing="no interface")


def judge_no_other_adjacency(facts: Facts, *, table: Table, allowed: tuple[str, ...]) -> Judgement:
    """No EIGRP neighbour in this table but the attachments'."""
    seen = (
        f"{one.address} on {one.interface}"
        for one in facts.of(table.node, EIGRP)
        if isinstance(one, EigrpNeighbor) and one.vrf == _vrf(table)
    )
    return nothing_else(allowed, seen, "EIGRP neighbours")


def backdoor_check(lab: EffectiveLab, backdoor: Backdoor, ce: str) -> Check:
    """The adjacency over a backdoor, as one of its CEs sees it."""
    near, (far, address) = backdoor.near_end(ce)[0], backdoor.far_end(ce)
    return Check(
        backdoor_id(backdoor, ce),
        f"EIGRP adjacency with {far.node} over the backdoor",
        partial(judge_adjacency, table=Table(ce), interface=near.interface, address=address.ip),
        (Query(ce, EIGRP),),
        after=(*sound_backdoor_ids(lab, backdoor, ce), speaker_id(ce), speaker_id(far.node)),
        why=WHY_ADJACENCY,
        hint=speaker_hint(lab, ce, "neighbors"),
    )
