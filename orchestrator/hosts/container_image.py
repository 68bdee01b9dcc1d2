"""The container image of a node: the node tree without the guest's kernel, given to `docker import`.

No registry is involved. `image/Dockerfile` makes the same from a public base.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from orchestrator.errors import L3vpnError
from orchestrator.hosts import image
from orchestrator.hosts.base import CannotRunHere
from orchestrator.hosts.programs import find
from orchestrator.hosts.recipe import Recipe
from orchestrator.hosts.rootless import as_root
from orchestrator.settings import Settings

if TYPE_CHECKING:
    from pathlib import PurePath

    from orchestrator.hosts.base import Progress

NAME: Final = "l3vpn-node"

IDLE: Final = 'trap "exit 0" TERM INT; sleep infinity & while :; do wait; done'
"""What a node's process 1 does: it adopts and buries, and ends on a signal. All else is started later."""

# The guest's kernel with its modules and tools: a container uses its host's.
_LEFT_OUT: Final = (
    "./usr/lib/uml",
    "./usr/lib/modules",
    "./usr/bin/linux.uml",
)


def tar_argv(tree: PurePath) -> list[str]:
    """Writes a node tree, as an image is to have it, to standard output."""
    return [
        "tar",
        f"--directory={tree}",
        "--one-file-system",
        "--numeric-owner",
        *(f"--exclude={path}" for path in _LEFT_OUT),
        "--create",
        "--file=-",
        ".",
    ]


def import_argv(name: str) -> list[str]:
    """Makes an image of what comes on standard input."""
    command = ", ".join(f'"{word}"' for word in ("/bin/sh", "-c", IDLE.replace('"', '\\"')))
    return ["docker", "import", "--change", f"CMD [{command}]", "-", name]


def import_command(tree: PurePath, name: str = NAME) -> str:
    """Both as one line of shell."""
    return f"{shlex.join(tar_argv(tree))} | {shlex.join(import_argv(name))}"


def make(progress: Progress, settings: Settings, name: str = NAME) -> None:
    """Make the image in this machine's Docker, the node tree first if need be.

    Raises:
        CannotRunHere: there is no Docker, or it does not let us.
        BuildFailed: the node tree could not be made.
    """
    if find("docker") is None:
        raise CannotRunHere("Docker is not installed: see docs.docker.com/engine/install")
    tree = image.ensure(progress, Recipe.load(settings), settings.places)
    progress(f"importing {tree} into Docker as {name}")
    with subprocess.Popen(
        [*as_root(), *tar_argv(tree)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # it complains only if Docker does not listen to the end
    ) as packing:
        done = subprocess.run(
            import_argv(name), stdin=packing.stdout, capture_output=True, text=True, check=False
        )
    if done.returncode or packing.returncode:
        said = done.stderr.strip().splitlines() or ["tar failed"]
        raise CannotRunHere(f"Docker did not import the image: {said[-1]}")


def main() -> int:
    """`make image`."""
    try:
        make(lambda line: print(line, file=sys.stderr), Settings.here(), *sys.argv[1:2])  # noqa: T201 -- a program of its own
    except L3vpnError as error:
        print(f"l3vpn: {error}", file=sys.stderr)  # noqa: T201 -- the same
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
