"""What takes a node from the configuration it runs to the wanted one, removals included."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import unified_diff
from typing import TYPE_CHECKING

from orchestrator.errors import L3vpnError
from orchestrator.render.effect import NEIGHBOR, commands_for_effect, neighbor_of
from orchestrator.render.quirks import quirks
from orchestrator.render.secrets import masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hier_config import HConfig, HConfigChild

    from orchestrator.render.quirks import Quirks

# Not the lab's business: what `show running-config` says about itself, and what whoever started FRR chose.
_PREAMBLE = re.compile(
    r"Building configuration|Current configuration|end$|frr (version|defaults) |(no )?(log|debug) |"
    r"(no )?service |hostname |domainname |(enable )?password |banner |line vty$"
)
_FORWARDING = re.compile(r"no ip(v6)? forwarding$")
_EXIT = re.compile(r"\s*(exit|exit-vrf|exit-address-family)$")
# Blocks that no `no` removes: the interface and the VRF are the kernel's, the address family is always there.
_LASTING = re.compile(r"(interface|vrf|address-family) ")
_GROUP = r"^neighbor \S+ peer-group$"
_OF_GROUP = r"^neighbor \S+ peer-group \S+$"
_REMOTE_AS = r"^neighbor \S+ remote-as "
_NO_UNICAST = "no bgp default ipv4-unicast"


class UnexpectedConfiguration(L3vpnError):  # noqa: N818 -- says what it is about
    """What is to be a running configuration is none that FRR prints."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The way from one configuration to another; both parts are empty where nothing has to change.

    Attributes:
        commands: text for `vtysh -f`, keys and passwords included.
        unified: for people: `-` lines are running, `+` lines wanted; hunks name their block; keys are hidden.
        resets: what vtysh is given once that is configured, so that FRR acts on it (`render.effect`).
    """

    commands: str
    unified: str
    resets: tuple[str, ...] = ()


def configuration_changes(running: str, wanted: str, version: str) -> Changes:
    """Compare two configurations as `show running-config` prints them.

    The order of blocks, and of lines in a block, makes no difference; nor do the preamble and comments.

    Args:
        running: what the node has, as it printed it.
        wanted: what it shall have (`frr_configuration`).
        version: of the node's FRR, as in `show version`.

    Raises:
        UnknownFrrVersion: nothing is known about that version.
        UnexpectedConfiguration: no FRR has printed this.
    """
    ours, theirs = (_significant(text, quirks(version)) for text in (wanted, running))
    if _same(theirs, ours):
        return Changes("", "")
    have, want = _tree(theirs), _tree(ours)
    _spell_out_activation(have, want)
    _keep_lasting_blocks(have, want)
    _forget_lines_of_gone_neighbors(have, want)
    _forget_clients_that_become_external(have, want)
    delta = have.config_to_get_to(want).set_order_weight()
    commands = "".join(f"{line}\n" for line in delta.lines(sectional_exiting=True))
    if not commands:
        return Changes("", "")
    return Changes(commands, masked(_unified(theirs, ours)), tuple(commands_for_effect(have, delta)))


def _significant(text: str, known: Quirks) -> list[str]:
    lines = (line.rstrip() for line in text.splitlines())
    return [
        line
        for line in lines
        if line
        and not line.lstrip().startswith("!")
        and not _PREAMBLE.match(line)
        and not _EXIT.match(line)
        and not (known.prints_forwarding and _FORWARDING.match(line))
    ]


def _same(running: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether all lines of all blocks are the same, which needs no tree: most nodes are as they should be."""
    have, want = Counter(_with_blocks(running)), Counter(_with_blocks(wanted))
    return have == want and max(have.values(), default=1) == 1


