"""A kernel small enough to read: devices, rules, sysctls, what changes them and what `OBSERVE` shows."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field

_FORWARDING, _RP_FILTER = "net/ipv4/conf/{}/forwarding", "net/ipv4/conf/{}/rp_filter"
_NO_IPV6 = "net/ipv6/conf/{}/disable_ipv6"
_INPUT = "net/mpls/conf/{}/input"


@dataclass
class Link:
    kind: str | None
    table: int | None = None
    master: str | None = None
    alias: str | None = None
    mtu: int = 1500
    up: bool = False
    tunnel: tuple[str, str, str] | None = None  # local, remote, device
    addresses: list[str] = field(default_factory=list)


@dataclass
class Kernel:
    """What is refused raises, as `ip -batch` and `sysctl` stop at the first failure."""

    mpls: bool = True
    ipv6: bool = True
    links: dict[str, Link] = field(default_factory=dict)
    rules: list[str] = field(
        default_factory=lambda: [
            "preference 0 lookup local",
            "preference 32766 lookup main",
            "preference 32767 lookup default",
        ]
    )
    sysctls: dict[str, int] = field(default_factory=dict)
    routes: list[dict[str, object]] = field(default_factory=list)
    had_a_vrf: bool = False

    def __post_init__(self) -> None:
        self.sysctls |= {"net/ipv4/ip_forward": 0, "net/ipv4/ip_default_ttl": 64}
        for name in ("all", "default"):
            self.sysctls |= {_FORWARDING.format(name): 0, _RP_FILTER.format(name): 2}
            if self.ipv6:
                self.sysctls[_NO_IPV6.format(name)] = 0
        if self.mpls:
            self.sysctls |= {"net/mpls/platform_labels": 0, "net/mpls/ip_ttl_propagate": 1}
        self.add("lo", Link(None, mtu=65536))

    def add(self, name: str, link: Link) -> None:
        assert name not in self.links, f"{name} exists"
        self.links[name] = link
        for path in (_FORWARDING, _RP_FILTER, *((_NO_IPV6,) if self.ipv6 else ())):
            self.sysctls[path.format(name)] = self.sysctls[path.format("default")]
        if self.mpls:
            self.sysctls[_INPUT.format(name)] = 0
        if link.kind == "vrf" and not self.had_a_vrf:
            self.had_a_vrf = True
            self.rules.append("preference 1000 l3mdev")

    def delete(self, name: str) -> None:
        del self.links[name]
        for path in (_FORWARDING, _RP_FILTER, _NO_IPV6, _INPUT):
            self.sysctls.pop(path.format(name), None)
        for link in self.links.values():
            if link.master == name:
                link.master = None

    def run(self, command: str) -> None:
        words = shlex.split(command)
        if words[:2] == ["sysctl", "-qw"]:
            for word in words[2:]:
                path, value = word.split("=")
                self.write(path, int(value))
            return
        assert words[:2] == ["printf", r"%s\n"]
        pipe = words.index("|")
        family = " ".join(words[pipe + 2 : -2])
        assert (words[pipe + 1], words[-2:]) == ("ip", ["-batch", "-"])
        for line in words[2:pipe]:
            self._ip(line.split(), family)

    def write(self, path: str, value: int) -> None:
        assert path in self.sysctls, f"no {path}"
        self.sysctls[path] = value
        if path == "net/ipv4/ip_forward":
            for name in ("all", "default", *self.links):
                self.sysctls[_FORWARDING.format(name)] = value

    def _ip(self, words: list[str], family: str) -> None:
        match words:
            case ["rule", verb, *rule]:
                assert (" ".join(rule) in self.rules) == (verb == "delete")
                self.rules.remove(" ".join(rule)) if verb == "delete" else self.rules.append(" ".join(rule))
            case ["route", "delete", *route]:
                self.routes.remove(next(one for one in self.routes if _route_words(one) == [family, *route]))
            case ["address", verb, address, "dev", name]:
                self._address(verb, address, self.links[name])
            case ["link", "delete", "dev", name]:
                self.delete(name)
            case ["link", "add", "name", name, "type", "vrf", "table", table]:
                self.add(name, Link("vrf", int(table), mtu=65575))
            case ["link", "add", "name", name, "type", "dummy"]:
                self.add(name, Link("dummy"))
            case [
                "link",
                "add",
                "name",
                name,
                "type",
                "gre",
                "local",
                local,
                "remote",
                remote,
                "dev",
                device,
                *_,
            ]:
                assert device in self.links
                self.add(name, Link("gre", tunnel=(local, remote, device)))
            case ["link", "set", "dev", name, *attributes]:
                self._set(self.links[name], attributes)
            case _:
                raise AssertionError(words)

    @staticmethod
    def _address(verb: str, address: str, link: Link) -> None:
        assert (address in link.addresses) == (verb == "delete")
        if verb == "delete":
            link.addresses.remove(address)
        else:
            link.addresses.append(address)

    def _set(self, link: Link, attributes: list[str]) -> None:
        while attributes:
            match attributes:
                case ["up", *attributes]:
                    link.up = True
                case ["down", *attributes]:
                    link.up = False
                case ["nomaster", *attributes]:
                    link.master = None
                case ["master", name, *attributes]:
                    assert self.links[name].kind == "vrf"
                    link.master = name
                case ["alias", alias, *attributes]:
                    link.alias = alias
                case ["mtu", mtu, *attributes]:
                    link.mtu = int(mtu)
                case _:
                    raise AssertionError(attributes)

    def observed(self) -> str:
        """What `OBSERVE` prints here."""
        links = [self._link_json(name, link) for name, link in self.links.items()]
        rules = [_rule_json(rule.split()) for rule in self.rules]
        routes = [_route_json(route) for route in self.routes]
        sysctls = [f"{path}:{value}" for path, value in self.sysctls.items()]
        return "\n".join((json.dumps(links), json.dumps(rules), json.dumps(routes), *sysctls, ""))

    def _link_json(self, name: str, link: Link) -> dict[str, object]:
        shown: dict[str, object] = {
            "ifname": name,
            "mtu": link.mtu,
            "flags": ["BROADCAST", *(("UP",) if link.up else ())],
            "addr_info": [_address_json(one) for one in link.addresses],
        }
        if link.kind:
            info: dict[str, object] = {"info_kind": link.kind}
            if link.table:
                info["info_data"] = {"table": link.table}
            if link.tunnel:
                info["info_data"] = dict(zip(("local", "remote", "link"), link.tunnel, strict=True))
            if link.master:
                info |= {
                    "info_slave_kind": "vrf",
                    "info_slave_data": {"table": self.links[link.master].table},
                }
            shown["linkinfo"] = info
        return shown | {
            key: value for key, value in (("master", link.master), ("ifalias", link.alias)) if value
        }


def _address_json(address: str) -> dict[str, object]:
    local, _, length = address.partition("/")
    return {"family": "inet", "local": local, "prefixlen": int(length)}


_TABLES = {"local": "255", "main": "254", "default": "253"}
_TYPES = {"unicast": "1", "local": "2", "blackhole": "6", "unreachable": "7"}


def _route_words(route: dict[str, object]) -> list[str]:
    """The option of the family, and how `ip route delete` names a route of `routes`."""
    if "via" in route:
        return ["-f mpls", str(route["dst"])]
    kind = [] if route["type"] == "unicast" else [route["type"]]
    more = [word for key in ("dev", "metric") if key in route for word in (key, route[key])]
    words = (*kind, route["dst"], "table", route["table"], "proto", route.get("protocol", "3"), *more)
    return ["-6" if "pref" in route else "", *map(str, words)]


def _route_json(route: dict[str, object]) -> dict[str, object]:
    return {"protocol": "3"} | route | {"type": _TYPES[str(route["type"])]}


def _rule_json(words: list[str]) -> dict[str, object]:
    shown: dict[str, object] = {"priority": int(words[1]), "src": "all"}
    if "l3mdev" in words:
        shown["l3mdev"] = None
    else:
        table = words[words.index("lookup") + 1]
        shown["table"] = _TABLES.get(table, table)
    if "from" in words:
        shown["src"] = words[words.index("from") + 1]
    return shown | ({"action": "7"} if "unreachable" in words else {})
