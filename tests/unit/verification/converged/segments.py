"""What isisd and ospfd say of segment routing, and the adjacency SIDs that they take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.segment_routing import segment_of

if TYPE_CHECKING:
    from tests.unit.verification.converged.network import Network


def isis(net: Network, node: str) -> str:
    members = net.provider(node)
    return (
        "Area core:\nIS-IS Level-2 link-state database:\n"
        "LSP ID                  PduLen  SeqNumber   Chksum  Holdtime  ATT/P/OL\n"
        + "".join(_lsp(net, one, own=one == node) for one in members)
        + f"    {len(members)} LSPs\n\n"
    )


def _lsp(net: Network, node: str, *, own: bool) -> str:
    segment, loopback = segment_of(net.lab, node), net.lab.loopback(node)
    adjacencies = "".join(
        f"  Extended Reachability: 0102.5500.000{far.node[-1]}.00 (Metric: 10)\n"
        f"    Adjacency-SID: {label}, Weight: 0, Flags: F:0 B:0, V:1, L:1, S:0, P:0\n"
        for label, (_, far) in net.adjacency_sids(node)
    )
    return (
        f"{f'{node}.00-00':<21}{'*' if own else ' '}    160   0x0000000c  0x68f1    1113    0/0/0\n"
        f"  Protocols Supported: IPv4\n  Area Address: 49.0001\n  Hostname: {node}\n"
        f"  TE Router ID: {loopback}\n  Router Capability: {loopback} , D:0, S:0\n"
        f"    Segment Routing: I:1 V:1, Global Block Base: {segment.srgb.first} Range: {segment.srgb.size}\n"
        "    SR Local Block Base: 15000 Range: 1000\n    SR Algorithm:\n      0: SPF\n"
        f"{adjacencies}  IPv4 Interface Address: {loopback}\n"
        f"  Extended IP Reachability: {loopback}/32 (Metric: 10)\n    Subtlvs:\n"
        f"      SR Prefix-SID Index: {segment.index}, Algorithm: 0, Flags: NODE PHP\n\n"
    )


def ospf(net: Network, node: str) -> str:
    return f"\n\t\tOSPF Segment Routing database for ID {net.lab.loopback(node)}\n\n" + "".join(
        _sr_node(net, one, own=one == node) for one in net.provider(node)
    )


def _sr_node(net: Network, node: str, *, own: bool) -> str:
    segment, loopback = segment_of(net.lab, node), net.lab.loopback(node)
    way = f"{'no-op.':>20}  {'lo' if own else 'eth1':>9}  {'-' if own else '10.0.0.1':>15}"
    return (
        f"SR-Node: {loopback}\tSRGB: [{segment.srgb.first}/{segment.srgb.last}]\tSRLB: [15000/15999]\t"
        "Algo.(s): SPF\n\n"
        "    Prefix or Link       Node or Adj. SID       Label Operation  Interface          Nexthop\n"
        "------------------  ---------------------  --------------------  ---------  ---------------\n"
        f"{f'{loopback}/32':>18}  {f'SR Pfx (idx {segment.index})':>21}  {way}\n\n"
    )
