"""Which configuration FRR takes without acting on it, and what makes it act.

Most of what is configured takes effect at once, policy included: a route-map or a list that changes is run
again after some seconds, and a neighbor's flags reset or refresh the session by themselves. The rest is here.
Read in the sources of FRR 8.4.4, 10.3 and 10.8-dev.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hier_config import HConfig, HConfigChild

NEIGHBOR: Final = re.compile(r"(?:no )?neighbor (\S+) ")


@dataclass(frozen=True, slots=True)
class Deferred:
    """Lines that take effect only after a command.

    Attributes:
        block: pattern of the block that they are in, or in a part of it.
        line: pattern of the line without a leading `no`.
        command: what vtysh is given once they are configured; `{vrf}` is the block's VRF, `{neighbor}` the
            line's neighbor.
        why: what FRR does with them until then.
    """

    block: str
    line: str
    command: str
    why: str


_BGP: Final = "router bgp "
_SOFT, _ALL, _ONE = "clear bgp{vrf} * soft", "clear bgp{vrf} *", "clear bgp{vrf} {neighbor}"
DEFERRED: Final = (
    Deferred(
        _BGP, r"bgp ebgp-requires-policy$", _SOFT, "only a flag: what it kept away is not asked for again"
    ),
    Deferred(_BGP, r"bgp enforce-first-as$", _SOFT, "before 10.5 only a flag, looked at as routes arrive"),
    Deferred(_BGP, r"bgp route-map delay-timer ", _SOFT, "with 0 no change of a route-map was acted on"),
    Deferred(
        _BGP, r"timers bgp ", _ALL, "the hold time is agreed on when a session comes up (RFC 4271, 4.2)"
    ),
    Deferred(_BGP, r"bgp minimum-holdtime ", _ALL, "as for timers"),
    Deferred(_BGP, r"bgp graceful-restart", _ALL, "a capability, sent when a session comes up (RFC 4724, 3)"),
    Deferred(_BGP, r"neighbor \S+ timers( \d|$)", _ONE, "as for all neighbors: FRR leaves the session alone"),
    Deferred(_BGP, r"neighbor \S+ timers delayopen ", _ONE, "counts while a session comes up"),
    Deferred(_BGP, r"neighbor \S+ graceful-restart", _ONE, "a capability"),
    Deferred(
        _BGP,
        r"neighbor \S+ (capability|dont-capability-negotiate|override-capability|strict-capability-match)",
        _ONE,
        "capabilities are sent when a session comes up (RFC 5492, 3)",
    ),
    Deferred(_BGP, r"neighbor \S+ local-role ", _ONE, "a capability (RFC 9234, 4)"),
    Deferred(_BGP, r"neighbor \S+ tcp-mss ", _ONE, "set on a TCP connection as it is made"),
    Deferred(
        "router ospf",
        r"ospf router-id ",
        "clear ip ospf process",
        "not taken while any neighbor is Full; the command resets OSPF in all VRFs of the node",
    ),
    Deferred(
        "mpls ldp$",
        r"(neighbor \S+ )?session holdtime ",
        "clear mpls ldp neighbor",
        "the keepalive time is agreed on when a session comes up (RFC 5036, 3.5.3)",
    ),
)
# ospfd does not redistribute the subnet of a port that it runs on, and does not look again when it leaves
# the port. It does when a route-map of the redistribution changes: this entry denies what none permitted.
_LEAVES_PORT: Final = re.compile(r"no ip ospf (\S+ )?area ")
_REDISTRIBUTED: Final = re.compile(r"redistribute connected .*route-map (\S+)")
_LOOK_AGAIN: Final = "configure terminal\nroute-map {0} deny 65535\nno route-map {0} deny 65535\nend"


def commands_for_effect(have: HConfig, delta: HConfig) -> Iterator[str]:
    """What makes FRR act on a change that it has taken; nothing for instances and neighbors that are new.

    Args:
        have: what runs.
        delta: the lines that are configured.
    """
    sent: dict[str, None] = {}
    for block in delta.children:
        there = have.children.get(block.text)
        if there is not None:
            vrf = block.text.partition(" vrf ")[2]
            commands = [one.replace("{vrf}", f" vrf {vrf}" if vrf else "") for one in _of_block(block, there)]
            resets = [one for one in commands if one.endswith(" *")]  # of all sessions: more is not needed
            sent |= dict.fromkeys(resets or commands)
    yield from sent
    if any(_LEAVES_PORT.match(line.text) for block in delta.children for line in block.children):
        instances = have.get_children(startswith="router ospf")
        maps = [_REDISTRIBUTED.match(line.text) for instance in instances for line in instance.children]
        yield from dict.fromkeys(_LOOK_AGAIN.format(one[1]) for one in maps if one)


def _of_block(block: HConfigChild, there: HConfigChild) -> Iterator[str]:
    present = {neighbor_of(one) for one in there.children}
    for row in DEFERRED:
        if not re.match(row.block, block.text):
            continue
        for line in block.all_children_sorted():
            neighbor = neighbor_of(line)
            new = "{neighbor}" in row.command and neighbor not in present
            if re.match(f"(no )?({row.line})", line.text) and not new:
                yield row.command.replace("{neighbor}", neighbor)


def neighbor_of(line: HConfigChild) -> str:
    """The BGP or LDP neighbor that a line is about; "" for any other."""
    match = NEIGHBOR.match(line.text)
    return match[1] if match else ""
