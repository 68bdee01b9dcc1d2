"""Which program on a node a command has to answer it: what hangs when no answer comes."""

from __future__ import annotations

import re
from typing import Final

from orchestrator.scripts import script

FRR: Final = "FRR"
"""Of commands that vtysh puts to all daemons, and of those that are not known here."""

SPEAKER: Final = "the EIGRP speaker"

# vtysh knows it from the source files in which the commands are defined (vtysh/vtysh_cmd.c, FRR 8.4 to 10.7).
_OF_DAEMON: Final = (
    ("bgpd", r"show (?:ip )?bgp\b"),
    ("ospfd", r"show ip ospf\b"),
    ("ripd", r"show ip rip\b"),
    ("ldpd", r"show mpls ldp\b"),
    ("bfdd", r"show bfd\b"),
    ("isisd", r"show isis\b"),
    ("zebra", r"show (?:ip (?:route|fib|nht)|mpls (?:table|status|fec)|interface|nexthop-group|vrf|zebra)\b"),
)
WHO_HANGS: Final = script("fleet/who_hangs.sh")
"""For the shell: the daemons that are there and do not answer; of one that is not there vtysh says so."""

_CONFIGURATION: Final = re.compile(r"show running-config (?P<daemon>[a-z0-9]+d|zebra)\b")
_BY_SHELL: Final = re.compile(r"\bvtysh -c '(?P<command>[^']*)'")
_BY_SPEAKER: Final = re.compile(r"\bpython3 \S*eigrp show\b")


def daemon_of(command: str) -> str:
    """The daemon that answers a `show` command, also where a shell command puts it to vtysh.

    "" where no daemon does, for all else that a shell runs.
    """
    if not command.startswith("show "):
        if by_shell := _BY_SHELL.search(command):
            return daemon_of(by_shell["command"])
        return SPEAKER if _BY_SPEAKER.search(command) else ""
    if configuration := _CONFIGURATION.match(command):
        return configuration["daemon"]
    return next((daemon for daemon, form in _OF_DAEMON if re.match(form, command)), FRR)
