"""Keys and passwords in lines of configuration: sent to nodes, never shown.

FRR itself keeps them as they are, in `show running-config` and in the node's files: who is root of a node may
read them there. They stay out of what this program prints, and of all command lines, which every user of a
machine can read in its process list.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_HIDDEN: Final = "(hidden)"
_SECRET: Final = re.compile(
    r"\b(password"  # of BGP, LDP, IS-IS and vty
    r"|authentication-key|message-digest-key \d+ md5"  # of OSPF
    r"|authentication md5 \d+"  # of the EIGRP speaker
    r"|hash-algo \S+ key|key-string|authentication string) (?P<secret>.+)"
)


def masked(text: str) -> str:
    """Lines of configuration with `(hidden)` for each key and password, which reach to the end of the line.

    A line whose key alone changes shows as removed and added, in the same words.
    """
    return replaced(text, lambda _: _HIDDEN)


def replaced(text: str, instead: Callable[[str], str]) -> str:
    """Lines of configuration with something else for each key and password."""
    return _SECRET.sub(lambda found: f"{found[1]} {instead(found['secret'])}", text)


def has_secret(text: str) -> bool:
    """Whether a key or a password is in lines of configuration."""
    return _SECRET.search(text) is not None
