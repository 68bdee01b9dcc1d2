"""Exercises of kind design, for many seeds: what each design does follows from its intent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.commands.learner import Lesson
from orchestrator.loading import load_lab
from orchestrator.model.topology import Endpoint
from orchestrator.training import catalogue, designs, score
from orchestrator.training.impact import Customers
from orchestrator.training.session import Seen
from orchestrator.training.trying import _probe, _taken
from orchestrator.training.variant import variants
from orchestrator.verification.kit.facts import CouldNotLook
from orchestrator.verification.kit.probes import Flight
from orchestrator.verification.report.result import Report
from tests.unit.training.mistaken import Mistake

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.training.exercise import Exercise

DESIGNS = [one for one in catalogue.exercises() if one.intent.kind == "design"]
BY_NAME = pytest.mark.parametrize("exercise", DESIGNS, ids=lambda one: one.name)
SEEN = Seen(frozenset(), Report("lab", (), 0.0), ())


@BY_NAME
def test_some_designs_are_right_and_some_wrong_and_each_says_why(exercise: Exercise) -> None:
    lesson = Lesson.of(exercise, 0)
    known = designs.designs(lesson.lab, exercise)
    assert known[0].right
    assert 1 <= len([one for one in known if one.right]) < len(known) - 1
    assert all(one.lacks for one in known if not one.right)
    assert len({one.name for one in known}) == len(known)
    base = Customers.of(known[0].lab)
    assert set(Customers.of(lesson.lab).all_pairs) == set(base.all_pairs)
    (variant,) = variants(lesson.lab, exercise)
    assert variant.changes
    touched = designs.untouchable(known[0].lab, exercise)
    assert not variant.nodes & set(touched), "what is left out has to be put back where one may"


@pytest.mark.parametrize("seeds", [100, pytest.param(1000, marks=pytest.mark.thorough)])
@BY_NAME
def test_each_seed_asks_for_a_right_design_and_wrong_answers_cost(exercise: Exercise, seeds: int) -> None:
    lesson = Lesson.of(exercise, 0)
    known = designs.designs(lesson.lab, exercise)
    by_name = {one.name: one for one in known}
    rights = set()
    given = set()
    for seed in range(seeds):
        asked = designs.questions(exercise, seed, known)
        assert asked == designs.questions(exercise, seed, known)
        assert len(asked) >= 2
        which, *why = asked
        assert [one for one in which.choices if by_name[one].right] == [which.choices[which.right]]
        rights.add(which.choices[which.right])
        for one in why:
            (named,) = [design for design in known if f": {design.name}?" in one.text]
            own = ("nothing: it does all that is asked for",) if named.right else named.reasons
            assert one.choices[one.right] in own
            given.add((named.name, one.choices[one.right]))
            assert len(set(one.choices)) == len(one.choices) >= 2
            assert sum(text in own for text in one.choices) == 1, "two of them are right"
        right = {number: (one.right,) for number, one in enumerate(asked)}
        assert score.diagnosed(asked, right) == score.DIAGNOSIS
        wrong = {0: ((which.right + 1) % len(which.choices),)}
        assert score.diagnosed(asked, right | wrong) < score.DIAGNOSIS
    assert rights == {one.name for one in known if one.right}
    wrong_ones = {(one.name, reason) for one in known if not one.right for reason in one.reasons}
    assert wrong_ones <= given, "for whom, or which way, a design does not do is never drawn"
    assert len(given - wrong_ones) == len(rights), "a right one is never asked for"
    assert lesson.questions(SEEN) == designs.questions(exercise, lesson.variant.seed, known)


SHAM = catalogue.exercise("design-sham-link")


@pytest.mark.parametrize(
    ("cost", "right"), [(1, True), (979, True), (980, False), (981, False), (2000, False)]
)
def test_the_sum_from_end_to_end_decides(cost: int, right: bool) -> None:  # noqa: FBT001 -- a column of the table
    """10 to the PE, the sham link, 10 to the CE, against 1000."""
    first, second, *_ = SHAM.intent.designs
    other = {"vpns": {"red": {"sham-links": [{"between": ["pe1", "pe2"], "cost": cost}]}}}
    changed = second.model_copy(update={"intent": other})
    there = replace(SHAM, intent=SHAM.intent.model_copy(update={"designs": [first, changed]}))
    assert designs.designs(load_lab(catalogue.lab_of(SHAM)), there)[1].right == right


def test_by_which_way_a_packet_came_is_seen_where_it_came_in() -> None:
    lab = load_lab(catalogue.lab_of(SHAM))
    by_provider, _, by_backdoor = designs.demands(lab, SHAM)
    from_pe, from_ce = Endpoint("ce2", "eth1"), Endpoint("ce2", "eth2")
    there = Flight().seen_at("ce2")
    assert _probe(lab, by_provider).witnesses == ("ce2",)
    assert _taken(lab, by_provider, there.came_in_by(from_pe))
    assert not _taken(lab, by_provider, there.came_in_by(from_ce))
    assert _taken(lab, by_backdoor, there.came_in_by(from_ce))
    assert not _taken(lab, by_backdoor, there.came_in_by(from_pe))
    for nothing in (Flight().came_in_by(from_pe), there, CouldNotLook("it does not answer")):
        assert not _taken(lab, by_provider, nothing)
        assert not _taken(lab, by_backdoor, nothing)


def test_a_ce_that_packets_must_pass_says_so_itself() -> None:
    hub = catalogue.exercise("design-hub")
    lab = load_lab(catalogue.lab_of(hub))
    demand = designs.demands(lab, hub)[0]
    assert _probe(lab, demand).witnesses == ("hub",)
    there = Flight().seen_at("spoke2")
    assert _taken(lab, demand, there.came_in_by(Endpoint("hub", "eth1")))
    assert not _taken(lab, demand, there)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("by: provider", "by: povider", "ospf-sham has no CE 'povider'; known: provider, backdoor, ce1, ce2"),
        ("between: [ce1, ce2], by", "between: [ce1, ce9], by", "ospf-sham has no CE 'ce9'; known: ce1, ce2"),
        ("when: p1-pe2", "when: p1-pe9", "lab 'ospf-sham' has no link, node or LAN 'p1-pe9'; did"),
        ("cost: 600}", "cots: 600}", "unknown key 'cots' in "),
        (
            "of cost 5\n",
            "of cost 5\n    intent: {vpns: {red: {sham-links: []}}}\n",
            "the first design is not right",
        ),
        ("designs:", "steps:", "unknown key 'name' in item 1 of 'steps'"),
    ],
)
def test_a_mistake_has_its_line(old: str, new: str, said: str, tmp_path: Path) -> None:
    Mistake(old, new, said).must_have_its_line(SHAM, designs.designs, tmp_path)
