"""What the EIGRP speaker of a converged node says, in its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.protocols.agreement import End
from orchestrator.protocols.eigrp.metric import vector_of
from orchestrator.protocols.eigrp.process import process, processes
from orchestrator.protocols.eigrp.values import Eigrp
from orchestrator.routing.routes import RouteSource, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Attachment, Vrf
    from orchestrator.protocols.eigrp.process import Port, Process
    from orchestrator.routing.effective_lab import EffectiveLab

_NEIGHBORS = """
H   Address           Interface            Hold   Uptime     SRTT   RTO    Q     Seq        State
                                           (sec)             (ms)   (ms)   Cnt   Num
"""
_INTERFACES = """
Interface        State  Address              Bandwidth  Delay    Peers  Hello  Holdtime  Notes
"""
_TOPOLOGY = """
Codes: P - Passive, A - Active, s - successor, f - feasible successor, E - External

"""
_VPN = """
Codes: * - brought into EIGRP, I - internal, E - external, u - next hop unreachable

    Network            RD                 Next hop         MED         Label    Origin          SoO
"""


def eigrp_says(lab: EffectiveLab, node: str) -> str:
    """`eigrp show neighbors interfaces topology vpn`."""
    known = processes(lab.lab, node)
    if not known:
        return "eigrp: no speaker answers at /run/frr/eigrp.sock\n"
    return "\n".join("".join(_process(lab, one)) for one in known)


def _process(lab: EffectiveLab, one: Process) -> Iterator[str]:
    vrf = one.table.vrf or "default"
    yield f"\nEIGRP neighbors for AS({one.agreed.asn}) VRF({vrf})\n{_NEIGHBORS}"
    for number, (port, address) in enumerate(_met(lab, one)):
        yield f"{number:<3} {address:<17} {port.name:<20} 3      00:01:38   2      100    0     179551 up\n"
    weights = " ".join(map(str, one.agreed.k))
    yield f"\nEIGRP interfaces for AS({one.agreed.asn})/ID({one.router_id}) VRF({vrf}), K values {weights}\n"
    yield _INTERFACES
    first = next(port.attachment for port in one.ports if port.attachment)
    for port in one.ports:
        yield _interface(lab, one, port, port.attachment or first)
    yield f"\nEIGRP Topology Table for AS({one.agreed.asn})/ID({one.router_id}) VRF({vrf})\n{_TOPOLOGY}"
    for prefix, route in sorted(lab.routing[one.table].items()):
        if route.source is RouteSource.OWN:
            yield f"P  {prefix}, 1 successors, FD is 28160\n     s via Connected (28160/0), eth9\n"
        elif (vector := vector_of(route)) is not None and route.protocol == "eigrp":
            asn = one.agreed.asn
            mark = f" E AS {asn} tag 0 by {one.router_id}" if vector.external else ""
            yield f"P  {prefix}, {len(route.next_hops)} successors, FD is {route.attributes.med}\n"
            for way in route.next_hops:
                assert way.table
                via = way.gateway(one.table.node) or (way.attachment and way.attachment.ce_address.ip)
                yield f"     s via {via} ({route.attributes.med}/{route.attributes.med - 1}), eth9{mark}\n"
    yield f"\nEIGRP VPN routes for AS({one.agreed.asn}) VRF({vrf}), BMP port 11019: connected\n"
    yield _VPN
    if one.table.vrf:
        yield from _vpn_routes(lab, lab.lab.vrf(one.table.node, one.table.vrf))


def _vpn_routes(lab: EffectiveLab, vrf: Vrf) -> Iterator[str]:
    for other in lab.vrfs:
        there = process(lab.lab, Table.of(other))
        if other.pe == vrf.pe or not vrf.imports_from(other) or not lab.receives_vpnv4(vrf.pe, other.pe):
            continue
        for exported in lab.exported_by(other):
            route = lab.routing[Table.of(other)][exported.prefix]
            origin, site = "BGP", "-"
            if (vector := vector_of(route)) and there:
                kind = "ext" if vector.external else "int"
                origin, site = f"AS {there.agreed.asn} {kind}", str(exported.site_of_origin)
            yield (
                f"*{'I' if origin.endswith('int') else 'E'}  {exported.prefix!s:<18} {other.rd!s:<18} "
                f"{lab.lab.loopback(other.pe)!s:<16} {route.attributes.med:<11} {80:<8} {origin:<15} {site}\n"
            )


def _met(lab: EffectiveLab, one: Process) -> Iterator[tuple[Port, str]]:
    for port in one.ports:
        if port.attachment and lab.exchanges(port.attachment):
            at_pe = one.table == Table.at_pe(port.attachment)
            yield (
                port,
                str((port.attachment.ce_address if at_pe else port.attachment.pe_address).ip),
            )
        if port.backdoor and lab.backdoor_forwards(port.backdoor):
            yield port, str(port.backdoor.far_end(one.table.node)[1].ip)


def _interface(lab: EffectiveLab, one: Process, port: Port, attachment: Attachment) -> str:
    hello, hold = one.agreed.intervals(lab.lab.provider_of(attachment.pe.node).timers)
    if port.passive:
        hello, hold = 5, 15
    spoken = (End.PE if one.table.vrf else End.CE).spoken(attachment)
    key = spoken.key if isinstance(spoken, Eigrp) else None
    notes = ["passive"] if port.passive else [f"md5 key {key.number}"] if key and port.attachment else []
    if one.table.vrf:
        site = next(site for site, mine in lab.lab.attachments_of(one.table.node) if mine == attachment)
        notes.append(f"SoO {lab.lab.site_of_origin(site)}")
    address = next(mine for mine in lab.lab.interfaces_of(one.table.node) if mine.name == port.name).address
    row = (
        f"{port.name:<16} up     {address!s:<20} {port.link.bandwidth:<10} {port.link.delay:<8} "
        f"1      {hello:<6} {hold:<9} {', '.join(notes)}"
    )
    return f"{row.rstrip()}\n"
