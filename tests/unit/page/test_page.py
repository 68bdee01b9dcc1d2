"""The page of a look: one file that needs nothing else, in which everything stands that was found."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.evidence.file import read
from orchestrator.evidence.judge import case
from orchestrator.page.page import page
from orchestrator.verification.kit.check import Verdict
from tests.recorded.recording import VERSIONS, RecordingKey
from tests.recorded.recording import recorded as places
from tests.unit.page.broken import edited, flown, generated, judged, leaking, mutated, recorded
from tests.unit.page.read import read_page

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.evidence.bundle import Bundle
    from orchestrator.evidence.judge import Case
    from tests.unit.page.read import Read

IN_CHECK = {"eigrp-backdoor", "extranet", "failover", "two-vpns"}
"""Labs whose pages `make check` makes; `make test` makes all."""
LABS = [
    pytest.param(
        one, id=str(one), marks=() if one.lab in IN_CHECK and not one.stage else pytest.mark.thorough
    )
    for one in places()
    if one.frr == VERSIONS[0]
]
LARGEST = 300_000  # octets, of a lab of ours


def shown(there: Case) -> tuple[str, Read]:
    text = page(there, there.report())
    return text, read_page(text)


def sound(text: str, found: Read) -> None:
    """It needs nothing else, and each of its links leads somewhere."""
    assert re.findall(r"https?:|//\w|@import|javascript:|<link", text) == []
    assert {one for one in re.findall(r"url\(([^)]*)\)", text) if not one.startswith("#")} == set()
    (policy,) = (one.attributes["content"] for one in found.named("meta") if "http-equiv" in one.attributes)
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)  # the only one is ours, by its digest
    assert text.count("<script") == 1
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'"
    )
    assert [one.attributes.get("id") for one in found.elements if "hidden" in one.attributes] == ["pointed"]
    assert len(found.named("h1")) == 1
    ids = [one.attributes["id"] for one in found.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    links = {one.attributes["href"] for one in found.elements if "href" in one.attributes}
    links |= set(re.findall(r"url\(([^)]*)\)", text))
    assert links <= {f"#{one}" for one in ids}
    assert not {name for one in found.elements for name in one.attributes if name.startswith("on")}
    assert not {"src", "srcset", "data", "action"} & {
        name for one in found.elements for name in one.attributes
    }


def cells(found: Read) -> dict[tuple[str, str], str]:
    """What the matrix says of each two sites."""
    return {
        tuple(match.groups()): one.text  # type: ignore[misc]
        for one in found.named("td")
        if (match := re.match(r"(\S+) to (\S+): ", one.attributes.get("title", "")))
    }


def complete(there: Case, found: Read) -> None:
    names = [site.name for site in there.lab.sites]
    assert set(cells(found)) == {(a, b) for a in names for b in names if a != b}
    (findings,) = (one.text for one in found.elements if one.attributes.get("id") == "findings")
    for one in there.report().findings:
        if one.verdict in {Verdict.FAIL, Verdict.ERROR}:
            assert str(one.check.id) in findings
            assert one.observed in findings
            assert one.why in findings
    nodes = {one.attributes["data-node"] for one in found.elements if "data-node" in one.attributes}
    assert nodes == {one.name for one in there.lab.nodes}


@pytest.mark.parametrize("place", LABS)
def test_every_lab(place: RecordingKey) -> None:
    there = case(read(place.file), place.file)
    text, found = shown(there)
    sound(text, found)
    complete(there, found)
    assert len(text.encode()) < LARGEST
    assert found.of("wrong") == []
    assert "FAIL" not in text.partition("</style>")[2]
    reached = {names for names, said in cells(found).items() if said == "reach"}
    assert reached == {(one.here, one.there) for one in there.report().pairs}
    ways = {one.attributes["id"] for one in found.of("way")}
    assert len(ways) == len(reached)


@pytest.mark.thorough
def test_fifty_nodes_where_much_fails(tmp_path: Path) -> None:
    there = generated(tmp_path, 50)
    text, found = shown(there)
    sound(text, found)
    assert len(text.encode()) < 1_000_000
    assert len(found.of("way")) == len(there.report().pairs)


BROKEN = {
    "label": lambda: mutated(recorded("two-vpns"), "p1", "the kernel swaps to another transport label"),
    "ldp": lambda: mutated(recorded("two-vpns"), "p1", "an LDP session does not come up"),
    "adjacency": lambda: mutated(recorded("ospf-sham"), "ce1", "an OSPF adjacency to a CE does not come up"),
    "leak": lambda: leaking(recorded("two-vpns"), "red1", "blue2"),
    "nobody": lambda: flown(recorded("failover"), lambda _, flight: replace(flight, answered=False)),
    "nonsense": lambda: edited(
        recorded("ospf"), lambda _, command, __: "?" if command == "ip rule" else None
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_labs(name: str) -> None:
    there = judged(BROKEN[name]())
    text, found = shown(there)
    sound(text, found)
    complete(there, found)
    assert found.of("cause") or found.of("card")
    assert found.of("badge")


def test_a_way_ends_where_the_packet_does() -> None:
    _, found = shown(judged(BROKEN["label"]()))
    said = cells(found)
    assert said["red1", "red2"] == said["blue1", "blue2"] == "no route"
    assert said["red2", "red1"] == "no reply"
    assert said["red1", "blue2"] == "apart"
    (cross, *_) = found.of("cross")
    assert cross.text == "dropped at p2: the kernel of p2 has no label 999"
    lost = {one.text for one in found.of("stack") if "lost" in one.attributes["class"]}
    assert {"IP", "18/81", "999/81"} <= lost
    assert "18 as to 999 via inet 10.0.0.3 dev eth2 proto ldp" in "".join(
        one.text for one in found.named("pre")
    )


def test_the_map_has_the_labels_that_the_kernels_have() -> None:
    _, found = shown(judged(BROKEN["label"]()))
    (mpls,) = found.of("mpls")
    for words in (
        "pe1:eth1 sends to:\npe2 18",
        "p2:eth2 sends to:\npe2 pop",
        "blue 80 · red 81",
        "pe1 takes:",
    ):
        assert words in mpls.text


def test_the_script_is_told_which_nodes_a_link_joins() -> None:
    _, found = shown(judged(BROKEN["label"]()))
    (ends,) = (one.attributes["data-ends"] for one in found.elements if "data-ends" in one.attributes)
    drawn = [
        " ".join(re.findall(r"(?:^| -- )([a-z0-9]+):", one.text))
        for one in found.of("link")
        if "--" in one.text
    ]
    assert ends.split(";") == drawn


def test_a_leak_is_named() -> None:
    there = judged(BROKEN["leak"]())
    _, found = shown(there)
    said = cells(found)
    assert said["red1", "blue2"] == "LEAK"
    assert said["red1", "red2"] == said["blue1", "blue2"] == "reach"
    assert {one for one, what in said.items() if what == "LEAK"} == {("red1", "blue2")}
    (verdict,) = found.of("verdict")
    assert "LEAK: packets from red1 (VPN red) arrive at blue2 (VPN blue)" in verdict.text


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\x1b[31m\u202e&amp;"


def _hostile(bundle: Bundle) -> Bundle:
    """Every node says it in every line, and so do the journal, the place and what had been done."""
    made = edited(
        bundle, lambda _, __, output: "\n".join(f"{line} {HOSTILE}" for line in output.splitlines())
    )
    place = replace(made.place, host=HOSTILE, kernel=HOSTILE, frr={HOSTILE: HOSTILE}, program=HOSTILE)
    seen = replace(made.seen[0], title=HOSTILE, at=HOSTILE, report=HOSTILE)
    return replace(made, place=place, seen=(seen,), journal=(HOSTILE,), signer=HOSTILE, results=HOSTILE)


@pytest.mark.parametrize("lab", ["two-vpns", "ospf-sham"])
def test_nothing_that_a_node_or_a_file_says_becomes_markup(lab: str) -> None:
    text, found = shown(judged(_hostile(recorded(lab))))
    assert text.count("<script") == 1
    assert "<img" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    sound(text.replace("&#39;&gt;", "").replace("javascript:", ""), found)
    assert "<script>alert(1)</script>" in "".join(one.text for one in found.elements if one.name == "body")


def test_a_configuration_that_says_it() -> None:
    def said(_: str, command: str, output: str) -> str | None:
        described = f"interface eth1\n description {HOSTILE}\n"
        return output.replace("interface eth1\n", described, 1) if command == "show running-config" else None

    text, found = shown(judged(edited(recorded("two-vpns"), said)))
    assert text.count("<script") == 1
    assert "description <script>alert(1)</script>" in "".join(one.text for one in found.named("pre"))


def test_a_section_that_a_node_prints_twice() -> None:
    def said(node: str, command: str, output: str) -> str | None:
        twice = "interface eth1\nexit\n"
        return f"{output}{twice}{twice}" if (node, command) == ("p1", "show running-config") else None

    there = judged(edited(recorded("two-vpns"), said))
    drift = there.report().drift
    assert drift is not None
    assert drift.unknown == ("p1",)
