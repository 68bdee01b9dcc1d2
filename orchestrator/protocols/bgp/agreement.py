"""What both ends of a PE-CE BGP session must be set to alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.protocols.agreement import Agreement, End, Outcome, Setting
from orchestrator.protocols.bgp.values import Bgp

if TYPE_CHECKING:
    from orchestrator.model.lab import Attachment, Lab


_CUSTOMER_AS, _PROVIDER_AS, _AUTHENTICATION = "customer AS", "provider AS", "authentication"
_TTL_SECURITY: Final = "TTL security"
_NEEDED: Final = frozenset({_CUSTOMER_AS, _PROVIDER_AS, _AUTHENTICATION, _TTL_SECURITY})


def settings(
    customer: int, provider: int, password: str | None, *, ttl_security: bool
) -> tuple[Setting, ...]:
    """What the two ends of a session must be set to alike."""
    return (
        *((Setting(_TTL_SECURITY, "hops 1"),) if ttl_security else ()),
        Setting(_CUSTOMER_AS, str(customer)),
        Setting(_PROVIDER_AS, str(provider)),
        Setting(_AUTHENTICATION, "by a password (MD5)" if password else "none", password or ""),
    )


def intended(lab: Lab, attachment: Attachment, end: End) -> tuple[Setting, ...]:
    """Both AS numbers (RFC 4271 6.2), password (RFC 2385) and GTSM; hold times are negotiated."""
    bgp = end.spoken(attachment)
    if not isinstance(bgp, Bgp):
        return ()
    provider_as = bgp.local_as or lab.provider_of(attachment.pe.node).asn
    return settings(bgp.asn, provider_as, bgp.password, ttl_security=bgp.ttl_security)


def outcome(attachment: Attachment, different: frozenset[str]) -> Outcome:  # noqa: ARG001 -- as of all protocols
    """The link's own parameters do not matter to the session: its packets are small and cross one hop."""
    return Outcome.NO_SESSION if different & _NEEDED else Outcome.WORKS


AGREEMENT: Final = Agreement(intended, outcome)
