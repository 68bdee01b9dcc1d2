"""Expectations of large labs: how much is done, in calls rather than seconds."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from orchestrator.loading import load_lab
from orchestrator.verification.expect import expect

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType

_CALLS_PER_CHECK = 50
_GROWTH = 1.15  # between the smallest lab and one of four times as many nodes


def ring(folder: Path, size: int) -> Path:
    """A lab with a ring of `size` Ps, a PE at each, and at each PE a CE; every five CEs are a VPN."""
    folder.mkdir()
    numbers = range(1, size + 1)
    nodes = [f"    {role}{n}: {{group: {role}}}" for role in ("p", "pe", "ce") for n in numbers]
    links = [f'    - endpoints: ["p{n}:eth1", "p{n % size + 1}:eth2"]' for n in numbers]
    links += [f'    - endpoints: ["pe{n}:eth1", "p{n}:eth3"]' for n in numbers]
    links += [f'    - {{endpoints: ["pe{n}:eth2", "ce{n}:eth1"], mtu: 1500}}' for n in numbers]
    defaults = "  defaults: {kind: linux, image: l3vpn-node}"
    text = [f"name: {folder.name}", "topology:", defaults, "  nodes:", *nodes, "  links:", *links]
    (folder / f"{folder.name}.clab.yml").write_text("\n".join(text) + "\n")
    vpns = ["provider: {asn: 65000, core: {igp: ospf, labels: ldp}}", "vpns:"]
    for n in numbers:
        site = n % 5 + 1
        if n % 5 == 1:
            vpns += [f"  v{n}:", "    sites:"]
        vpns.append(f"      ce{n}: {{protocol: bgp, asn: {65100 + n}, prefixes: [172.16.{site}.0/24]}}")
    (folder / "vpn.yml").write_text("\n".join(vpns) + "\n")
    return folder


def calls_of_expect(folder: Path) -> tuple[int, int]:
    """How often functions of this program are called to expect a lab, and for how many checks."""
    lab = load_lab(folder)
    count = 0

    def counted(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        count += event == "call" and "orchestrator" in frame.f_code.co_filename

    sys.setprofile(counted)
    try:
        checks = expect(lab)
    finally:
        sys.setprofile(None)
    return count, len(checks)


def test_the_work_grows_as_the_checks_do(tmp_path: Path) -> None:
    counted = [calls_of_expect(ring(tmp_path / f"ring{size}", size)) for size in (7, 14, 28)]
    per_check = [calls / checks for calls, checks in counted]
    assert max(per_check) < _CALLS_PER_CHECK
    assert max(per_check) < _GROWTH * per_check[0]
