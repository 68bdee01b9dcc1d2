"""Names that iproute2 and FRR have words for are names like any others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.live.conftest import put_out
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

TOPOLOGY = """\
name: words
topology:
  defaults: {kind: linux, image: l3vpn-node}
  nodes:
    pe1: {group: pe}
    pe2: {group: pe}
    no: {group: ce}
    ce2: {group: ce}
    ce3: {group: ce}
    ce4: {group: ce}
  links:
    - endpoints: ["pe1:dev", "pe2:type"]
    - endpoints: ["pe1:up", "no:down"]
    - endpoints: ["pe2:mtu", "ce2:name"]
    - endpoints: ["pe1:vrf", "ce3:ad"]
    - endpoints: ["pe2:master", "ce4:a"]
"""
INTENT = """\
provider: {asn: 65000}
vpns:
  a:
    sites:
      no: {protocol: bgp, asn: 65101, prefixes: [172.16.1.0/24]}
      ce2: {protocol: ospf, vrf: "no", prefixes: [172.16.2.0/24]}
  link:
    sites:
      ce3: {protocol: bgp, asn: 65101, vrf: ad, prefixes: [172.16.1.0/24]}
      ce4: {protocol: static, prefixes: [172.16.2.0/24]}
"""


def test_a_lab_of_such_names_is_proven_broken_and_repaired(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "state")
    folder = tmp_path / "words"
    folder.mkdir()
    (folder / "words.clab.yml").write_text(TOPOLOGY)
    (folder / "vpn.yml").write_text(INTENT)
    try:
        done = terminal.l3vpn("up", folder)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "checks hold; configuration as wanted" in done.stdout
        by_hand = "ip link set dev up nomaster; ip addr add 192.0.2.1/32 dev dev; ip link delete dev ad"
        assert terminal.run("words", "pe1", by_hand).returncode == 0
        assert terminal.l3vpn("push", "words").returncode == 0
        again = terminal.l3vpn("verify", "words", "--timeout", "40")
        assert again.returncode == 0, again.stdout + again.stderr
        assert terminal.l3vpn("down", "words").returncode == 0
    finally:
        put_out(terminal)
