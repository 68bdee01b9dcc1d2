"""A lab of four nodes, written where a test wants it: quick to bring up, and easy to change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_TOPOLOGY = """\
name: {name}
topology:
  defaults: {{kind: linux, image: l3vpn-node}}
  nodes:
    pe1: {{group: pe}}
    pe2: {{group: pe}}
{nodes}
  links:
    - endpoints: ["pe1:eth1", "pe2:eth1"]
{links}
"""
_INTENT = """\
provider: {{asn: 65000, core: {{igp: ospf, labels: ldp}}}}
vpns:
  red:
    sites:
{sites}
"""


@dataclass(frozen=True, slots=True)
class Site:
    """A CE, the PE's port that it is cabled to, its AS number and its prefix."""

    port: str
    asn: int
    prefix: str


TWO_SITES = {
    "ce1": Site("pe1:eth2", 65101, "172.16.1.0/24"),
    "ce2": Site("pe2:eth2", 65102, "172.16.2.0/24"),
}


@dataclass(frozen=True, slots=True)
class SmallLab:
    """Two PEs and the sites of one VPN."""

    name: str
    sites: dict[str, Site] = field(default_factory=lambda: dict(TWO_SITES))

    def write(self, folder: Path) -> Path:
        """The two files of the lab, in a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        nodes = [f"    {ce}: {{group: ce}}" for ce in self.sites]
        links = [
            f'    - {{endpoints: ["{site.port}", "{ce}:eth1"], mtu: 1500}}' for ce, site in self.sites.items()
        ]
        sites = [
            f"      {ce}: {{protocol: bgp, asn: {site.asn}, prefixes: [{site.prefix}]}}"
            for ce, site in self.sites.items()
        ]
        topology = _TOPOLOGY.format(name=self.name, nodes="\n".join(nodes), links="\n".join(links))
        (folder / "lab.clab.yml").write_text(topology)
        (folder / "vpn.yml").write_text(_INTENT.format(sites="\n".join(sites)))
        return folder
