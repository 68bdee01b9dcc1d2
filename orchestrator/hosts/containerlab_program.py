"""The containerlab program for the guest: this machine's own, else built from the pinned Go module."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestrator.hosts.base import BuildFailed, CannotRunHere
from orchestrator.hosts.containerlab_release import MODULE, Release, pinned
from orchestrator.hosts.locks import alone
from orchestrator.hosts.programs import find, search_path, with_variables
from orchestrator.shipped import IMAGE

if TYPE_CHECKING:
    from orchestrator.hosts.base import Progress
    from orchestrator.settings import Places

_FOLDER: Final = IMAGE / "containerlab"
_BUILD_SECONDS: Final = 1200
_BUILD: Final = {
    "CGO_ENABLED": "0",
    "GOOS": "linux",
    "GOARCH": "amd64",
    "GOTOOLCHAIN": "local",
    "GOFLAGS": "",
    "GOWORK": "off",
}


def ensure(progress: Progress, places: Places) -> Path:
    """The program in the cache, put there now if it is not: building takes about two minutes.

    Raises:
        CannotRunHere: this machine has no Go, or one that is too old.
        BuildFailed: the build ended in an error, or what is to be built is not where it belongs.
    """
    try:
        release = pinned((_FOLDER / "go.mod").read_text())
    except FileNotFoundError as error:
        raise BuildFailed(f"the pinned version of containerlab is missing: {error.filename}") from error
    program = places.cache / "programs" / f"containerlab-{release.version}" / "containerlab"
    if program.exists():
        return program
    with alone(program.parent / "lock", "another build of containerlab", progress):
        if not program.exists():
            with tempfile.TemporaryDirectory(prefix=".half-", dir=program.parent) as folder:
                half = Path(folder) / program.name
                if not _copied(release, half):
                    _check_go(release)
                    progress(f"building containerlab {release.version} with Go (once, about two minutes)")
                    _build(release, half.parent)
                half.rename(program)
    return program


def _copied(release: Release, target: Path) -> bool:
    """Whether this machine has that very version, and now so has `target`."""
    installed = find("containerlab")
    if installed is None:
        return False
    said = subprocess.run([installed, "version", "--short"], capture_output=True, text=True, check=False)
    if said.stdout.strip() != release.version:
        return False
    shutil.copy(installed, target)
    return True


def _check_go(release: Release) -> None:
    wanted = ".".join(map(str, release.go))
    needed = f"runtime containerlab in the guest is built with Go {wanted} or newer"
    if find("go") is None:
        raise CannotRunHere(f"{needed}, which this machine lacks: use --runtime netns")
    said = subprocess.run(
        [*with_variables(PATH=search_path(), GOTOOLCHAIN="local"), "go", "env", "GOVERSION"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    found = re.match(r"go(\d+)\.(\d+)", said)
    if found is None or (int(found[1]), int(found[2])) < release.go:
        raise CannotRunHere(f"{needed}; this machine has {said.strip() or 'one that does not run'}")


def _build(release: Release, folder: Path) -> None:
    for name in ("go.mod", "go.sum"):
        shutil.copy(_FOLDER / name, folder)
    stamp = f"-s -w -X {MODULE}/cmd.Version={release.version}"
    done = subprocess.run(
        [
            *with_variables(PATH=search_path(), **_BUILD),
            "go",
            "build",
            "-mod=readonly",
            "-trimpath",
            f"-ldflags={stamp}",
            "-o",
            "containerlab",
            MODULE,
        ],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_BUILD_SECONDS,
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if not line.startswith("go: downloading")]
        raise BuildFailed(f"could not build containerlab: {next(iter(lines), 'it said nothing')}")
