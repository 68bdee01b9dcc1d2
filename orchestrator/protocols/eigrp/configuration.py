"""What EIGRP between PE and CE configures in FRR; the speaker's own file is in `speaker_configuration`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.core.fragment import ConfigFragment
from orchestrator.core.mpbgp import vpn_import
from orchestrator.protocols.eigrp.metric import composite, own_vector
from orchestrator.protocols.eigrp.process import attachments, bmp_port, process
from orchestrator.routing.routes import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Lab, Vrf


def on_pe(lab: Lab, vrf: Vrf) -> ConfigFragment:
    """FRR takes the speaker's routes, their metric as MED, and sends it what the VPN has (BMP)."""
    if process(lab, Table.of(vrf)) is None:
        return ConfigFragment()
    name = f"eigrp-{vrf.name}"
    return ConfigFragment(
        connected=f"{name}-connected",
        unicast=(f"  redistribute eigrp route-map {name}",),
        vpn=(vpn_import.LINE,),
        provider=tuple(
            line for target in (name, f"eigrp2-{vrf.name}") for line in _session(target, bmp_port(lab, vrf))
        ),
        blocks=(*_marks(lab, vrf, name), *_marks_of_subnets(lab, vrf, name), vpn_import.BLOCK),
    )


def _session(target: str, port: int) -> Iterator[str]:
    """A BMP session to the speaker, which wants two, and statistics (`eigrp/bmp_station.py`)."""
    yield " !"
    yield f" bmp targets {target}"
    yield "  bmp stats interval 1000"
    yield "  bmp monitor ipv4 vpn post-policy"
    yield f"  bmp connect 127.0.0.1 port {port} min-retry 100 max-retry 1000"
    yield " exit"


def on_ce(lab: Lab, ce: str) -> ConfigFragment:  # noqa: ARG001 -- as of all protocols
    """Nothing: the speaker brings its routes to zebra by itself."""
    return ConfigFragment()


def _marks(lab: Lab, vrf: Vrf, name: str) -> Iterator[tuple[str, ...]]:
    """The route map that makes communities of tags: one entry for each site here, internal and external.

    Another site's routes, which have been across the provider, match none of them and stay here.
    """
    provider = lab.provider_of(vrf.pe).asn
    own = {lab.site_of_origin(site): agreed.asn for site, _, agreed in attachments(lab, vrf.pe, vrf.name)}
    tags = {
        site.number << 1 | external: (site, asn, external)
        for site, asn in own.items()
        if site is not None
        for external in (0, 1)
    }
    for position, tag in enumerate(sorted(tags), 1):
        site, asn, external = tags[tag]
        yield (
            f"route-map {name} permit {10 * position}",
            f" match tag {tag}",
            f" set extcommunity soo {site}",
            f" set large-community {provider}:{asn}:{external}",
            "exit",
        )


def _marks_of_subnets(lab: Lab, vrf: Vrf, name: str) -> Iterator[tuple[str, ...]]:
    """The same for the PE-CE subnets, which zebra has as connected: they are internal routes of EIGRP too."""
    provider = lab.provider_of(vrf.pe).asn
    own = attachments(lab, vrf.pe, vrf.name)
    for position, (site, one, agreed) in enumerate(own, 1):
        subnet = f"{name}-{one.pe.interface}"
        yield (f"ip prefix-list {subnet} seq 5 permit {one.subnet}",)
        yield (
            f"route-map {name}-connected permit {10 * position}",
            f" match ip address prefix-list {subnet}",
            f" set extcommunity soo {lab.site_of_origin(site)}",
            f" set large-community {provider}:{agreed.asn}:0",
            f" set metric {composite(own_vector(agreed.link), agreed.k)}",
            "exit",
        )
    yield (f"route-map {name}-connected permit {10 * len(own) + 10}", "exit")
