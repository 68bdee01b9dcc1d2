"""Whether a machine has work left."""

from __future__ import annotations

import pytest

from orchestrator.hosts.at_work import idle_share


@pytest.mark.parametrize(
    ("said", "share"),
    [
        ("1\n48.95 14.74 49.95 14.74\n", 0.0),  # of a guest whose kernel was kept busy
        ("1\n43.00 13.00 44.00 13.25\n", 0.25),
        ("4\n10.00 30.00 12.00 36.00\n", 0.75),
        ("1\n43.00 13.00 43.00 13.00\n", 1.0),
        ("sh: nproc: not found\n43.00 13.00 44.00 13.00\n", 1.0),
        ("", 1.0),
    ],
)
def test_how_much_of_a_second_is_idle(said: str, share: float) -> None:
    assert idle_share(said) == pytest.approx(share)
