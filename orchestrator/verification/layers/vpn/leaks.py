"""Routes from one VRF of a PE to another (RFC 4364 4.3.1): route targets alone, no label and no core."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.core.mpbgp import checks as mpbgp
from orchestrator.model.family import Family
from orchestrator.routing.routes import BGP, Table
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, InVrf, Layer
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import in_kernel, rib, selected, via
from orchestrator.verification.kit.wording import hint_command
from orchestrator.verification.layers import kernel
from orchestrator.verification.layers.pece.neighbours import handed_to, origin_neighbour
from orchestrator.verification.layers.vpn.routes import held_ids
from parsers.kernel import KERNEL_ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import VpnPrefix, Vrf
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts


def leak_id(vrf: Vrf, prefix: IpNetwork) -> CheckId:
    """The check that a VRF has a prefix from another VRF of its PE."""
    return CheckId(Layer.VPN, "leak", vrf.pe, (InVrf(vrf.name), prefix))


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """What each VRF has from others of the same PE."""
    for vrf in lab.vrfs:
        origins: dict[IpNetwork, tuple[VpnPrefix, ...]] = {}
        for one in lab.leaked_into(vrf):
            origins[one.prefix] = (*origins.get(one.prefix, ()), one)
        for prefix, ones in origins.items():
            yield _leak(lab, vrf, prefix, ones)


def _leak(lab: EffectiveLab, vrf: Vrf, prefix: IpNetwork, origins: tuple[VpnPrefix, ...]) -> Check:
    return Check(
        leak_id(vrf, prefix),
        f"VRF {vrf.name} has {prefix} from VRF {' or '.join(one.vrf.name for one in origins)}",
        partial(judge_leak, vrf=vrf, prefix=prefix, origins=origins, beside=_own_ports(lab, vrf, prefix)),
        (Query(vrf.pe, rib(Family.of(prefix))), Query(vrf.pe, KERNEL_ROUTES)),
        after=(
            kernel.vrf_id(vrf),
            mpbgp.policy_id(vrf),
            *(mpbgp.policy_id(origin.vrf) for origin in origins),
            *(one for origin in origins for one in held_ids(lab, origin)),
        ),
        why="The other VRF exports it under a route target that is imported here; packets then leave by the "
        "other VRF's interface, without a label.",
        hint=hint_command(lab.lab, vrf.pe, f"show {lab.lab.family.ip} route vrf {vrf.name} {prefix}"),
    )


def _own_ports(lab: EffectiveLab, vrf: Vrf, prefix: IpNetwork) -> tuple[str, ...]:
    """Where the VRF's own neighbours are as good a way as the other VRF's."""
    hops = lab.routing[Table.of(vrf)][prefix].next_hops
    handed = (handed_to(hop, vrf.pe) for hop in hops)
    return tuple(one.port.interface for one in handed if one is not None)


def judge_leak(
    facts: Facts, *, vrf: Vrf, prefix: IpNetwork, origins: tuple[VpnPrefix, ...], beside: tuple[str, ...]
) -> Judgement:
    """BGP's route leaves by the port of the other VRF's attachment, or by one beside it, in the kernel too.

    For a connected subnet FRR from 10 on names the other VRF's device instead, and the kernel looks on in its
    table; FRR 8.4 names the port.
    """
    ports = sorted(
        {neighbour.port.interface for one in origins if (neighbour := origin_neighbour(one)) is not None}
        | set(beside)
        | {one.vrf.name for one in origins if one.connected or origin_neighbour(one) is None}
    )
    expected = f"bgp by {' or '.join(ports)}, in the kernel too"
    route = selected(facts, vrf.pe, vrf.name, prefix)
    if route is None:
        return Judgement(holds=False, expected=expected, observed=f"no route in VRF {vrf.name}")
    installed = in_kernel(facts, vrf.pe, vrf.table, prefix)
    devices = {hop.device for hop in installed.hops} if installed else set()
    labels = any(hop.labels for hop in installed.hops) if installed else False
    leaves_by = devices | {hop.interface for hop in route.hops if hop.fib}
    holds = route.protocol == BGP and bool(devices) and leaves_by <= set(ports) and not labels
    kernel_text = f"the kernel by {', '.join(sorted(map(str, devices)))}" if devices else "not in the kernel"
    return Judgement(holds, expected, f"{via(route)}; {kernel_text}")
