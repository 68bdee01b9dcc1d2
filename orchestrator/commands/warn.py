"""What a lab's files promise and no configuration can keep: said on standard error, and no reason to stop."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from orchestrator.model.load import intent_document
from orchestrator.verification.apart import empty_sites, idle_interconnects, joined_by_default, sites_apart

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab


def warn_of_addresses(lab: Lab, runtime: str) -> None:
    """A line where nodes are given management addresses that the runtime does not give."""
    if lab.topology.addressed and runtime != "containerlab":
        file, nodes = lab.topology.file.name, ", ".join(lab.topology.addressed)
        what = f"{file}: the management addresses of {nodes} (mgmt-ipv4, mgmt-ipv6) are left out"
        print(f"warning: {what}: runtime {runtime} numbers management itself", file=sys.stderr)


def warn_of_unmanaged(lab: Lab, runtime: str) -> None:
    """A line where nodes of the file are not made."""
    if lab.topology.unmanaged and runtime != "containerlab":
        file, nodes = lab.topology.file.name, ", ".join(lab.topology.unmanaged)
        what = f"{file}: {nodes}: unmanaged, so runtime {runtime} makes neither node nor links"
        right = "group: host makes a node a host in the LAN of its CE"
        print(f"warning: {what}; {right}", file=sys.stderr)


def warn_of_sites(lab: Lab) -> None:
    """A line for each site without prefixes, each pair that only route targets, or a default route, join.

    And for each VPN that is to cross to another provider, where it has no site.
    """
    intent = intent_document(lab)
    for warn in (empty_sites, sites_apart, joined_by_default, idle_interconnects):
        for one in warn(lab, intent):
            print(f"warning: {one}", file=sys.stderr)
