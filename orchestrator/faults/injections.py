"""Faults bound to a lab: what each takes down, what it does on which node, what is to be expected then."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Protocol, TypeAlias

from orchestrator.faults.fault import Fault
from orchestrator.model.ce_overrides import lab_with_ce_overrides
from orchestrator.model.state import HEALTHY, State
from orchestrator.scripts import script

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Lab
    from orchestrator.model.pece_intent import AtCe
    from orchestrator.model.topology import Endpoint, Link


SPEAKER: Final = "eigrp"
"""What people call the EIGRP speaker; it is no daemon of FRR's."""


class Injection(Protocol):
    """A fault of elements of a lab, which can be undone. One thing has one fault at a time."""

    @property
    def target(self) -> str:
        """What it happens to: `link pe1-p1`, `node pe2`."""

    @property
    def how(self) -> str:
        """What happens to it, for a list: `cut`, `loses 20%`."""

    @property
    def fault(self) -> Fault:
        """It as data, from which `naming.inject` makes it again."""

    @property
    def state(self) -> State:
        """What a proof has to reckon with while it lasts."""

    @property
    def takes_down(self) -> frozenset[Endpoint]:
        """The interfaces that are down while it lasts."""

    @property
    def needs_push(self) -> frozenset[str]:
        """The nodes whose configuration is lost by it, so that only a push undoes all of it."""

    def doing(self) -> Mapping[str, str]:
        """By node, what its root shell does once the interfaces are down."""

    def undoing(self) -> Mapping[str, str]:
        """By node, what its root shell does before the interfaces come up; safe to do twice."""


def described(fault: Injection) -> str:
    """A fault in a line."""
    return f"{fault.target} {fault.how}"


def vtysh(*lines: str) -> str:
    """A shell's command that enters configuration lines one after the other; ends at one that FRR refuses."""
    return shlex.join(["vtysh", *(word for line in ("configure terminal", *lines) for word in ("-c", line))])


@dataclass(frozen=True, slots=True)
class LinkCut:
    """A link loses its carrier: whoever uses it notices at once.

    Both interfaces are taken down, because a veth has no other way to lose its carrier at both ends.
    """

    link: Link
    name: str
    how: ClassVar[str] = "cut"
    needs_push: ClassVar[frozenset[str]] = frozenset()

    @property
    def target(self) -> str:
        """See `Injection`."""
        return f"link {self.name}"

    @property
    def fault(self) -> Fault:
        """See `Injection`."""
        return Fault(str(self.link.a))

    @property
    def state(self) -> State:
        """See `Injection`."""
        return State(links_down=frozenset((self.link,)))

    @property
    def takes_down(self) -> frozenset[Endpoint]:
        """See `Injection`."""
        return frozenset(self.link)

    def doing(self) -> Mapping[str, str]:
        """Nothing but that."""
        return {}

    def undoing(self) -> Mapping[str, str]:
        """Nothing but that."""
        return {}


