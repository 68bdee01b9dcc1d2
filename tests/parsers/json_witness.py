"""The JSON twins of commands (``... json``, ``ip -j ...``): an independent witness of what the text says.

A witness returns, for each fact, the fields that the JSON shows too, under the names of the fact; what moves
between the two captures (timers, ages) is left out. Key names are those that 8.4.4 and 10.3 have in common.
"""

from __future__ import annotations

import json
import re
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Network,
    ip_address,
    ip_interface,
    ip_network,
)
from typing import TYPE_CHECKING, Any, TypeAlias

from parsers.bfd import BFD_PEERS
from parsers.bgp import BGP_PEERS, BGP_ROUTES, VPN_PEERS, VPN_ROUTES
from parsers.eigrp import EIGRP
from parsers.kernel import DEVICES, KERNEL_LFIB, KERNEL_ROUTES, Tunnel
from parsers.ldp import LDP_BINDINGS, LDP_DISCOVERY, LDP_INTERFACES, LDP_NEIGHBORS, LDP_SYNC
from parsers.ospf import OSPF_INTERFACES, OSPF_NEIGHBORS
from parsers.segment_routing import OSPF_SEGMENTS
from parsers.values import Label
from parsers.zebra import LFIB, ROUTES
from tests.parsers.eigrp_witness import eigrp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from parsers import Command

Seen: TypeAlias = dict[str, object]
"""Some fields of one fact."""


def documents(text: str) -> list[Any]:
    """Load the JSON documents of a text: ``show ip route vrf all json`` of 8.4.4 prints one a VRF."""
    decoder = json.JSONDecoder()
    found = []
    rest = text.strip()
    while rest:
        document, end = decoder.raw_decode(rest)
        found.append(document)
        rest = rest[end:].lstrip()
    return found


def ospf_neighbors(text: str) -> Iterator[Seen]:
    for vrf, document in _by_vrf(text):
        for router_id, entries in document.get("neighbors", {}).items():
            for entry in entries:
                interface, local = entry["ifaceName"].split(":")
                state, role = entry["nbrState"].split("/")
                yield {
                    "vrf": vrf,
                    "router_id": IPv4Address(router_id),
                    "priority": entry["nbrPriority"],
                    "state": state,
                    "role": role,
                    "address": IPv4Address(entry["ifaceAddress"]),
                    "interface": interface,
                    "local_address": IPv4Address(local),
                }


def ospf_interfaces(text: str) -> Iterator[Seen]:
    for vrf, document in _by_vrf(text):
        for name, entry in document.get("interfaces", {}).items():
            yield {
                "vrf": vrf,
                "name": name,
                "up": entry["ifUp"],
                "mtu": entry["mtuBytes"],
                "address": IPv4Interface(f"{entry['ipAddress']}/{entry['ipAddressPrefixlen']}"),
                "area": IPv4Address(entry["area"].split()[0]),
                "mtu_check": not entry.get("mtuMismatchDetect", False),
                "router_id": IPv4Address(entry["routerId"]),
                "network_type": entry["networkType"],
                "cost": entry["cost"],
                "state": entry["state"],
                "priority": entry["priority"],
                "hello": entry["timerMsecs"] / 1000,
                "dead": entry["timerDeadSecs"],
                "passive": entry.get("timerPassiveIface", False),
                "neighbors": entry["nbrCount"],
                "adjacent": entry["nbrAdjacentCount"],
            }


def _by_vrf(text: str) -> Iterator[tuple[str, Any]]:
    """ospfd wraps what it says of a VRF in an object of that name if the command names VRFs."""
    for document in documents(text):
        if document.keys() & {"neighbors", "interfaces"}:
            yield "default", document
        else:
            for vrf, inner in document.items():
                if isinstance(inner, dict):
                    yield vrf, inner


def ldp_neighbors(text: str) -> Iterator[Seen]:
    for document in documents(text):
        for entry in document.get("neighbors", []):
            yield {
                "lsr_id": IPv4Address(entry["neighborId"]),
                "state": entry["state"],
                "remote_address": ip_address(entry["transportAddress"]),
            }


def ldp_sync(text: str) -> Iterator[Seen]:
    for document in documents(text):
        for name, entry in document.items():
            yield {
                "interface": name,
                "complete": entry["state"] == "labelExchangeComplete",
                "wait": entry["waitTime"],
                "peer": IPv4Address(entry["peerLdpId"]) if entry["peerLdpId"] else None,
            }


