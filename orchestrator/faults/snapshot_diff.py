"""What nodes are like, and what is left, or gone, after something was done to them and undone.

Labels are handed out anew whenever a session comes back, so of a label only its place counts: a route has as
many as before, and the LFIB as many entries of each kind.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from orchestrator.faults.execute import NotDone
from orchestrator.scripts import script
from orchestrator.verification.kit.answers import Unreachable
from parsers.kernel import DEVICES, KERNEL_LFIB, KERNEL_ROUTES, QDISCS, RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from orchestrator.verification.kit.answers import Transcript
    from parsers.kernel import DeviceFact, KernelHop


@dataclass(frozen=True, slots=True)
class Aspect:
    """One side of a node: the command that shows it, and what of its output counts, a thing a line."""

    name: str
    command: str
    read: Callable[[str], Iterable[str]]


def _routes(text: str) -> Iterator[str]:
    for one in KERNEL_ROUTES.parse(text):
        ways = ", ".join(sorted(map(_way, one.hops)))
        # iproute2 does not name the protocol of what it makes itself.
        yield f"{one.kind} {one.prefix} in table {one.table} by {one.protocol or 'boot'} {ways}"


def _way(hop: KernelHop) -> str:
    words = [
        *([f"via {hop.gateway}"] if hop.gateway else []),
        *([str(hop.device)] if hop.device else []),
        *([f"{len(hop.labels)} labels"] if hop.labels else []),
        *hop.flags,
    ]
    return " ".join(words)


def _entries(text: str) -> Iterator[str]:
    for one in KERNEL_LFIB.parse(text):
        yield f"by {one.protocol} to {', '.join(sorted(map(_way, one.hops)))}"


def _devices(text: str) -> Iterator[str]:
    return map(_device, DEVICES.parse(text))


def _device(one: DeviceFact) -> str:
    state = "up" if one.up and one.lower_up else "down" if not one.up else "no carrier"
    addresses = " ".join(sorted(str(address) for address in one.addresses))
    return f"{one.name} {one.kind} {state} mtu {one.mtu} master {one.master} {addresses}".rstrip()


def _configuration(text: str) -> Iterator[str]:
    """Each line with the block that it stands in."""
    block = ""
    for line in text.splitlines():
        if line.strip() in {"", "!", "exit", "end"} or line.startswith(("Building", "Current")):
            continue
        if not line.startswith(" "):
            block = line
            yield line
        else:
            yield f"{block} > {line.strip()}"


ASPECTS: Final = (
    Aspect("route", KERNEL_ROUTES.text, _routes),
    Aspect("LFIB entry", KERNEL_LFIB.text, _entries),
    Aspect("interface", DEVICES.text, _devices),
    Aspect("queue", QDISCS.text, str.splitlines),
    Aspect("rule", RULES.text, str.splitlines),
    Aspect("setting", "cd /proc/sys/net && grep -rs '' ipv4/ip_forward ipv4/conf mpls || :", str.splitlines),
    Aspect("daemon", script("faults/daemons.sh"), str.splitlines),
    Aspect("line of configuration", "show running-config", _configuration),
)

Image: TypeAlias = "Mapping[tuple[str, str], Counter[str]]"
"""By node and name of the aspect, how often each thing is there."""


def take_image(
    collect: Callable[[Mapping[str, Sequence[str]]], Mapping[tuple[str, str], Transcript | Unreachable]],
    nodes: Iterable[str],
) -> Image:
    """What nodes are like right now.

    Args:
        collect: asks nodes, as `Fleet.collect` does.
        nodes: their names.

    Raises:
        NotDone: a node does not answer.
        ParseError: it answers something unknown.
    """
    commands = [aspect.command for aspect in ASPECTS]
    said = collect(dict.fromkeys(nodes, commands))
    image: dict[tuple[str, str], Counter[str]] = {}
    for (node, command), answer in said.items():
        if isinstance(answer, Unreachable):
            raise NotDone(str(answer))
        aspect = ASPECTS[commands.index(command)]
        image[node, aspect.name] = Counter(aspect.read(answer.output))
    return image


def residue(before: Image, after: Image) -> tuple[str, ...]:
    """What is left over and what is missing, one thing a line; nothing where all is as before."""
    return tuple(
        f"{node}: {aspect} {what}: {thing}"
        for node, aspect in before
        for what, things in (
            ("left over", after[node, aspect] - before[node, aspect]),
            ("missing", before[node, aspect] - after[node, aspect]),
        )
        for thing in sorted(things.elements())
    )
