"""Questions: what does not work, in which layer, on which router, and why.

What is right is known from what was broken and from what the proof saw then; wrong answers are other things
of the same lab that might as well be.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, combinations, zip_longest
from typing import TYPE_CHECKING, Final

from orchestrator.training.variant import dice, draw, variants
from orchestrator.verification.kit.check_id import Layer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from orchestrator.model.lab import Lab
    from orchestrator.training.exercise import Exercise
    from orchestrator.training.impact import Customers, Pair
    from orchestrator.training.variant import Variant

_CHOICES: Final = 4
LAYERS: Final = {
    Layer.KERNEL: "the kernel of a node: forwarding, MPLS input, VRF devices",
    Layer.LINK: "a link: carrier, MTU, addresses",
    Layer.IGP: "the IGP of the core",
    Layer.LDP: "labels of the core: LDP and its LSPs",
    Layer.SR: "labels of the core: segment routing and its LSPs",
    Layer.MPBGP: "MP-BGP between the PEs, and the VRFs: RD and route targets",
    Layer.PECE: "PE-CE: a session, or what a CE announces",
    Layer.VPN: "routes of a VPN from PE to PE, and their labels",
    Layer.DATA: "nothing but packets: all tables are right",
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        choices: what may be answered; a is the first.
        right: which of them is right.
    """

    text: str
    choices: tuple[str, ...]
    right: int

    @property
    def letter(self) -> str:
        """Of the right answer."""
        return "abcdefgh"[self.right]


def questions(
    variant: Variant, customers: Customers, lost: Collection[str], layer: str, causes: Iterable[str]
) -> tuple[Question, ...]:
    """What a learner is asked, the same each time.

    Args:
        variant: what was broken.
        customers: what they have when all is well.
        lost: what of that they lost when it was broken.
        layer: the lowest one in which a check did not hold then.
        causes: what might have been broken instead.
    """
    made = [
        _question(variant, "Between which sites is something lost?", *_who(customers, lost)),
        _question(
            variant,
            "Which is the lowest layer that is broken?",
            LAYERS[Layer(layer)],
            _layers(customers.lab),
        ),
    ]
    if len(variant.nodes) == 1:  # of several none is the right one alone
        made.append(_where(variant, customers.lab, min(variant.nodes)))
    made.append(_question(variant, "What is the root cause?", variant.cause, causes, likeliest_first=True))
    return tuple(one for one in made if len(one.choices) > 1)


def _layers(lab: Lab) -> Iterator[str]:
    """Those that the lab has: what gives no labels there cannot be broken."""
    labels = {Layer(labels) for one in lab.providers for labels in one.labels}
    return (text for layer, text in LAYERS.items() if layer in labels or layer not in {Layer.LDP, Layer.SR})


def _where(variant: Variant, lab: Lab, right: str) -> Question:
    """Routers that do the same come first: of several PEs the right one has to be told from the others."""
    chance = dice(variant.exercise, variant.seed, "routers")
    names = [one.name for one in lab.nodes]
    chance.shuffle(names)
    roles = {one.name: one.role for one in lab.nodes}
    names.sort(key=lambda name: roles[name] != roles[right])
    return _question(variant, "On which router is it to be fixed?", right, names, likeliest_first=True)


def _question(
    variant: Variant, text: str, right: str, others: Iterable[str], *, likeliest_first: bool = False
) -> Question:
    chance = dice(variant.exercise, variant.seed, text)
    wrong = [one for one in dict.fromkeys(others) if one != right]
    most = min(len(wrong), _CHOICES - 1)
    choices = [right, *(wrong[:most] if likeliest_first else chance.sample(wrong, most))]
    chance.shuffle(choices)
    return Question(text, tuple(choices), choices.index(right))


def _who(customers: Customers, lost: Collection[str]) -> tuple[str, list[str]]:
    """Which pairs of sites lose something, in words, and other such words."""
    affected = customers.pairs(lost)
    named = dict(pair_sets(customers.lab, customers.all_pairs))
    right = named.get(affected) or ", ".join(
        " - ".join(one) for one in customers.all_pairs if one in affected
    )
    return right, list(named.values())


def pair_sets(lab: Lab, pairs: Sequence[Pair]) -> Iterator[tuple[frozenset[Pair], str]]:
    """Sets of pairs that one might take for the affected ones; of equal ones the last name counts."""
    for one, other in combinations(pairs, 2):
        yield frozenset((one, other)), f"{' - '.join(one)} and {' - '.join(other)}"
    for site in lab.sites:
        own = frozenset(one for one in pairs if site.name in one)
        yield own, f"{site.name} and every other site of {site.vpn}"
    for one in pairs:
        yield frozenset((one,)), " - ".join(one)
    if len(pairs) > 1:
        yield frozenset(pairs), "all sites of all customers"
    yield frozenset(), "none: packets arrive where they must not"


def possible_causes(lab: Lab, variant: Variant, others: Iterable[Exercise]) -> tuple[str, ...]:
    """What might have been broken instead, the likeliest first.

    Other alternatives of the exercise at the same place, then by turns the same elsewhere, which has to be
    looked for to be told from it, and what the lab's other exercises break.

    Args:
        lab: the lab.
        variant: what was broken.
        others: the other exercises of the lab.
    """
    # What does the same, such as a link seen from its other end, is no other cause.
    own = list(
        {
            tuple(sorted(map(repr, one.changes))): one
            for one in (*variants(lab, variant.exercise, variant.seed), variant)
        }.values()
    )
    here = [one.cause for one in own if one.place == variant.place]
    elsewhere = [one.cause for one in own if one.place != variant.place]
    of_others = [draw(lab, one, variant.seed).cause for one in others if one.name != variant.exercise.name]
    chance = dice(variant.exercise, variant.seed, "causes")
    for some in (of_others, elsewhere):
        chance.shuffle(some)
    by_turns = chain.from_iterable(zip_longest(elsewhere, of_others))
    return tuple(dict.fromkeys((*here, *filter(None, by_turns))))