def _with_blocks(lines: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Each line behind those of the blocks that it stands in."""
    blocks: list[tuple[int, str]] = []
    for line in lines:
        depth = len(line) - len(line.lstrip())
        while blocks and blocks[-1][0] >= depth:
            blocks.pop()
        blocks.append((depth, line))
        yield tuple(one for _, one in blocks)


def _tree(lines: list[str]) -> HConfig:
    from hier_config import get_hconfig  # noqa: PLC0415 -- 80 ms, of use only where something differs
    from hier_config.exceptions import DuplicateChildError  # noqa: PLC0415 -- as above

    from orchestrator.render.frr_grammar import FrrGrammar  # noqa: PLC0415 -- as above

    # `rt vpn both` is two settings, of which either may have to change.
    text = re.sub(
        r"^( *rt vpn )both (.*)$", r"\1import \2\n\1export \2", "\n".join(lines), flags=re.MULTILINE
    )
    try:
        return get_hconfig(FrrGrammar(), text)
    except DuplicateChildError as error:
        raise UnexpectedConfiguration(f"has a block of configuration twice: {error}") from None


def _spell_out_activation(have: HConfig, want: HConfig) -> None:
    """Say which neighbors exchange IPv4 unicast routes, where the two sides differ in the default for it."""
    for instance in have.get_children(startswith="router bgp "):
        twin = want.children.get(instance.text)
        if twin and (_NO_UNICAST in instance.children) != (_NO_UNICAST in twin.children):
            _activate(instance if _NO_UNICAST in twin.children else twin)


def _activate(instance: HConfigChild) -> None:
    unicast = instance.add_child("address-family ipv4 unicast", return_if_present=True)
    for line in instance.get_children(re_search=_REMOTE_AS):
        neighbor = neighbor_of(line)
        passive = unicast.get_child(equals=f"no neighbor {neighbor} activate")
        if passive is None:
            unicast.add_child(f"neighbor {neighbor} activate", return_if_present=True)
        else:
            passive.delete()


def _keep_lasting_blocks(have: HConfig | HConfigChild, want: HConfig | HConfigChild) -> None:
    """Want a block that can't be removed as an empty one, so that its lines are removed instead."""
    for block in have.children:
        if block.text not in want.children and _LASTING.match(block.text):
            want.add_child(block.text)
        elif block.text.startswith("router bgp ") and (twin := want.children.get(block.text)):
            _keep_lasting_blocks(block, twin)


def _forget_lines_of_gone_neighbors(have: HConfig, want: HConfig) -> None:
    """Leave only `remote-as` of a neighbor that goes: its other lines go along with it, and not after it.

    A peer group takes its members along, and who is to stay is made anew (`peer_group_delete` of bgpd).
    """
    for instance in have.get_children(startswith="router bgp "):
        twin = want.children.get(instance.text)
        if twin is None:
            continue
        groups = {
            neighbor_of(line)
            for line in instance.get_children(re_search=_GROUP)
            if line.text not in twin.children
        }
        along = {
            neighbor_of(line)
            for line in instance.get_children(re_search=_OF_GROUP)
            if line.text.rsplit(" ", 1)[1] in groups
        }
        staying = {neighbor_of(line) for line in twin.get_children(startswith="neighbor ")}
        for line in tuple(instance.all_children()):
            neighbor = neighbor_of(line) if NEIGHBOR.match(line.text) else ""
            if neighbor in groups:
                gone = line.parent is not instance or not re.search(_GROUP, line.text)
            elif neighbor in along:
                gone = True
            else:
                only = line.parent is instance and " remote-as " in line.text
                gone = bool(neighbor) and neighbor not in staying and not only
            if gone:
                line.delete()


def _forget_clients_that_become_external(have: HConfig, want: HConfig) -> None:
    """Leave out that who gets another AS is a route reflector's client: it is not any more.

    `no neighbor … route-reflector-client` is refused behind it (`peer_as_change` of bgpd, FRR 8.4 to 10.7).
    """
    for instance in have.get_children(startswith="router bgp "):
        twin = want.children.get(instance.text)
        if twin is None:
            continue
        becoming = _external_neighbors(twin) - _external_neighbors(instance)
        for line in tuple(instance.all_children()):
            if line.text.endswith(" route-reflector-client") and neighbor_of(line) in becoming:
                line.delete()


def _external_neighbors(instance: HConfigChild) -> set[str]:
    own = {instance.text.split()[2], "internal"}
    lines = instance.get_children(re_search=_REMOTE_AS)
    return {neighbor_of(line) for line in lines if line.text.rsplit(" ", 1)[1] not in own}


def _unified(running: list[str], wanted: list[str]) -> str:
    before, after = _blocks(running), _blocks(wanted)
    aligned = list(_flat(_aligned(before, after)))
    # A line knows its block while it is compared: equal lines of two interfaces are not the same.
    lines = unified_diff(_placed(aligned), _placed(list(_flat(after))), "running", "wanted", lineterm="")
    plain = (re.sub(rf"^(.).*{_PLACE}", r"\1", line) for line in lines)
    return "".join(f"{line}\n" for line in _with_block_names(plain, aligned))


_PLACE = "\x1f"


def _placed(lines: list[str]) -> list[str]:
    placed, outer = [], ""
    for line in lines:
        outer = outer if line.startswith(" ") else line
        placed.append(f"{outer}{_PLACE}{line}")
    return placed


def _blocks(lines: Iterable[str], indent: str = "") -> list[list[str]]:
    blocks: list[list[str]] = []
    for line in lines:
        if line.startswith(f"{indent} ") and blocks:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _aligned(blocks: list[list[str]], other: list[list[str]], indent: str = "") -> list[list[str]]:
    """Blocks and their lines in the other side's order; what is not there stays behind what it follows."""
    place = {block[0]: index for index, block in enumerate(other)}
    keyed, last = [], -1
    for block in blocks:
        last = place.get(block[0], last)
        if block[0] in place and len(block) > 1:
            inner = f"{indent} "
            lines, wanted = _blocks(block[1:], inner), _blocks(other[last][1:], inner)
            ordered = [line for one in _aligned(lines, wanted, inner) for line in one]
            keyed.append((last, [block[0], *ordered]))
        else:
            keyed.append((last, block))
    return [block for _, block in sorted(keyed, key=lambda one: one[0])]


def _flat(blocks: list[list[str]]) -> Iterator[str]:
    for block in blocks:
        if len(block) > 1 or not _LASTING.match(block[0]):
            yield from block


def _with_block_names(diff: Iterable[str], before: list[str]) -> Iterator[str]:
    for line in diff:
        hunk = re.match(r"@@ -(\d+)", line)
        opened = [text for text in before[: int(hunk[1])] if not text.startswith(" ")] if hunk else []
        yield f"{line} {opened[-1]}" if opened else line