def bfd_peers(text: str) -> Iterator[Seen]:
    for entry in _all(text):
        yield {
            "peer": ip_address(entry["peer"]),
            "vrf": entry["vrf"],
            "interface": entry.get("interface"),
            "multihop": entry["multihop"],
            "status": entry["status"],
            "diagnostics": entry["diagnostic"],
            "remote_diagnostics": entry["remote-diagnostic"],
            "sends_every": max(entry["transmit-interval"], entry["remote-receive-interval"]),
            "detects_within": entry["remote-detect-multiplier"]
            * max(entry["receive-interval"], entry["remote-transmit-interval"]),
        }


def ldp_interfaces(text: str) -> Iterator[Seen]:
    for document in documents(text):
        for entry in document.values():
            if entry["addressFamily"] == "ipv6":
                continue
            yield {
                "name": entry["name"],
                "state": entry["state"],
                "hello": entry["helloInterval"],
                "hold": entry["helloHoldtime"],
                "adjacencies": entry["adjacencyCount"],
            }


def ldp_discovery(text: str) -> Iterator[Seen]:
    for document in documents(text):
        for entry in document.get("adjacencies", []):
            if entry["addressFamily"] == "ipv6":
                continue
            yield {
                "lsr_id": IPv4Address(entry["neighborId"]),
                "kind": entry["type"],
                "source": entry.get("interface") or entry["peer"],
                "hold": entry["helloHoldtime"],
            }


def ldp_bindings(text: str) -> Iterator[Seen]:
    for document in documents(text):
        for entry in document.get("bindings", []):
            if entry["addressFamily"] == "ipv6":
                continue
            yield {
                "prefix": IPv4Network(entry["prefix"]),
                "peer": IPv4Address(entry["neighborId"]),
                "local_label": _ldp_label(entry["localLabel"]),
                "remote_label": _ldp_label(entry["remoteLabel"]),
                "in_use": bool(entry["inUse"]),
            }


def _ldp_label(text: str) -> Label | None:
    named = {"imp-null": Label(3), "exp-null": Label(0), "-": None}
    return named[text] if text in named else Label(int(text))


def mpls_table(text: str) -> Iterator[Seen]:
    for document in documents(text):
        for entry in document.values():
            for hop in entry["nexthops"]:
                seen: Seen = {"in_label": Label(entry["inLabel"]), "protocol": hop["type"]}
                if "nexthop" in hop:
                    seen["nexthop"] = ip_address(hop["nexthop"])
                    seen["out_labels"] = tuple(Label(value) for value in hop["outLabelStack"])
                else:
                    seen["interface"] = hop["interface"]
                yield seen


def ospf_segments(text: str) -> Iterator[Seen]:
    for document in documents(text):
        for entry in document["srNodes"]:
            first = entry["srgbLabel"]
            yield {
                "name": entry["routerID"],
                "own": entry["routerID"] == document["srdbID"],
                "srgb": (first, first + entry["srgbSize"] - 1),
                "sids": tuple(
                    {"prefix": IPv4Network(one["prefix"]), "index": one["sid"]}
                    for one in entry["extendedPrefix"]
                ),
            }


_FAMILIES = {"ipv4Unicast": ("ipv4", "unicast"), "ipv4Vpn": ("ipv4", "vpn")}


def bgp_summary(text: str) -> Iterator[Seen]:
    for document in documents(text):
        of_one = document.keys() & _FAMILIES.keys()
        for families in (document,) if of_one else document.values():
            yield from _families(families)


def bgp_vpn_summary(text: str) -> Iterator[Seen]:
    for document in documents(text):
        yield from _families({"ipv4Vpn": document} if document else {})


def _families(document: Any) -> Iterator[Seen]:  # noqa: ANN401 - JSON
    for family, summary in document.items():
        if family not in _FAMILIES:
            continue
        for peer, entry in summary["peers"].items():
            afi, safi = _FAMILIES[family]
            state = re.sub(r" \(.*", "", entry["state"])
            yield {
                "vrf": summary["vrfName"],
                "afi": afi,
                "safi": safi,
                "router_id": IPv4Address(summary["routerId"]),
                "local_as": summary["as"],
                "peer": ip_address(peer),
                "remote_as": entry["remoteAs"],
                "state": state,
            } | (
                {"prefixes_received": entry["pfxRcd"], "prefixes_sent": entry["pfxSnt"]}
                if state == "Established" and entry["peerState"] == "OK"
                else {}
            )


