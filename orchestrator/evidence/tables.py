"""What nodes have, in words that stay the same while the network does: no counter, no age, no label value.

A label is named for what it stands for, so that labels which are merely numbered differently are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from orchestrator.core.labels.sr.predicted import label_at
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.segment_routing import LOCAL_BLOCK
from orchestrator.verification.fact_collector import FactCollector
from orchestrator.verification.kit.facts import CouldNotLook, Facts, Query
from parsers.bfd import BFD_PEERS
from parsers.bgp import BGP_PEERS, VPN_ROUTES
from parsers.eigrp import EIGRP, EigrpNeighbor
from parsers.isis import ISIS_NEIGHBORS
from parsers.kernel import KERNEL_LFIB
from parsers.ldp import LDP_BINDINGS, LDP_NEIGHBORS
from parsers.ospf import OSPF_NEIGHBORS
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.evidence.replay import Replay
    from orchestrator.model.lab import Lab
    from parsers import Command
    from parsers.kernel import KernelHop
    from parsers.values import Label
    from parsers.zebra import Hop

_COMMANDS: Final[tuple[Command[object], ...]] = (
    OSPF_NEIGHBORS,
    ISIS_NEIGHBORS,
    LDP_NEIGHBORS,
    BGP_PEERS,
    BFD_PEERS,
    EIGRP,
    ROUTES,
    VPN_ROUTES,
    LDP_BINDINGS,
    KERNEL_LFIB,
)
_LINKED: Final = (
    InterfaceKind.CORE,
    InterfaceKind.ACCESS,
    InterfaceKind.INTERCONNECT,
    InterfaceKind.BACKDOOR,
    InterfaceKind.LOOPBACK,
)
_GLOBAL: Final = "default"

Entry: TypeAlias = tuple[str, str, str]
"""A node, a table of it, and what is in that table."""
RowT = TypeVar("RowT")


@dataclass(frozen=True)
class Tables:
    """The tables of a lab's nodes."""

    lab: Lab
    network: Replay

    @cached_property
    def _facts(self) -> Facts:
        asked = [Query(node.name, command) for node in self.lab.nodes for command in _COMMANDS]
        return Facts(FactCollector(self.network).collect(asked))

    def _of(self, node: str, command: Command[tuple[RowT, ...]]) -> tuple[RowT, ...]:
        """What a node has; nothing where it was not asked, or does not run the protocol."""
        try:
            return self._facts.of(node, command)
        except CouldNotLook:
            return ()

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """The node at an address."""
        return {
            str(one.address.ip): one.node
            for node in self.lab.nodes
            for one in self.lab.interfaces_of(node.name, *_LINKED)
        }

    def _at(self, address: object) -> str:
        return self._names.get(str(address), str(address))

    def sessions(self) -> dict[Entry, str]:
        """Adjacencies and sessions, and their state."""
        found: dict[Entry, str] = {}
        for node in (one.name for one in self.lab.nodes):
            for ospf in self._of(node, OSPF_NEIGHBORS):
                name = f"OSPF with {self._at(ospf.address)} on {ospf.interface}"
                found[node, ospf.vrf, name] = ospf.state
            for isis in self._of(node, ISIS_NEIGHBORS):
                name = f"IS-IS with {isis.system} on {isis.interface}"
                found[node, _GLOBAL, name] = isis.state
            for ldp in self._of(node, LDP_NEIGHBORS):
                found[node, _GLOBAL, f"LDP with {self._at(ldp.lsr_id)}"] = ldp.state
            for bgp in self._of(node, BGP_PEERS):
                family = "VPNv4" if bgp.safi.lower() == "vpn" else "BGP"
                found[node, bgp.vrf, f"{family} with {self._at(bgp.peer)}"] = bgp.state
            for bfd in self._of(node, BFD_PEERS):
                found[node, bfd.vrf, f"BFD with {self._at(bfd.peer)}"] = bfd.status
            for eigrp in self._of(node, EIGRP):
                if isinstance(eigrp, EigrpNeighbor):
                    name = f"EIGRP with {self._at(eigrp.address)} on {eigrp.interface}"
                    found[node, eigrp.vrf, name] = eigrp.state
        return found

    def routes(self) -> dict[Entry, str]:
        """The route that each table uses for a prefix, and the best VPNv4 routes."""
        found: dict[Entry, str] = {}
        for node in (one.name for one in self.lab.nodes):
            for route in self._of(node, ROUTES):
                # FRR 8.4 does not show the routes to a node's own addresses; they say what the connected do.
                if route.selected and route.protocol != "local":
                    hops = ", ".join(sorted(filter(None, map(self._hop, route.hops))))
                    said = f"{route.protocol} [{route.distance}/{route.metric}] {hops}"
                    found[node, route.vrf, str(route.prefix)] = said
            for vpn in self._of(node, VPN_ROUTES):
                if vpn.best:
                    said = " ".join(
                        (
                            f"via {self._at(vpn.nexthop)}",
                            f"RT {','.join(sorted(vpn.communities))}",
                            f"path {' '.join(vpn.as_path) or '-'} {vpn.origin}",
                            *((f"MED {vpn.med}",) if vpn.med is not None else ()),
                            *((f"preference {vpn.local_pref}",) if vpn.local_pref is not None else ()),
                        )
                    )
                    found[node, "VPNv4", f"{vpn.rd} {vpn.prefix}"] = said
        return found

    def _hop(self, hop: Hop) -> str:
        if hop.recursive:
            return ""
        port = hop.interface or hop.blackhole or ""
        via = f"via {self._at(hop.gateway)} {port}" if hop.gateway else f"on {port}"
        labels = f"{len(hop.labels)} label{'s' if len(hop.labels) > 1 else ''}"
        return f"{via} with {labels}" if hop.labels else via

    def labels(self) -> dict[Entry, str]:
        """What each node does with each label that it has given out, by what the label stands for."""
        found: dict[Entry, list[str]] = {}
        for node in (one.name for one in self.lab.nodes):
            for entry in self._of(node, KERNEL_LFIB):
                name = self._meaning(node, entry.in_label)
                does = ", ".join(sorted(self._switched(name, hop) for hop in entry.hops))
                found.setdefault((node, "LFIB", name), []).append(does)
        return {entry: "; ".join(sorted(does)) for entry, does in found.items()}

    def _switched(self, name: str, hop: KernelHop) -> str:
        if hop.gateway is None:
            return f"pop into {hop.device}"
        far = self._at(hop.gateway)
        if not hop.labels:
            return f"pop to {far} {hop.device}"
        meant = "/".join(self._meaning(far, one) for one in hop.labels)
        return f"swap to {far} {hop.device}" if meant == name else f"swap for {meant} to {far} {hop.device}"

    def _meaning(self, node: str, label: Label) -> str:
        return self._meanings.get((node, label), "an unknown label")

    @cached_property
    def _meanings(self) -> Mapping[tuple[str, Label], str]:
        """What each node's labels stand for: a prefix of LDP's or segment routing's, or a VRF."""
        return dict(self._named())

    def _named(self) -> Iterator[tuple[tuple[str, Label], str]]:
        for node in (one.name for one in self.lab.nodes):
            for entry in self._of(node, KERNEL_LFIB):
                if devices := [hop.device for hop in entry.hops if hop.gateway is None]:
                    yield (node, entry.in_label), f"VRF {devices[0]}"
            for binding in self._of(node, LDP_BINDINGS):
                if binding.local_label is not None:
                    yield (node, binding.local_label), f"LSP to {binding.prefix}"
            yield from self._segments(node)

    def _segments(self, node: str) -> Iterator[tuple[tuple[str, Label], str]]:
        """By the intent: a label that is another's shows as one that means something else."""
        members = [one for one in self.lab.providers if one.segments and node in one.nodes]
        for egress in (one.node for provider in members for one in provider.segments):
            yield (node, label_at(self.lab, node, egress)), f"LSP to {self.lab.loopback(egress)}/32"
        for entry in self._of(node, KERNEL_LFIB) if members else ():
            if entry.in_label.value in LOCAL_BLOCK:
                ways = ", ".join(sorted(self._at(hop.gateway) for hop in entry.hops))
                yield (node, entry.in_label), f"adjacency with {ways}"
