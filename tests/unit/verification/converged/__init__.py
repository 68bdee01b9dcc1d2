"""What the nodes of a lab say when it has converged, in the words of FRR 10.3 and iproute2."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from parsers.bfd import BFD_PEERS
from parsers.bgp import BGP_PEERS, BGP_PEERS_IF_ANY, VPN_ROUTES
from parsers.bgp_configuration import BGP_CONFIGURATION
from parsers.eigrp import EIGRP, EIGRP_KEYS
from parsers.frr import VERSION
from parsers.isis import ISIS_INTERFACES, ISIS_NEIGHBORS, ISIS_SYNC
from parsers.kernel import DEVICES, KERNEL_LFIB, KERNEL_ROUTES, QDISCS, RULES
from parsers.ldp import LDP_BINDINGS, LDP_INTERFACES, LDP_NEIGHBORS, LDP_PASSWORDS, LDP_SYNC
from parsers.ospf import OSPF_INTERFACES, OSPF_KEYS, OSPF_NEIGHBORS, OSPF_SYNC
from parsers.segment_routing import ISIS_SEGMENTS, OSPF_SEGMENTS
from parsers.zebra import LFIB, ROUTES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

from orchestrator.protocols.eigrp.speaker_configuration import eigrp_configuration
from orchestrator.render.frr import frr_configuration
from orchestrator.routing.routes import Table
from tests.unit.verification.converged import bfd, bgp, isis, kernel, ldp, ospf, rip, segments, zebra
from tests.unit.verification.converged.network import Network
from tests.unit.verification.eigrp_words import eigrp_says


class Converged(Network):
    """A lab's nodes, all of them content."""

    def says(self, node: str, command: str) -> str:
        """The output of a command on a node."""
        if command.startswith(("sysctl ", "python3 -I -S -c ")):
            return (
                kernel.sysctl(self, node, command.split()[1:])
                if command[0] == "s"
                else kernel.link_echoes(self, node)
            )
        if match := re.fullmatch(r"show bgp (?:vrf (\S+) )?ipv4 unicast( neighbors \S+ .*)?", command):
            return bgp.table(self, Table(node, match[1] or ""), "Total" if match[2] else "Displayed")
        if match := re.fullmatch(r"show ip rip(?: vrf (\S+))? status", command):
            return rip.status(self, Table(node, match[1] or ""))
        says: Mapping[str, Callable[[Network, str], str]] = {
            OSPF_NEIGHBORS.text: ospf.neighbors,
            OSPF_INTERFACES.text: ospf.interfaces,
            LDP_NEIGHBORS.text: ldp.neighbors,
            LDP_INTERFACES.text: ldp.interfaces,
            LDP_BINDINGS.text: ldp.bindings,
            LDP_SYNC.text: ldp.sync,
            OSPF_SYNC.text: ospf.sync,
            ISIS_NEIGHBORS.text: isis.neighbors,
            ISIS_INTERFACES.text: isis.interfaces,
            ISIS_SYNC.text: isis.sync,
            ISIS_SEGMENTS.text: segments.isis,
            OSPF_SEGMENTS.text: segments.ospf,
            BFD_PEERS.text: bfd.peers,
            VERSION.text: _version,
            LFIB.text: zebra.lfib,
            BGP_PEERS.text: bgp.summary,
            BGP_PEERS_IF_ANY.text: bgp.summary,
            VPN_ROUTES.text: bgp.vpnv4,
            ROUTES.text: zebra.routes,
            KERNEL_LFIB.text: kernel.lfib,
            KERNEL_ROUTES.text: kernel.routes,
            DEVICES.text: kernel.devices,
            RULES.text: kernel.rules,
            QDISCS.text: kernel.qdiscs,
            BGP_CONFIGURATION.text: _configuration,
            OSPF_KEYS.text: _configuration,
            LDP_PASSWORDS.text: _configuration,
            EIGRP.text: _eigrp,
            EIGRP_KEYS.text: _eigrp_configuration,
        }
        return says[command](self, node)


def _eigrp(net: Network, node: str) -> str:
    return eigrp_says(net.effective, node)


def _eigrp_configuration(net: Network, node: str) -> str:
    return eigrp_configuration(net.lab, node)


def _version(net: Network, node: str) -> str:
    del net
    return f"FRRouting 10.3 ({node}) on Linux(7.2.7).\n"


def _configuration(net: Network, node: str) -> str:
    return f"frr version 10.3\n{frr_configuration(net.lab, node, '10.3')}end\n"
