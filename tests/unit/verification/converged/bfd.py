"""What bfdd says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.core.bfd import bfd_sessions

if TYPE_CHECKING:
    from orchestrator.core.bfd import BfdSession
    from tests.unit.verification.converged.network import Network


def peers(net: Network, node: str) -> str:
    return "BFD Peers:\n" + "".join(_peer(one) for one in bfd_sessions(net.lab, node))


def _peer(one: BfdSession) -> str:
    timers = (
        f"\t\t\tDetect-multiplier: {one.bfd.multiplier}\n\t\t\tReceive interval: {one.bfd.interval}ms\n"
        f"\t\t\tTransmission interval: {one.bfd.interval}ms\n\t\t\tEcho receive interval: 50ms\n"
    )
    return (
        f"\tpeer {one.peer} vrf {one.own.vrf or 'default'} interface {one.own.name}\n\t\tID: 7\n"
        "\t\tRemote ID: 8\n\t\tActive mode\n\t\tStatus: up\n\t\tUptime: 28 second(s)\n\t\tDiagnostics: ok\n"
        "\t\tRemote diagnostics: ok\n\t\tPeer Type: dynamic\n\t\tRTT min/avg/max: 0/0/0 usec\n"
        f"\t\tLocal timers:\n{timers}\t\t\tEcho transmission interval: disabled\n"
        f"\t\tRemote timers:\n{timers}\n"
    )
