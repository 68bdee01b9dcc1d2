from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.values import EXPLICIT_NULL, IMPLICIT_NULL, Label

labels = st.integers(0, 2**20 - 1).map(Label)


@given(labels)
def test_what_is_written_is_read_back(label: Label) -> None:
    assert Label.parse(str(label)) == label


@given(st.lists(labels, min_size=1, max_size=4).map(tuple))
def test_a_stack_is_read_back_outermost_first(stack: tuple[Label, ...]) -> None:
    assert Label.stack("/".join(map(str, stack))) == stack


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("imp-null", IMPLICIT_NULL),
        ("implicit-null", IMPLICIT_NULL),
        ("3", IMPLICIT_NULL),
        ("exp-null", EXPLICIT_NULL),
        ("explicit-null", EXPLICIT_NULL),
        ("IPv4 Explicit Null", EXPLICIT_NULL),
        ("17", Label(17)),
        ("Reserved (5)", Label(5)),
    ],
)
def test_words_of_all_daemons_are_known(text: str, label: Label) -> None:
    assert Label.parse(text) == label


@pytest.mark.parametrize("text", ["", "-", "null", "-1", "1048576", "17 ", "0x11", "17/80"])
def test_what_is_no_label_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"label|within"):
        Label.parse(text)


def test_labels_have_an_order_and_are_values() -> None:
    assert sorted({Label(80), Label(16), Label(16)}) == [Label(16), Label(80)]
