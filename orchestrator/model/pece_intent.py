"""What a site says of its PE-CE protocol: a schema for each, told apart by `protocol:`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from pydantic import BeforeValidator, Field

from orchestrator.model.bfd import BfdChoice  # noqa: TC001 -- pydantic reads it when the class is made
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
    secret,
    shown,
    whole,
    wrong,
)
from orchestrator.model.mistakes import nearest
from orchestrator.model.pece import (
    Authentication,
    Bgp,
    Eigrp,
    EigrpLink,
    Md5Key,
    NetworkType,
    Ospf,
    OwnAs,
    Static,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.model.pece import PeCe


Mtu = Annotated[int, whole("MTU", 68, 65535)]
Seconds = Annotated[int, whole("interval in seconds", 1, 65535)]
HoldTime = Annotated[int, whole("hold time in seconds", 3, 65535)]
Area = Annotated[int, whole("OSPF area", 0, 0xFFFFFFFF)]
Network = Annotated[str, choice("network type", *NetworkType)]


def _or_none(value: object) -> object:
    """The word for what is not there, which is no key and no password."""
    return None if value == "none" else value


class AuthenticationIntent(Edge):
    """OSPF's authentication: a message digest (MD5) with the id of its key, or a password in plain text."""

    noun = "the authentication of a link"
    example = "write {id: 1, key: …} or {type: plain, key: …}, or none"

    type: Annotated[str, choice("authentication", "md5", "plain")] = "md5"
    id: Annotated[int, whole("id of a key", 1, 255)] = 1
    key: Annotated[str, secret("key", 16)] = Field(description="key: the secret that both ends share")

    def agreed(self) -> Authentication:
        """As a value. Of a password in plain text only eight octets are sent (RFC 2328 D.3)."""
        return Authentication(self.key, self.id if self.type == "md5" else None)


OwnAuthentication = Annotated[AuthenticationIntent | None, BeforeValidator(_or_none)]
Password = Annotated[str | None, secret("password", 80), BeforeValidator(_or_none)]


class AtCe(Edge):
    """What the CE has otherwise than agreed, because the customer got it wrong; the PE keeps to the site."""

    mtu: Mtu | None = None
    prefix_length: Annotated[int | None, whole("prefix length", 8, 31)] = Field(
        default=None, alias="prefix-length"
    )

    def end(self, agreed: PeCe) -> PeCe:
        """What the CE is set to, where `agreed` is what both were to be set to."""
        return replace(agreed, **self._otherwise())

    def _otherwise(self) -> Mapping[str, Any]:
        """The parameters of the protocol that are given, by their names there."""
        return {name: getattr(self, name) for name in self.model_fields_set - AtCe.model_fields.keys()}


class BgpAtCe(AtCe):
    """BGP as the CE has it."""

    asn: AsNumber | None = None
    password: Password = None
    keepalive: Seconds | None = None
    hold: HoldTime | None = None


class OspfAtCe(AtCe):
    """OSPF as the CE has it."""

    area: Area | None = None
    hello: Seconds | None = None
    dead: Seconds | None = None
    network: Network | None = None
    authentication: OwnAuthentication = None

    def _otherwise(self) -> Mapping[str, Any]:
        own = dict(super()._otherwise())
        if self.network is not None:
            own["network"] = NetworkType(self.network)
        if self.authentication is not None:
            own["authentication"] = self.authentication.agreed()
        return own


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
    mtu: Mtu | None = None
    at_ce: AtCe = Field(default=AtCe(), alias="at-ce")

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
    backup: Switch = False
    password: Password = None
    keepalive: Seconds | None = None
    hold: HoldTime | None = None
    at_ce: BgpAtCe = Field(default=BgpAtCe(), alias="at-ce")
    bfd: BfdChoice = None

    def agreed(self, *, shared_as: bool) -> Bgp:
        """The session; sites with one AS number need a way around its loop detection, by default the PE's."""
        usual = OwnAs.AS_OVERRIDE if shared_as else None
        own_as = OwnAs(self.own_as) if self.own_as else usual
        return Bgp(self.asn, own_as, self.transit, self.backup, self.password, self.keepalive, self.hold)


class OspfIntent(AttachmentIntent):
    """OSPF between CE and PE."""

    area: Area = 0
    cost: Annotated[int, whole("OSPF cost", 1, 0xFFFF)] = 10
    hello: Seconds | None = None
    dead: Seconds | None = None
    network: Network = NetworkType.POINT_TO_POINT
    authentication: OwnAuthentication = None
    at_ce: OspfAtCe = Field(default=OspfAtCe(), alias="at-ce")
    bfd: BfdChoice = None

    def agreed(self, *, shared_as: bool) -> Ospf:  # noqa: ARG002 -- no AS number here
        """Area and cost of the link, timers, network type and authentication."""
        return Ospf(
            self.area,
            self.cost,
            self.hello,
            self.dead,
            NetworkType(self.network),
            self.authentication.agreed() if self.authentication else None,
        )


