"""What a site says of its PE-CE protocol: a schema for each, told apart by `protocol:`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Final

from pydantic import Field

from orchestrator.model.edge import (
    AsNumber,
    Edge,
    Fault,
    Prefix,
    Refusal,
    Switch,
    Text,
    choice,
    refused,
    shown,
)
from orchestrator.model.mistakes import nearest
from orchestrator.model.pece import Bgp, OwnAs, Static

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.model.pece import PeCe


class AttachmentIntent(Edge):
    """A CE at a PE, whatever protocol they speak."""

    elsewhere: ClassVar[Mapping[str, str]] = {
        "prefixes": "prefixes belong to the site, not to one attachment",
        "attachments": "attachments belong to the site",
    }

    protocol: str
    ce: Text = Field(description="ce: the CE's node name")
    pe: Text | None = None
    vrf: Text | None = None
    subnet: Prefix | None = None

    def agreed(self, *, shared_as: bool) -> PeCe:
        """What PE and CE speak.

        Args:
            shared_as: another site of the VPN has the same AS number.
        """
        raise NotImplementedError


class BgpIntent(AttachmentIntent):
    """eBGP between CE and PE."""

    asn: AsNumber = Field(description="asn: the customer's AS number")
    own_as: Annotated[str | None, choice("way", *OwnAs)] = Field(default=None, alias="own-as")
    transit: Switch = False

    def agreed(self, *, shared_as: bool) -> Bgp:
        """The session; sites with one AS number need a way around its loop detection, by default the PE's."""
        usual = OwnAs.AS_OVERRIDE if shared_as else None
        return Bgp(self.asn, OwnAs(self.own_as) if self.own_as else usual, self.transit)


class StaticIntent(AttachmentIntent):
    """Static routes on CE and PE."""

    routes: Annotated[str, choice("routes", "default", "specific")] = "default"

    def agreed(self, *, shared_as: bool) -> Static:  # noqa: ARG002 -- no AS number here
        """The routes on both sides."""
        return Static(default=self.routes == "default")


PROTOCOLS: Final[Mapping[str, type[AttachmentIntent]]] = {"bgp": BgpIntent, "static": StaticIntent}


def by_protocol(value: object) -> object:
    """A mapping as the schema that its `protocol:` names."""
    if not isinstance(value, dict):
        return value
    protocol = value.get("protocol")
    if protocol is None:
        known = ", ".join(PROTOCOLS)
        raise refused(Refusal((), Fault.MISSING_KEY, "no 'protocol'", f"add protocol: one of {known}"))
    if (schema := PROTOCOLS.get(str(protocol))) is None:
        right = nearest(str(protocol), PROTOCOLS)
        raise refused(Refusal(("protocol",), Fault.VALUE, f"unknown protocol {shown(protocol)}", right))
    return schema.model_validate(value)
