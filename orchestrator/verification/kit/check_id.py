"""The identity of a check in a lab."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from orchestrator.model.family import Family, IpNetwork
    from orchestrator.model.topology import Endpoint, Link


class Layer(StrEnum):
    """The layers of the proof, lowest first; each stands on the ones before."""

    KERNEL = "kernel"  # MPLS input, platform labels, forwarding, VRF devices
    LINK = "link"  # carrier, MTU, addresses
    IGP = "igp"  # IGP adjacencies, loopbacks, the exact global table
    LDP = "ldp"  # sessions, and the label switched path between each two PEs
    SR = "sr"  # the same where segment routing gives the labels: prefix SIDs, the exact LFIB, LSPs
    MPBGP = "mpbgp"  # VPNv4 sessions
    PECE = "pece"  # PE-CE sessions, and what the CEs announce
    VPN = "vpn"  # RD, RT, VPN label, label stacks, and what must be absent
    DATA = "data"  # probes between sites that may talk, isolation between those that may not


@dataclass(frozen=True, slots=True)
class InVrf:
    """The VRF of the node that a check is about."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Toward:
    """The other node that a check is about: a neighbour, a peer, the egress, the PE that exports."""

    node: str

    def __str__(self) -> str:
        return self.node


@dataclass(frozen=True, slots=True)
class OnPort:
    """The interface of the node that a check is about, or the one that distinguishes two links."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Speaking:
    """The PE-CE protocol, where one table speaks several."""

    protocol: str

    def __str__(self) -> str:
        return self.protocol


Subject: TypeAlias = "InVrf | Toward | OnPort | Speaking | Endpoint | IpNetwork | Family"
"""One thing that a check is about, beside the node where one looks."""


_OF_CUSTOMERS: Final = frozenset({Layer.MPBGP, Layer.PECE, Layer.VPN, Layer.DATA})


@dataclass(frozen=True, slots=True)
class CheckId:
    """Names a check by what it claims, where, and about what: `pece.session.pe1.red.red1`.

    Two checks with one id would share one finding, and the verdict of the first would be lost: `expect`
    refuses them.

    Attributes:
        layer: of the proof.
        kind: what is claimed, in a word: `session`, `no-other-adjacency`.
        at: the node where one looks first; for a claim about a whole link, the link.
        about: VRF, peer, interface, prefix: what else distinguishes it from others of its kind.
    """

    layer: Layer
    kind: str
    at: str | Link
    about: tuple[Subject, ...] = ()

    def of_family(self, family: Family) -> CheckId:
        """The same of another family than IPv4, where it is about customers; the core below has one."""
        return replace(self, about=(*self.about, family)) if self.layer in _OF_CUSTOMERS else self

    @property
    def node(self) -> str:
        """Where to look first."""
        return self.at if isinstance(self.at, str) else self.at.a.node

    def __str__(self) -> str:
        """Stable and readable: `<layer>.<kind>.<node>[.<more>]`."""
        at = self.at if isinstance(self.at, str) else f"{self.at.a}--{self.at.b}"
        return ".".join((self.layer, self.kind, at, *map(str, self.about)))
