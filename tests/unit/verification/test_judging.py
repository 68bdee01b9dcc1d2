"""Verdicts: what holds, what does not, what is held back and what could not be looked at."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.verification.judging import foundation, ready
from orchestrator.verification.kit.check import Check, Judgement, Verdict
from orchestrator.verification.kit.check_id import CheckId, Layer
from orchestrator.verification.kit.facts import CouldNotLook, Facts, Query
from parsers import Command
from tests.unit.verification.scene import judge_all

_WORD = Command("show word", lambda output: output.text.strip())


def _id(node: str) -> CheckId:
    return CheckId(Layer.LINK, "word", node)


def _check(node: str, *after: str) -> Check:
    """Holds if its node says `yes`."""
    return Check(
        _id(node),
        f"{node} says yes",
        lambda facts: Judgement(facts.of(node, _WORD) == "yes", "yes", facts.of(node, _WORD)),
        (Query(node, _WORD),),
        tuple(map(_id, after)),
        why="it should",
        hint=f"ask {node}",
    )


def _facts(**said: object) -> Facts:
    return Facts({(node, _WORD.text): word for node, word in said.items()})


def test_what_holds_needs_no_explanation() -> None:
    (finding,) = judge_all([_check("a")], _facts(a="yes"))
    assert (finding.verdict, finding.why, finding.hint) == (Verdict.PASS, "", "")
    assert finding.evidence == ("a: show word",)


def test_what_does_not_hold_says_why_and_where_to_look() -> None:
    (finding,) = judge_all([_check("a")], _facts(a="no"))
    assert (finding.verdict, finding.expected, finding.observed) == (Verdict.FAIL, "yes", "no")
    assert (finding.why, finding.hint) == ("it should", "ask a")


def test_not_having_looked_is_no_failure_of_the_network() -> None:
    (finding,) = judge_all([_check("a")], _facts(a=CouldNotLook("a does not answer: no route")))
    assert finding.verdict is Verdict.ERROR
    assert finding.observed == "could not look: a does not answer: no route"


def test_what_stands_on_something_broken_is_not_judged() -> None:
    checks = [_check("a"), _check("b", "a"), _check("c", "b")]
    findings = judge_all(checks, _facts(a="no", b="yes", c="no"))
    assert [one.verdict for one in findings] == [Verdict.FAIL, Verdict.BLOCKED, Verdict.BLOCKED]
    assert findings[2].observed == "not judged: link.word.a does not hold"
    assert foundation(findings[2], {one.check.id: one for one in findings}) is findings[0]


def test_what_could_not_be_looked_at_holds_back_too() -> None:
    findings = judge_all([_check("a"), _check("b", "a")], _facts(a=CouldNotLook("silence"), b="yes"))
    assert [one.verdict for one in findings] == [Verdict.ERROR, Verdict.BLOCKED]


def test_ready_is_what_nothing_holds_back() -> None:
    checks = [_check("a"), _check("b", "a"), _check("c")]
    findings = {one.check.id: one for one in judge_all(checks, _facts(a="no", b="yes", c="no"))}
    assert [check.node for check in ready(checks, findings)] == ["a", "c"]


@given(
    st.lists(
        st.tuples(st.sampled_from(["yes", "no", "silence"]), st.sets(st.integers(0, 7))),
        min_size=1,
        max_size=8,
    )
)
def test_a_check_is_blocked_exactly_if_something_under_it_does_not_hold(
    nodes: list[tuple[str, set[int]]],
) -> None:
    checks = [
        _check(f"n{number}", *(f"n{under}" for under in sorted(unders) if under < number))
        for number, (_, unders) in enumerate(nodes)
    ]
    said: dict[str, object] = {
        f"n{number}": CouldNotLook("silence") if word == "silence" else word
        for number, (word, _) in enumerate(nodes)
    }
    findings = {one.check.id: one for one in judge_all(checks, _facts(**said))}
    for finding in findings.values():
        held_back = any(not findings[one].holds for one in finding.check.after)
        assert (finding.verdict is Verdict.BLOCKED) == held_back
        assert foundation(finding, findings).verdict is not Verdict.BLOCKED
