"""What RIP between PE and CE configures: an instance in the VRF, redistribution both ways under the tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.core.fragment import ConfigFragment
from orchestrator.core.mpbgp import vpn_import
from orchestrator.protocols.redistribution import into_igp
from orchestrator.protocols.rip.links import attachments, lans, ports, rip_route_tag
from orchestrator.protocols.rip.values import Rip
from orchestrator.routing.routes import Table

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab, Vrf

_TO_RIP, _FROM_CE = "bgp-to-rip", "rip-from-ce"


def on_pe(lab: Lab, vrf: Vrf) -> ConfigFragment:
    """The VRF's instance, its filters, and redistribution both ways."""
    table = Table.of(vrf)
    own = attachments(lab, table)
    if not own:
        return ConfigFragment()
    rip = own[0][1]
    metric = "" if rip.metric == 1 else f" metric {rip.metric}"
    return ConfigFragment(
        unicast=("  redistribute rip",),
        vpn=(vpn_import.LINE,),
        blocks=(
            # Before the instance: ripd (FRR 10.3) does not look again when a route map of its VRF appears.
            # What carries the tag must not even get into RIP's own table: there it would take the place of
            # BGP's route, and when it is gone ripd does not ask zebra for that again.
            *_route_maps(rip_route_tag(lab.provider_of(vrf.pe).asn)),
            (
                f"router rip vrf {vrf.name}",
                *_networks(ports(lab, table)),
                *(
                    f" redistribute {name}{metric} route-map {_TO_RIP}"
                    for name in into_igp(lab, vrf, Rip.name)
                ),
                *(f" route-map {_FROM_CE} in {name}" for name in sorted(ports(lab, table))),
                *_timers(rip),
                "exit",
            ),
        ),
    )


def on_ce(lab: Lab, ce: str) -> ConfigFragment:
    """Plain RIP on the PE-CE links and on the site's LANs."""
    table = Table(ce)
    own = attachments(lab, table)
    if not own:
        return ConfigFragment()
    quiet = lans(lab, table)
    block = (
        "router rip",
        *_networks((*ports(lab, table), *quiet)),
        *(f" passive-interface {name}" for name in sorted(quiet)),
        *_timers(own[0][1]),
        "exit",
    )
    return ConfigFragment(blocks=(block,))


def _networks(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f" network {name}" for name in sorted(names))


def _timers(rip: Rip) -> tuple[str, ...]:
    return (f" timers basic {rip.update} {rip.timeout} {rip.garbage}",)


def _route_maps(tag: int) -> tuple[tuple[str, ...], ...]:
    return (
        (f"route-map {_TO_RIP} permit 10", f" set tag {tag}", "exit"),
        (f"route-map {_FROM_CE} deny 10", f" match tag {tag}", "exit"),
        (f"route-map {_FROM_CE} permit 20", "exit"),
        vpn_import.BLOCK,
    )
