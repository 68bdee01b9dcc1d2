"""Probes and what became of them, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict, RootModel

from orchestrator.model.family import IpAddress  # noqa: TC001 -- pydantic reads it when the class is made
from orchestrator.model.topology import Endpoint
from orchestrator.verification.kit.facts import CouldNotLook
from orchestrator.verification.kit.probes import SMALL, USUAL_TTL, Flight, Probe

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Flown(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    ce: str
    source: IpAddress
    destination: IpAddress
    target: str | None = None
    size: int = SMALL
    gateway: IpAddress | None = None
    witnesses: tuple[str, ...] = ()
    ttl: int = USUAL_TTL
    arrived_at: tuple[str, ...] = ()
    answered: bool = False
    refusal: str = ""
    sent: bool = True
    crossed: tuple[tuple[str, str], ...] = ()
    unknown: str | None = None  # why nobody knows what became of it

    @classmethod
    def of(cls, probe: Probe, fate: Flight | CouldNotLook) -> Self:
        sent = {name: getattr(probe, name) for name in Probe.__dataclass_fields__}
        if isinstance(fate, CouldNotLook):
            return cls(**sent, unknown=str(fate))
        return cls(
            **sent,
            arrived_at=tuple(sorted(fate.arrived_at)),
            answered=fate.answered,
            refusal=fate.refusal,
            sent=fate.sent,
            crossed=tuple(sorted((one.node, one.interface) for one in fate.crossed)),
        )

    @property
    def probe(self) -> Probe:
        return Probe(
            self.ce,
            self.source,
            self.destination,
            self.target,
            self.size,
            self.gateway,
            self.witnesses,
            self.ttl,
        )

    @property
    def fate(self) -> Flight | CouldNotLook:
        if self.unknown is not None:
            return CouldNotLook(self.unknown)
        crossed = frozenset(Endpoint(*one) for one in self.crossed)
        return Flight(frozenset(self.arrived_at), self.answered, self.refusal, self.sent, crossed)


class _Flights(RootModel[list[_Flown]]):
    pass


def probes_to_json(flights: Mapping[Probe, Flight | CouldNotLook]) -> str:
    """Each probe with its fate, in the order of their senders; what is as usual is left out."""
    rows = sorted((_Flown.of(*one) for one in flights.items()), key=lambda one: one.model_dump_json())
    return _Flights(rows).model_dump_json(indent=0, exclude_defaults=True)


def probes_from_json(data: bytes) -> dict[Probe, Flight | CouldNotLook]:
    """The same, read back.

    Raises:
        ValueError: it is something else.
    """
    return {one.probe: one.fate for one in _Flights.model_validate_json(data).root}
