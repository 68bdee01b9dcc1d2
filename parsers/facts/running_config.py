"""What a running configuration says that no other command shows."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OspfKey:
    """A key of an interface in ospfd's running configuration; ``key_id`` is ``None`` for a plain password."""

    interface: str
    key_id: int | None
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EigrpKey:
    """The key of an interface in the configuration of the EIGRP speaker."""

    interface: str
    key_id: int
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BgpPassword:
    """The password of a BGP neighbour in bgpd's running configuration (RFC 2385)."""

    vrf: str
    peer: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class VrfPolicy:
    """What a running configuration says of one VRF's exchange of routes with the VPN (RFC 4364 4.3).

    ``rd`` is ``None`` and the route targets are empty where nothing is configured. ``importing`` and
    ``exporting`` tell whether ``import vpn`` and ``export vpn`` are there, without which nothing passes.
    """

    vrf: str
    rd: str | None
    imports: tuple[str, ...]
    exports: tuple[str, ...]
    importing: bool
    exporting: bool
