"""What the speaker says of itself: text in the style of FRR and Cisco, and JSON with the same content."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from eigrp.dual import HERE_PEER, Entry, Origin
from eigrp.metric import INFINITY
from eigrp.origins import SOURCES
from eigrp.transport import State
from eigrp.vpn import origin_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from ipaddress import IPv4Network

    from eigrp.circuit import Circuit
    from eigrp.dual import Path, Peer
    from eigrp.metric import Distance
    from eigrp.process import Process
    from eigrp.transport import Neighbor
    from eigrp.vpn import Candidate

_Facts = dict[str, Any]
_USAGE: Final = "show eigrp neighbors|topology|interfaces|redistribute|vpn… [vrf NAME] [json]"
_UNREACHABLE: Final = 0xFFFFFFFF


def answer(request: str, processes: Sequence[Process], zebra: str, now: float) -> str:
    """The answer to a line such as `show eigrp neighbors vrf red json`; it may ask for several things.

    Args:
        request: the line.
        processes: all processes.
        zebra: how it stands with zebra, in words.
        now: the clock.
    """
    words = request.split()
    as_json = words[-1:] == ["json"]
    words = words[:-1] if as_json else words
    vrf = None
    if words[-2:-1] == ["vrf"]:
        *words, _, vrf = words
    names = words[2:] if words[:2] == ["show", "eigrp"] else []
    if not names or not set(names) <= _SHOWS.keys():
        return f"% usage: {_USAGE}\n"
    chosen = [process for process in processes if vrf in {None, "all", process.settings.vrf}]
    asked = [_SHOWS[name] for name in names]
    facts = [_head(process, zebra) for process in chosen]
    for process, known in zip(chosen, facts, strict=True):
        for facts_of, _ in asked:
            known.update(facts_of(process, now))
    if as_json:
        return json.dumps({"processes": facts}, indent=2) + "\n"
    if not chosen:
        return f"% EIGRP does not run in VRF {vrf}\n" if vrf else "% EIGRP does not run\n"
    return "\n".join(text_of(each) for each in facts for _, text_of in asked)


def _head(process: Process, zebra: str) -> _Facts:
    settings = process.settings
    return {
        "as": settings.asn,
        "vrf": settings.vrf,
        "routerId": str(process.router_id),
        "kValues": list(settings.k.classic),
        "zebra": zebra,
    }


# ---- neighbors -----------------------------------------------------------------------------------------


def _neighbors(process: Process, now: float) -> _Facts:
    met = [
        _neighbor(number, neighbor, now)
        for number, neighbor in enumerate(
            neighbor for circuit in process.circuits.values() for neighbor in circuit.neighbors.values()
        )
    ]
    refused = [
        {
            "address": str(complaint.source),
            "interface": complaint.interface,
            "reason": complaint.reason,
            "count": complaint.count,
            "secondsAgo": int(now - complaint.last),
        }
        for complaint in process.complaints.known.values()
    ]
    return {"neighbors": met, "refused": refused}


def _neighbor(number: int, neighbor: Neighbor, now: float) -> _Facts:
    return {
        "handle": number,
        "address": str(neighbor.peer.address),
        "interface": neighbor.peer.interface,
        "state": neighbor.state.value,
        "hold": max(0, int(neighbor.received + neighbor.hold - now)),
        "uptime": int(now - neighbor.since) if neighbor.state is State.UP else 0,
        "srtt": round((neighbor.srtt or 0) * 1000),
        "rto": round(neighbor.rto * 1000),
        "queue": neighbor.queued,
        "sequence": neighbor.last_received,
        "retransmissions": neighbor.retransmissions,
        "version": _version(neighbor),
    }


def _version(neighbor: Neighbor) -> str:
    version = neighbor.version
    return "" if version is None else "{}.{}/{}.{}".format(*version.software, *version.eigrp)


def _neighbors_text(facts: _Facts) -> str:
    lines = [
        "",
        f"EIGRP neighbors for AS({facts['as']}) VRF({facts['vrf']})",
        "",
        "H   Address           Interface            Hold   Uptime     SRTT   RTO    Q     Seq        State",
        "                                           (sec)             (ms)   (ms)   Cnt   Num",
    ]
    lines += [
        f"{each['handle']:<3} {each['address']:<17} {each['interface']:<20} {each['hold']:<6} "
        f"{_clock(each['uptime']):<10} {each['srtt']:<6} {each['rto']:<6} {each['queue']:<5} "
        f"{each['sequence']:<10} {each['state']}"
        for each in facts["neighbors"]
    ]
    lines += [
        f"Refused: {each['address']} ({each['interface']}): {each['reason']}, {each['count']} times, "
        f"{each['secondsAgo']} s ago"
        for each in facts["refused"]
    ]
    return "\n".join(lines) + "\n"


def _clock(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    return f"{hours:02}:{rest // 60:02}:{rest % 60:02}"


# ---- topology ------------------------------------------------------------------------------------------


def _topology(process: Process, now: float) -> _Facts:
    entries = sorted(process.table.entries.items())
    return {"topology": [_destination(process, prefix, entry, now) for prefix, entry in entries]}


def _destination(process: Process, prefix: IPv4Network, entry: Entry, now: float) -> _Facts:
    hops = entry.next_hops()
    activity = process.table.activity.get(prefix)
    feasible = entry.feasible_successors()
    order = [*feasible, *sorted(peer for peer in entry.paths if peer not in feasible)]
    return {
        "prefix": str(prefix),
        "state": "active" if entry.active else "passive",
        "origin": None if entry.origin is None else Origin(entry.origin).value,
        "activeSeconds": int(now - activity.since) if activity else 0,
        "awaiting": [str(peer.address) for peer in sorted(entry.awaiting)],
        "feasibleDistance": _metric(entry.feasible_distance),
        "successors": len(hops),
        "paths": [
            _path(peer, entry.paths[peer], successor=peer in hops, feasible=peer in feasible)
            | (_here(process, prefix) if peer == HERE_PEER else {})
            for peer in order
        ],
    }


def _here(process: Process, prefix: IPv4Network) -> _Facts:
    """What else there is to say of a destination that this router brings in by itself."""
    carried = process.carried(prefix)
    if carried is None:
        return {"interface": ", ".join(process.origins.subnets.get(prefix, ()))}
    return {
        "via": "VPNv4",
        "vpn": {"nextHop": str(carried.path.next_hop), "rd": carried.path.nlri.rd, "peer": carried.peer},
    }


def _path(peer: Peer, path: Path, *, successor: bool, feasible: bool) -> _Facts:
    metric, external = path.total.metric, path.total.external
    here = peer == HERE_PEER
    kind = "connected" if external is None else "redistributed"
    return {
        "via": kind if here else str(peer.address),
        "interface": peer.interface,
        "distance": path.distance[1],
        "reportedDistance": 0 if here else path.reported_distance[1],
        "successor": successor,
        "feasible": feasible,
        "vector": {
            "delay": metric.delay,
            "bandwidth": metric.bandwidth,
            "mtu": metric.mtu,
            "hops": metric.hop_count,
            "reliability": metric.reliability,
            "load": metric.load,
        },
        "siteOfOrigin": None if path.total.site is None else str(path.total.site),
        "vpn": None,
        "external": None
        if external is None
        else {
            "router": str(external.router),
            "as": external.asn,
            "tag": external.tag,
            "metric": external.metric,
            "protocol": external.protocol,
        },
    }


def _topology_text(facts: _Facts) -> str:
    lines = [
        "",
        f"EIGRP Topology Table for AS({facts['as']})/ID({facts['routerId']}) VRF({facts['vrf']})",
        "",
        "Codes: P - Passive, A - Active, s - successor, f - feasible successor, E - External",
        "",
    ]
    for each in facts["topology"]:
        code = "A" if each["state"] == "active" else "P"
        lines.append(
            f"{code}  {each['prefix']}, {each['successors']} successors, FD is {each['feasibleDistance']}"
        )
        lines += [_path_text(path) for path in each["paths"]]
        if each["awaiting"]:
            waiting = ", ".join(each["awaiting"])
            lines.append(f"       active {each['activeSeconds']} s, waiting for {waiting}")
    return "\n".join(lines) + "\n"


def _path_text(path: _Facts) -> str:
    where = f", {path['interface']}" if path["interface"] else ""
    mark = "s" if path["successor"] else "f" if path["feasible"] else " "
    external = path["external"]
    origin = f" E AS {external['as']} tag {external['tag']} by {external['router']}" if external else ""
    site = f" SoO {path['siteOfOrigin']}" if path["siteOfOrigin"] else ""
    vpn = path["vpn"]
    via = f"VPNv4 ({vpn['nextHop']}, RD {vpn['rd']})" if vpn else path["via"].capitalize()
    return f"     {mark} via {via} ({path['distance']}/{path['reportedDistance']}){where}{origin}{site}"


def _metric(distance: Distance) -> int:
    return _UNREACHABLE if distance == INFINITY else distance[1]


# ---- interfaces ----------------------------------------------------------------------------------------


def _interfaces(process: Process, now: float) -> _Facts:
    wanted = process.settings.interfaces.items()
    return {
        "interfaces": [
            {
                "interface": name,
                "up": name in process.circuits,
                "addresses": _addresses(process.circuits.get(name)),
                "bandwidth": settings.bandwidth,
                "delay": settings.delay,
                "hello": settings.hello,
                "hold": settings.hold,
                "passive": settings.passive,
                "authentication": None if settings.key is None else {"type": "md5", "key": settings.key.id},
                "siteOfOrigin": None if settings.site is None else str(settings.site),
                "peers": _peers(process.circuits.get(name)),
                "nextHello": _next_hello(process.circuits.get(name), now),
            }
            for name, settings in wanted
        ]
    }


def _addresses(circuit: Circuit | None) -> list[str]:
    return [] if circuit is None else [str(address) for address in circuit.link.addresses]


def _peers(circuit: Circuit | None) -> int:
    if circuit is None:
        return 0
    return sum(neighbor.state is State.UP for neighbor in circuit.neighbors.values())


def _next_hello(circuit: Circuit | None, now: float) -> float | None:
    if circuit is None or circuit.settings.passive:
        return None
    return round(max(0.0, circuit.next_hello - now), 1)


def _interfaces_text(facts: _Facts) -> str:
    weights = " ".join(map(str, facts["kValues"]))
    where = f"AS({facts['as']})/ID({facts['routerId']}) VRF({facts['vrf']})"
    lines = [
        "",
        f"EIGRP interfaces for {where}, K values {weights}",
        "",
        "Interface        State  Address              Bandwidth  Delay    Peers  Hello  Holdtime  Notes",
    ]
    for each in facts["interfaces"]:
        notes = ["passive"] if each["passive"] else []
        if each["authentication"]:
            notes.append(f"md5 key {each['authentication']['key']}")
        if each["siteOfOrigin"]:
            notes.append(f"SoO {each['siteOfOrigin']}")
        lines.append(
            f"{each['interface']:<16} {'up' if each['up'] else 'down':<6} "
            f"{(each['addresses'] or ['-'])[0]:<20} {each['bandwidth']:<10} {each['delay']:<8} "
            f"{each['peers']:<6} {each['hello']:<6} {each['hold']:<9} {', '.join(notes)}".rstrip()
        )
    return "\n".join(lines) + "\n"


# ---- redistribute --------------------------------------------------------------------------------------


def _redistribute(process: Process, _: float) -> _Facts:
    rules = process.settings.redistribute
    return {
        "sources": [
            {
                "source": source,
                "internal": rules[source].internal,
                "as": rules[source].asn,
                "routes": list(_offers(process, source)),
            }
            for source in SOURCES
            if source in rules
        ]
    }


def _offers(process: Process, source: str) -> Iterable[_Facts]:
    for prefix, by_source in sorted(process.origins.offers.items()):
        if source in by_source:
            offer = by_source[source]
            own = process.table.entry(prefix).paths.get(HERE_PEER)
            yield {
                "prefix": str(prefix),
                "metric": offer.metric,
                "tag": offer.tag,
                "announcedMetric": own.distance[1] if own else None,
            }


def _redistribute_text(facts: _Facts) -> str:
    lines = [
        "",
        f"EIGRP redistribution for AS({facts['as']}) VRF({facts['vrf']}), zebra: {facts['zebra']}",
        "",
    ]
    for each in facts["sources"]:
        kind = "internal" if each["internal"] else f"external, AS {each['as']}"
        lines.append(f"{each['source']} as {kind}")
        lines += [
            f"     {route['prefix']} metric {route['metric']} tag {route['tag']}, "
            f"announced with {route['announcedMetric']}"
            for route in each["routes"]
        ]
    return "\n".join(lines) + "\n"


# ---- vpn -----------------------------------------------------------------------------------------------


def _vpn(process: Process, _: float) -> _Facts:
    settings = process.settings.vpn
    return {
        "bmp": {"port": settings.port, "standing": process.vpn.standing} if settings.port else None,
        "imports": sorted(str(target) for target in settings.imports),
        "redistribute": settings.redistribute,
        "routes": [
            _candidate(candidate, in_use=candidate == process.carried(prefix))
            for prefix in sorted(process.vpn.paths)
            for candidate in process.vpn.candidates(prefix, process.router_id)
        ],
    }


def _candidate(candidate: Candidate, *, in_use: bool) -> _Facts:
    path, origin = candidate.path, origin_of(candidate.path)
    return {
        "prefix": str(path.nlri.prefix),
        "rd": path.nlri.rd,
        "nextHop": str(path.next_hop),
        "reachable": candidate.reachable,
        "peer": candidate.peer,
        "label": path.label or None,
        "med": path.med,
        "routeTargets": sorted(str(target) for target in path.route_targets),
        "siteOfOrigin": None if path.site is None else str(path.site),
        "largeCommunities": [":".join(map(str, each)) for each in path.large],
        "origin": None if origin is None else {"as": origin.asn, "external": origin.external},
        "internal": candidate.route.external is None,
        "inUse": in_use,
    }


def _vpn_text(facts: _Facts) -> str:
    bmp = facts["bmp"]
    standing = f"BMP port {bmp['port']}: {bmp['standing']}" if bmp else "no BMP port"
    lines = [
        "",
        f"EIGRP VPN routes for AS({facts['as']}) VRF({facts['vrf']}), {standing}",
        "",
        "Codes: * - brought into EIGRP, I - internal, E - external, u - next hop unreachable",
        "",
        "    Network            RD                 Next hop         MED         Label    Origin          SoO",
    ]
    for each in facts["routes"]:
        codes = ("*" if each["inUse"] else " ") + ("I" if each["internal"] else "E")
        codes += " " if each["reachable"] else "u"
        origin = each["origin"]
        kind = "BGP" if origin is None else f"AS {origin['as']} {'ext' if origin['external'] else 'int'}"
        label, med = each["label"] or "-", "-" if each["med"] is None else each["med"]
        lines.append(
            f"{codes} {each['prefix']:<18} {each['rd']:<18} {each['nextHop']:<16} {med:<11} {label:<8} "
            f"{kind:<15} {each['siteOfOrigin'] or '-'}"
        )
    return "\n".join(lines) + "\n"


_SHOWS: Final[dict[str, tuple[Callable[[Process, float], _Facts], Callable[[_Facts], str]]]] = {
    "neighbors": (_neighbors, _neighbors_text),
    "topology": (_topology, _topology_text),
    "interfaces": (_interfaces, _interfaces_text),
    "redistribute": (_redistribute, _redistribute_text),
    "vpn": (_vpn, _vpn_text),
}
