"""Labs of any size for `make bench`: a ring of P routers, PEs with two ways into it, VPNs of five sites."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_SITES: Final = 5  # of a VPN
_SMALLEST: Final = 8
# What the sites of a VPN speak, VPN by VPN.
_PROTOCOLS: Final = (
    "protocol: bgp, asn: {asn}",
    "protocol: ospf, area: 0",
    "protocol: static",
    "protocol: eigrp, asn: 100",
)


def scale_lab(folder: Path, nodes: int) -> Path:
    """Write the files of a lab of so many nodes, an eighth of them P routers and a quarter PEs."""
    if nodes < _SMALLEST:
        raise ValueError(f"a lab of {nodes} nodes: give {_SMALLEST} or more")
    ps = [f"p{number}" for number in range(1, max(2, nodes // 8) + 1)]
    pes = [f"pe{number}" for number in range(1, max(2, nodes // 4) + 1)]
    ces = [f"ce{number}" for number in range(1, nodes - len(ps) - len(pes) + 1)]
    ring = list(zip(ps, [*ps[1:], ps[0]], strict=True))
    core = ring if len(ps) > len(("p1", "p2")) else ring[:1]
    core += [(pe, ps[(number + way) % len(ps)]) for number, pe in enumerate(pes) for way in (0, 1)]
    # By sevens, which spreads the sites of a VPN over the PEs.
    access = [(pes[(7 * number) % len(pes)], ce) for number, ce in enumerate(ces)]
    used: Counter[str] = Counter()

    def link(ends: tuple[str, str], more: str = "") -> str:
        used.update(ends)
        a, b = (f'"{end}:eth{used[end]}"' for end in ends)
        return f"    - {{endpoints: [{a}, {b}]{more}}}"

    groups = {"p": ps, "pe": pes, "ce": ces}
    topology = [
        f"name: {folder.name}",
        "topology:",
        "  defaults: {kind: linux, image: l3vpn-node}",
        "  nodes:",
        *(f"    {name}: {{group: {group}}}" for group, names in groups.items() for name in names),
        "  links:",
        *map(link, core),
        *(link(one, ", mtu: 1500") for one in access),
    ]
    intent = ["provider: {asn: 65000, core: {igp: ospf, labels: ldp}}", "vpns:"]
    for number, ce in enumerate(ces):
        vpn, site = divmod(number, _SITES)
        if site == 0:
            intent += [f"  v{vpn + 1}:", "    sites:"]
        says = _PROTOCOLS[vpn % len(_PROTOCOLS)].format(asn=65101 + number)
        intent.append(f"      {ce}: {{{says}, prefixes: [172.16.{site + 1}.0/24, 172.17.{site + 1}.0/24]}}")
    folder.mkdir()
    (folder / f"{folder.name}.clab.yml").write_text("\n".join(topology) + "\n", encoding="utf-8")
    (folder / "vpn.yml").write_text("\n".join(intent) + "\n", encoding="utf-8")
    return folder
