"""How many made-up values (hypothesis) a test tries, as a share of what the profile says."""

from __future__ import annotations

from hypothesis import settings


def tries(share: float) -> settings:
    """So many times the profile's examples: less than 1 where one takes long, more where it is quick."""
    return settings(max_examples=max(1, round(share * settings().max_examples)))
