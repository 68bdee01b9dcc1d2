"""What `vpn.yml` says of a site that speaks OSPF."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from pydantic import BeforeValidator, Field

from orchestrator.core.igp.ospf.lines import Authentication, NetworkType
from orchestrator.model.pece_intent import AtCe, NoneWord, Seconds, WatchedIntent, or_none
from orchestrator.model.schema import IPV4, StrictModel, Switch, as_written, choice, secret, whole
from orchestrator.protocols.ospf.values import AreaType, Ospf

if TYPE_CHECKING:
    from collections.abc import Mapping


def _dotted_area(value: object) -> object:
    """An area as the address that it looks like in packets (RFC 2328 C.2): 0.0.0.1 is area 1."""
    try:
        return int(IPv4Address(value)) if isinstance(value, str) and value.count(".") else value
    except ValueError:
        return value


_LARGEST_AREA: Final = 0xFFFFFFFF
_AREA_JSON: Final = as_written(
    description="OSPF area",
    anyOf=[
        {"type": "integer", "minimum": 0, "maximum": _LARGEST_AREA},
        {"type": "string", "pattern": f"^{IPV4}$", "examples": ["0.0.0.1"]},
    ],
)
Area = Annotated[
    int,
    whole("OSPF area", 0, _LARGEST_AREA),
    BeforeValidator(_dotted_area, json_schema_input_type=_AREA_JSON),
]
Network = Annotated[str, choice("network type", *NetworkType)]


class AuthenticationIntent(StrictModel):
    """OSPF's authentication: a message digest (MD5) with the id of its key, or a password in plain text."""

    noun = "the authentication of a link"
    example = "write {id: 1, key: …} or {type: plain, key: …}, or none"

    type: Annotated[str, choice("authentication", "md5", "plain")] = "md5"
    id: Annotated[int, whole("id of a key", 1, 255)] = 1
    key: Annotated[str, secret("key", 16)] = Field(description="key: the secret that both ends share")

    def agreed(self) -> Authentication:
        """As a value. Of a password in plain text only eight octets are sent (RFC 2328 D.3)."""
        return Authentication(self.key, self.id if self.type == "md5" else None)


OwnAuthentication = Annotated[
    AuthenticationIntent | None,
    BeforeValidator(or_none, json_schema_input_type=AuthenticationIntent | NoneWord),
]


class OspfAtCe(AtCe):
    """OSPF as the CE has it."""

    area: Area | None = None
    hello: Seconds | None = None
    dead: Seconds | None = None
    network: Network | None = None
    authentication: OwnAuthentication = None
    area_type: Annotated[str | None, choice("type of area", *AreaType)] = Field(
        default=None, alias="area-type"
    )

    def _overrides(self) -> Mapping[str, Any]:
        own = dict(super()._overrides())
        if self.network is not None:
            own["network"] = NetworkType(self.network)
        if self.area_type is not None:
            own["area_type"] = AreaType(self.area_type)
        if self.authentication is not None:
            own["authentication"] = self.authentication.agreed()
        return own


class OspfIntent(WatchedIntent):
    """OSPF between CE and PE."""

    over_backdoors: ClassVar[bool] = True

    area: Area = 0
    cost: Annotated[int, whole("OSPF cost", 1, 0xFFFF)] = 10
    hello: Seconds | None = None
    dead: Seconds | None = None
    network: Network = NetworkType.POINT_TO_POINT
    authentication: OwnAuthentication = None
    area_type: Annotated[str, choice("type of area", *AreaType)] = Field(
        default=AreaType.NORMAL, alias="area-type", description="which routes from elsewhere the area has"
    )
    default_originate: Switch = Field(
        default=False, alias="default-originate", description="the PE sends the site a default route"
    )
    at_ce: OspfAtCe = Field(default=OspfAtCe(), alias="at-ce")

    def agreed(self, *, shared_as: bool) -> Ospf:  # noqa: ARG002 -- no AS number here
        """Area and cost of the link, timers, network type and authentication."""
        return Ospf(
            self.area,
            self.cost,
            self.hello,
            self.dead,
            NetworkType(self.network),
            self.authentication.agreed() if self.authentication else None,
            AreaType(self.area_type),
            self.default_originate,
        )

    @property
    def ospf_area(self) -> int:
        """The link's."""
        return self.area
