"""What `vpn.yml` says of a site that speaks EIGRP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from pydantic import BeforeValidator, Field

from orchestrator.model.metric import FAST_ETHERNET, LinkMetric
from orchestrator.model.pece_intent import (
    AtCe,
    AttachmentIntent,
    Bandwidth,
    Delay,
    NoneWord,
    Seconds,
    or_none,
)
from orchestrator.model.schema import StrictModel, as_written, reject, secret, shown, whole
from orchestrator.protocols.eigrp.values import Eigrp, Md5Key

if TYPE_CHECKING:
    from collections.abc import Mapping


_K_VALUES: Final = 5
_LARGEST_K: Final = 254  # 255 in all of them says goodbye
_LONGEST_SECRET: Final = 16


def _k_values(value: object) -> object:
    right = "give K1 to K5 in brackets, like [1, 0, 1, 0, 0]"
    if not isinstance(value, list) or len(value) != _K_VALUES:
        raise reject(f"{shown(value)} is not five K values", right)
    for one in value:
        if isinstance(one, bool) or not isinstance(one, int) or not 0 <= one <= _LARGEST_K:
            raise reject(f"{shown(one)} is not a K value", f"give a whole number within 0..{_LARGEST_K}")
    if not any(value):
        raise reject("with all K values 0 every path has the same metric", right)
    return value


class Md5Intent(StrictModel):
    """EIGRP's authentication: MD5, with the number of its key."""

    id: Annotated[int, whole("id of a key", 1, 0xFFFFFFFF)] = 1
    key: Annotated[str, secret("key", _LONGEST_SECRET)] = Field(
        description="key: the secret that both ends share"
    )

    def agreed(self) -> Md5Key:
        """As a value."""
        return Md5Key(self.id, self.key)


_WRITTEN: Final = as_written(
    description="K1 to K5, like [1, 0, 1, 0, 0]",
    type="array",
    items={"type": "integer", "minimum": 0, "maximum": _LARGEST_K},
    minItems=_K_VALUES,
    maxItems=_K_VALUES,
    contains={"not": {"const": 0}},
)
KValues = Annotated[list[int], BeforeValidator(_k_values, json_schema_input_type=_WRITTEN)]
EigrpAs = Annotated[int, whole("EIGRP AS number", 1, 0xFFFF)]
OwnMd5 = Annotated[Md5Intent | None, BeforeValidator(or_none, json_schema_input_type=Md5Intent | NoneWord)]


class EigrpAtCe(AtCe):
    """EIGRP as the CE has it."""

    asn: EigrpAs | None = None
    k_values: KValues | None = Field(default=None, alias="k-values")
    hello: Seconds | None = None
    hold: Seconds | None = None
    authentication: OwnMd5 = None

    def _overrides(self) -> Mapping[str, Any]:
        own = dict(super()._overrides())
        if "k_values" in own:
            own["k"] = tuple(own.pop("k_values"))
        if "authentication" in own:
            own.pop("authentication")
            own["key"] = self.authentication.agreed() if self.authentication else None
        return own


class EigrpIntent(AttachmentIntent):
    """EIGRP between CE and PE."""

    over_backdoors: ClassVar[bool] = True

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
            LinkMetric(self.bandwidth, self.delay),
            (k1, k2, k3, k4, k5),
            self.hello,
            self.hold,
            self.authentication.agreed() if self.authentication else None,
        )
