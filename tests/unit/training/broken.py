"""A lab on which an exercise was prepared: what its nodes say then, as far as it is their own setting.

What follows elsewhere from that (a neighbour that is gone, a route that nobody has any more) is not computed:
the proof has to find the setting itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

from orchestrator.faults.injections import CeMisconfigured, ConfigurationChanged
from orchestrator.render.frr import frr_configuration
from orchestrator.training.breaking import PortMisconfigured
from parsers.bgp import BGP_PEERS, VPN_ROUTES
from parsers.bgp_configuration import BGP_CONFIGURATION
from parsers.kernel import DEVICES
from parsers.ldp import LDP_INTERFACES
from parsers.ospf import OSPF_INTERFACES, OSPF_KEYS
from parsers.zebra import ROUTES
from tests.unit.verification.converged import Converged
from tests.unit.verification.scene import Scene, judge_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from orchestrator.model.lab import Lab
    from orchestrator.training.breaking import Change
    from orchestrator.training.variant import Variant
    from orchestrator.verification.kit.check import Finding

_HEADER = re.compile(r"(router|interface|address-family|mpls) ?\S*")

Placed = tuple[tuple[str, ...], str]
"""A line of a configuration, behind the lines that it stands in."""


def placed(configuration: str) -> list[Placed]:
    """The lines of a configuration, each with its block."""
    found: list[Placed] = []
    block: list[str] = []
    for line in configuration.splitlines():
        depth = len(line) - len(line.lstrip())
        if not line.strip() or line.strip() == "!" or line.strip().startswith("exit"):
            continue
        del block[depth:]
        found.append((tuple(block), line.strip()))
        block.append(line.strip())
    return found


def typed(configuration: str, lines: Iterable[str]) -> list[Placed]:
    """What a configuration is once these lines were typed into vtysh."""
    now = placed(configuration)
    block: tuple[str, ...] = ()
    for line in lines:
        if line == "exit":
            block = block[:-1]
        elif line.startswith("no "):
            gone = line.removeprefix("no ")
            now = [one for one in now if not _within(one, block, gone)]
        elif _HEADER.match(line):
            inner = line.startswith("address-family") or (line.startswith("interface") and block)
            block = (*block, line) if inner else (line,)
        else:
            now.append((block, line))
    return now


def _within(one: Placed, block: tuple[str, ...], gone: str) -> bool:
    path = (*one[0], one[1])
    return path[: len(block)] == block and any(
        f"{step} ".startswith(f"{gone} ") for step in path[len(block) :]
    )


def text_of(lines: Sequence[Placed]) -> str:
    """As FRR prints it, blocks together."""
    blocks: dict[tuple[str, ...], list[str]] = {}
    for path, line in lines:
        blocks.setdefault(path, []).append(line)

    def printed(path: tuple[str, ...]) -> Iterator[str]:
        for line in sorted(blocks.get(path, ()), key=lambda one: (*path, one) in blocks):
            yield f"{' ' * len(path)}{line}"
            if (*path, line) in blocks or _HEADER.match(line):
                yield from printed((*path, line))
                yield f"{' ' * len(path)}{'exit-address-family' if line.startswith('address') else 'exit'}"

    return "".join(f"{line}\n" for line in printed(()))


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was done to the nodes of a lab, and so what they say otherwise."""

    lab: Lab
    changes: tuple[Change, ...]
    configurations: Mapping[str, list[Placed]]
    misconfigured: Converged | None = None

    @classmethod
    def by(cls, lab: Lab, variant: Variant) -> Prepared:
        """A variant of an exercise."""
        configurations = {
            one.node: typed(frr_configuration(lab, one.node, "10.3"), one.lines)
            for one in variant.changes
            if isinstance(one, ConfigurationChanged)
        }
        wanted = next((one.wanted(lab) for one in variant.changes if isinstance(one, CeMisconfigured)), None)
        return cls(lab, variant.changes, configurations, Converged(wanted) if wanted else None)

    def says(self, text: str, node: str, command: str) -> str:
        """What a node says in place of what it says in a lab that has converged."""
        if self.misconfigured is not None:
            text = self.misconfigured.says(node, command)
        for one in self.changes:
            if isinstance(one, PortMisconfigured) and one.node == node:
                text = _of_port(text, command, one)
        lines = self.configurations.get(node)
        if lines is not None:
            text = _configured(text, command, lines)
        if command == VPN_ROUTES.text and lines is not None:
            text = self._not_exported(text, node)
        return self._unheard(text, node) if command == ROUTES.text else text

    def _not_exported(self, text: str, node: str) -> str:
        """A PE does not export what BGP does not take from a site's protocol, where that is redistributed."""
        there = self.configurations[node]
        for site, one in self.lab.attachments_of(node):
            vrf, name = self.lab.vrf(node, one.vrf), one.protocol.name
            own = [line for path, line in there if path and path[0].endswith(f" vrf {vrf.name}")]
            if name == "bgp" or any(line.startswith(f"redistribute {name}") for line in own):
                continue
            head, mark, rest = text.partition(f"Route Distinguisher: {vrf.rd}\n")
            block, other, tail = rest.partition("Route Distinguisher")
            for prefix in site.prefixes:
                block = re.sub(rf" \*> +{re.escape(str(prefix))} .*\n.*\n", "", block)
            text = head + mark + block + other + tail
        paths = len(re.findall(r"(?m)^ \*", text))
        return re.sub(
            r"Displayed \d+ routes and \d+ total", f"Displayed {paths} routes and {paths} total", text
        )

    def _unheard(self, text: str, node: str) -> str:
        """A PE is without the prefixes that its CEs tell no more, and without static routes that are gone."""
        for site, one in self.lab.attachments_of(node):
            static = one.protocol.name == "static"
            lines = self.configurations.get(node if static else one.ce.node)
            if lines is None or one.pe.node != node:
                continue
            there = {line for _, line in lines}
            head, name, tables = text.partition(f"VRF {one.vrf}:")
            own, mark, others = tables.partition("VRF ")
            for prefix in site.prefixes:
                line = f"ip route {prefix} {one.ce_address.ip}" if static else f"network {prefix}"
                if line not in there:
                    own = re.sub(rf".* {re.escape(str(prefix))} .*\n", "", own)
            text = head + name + own + mark + others
        return text


