"""Whether labs can run on machines that are reached by ssh, why, and how to fix what is missing. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.hosts.doctor import Row, Verdict, ecmp_broken
from orchestrator.hosts.ssh_survey import PROGRAMS, WIRE_MODULES, WIRE_PROGRAMS

if TYPE_CHECKING:
    from orchestrator.hosts.ssh_survey import Survey

_PACKAGES: Final = {
    "ip": "iproute2",
    "tc": "iproute2",
    "python3": "python3",
    "pivot_root": "util-linux-extra",
}
_OF_WIRES: Final = {*WIRE_MODULES, *WIRE_PROGRAMS}
_EACH_NODE: Final = 40  # megabytes


def rows_of(name: str, found: Survey, here: str, *, tree: bool) -> tuple[Row, ...]:
    """What is to be said about a machine: what it is, and a line for each kind of thing that it lacks.

    Args:
        name: of the machine.
        found: what it has and lacks.
        here: the architecture of node trees of this machine.
        tree: whether the node tree has been copied to it.
    """
    has = f"{found.processors} x {found.architecture}, Linux {found.kernel}, {found.memory} MB free"
    if found.architecture != here:
        return (Row(name, has, Verdict.LACKS, f"node trees here are for {here}"),)
    notes = [f"room for some {found.memory // _EACH_NODE} nodes"]
    if not tree:
        notes.append("the first `up` copies the node tree there (280 MB)")
    if ecmp_broken(found.kernel):
        notes.append("6.19 to 7.1.5 forward MPLS wrongly over several equal paths")
    verdict = Verdict.NOTE if ecmp_broken(found.kernel) else Verdict.GOOD
    programs = tuple(one for one in found.lacks if one in {*PROGRAMS, *WIRE_PROGRAMS})
    modules = tuple(one for one in found.lacks if one not in programs)
    lacks = [
        Row(name, f"no {', '.join(kind)}", Verdict.LACKS, _why(kind), fix)
        for kind, fix in ((modules, _fix_modules(found)), (programs, _fix_programs(programs)))
        if kind
    ]
    return Row(name, has, verdict, "; ".join(notes)), *lacks


def _why(kind: tuple[str, ...]) -> str:
    if _OF_WIRES.issuperset(kind):
        return "links to other machines need it: VXLAN, joined to the ports of nodes by tc"
    return "labs need it in this machine's kernel" if "mpls_router" in kind else "labs need it"


def _fix_modules(found: Survey) -> str:
    """Where Ubuntu has what other kernels have in their own package."""
    return f"apt-get install linux-modules-extra-{found.kernel}" if found.distribution == "ubuntu" else ""


def _fix_programs(programs: tuple[str, ...]) -> str:
    packages = dict.fromkeys(_PACKAGES.get(one, "util-linux") for one in programs)
    return f"apt-get install {' '.join(packages)}"
