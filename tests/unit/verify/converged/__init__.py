"""What the nodes of a lab say when it has converged, in the words of FRR 10.3 and iproute2."""

from __future__ import annotations

import re

from orchestrator.render.eigrp import eigrp_configuration
from orchestrator.render.frr import frr_configuration
from orchestrator.routing.routes import Table
from orchestrator.verify.questions import BGP_PEERS_IF_ANY, EIGRP, EIGRP_KEYS
from tests.unit.verify.converged import bfd, bgp, kernel, ldp, ospf, zebra
from tests.unit.verify.converged.network import Network
from tests.unit.verify.eigrp_words import eigrp_says


class Converged(Network):
    """A lab's nodes, all of them content."""

    def says(self, node: str, command: str) -> str:
        """The output of a command on a node."""
        if command.startswith(("sysctl ", "python3 -c ")):
            return (
                kernel.sysctl(self, node, command.split()[1:])
                if command[0] == "s"
                else kernel.link_echoes(self, node)
            )
        if command == BGP_PEERS_IF_ANY.command:
            return bgp.summary(self, node)
        if command == EIGRP.command:
            return eigrp_says(self.effective, node)
        if command == EIGRP_KEYS.command:
            return eigrp_configuration(self.lab, node)
        if match := re.fullmatch(r"show bgp (?:vrf (\S+) )?ipv4 unicast( neighbors \S+ .*)?", command):
            return bgp.table(self, Table(node, match[1] or ""), "Total" if match[2] else "Displayed")
        return {
            "show ip ospf vrf all neighbor": ospf.neighbors,
            "show ip ospf vrf all interface": ospf.interfaces,
            "show mpls ldp neighbor": ldp.neighbors,
            "show mpls ldp interface": ldp.interfaces,
            "show mpls ldp binding": ldp.bindings,
            "show mpls ldp igp-sync": ldp.sync,
            "show ip ospf mpls ldp-sync": ospf.sync,
            "show bfd peers": bfd.peers,
            "show mpls table": zebra.lfib,
            "show bgp vrf all summary": bgp.summary,
            "show bgp ipv4 vpn": bgp.vpnv4,
            "show ip route vrf all": zebra.routes,
            "ip -M route": kernel.lfib,
            "ip route show table all": kernel.routes,
            "ip -d addr": kernel.devices,
            "ip rule": kernel.rules,
            "tc qdisc show": kernel.qdiscs,
            "show running-config bgpd": _configuration,
            "show running-config ospfd": _configuration,
        }[command](self, node)


def _configuration(net: Network, node: str) -> str:
    return f"frr version 10.3\n{frr_configuration(net.lab, node, '10.3')}end\n"