@cache
def _converged(lab: Lab) -> Scene:
    return Scene.of(lab, Converged(lab).says)


def _of_port(text: str, command: str, change: PortMisconfigured) -> str:
    if change.mpls_input is not None and command.startswith("sysctl "):
        name = re.escape(f"net.mpls.conf.{change.port}.input")
        return re.sub(rf"({name} = )\d", rf"\g<1>{int(change.mpls_input)}", text)
    if command == DEVICES.text:
        at = text.index(f": {change.port}@")
        head, own = text[:at], text[at:]
        if change.mtu:
            own = re.sub(r"mtu \d+", f"mtu {change.mtu}", own, count=1)
        if change.vrf:
            own = re.sub(r"master \S+", f"master {change.vrf}", own, count=1)
        return head + own
    return text


def _configured(text: str, command: str, lines: Sequence[Placed]) -> str:
    if command in {BGP_CONFIGURATION.text, OSPF_KEYS.text}:
        return f"frr version 10.3\n{text_of(lines)}end\n"
    if command == LDP_INTERFACES.text:
        there = {line.split()[1] for path, line in lines if path[:1] == ("mpls ldp",) and "interface" in line}
        return "".join(
            f"{row}\n" for row in text.splitlines() if not row.startswith("ipv4") or row.split()[1] in there
        )
    if command == OSPF_INTERFACES.text:
        there = {path[0].split()[1] for path, line in lines if line.startswith("ip ospf area")}
        blocks = re.split(r"(?m)^(?=\S+ is )", text)
        return "".join(one for one in blocks if " is " not in one.split("\n")[0] or one.split()[0] in there)
    if command == BGP_PEERS.text:
        there = {line.split()[1] for _, line in lines if line.startswith("neighbor ")}
        gone = [row for row in text.splitlines() if re.match(r"\d+\.", row) and row.split()[0] not in there]
        for row in gone:
            text = text.replace(f"{row}\n", "")
        text = re.sub(r"(Desc\n)\nTotal number of neighbors \d+\n", r"\1", text)
        for line in (line.split() for _, line in lines if " maximum-prefix " in line):
            rest = r"(\S+ +){7}[0-9:]+ )( +\d+)( +\d+)"
            text = re.sub(rf"(?m)^({re.escape(line[1])} +{rest}", partial(_at_limit, int(line[3])), text)
    return text


def _at_limit(most: int, row: re.Match[str]) -> str:
    """The row of a neighbour that may have so many prefixes."""
    return row[0] if int(row[3]) <= most else f"{row[1]} Idle (PfxCt)        0"


def findings(lab: Lab, variant: Variant) -> tuple[Finding, ...]:
    """What the proof of the lab makes of it."""
    scene, prepared = _converged(lab), Prepared.by(lab, variant)
    said = {key: prepared.says(text, *key) for key, text in scene.outputs.items()}
    new = {
        key: scene.queries[key].command.parse(text)
        for key, text in said.items()
        if text != scene.outputs[key]
    }
    return judge_all(scene.checks, scene.facts.updated(new))
