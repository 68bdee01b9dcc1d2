"""What a machine that is reached by ssh has and lacks: for `doctor`, and before anything is made on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from orchestrator.hosts.local import MODULES
from orchestrator.scripts import script

PROGRAMS: Final = ("ip", "nsenter", "unshare", "setsid", "pivot_root")
WIRE_MODULES: Final = ("vxlan", "sch_ingress", "cls_matchall", "act_mirred")
WIRE_PROGRAMS: Final = ("tc", "python3")
"""Of links to other machines: VXLAN, joined to the ports of nodes by tc(8), and `carrier_agent`."""


@dataclass(frozen=True, slots=True)
class Survey:
    """Facts about a machine.

    Attributes:
        architecture: `x86_64`, ….
        kernel: release.
        distribution: ID of /etc/os-release; "" if it has none.
        boot: of this start of its kernel; two names with one are one machine.
        processors: how many it has.
        memory: megabytes that programs could still take.
        lacks: kernel modules and programs that labs need and that it does not have.
    """

    architecture: str
    kernel: str
    distribution: str
    boot: str
    processors: int
    memory: int
    lacks: tuple[str, ...]

    @classmethod
    def read(cls, printed: str) -> Survey:
        """Read what `survey_text` made it print."""
        lines = [line.partition(" ") for line in printed.splitlines()]
        said = {word: rest for word, _, rest in lines}
        return cls(
            said.get("machine", ""),
            said.get("kernel", ""),
            said.get("distribution", ""),
            said.get("boot", ""),
            int(said.get("processors") or 1),
            int(said.get("memory") or 0) // 1024,
            tuple(rest for word, _, rest in lines if word == "lacks"),
        )


def survey_text(*, load: bool, joined: bool) -> str:
    """Shell text that asks a machine, as root.

    Args:
        load: load the kernel modules that labs need; else only look whether they are there.
        joined: it is to have links to other machines.
    """
    modules = (*MODULES, *(WIRE_MODULES if joined else ()))
    programs = (*PROGRAMS, *(WIRE_PROGRAMS if joined else ()))
    return script("hosts/ssh_prepare.sh", "yes" if load else "no", " ".join(modules), " ".join(programs))
