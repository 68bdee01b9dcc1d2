"""All commands, and which of them a text is."""

from __future__ import annotations

from typing import Any, Final

from parsers import (
    bfd,
    bgp,
    bgp_configuration,
    eigrp,
    frr,
    isis,
    kernel,
    ldp,
    ospf,
    rip,
    segment_routing,
    zebra,
)
from parsers.command import Command, Family
from parsers.errors import ParseError

_SUBJECTS: Final = (
    bfd,
    bgp,
    bgp_configuration,
    eigrp,
    frr,
    isis,
    kernel,
    ldp,
    ospf,
    rip,
    segment_routing,
    zebra,
)
_VALUES: Final = tuple(value for subject in _SUBJECTS for value in vars(subject).values())

COMMANDS: Final = tuple(value for value in _VALUES if isinstance(value, Command))
FAMILIES: Final = tuple(value for value in _VALUES if isinstance(value, Family))


def find(name: str) -> Command[Any]:
    """The command that a person calls so, e.g. ``show ip route vrf red``.

    Raises:
        ParseError: No command is known whose output is laid out as this one's.
    """
    for command in COMMANDS:
        if command.name == name:
            return command
    for family in FAMILIES:
        if found := family.find(name):
            return found
    raise ParseError("there is no parser for this command", command=name)
