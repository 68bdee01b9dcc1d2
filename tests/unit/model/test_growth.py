"""A lab that grows at its end keeps every address, RD, RT and table it had."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.model.labs import LabText

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.model.lab import Lab

STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["pe", "p", "rr"]), st.integers(0, 9)),
        st.tuples(st.just("site"), st.integers(0, 9)),
        st.tuples(st.just("vpn"), st.integers(0, 9)),
    ),
    max_size=12,
)


class Grower:
    """Appends to a lab: a provider node, a site of a VPN, or a VPN with a site."""

    def __init__(self) -> None:
        self.nodes = ["pe1 pe", "pe2 pe"]
        self.links = ["pe1:eth1 pe2:eth1"]
        self.sites: list[list[str]] = []
        self._interfaces = {"pe1": 1, "pe2": 1}
        self._pes = ["pe1", "pe2"]
        self.step("vpn", 0)

    def step(self, what: str, choice: int) -> None:
        if what in ("pe", "p", "rr"):
            self._provider_node(what, choice)
            return
        if what == "vpn":
            self.sites.append([])
        name = f"ce{sum(map(len, self.sites)) + 1}"
        self.nodes.append(f"{name} ce")
        self._cable(self._pes[choice % len(self._pes)], name)
        self.sites[choice % len(self.sites) if what == "site" else -1].append(name)

    def _provider_node(self, role: str, choice: int) -> None:
        inside = [node.split()[0] for node in self.nodes if not node.endswith("ce")]
        name = f"{role}x{len(inside)}"
        self.nodes.append(f"{name} {role}")
        self._cable(name, inside[choice % len(inside)])
        if role == "pe":
            self._pes.append(name)

    def _cable(self, *ends: str) -> None:
        for end in ends:
            self._interfaces[end] = self._interfaces.get(end, 0) + 1
        self.links.append(" ".join(f"{end}:eth{self._interfaces[end]}" for end in ends))

    def load(self) -> Lab:
        vpns = "".join(
            f"  vpn{number}:\n    sites:\n{''.join(map(site_text, sites))}"
            for number, sites in enumerate(self.sites)
        )
        text = LabText(tuple(self.nodes), tuple(self.links), f"provider: {{asn: 64512}}\nvpns:\n{vpns}")
        with TemporaryDirectory() as folder:
            return text.load(Path(folder))


def site_text(ce: str) -> str:
    number = int(ce.removeprefix("ce"))
    return f"      {ce}: {{protocol: bgp, asn: {65000 + number}, prefixes: [172.16.{number}.0/24]}}\n"


def grown(steps: Iterable[tuple[str, int]]) -> Lab:
    grower = Grower()
    for step in steps:
        grower.step(*step)
    return grower.load()


@given(STEPS, STEPS)
def test_growing_changes_nothing_that_was(first: list[tuple[str, int]], more: list[tuple[str, int]]) -> None:
    before, after = grown(first), grown(first + more)
    assert set(before.interfaces) <= set(after.interfaces)
    assert set(before.vrfs) <= set(after.vrfs)
    assert set(before.sites) <= set(after.sites)
    assert {(vpn.name, vpn.number) for vpn in before.vpns} <= {(vpn.name, vpn.number) for vpn in after.vpns}


@given(STEPS)
def test_loading_twice_gives_the_same(steps: list[tuple[str, int]]) -> None:
    once, twice = grown(steps), grown(steps)
    assert (once.interfaces, once.vrfs, once.vpns) == (twice.interfaces, twice.vrfs, twice.vpns)
