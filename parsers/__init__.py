"""What we see: the text of show commands, read into typed facts. Knows nothing of labs.

``parsers.facts`` is the vocabulary; each of the modules ``bgp``, ``ospf``, ``ldp``, ``zebra``, ``kernel``,
``eigrp`` and so on has the commands of one subject, each a ``Command``; ``find`` finds one by its text.
"""

from parsers.command import ALL_VRFS, DEFAULT_VRF, Command
from parsers.errors import NotThisOutput, ParseError
from parsers.registry import find

__all__ = ["ALL_VRFS", "DEFAULT_VRF", "Command", "NotThisOutput", "ParseError", "find"]
