"""What `vpn.yml` says of a site that speaks BGP."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from orchestrator.model.pece_intent import AtCe, HoldTime, Seconds, WatchedIntent, or_none
from orchestrator.model.schema import AsNumber, Switch, choice, secret, whole
from orchestrator.protocols.bgp.values import Bgp, OwnAs, PrivateAs

Password = Annotated[str | None, secret("password", 80), BeforeValidator(or_none)]


class BgpAtCe(AtCe):
    """BGP as the CE has it."""

    asn: AsNumber | None = None
    password: Password = None
    keepalive: Seconds | None = None
    hold: HoldTime | None = None
    ttl_security: Switch = Field(
        default=False, alias="ttl-security", description="GTSM (RFC 5082): only TTL 255 is taken"
    )


class BgpIntent(WatchedIntent):
    """eBGP between CE and PE."""

    over_backdoors: ClassVar[bool] = True
    at_several_providers: ClassVar[bool] = True
    carries_ipv6: ClassVar[bool] = True

    asn: AsNumber = Field(description="asn: the customer's AS number")
    own_as: Annotated[str | None, choice("way", *OwnAs)] = Field(
        default=None, alias="own-as", description="how the site takes routes with its own AS number"
    )
    transit: Switch = Field(default=False, description="the site carries other sites' traffic")
    backup: Switch = Field(default=False, description="used only while the site's other attachments are gone")
    password: Password = None
    keepalive: Seconds | None = None
    hold: HoldTime | None = None
    own_as_times: Annotated[int, whole("number of times", 1, 10)] = Field(
        default=1,
        alias="own-as-times",
        description="with allowas-in: how often its own AS number may be in a path",
    )
    private_as: Annotated[str | None, choice("way", *PrivateAs)] = Field(
        default=None,
        alias="remove-private-as",
        description="what the PE does with private AS numbers in paths to the CE",
    )
    local_as: AsNumber | None = Field(
        default=None, alias="local-as", description="the provider's AS number as this site sees it"
    )
    maximum_prefix: Annotated[int | None, whole("number of prefixes", 1, 0xFFFFFFFF)] = Field(
        default=None, alias="maximum-prefix", description="with more from the CE the PE ends the session"
    )
    ttl_security: Switch = Field(
        default=False, alias="ttl-security", description="GTSM (RFC 5082): only TTL 255 is taken"
    )
    default_originate: Switch = Field(
        default=False, alias="default-originate", description="the PE sends the site a default route"
    )
    at_ce: BgpAtCe = Field(default=BgpAtCe(), alias="at-ce")

    def agreed(self, *, shared_as: bool) -> Bgp:
        """The session; sites with one AS number need a way around its loop detection, by default the PE's."""
        usual = OwnAs.AS_OVERRIDE if shared_as else None
        own_as = OwnAs(self.own_as) if self.own_as else usual
        return Bgp(
            self.asn,
            own_as,
            self.transit,
            self.backup,
            self.password,
            self.keepalive,
            self.hold,
            own_as_times=self.own_as_times,
            private_as=PrivateAs(self.private_as) if self.private_as else None,
            local_as=self.local_as,
            maximum_prefix=self.maximum_prefix,
            ttl_security=self.ttl_security,
            default_originate=self.default_originate,
        )

    @property
    def not_of_ipv6(self) -> str | None:
        """The first of the options that IPv6 sessions were never run with."""
        given = {
            "own-as-times": self.own_as_times > 1,
            "remove-private-as": self.private_as,
            "local-as": self.local_as,
            "maximum-prefix": self.maximum_prefix,
            "ttl-security": self.ttl_security,
            "default-originate": self.default_originate,
        }
        return next((name for name, wanted in given.items() if wanted), None)

    @property
    def bgp_as(self) -> int:
        """The site's."""
        return self.asn

    @property
    def bgp_as_at_ce(self) -> int:
        """The site's, unless the customer got it wrong."""
        return self.at_ce.asn or self.asn

    @property
    def joins_providers(self) -> bool:
        """A transit site does."""
        return self.transit

    @property
    def why_no_default(self) -> str:
        """The CE originates it."""
        return ""

    @property
    def used_last(self) -> bool:
        """A backup is."""
        return self.backup
