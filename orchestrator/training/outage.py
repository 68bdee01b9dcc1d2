"""For how long a site did not reach another one while a learner worked: CEs ping each other all the time."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestrator.faults.execute import NotDone
from orchestrator.model.lab import InterfaceKind
from orchestrator.verification.kit.answers import Unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.fleet.fleet import Fleet
    from orchestrator.model.family import IpAddress
    from orchestrator.model.lab import Lab
    from orchestrator.training.impact import Customers

_PROGRAM: Final = Path(__file__).with_name("outage_agent.py")
_FILE: Final = "/run/l3vpn/outage"
COMMAND: Final = f"cat {_FILE}"
_WITHIN: Final = 20.0
_LINE: Final = re.compile(r"(?P<address>[0-9.]{7,15}) (?P<longest>[0-9]{1,9}) (?P<now>[0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Outage:
    """The longest time for which a CE did not reach another one, and back.

    Attributes:
        seconds: of the longest outage.
        lasts: whether it is not over.
    """

    sender: str
    receiver: str
    seconds: float
    lasts: bool

    def __str__(self) -> str:
        if self.seconds == inf:
            return f"{self.sender} - {self.receiver}: nobody noted it"
        return f"{self.sender} - {self.receiver}: {self.seconds:.1f} s{' and still' if self.lasts else ''}"


@dataclass(frozen=True, slots=True)
class Watch:
    """Who pings whom: each CE every other one that it is to reach."""

    aims: Mapping[str, Mapping[IpAddress, str]]
    sources: Mapping[str, IpAddress]

    @classmethod
    def of(cls, lab: Lab, customers: Customers) -> Watch:
        """All pairs of a lab."""
        lans = {
            node.name: lans[0].address.ip
            for node in lab.nodes
            if (lans := lab.interfaces_of(node.name, InterfaceKind.LAN))
        }
        aims: dict[str, dict[IpAddress, str]] = {}
        for check in customers.flows.values():
            probe = check.probes[0]
            if probe.target in lans and probe.ce in lans:
                aims.setdefault(probe.ce, {})[lans[str(probe.target)]] = str(probe.target)
        return cls(aims, lans)

    def begin(self, nodes: Fleet) -> None:
        """Begin anew, on all CEs.

        Raises:
            NotDone: a CE does not do it.
        """
        program = shlex.quote(_PROGRAM.read_text(encoding="utf-8"))
        scripts = {}
        for ce, aims in self.aims.items():
            words = " ".join(map(str, (_FILE, self.sources[ce], *aims)))
            # A session of its own: it outlives the one by which it is started.
            start = f"setsid python3 -I -S -c {program} {words} </dev/null >/dev/null 2>&1 &"
            scripts[ce] = f"mkdir -p /run/l3vpn\n{_END}{start}\necho $! >{_FILE}.pid\n"
        _done(nodes, scripts)

    def end(self, nodes: Fleet) -> None:
        """End it; nothing is left behind.

        Raises:
            NotDone: a CE does not do it.
        """
        _done(nodes, dict.fromkeys(self.aims, _END))

    def said(self, nodes: Fleet) -> Mapping[str, str]:
        """What each CE has noted since it began: see `read`.

        Raises:
            NotDone: a CE does not have it.
        """
        return _done(nodes, dict.fromkeys(self.aims, f"{COMMAND}\n"))

    def read(self, said: Mapping[str, str]) -> tuple[Outage, ...]:
        """What there was, by what CEs have noted, the longest first; what nobody has noted has no end."""
        found = []
        for ce, aims in self.aims.items():
            rows = map(_LINE.fullmatch, said.get(ce, "").splitlines())
            noted = {one["address"]: one for one in rows if one is not None}
            for address, receiver in aims.items():
                one = noted.get(str(address))
                if one is None:
                    found.append(Outage(ce, receiver, inf, lasts=True))
                else:
                    found.append(Outage(ce, receiver, int(one["longest"]) / 1000, int(one["now"]) > 0))
        return tuple(sorted(found, key=lambda one: -one.seconds))

    def seen(self, nodes: Fleet) -> tuple[Outage, ...]:
        """The same, of now.

        Raises:
            NotDone: a CE does not have it.
        """
        return self.read(self.said(nodes))


_END: Final = (
    f"if [ -e {_FILE}.pid ]; then kill $(cat {_FILE}.pid) 2>/dev/null || :; fi\n"
    f"rm -f {_FILE} {_FILE}.new {_FILE}.pid\n"
)


def _done(nodes: Fleet, scripts: Mapping[str, str]) -> Mapping[str, str]:
    said = {}
    for node, answer in nodes.execute(scripts, within=_WITHIN).items():
        if isinstance(answer, Unreachable):
            raise NotDone(str(answer))
        if not answer.ok:
            raise NotDone(f"{node}: {answer.stderr.decode('utf-8', 'replace').strip()}")
        said[node] = answer.stdout.decode("utf-8", "replace")
    return said