@dataclass(frozen=True, slots=True)
class LinkImpaired:
    """A link keeps its carrier and treats packets badly, in both directions alike (Linux' netem).

    Attributes:
        loss: percent of the packets that are lost in each direction; at 100 the link is silent, and only
            timers and BFD notice.
        delay: milliseconds that a packet takes longer; a round trip takes twice as much.
    """

    link: Link
    name: str
    loss: float = 0.0
    delay: float = 0.0
    takes_down: ClassVar[frozenset[Endpoint]] = frozenset()
    needs_push: ClassVar[frozenset[str]] = frozenset()

    @property
    def target(self) -> str:
        """See `Injection`."""
        return f"link {self.name}"

    @property
    def silent(self) -> bool:
        """Whether no packet gets through."""
        return self.loss >= 100  # noqa: PLR2004 -- percent

    @property
    def _parts(self) -> tuple[str, ...]:
        loss = (f"loss {self.loss:g}%",) if self.loss else ()
        return (*loss, *((f"delay {self.delay:g}ms",) if self.delay else ()))

    @property
    def how(self) -> str:
        """See `Injection`."""
        return "silent" if self.silent else ", ".join(self._parts)

    @property
    def fault(self) -> Fault:
        """See `Injection`."""
        return Fault(str(self.link.a), self.loss, self.delay)

    @property
    def state(self) -> State:
        """With some loss the protocols are to hold out, and so is the proof."""
        links = frozenset((self.link,))
        return State(links_silent=links) if self.silent else State(links_impaired=links)

    def doing(self) -> Mapping[str, str]:
        """A queue in front of each end."""
        netem = f"netem {' '.join(self._parts)}"
        return {end.node: f"tc qdisc replace dev {end.interface} root {netem}\n" for end in self.link}

    def undoing(self) -> Mapping[str, str]:
        """The queues away, if they are there."""
        return {
            end.node: f"tc qdisc show dev {end.interface} root | grep -q netem || exit 0\n"
            f"tc qdisc del dev {end.interface} root\n"
            for end in self.link
        }


@dataclass(frozen=True, slots=True)
class NodeLost:
    """A node loses power: ports down, daemons killed, nothing left in the kernel's tables.

    Coming back it starts with the configuration that it had, as from a startup-config. Management stays: the
    node is only dead to its neighbours.
    """

    node: str
    ports: tuple[Endpoint, ...]
    how: ClassVar[str] = "lost"
    needs_push: ClassVar[frozenset[str]] = frozenset()

    @property
    def target(self) -> str:
        """See `Injection`."""
        return f"node {self.node}"

    @property
    def fault(self) -> Fault:
        """See `Injection`."""
        return Fault(self.node)

    @property
    def state(self) -> State:
        """See `Injection`."""
        return State(nodes_down=frozenset((self.node,)))

    @property
    def takes_down(self) -> frozenset[Endpoint]:
        """See `Injection`."""
        return frozenset(self.ports)

    def doing(self) -> Mapping[str, str]:
        """See `node_lost.sh`."""
        return {self.node: script("faults/node_lost.sh")}

    def undoing(self) -> Mapping[str, str]:
        """See `node_back.sh`."""
        return {self.node: script("faults/node_back.sh")}


@dataclass(frozen=True, slots=True)
class PrefixWithdrawn:
    """A site's LAN goes down, and with it the prefix that lives there."""

    lan: Endpoint
    prefix: IpNetwork
    needs_push: ClassVar[frozenset[str]] = frozenset()

    @property
    def target(self) -> str:
        """See `Injection`."""
        return f"LAN {self.lan}"

    @property
    def how(self) -> str:
        """See `Injection`."""
        return f"down, {self.prefix} withdrawn"

    @property
    def fault(self) -> Fault:
        """See `Injection`."""
        return Fault(str(self.lan))

    @property
    def state(self) -> State:
        """See `Injection`."""
        return State(lans_down=frozenset((self.lan,)))

    @property
    def takes_down(self) -> frozenset[Endpoint]:
        """See `Injection`."""
        return frozenset((self.lan,))

    def doing(self) -> Mapping[str, str]:
        """Nothing but that."""
        return {}

    def undoing(self) -> Mapping[str, str]:
        """Nothing but that."""
        return {}


@dataclass(frozen=True, slots=True)
class DaemonKilled:
    """A daemon dies without a word, and its configuration with it.

    The proof still expects the healthy lab: it shows what a dead daemon takes with it.
    """

    node: str
    daemon: str
    takes_down: ClassVar[frozenset[Endpoint]] = frozenset()
    state: ClassVar[State] = HEALTHY

    @property
    def target(self) -> str:
        """See `Injection`."""
        return f"node {self.node}"

    @property
    def how(self) -> str:
        """See `Injection`."""
        return f"without {self.daemon}"

    @property
    def needs_push(self) -> frozenset[str]:
        """See `Injection`."""
        return frozenset((self.node,))

    @property
    def fault(self) -> Fault:
        """See `Injection`."""
        return Fault(self.node, daemon=self.daemon)

    def doing(self) -> Mapping[str, str]:
        """See `daemon_killed.sh`."""
        return {self.node: script("faults/daemon_killed.sh", self.daemon)}

    def undoing(self) -> Mapping[str, str]:
        """See `daemon_back.sh`."""
        return {self.node: script("faults/daemon_back.sh", self.daemon)}


