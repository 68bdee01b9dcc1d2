"""What isisd says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.lab import InterfaceKind

if TYPE_CHECKING:
    from tests.unit.verification.converged.network import Network


def neighbors(net: Network, node: str) -> str:
    return "Area core:\n" + "".join(
        f" {far.node:<20}\n"
        f"    Interface: {own.name}, Level: 2, State: Up, Expires in 3s\n"
        "    Adjacency flaps: 1, Last: 11s ago\n"
        "    Circuit type: L2, Speaks: IPv4\n"
        "    SNPA: 2020.2020.2020\n"
        "    Area Address(es):\n"
        "      49.0001\n"
        "    IPv4 Address(es):\n"
        f"      {far.address.ip}\n\n"
        for own, far in net.effective.core_links_of(node)
    )


def interfaces(net: Network, node: str) -> str:
    timers = net.lab.provider_of(node).timers
    text = "Area core:\n"
    for one in net.lab.interfaces_of(node, InterfaceKind.LOOPBACK, InterfaceKind.CORE):
        core = one.kind is InterfaceKind.CORE
        text += (
            f"  Interface: {one.name}, State: {'Up' if net.effective.carries(one) else 'Config'}, "
            f"{'Active' if core else 'Passive'}, Circuit Id: 0x0\n"
            f"    Type: {'p2p' if core else 'loopback'}, Level: L2\n"
            "    Level-2 Information:\n"
            f"      Metric: {one.cost or 10}{', Active neighbors: 1' if core else ''}\n"
        )
        if core:
            text += (
                f"      Hello interval: {timers.isis_hello}, Holddown count: {timers.isis_multiplier}, "
                "Padding: yes\n      CNSP interval: 10, PSNP interval: 2\n"
            )
        text += f"    IP Prefix(es):\n      {one.address.network}\n\n"
    return text


def sync(net: Network, node: str) -> str:
    return "".join(
        f"{own.name:<16}\n  LDP-IGP Synchronization enabled: yes\n  holddown timer in seconds: 0\n"
        "  State: Sync achieved\n"
        for own, _ in net.effective.core_links_of(node)
    )
