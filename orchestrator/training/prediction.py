"""What will happen, asked before it does: right is what the proof expects of the network then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from orchestrator.core.bfd import bfd_sessions
from orchestrator.faults.injections import LinkImpaired
from orchestrator.training.diagnosis import Question, pair_sets
from orchestrator.training.variant import dice
from orchestrator.verification.expect import expect

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from orchestrator.model.lab import Attachment, Lab
    from orchestrator.training.happening import Happened
    from orchestrator.training.impact import Customers, Pair
    from orchestrator.training.variant import Variant
    from orchestrator.verification.kit.check import Check

POINTS: Final = 100
_CHOICES: Final = 4
_NEIGHBOURS: Final = frozenset(("igp.adjacency", "ldp.neighbor", "mpbgp.session", "pece.session"))
_EARLY: Final = 0.5
"""Seconds by which a gap may seem shorter than it was: packets are sent every 40 ms, and clocks differ."""
_LATE: Final = 2.0
"""Seconds that a busy machine may need beyond a timer until packets go another way."""


@dataclass(frozen=True, slots=True)
class Detection:
    """What notices that packets are lost, and for how many seconds they are until then."""

    name: str
    least: float
    most: float

    def fits(self, gap: float) -> bool:
        """Whether a gap that was measured may be due to it."""
        return self.least - _EARLY <= gap <= self.most + _LATE


NEVER: Final = Detection("until it is repaired: there is no other way", 0, 0)
Meaning: TypeAlias = "frozenset[Pair] | Detection | str"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about what will happen, and what each of its choices means.

    Attributes:
        meanings: pairs of sites that lose each other, what notices, or the id of a check that ends.
    """

    question: Question
    meanings: tuple[Meaning, ...]

    def seen(self, happened: Happened, customers: Customers) -> tuple[bool, str]:
        """Whether it came as the right answer says, and what was seen."""
        match self.meanings[self.question.right]:
            case Detection() as right:
                return _took(right, happened, customers)
            case frozenset() as right:
                pairs = cut(customers, happened.lost)
                lost = ", ".join(" - ".join(one) for one in customers.all_pairs if one in pairs)
                return pairs == right, f"lost until it was repaired: {lost or 'nothing'}"
            case right:
                ended = [
                    text
                    for text, one in zip(self.question.choices, self.meanings, strict=True)
                    if one in happened.ended
                ]
                only = self.question.choices[self.question.right]
                return right in happened.ended and ended == [only], f"ended: {', '.join(ended) or 'none'}"


def _took(right: Detection, happened: Happened, customers: Customers) -> tuple[bool, str]:
    if cut(customers, happened.lost):
        return right == NEVER, "some packets were lost until it was repaired"
    if not happened.flows:
        return right.least == 0, "no packet of any flow was lost"
    said = f"the flow that was dead longest was for {happened.gap:.1f} s"
    return right != NEVER and right.fits(happened.gap), said


def asked(variant: Variant, lab: Lab, customers: Customers) -> tuple[Asked, ...]:
    """What a learner is asked before it happens, the same each time.

    Args:
        variant: of an exercise of kind predict.
        lab: at the stage at which it happens.
        customers: what they have when all is well.
    """
    assert variant.event is not None  # noqa: S101 -- of that kind
    lost = cut(customers, lost_ids(variant, lab))
    made = (
        _who(variant, customers, lost),
        _how_long(variant, lab, lost),
        _what_ends(variant, lab),
    )
    return tuple(one for one in made if one is not None)


def lost_ids(variant: Variant, lab: Lab) -> frozenset[str]:
    """What is expected of the lab when all is well and not when it has happened, by the ids of checks."""
    assert variant.event is not None  # noqa: S101 -- of that kind
    then = {str(one.id) for one in expect(lab, variant.event.state)}
    return frozenset(str(one.id) for one in expect(lab)) - then


def cut(customers: Customers, lost: Collection[str]) -> frozenset[Pair]:
    """The pairs of sites between which nothing is left; that a link's own subnet is gone does not count."""
    return customers.pairs(customers.flows) - customers.pairs(set(customers.flows) - set(lost))


def _asked(
    variant: Variant, text: str, right: tuple[str, Meaning], others: Sequence[tuple[str, Meaning]]
) -> Asked:
    """A question whose wrong choices are drawn; those that say or mean the right one are left out."""
    chance = dice(variant.exercise, variant.seed, text)
    wrong = dict(one for one in others if one[0] != right[0] and one[1] != right[1])
    chosen = [right, *chance.sample(list(wrong.items()), min(len(wrong), _CHOICES - 1))]
    chance.shuffle(chosen)
    texts = tuple(one for one, _ in chosen)
    return Asked(Question(text, texts, texts.index(right[0])), tuple(one for _, one in chosen))


def _who(variant: Variant, customers: Customers, lost: frozenset[Pair]) -> Asked:
    named: dict[frozenset[Pair], str] = dict(pair_sets(customers.lab, customers.all_pairs))
    named[frozenset()] = "none: packets take another way"
    right = named.pop(lost, "") or ", ".join(" - ".join(one) for one in customers.all_pairs if one in lost)
    others = [(text, pairs) for pairs, text in named.items()]
    text = "Which sites do not reach each other until it is repaired?"
    return _asked(variant, text, (right, lost), others)


