"""What we see: the text of show commands, read into typed facts. Knows nothing of labs.

``parsers.facts`` is the vocabulary; each of the modules ``ospf``, ``ldp``, ``mpls``, ``bgp``, ``route``,
``kernel``, ``ping`` and ``frr`` reads one family of commands; ``parse`` finds the parser by the command.
"""

from parsers.errors import NotThisOutput, ParseError
from parsers.registry import parse

__all__ = ["NotThisOutput", "ParseError", "parse"]
