"""Text of strangers, as a terminal may be given it."""

from __future__ import annotations


def printable(text: str) -> str:
    """The text with everything that a terminal would not show as a character written out; lines stay lines.

    Nodes, lab files and bundles may say anything; what a terminal takes for a command (ECMA-48: moving the
    cursor, the title of the window, the clipboard) must not get there.
    """
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() or one == "\n" else one.encode("unicode_escape").decode() for one in text
    )
