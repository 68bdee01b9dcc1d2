"""Reading what a node says to a line that it does not take. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from orchestrator.render.secrets import masked

_PROMPT: Final = re.compile(r"^[^\s#]+# *(?P<line>.*)$", re.MULTILINE)
_CHECKED: Final = re.compile(r"^line (?P<number>\d+): (?P<words>% [^\[:\n]*)", re.MULTILINE)
_READ: Final = re.compile(r"^line (?P<number>\d+): (?P<words>[^\n]*)", re.MULTILINE)
_BATCH_LINE: Final = re.compile(r"^Command failed [^:\n]*:(?P<number>\d+)$")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that a node did not take.

    Attributes:
        line: of FRR's configuration, or a command for the kernel, as sent; empty if no line is to blame.
        words: what FRR or the kernel said to it.
    """

    line: str
    words: str

    def __str__(self) -> str:
        return f"refused `{masked(self.line)}`: {masked(self.words)}" if self.line else masked(self.words)


def refused_by_check(sent: str, stderr: str) -> Refusal:
    """The first line of `sent` that `vtysh -C` does not know: it numbers them."""
    found = _CHECKED.search(stderr)
    if found is None:
        return Refusal("", _joined(stderr.splitlines()))
    lines = sent.splitlines()
    number = int(found["number"])
    return Refusal(lines[number - 1].strip() if 0 < number <= len(lines) else "", found["words"])


def refused_by_frr(stdout: str, stderr: str) -> Refusal:
    """The line at which `vtysh -E -c` stopped, and what FRR said.

    vtysh repeats each line behind its prompt before it says what is wrong with it; that `ospfd is not
    running` goes to standard error.
    """
    words = stderr.splitlines()
    line = ""
    for repeated in _PROMPT.finditer(stdout):
        line = repeated["line"].strip()
        words = [*stdout[repeated.end() :].splitlines(), *stderr.splitlines()]
    return Refusal(line, _joined(words))


def refused_as_read(sent: str, said: str) -> Refusal:
    """The first line of `sent` that `vtysh -f` was not rid of: it numbers them; daemons say why."""
    found = _READ.search(said)
    if found is None:
        return Refusal("", _joined(said.splitlines()))
    lines = sent.splitlines()
    number = int(found["number"])
    why = next((line for line in said.splitlines() if line.startswith("%")), found["words"])
    return Refusal(
        lines[number - 1].strip() if 0 < number <= len(lines) else "",
        why.partition(", line: ")[0],
    )


def refused_by_kernel(commands: tuple[str, ...], stdout: str, stderr: str) -> Refusal:
    """What went wrong with the last of `commands` that was begun.

    Args:
        commands: in their order.
        stdout: a line for each that went well.
        stderr: the kernel's, or iproute2's, own words.
    """
    said = stderr.splitlines()
    words = [line for line in said if not _BATCH_LINE.match(line)]
    command = commands[min(stdout.count("\n"), len(commands) - 1)]
    failed = next((found for line in said if (found := _BATCH_LINE.match(line))), None)
    quoted = re.findall(r"'([^']*)'", command)  # of `printf '%s\n' 'link add …' … | ip -batch -`
    number = int(failed["number"]) if failed else 0
    return Refusal(quoted[number] if 0 < number < len(quoted) else command, _joined(words))


def _joined(lines: list[str]) -> str:
    return "; ".join(line.strip() for line in lines if line.strip()) or "no reason given"
