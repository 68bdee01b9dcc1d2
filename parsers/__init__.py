"""What we see: the text of show commands, read into typed facts. Knows nothing of labs.

Each of the modules ``bgp``, ``ospf``, ``ldp``, ``zebra``, ``kernel``, ``eigrp`` … is about one subject: first
its facts, then how rows become facts, at its end its commands, each a ``Command``. ``find`` finds one by
its text.

A fact holds what one command printed about one thing, in the field's words and in types that compare
(``ipaddress``, ``parsers.values.Label``, ints), never a judgement about it. ``None`` means that the command
printed that there is none, or left the column empty.
"""

from parsers.command import ALL_VRFS, DEFAULT_VRF, Command
from parsers.errors import NotThisOutput, ParseError
from parsers.registry import find

__all__ = ["ALL_VRFS", "DEFAULT_VRF", "Command", "NotThisOutput", "ParseError", "find"]
