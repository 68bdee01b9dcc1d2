"""Routes that zebra keeps are told from those that the kernel has."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from orchestrator.verification.gone_routes import GoneRoute, gone_routes
from orchestrator.verification.kit.facts import CouldNotLook
from parsers import DEFAULT_VRF
from parsers.kernel import KERNEL_ROUTES
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab
    from orchestrator.verification.kit.facts import Facts
    from tests.unit.verification.scene import Scene

SUBNET = IPv4Network("10.1.0.0/30")


def _with_a_kernel_route(facts: Facts) -> Facts:
    """As zebra of pe1 shows it when eth2 has been in another VRF: `K>* 10.1.0.0/30 ... eth2 (vrf red)`."""
    (connected,) = [
        one for one in facts.of("pe1", ROUTES) if one.prefix == SUBNET and one.protocol == "connected"
    ]
    kept = replace(connected, vrf=DEFAULT_VRF, protocol="kernel")
    return facts.updated({("pe1", ROUTES.text): (*facts.of("pe1", ROUTES), kept)})


def test_nothing_is_kept_on_a_converged_lab(lab: Lab, scene: Scene) -> None:
    assert gone_routes(lab, scene.facts) == ()


def test_a_kernel_route_that_the_kernel_has_no_more_is_gone(lab: Lab, scene: Scene) -> None:
    assert gone_routes(lab, _with_a_kernel_route(scene.facts)) == (GoneRoute("pe1", SUBNET, "eth2"),)


def test_one_that_the_kernel_has_is_somebodys(lab: Lab, scene: Scene) -> None:
    facts = _with_a_kernel_route(scene.facts)
    (in_vrf,) = [
        one for one in facts.of("pe1", KERNEL_ROUTES) if one.prefix == SUBNET and one.kind == "unicast"
    ]
    kernel = (*facts.of("pe1", KERNEL_ROUTES), replace(in_vrf, table=254))
    assert gone_routes(lab, facts.updated({("pe1", KERNEL_ROUTES.text): kernel})) == ()


def test_a_pe_that_could_not_be_looked_at_has_none(lab: Lab, scene: Scene) -> None:
    unseen = _with_a_kernel_route(scene.facts).updated({("pe1", ROUTES.text): CouldNotLook("no answer")})
    assert gone_routes(lab, unseen) == ()
