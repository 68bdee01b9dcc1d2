"""What is done to nodes to break or heal an exercise: a push undoes it, kernel settings of ports among it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from orchestrator.faults.fault import Fault, NoSuchTarget
from orchestrator.faults.injections import CeMisconfigured, ConfigurationChanged
from orchestrator.faults.naming import inject
from orchestrator.model.mistakes import nearest
from orchestrator.model.state import HEALTHY, State
from orchestrator.training.exercise import filled, filled_deep

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.model.lab import Lab
    from orchestrator.model.topology import Endpoint
    from orchestrator.training.exercise import ChangesIntent, PortIntent


@dataclass(frozen=True, slots=True)
class PortMisconfigured:
    """A port's kernel settings are not what the lab wants; a push undoes it.

    Attributes:
        vrf: the VRF that it is in instead; "" to leave it.
        mtu: 0 to leave it.
        mpls_input: whether it takes labelled packets; None to leave it.
    """

    node: str
    port: str
    vrf: str = ""
    mtu: int = 0
    mpls_input: bool | None = None
    takes_down: ClassVar[frozenset[Endpoint]] = frozenset()
    state: ClassVar[State] = HEALTHY
    how: ClassVar[str] = "misconfigured"

    @property
    def target(self) -> str:
        """See `Injection`."""
        return f"port {self.node}:{self.port}"

    @property
    def needs_push(self) -> frozenset[str]:
        """See `Injection`."""
        return frozenset((self.node,))

    @property
    def fault(self) -> Fault:
        """See `Injection`: nobody remembers it."""
        return Fault(self.node)

    def doing(self) -> Mapping[str, str]:
        """See `Injection`."""
        return {self.node: "".join(f"{line}\n" for line in self._lines())}

    def undoing(self) -> Mapping[str, str]:
        """Nothing: see `needs_push`."""
        return {}

    def _lines(self) -> Iterator[str]:
        port = shlex.quote(self.port)
        if self.vrf:
            # Down meanwhile: up, it has its subnet in the main table for a moment, and zebra may keep it.
            yield f"ip link set dev {port} down"
            yield f"ip link set dev {port} master {shlex.quote(self.vrf)} up"
        if self.mtu:
            yield f"ip link set dev {port} mtu {self.mtu}"
        if self.mpls_input is not None:
            yield f"sysctl -qw {shlex.quote(f'net/mpls/conf/{self.port}/input={int(self.mpls_input)}')}"


Change: TypeAlias = ConfigurationChanged | CeMisconfigured | PortMisconfigured
"""What is done to one node."""


def changes(lab: Lab, intent: ChangesIntent, values: Mapping[str, str]) -> tuple[Change, ...]:
    """What an alternative of an exercise does, or another way to heal it, with what was drawn.

    Raises:
        NoSuchTarget: the lab has no such node or port, or its CE no such parameter.
    """
    made: list[Change] = []
    for given, change in intent.configure.items():
        node = filled(given, values)
        what = filled_deep(change, values)
        fault = (
            Fault(node, lines=tuple(map(str, what))) if isinstance(what, list) else Fault(node, at_ce=what)  # type: ignore[arg-type] # a mapping, by its schema
        )
        found = inject(lab, fault)
        assert isinstance(found, ConfigurationChanged | CeMisconfigured)  # noqa: S101 -- of such a fault
        made.append(found)
    made += [_port(lab, filled(given, values), setting, values) for given, setting in intent.ports.items()]
    return tuple(made)


def _port(lab: Lab, end: str, setting: PortIntent, values: Mapping[str, str]) -> PortMisconfigured:
    known = [f"{one.node}:{one.name}" for one in lab.interfaces]
    if end not in known:
        raise NoSuchTarget(f"lab '{lab.name}' has no port '{end}'", nearest(end, known))
    node, _, port = end.partition(":")
    vrf = filled(setting.vrf or "", values)
    vrfs = [one.name for one in lab.vrfs_of(node)]
    if vrf and vrf not in vrfs:
        raise NoSuchTarget(f"{node} has no VRF '{vrf}'", nearest(vrf, vrfs))
    return PortMisconfigured(node, port, vrf, setting.mtu or 0, setting.mpls_input)
