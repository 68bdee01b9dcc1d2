"""A lab in a state, and the labels that its nodes hand out: as ldpd does, or an IGP, and bgpd."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from orchestrator.model.segment_routing import segment_of
from orchestrator.model.state import HEALTHY, State
from orchestrator.protocols.registry import effective_lab
from orchestrator.routing.routes import RouteSource, Table

if TYPE_CHECKING:
    from orchestrator.model.family import IpAddress, IpNetwork
    from orchestrator.model.lab import Interface, Lab, VpnPrefix, Vrf
    from orchestrator.routing.effective_lab import EffectiveLab


@dataclass(frozen=True)
class Network:
    """A lab in a state; LDP hands out labels from 16 for each remote loopback, BGP from 80 for each VRF."""

    lab: Lab
    state: State = HEALTHY

    @cached_property
    def effective(self) -> EffectiveLab:
        return effective_lab(self.lab, self.state)

    def provider(self, node: str) -> list[str]:
        return [
            one.name
            for one in self.effective.provider_nodes
            if one.name in (node, *self.effective.core_of(node))
        ]

    def label(self, node: str, fec_owner: str) -> int:
        """The label that `node` takes for a loopback; 3 (implicit null), or 0, for its own."""
        if node != fec_owner and self.has_segments(node):
            return segment_of(self.lab, node).srgb.first + segment_of(self.lab, fec_owner).index
        return self.ldp_label(node, fec_owner)

    def ldp_label(self, node: str, fec_owner: str) -> int:
        """The label that `node` binds to a loopback by LDP, whether packets have it or not."""
        others = [one for one in self.provider(node) if one != node]
        # Each node starts elsewhere, so that a test sees whose label it is.
        start = 16 + 10 * [one.name for one in self.lab.nodes].index(node)
        null = 0 if self.lab.provider_of(node).explicit_null else 3
        return null if node == fec_owner else start + others.index(fec_owner)

    def has_segments(self, node: str) -> bool:
        """Whether its labels are segment routing's."""
        return self.lab.node(node).role.in_provider and "sr" in self.lab.provider_of(node).labels

    def stands_by(self, node: str) -> bool:
        """Whether it has LDP beside segment routing."""
        return self.has_segments(node) and "ldp" in self.lab.provider_of(node).labels

    def adjacency_sids(self, node: str) -> list[tuple[int, tuple[Interface, Interface]]]:
        """The local label of each adjacency."""
        pairs = self.effective.core_links_of(node) if self.has_segments(node) else ()
        return list(enumerate(pairs, 15000))

    def vpn_label(self, vrf: Vrf) -> int:
        """The label of a VRF on its PE."""
        return 80 + self.lab.vrfs_of(vrf.pe).index(vrf) + 100 * int(self.lab.loopback(vrf.pe)) % 700

    def toward(self, node: str, other: str) -> tuple[tuple[Interface, Interface, int], ...]:
        """Own and far interface of each link by which `node` sends to `other`, and the far end's label."""
        return tuple(
            (own, far, self.label(far.node, other))
            for own, far in self.effective.equal_cost_hops(node, other)
        )

    def stack(self, outer: int, origin: VpnPrefix) -> str:
        """The labels that a packet for an imported prefix leaves with."""
        return "/".join(str(label) for label in (outer, self.vpn_label(origin.vrf)) if label != 3)

    def ce_remote(self, ce: str) -> list[tuple[IpNetwork, IpAddress, str]]:
        """Prefix, gateway and own interface of what a CE has learnt."""
        found = []
        for prefix, route in sorted(self.effective.routing[Table(ce)].items()):
            way = route.next_hops[0]
            if route.source is RouteSource.OWN or (gateway := way.gateway(ce)) is None:
                continue
            end = way.attachment.ce if way.attachment else way.backdoor and way.backdoor.near_end(ce)[0]
            assert end
            found.append((prefix, gateway, end.interface))
        return found
