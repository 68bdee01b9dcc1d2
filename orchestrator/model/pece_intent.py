"""What a site says of its PE-CE protocol, as far as all protocols have it; the rest is in their folders."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Protocol

from pydantic import Field, ValidationInfo

from orchestrator.model.bfd import BfdChoice  # noqa: TC001 -- pydantic reads it when the class is made
from orchestrator.model.mistakes import nearest
from orchestrator.model.schema import Fault, Prefix, Refusal, StrictModel, Text, refused, shown, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from orchestrator.model.files import LabFiles
    from orchestrator.model.mistakes import Mistake
    from orchestrator.model.pece import PeCe


Mtu = Annotated[int, whole("MTU", 68, 65535)]
Seconds = Annotated[int, whole("interval in seconds", 1, 65535)]
HoldTime = Annotated[int, whole("hold time in seconds", 3, 65535)]
Bandwidth = Annotated[int, whole("EIGRP bandwidth in kbit/s", 1, 10_000_000)]
Delay = Annotated[int, whole("EIGRP delay in tens of microseconds", 1, 0xFFFFFF)]
NoneWord = Literal["none"] | None
"""What is written where there is none: nothing at all is taken for it, too."""


def or_none(value: object) -> object:
    """The word for what is not there, which is no key and no password."""
    return None if value == "none" else value


class AtCe(StrictModel):
    """What the CE has instead of what was agreed: the customer's mistake; the PE keeps to the site."""

    mtu: Mtu | None = None
    prefix_length: Annotated[int | None, whole("prefix length", 8, 31)] = Field(
        default=None, alias="prefix-length"
    )

    def end(self, agreed: PeCe) -> PeCe:
        """What the CE is set to, where `agreed` is what both were to be set to."""
        return replace(agreed, **self._overrides())

    def _overrides(self) -> Mapping[str, Any]:
        """The parameters of the protocol that are given, by their names there."""
        return {name: getattr(self, name) for name in self.model_fields_set - AtCe.model_fields.keys()}


class AttachmentIntent(StrictModel):
    """A CE at a PE, whatever protocol they speak.

    Attributes:
        over_backdoors: the protocol can be spoken over a backdoor.
        at_several_providers: a site may speak it with two providers without taking one's routes for its own.
        carries_ipv6: a site that speaks it may have IPv6 prefixes.
    """

    over_backdoors: ClassVar[bool] = False
    at_several_providers: ClassVar[bool] = False
    carries_ipv6: ClassVar[bool] = False

    elsewhere: ClassVar[Mapping[str, str]] = {
        "prefixes": "prefixes belong to the site, not to one attachment",
        "attachments": "attachments belong to the site",
    }

    protocol: str
    ce: Text = Field(description="ce: the CE's node name")
    pe: Text | None = Field(default=None, description="the PE, where the CE is cabled to several")
    vrf: Text | None = Field(
        default=None, description="the VRF at the PE, where it is not called like the VPN"
    )
    subnet: Prefix | None = Field(default=None, description="the addresses of the PE-CE link")
    mtu: Mtu | None = None
    at_ce: AtCe = Field(default=AtCe(), alias="at-ce")

    def agreed(self, *, shared_as: bool) -> PeCe:
        """What PE and CE speak.

        Args:
            shared_as: another site of the VPN has the same AS number.
        """
        raise NotImplementedError

    @property
    def bgp_as(self) -> int | None:
        """The customer's AS number, in BGP."""
        return None

    @property
    def bgp_as_at_ce(self) -> int | None:
        """The AS number that the CE runs with, in BGP."""
        return None

    @property
    def not_of_ipv6(self) -> str | None:
        """An option that keeps the attachment from carrying IPv6, although its protocol does."""
        return None

    @property
    def joins_providers(self) -> bool:
        """Whether the site carries traffic between the providers that it is attached to."""
        return False

    @property
    def used_last(self) -> bool:
        """Whether the attachment is a backup of the site's others."""
        return False

    @property
    def why_no_default(self) -> str:
        """Why the site cannot be the one with the default route; empty where it can."""
        return "which is not made to carry one from a CE"

    @property
    def ospf_area(self) -> int | None:
        """The OSPF area of the link, which a sham link joins with another's."""
        return None


class WatchedIntent(AttachmentIntent):
    """An attachment whose protocol can watch its neighbour by BFD (RFC 5882)."""

    bfd: BfdChoice = Field(
        default=None, description="BFD (RFC 5880): true, false or intervals; default: the provider's"
    )


class SiteProtocol(Protocol):
    """A PE-CE protocol as far as lab files go."""

    @property
    def name(self) -> str:
        """What `protocol:` says."""

    @property
    def intent(self) -> type[AttachmentIntent]:
        """What a site says that speaks it."""

    @property
    def check_files(self) -> Callable[[LabFiles], Iterator[Mistake]]:
        """Finds where sites that speak it contradict each other; every attachment means one link."""


def by_protocol(value: object, info: ValidationInfo) -> object:
    """A mapping as the schema that its `protocol:` names; `read_intent` gives the schemas by name."""
    if not isinstance(value, dict):
        return value
    schemas: Mapping[str, type[AttachmentIntent]] = info.context or {}
    protocol = value.get("protocol")
    if protocol is None:
        known = ", ".join(schemas)
        raise refused(Refusal((), Fault.MISSING_KEY, "no 'protocol'", f"add protocol: one of {known}"))
    if (schema := schemas.get(str(protocol))) is None:
        right = nearest(str(protocol), schemas)
        raise refused(Refusal(("protocol",), Fault.VALUE, f"unknown protocol {shown(protocol)}", right))
    return schema.model_validate(value)
