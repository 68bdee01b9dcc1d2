"""Questions to a frozen value whose answers are kept with it: a lab is asked the same many times."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Final, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

_UNANSWERED: Final = object()
_Question = TypeVar("_Question", bound="Callable[..., object]")


def remembered(question: _Question) -> _Question:
    """A function of a frozen value, or a method of it, that works out each answer once.

    Further arguments are positional and hashable, the answer depends on nothing else and is never changed.
    """
    place = f"{question.__module__}.{question.__qualname__}"

    @wraps(question)
    def ask(value: object, *further: object) -> object:
        answers = value.__dict__.get(place)
        if answers is None:
            answers = value.__dict__[place] = {}
        # Looked for once: the hash of an address or of an attachment costs more than most answers.
        answer = answers.get(further, _UNANSWERED)
        if answer is _UNANSWERED:
            answer = answers[further] = question(value, *further)
        return answer

    return cast("_Question", ask)
