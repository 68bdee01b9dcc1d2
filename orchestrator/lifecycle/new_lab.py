"""A new lab folder: PEs on a row of P routers, a CE for each site, and the same prefixes in every VPN."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from orchestrator.errors import UsageError
from orchestrator.loading import load_texts
from orchestrator.model.json_schema import of_intent, of_scenarios, text
from orchestrator.model.load import INTENT_FILE, TOPOLOGY_SUFFIXES
from orchestrator.model.mistakes import LabFileError
from orchestrator.model.names import host_name_fault
from orchestrator.model.scenarios import SCENARIO_FILE
from orchestrator.protocols.registry import PROTOCOLS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from orchestrator.protocols.descriptor import PeCeProtocol

_VPNS: Final = ("red", "blue", "green", "yellow", "orange", "purple", "brown", "grey")
_SCHEMA_FILE: Final = "vpn.schema.json"
_SCENARIO_SCHEMA_FILE: Final = "scenarios.schema.json"
LIMITS: Final[Mapping[str, tuple[int, int]]] = {
    "pes": (2, 50),
    "ps": (0, 50),
    "vpns": (1, len(_VPNS)),
    "sites": (1, 50),
}
"""The least and the most of each."""


@dataclass(frozen=True, slots=True)
class NewLab:
    """What a new lab has.

    Attributes:
        pes: its PEs.
        ps: the P routers between them; without any the PEs themselves stand in a row.
        vpns: its VPNs.
        sites: the sites of each VPN, PE by PE.
        protocol: what all sites speak with their PEs.
        asn: the provider's AS number.
    """

    pes: int = 2
    ps: int = 1
    vpns: int = 2
    sites: int = 2
    protocol: str = "bgp"
    asn: int = 65000


def write(folder: Path, wanted: NewLab) -> None:
    """Write the lab's files into a new or an empty folder, whose name is the lab's: all, or none.

    Raises:
        UsageError: there is something already, or what is wanted makes no lab.
    """
    name = folder.name
    if (fault := host_name_fault(name)) is not None:
        raise UsageError(f"the folder's name is the lab's, and '{name}' {fault}: choose one like my-lab")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: there is something already; name a new or an empty folder")
    if not folder.parent.is_dir():
        raise UsageError(f"{folder.parent}: there is no such folder")
    made = files(name, wanted)
    try:
        load_texts(made, folder)
    except LabFileError as error:
        first = error.mistakes[0]
        raise UsageError(f"this makes no lab: {first.what}; {first.right}") from None
    half = folder.with_name(f".{name}.{os.getpid()}")
    half.mkdir()
    try:
        for file, content in made.items():
            (half / file).write_text(content, encoding="utf-8")
        half.replace(folder)
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise


def files(name: str, wanted: NewLab) -> dict[str, str]:
    """The files' texts, by name.

    Raises:
        UsageError: a number is out of bounds.
    """
    for key, (least, most) in LIMITS.items():
        if not least <= getattr(wanted, key) <= most:
            raise UsageError(f"--{key} {getattr(wanted, key)}: give a number within {least}..{most}")
    return {
        f"{name}{TOPOLOGY_SUFFIXES[0]}": _topology(name, wanted),
        INTENT_FILE: _intent(wanted),
        "README.md": _readme(name, wanted),
        SCENARIO_FILE: _scenarios(wanted),
        _SCHEMA_FILE: text(of_intent(PROTOCOLS)),
        _SCENARIO_SCHEMA_FILE: text(of_scenarios(PROTOCOLS)),
    }


def _sites(wanted: NewLab) -> Iterator[tuple[str, int, str]]:
    """VPN, number and PE of each site; its name, which is its CE's, is the first two together."""
    for vpn in _VPNS[: wanted.vpns]:
        for number in range(1, wanted.sites + 1):
            yield vpn, number, f"pe{(number - 1) % wanted.pes + 1}"


def _core(wanted: NewLab) -> Iterator[tuple[str, str]]:
    """The core links: a row, and PEs that stand on it evenly."""
    row = [f"p{number}" for number in range(1, wanted.ps + 1)]
    pes = [f"pe{number}" for number in range(1, wanted.pes + 1)]
    if not row:
        row, pes = pes, []
    yield from pairwise(row)
    for number, pe in enumerate(pes):
        yield pe, row[round(number * (wanted.ps - 1) / (wanted.pes - 1))]


