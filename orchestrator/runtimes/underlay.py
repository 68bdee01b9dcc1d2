"""Whether the machines of a lab reach one another, as links between nodes need it; see `underlay_probe`."""

from __future__ import annotations

import secrets
import shlex
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from orchestrator.hosts.members import at_once
from orchestrator.runtimes.carrier_agent import PORT as CARRIER_PORT
from orchestrator.runtimes.netns_wires import PORT as TUNNEL_PORT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.hosts.members import Member

_LARGEST: Final = 9550  # octets: a packet of a link's usual MTU, and what a tunnel puts around it
_WAIT: Final = 6.0
_PATIENCE: Final = 40.0


def problems(members: Sequence[Member]) -> tuple[str, ...]:
    """What does not get from one machine to another; a line for each, and one for what would help.

    Raises:
        HostError: one of them does not answer.
    """
    program = files("orchestrator.runtimes").joinpath("underlay_probe.py").read_text("utf-8")
    token = secrets.token_hex(8)
    names = {str(one.address): one.host.name for one in members}

    def tried(member: Member) -> list[str]:
        others = [str(one.address) for one in members if one is not member]
        numbers = (TUNNEL_PORT, CARRIER_PORT, _LARGEST, _WAIT)
        command = shlex.join(
            ["python3", "-I", "-S", "-", *map(str, numbers), token, str(member.address), *others]
        )
        done = member.host.run(command, stdin=program.encode(), timeout=_PATIENCE)
        said = done.expect_ok(f"see whether {member.host.name} reaches the other machines").text
        return [_told(line, member.host.name, names) for line in said.splitlines()]

    found = [line for lines in at_once(tried, members) for line in lines]
    if found:
        found.append(f"let UDP port {TUNNEL_PORT} and TCP port {CARRIER_PORT} pass between them")
    return tuple(found)


def _told(line: str, here: str, names: dict[str, str]) -> str:
    what, address = line.split()
    there = f"{names[address]} ({address})"
    return {
        "tcp": f"{here} gets no TCP connection to {there}",
        "udp": f"nothing comes by UDP to {here} from {there}",
        "large": f"UDP in fragments does not come to {here} from {there}",
    }[what]
