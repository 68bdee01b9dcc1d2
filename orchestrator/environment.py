"""The environment of this process: read here and nowhere else, and never written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def environment() -> Mapping[str, str]:
    """The variables as they are now; `Settings.of` says what they mean."""
    return dict(os.environ)