def bgp_vpn(text: str) -> Iterator[Seen]:
    """Neither label nor route targets are in this JSON (8.4.4, 10.3)."""
    for document in documents(text):
        for rd, prefixes in document.get("routes", {}).get("routeDistinguishers", {}).items():
            for prefix, paths in prefixes.items():
                for path in paths:
                    yield _vpn_path(rd, prefix, path)


def bgp_unicast(text: str) -> Iterator[Seen]:
    for document in documents(text):
        for prefix, paths in document.get("routes", {}).items():
            for path in paths:
                yield _path(prefix, path)


def _vpn_path(rd: str, prefix: str, path: Any) -> Seen:  # noqa: ANN401 - JSON
    return {"rd": rd, "nexthop_vrf_id": path.get("nhVrfId")} | _path(prefix, path)


def _path(prefix: str, path: Any) -> Seen:  # noqa: ANN401 - JSON
    return {
        "prefix": IPv4Network(prefix),
        "valid": path.get("valid", False),
        "best": path.get("bestpath", False),
        "multipath": path.get("multipath", False),
        "internal": path["pathFrom"] == "internal",
        "nexthop": ip_address(path["nexthops"][0]["ip"]),
        "med": path.get("metric"),
        "local_pref": path.get("locPrf"),
        "weight": path["weight"],
        "as_path": tuple(path["path"].split()),
        "origin": {"IGP": "i", "EGP": "e", "incomplete": "?"}[path["origin"]],
    }


def vpn_prefix(text: str) -> Iterator[Seen]:
    """``show bgp ipv4 vpn PREFIX json``; unlike the text it names the kind of each community."""
    for document in documents(text):
        for rd, entry in document.items():
            for path in entry["paths"]:
                communities = path["extendedCommunity"]["string"].split()
                yield {
                    "rd": rd,
                    "prefix": IPv4Network(entry["prefix"]),
                    "label": Label(path["remoteLabel"]),
                    "communities": tuple(each.split(":", 1)[1] for each in communities),
                    "local_pref": path["locPrf"],
                    "as_path": tuple(path["aspath"]["string"].split()),
                }


def ip_route(text: str) -> Iterator[Seen]:
    for document in documents(text):
        for inner in document.values():
            # 10.3 keys `vrf all` by VRF, else the prefixes are on top.
            for entries in inner.values() if isinstance(inner, dict) else (inner,):
                for entry in entries:
                    yield _route(entry)


def _route(entry: Any) -> Seen:  # noqa: ANN401 - JSON
    return {
        "vrf": entry["vrfName"],
        "prefix": IPv4Network(entry["prefix"]),
        "protocol": entry["protocol"],
        "distance": entry["distance"],
        "metric": entry["metric"],
        "selected": entry.get("selected", False),
        "fib": entry.get("installed", False),
        "rejected": entry.get("failed", False),
        "queued": entry.get("queued", False),
        "hops": tuple(_hop(hop) for hop in entry["nexthops"]),
    }


def _hop(hop: Any) -> Seen:  # noqa: ANN401 - JSON
    blackhole = None
    if hop.get("unreachable"):
        words = ("reject", "prohibited", "blackhole")
        blackhole = next((word for word in words if hop.get(_BLACKHOLE_KEYS[word])), "unspecified")
    return {
        "gateway": ip_address(hop["ip"]) if "ip" in hop else None,
        "interface": hop.get("interfaceName"),
        "vrf": hop.get("vrf"),
        "labels": tuple(Label(value) for value in hop.get("labels", ())),
        "active": hop.get("active", False),
        "recursive": hop.get("recursive", False),
        "resolver": hop.get("resolver", False),
        "onlink": hop.get("onLink", False),
        "blackhole": blackhole,
        "weight": hop.get("weight"),
    }


_BLACKHOLE_KEYS = {"reject": "reject", "prohibited": "admin-prohibited", "blackhole": "blackhole"}


