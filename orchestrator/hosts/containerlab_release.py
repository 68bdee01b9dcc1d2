"""Which containerlab the guest has: what `image/containerlab/go.mod` pins. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from orchestrator.hosts.base import BuildFailed

MODULE: Final = "github.com/srl-labs/containerlab"


@dataclass(frozen=True, slots=True)
class Release:
    """A version of containerlab and the Go that can build it."""

    version: str
    go: tuple[int, int]


def pinned(text: str) -> Release:
    """What the text of a go.mod asks for.

    Raises:
        BuildFailed: it asks for no containerlab, or names no Go.
    """
    version = re.search(rf"^require {re.escape(MODULE)} v(\S+)", text, re.MULTILINE)
    go = re.search(r"^go (\d+)\.(\d+)", text, re.MULTILINE)
    if version is None or go is None:
        raise BuildFailed(f"image/containerlab/go.mod requires no {MODULE}, or names no Go")
    return Release(version[1], (int(go[1]), int(go[2])))
