"""Labs of any size: a ring of P routers with chords, PEs at two of them each, and customers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.unit.model.labs import LabText

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.model.lab import Lab


def large(folder: Path, size: int) -> Lab:
    """A lab of `size` nodes: an eighth P, a quarter PE, one reflector, VPNs of about five sites."""
    used: Counter[str] = Counter()

    def port(node: str) -> str:
        used[node] += 1
        return f"{node}:eth{used[node]}"

    inner, edge = size // 8, size // 4
    customers = size - inner - edge - 1
    links = [(f"p{n}", f"p{(n + 1) % inner}") for n in range(inner)]
    links += [(f"p{n}", f"p{n + inner // 2}") for n in range(inner // 2) if inner > 3]
    links += [(f"pe{n}", f"p{(n + more) % inner}") for n in range(edge) for more in (0, 1)]
    links.append(("rr0", "p0"))
    links += [(f"pe{n * 7 % edge}", f"ce{n}") for n in range(customers)]
    vpns = max(2, customers // 5)
    intent = ["provider: {asn: 65000}", "vpns:"]
    for vpn in range(vpns):
        intent += [f"  v{vpn}:", "    sites:"]
        for site, n in enumerate(range(vpn, customers, vpns)):
            prefixes = f"prefixes: [172.16.{site}.0/24]"
            speaks = ("protocol: ospf, area: 0", f"protocol: bgp, asn: {65100 + n}")[n % 2]
            intent.append(f"      ce{n}: {{{speaks}, {prefixes}}}")
    roles = {"p": inner, "pe": edge, "ce": customers, "rr": 1}
    return LabText(
        tuple(f"{role}{n} {role}" for role, count in roles.items() for n in range(count)),
        tuple(f"{port(a)} {port(b)}" for a, b in links),
        "\n".join(intent) + "\n",
    ).load(folder)
