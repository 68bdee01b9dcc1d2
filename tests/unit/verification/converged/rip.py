"""What ripd says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.protocols.rip.links import attachments, lans, ports
from orchestrator.protocols.rip.routes import advertised
from orchestrator.routing.routes import Table

if TYPE_CHECKING:
    from orchestrator.model.lab import Attachment
    from tests.unit.verification.converged.network import Network


def _advertises(net: Network, table: Table, one: Attachment) -> bool:
    far = Table.at_ce(one) if table.vrf else Table.at_pe(one)
    return bool(advertised(net.effective, far, one, net.effective.routing))


def status(net: Network, table: Table) -> str:
    """RIP in a table; nothing where it does not run."""
    own = attachments(net.lab, table)
    if not own:
        return ""
    rip, quiet = own[0][1], lans(net.lab, table)
    running = {*ports(net.lab, table), *quiet}
    names = [one.name for one in net.lab.interfaces_of(table.node) if one.name in running]
    carrying = [one.name for one in net.lab.interfaces_of(table.node) if net.effective.carries(one)]
    received = [
        (one.ce_address if table.vrf else one.pe_address).ip
        for one, _ in own
        if net.effective.exchanges(one) and _advertises(net, table, one)
    ]
    return "".join(
        (
            'Routing Protocol is "rip"\n',
            f"  Sending updates every {rip.update} seconds with +/-50%, next due in 2 seconds\n",
            f"  Timeout after {rip.timeout} seconds, garbage collect after {rip.garbage} seconds\n",
            "  Outgoing update filter list for all interface is not set\n",
            "  Incoming update filter list for all interface is not set\n",
            "  Default redistribution metric is 1\n",
            "  Redistributing:\n",
            "  Default version control: send version 2, receive any version \n",
            "    Interface        Send  Recv   Key-chain\n",
            *(f"    {name:<17}2     1 2    \n" for name in names if name in carrying),
            "  Routing for Networks:\n",
            *(f"    {name}\n" for name in names),
            *(("  Passive Interface(s):\n", *(f"    {name}\n" for name in quiet)) if quiet else ()),
            "  Routing Information Sources:\n",
            "    Gateway          BadPackets BadRoutes  Distance Last Update\n",
            *(f"    {one!s:<16}         0         0       120    00:00:03\n" for one in received),
            "  Distance: (default is 120)\n",
        )
    )
