"""A break, and the words that several layers' breaks share: commands, and rows of their output."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.verification.kit.check import Verdict
from tests.unit.verification.scene import Edit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.verification.kit.check import Finding
    from tests.unit.verification.scene import Scene

OSPF = "show ip ospf vrf all neighbor"
OSPF_PORTS = "show ip ospf vrf all interface"
RIB = "show ip route vrf all"
LFIB = "show mpls table"
BINDINGS = "show mpls ldp binding"
BGP = "show bgp vrf all summary"
VPNV4 = "show bgp ipv4 vpn"
K_LFIB = "ip -M route"
K_RIB = "ip route show"
ADDR = "ip -d addr"
ECHOES = "python3 -I -S -c"
BGP_CONFIGURATION = "show running-config bgpd"


@dataclass(frozen=True, slots=True)
class Break:
    """What goes wrong, and the check that must notice; what it then says stands in `breaks/*.txt`."""

    name: str
    check: str
    edits: tuple[Edit, ...]

    def finding(self, scene: Scene) -> Finding:
        return scene.findings(*self.edits)[self.check]


def one(name: str, check: str, where: tuple[str, str], change: tuple[str, str]) -> Break:
    return Break(name, check, (Edit(*where, *change),))


def assert_said(name: str, broken: Break, finding: Finding) -> None:
    """All that people read of a break's finding is what the golden file `name` says."""
    assert finding.verdict is Verdict.FAIL
    assert _as_text(broken, finding) == _blocks(name)[f"{broken.check}: {broken.name}"]


def assert_golden(name: str, scene: Scene, breaks: Iterable[Break], *, update: bool) -> None:
    """The golden file is of these breaks, in this order; with `update` it is written anew."""
    if update:
        text = "\n".join(_as_text(one, one.finding(scene)) for one in breaks)
        _golden(name).write_text(text, encoding="utf-8")
        _blocks.cache_clear()
    assert list(_blocks(name)) == [f"{one.check}: {one.name}" for one in breaks]


def _golden(name: str) -> Path:
    return Path(__file__).with_name(f"{name}.txt")


@cache
def _blocks(name: str) -> dict[str, str]:
    """The text of each break, by its check and name."""
    blocks = re.split(r"\n(?=\S)", _golden(name).read_text(encoding="utf-8"))
    return {block.partition("\n")[0].rpartition(": ")[0]: f"{block.rstrip()}\n" for block in blocks}


def _as_text(broken: Break, finding: Finding) -> str:
    said = {
        "title": finding.check.title,
        "expected": finding.expected,
        "observed": finding.observed,
        "why": finding.why,
        "hint": finding.hint,
    }
    rows = "".join(f"  {key:<9} {words}".rstrip() + "\n" for key, words in said.items())
    return f"{finding.check.id}: {broken.name}: {finding.verdict.value}\n{rows}"


RED_PATH = "B>* 172.16.1.0/24 [20/0] via 10.1.0.2, eth2, weight 1, 00:01:12\n"


def peer(address: str, asn: int, state: str) -> str:
    """A neighbour's row in a BGP summary, up to what it is sent."""
    return f"{address:<15} 4 {asn:>10}        17        17        7    0    0 {state}"


UP = "00:00:28            3        3"
