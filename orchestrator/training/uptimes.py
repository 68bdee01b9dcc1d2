"""How long sessions have been up, by what routers print: of two looks at one lab they must agree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from orchestrator.verification.kit.answers import Transcript

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.evidence.bundle import Seen as Look

_COMMANDS: Final = re.compile(r"show bgp (vrf all|ipv4 vpn) summary|show mpls ldp neighbor")
_TABLE: Final = re.compile(r"(?:VRF|vrf) ([\w.-]+)")
_PEER: Final = re.compile(r"(?:ipv4 +)?(\d+\.\d+\.\d+\.\d+) ")
_AGES: Final = (
    (re.compile(r"(?<!\S)(\d+):(\d\d):(\d\d)(?!\S)"), (3600, 60, 1)),
    (re.compile(r"(?<!\S)(\d+)d(\d\d)h(\d\d)m(?!\S)"), (86400, 3600, 60)),
    (re.compile(r"(?<!\S)(\d+)w(\d)d(\d\d)h(?!\S)"), (604800, 86400, 3600)),
)
_NEVER: Final = re.compile(r"(?<!\S)never(?!\S)")
_LONGEST: Final = 200

Session = tuple[str, str]
"""A node, and the session as a person says it."""


def ages(look: Look) -> dict[Session, int]:
    """Seconds since each session has changed its state for the last time; 0 where it has never been up."""
    return {
        (node, f"{words}{table} with {peer}"): age
        for node, answers in look.answers.items()
        for command, answer in answers.items()
        if isinstance(answer, Transcript) and _COMMANDS.fullmatch(command)
        for words in ["LDP" if "ldp" in command else "BGP (VPNv4)" if "vpn" in command else "BGP"]
        for table, peer, age in _rows(answer.output)
    }


def _rows(output: str) -> Iterator[tuple[str, str, int]]:
    table = ""
    for line in output.splitlines():
        if len(line) > _LONGEST:
            continue
        peer = _PEER.match(line)
        if peer is None:
            if found := _TABLE.search(line):
                table = f" in {found[1]}" if found[1] != "default" else ""
            continue
        for pattern, units in _AGES:
            if found := pattern.search(line):
                yield (
                    table,
                    peer[1],
                    sum(int(n) * unit for n, unit in zip(found.groups(), units, strict=True)),
                )
                break
        else:
            if _NEVER.search(line):
                yield table, peer[1], 0


def in_words(seconds: float) -> str:
    """A time as routers print it."""
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def too_old(before: Mapping[Session, int], after: Mapping[Session, int], between: float) -> list[Session]:
    """Sessions that have lasted longer than they can, by an earlier look and the seconds since then."""
    return [one for one, age in after.items() if one in before and age > before[one] + between]
