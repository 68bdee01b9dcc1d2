"""What real nodes of every lab answered, judged by today's checks: all hold, and each mutation is found."""

from __future__ import annotations

from itertools import pairwise, permutations
from typing import TYPE_CHECKING

import pytest

from orchestrator.evidence.file import read
from orchestrator.loading import load_lab
from orchestrator.verification.fact_collector import FactCollector
from orchestrator.verification.forwarding.between import PathEnd as Site
from orchestrator.verification.forwarding.between import paths
from orchestrator.verification.forwarding.walk import walk_queries
from orchestrator.verification.kit.answers import Transcript
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.kit.facts import Facts
from parsers.errors import ParseError
from tests.recorded.judged import judged
from tests.recorded.mutations_customer import CUSTOMER
from tests.recorded.mutations_of_probes import PROBES
from tests.recorded.mutations_provider import PROVIDER
from tests.recorded.recording import LABS, VERSIONS, RecordingKey, kinds, note, noted, recorded, stages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.recorded.judged import Judged
    from tests.recorded.mutation import Mutation
    from tests.recorded.mutations_of_probes import LostOrLeaked

PLACES = recorded()
LAB_NAMES = sorted(folder.name for folder in LABS.iterdir() if folder.is_dir())
# In `make check` each lab once, the versions taking turns; all of them in `make test`.
IN_CHECK = {
    here[number % len(here)]
    for number, lab in enumerate(LAB_NAMES)
    if (here := [place for place in PLACES if place.lab == lab and not place.stage])
}
each_place = pytest.mark.parametrize(
    "place",
    [
        pytest.param(place, id=str(place), marks=() if place in IN_CHECK else pytest.mark.thorough)
        for place in PLACES
    ],
    scope="module",  # all of a place one after the other, so that it is judged once
)
MUTATIONS = (*PROVIDER, *CUSTOMER)
# What `make record` still has to do.
NOT_YET = {
    RecordingKey("rip", "", "8.4"),  # not proven there: ripd ignores the route map of a VRF
    RecordingKey("inter-as-b", "", "8.4"),  # refused there: it swaps no VPN labels
    RecordingKey("inter-as-c", "", "8.4"),  # refused there: it installs no labels for PEs behind a core
    *(RecordingKey("dual-stack", "", frr) for frr in VERSIONS),
}


def test_every_lab_is_recorded_at_every_stage_on_every_version() -> None:
    wanted = {
        RecordingKey(lab, one.stage, frr) for lab in LAB_NAMES for one in stages(lab) for frr in VERSIONS
    }
    assert set(PLACES) == wanted - NOT_YET


@pytest.mark.parametrize("place", PLACES, ids=str, scope="module")
def test_everything_holds_as_it_did(place: RecordingKey, update_golden: bool) -> None:  # noqa: FBT001
    here = judged(place)
    assert [f"{one.check.id}: {one.observed}" for one in here.findings.values() if not one.holds] == []
    if update_golden:
        note(place, kinds(here.findings))
    assert kinds(here.findings) == noted()[place.file.name]


@each_place
def test_each_mutation_is_found_by_the_right_check(place: RecordingKey) -> None:
    assert [
        f"{mutation.name}, at {node} by {command}: found by {first or 'none'}"
        for mutation, node, command, first in _trials(judged(place))
        if first not in mutation.found_by
    ] == []


def _trials(here: Judged) -> Iterator[tuple[Mutation, str, str, str]]:
    """Each mutation at each node that may show it, and the kind of the first check that FAILs."""
    nodes = {node.name: node for node in here.lab.nodes}
    for node, command in here.readers:
        text = here.answer(node, command)
        for mutation in MUTATIONS:
            if (
                mutation.concerns(here.lab.name, nodes[node], command)
                and (wrong := mutation.applied(text)) is not None
            ):
                yield mutation, node, command, _first(here, node, command, wrong)


def _first(here: Judged, node: str, command: str, text: str) -> str:
    try:
        return next(iter(kinds(one.id for one in here.disproved(node, command, text)[:1])), "")
    except ParseError as error:
        return str(error)


@each_place
def test_packets_get_where_they_may_by_the_kernels_tables(place: RecordingKey) -> None:
    here = judged(place)
    sites = [
        Site(one.name, one.vpn, tuple(dict.fromkeys(end.ce.node for end in one.attachments)))
        for one in here.lab.sites
    ]
    facts = Facts(FactCollector(here.network).collect(walk_queries(here.lab)))
    within = ((a, b) for a, b in permutations(sites, 2) if a.vpn == b.vpn)
    found = [path for a, b in (*within, *pairwise(sites)) for path in paths(here.lab, facts, a, b)]
    assert [f"{one.start} -> {one.destination}" for one in found if not one.as_intended] == []
    assert any(one.delivered for one in found)


def test_each_mutation_applies_somewhere() -> None:
    left = list(MUTATIONS)
    for place in PLACES:
        nodes = {node.name: node for node in load_lab(LABS / place.lab, place.stage).nodes}
        said = [
            (nodes[node], command, answer.output)
            for node, answers in read(place.file).seen[0].answers.items()
            for command, answer in answers.items()
            if isinstance(answer, Transcript)
        ]
        left = [
            one
            for one in left
            if not any(
                one.concerns(place.lab, node, command) and one.applied(text) not in {None, text}
                for node, command, text in said
            )
        ]
    assert [one.name for one in left] == []


@pytest.mark.parametrize("another", PROBES, ids=lambda another: another.name)
def test_a_packet_that_has_another_fate_is_found(another: LostOrLeaked) -> None:
    here = judged(RecordingKey(another.lab, "", VERSIONS[0]))
    sender = next(check for check in here.checks if [*kinds([check.id])] == [another.found_by])
    assert here.with_fate(sender, another).verdict is Verdict.FAIL


def test_each_kind_of_check_is_seen_to_fail() -> None:
    made = {kind for counted in noted().values() for kind in counted}
    found = {kind for one in MUTATIONS for kind in one.found_by} | {one.found_by for one in PROBES}
    assert made == found