def kernel_mpls(text: str) -> Iterator[Seen]:
    for entry in _all(text):
        yield {
            "in_label": Label(int(entry["dst"])),
            "protocol": entry.get("protocol"),
            "hops": _kernel_hops(entry),
        }


def kernel_routes(text: str) -> Iterator[Seen]:
    """Entries of the MPLS table, which iproute2 shows along with the others, are left out."""
    tables = {"default": 253, "main": 254, "local": 255}
    for entry in _all(text):
        if not entry["dst"].isdigit():
            table = entry.get("table", "main")
            yield {
                "kind": entry.get("type", "unicast"),
                "prefix": _network(entry["dst"], ipv6="pref" in entry),
                "table": tables[table] if table in tables else int(table),
                "protocol": entry.get("protocol"),
                "metric": entry.get("metric"),
                "source": ip_address(entry["prefsrc"]) if "prefsrc" in entry else None,
                "hops": _kernel_hops(entry),
            }


def _network(text: str, *, ipv6: bool) -> IPv4Network | IPv6Network:
    default = "::/0" if ipv6 else "0.0.0.0/0"
    return ip_network(default if text == "default" else text)


def _kernel_hops(entry: Any) -> tuple[Seen, ...]:  # noqa: ANN401 - JSON
    found = []
    for hop in entry.get("nexthops", [entry] if "dev" in entry else []):
        gateway = hop.get("gateway") or hop.get("via", {}).get("host")
        labels = hop.get("encap", {}).get("dst") or hop.get("to")
        found.append(
            {
                "gateway": ip_address(gateway) if gateway else None,
                "device": hop["dev"],
                "labels": tuple(Label(int(value)) for value in labels.split("/")) if labels else (),
                "weight": hop.get("weight"),
                "flags": tuple(hop["flags"]),
            }
        )
    return tuple(found)


def devices(text: str) -> Iterator[Seen]:
    for entry in _all(text):
        info = entry.get("linkinfo", {})
        data = info.get("info_data", {}) | info.get("info_slave_data", {})
        yield {
            "index": entry["ifindex"],
            "name": entry["ifname"],
            "up": "UP" in entry["flags"],
            "lower_up": "LOWER_UP" in entry["flags"],
            "operstate": entry["operstate"],
            "mtu": entry["mtu"],
            "master": entry.get("master"),
            "kind": info.get("info_kind") or entry["link_type"],
            "vrf_table": data.get("table"),
            "mac": entry["address"] if entry["link_type"] == "ether" else None,
            "alias": entry.get("ifalias"),
            "addresses": tuple(
                ip_interface(f"{each['local']}/{each['prefixlen']}") for each in entry["addr_info"]
            ),
            "tunnel": Tunnel(IPv4Address(data["local"]), IPv4Address(data["remote"]), data.get("link"))
            if info.get("info_kind") == "gre"
            else None,
        }


def _all(text: str) -> Iterator[Any]:
    for document in documents(text):
        yield from document


WITNESSES: Mapping[object, Callable[[str], Iterator[Seen]]] = {
    OSPF_NEIGHBORS.facts: ospf_neighbors,
    OSPF_INTERFACES.facts: ospf_interfaces,
    LDP_NEIGHBORS.facts: ldp_neighbors,
    LDP_INTERFACES.facts: ldp_interfaces,
    LDP_SYNC.facts: ldp_sync,
    LDP_DISCOVERY.facts: ldp_discovery,
    LDP_BINDINGS.facts: ldp_bindings,
    BFD_PEERS.facts: bfd_peers,
    LFIB.facts: mpls_table,
    BGP_PEERS.facts: bgp_summary,
    VPN_PEERS.facts: bgp_vpn_summary,
    VPN_ROUTES.facts: bgp_vpn,
    BGP_ROUTES.facts: bgp_unicast,
    ROUTES.facts: ip_route,
    OSPF_SEGMENTS.facts: ospf_segments,
    KERNEL_LFIB.facts: kernel_mpls,
    KERNEL_ROUTES.facts: kernel_routes,
    DEVICES.facts: devices,
    EIGRP.facts: eigrp,
}
"""By the parser of the command, whatever its arguments are."""


def witness(command: Command[object], text: str) -> tuple[Seen, ...]:
    """Return what the JSON twin of this command saw."""
    return tuple(WITNESSES[command.facts](text))
