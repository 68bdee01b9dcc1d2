"""Where FRR versions print or do the same thing differently: the only place that looks at a version."""

from __future__ import annotations

import re
from dataclasses import dataclass

from orchestrator.errors import L3vpnError


class UnknownFrrVersion(L3vpnError):  # noqa: N818 -- says what it is about
    """The text is no FRR version, or one older than the oldest that was measured."""


class FrrTooOld(L3vpnError):  # noqa: N818 -- says what it is about
    """The lab wants what this version of FRR does not have."""


@dataclass(frozen=True, slots=True)
class Quirks:
    """How one FRR version differs from others in what concerns configuration.

    Attributes:
        prints_vrf: `show running-config` has a `vrf X` stanza even when it is empty.
        prints_mpls_input: an interface whose sysctl net.mpls.conf.<if>.input is 1 shows as `mpls enable`,
            whoever set it.
        prints_forwarding: `no ip forwarding` in `show running-config` shows what the sysctl
            net.ipv4.ip_forward is, and is no configuration.
        groups_interfaces: interfaces are printed VRF by VRF, those of the global table as VRF `default`.
        swaps_vpn_labels: an ASBR gives VPNv4 routes that it passes on labels of its own, and swaps them
            (`mpls bgp l3vpn-multi-domain-switching`).
        resolves_labelled_routes: an ASBR installs labels for routes whose next hop is behind a core
            (`mpls fec nexthop-resolution`).
        hidden_on_tunnels: lines that are not printed below an interface that Linux calls point-to-point:
            its OSPF network type is that already.
    """

    prints_vrf: bool
    prints_mpls_input: bool
    prints_forwarding: bool
    groups_interfaces: bool
    swaps_vpn_labels: bool = True
    resolves_labelled_routes: bool = True
    hidden_on_tunnels: tuple[str, ...] = ()


# Keyed by the first version known to behave so; versions between two rows follow the older one.
_MEASURED: tuple[tuple[tuple[int, ...], Quirks], ...] = (
    (
        (8, 4),  # measured: 8.4.4
        Quirks(
            prints_vrf=False,
            prints_mpls_input=True,
            prints_forwarding=True,
            groups_interfaces=True,
            swaps_vpn_labels=False,
            resolves_labelled_routes=False,
            hidden_on_tunnels=(" ip ospf network point-to-point",),
        ),
    ),
    (
        (10, 0),  # measured: 10.3
        Quirks(prints_vrf=True, prints_mpls_input=False, prints_forwarding=True, groups_interfaces=False),
    ),
    (
        (10, 7),  # measured: 10.7.1
        Quirks(prints_vrf=True, prints_mpls_input=False, prints_forwarding=False, groups_interfaces=False),
    ),
)


def quirks(version: str) -> Quirks:
    """The row for a version as FRR writes it: `8.4.4`, `10.3`, `10.8-dev`.

    Raises:
        UnknownFrrVersion: no row covers it.
    """
    digits = re.match(r"\d+(\.\d+)*", version)
    if digits is None:
        raise UnknownFrrVersion(f"'{version}' is not an FRR version")
    number = tuple(int(part) for part in digits[0].split("."))
    rows = [row for since, row in _MEASURED if since <= number]
    if not rows:
        oldest = ".".join(str(part) for part in _MEASURED[0][0])
        raise UnknownFrrVersion(f"FRR {version} is older than {oldest}, the oldest that works here")
    return rows[-1]
