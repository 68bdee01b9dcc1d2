"""Whatever protocols the sites of a VPN speak and wherever they are attached, their routes come to rest."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.model.state import State
from orchestrator.protocols.registry import PROTOCOLS, effective_lab
from orchestrator.routing.propagation import propagate
from orchestrator.verification.pairs import have_routes
from tests.trying import tries
from tests.unit.model.labs import LabText

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab

_PES: Final = ("pe1", "pe2", "pe3")
_SPEAKS: Final = {
    "bgp": "protocol: bgp, asn: {asn}",
    "ospf": "protocol: ospf",
    "eigrp": "protocol: eigrp, asn: 100",
    "static": "protocol: static",
    "specific": "protocol: static, routes: specific",
}
# A site: its protocol, and the PEs that it is attached to.
_sites = st.lists(
    st.tuples(st.sampled_from(sorted(_SPEAKS)), st.sets(st.sampled_from(_PES), min_size=1, max_size=2)),
    min_size=2,
    max_size=6,
)


def made(sites: list[tuple[str, set[str]]]) -> Lab:
    ports = dict.fromkeys(_PES, 1)
    links = [f"p1:eth{number} {pe}:eth1" for number, pe in enumerate(_PES, 1)]
    text = []
    for number, (protocol, pes) in enumerate(sites, 1):
        spoken = _SPEAKS[protocol].format(asn=65100 + number)
        attachments = []
        for port, pe in enumerate(sorted(pes), 1):
            ports[pe] += 1
            links.append(f"{pe}:eth{ports[pe]} ce{number}:eth{port}")
            attachments.append(f"{{ce: ce{number}, pe: {pe}}}")
        text.append(
            f"      ce{number}: {{{spoken}, prefixes: [172.16.{number}.0/24], "
            f"attachments: [{', '.join(attachments)}]}}"
        )
    nodes = ("p1 p", *(f"{pe} pe" for pe in _PES), *(f"ce{n} ce" for n in range(1, len(sites) + 1)))
    intent = "provider: {asn: 65000}\nvpns:\n  red:\n    sites:\n" + "\n".join(text)
    with TemporaryDirectory() as folder:
        return LabText(nodes, tuple(links), intent).load(Path(folder))


@tries(0.6)
@given(_sites)
def test_every_site_has_routes_to_every_other(sites: list[tuple[str, set[str]]]) -> None:
    lab = made(sites)
    healthy = effective_lab(lab)
    apart = [(a.name, b.name) for a, b in permutations(lab.sites, 2) if not have_routes(healthy, a, b)]
    assert apart == []


@tries(1)
@given(_sites, st.data())
def test_what_is_withdrawn_dies_out(sites: list[tuple[str, set[str]]], data: st.DataObject) -> None:
    """After any links are cut, and after they are back, the tables hold what they would from nothing."""
    lab = made(sites)
    links = data.draw(st.sets(st.sampled_from(lab.links), min_size=1, max_size=4))
    healthy, hurt = effective_lab(lab), effective_lab(lab, State(links_down=frozenset(links)))
    assert propagate(hurt, PROTOCOLS, healthy.routing) == hurt.routing
    assert propagate(healthy, PROTOCOLS, hurt.routing) == healthy.routing
