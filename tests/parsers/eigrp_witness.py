"""The JSON twins of `eigrp show …`; what moves (hold time, uptime, round trips) is left out."""

from __future__ import annotations

import json
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TYPE_CHECKING, Any

from parsers.eigrp import EigrpExternal
from parsers.values import Label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.parsers.json_witness import Seen


def eigrp(text: str) -> Iterator[Seen]:
    """All processes, and of each whatever was asked for."""
    for process in json.loads(text)["processes"]:
        head = {"asn": process["as"], "vrf": process["vrf"]}
        yield from ({**head, **_neighbor(one)} for one in process.get("neighbors", ()))
        yield from ({**head, **_refusal(one)} for one in process.get("refused", ()))
        whole = {"router_id": IPv4Address(process["routerId"]), "k": tuple(process["kValues"])}
        yield from ({**head, **whole, **_interface(one)} for one in process.get("interfaces", ()))
        yield from ({**head, **_destination(one)} for one in process.get("topology", ()))
        zebra = {"zebra": process["zebra"]}
        yield from ({**head, **zebra, **_source(one)} for one in process.get("sources", ()))
        yield from ({**head, **_vpn_route(one)} for one in process.get("routes", ()))


def _neighbor(one: Any) -> Seen:  # noqa: ANN401 - JSON
    return {
        "address": IPv4Address(one["address"]),
        "interface": one["interface"],
        "state": one["state"],
    }


def _refusal(one: Any) -> Seen:  # noqa: ANN401 - JSON
    return {
        "address": IPv4Address(one["address"]),
        "interface": one["interface"],
        "reason": one["reason"],
    }


def _interface(one: Any) -> Seen:  # noqa: ANN401 - JSON
    key = one["authentication"]
    addresses = one["addresses"]
    return {
        "name": one["interface"],
        "up": one["up"],
        "address": IPv4Interface(addresses[0]) if addresses else None,
        "key": key["key"] if key else None,
        "site": one["siteOfOrigin"],
        **{name: one[name] for name in ("bandwidth", "delay", "peers", "hello", "hold", "passive")},
    }


def _destination(one: Any) -> Seen:  # noqa: ANN401 - JSON
    return {
        "prefix": IPv4Network(one["prefix"]),
        "active": one["state"] == "active",
        "successors": one["successors"],
        "feasible_distance": one["feasibleDistance"],
        "paths": tuple(map(_path, one["paths"])),
    }


def _path(one: Any) -> Seen:  # noqa: ANN401 - JSON
    neighbour = one["via"][0].isdigit()
    external, vpn = one["external"], one["vpn"] or {}
    return {
        "via": IPv4Address(one["via"]) if neighbour else None,
        "origin": None if neighbour else one["via"].lower(),
        "interface": one["interface"] or None,
        "distance": one["distance"],
        "reported": one["reportedDistance"],
        "successor": one["successor"],
        "feasible": one["feasible"],
        "external": EigrpExternal(external["as"], external["tag"], IPv4Address(external["router"]))
        if external
        else None,
        "next_hop": IPv4Address(vpn["nextHop"]) if vpn else None,
        "rd": vpn.get("rd"),
        "site": one["siteOfOrigin"],
    }


def _source(one: Any) -> Seen:  # noqa: ANN401 - JSON
    return {
        "source": one["source"],
        "kind": "internal" if one["internal"] else f"external, AS {one['as']}",
        "routes": tuple(
            {
                "prefix": IPv4Network(route["prefix"]),
                "metric": route["metric"],
                "tag": route["tag"],
                "announced": route["announcedMetric"],
            }
            for route in one["routes"]
        ),
    }


def _vpn_route(one: Any) -> Seen:  # noqa: ANN401 - JSON
    origin = one["origin"]
    return {
        "prefix": IPv4Network(one["prefix"]),
        "rd": one["rd"],
        "next_hop": IPv4Address(one["nextHop"]),
        "med": one["med"],
        "label": Label(one["label"]) if one["label"] else None,
        "origin": f"AS {origin['as']} {'ext' if origin['external'] else 'int'}" if origin else "BGP",
        "site": one["siteOfOrigin"],
        "used": one["inUse"],
        "internal": one["internal"],
        "reachable": one["reachable"],
    }