def _topology(name: str, wanted: NewLab) -> str:
    roles = [f"pe{number}: {{group: pe}}" for number in range(1, wanted.pes + 1)]
    roles += [f"p{number}: {{group: p}}" for number in range(1, wanted.ps + 1)]
    roles += [f"{vpn}{number}: {{group: ce}}" for vpn, number, _ in _sites(wanted)]
    used: dict[str, int] = {}

    def end(node: str) -> str:
        used[node] = used.get(node, 0) + 1
        return f'"{node}:eth{used[node]}"'

    core = [f"- endpoints: [{end(one)}, {end(other)}]" for one, other in _core(wanted)]
    access = [
        f"- {{endpoints: [{end(pe)}, {end(f'{vpn}{number}')}], mtu: 1500}}"
        for vpn, number, pe in _sites(wanted)
    ]
    lines = [
        f"name: {name}",
        "topology:",
        "  defaults:",
        "    kind: linux",
        "    image: l3vpn-node # only containerlab needs it: `make image`",
        '    restart-policy: "no" # a container that restarts by itself comes back without its links',
        "  nodes:",
        *(f"    {one}" for one in roles),
        "  links:",
        *(f"    {one}" for one in core),
        "    # Access: two labels (8 octets) on top of it still fit into the core's links.",
        *(f"    {one}" for one in access),
    ]
    return "\n".join(lines) + "\n"


def _intent(wanted: NewLab) -> str:
    lines = [
        f"# yaml-language-server: $schema={_SCHEMA_FILE}",
        "# What the provider and its customers want; addresses that are not given here are derived.",
        "provider:",
        f"  asn: {wanted.asn}",
        "  core: {igp: ospf, labels: ldp}",
        "",
        "vpns:",
    ]
    protocol = _protocol(wanted.protocol)
    at = ""
    for count, (vpn, number, _) in enumerate(_sites(wanted), 1):
        if vpn != at:
            at = vpn
            lines += [f"  {vpn}:", "    sites:"]
        says = "".join(f", {key}: {value}" for key, value in protocol.new_site(count).items())
        lines.append(
            f"      {vpn}{number}: {{protocol: {wanted.protocol}{says}, prefixes: [172.16.{number}.0/24]}}"
        )
    return "\n".join(lines) + "\n"


def _scenarios(wanted: NewLab) -> str:
    """What may happen to any lab: a link of the core, a link to a customer, and a PE are lost."""
    core = "-".join(next(_core(wanted)))
    vpn, number, pe = next(_sites(wanted))
    events = (
        ("core-link", "A link of the core fails: who still reaches whom?", core),
        ("access-link", "A customer's link fails, and nobody else notices.", f"{pe}-{vpn}{number}"),
        ("pe-lost", "A PE loses power: its sites are gone from everywhere, and come back with it.", pe),
    )
    lines = [
        f"# yaml-language-server: $schema={_SCENARIO_SCHEMA_FILE}",
        "# What may happen to this lab; what is then to be expected follows from it.",
        "scenarios:",
    ]
    for name, teaches, what in events:
        lines += [f"  {name}:", f'    teaches: "{teaches}"', "    steps:"]
        lines += [f"      - fail: {what}", f"      - restore: {what}"]
    return "\n".join(lines) + "\n"


def _protocol(name: str) -> PeCeProtocol:
    known = {one.value.name: one for one in PROTOCOLS}
    if name not in known:
        raise UsageError(f"there is no PE-CE protocol '{name}'; known: {', '.join(known)}")
    return known[name]


def _readme(name: str, wanted: NewLab) -> str:
    title = _protocol(wanted.protocol).value.title
    file = f"{name}{TOPOLOGY_SUFFIXES[0]}"
    return f"""# {name}

{wanted.pes} PEs and {wanted.ps} P routers; {wanted.vpns} VPNs with {wanted.sites} sites each.
{title} between PE and CE. All VPNs use the same prefixes and never meet.

    l3vpn up ./{name}         # nodes, links, configuration, proof
    l3vpn verify ./{name}     # prove it again
    l3vpn scenario ./{name}   # what may happen to it, proven step by step
    l3vpn graph ./{name} -o {name}.svg
    l3vpn down ./{name}

The wiring is in `{file}`, what runs on it in `{INTENT_FILE}`, what may happen to it
in `{SCENARIO_FILE}`; `l3vpn up` applies what you edit.
"""
