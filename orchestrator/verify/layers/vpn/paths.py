"""AS paths as the CEs see them, where the intent says how a site takes routes with its own AS number."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.model.pece import Bgp
from orchestrator.model.topology import Role
from orchestrator.pece.held import Source
from orchestrator.verify.check import Check, Judgement, Layer
from orchestrator.verify.facts import Need
from orchestrator.verify.layers.vpn.ce import ce_route_id, remote_routes
from orchestrator.verify.questions import BGP_ROUTES
from orchestrator.verify.wording import equal, look

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Network

    from orchestrator.verify.facts import Facts
    from orchestrator.verify.state import LabInState


def path_id(ce: str, prefix: IPv4Network) -> str:
    """The check of the AS path that a CE has chosen for a prefix."""
    return f"vpn.as-path.{ce}.{prefix}"


def checks(lab: LabInState) -> Iterator[Check]:
    """The AS path of each remote prefix at the sites that share their AS number with others."""
    for ce in lab.with_role(Role.CE):
        if not any(
            isinstance(one.protocol, Bgp) and one.protocol.own_as for _, one in lab.attachments_of(ce.name)
        ):
            continue
        for prefix, route in remote_routes(lab, ce.name).items():
            if route.protocol == "bgp" and route.source is Source.PE_CE:
                yield Check(
                    path_id(ce.name, prefix),
                    Layer.VPN,
                    ce.name,
                    f"AS path of {prefix}",
                    partial(judge_path, ce=ce.name, prefix=prefix, path=route.as_path),
                    (Need(ce.name, BGP_ROUTES),),
                    after=(ce_route_id(ce.name, prefix),),
                    why="as-override writes the provider's AS number over the customer's; with allowas-in "
                    "the CE sees its own, once. Another path comes from another policy.",
                    hint=look(lab.lab, ce.name, f"show bgp ipv4 unicast {prefix}"),
                )


def judge_path(facts: Facts, *, ce: str, prefix: IPv4Network, path: tuple[int, ...]) -> Judgement:
    """The best path of a prefix has exactly this AS path."""
    best = [one for one in facts.of(ce, BGP_ROUTES) if one.prefix == prefix and one.best]
    return equal(" ".join(map(str, path)), " ".join(best[0].as_path) if best else "no best path")
