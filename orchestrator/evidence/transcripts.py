"""What one node said, as a text that people read: each command, whether it was answered, and the answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from orchestrator.evidence.archive import BadBundle
from orchestrator.verification.kit.answers import Transcript, Unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENTRY: Final = re.compile(
    r"# (?P<command>[^\n]+)\n"
    r"# (?:(?P<length>[0-9]{1,9}) characters, status (?P<status>-?[0-9]{1,5})"
    r"|no answer(?: of (?P<daemon>[^\n:]+))?: (?P<why>[^\n]*))\n"
)


def transcripts_to_text(answers: Mapping[str, Transcript | Unreachable]) -> str:
    """What a node said, by command."""
    return "".join(f"# {command}\n{_answer(one)}" for command, one in sorted(answers.items()))


def _answer(said: Transcript | Unreachable) -> str:
    if isinstance(said, Transcript):
        return f"# {len(said.output)} characters, status {said.status}\n{said.output}\n"
    of = f" of {said.daemon}" if said.daemon else ""
    return f"# no answer{of}: {' '.join(said.why.split())}\n"


def transcripts_from_text(node: str, text: str) -> dict[str, Transcript | Unreachable]:
    """The same, read back.

    Raises:
        BadBundle: nothing of ours has written it.
    """
    found: dict[str, Transcript | Unreachable] = {}
    at = 0
    while at < len(text):
        entry = _ENTRY.match(text, at)
        if entry is None or entry["command"] in found:
            raise BadBundle(f"is damaged: what {node} said is not to be read from character {at} on")
        command, at = entry["command"], entry.end()
        if entry["length"] is None:
            found[command] = Unreachable(node, entry["why"], entry["daemon"] or "")
            continue
        end = at + int(entry["length"])
        if text[end : end + 1] != "\n":
            raise BadBundle(f"is damaged: what {node} said to {command!a} has another length")
        found[command] = Transcript(node, command, text[at:end], int(entry["status"]))
        at = end + 1
    return found
