"""Keys and passwords in ``show running-config``: the one place where FRR shows them.

Unlike the other parsers this one looks for a few lines in a text of any lines. What it finds is compared and
never shown: the facts leave the secret out of their ``repr``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from parsers.errors import NotThisOutput, ParseError
from parsers.facts import BgpPassword, EigrpKey, OspfKey

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMAND: Final = "show running-config"
_INTERFACE: Final = re.compile(r"interface (\S+)")
_INSTANCE: Final = re.compile(r"router bgp \S+(?: vrf (\S+))?")
_DIGEST: Final = re.compile(r" ip ospf message-digest-key ([0-9]{1,3}) md5 (\S+)")
_PLAIN: Final = re.compile(r" ip ospf authentication-key (\S+)")
_EIGRP_INTERFACE: Final = re.compile(r" interface (\S+)")
_EIGRP_DIGEST: Final = re.compile(r"  authentication md5 ([0-9]{1,10}) (\S+)")
_PASSWORD: Final = re.compile(r" neighbor (\S+) password (\S+)")


def parse_ospf_keys(text: str) -> tuple[OspfKey, ...]:
    """Read ``show running-config ospfd``: the keys of interfaces, in the order in which they stand.

    Raises:
        ParseError: This is not a whole running configuration.
    """
    return tuple(_keys(text))


def _keys(text: str) -> Iterator[OspfKey]:
    for block, line in _lines(text):
        if (interface := _INTERFACE.fullmatch(block)) is None:
            continue
        if digest := _DIGEST.match(line):
            yield OspfKey(interface[1], int(digest[1]), digest[2])
        elif password := _PLAIN.match(line):
            yield OspfKey(interface[1], None, password[1])


def parse_eigrp_keys(text: str) -> tuple[EigrpKey, ...]:
    """Read the file that the EIGRP speaker follows: the keys of interfaces; none where there is no file."""
    keys, interface = [], ""
    for line in text.splitlines():
        if port := _EIGRP_INTERFACE.fullmatch(line):
            interface = port[1]
        elif digest := _EIGRP_DIGEST.fullmatch(line):
            keys.append(EigrpKey(interface, int(digest[1]), digest[2]))
    return tuple(keys)


def parse_bgp_passwords(text: str) -> tuple[BgpPassword, ...]:
    """Read ``show running-config bgpd``: the passwords of neighbours.

    Raises:
        ParseError: This is not a whole running configuration.
    """
    return tuple(
        BgpPassword(instance[1] or "default", password[1], password[2])
        for block, line in _lines(text)
        if (instance := _INSTANCE.match(block)) and (password := _PASSWORD.match(line))
    )


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Each line below a block, with the block's first line."""
    lines = text.splitlines()
    if not any(line.startswith("frr version ") for line in lines):
        raise NotThisOutput("it has no line `frr version`", command=_COMMAND)
    if "end" not in lines:
        raise ParseError("it does not come to its `end`", command=_COMMAND)
    block = ""
    for line in lines:
        if line.startswith(" "):
            yield block, line.rstrip()
        else:
            block = line.rstrip()
