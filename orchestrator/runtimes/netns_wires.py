"""Ends of links between machines: a tunnel (VXLAN, RFC 7348) for each link, joined to the port of a node."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.runtimes.base import Wire

PORT = 14790  # not VXLAN's own, 4789: other tunnels of a machine have numbers there


@dataclass(frozen=True, slots=True, order=True)
class WireRecord:
    """A wire's end as it was made; see `Wire`."""

    node: str
    interface: str
    mtu: int
    number: int
    near: str
    far: str

    @classmethod
    def of(cls, wire: Wire, default_mtu: int) -> WireRecord:
        """As it is to be made."""
        end, mtu = wire.end, wire.mtu or default_mtu
        return cls(end.node, end.interface, mtu, wire.number, str(wire.near), str(wire.far))

    @property
    def outer(self) -> str:
        """The other end of the node's port, a veth; `carrier_agent` knows it by this name."""
        return f"l3w{self.number}"

    @property
    def tunnel(self) -> str:
        """What leads to the other machine; likewise."""
        return f"l3x{self.number}"


def device_lines(wire: WireRecord, namespace: str) -> tuple[str, ...]:
    """Lines of ip(8) that make its devices; the outer one stays shut until an agent opens it.

    The tunnel itself as the node's port would tell whoever sends labelled packets the path MTU below it.
    """
    tunnel = f"vxlan id {wire.number} local {wire.near} remote {wire.far} dstport {PORT} nolearning"
    port = f"{wire.interface} mtu {wire.mtu} netns {namespace}"
    return (
        f"link add name {wire.tunnel} mtu {wire.mtu} type {tunnel}",
        f"link set {wire.tunnel} up",
        f"link add name {wire.outer} mtu {wire.mtu} type veth peer name {port}",
    )


def plug_steps(wires: Iterable[WireRecord], folder: str) -> list[tuple[str, ...]]:
    """Steps of `netns_lab.sh` that join devices which are there, and see to their carrier."""
    ends = [pair for wire in wires for pair in ((wire.outer, wire.tunnel), (wire.tunnel, wire.outer))]
    if not ends:
        return []
    lines = [line for device, other in ends for line in _redirect(device, other)]
    agent = files("orchestrator.runtimes").joinpath("carrier_agent.py").read_text("utf-8")
    devices = (device for device, _ in ends)
    return [("plug_wires", "\n".join(lines), *devices), ("mirror_carrier", folder, agent)]


def unplug_steps(wires: Iterable[WireRecord]) -> list[tuple[str, ...]]:
    """Steps of `netns_lab.sh` that take wires away."""
    return [("unplug_wire", wire.outer, wire.tunnel) for wire in wires]


def _redirect(device: str, other: str) -> tuple[str, ...]:
    """Lines of tc(8): what comes out of one device goes into another."""
    return (
        f"qdisc add dev {device} clsact",
        f"filter add dev {device} ingress matchall action mirred egress redirect dev {other}",
    )