Bandwidth = Annotated[int, whole("EIGRP bandwidth in kbit/s", 1, 10_000_000)]
Delay = Annotated[int, whole("EIGRP delay in tens of microseconds", 1, 0xFFFFFF)]
FAST_ETHERNET: Final = EigrpLink(bandwidth=100_000, delay=10)
"""What an EIGRP link adds to metrics unless the file says otherwise."""
_K_VALUES: Final = 5
_LARGEST_K: Final = 254  # 255 in all of them says goodbye
_LONGEST_SECRET: Final = 16


def _k_values(value: object) -> object:
    right = "give K1 to K5 in brackets, like [1, 0, 1, 0, 0]"
    if not isinstance(value, list) or len(value) != _K_VALUES:
        raise wrong(f"{shown(value)} is not five K values", right)
    for one in value:
        if isinstance(one, bool) or not isinstance(one, int) or not 0 <= one <= _LARGEST_K:
            raise wrong(f"{shown(one)} is not a K value", f"give a whole number within 0..{_LARGEST_K}")
    if not any(value):
        raise wrong("with all K values 0 every path has the same metric", right)
    return value


class Md5Intent(Edge):
    """EIGRP's authentication: MD5, with the number of its key."""

    id: Annotated[int, whole("id of a key", 1, 0xFFFFFFFF)] = 1
    key: Annotated[str, secret("key", _LONGEST_SECRET)] = Field(
        description="key: the secret that both ends share"
    )

    def agreed(self) -> Md5Key:
        """As a value."""
        return Md5Key(self.id, self.key)


KValues = Annotated[list[int], BeforeValidator(_k_values)]
EigrpAs = Annotated[int, whole("EIGRP AS number", 1, 0xFFFF)]
OwnMd5 = Annotated[Md5Intent | None, BeforeValidator(_or_none)]


class EigrpAtCe(AtCe):
    """EIGRP as the CE has it."""

    asn: EigrpAs | None = None
    k_values: KValues | None = Field(default=None, alias="k-values")
    hello: Seconds | None = None
    hold: Seconds | None = None
    authentication: OwnMd5 = None

    def _otherwise(self) -> Mapping[str, Any]:
        own = dict(super()._otherwise())
        if "k_values" in own:
            own["k"] = tuple(own.pop("k_values"))
        if "authentication" in own:
            own.pop("authentication")
            own["key"] = self.authentication.agreed() if self.authentication else None
        return own


class EigrpIntent(AttachmentIntent):
    """EIGRP between CE and PE."""

    asn: EigrpAs = Field(description="asn: the EIGRP AS number")
    bandwidth: Bandwidth = FAST_ETHERNET.bandwidth
    delay: Delay = FAST_ETHERNET.delay
    k_values: KValues = Field(default=[1, 0, 1, 0, 0], alias="k-values")
    hello: Annotated[int | None, whole("EIGRP hello interval in seconds", 1, 0xFFFF)] = None
    hold: Annotated[int | None, whole("EIGRP hold time in seconds", 1, 0xFFFF)] = None
    authentication: OwnMd5 = None
    at_ce: EigrpAtCe = Field(default=EigrpAtCe(), alias="at-ce")

    def agreed(self, *, shared_as: bool) -> Eigrp:  # noqa: ARG002 -- its AS number is not BGP's
        """Metric, weights, timers and key of the link."""
        k1, k2, k3, k4, k5 = self.k_values
        return Eigrp(
            self.asn,
            EigrpLink(self.bandwidth, self.delay),
            (k1, k2, k3, k4, k5),
            self.hello,
            self.hold,
            self.authentication.agreed() if self.authentication else None,
        )


class StaticIntent(AttachmentIntent):
    """Static routes on CE and PE."""

    routes: Annotated[str, choice("routes", "default", "specific")] = "default"

    def agreed(self, *, shared_as: bool) -> Static:  # noqa: ARG002 -- no AS number here
        """The routes on both sides."""
        return Static(default=self.routes == "default")


AT_CE: Final[Mapping[type[PeCe], type[AtCe]]] = {
    Bgp: BgpAtCe,
    Eigrp: EigrpAtCe,
    Ospf: OspfAtCe,
    Static: AtCe,
}
"""By protocol, what a CE can have otherwise."""
PROTOCOLS: Final[Mapping[str, type[AttachmentIntent]]] = {
    "bgp": BgpIntent,
    "eigrp": EigrpIntent,
    "ospf": OspfIntent,
    "static": StaticIntent,
}


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
