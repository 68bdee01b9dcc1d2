"""Route maps and prefix lists, as the daemon that applies them holds them.

vtysh hands a line of a route map to every daemon, each keeps what it knows of it, and `show running-config`
prints what any of them holds. It does not show that a daemon has lost its own (it died and came back, or
somebody configured it alone by `vtysh -d`): `show running-config DAEMON` does. Since FRR 10, zebra, ripd and
staticd get theirs from mgmtd, also when they come back, and print nothing of it themselves.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# Whose lines, in which block, name a route map or a list.
_APPLIED_BY: Final = {
    "bgpd": "router bgp ",
    "ospfd": "router ospf",
    "ripd": "router rip",
    "zebra": "ip protocol ",
}
_HELD: Final = re.compile(r"(?:route-map|ip prefix-list) (\S+)")
_NAMED: Final = re.compile(r"(?:route-map (?:vpn (?:im|ex)port )?|prefix-list )(\S+)")


def own_configurations(wanted: str) -> dict[str, str]:
    """By daemon that is wanted to apply a route map or list: the command that shows what it holds."""
    return {daemon: f"show running-config {daemon}" for daemon in _APPLIED_BY if _applied(daemon, wanted)}


def as_applied(running: str, wanted: str, own: Mapping[str, str]) -> str:
    """A running configuration whose route maps and lists are those of the daemons that are to apply them.

    Args:
        running: what the node has, as `show running-config` prints it.
        wanted: what it shall have.
        own: by daemon, what `show running-config DAEMON` prints (`own_configurations`).
    """
    for daemon, configuration in own.items():
        block = _APPLIED_BY[daemon]
        if _begins(running, block) and not _begins(configuration, block):
            continue  # mgmtd holds it
        names = _applied(daemon, wanted)
        others = [lines for lines in _blocks(running) if _name(lines) not in names]
        running = "\n".join("\n".join(lines) for lines in (*others, *_named(names, configuration)))
    return running


def _begins(configuration: str, block: str) -> bool:
    return any(line.startswith(block) for line in configuration.splitlines())


def _applied(daemon: str, wanted: str) -> set[str]:
    """The names of what a daemon applies, and of what that stands on."""
    blocks = list(_blocks(wanted))
    names = _names(lines for lines in blocks if lines[0].startswith(_APPLIED_BY[daemon]))
    while further := _names(_named(names, wanted)) - names:
        names |= further
    return names


def _names(blocks: Iterable[list[str]]) -> set[str]:
    return {found[1] for lines in blocks for line in lines for found in _NAMED.finditer(line)}


def _named(names: set[str], configuration: str) -> Iterator[list[str]]:
    return (lines for lines in _blocks(configuration) if _name(lines) in names)


def _name(block: list[str]) -> str:
    held = _HELD.match(block[0])
    return held[1] if held else ""


def _blocks(configuration: str) -> Iterator[list[str]]:
    block: list[str] = []
    for line in configuration.splitlines():
        if block and not line.startswith(" ") and line != "exit":
            yield block
            block = []
        block.append(line)
    if block:
        yield block
