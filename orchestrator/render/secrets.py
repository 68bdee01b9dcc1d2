"""Keys and passwords in lines of configuration: sent to nodes, never shown."""

from __future__ import annotations

import re
from typing import Final

_HIDDEN: Final = "(hidden)"
_SECRET: Final = re.compile(
    r"(neighbor \S+ password|authentication-key|message-digest-key \d+ md5|authentication md5 \d+) [^\s`]+"
)


def masked(text: str) -> str:
    """Lines of FRR configuration with `(hidden)` for each key and password.

    A line whose key alone changes shows as removed and added, in the same words.
    """
    return _SECRET.sub(rf"\1 {_HIDDEN}", text)
