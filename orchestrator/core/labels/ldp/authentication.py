"""What LDP sessions are protected by: a password of their TCP connections (RFC 5036 2.9, RFC 2385)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer, Toward
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import equal, hint_command
from parsers.ldp import LDP_PASSWORDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Address

    from orchestrator.model.lab import Lab
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts


def password_lines(lab: Lab, node: str) -> tuple[str, ...]:
    """Lines of `mpls ldp` for the neighbours of a node; none without a password."""
    password = lab.provider_of(node).ldp_password
    neighbors = sorted({lab.loopback(far.node) for _, far in lab.core_links_of(node)})
    return tuple(f" neighbor {one} password {password}" for one in neighbors) if password else ()


def authentication_checks(lab: EffectiveLab, node: str, other: str) -> Iterator[Check]:
    """The check of what one end of a session is set to; none where `vpn.yml` has no password."""
    password = lab.lab.provider_of(node).ldp_password
    if password is None:
        return
    lsr_id = lab.lab.loopback(other)
    yield Check(
        CheckId(Layer.LDP, "authentication", node, (Toward(other),)),
        f"has the password for the session with {other}",
        partial(judge_password, node=node, lsr_id=lsr_id, password=password),
        (Query(node, LDP_PASSWORDS),),
        why=f"{other} has the same one, or the session does not come up: TCP drops what is not signed with "
        "it, and neither end says so (RFC 2385 2.0).",
        hint=hint_command(lab.lab, node, "show mpls ldp neighbor detail"),
    )


def judge_password(facts: Facts, *, node: str, lsr_id: IPv4Address, password: str) -> Judgement:
    """The neighbour has this password; neither is shown."""
    secrets = {one.secret for one in facts.of(node, LDP_PASSWORDS) if one.peer == lsr_id}
    wanted = "by a password (MD5)"
    if not secrets:
        return equal(wanted, "none")
    return equal(wanted, wanted if secrets == {password} else "by another password (MD5)")
