"""What happens to a network, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.faults.injections import (
    DaemonKilled,
    LinkCut,
    LinkImpaired,
    NodeLost,
    PrefixWithdrawn,
    described,
)

if TYPE_CHECKING:
    from orchestrator.faults.injections import Injection

_ARTICLES: Final = frozenset(("the", "a"))


def in_words(event: Injection) -> str:
    """What happens, as somebody would say it."""
    match event:
        case LinkCut():
            return f"the {event.target} loses its carrier"
        case LinkImpaired() if event.silent:
            return f"the {event.target} goes silent: its carrier stays, and no packet crosses it any more"
        case NodeLost():
            return f"{event.node} loses power"
        case DaemonKilled():
            return f"{event.daemon} of {event.node} dies"
        case PrefixWithdrawn():
            return f"the {event.target} goes down"
    return f"the {described(event)}"


def sentence(words: str) -> str:
    """The same with a capital, unless it begins with a name."""
    return words[:1].upper() + words[1:] if words.split(maxsplit=1)[0] in _ARTICLES else words
