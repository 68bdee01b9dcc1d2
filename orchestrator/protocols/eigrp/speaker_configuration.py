"""The configuration of the EIGRP speaker of one node, in the form that `eigrp/config.py` describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.model.metric import FAST_ETHERNET
from orchestrator.protocols.agreement import End
from orchestrator.protocols.eigrp.process import bmp_port, processes
from orchestrator.protocols.eigrp.redistribution import eigrp_tag, into_eigrp
from orchestrator.protocols.eigrp.values import Eigrp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Attachment, Lab, Vrf
    from orchestrator.model.rd_rt import RouteTarget
    from orchestrator.protocols.eigrp.process import Port, Process

_USUAL_WEIGHTS: Final = (1, 0, 1, 0, 0)
_SEED: Final = f"{FAST_ETHERNET.bandwidth} {FAST_ETHERNET.delay} 255 1 1500"


def eigrp_configuration(lab: Lab, node: str) -> str:
    """What the speaker of a node follows; empty for a node that needs none.

    Raises:
        KeyError: the lab has no such node.
    """
    lab.node(node)
    return "".join(f"{line}\n" for one in processes(lab, node) for line in _block(lab, one))


def _block(lab: Lab, process: Process) -> Iterator[str]:
    vrf = f" vrf {process.table.vrf}" if process.table.vrf else ""
    yield f"router eigrp {process.agreed.asn}{vrf}"
    yield f" router-id {process.router_id}"
    if process.agreed.k != _USUAL_WEIGHTS:
        yield f" metric weights {' '.join(map(str, process.agreed.k))}"
    if process.table.vrf:
        yield from _vpn(lab, lab.vrf(process.table.node, process.table.vrf))
    # Sites that a backdoor joins keep the timers that they have towards the provider.
    usual = next(port.attachment for port in process.ports if port.attachment is not None)
    for port in process.ports:
        yield f" interface {port.name}"
        yield f"  bandwidth {port.link.bandwidth}"
        yield f"  delay {port.link.delay}"
        yield from ("  passive",) if port.passive else _meeting(lab, process, port, usual)
        if process.table.vrf and port.attachment is not None:
            yield f"  site-of-origin {_site(lab, port.attachment)}"
        yield " exit"
    yield "exit"


def _site(lab: Lab, attachment: Attachment) -> RouteTarget | None:
    return next(lab.site_of_origin(site) for site in lab.sites if attachment in site.attachments)


def _vpn(lab: Lab, vrf: Vrf) -> Iterator[str]:
    """What a PE takes into EIGRP: other subnets of the VRF, and the VPN's routes from other PEs."""
    tag = eigrp_tag(lab, vrf)
    mark = "" if tag is None else f" tag {tag}"
    yield f" redistribute connected{mark}"
    # Without a metric of its own a route gets one from the other protocol's, which counts something else.
    yield from (f" redistribute {name}{mark} metric {_SEED}" for name in into_eigrp(lab, vrf))
    yield f" redistribute vpn{mark}"
    yield f" vpn bmp port {bmp_port(lab, vrf)}"
    yield from (f" vpn route-target import {target}" for target in sorted(vrf.imports, key=str))


def _meeting(lab: Lab, process: Process, port: Port, usual: Attachment) -> Iterator[str]:
    attachment = port.attachment or usual
    agreed = (End.PE if process.table.vrf else End.CE).spoken(attachment)
    assert isinstance(agreed, Eigrp)  # noqa: S101 -- EIGRP's ports have no other attachments
    hello, hold = agreed.intervals(lab.provider_of(attachment.pe.node).timers)
    yield f"  hello-interval {hello}"
    yield f"  hold-time {hold}"
    if agreed.key is not None and port.attachment is not None:
        yield f"  authentication md5 {agreed.key.number} {agreed.key.secret}"
