"""The Linux state of a node as it is: one command for the node, and what it prints as values."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

from orchestrator.errors import ExitCode, L3vpnError
from orchestrator.model.family import of_one_link, written
from orchestrator.render.plumbing import Gre, Neighbor, Rule
from orchestrator.scripts import script

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Identity: TypeAlias = tuple[str | None, Gre | int | None]
"""What cannot be changed without making a device anew: its kind, and what it is made with."""

OBSERVE: Final = script("render/observe.sh")
MAIN_TABLE: Final = 254
LOCAL_TABLE: Final = 255
_TABLES: Final = {"253": "default", str(MAIN_TABLE): "main", str(LOCAL_TABLE): "local"}
MANAGEMENT_TABLE: Final = 220
_KERNELS_RULES: Final = frozenset(((32766, str(MAIN_TABLE), "all"), (32767, "253", "all")))
_UNREACHABLE: Final = "7"  # FR_ACT_UNREACHABLE (linux/fib_rules.h)
_UNICAST: Final = "1"
# RTN_… (linux/rtnetlink.h). Where a route is named by its type, iproute2 wants the word.
_TYPES: Final = {
    "2": "local",
    "3": "broadcast",
    "4": "anycast",
    "5": "multicast",
    "6": "blackhole",
    "7": "unreachable",
    "8": "prohibit",
    "9": "throw",
}
# RTPROT_…: what the kernel makes by itself (redirect, kernel, ra), and FRR's daemons (zebra, and those that
# zebra/rt_netlink.h numbers: bgp to srte). All else is made by hand, whatever protocol it is given.
_OWN_PROTOCOLS: Final = frozenset(map(str, (1, 2, 9, 11, *range(186, 199))))


class UnexpectedPlumbing(L3vpnError):  # noqa: N818 -- says what it is about
    """What was read is not the output of `OBSERVE`, or lacks a link that the lab is made of."""

    exit_code = ExitCode.NODE


@dataclass(frozen=True, slots=True)
class KernelAddress:
    """An address of a device, as `ip address add` and `delete` name it; `peer` where there is one."""

    device: str
    local: str
    peer: str | None = None

    @property
    def selector(self) -> str:
        """What follows `ip address add` or `ip address delete`."""
        return f"{self.local}{f' peer {self.peer}' if self.peer else ''} dev {self.device}"


@dataclass(frozen=True, slots=True)
class Device:
    """A network device as it is. `kind` is the kernel's word (`vrf`, `dummy`, `veth`), None for lo.

    `gre` is set for a tunnel such as those made here; `addresses` are those that neither begin with 127 nor
    belong to the link alone.
    """

    name: str
    kind: str | None
    table: int | None = None
    master: str | None = None
    alias: str | None = None
    mtu: int = 0
    up: bool = False
    mac: str = ""
    gre: Gre | None = None
    addresses: tuple[KernelAddress, ...] = ()

    @property
    def identity(self) -> Identity:
        """What cannot be changed without making the device anew."""
        return self.kind, self.gre or self.table


@dataclass(frozen=True, slots=True)
class HandMadeRoute:
    """A route that neither the kernel nor FRR made: `ip route add` gives it protocol `boot`, or another.

    Attributes:
        table: its number.
        selector: what follows `ip route delete`.
        family: the option of `ip` without which it is not found ("" for IPv4).
    """

    table: int
    selector: str
    family: str = ""


@dataclass(frozen=True, slots=True)
class ObservedPlumbing:
    """The Linux state of a node as `OBSERVE` read it.

    Attributes:
        devices: by name.
        rules: of policy routing, those that any packet meets.
        hand_made_rules: what follows `ip rule delete` for all others but the kernel's and management's.
        routes: those made by hand.
        sysctls: by their paths.
        neighbors: the permanent ones.
    """

    devices: Mapping[str, Device]
    rules: tuple[Rule, ...]
    hand_made_rules: tuple[str, ...]
    routes: tuple[HandMadeRoute, ...]
    sysctls: Mapping[str, int]
    neighbors: tuple[Neighbor, ...] = ()

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what `OBSERVE` printed.

        Raises:
            UnexpectedPlumbing: the text is something else.
        """
        lines = text.splitlines()
        try:
            links, rules, routes, *more = (json.loads(line) for line in lines if line.startswith("["))
            neighbors = more[0] if more else ()  # what bundles have that were made before there was IPv6
            devices = [_device(link) for link in links if link]
            return cls(
                devices={device.name: device for device in devices},
                rules=tuple(_rule(rule) for rule in rules if _meets_all(rule)),
                hand_made_rules=tuple(_hand_made_rules(rules)),
                routes=tuple(_route(route) for route in routes if route["protocol"] not in _OWN_PROTOCOLS),
                neighbors=tuple(
                    Neighbor(one["dst"], one["dev"], one["lladdr"]) for one in neighbors if "lladdr" in one
                ),
                sysctls=dict(_sysctl(line) for line in lines if not line.startswith("[")),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnexpectedPlumbing(
                f"not the links, rules, routes and sysctls of a node ({error})"
            ) from error


def _device(link: Mapping[str, Any]) -> Device:
    info = link.get("linkinfo", {})
    return Device(
        name=link["ifname"],
        kind=info.get("info_kind"),
        table=info.get("info_data", {}).get("table") if info.get("info_kind") == "vrf" else None,
        master=link.get("master"),
        alias=link.get("ifalias"),
        mtu=link["mtu"],
        up="UP" in link["flags"],
        mac=link.get("address", ""),
        gre=_gre(info.get("info_data", {})) if info.get("info_kind") == "gre" else None,
        addresses=tuple(_addresses(link["ifname"], link.get("addr_info", ()))),
    )


def _gre(data: Mapping[str, Any]) -> Gre | None:
    """A tunnel; one without a far end, as the kernel makes by itself, or of no device is none of ours."""
    if not data.keys() >= {"local", "remote", "link"} or "any" in (data["local"], data["remote"]):
        return None
    return Gre(IPv4Address(data["local"]), IPv4Address(data["remote"]), data["link"])


def _addresses(device: str, infos: Any) -> Iterator[KernelAddress]:  # noqa: ANN401 -- iproute2's JSON
    for info in infos:
        local = ip_address(info["local"])
        if not (local.is_loopback or of_one_link(local)):
            if "address" in info:
                yield KernelAddress(device, written(local), f"{info['address']}/{info['prefixlen']}")
            else:
                yield KernelAddress(device, f"{written(local)}/{info['prefixlen']}")


def _meets_all(rule: Mapping[str, Any]) -> bool:
    """Whether a rule asks VRF tables or `local` for packets from anywhere: those that VRFs depend on."""
    plain = rule.keys() <= {"priority", "src", "table", "protocol", "l3mdev", "action"}
    return plain and rule["src"] == "all" and ("l3mdev" in rule or rule.get("table") == str(LOCAL_TABLE))


def _rule(rule: Mapping[str, Any]) -> Rule:
    table: str | None = rule.get("table")
    return Rule(
        rule["priority"], _TABLES.get(table or "", table), unreachable=rule.get("action") == _UNREACHABLE
    )


def _hand_made_rules(rules: Any) -> Iterator[str]:  # noqa: ANN401 -- iproute2's JSON
    """The rules that neither the kernel nor the lab's runtime makes."""
    for rule in rules:
        usual = (
            rule.get("table") == str(MANAGEMENT_TABLE)
            or (rule["priority"], rule.get("table"), rule["src"]) in _KERNELS_RULES
        )
        if not (usual or _meets_all(rule)):
            words = [f"preference {rule['priority']}"]
            for key, word, length in (("src", "from", "srclen"), ("dst", "to", "dstlen")):
                if rule.get(key, "all") != "all":
                    words.append(f"{word} {rule[key]}" + (f"/{rule[length]}" if length in rule else ""))
            words += [f"{key} {rule[key]}" for key in ("iif", "oif", "fwmark") if key in rule]
            words += [f"lookup {rule['table']}"] if "table" in rule else []
            yield " ".join(words)


def _route(route: Mapping[str, Any]) -> HandMadeRoute:
    table, destination = int(route["table"]), route["dst"]
    if re.fullmatch(r"[0-9/]+", destination):  # a label, and the kernel has one route for each
        return HandMadeRoute(table, destination, "-f mpls")
    kind = "" if route["type"] == _UNICAST else f"{_TYPES[route['type']]} "
    more = "".join(f" {key} {route[key]}" for key in ("dev", "metric") if key in route)
    selector = f"{kind}{destination} table {table} proto {route['protocol']}{more}"
    # A preference (RFC 4191) is what IPv6 routes alone have, `default` included.
    return HandMadeRoute(table, selector, "-6" if "pref" in route else "")


def _sysctl(line: str) -> tuple[str, int]:
    path, value = line.rsplit(":", 1)
    return path, int(value)
