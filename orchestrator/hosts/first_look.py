"""Before there is a Python environment: whether one can be made, and all that labs lack here, at once.

Run by `make` as `python3 -m orchestrator.hosts.first_look`; it has Python's own library and nothing else.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from orchestrator.hosts import programs
from orchestrator.hosts.base import CannotRunHere
from orchestrator.hosts.doctor import Row, Verdict, diagnose
from orchestrator.hosts.fixes import fix_instructions
from orchestrator.hosts.machine import probe
from orchestrator.hosts.rootless import is_root
from orchestrator.settings import Settings

if TYPE_CHECKING:
    from orchestrator.hosts.machine import Machine

PACKAGE: Final = "python3-venv"


def lacking(machine: Machine) -> str:
    """What to say to a user on a machine whose Python has no venv module."""
    apt = "apt-get" in machine.programs
    fix = f"{'' if machine.root else 'sudo '}apt-get install {PACKAGE}" if apt else ""
    venv = Row("venv module", "no", Verdict.LACKS, "Python needs it to make an environment", fix)
    # What keeps the guest away: it is what labs run on unless something else is asked for.
    rows = (venv, *(row for row in diagnose(machine).rows if "guest" in row.blocks))
    return fix_instructions("this machine is not ready for labs yet", rows)


def main() -> int:
    """Make sure that an environment can be made: root of a machine with apt gets the package installed."""
    if find_spec("ensurepip"):
        return 0
    try:
        if is_root() and programs.find("apt-get"):
            programs.install((PACKAGE,), lambda line: print(line, flush=True))  # noqa: T201 -- a program of its own
            return 0
    except CannotRunHere as error:
        print(error, file=sys.stderr)  # noqa: T201 -- the same
        return 1
    print(lacking(probe(Settings.here())), file=sys.stderr)  # noqa: T201 -- the same
    return 1


if __name__ == "__main__":
    sys.exit(main())
