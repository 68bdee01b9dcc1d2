"""What ldpd says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.verification.converged.network import Network


def neighbors(net: Network, node: str) -> str:
    ids = dict.fromkeys(net.lab.loopback(far.node) for _, far in net.effective.core_links_of(node))
    rows = [f"ipv4 {one!s:<15} OPERATIONAL {one!s:<15}00:01:14" for one in ids]
    return "\n".join(["AF   ID              State       Remote Address    Uptime", *rows]) + "\n"


def interfaces(net: Network, node: str) -> str:
    rows = [
        f"ipv4 {own.name:<11} ACTIVE 00:01:32 1/4            1"
        for own, _ in net.effective.core_links_of(node)
    ]
    return "\n".join(["AF   Interface   State  Uptime   Hello Timers  ac", *rows]) + "\n"


def sync(net: Network, node: str) -> str:
    return "".join(
        f"{own.name}:\n    Status: initial label exchange complete\n    Wait time: 10 seconds\n"
        f"    Timer is not running\n    Peer LDP Identifier: {net.lab.loopback(far.node)}:0\n"
        for own, far in net.effective.core_links_of(node)
    )


def bindings(net: Network, node: str) -> str:
    rows = []
    for owner in net.provider(node):
        for neighbor in dict.fromkeys(far.node for _, far in net.effective.core_links_of(node)):
            used = owner != node and neighbor in {far.node for _, far, _ in net.toward(node, owner)}
            rows.append(
                f"ipv4 {f'{net.lab.loopback(owner)}/32':<20} {net.lab.loopback(neighbor)!s:<15} "
                f"{_label(net.ldp_label(node, owner)):<11} {_label(net.ldp_label(neighbor, owner)):<11} "
                f"{'yes' if used else 'no':>8}"
            )
    head = "AF   Destination          Nexthop         Local Label Remote Label  In Use"
    return "\n".join([head, *rows]) + "\n\n"


def _label(label: int) -> str:
    return {3: "imp-null", 0: "exp-null"}.get(label, str(label))