def _how_long(variant: Variant, lab: Lab, lost: Collection[Pair]) -> Asked:
    right = NEVER if lost else detection(variant, lab)
    text = "For how long are packets lost on the way that fails, at most?"
    alike = right.least, right.most  # two timers that are equal cannot be told apart by what is lost
    others = [
        (one.name, one) for one in (*detections(lab), NEVER) if one is NEVER or (one.least, one.most) != alike
    ]
    return _asked(variant, text, (right.name, right), others)


def _what_ends(variant: Variant, lab: Lab) -> Asked | None:
    """Which neighbour is lost, seen from a router that is still there; of each kind one, if there is one."""
    assert variant.event is not None  # noqa: S101 -- of that kind
    down = variant.event.state.nodes_down
    gone = lost_ids(variant, lab)
    known = [one for one in expect(lab) if _kind(one) in _NEIGHBOURS and one.id.node not in down]
    ended = [one for one in known if str(one.id) in gone]
    if not ended:
        return None
    chance = dice(variant.exercise, variant.seed, "what ends")
    one = chance.choice(ended)
    # The other neighbours of the same router first: they are what is easily taken for it.
    kept = [other for other in known if str(other.id) not in gone]
    near = [other for other in kept if other.id.node == one.id.node] or kept
    said = [(_said(other), str(other.id)) for other in (near if len(near) >= _CHOICES - 1 else kept)]
    return _asked(variant, "Which of these neighbours is lost?", (_said(one), str(one.id)), said)


def _kind(check: Check) -> str:
    return f"{check.id.layer.value}.{check.id.kind}"


def _said(check: Check) -> str:
    return f"{check.id.node}: {check.title}"


def detection(variant: Variant, lab: Lab) -> Detection:
    """What notices first, where there is another way."""
    event = variant.event
    if not isinstance(event, LinkImpaired):  # the carrier is gone, beside a node without power too
        return _carrier()
    ends = {str(event.link.a), str(event.link.b)}
    for node in (event.link.a.node, event.link.b.node):
        for one in bfd_sessions(lab, node):
            if f"{node}:{one.own.name}" in ends:
                return _bfd(one.bfd.interval, one.bfd.detection)
    attachment = _attachment(lab, ends)
    return _hello(lab) if attachment is None else _hold(lab, attachment)


def _attachment(lab: Lab, ends: Collection[str]) -> Attachment | None:
    return next((one for site in lab.sites for one in site.attachments if str(one.pe) in ends), None)


def detections(lab: Lab) -> tuple[Detection, ...]:
    """All that might notice something in a lab, whether it does or not."""
    timers = lab.providers[0].timers
    found = [_carrier(), _hello(lab), _held("LDP's hold time", timers.ldp_hello, timers.ldp_hold)]
    found += [
        _bfd(one.bfd.interval, one.bfd.detection)
        for node in lab.nodes
        for one in bfd_sessions(lab, node.name)
    ]
    found += [_held("BGP's hold time", timers.bgp_keepalive, timers.bgp_hold)]
    return tuple(dict.fromkeys(found))


def _carrier() -> Detection:
    return Detection("less than a second: somebody sees the carrier go", 0, 1)


def _bfd(interval: int, detects: int) -> Detection:
    return _held("BFD's detection time", interval / 1000, detects / 1000)


def _hello(lab: Lab) -> Detection:
    provider = lab.providers[0]
    timers = provider.timers
    if provider.igp == "isis":
        return _held("IS-IS' hold time", timers.isis_hello, timers.isis_hello * timers.isis_multiplier)
    return _held("OSPF's dead interval", timers.ospf_hello, timers.ospf_dead)


def _hold(lab: Lab, attachment: Attachment) -> Detection:
    provider = lab.provider_of(attachment.pe.node)
    keepalive = getattr(attachment.protocol, "keepalive", None) or provider.timers.bgp_keepalive
    hold = getattr(attachment.protocol, "hold", None) or provider.timers.bgp_hold
    return _held("BGP's hold time", keepalive, hold)


def _held(name: str, interval: float, most: float) -> Detection:
    """A neighbour is given up so long after the last word of it, which came at most an interval before."""
    return Detection(f"about {most:g} s: {name}", most - interval, most)


def guessed(questions: Sequence[Asked], answers: Mapping[int, Sequence[int]]) -> int:
    """Points for answers, of which the last one to a question counts."""
    right = [one.question.right in answers.get(number, ())[-1:] for number, one in enumerate(questions)]
    return round(POINTS * sum(right) / len(right)) if right else 0


def struck(questions: Sequence[Asked], count: int) -> Iterator[str]:
    """So many wrong choices of each question, but one at least is left."""
    for number, one in enumerate(questions, 1):
        wrong = [position for position in range(len(one.question.choices)) if position != one.question.right]
        for position in wrong[: min(count, len(wrong) - 1)]:
            yield f"{number}. not {'abcdefgh'[position]}) {one.question.choices[position]}"
