"""What OSPF between PE and CE configures: an instance in the VRF, redistribution both ways, sham links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.core.fragment import ConfigFragment
from orchestrator.core.igp.ospf.lines import interface_lines, throttle_lines
from orchestrator.core.mpbgp import vpn_import
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.lans import EVERYTHING, may_have_default
from orchestrator.protocols.ospf.links import (
    EXTERNAL_METRIC,
    LAN_COST,
    attachments,
    link_timers,
    originates_default,
    provider_timers,
    router_id,
)
from orchestrator.protocols.ospf.sham_links import endpoints_in, sham_ends
from orchestrator.protocols.ospf.values import AreaType, Ospf
from orchestrator.protocols.redistribution import into_igp, vpn_route_tag
from orchestrator.routing.routes import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Attachment, Lab, Vrf


_TO_OSPF, _FROM_OSPF, _TO_RIB = "bgp-to-ospf", "ospf-to-bgp", "ospf-to-rib"
_ENDPOINTS: Final = "sham-endpoints"
_DEFAULT: Final = "default"


def on_pe(lab: Lab, vrf: Vrf) -> ConfigFragment:
    """The VRF's instance, its filters, and redistribution both ways."""
    own = attachments(lab, vrf.pe, vrf.name)
    if not own:
        return ConfigFragment()
    provider = lab.provider_of(vrf.pe)
    links = {one.pe.interface: link_lines(lab, one, ospf) for _, one, ospf in own}
    sham_links = {
        one.device: interface_lines(one.area, provider.timers, cost=one.cost)
        for one, _, _ in lab.sham_links_of(vrf)
    }
    return ConfigFragment(
        interfaces=links | sham_links,
        table=(f" ip protocol ospf route-map {_TO_RIB}",),
        unicast=(f"  redistribute ospf route-map {_FROM_OSPF}",),
        vpn=(vpn_import.LINE,),
        blocks=(
            *_route_maps(vpn_route_tag(provider.asn)),
            *_default_filter(lab, vrf),
            *_sham_filters(lab, vrf),
            (
                f"router ospf vrf {vrf.name}",
                f" ospf router-id {router_id(lab, Table.of(vrf))}",
                *(f" redistribute {name} route-map {_TO_OSPF}" for name in into_igp(lab, vrf, Ospf.name)),
                *_default(lab, vrf),
                *_areas([ospf for _, _, ospf in own], at_pe=True),
                *throttle_lines(provider.timers),
                "exit",
            ),
        ),
    )


def _default(lab: Lab, vrf: Vrf) -> tuple[str, ...]:
    """`redistribute` leaves out a default route, whatever protocol it is of."""
    if originates_default(lab, vrf):
        return (f" default-information originate always metric {EXTERNAL_METRIC}",)
    return (f" default-information originate metric {EXTERNAL_METRIC}",) if may_have_default(lab, vrf) else ()


def _default_filter(lab: Lab, vrf: Vrf) -> tuple[tuple[str, ...], ...]:
    """Ospfd gives its default route no tag, so what another PE originates is known by being one."""
    if not (may_have_default(lab, vrf) or originates_default(lab, vrf)):
        return ()
    return (
        (f"ip prefix-list {_DEFAULT} seq 5 permit {EVERYTHING}",),
        (f"route-map {_TO_RIB} deny 15", f" match ip address prefix-list {_DEFAULT}", "exit"),
    )


def _areas(spoken: Iterable[Ospf], *, at_pe: bool) -> tuple[str, ...]:
    """The areas that are not normal ones; what a totally stubby one lacks is for its ABR, the PE, to say."""
    words = {
        AreaType.NSSA: "nssa",
        AreaType.STUB: "stub",
        AreaType.TOTALLY_STUBBY: "stub no-summary" if at_pe else "stub",
    }
    special = {one.area: one.area_type for one in spoken if one.area_type is not AreaType.NORMAL}
    return tuple(f" area {area} {words[kind]}" for area, kind in sorted(special.items()))


def on_ce(lab: Lab, ce: str) -> ConfigFragment:
    """Plain OSPF on the PE-CE links and on the site's LANs."""
    own = attachments(lab, ce)
    if not own:
        return ConfigFragment()
    links = {one.ce.interface: link_lines(lab, one, ospf) for _, one, ospf in own}
    area = own[0][2].area
    backdoors = {
        backdoor.near_end(ce)[0].interface: interface_lines(
            own[0][2].area, provider_timers(lab, own[0][1]), cost=backdoor.cost
        )
        for backdoor in lab.backdoors_of(ce)
    }
    lans = {
        one.name: (f" ip ospf area {area}", f" ip ospf cost {LAN_COST}", " ip ospf passive")
        for one in lab.interfaces_of(ce, InterfaceKind.LAN)
    }
    block = (
        "router ospf",
        f" ospf router-id {router_id(lab, Table(ce))}",
        *_areas([ospf for _, _, ospf in own], at_pe=False),
        *throttle_lines(provider_timers(lab, own[0][1])),
        "exit",
    )
    return ConfigFragment(interfaces=links | backdoors | lans, blocks=(block,))


def link_lines(lab: Lab, attachment: Attachment, ospf: Ospf) -> tuple[str, ...]:
    """The interface at one end of a PE-CE link."""
    timers = link_timers(lab, attachment, ospf)
    return interface_lines(
        ospf.area,
        timers,
        cost=ospf.cost,
        bfd=ospf.bfd,
        network=ospf.network,
        authentication=ospf.authentication,
    )


def _sham_filters(lab: Lab, vrf: Vrf) -> tuple[tuple[str, ...], ...]:
    """Neither are ends of sham links advertised by OSPF, nor are routes over a sham link used."""
    # Numbered through the lab: VRFs of one PE share its route-maps.
    numbers: list[IpNetwork] = [end.endpoint.network for end in sham_ends(lab)]
    hidden = endpoints_in(lab, vrf)
    keep_back = (
        *(
            (f"ip prefix-list {_ENDPOINTS} seq {5 * (numbers.index(one) + 1)} permit {one}",)
            for one in hidden
        ),
        (f"route-map {_TO_OSPF} deny 5", f" match ip address prefix-list {_ENDPOINTS}", "exit"),
    )
    leave_to_bgp = (
        (
            f"route-map {_TO_RIB} deny {20 + lab.sham_links.index(link)}",
            f" match interface {link.device}",
            "exit",
        )
        for link, _, _ in lab.sham_links_of(vrf)
    )
    return (*(keep_back if hidden else ()), *leave_to_bgp)


def _route_maps(tag: int) -> tuple[tuple[str, ...], ...]:
    return (
        (f"route-map {_TO_OSPF} permit 10", f" set tag {tag}", "exit"),
        (f"route-map {_FROM_OSPF} deny 10", f" match tag {tag}", "exit"),
        (f"route-map {_FROM_OSPF} permit 20", "exit"),
        (f"route-map {_TO_RIB} deny 10", f" match tag {tag}", "exit"),
        (f"route-map {_TO_RIB} permit 1000", "exit"),
        vpn_import.BLOCK,
    )
