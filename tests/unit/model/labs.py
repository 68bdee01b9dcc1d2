"""Small labs for tests, as the files that people write."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent, indent
from typing import TYPE_CHECKING

from orchestrator.loading import load_lab

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.model.lab import Lab


@dataclass(frozen=True, slots=True)
class LabText:
    """Nodes as `name role`, links as `a:eth1 b:eth1`, and the text of `vpn.yml`."""

    nodes: tuple[str, ...]
    links: tuple[str, ...]
    intent: str

    def load(self, folder: Path) -> Lab:
        """Write the two files and load them."""
        folder.mkdir(parents=True, exist_ok=True)
        nodes = "".join(f"    {name}: {{group: {role}}}\n" for name, role in map(str.split, self.nodes))
        links = "".join(f'    - endpoints: ["{a}", "{b}"]\n' for a, b in map(str.split, self.links))
        topology = (
            "name: small\ntopology:\n  defaults: {kind: linux}\n"
            f"  nodes:\n{nodes}  links:\n{links or '    []'}"
        )
        (folder / "small.clab.yml").write_text(topology, encoding="utf-8")
        (folder / "vpn.yml").write_text(dedent(self.intent), encoding="utf-8")
        return load_lab(folder)


def small(intent: str, *more_nodes: str, more_links: tuple[str, ...] = ()) -> LabText:
    """pe1 - p1 - pe2, with red1 behind pe1 and red2 behind pe2, and whatever a test adds."""
    return LabText(
        nodes=("pe1 pe", "p1 p", "pe2 pe", "red1 ce", "red2 ce", *more_nodes),
        links=(
            "pe1:eth1 p1:eth1",
            "p1:eth2 pe2:eth1",
            "pe1:eth2 red1:eth1",
            "pe2:eth2 red2:eth1",
            *more_links,
        ),
        intent=intent,
    )


RED = """
provider: {asn: 65000}
vpns:
  red:
    sites:
      red1: {protocol: bgp, asn: 65101, prefixes: [172.16.1.0/24]}
      red2: {protocol: bgp, asn: 65102, prefixes: [172.16.2.0/24]}
"""


def red_with(more: str) -> str:
    """`RED` with more top-level keys."""
    return RED + dedent(more)


def provider_with(more: str) -> str:
    """`RED` with more keys of the provider."""
    return RED.replace("{asn: 65000}", f"\n  asn: 65000\n{indent(dedent(more).strip(), '  ')}")
