"""What several interconnects come to does not depend on the order in which `vpn.yml` has them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from orchestrator.model.grouping import hanging_together
from orchestrator.model.mistakes import LabFileError
from tests.unit.model.labs import LabText

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


def in_a_row(providers: int, interconnects: Sequence[str]) -> LabText:
    """Providers of `pe - br` in a row, with the VPNs at its two ends; interconnects as `br1:eth2 b red`."""
    nodes, links, homes, crossing = [], [], [], []
    for one in range(1, providers + 1):
        nodes += [f"pe{one} pe", f"br{one} pe"]
        links.append(f"pe{one}:eth1 br{one}:eth1")
        ranges = f"loopbacks: 10.255.{one}.0/24, core: 10.0.{one}.0/24, access: 10.1.{one}.0/24"
        homes.append(
            f"  as{one}: {{asn: {65000 + one}, nodes: [pe{one}, br{one}], addressing: {{{ranges}}}}}"
        )
    for end in sorted(one.split()[0] for one in interconnects):
        asbr, port = int(end[2]), int(end[-1])
        links.append(f"{end} br{asbr + 1}:eth{port + 2}")
    for end, option, vpn in map(str.split, interconnects):
        crossing.append(f"  - {{link: '{end}', option: {option}, vpns: [{vpn}]}}")
    vpns = []
    for port, vpn in enumerate(dict.fromkeys(one.split()[2] for one in interconnects), 2):
        target = f"['65000:{port}']"
        vpns.append(f"  {vpn}:\n    import: {target}\n    export: {target}\n    sites:")
        for number, pe in enumerate((1, providers), 1):
            speaks = f"protocol: bgp, asn: {65000 + 100 * port + number}"
            vpns.append(f"      {vpn}{number}: {{{speaks}, prefixes: [172.16.{number}.0/24]}}")
            nodes.append(f"{vpn}{number} ce")
            links.append(f"pe{pe}:eth{port} {vpn}{number}:eth1")
    lines = ["providers:", *homes, "interconnects:", *crossing, "vpns:", *vpns]
    return LabText(tuple(nodes), tuple(links), "\n".join(lines) + "\n")


def mistakes(providers: int, interconnects: Sequence[str], folder: Path) -> Iterator[set[str]]:
    """What is wrong, without line numbers, for each order of the interconnects."""
    for number, order in enumerate(itertools.permutations(interconnects)):
        try:
            in_a_row(providers, order).load(folder / str(number))
        except LabFileError as error:
            yield {line.partition(" ")[2] for line in str(error).splitlines()}
        else:
            yield set()


@pytest.mark.parametrize(
    ("providers", "interconnects"),
    [
        (2, ("br1:eth2 b red", "br1:eth3 a blue")),
        (2, ("br1:eth2 a red", "br1:eth3 a red", "br1:eth4 b blue")),
        (4, ("br1:eth2 a red", "br2:eth2 a red", "br3:eth2 a red")),
        (3, ("br1:eth2 a red", "pe2:eth5 b red", "br1:eth3 a blue", "br2:eth3 a blue")),
    ],
    ids=["a beside b", "two a beside b", "a chain", "a chain of both"],
)  # fmt: skip
def test_what_is_right_is_right_in_any_order(
    providers: int, interconnects: Sequence[str], tmp_path: Path
) -> None:
    assert set().union(*mistakes(providers, interconnects, tmp_path)) == set()


@pytest.mark.parametrize(
    ("providers", "interconnects", "wrong"),
    [
        (2, ("br1:eth2 b red", "br1:eth3 a red", "br1:eth4 a blue"),
         ("VPN red crosses between as1 and as2 with option a and with option b; "
         "which of both ways a PE takes is not modelled: keep one")),
        (2, ("br1:eth2 b red", "br1:eth3 b blue"),
         ("a second link with option b between as1 and as2; "
         "which of several such ways a PE takes is not modelled: keep one")),
        (4, ("br1:eth2 a red", "br3:eth2 a red"),
         ("VPN red falls apart: no interconnect and no transit site joins as1 with as4; "
         "name it in interconnects, or attach a site to both providers and give it transit: true")),
    ],
    ids=["a and b for one", "two b", "a gap"],
)  # fmt: skip
def test_what_is_wrong_is_wrong_in_any_order(
    providers: int, interconnects: Sequence[str], wrong: str, tmp_path: Path
) -> None:
    assert all(said == {wrong} for said in mistakes(providers, interconnects, tmp_path))


def test_option_b_passes_nothing_on_to_a_third_provider(tmp_path: Path) -> None:
    """FRR does: the routes of a chain would be called foreign at its far end."""
    links = ("br1:eth2 b red", "br2:eth2 b red")
    right = "; a chain of such links is not modelled: make one of them option a, at another ASBR"
    for said in mistakes(3, links, tmp_path):
        (line,) = said
        assert line.startswith("as2 passes VPNv4 routes from as")
        assert line.endswith(right)


@pytest.mark.parametrize("order", [*itertools.permutations(["ab", "cd", "bc", "xy", "z"])])
def test_what_hangs_together_does_so_in_any_order(order: Sequence[str]) -> None:
    assert {"".join(sorted(part)) for part in hanging_together(order)} == {"abcd", "xy", "z"}
