"""What arrives in pieces gives the same answers however it is cut, at a cost that grows as it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.fleet.dialogue import Sh, Vtysh
from orchestrator.fleet.received import Received

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Sequence

    from orchestrator.fleet.dialogue import Syntax

MARK = "l3vpn-7"


class Counted:
    """A pattern that counts the characters it is put to."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern
        self.searched = 0

    def search(self, text: str) -> re.Match[str] | None:
        self.searched += len(text)
        return self._pattern.search(text)


def pieces(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def taken(received: Received, arriving: Sequence[str]) -> list[str]:
    """What stood before each mark."""
    before = []
    for piece in arriving:
        received.add(piece)
        while found := received.take():
            before.append(found[0])
    return before


def said(syntax: Syntax, answers: Sequence[str]) -> str:
    behind = f"\n{MARK} 0\n" if isinstance(syntax, Sh) else f"pe1# !{MARK}\n"
    return "".join(f"{answer}{behind}" for answer in answers)


@given(
    syntax=st.sampled_from([Sh(), Vtysh()]),
    answers=st.lists(
        st.lists(st.sampled_from(["", "\n", f"{MARK} 0", f"x {MARK} 0\n", f"pe1# {MARK}\n", "pe1# show\n"]))
        .map("".join)
        .map(lambda text: f"{text}\n" if text else ""),
        max_size=4,
    ),
    size=st.integers(1, 40),
)
def test_the_cuts_make_no_difference(syntax: Syntax, answers: list[str], size: int) -> None:
    text = said(syntax, answers)
    end = syntax.end(MARK)
    whole: list[str] = []
    rest = text
    while found := end.search(rest):
        whole.append(rest[: found.start()])
        rest = rest[found.end() :]

    received = Received(end)
    assert taken(received, list(pieces(text, size))) == whole
    assert received.last_line == rest.strip().rpartition("\n")[2]


@pytest.mark.parametrize("syntax", [Sh(), Vtysh()], ids=["sh", "vtysh"])
@pytest.mark.parametrize(
    "line", ["O>* 198.18.7.0/24 [110/20] via 10.0.0.1, eth1\n", "[1,2],"], ids=["lines", "one line"]
)
def test_a_long_answer_is_searched_about_once(syntax: Syntax, line: str) -> None:
    table = line * 20_000
    counted = Counted(syntax.end(MARK))
    received = Received(cast("re.Pattern[str]", counted))
    text = said(syntax, [f"{table}\n", "short\n", f"{table}\n"])
    assert len(taken(received, list(pieces(text, 1000)))) == 3
    assert counted.searched < 1.5 * len(text)
