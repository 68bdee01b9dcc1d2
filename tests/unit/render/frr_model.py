"""FRR's configuration small enough to read: which lines a block holds, what replaces what, what is refused.

Written from how vtysh of FRR 8.4.4, 10.3 and 10.7.1 answered, and not from the code under test.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, field

# The part of a line that says which setting it is, where a second value replaces the first.
_SETTINGS = (
    r"ip ospf (dead-interval|hello-interval|cost|network)",
    r"description",
    r"bgp (router-id|cluster-id)",
    r"neighbor \S+ (remote-as|update-source|description|password|timers(?= \d)|timers connect)",
    r"(rd|rt|label) vpn (export|import)",
    r"(ospf )?router-id",
    r"timers (throttle spf|throttle lsa all|lsa min-arrival)",
    r"discovery (hello holdtime|hello interval|transport-address)",
)
# Settings that are on unless `no` stands before them.
_ON_BY_DEFAULT = re.compile(
    r"bgp (default ipv4-unicast|ebgp-requires-policy)$|neighbor \S+ send-community extended$"
    r"|zebra nexthop kernel enable$"
)
_NO_UNICAST = "no bgp default ipv4-unicast"
_LDP = ["mpls ldp", "address-family ipv4"]
_OPENS = {
    "": r"(interface|vrf|router|route-map) .+|mpls ldp",
    "router bgp": r"address-family .+",
    "mpls ldp": r"address-family ipv4",
    "mpls ldp address-family": r"interface .+",
}


class Refused(AssertionError):  # noqa: N818 -- what FRR did
    """What vtysh answers with a line that begins with `%`."""


@dataclass
class Block:
    lines: list[str] = field(default_factory=list)
    blocks: dict[str, Block] = field(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Block) and self._filled() == other._filled()

    __hash__ = None  # type: ignore[assignment] # it changes

    def _filled(self) -> tuple[list[str], dict[str, Block]]:
        # An empty interface, VRF or address family says nothing.
        idle = ("interface ", "vrf ", "address-family ")
        return sorted(self.lines), {
            name: block
            for name, block in self.blocks.items()
            if block.lines or block.blocks or not name.startswith(idle)
        }

    def text(self, indent: int = 0) -> str:
        own = "".join(f"{' ' * indent}{line}\n" for line in self.lines)
        below = "".join(
            f"{' ' * indent}{name}\n{block.text(indent + 1)}{' ' * indent}exit\n"
            for name, block in self.blocks.items()
        )
        return own + below


@dataclass
class Frr:
    """The configuration of a running FRR. Neighbors remember the default that was in force when they came."""

    top: Block = field(default_factory=Block)

    @classmethod
    def with_configuration(cls, text: str) -> Frr:
        frr = cls()
        frr.enter(text)
        return frr

    def enter(self, text: str) -> None:
        """`vtysh -f`."""
        path: list[str] = []
        for line in (raw.strip() for raw in text.splitlines()):
            if not line or line == "!":
                continue
            if line in ("exit", "exit-vrf", "exit-address-family"):
                path.pop()
                continue
            block = self._at(path)
            if re.fullmatch(_OPENS.get(_context(path), "(?!)"), line):
                path.append(line)
                block.blocks.setdefault(line, Block())
            elif line.startswith("no "):
                self._no(path, block, line.removeprefix("no "))
            else:
                self._set(path, block, line)
        assert path == [], f"not left: {path}"

    def running(self) -> str:
        """`show running-config`: of neighbors' activation it says what is not the default."""
        shown = deepcopy(self.top)
        for name, instance in shown.blocks.items():
            if name.startswith("router bgp ") and _NO_UNICAST not in instance.lines:
                known = re.findall(r"^neighbor (\S+) remote-as ", "\n".join(instance.lines), re.MULTILINE)
                family = instance.blocks.setdefault("address-family ipv4 unicast", Block())
                for line in (f"neighbor {neighbor} activate" for neighbor in known):
                    if line in family.lines:
                        family.lines.remove(line)
                    else:
                        family.lines.append(f"no {line}")
        return shown.text()

    def _at(self, path: list[str]) -> Block:
        block = self.top
        for name in path:
            block = block.blocks[name]
        return block

    def _set(self, path: list[str], block: Block, line: str) -> None:
        if _ON_BY_DEFAULT.match(line):
            _remove(block, f"no {line}")
            return
        if both := re.fullmatch(r"rt vpn both (.+)", line):
            self._set(path, block, f"rt vpn import {both[1]}")
            self._set(path, block, f"rt vpn export {both[1]}")
            return
        if neighbor := re.match(r"neighbor (\S+) (\S+)", line):
            self._neighbor(path, line, neighbor[1])
        if line.startswith("ip ospf area ") and any(one.startswith("ip ospf area ") for one in block.lines):
            raise Refused("Must remove previous area config before changing ospf area")
        setting = next((found for pattern in _SETTINGS if (found := re.match(pattern, line))), None)
        if setting:
            block.lines[:] = [one for one in block.lines if not re.match(rf"{re.escape(setting[0])} ", one)]
        if line not in block.lines:
            block.lines.append(line)

    def _neighbor(self, path: list[str], line: str, neighbor: str) -> None:
        instance = self._at(path[:1])
        known = any(one.startswith(f"neighbor {neighbor} remote-as ") for one in instance.lines)
        if " remote-as " not in line and not known:
            raise Refused(f"Specify remote-as first: {line}")
        if not known and _NO_UNICAST not in instance.lines:
            family = instance.blocks.setdefault("address-family ipv4 unicast", Block())
            family.lines.append(f"neighbor {neighbor} activate")

    def _no(self, path: list[str], block: Block, line: str) -> None:
        if _ON_BY_DEFAULT.match(line):
            if f"no {line}" not in block.lines:
                block.lines.append(f"no {line}")
        elif neighbor := re.fullmatch(r"neighbor (\S+)( remote-as \d+)?", line):
            for one in (block, *block.blocks.values()):
                gone = (f"neighbor {neighbor[1]} ", f"no neighbor {neighbor[1]} ")
                one.lines[:] = [text for text in one.lines if not text.startswith(gone)]
        elif line in block.blocks and re.match(r"(interface|vrf|address-family) ", line) and path != _LDP:
            raise Refused(f"no {line}: it is there for good")
        elif line in block.blocks:
            if re.fullmatch(r"router bgp \d+", line) and any(f"{line} vrf" in name for name in block.blocks):
                raise Refused("Cannot delete default BGP instance. Dependent VRF instances exist")
            del block.blocks[line]
        elif line == "description":
            block.lines[:] = [one for one in block.lines if not one.startswith("description ")]
        else:
            _remove(block, line)


def _context(path: list[str]) -> str:
    return " ".join(re.match(r"router bgp|mpls ldp|address-family|\S+", name)[0] for name in path)  # type: ignore[index] # each matches


def _remove(block: Block, line: str) -> None:
    if line not in block.lines:
        raise Refused(f"nothing to remove: {line}")
    block.lines.remove(line)
