"""What the provider's IGP counts for crossing a core link, as `vpn.yml` says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final

from pydantic import BeforeValidator, TypeAdapter

from orchestrator.model.schema import whole

USUAL_COST: Final = 10
"""Of a link that `vpn.yml` gives no cost: IS-IS' default, and what FRR's OSPF makes of a veth's speed."""
LARGEST_COST: Final = {"isis": 0xFFFFFE, "ospf": 0xFFFF}
"""By IGP: a wide metric that SPF still uses (RFC 5305 3), and 16 bits of a router LSA (RFC 2328 A.4.2)."""


@dataclass(frozen=True, slots=True)
class LinkCost:
    """The cost of a link: each end counts its own, for what leaves by it (RFC 2328 16.1, RFC 5305 3).

    Attributes:
        both: of ends that are not named.
        by_node: of ends that are, by the node there.
    """

    both: int | None = None
    by_node: dict[str, int] = field(default_factory=dict)

    def at(self, node: str) -> int | None:
        """The cost at the end of `node`; None where the file says nothing of it."""
        return self.by_node.get(node, self.both)

    @property
    def largest(self) -> int:
        """The largest that the file says."""
        return max((*self.by_node.values(), self.both or 0))


Cost = Annotated[int, whole("cost", 1, max(LARGEST_COST.values()))]
_BOTH: Final[TypeAdapter[int]] = TypeAdapter(Cost)
_BY_NODE: Final[TypeAdapter[dict[str, int]]] = TypeAdapter(dict[str, Cost])


def _read(value: object) -> object:
    match value:
        case LinkCost():
            return value
        case dict():
            return LinkCost(by_node=_BY_NODE.validate_python(value))
    return LinkCost(_BOTH.validate_python(value))


CostChoice = Annotated[LinkCost, BeforeValidator(_read, json_schema_input_type=Cost | dict[str, Cost])]
"""A number for both ends, or a mapping from the nodes at them."""