@dataclass(frozen=True, slots=True)
class SpeakerKilled:
    """The EIGRP speaker of a node dies without a word; its supervisor starts it again."""

    node: str
    takes_down: ClassVar[frozenset[Endpoint]] = frozenset()
    state: ClassVar[State] = HEALTHY
    how: ClassVar[str] = "its EIGRP speaker killed"
    needs_push: ClassVar[frozenset[str]] = frozenset()

    @property
    def target(self) -> str:
        """See `Injection`."""
        return f"node {self.node}"

    @property
    def fault(self) -> Fault:
        """See `Injection`."""
        return Fault(self.node, daemon=SPEAKER)

    def doing(self) -> Mapping[str, str]:
        """Kill it, and not the supervisor."""
        return {self.node: script("faults/speaker_killed.sh")}

    def undoing(self) -> Mapping[str, str]:
        """Nothing: it comes back by itself."""
        return {}


@dataclass(frozen=True, slots=True)
class ConfigurationChanged:
    """Somebody types lines into a node's vtysh; a push of what the lab's files want undoes it."""

    node: str
    lines: tuple[str, ...]
    takes_down: ClassVar[frozenset[Endpoint]] = frozenset()
    state: ClassVar[State] = HEALTHY
    how: ClassVar[str] = "configured by hand"

    @property
    def target(self) -> str:
        """See `Injection`."""
        return f"configuration of {self.node}"

    @property
    def needs_push(self) -> frozenset[str]:
        """See `Injection`."""
        return frozenset((self.node,))

    @property
    def fault(self) -> Fault:
        """See `Injection`."""
        return Fault(self.node, lines=self.lines)

    def doing(self) -> Mapping[str, str]:
        """Type them; ends at the first line that FRR refuses."""
        return {self.node: f"{vtysh(*self.lines)}\n"}

    def undoing(self) -> Mapping[str, str]:
        """Nothing: see `needs_push`."""
        return {}


@dataclass(frozen=True, slots=True)
class CeMisconfigured:
    """A CE is given other parameters than it has; a push of what the lab's files want undoes it.

    Attributes:
        at_ce: the parameters that differ from those agreed with the provider.
    """

    ce: str
    at_ce: AtCe
    takes_down: ClassVar[frozenset[Endpoint]] = frozenset()
    state: ClassVar[State] = HEALTHY
    how: ClassVar[str] = "misconfigured"

    @property
    def target(self) -> str:
        """See `Injection`."""
        return f"configuration of {self.ce}"

    @property
    def needs_push(self) -> frozenset[str]:
        """See `Injection`."""
        return frozenset((self.ce,))

    @property
    def fault(self) -> Fault:
        """See `Injection`."""
        said = self.at_ce.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return Fault(self.ce, at_ce=said)

    def wanted(self, lab: Lab) -> Lab:
        """The lab as it is meant to be while this lasts: a push of it to the CE does it."""
        return lab_with_ce_overrides(lab, self.ce, self.at_ce)

    def doing(self) -> Mapping[str, str]:
        """Nothing: see `wanted`."""
        return {}

    def undoing(self) -> Mapping[str, str]:
        """Nothing: see `needs_push`."""
        return {}


Configured: TypeAlias = ConfigurationChanged | CeMisconfigured
"""What a hand does to a configuration; nobody else remembers it, and a push undoes it."""
