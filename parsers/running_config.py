"""`show running-config`: the one place where FRR shows keys, passwords and route targets.

Unlike other outputs this one is searched for a few lines among any others. Keys that are found are compared
and never shown: the facts leave them out of their ``repr``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parsers.errors import NotThisOutput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parsers.reading import Output


def configured(output: Output) -> Iterator[tuple[str, str]]:
    """Each line below a block, with the block's first line.

    Raises:
        ParseError: This is not a whole running configuration.
    """
    lines = output.text.splitlines()
    if not any(line.startswith("frr version ") for line in lines):
        raise output.error("it has no line `frr version`", NotThisOutput)
    if "end" not in lines:
        raise output.error("it does not come to its `end`")
    block = ""
    for line in lines:
        if line.startswith(" "):
            yield block, line.rstrip()
        else:
            block = line.rstrip()
