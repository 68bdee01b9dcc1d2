"""What a running configuration says of VRFs and route targets: FRR has no show command for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from parsers.errors import NotThisOutput, ParseError
from parsers.facts import VrfPolicy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_COMMAND: Final = "show running-config"
_INSTANCE: Final = re.compile(r"router bgp [0-9.]+ vrf (\S+)")
_TARGETS: Final = re.compile(r"rt vpn (both|import|export) (.+)")
_DISTINGUISHER: Final = re.compile(r"rd vpn export (\S+)")


def parse_vrf_policies(text: str, version: str = "") -> tuple[VrfPolicy, ...]:
    """Read ``show running-config``, whole or of ``bgpd``: RD and route targets of each VRF.

    All other configuration is passed over, for it is not this parser's to know.

    Raises:
        ParseError: This is not a whole running configuration.
    """
    lines = text.splitlines()
    if not any(line.startswith("frr version ") for line in lines):
        raise NotThisOutput("it has no line `frr version`", command=_COMMAND, version=version)
    if not any(line == "end" for line in lines):
        raise ParseError("it does not come to its `end`", command=_COMMAND, version=version)
    return tuple(_policy(vrf, block) for vrf, block in _instances(lines))


def _instances(lines: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Each `router bgp N vrf X` with the lines beneath it."""
    vrf, block = "", list[str]()
    for line in lines:
        if vrf and line in {"exit", "end", "!"}:
            yield vrf, block
            vrf, block = "", []
        elif match := _INSTANCE.fullmatch(line):
            vrf, block = match[1], []
        elif vrf:
            block.append(line.strip())


def _policy(vrf: str, block: Sequence[str]) -> VrfPolicy:
    targets = [(match[1], match[2].split()) for line in block if (match := _TARGETS.fullmatch(line))]
    return VrfPolicy(
        vrf=vrf,
        rd=next((match[1] for line in block if (match := _DISTINGUISHER.fullmatch(line))), None),
        imports=tuple(one for way, ones in targets if way != "export" for one in ones),
        exports=tuple(one for way, ones in targets if way != "import" for one in ones),
        importing="import vpn" in block,
        exporting="export vpn" in block,
    )
