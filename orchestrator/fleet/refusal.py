"""Reading what a node says to a line that it does not take. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# FRR 8.4 to 10.x, vtysh/vtysh_config.c: a line that vtysh does not know, or that a daemon does not take.
_UNKNOWN: Final = re.compile(r"^line (?P<number>\d+): (?P<words>% .*?)(?:\[\d+\])?:", re.MULTILINE)
_NOT_TAKEN: Final = re.compile(r"^line (?P<number>\d+): Failure to communicate", re.MULTILINE)
_BATCH_LINE: Final = re.compile(r"^Command failed [^:\n]*:(?P<number>\d+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that a node did not take.

    Attributes:
        line: as it was sent: of FRR's configuration, or a command for the kernel.
        words: what FRR or the kernel said to it.
    """

    line: str
    words: str

    def __str__(self) -> str:
        return f"refused `{self.line}`: {self.words}" if self.line else self.words


def refused_by_frr(sent: str, stdout: str, stderr: str) -> Refusal | None:
    """The first line of a file that `vtysh -f` did not get accepted; None if it was all taken.

    The exit status cannot be asked: 8.4.4 gives 0 even then. Standard error numbers the lines;
    what a daemon said stands on standard output, one line for each line not taken, without its number.
    """
    unknown = _UNKNOWN.search(stderr)
    not_taken = _NOT_TAKEN.search(stderr)
    if not_taken and (unknown is None or not_taken.start() < unknown.start()):
        said = [line.strip() for line in stdout.splitlines() if line.strip()]
        if len(said) == len(_NOT_TAKEN.findall(stderr)):
            said = said[:1]
        return Refusal(_line(sent, not_taken), "; ".join(said) or "no reason given")
    if unknown:
        return Refusal(_line(sent, unknown), unknown["words"])
    return None


def refused_by_kernel(commands: tuple[str, ...], stderr: str) -> Refusal:
    """What went wrong with the last of `commands` that was run."""
    said = [line.strip() for line in stderr.splitlines() if line.strip()]
    failed = _BATCH_LINE.search(stderr)
    words = next((line for line in said if not _BATCH_LINE.match(line)), "no reason given")
    if failed is None:
        return Refusal(commands[0] if commands else "", words)
    batch = next((command for command in commands if "-batch" in command), "")
    return Refusal(batch, words)


def _line(sent: str, found: re.Match[str]) -> str:
    lines = sent.splitlines()
    number = int(found["number"])
    return lines[number - 1].strip() if 0 < number <= len(lines) else ""
