"""The paths that packets take now from one site to another, and whether these are the preferred ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from orchestrator.model.lab import InterfaceKind
from orchestrator.model.lans import holders
from orchestrator.model.state import HEALTHY, State
from orchestrator.protocols.registry import effective_lab
from orchestrator.routing.routes import RouteSource
from orchestrator.verification.forwarding.walk import Aim, Fate, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.family import IpAddress, IpNetwork
    from orchestrator.model.lab import Interface, Lab
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.forwarding.walk import Branch, End, Visit
    from orchestrator.verification.kit.facts import Facts
    from parsers.values import Label


class Carrier(StrEnum):
    """What carries packets from site to site."""

    PROVIDER = "provider"
    BACKDOOR = "backdoor"
    BOTH = "both"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class PathEnd:
    """A site or one of its CEs, as a path begins or ends there.

    Attributes:
        name: as a person calls it.
        ces: its CEs.
    """

    name: str
    vpn: str
    ces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """One branch from end to end: the nodes with what each does, and what becomes of the packet."""

    steps: tuple[tuple[str, Branch], ...]
    end: End

    @property
    def over(self) -> Carrier:
        """Whether a backdoor, the provider, or one after the other carries it."""
        kinds = {branch.port.kind for _, branch in self.steps if branch.port is not None}
        backdoor, provider = InterfaceKind.BACKDOOR in kinds, InterfaceKind.ACCESS in kinds
        return _over(provider=provider, backdoor=backdoor)


@dataclass(frozen=True, slots=True)
class Path:
    """Packets from one CE to a network of the far site.

    Attributes:
        prefixes: the networks that are reached in the same way, the first being the one followed.
        preferred: what carries them with nothing down; `Carrier.NOTHING` if they are to be apart.
        expected: what carries them now; `Carrier.NOTHING` if they cannot or must not arrive.
    """

    start: str
    source: IpAddress
    destination: IpAddress
    prefixes: tuple[IpNetwork, ...]
    visit: Visit
    preferred: Carrier
    expected: Carrier

    @property
    def runs(self) -> tuple[Run, ...]:
        """The branches, one after the other."""
        return tuple(Run(*one) for one in self.visit.runs())

    @property
    def delivered(self) -> bool:
        """Whether every branch gets there: packets of one flow take one branch, and none must be lost."""
        return all(run.end.fate is Fate.DELIVERED for run in self.runs)

    @property
    def as_intended(self) -> bool:
        """Whether packets get there, or do not, as is to be expected now; by which way is no matter."""
        return self.delivered is (self.expected is not Carrier.NOTHING)

    @property
    def over(self) -> Carrier:
        """What carries those packets that arrive."""
        carriers = {run.over for run in self.runs if run.end.fate is Fate.DELIVERED}
        return _over(
            provider=bool(carriers & {Carrier.PROVIDER, Carrier.BOTH}),
            backdoor=bool(carriers & {Carrier.BACKDOOR, Carrier.BOTH}),
        )


def _over(*, provider: bool, backdoor: bool) -> Carrier:
    if provider and backdoor:
        return Carrier.BOTH
    return Carrier.PROVIDER if provider else Carrier.BACKDOOR if backdoor else Carrier.NOTHING


def paths(lab: Lab, facts: Facts, a: PathEnd, b: PathEnd, state: State = HEALTHY) -> tuple[Path, ...]:
    """The paths from `a` to each network of `b`, those that are alike as one, in a state of the lab.

    Raises:
        CouldNotLook: a node on the way did not answer.
    """
    healthy, now = effective_lab(lab), effective_lab(lab, state)
    found: dict[object, Path] = {}
    for start in a.ces:
        for lan in _lans(lab, b):
            if (start, "") in _as_good(lab, lan):
                continue  # it has the prefix itself
            path = Path(
                start=start,
                source=_source(lab, start),
                destination=lan.address.ip,
                prefixes=(lan.prefix,),
                visit=walk(
                    lab, facts, (start, ""), Aim(lan.address.ip, lan.node, as_good=_as_good(lab, lan))
                ),
                preferred=_carrier(healthy, start, lan),
                expected=_carrier(now, start, lan),
            )
            shape = (start, path.preferred, path.expected, lan.node, tuple(map(_shape, path.runs)))
            before = found.get(shape)
            found[shape] = (
                path if before is None else replace(before, prefixes=(*before.prefixes, *path.prefixes))
            )
    return tuple(found.values())


def _lans(lab: Lab, place: PathEnd) -> Iterator[Interface]:
    for ce in place.ces:
        yield from lab.interfaces_of(ce, InterfaceKind.LAN)


def _source(lab: Lab, ce: str) -> IpAddress:
    lans, links = lab.interfaces_of(ce, InterfaceKind.LAN), lab.interfaces_of(ce, InterfaceKind.ACCESS)
    return (*lans, *links)[0].address.ip


def _shape(run: Run) -> tuple[tuple[tuple[str, str, tuple[Label, ...]], ...], Fate]:
    """What two networks' paths must have in common to be called the same: nodes, links and labels."""
    steps = tuple((node, one.port.name if one.port else "", one.labels) for node, one in run.steps)
    return steps, run.end.fate


def _as_good(lab: Lab, lan: Interface) -> frozenset[tuple[str, str]]:
    """The CEs of other sites that have the prefix of a LAN: the nearest gets the packet."""
    site = next(site for site, _ in lab.attachments_of(lan.node))
    others = (one for one in holders(lab, site.vpn, lan.prefix) if one != site)
    return frozenset((one.ce.node, "") for other in others for one in other.attachments)


def _carrier(lab: EffectiveLab, start: str, lan: Interface) -> Carrier:
    ends = (lan.node, *(node for node, _ in sorted(_as_good(lab.lab, lan))))
    ways = (lab.journey(start, lan.prefix, end) for end in ends)
    steps = next((one for one in ways if one is not None), ())
    sources = {way.source for _, _, way in steps}
    return _over(provider=RouteSource.PE_CE in sources, backdoor=RouteSource.BACKDOOR in sources)
