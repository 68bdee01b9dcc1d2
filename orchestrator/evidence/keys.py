"""What commands are called in a bundle: programs that are sent along by their name, all others as asked."""

from __future__ import annotations

import re
from typing import Final

from orchestrator.fleet.eigrp_deploy import OBSERVE_SPEAKER
from orchestrator.render.observed import OBSERVE

_PROGRAM: Final = re.compile(r'python3(?: -I -S)? -c "[^"]*"')
_SCRIPTS: Final = {OBSERVE: "(kernel)", OBSERVE_SPEAKER: "(EIGRP speaker)"}

_CONFIGURATION: Final = re.compile(r"show running-config\b.*|cat /etc/frr/.*|\(EIGRP speaker\)")


def is_configuration(command: str) -> bool:
    """Whether a node prints configuration to a command, which may have keys and passwords in it."""
    return _CONFIGURATION.fullmatch(command) is not None


def described(command: str) -> str:
    """What a node was asked, for a complaint: a show command as it is, the name of what a script reads."""
    name = _SCRIPTS.get(command)
    return f"what `diff` reads of the {name.strip('()')}" if name else f"`{key(command)}`"


def key(command: str) -> str:
    """A command as bundles name it, so that a newer version of a program finds what an older one printed."""
    return _SCRIPTS.get(command) or _PROGRAM.sub("python3 -c PROGRAM", command)
