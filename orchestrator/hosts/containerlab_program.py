"""The containerlab program for the guest: this machine's own, else built from the pinned Go module."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestrator.hosts.base import BuildFailed, CannotRunHere
from orchestrator.hosts.locks import alone
from orchestrator.hosts.programs import find, search_path

if TYPE_CHECKING:
    from orchestrator.hosts.base import Progress
    from orchestrator.hosts.places import Places

_MODULE: Final = "github.com/srl-labs/containerlab"
_FOLDER: Final = Path(__file__).parents[2] / "image" / "containerlab"
_BUILD_SECONDS: Final = 1200


@dataclass(frozen=True, slots=True)
class Release:
    """A version of containerlab and the Go that can build it."""

    version: str
    go: tuple[int, int]


def pinned(text: str | None = None) -> Release:
    """What `image/containerlab/go.mod` asks for.

    Raises:
        BuildFailed: the file is missing, or asks for nothing.
    """
    try:
        text = text if text is not None else (_FOLDER / "go.mod").read_text()
    except FileNotFoundError as error:
        raise BuildFailed(f"the pinned version of containerlab is missing: {error.filename}") from error
    version = re.search(rf"^require {re.escape(_MODULE)} v(\S+)", text, re.MULTILINE)
    go = re.search(r"^go (\d+)\.(\d+)", text, re.MULTILINE)
    if version is None or go is None:
        raise BuildFailed(f"{_FOLDER / 'go.mod'} requires no containerlab")
    return Release(version[1], (int(go[1]), int(go[2])))


def ensure(progress: Progress, places: Places) -> Path:
    """The program in the cache, built now if it is not there: about two minutes, most of them downloads.

    Raises:
        CannotRunHere: this machine has no Go, or one that is too old.
        BuildFailed: the build ended in an error.
    """
    release = pinned()
    program = places.cache / "programs" / f"containerlab-{release.version}" / "containerlab"
    if program.exists():
        return program
    with alone(program.parent / "lock", "another build of containerlab", progress):
        if not program.exists():
            _check_go(release)
            progress(f"building containerlab {release.version} with Go (once, about two minutes)")
            with tempfile.TemporaryDirectory(prefix=".half-", dir=program.parent) as folder:
                _build(release, Path(folder))
                (Path(folder) / program.name).rename(program)
    return program


def _check_go(release: Release) -> None:
    wanted = ".".join(map(str, release.go))
    needed = f"runtime containerlab in the guest is built with Go {wanted} or newer"
    if find("go") is None:
        raise CannotRunHere(f"{needed}, which this machine lacks: use --runtime netns")
    said = subprocess.run(
        ["go", "env", "GOVERSION"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": search_path(), "GOTOOLCHAIN": "local"},
    ).stdout
    found = re.match(r"go(\d+)\.(\d+)", said)
    if found is None or (int(found[1]), int(found[2])) < release.go:
        raise CannotRunHere(f"{needed}; this machine has {said.strip() or 'one that does not run'}")


def _build(release: Release, folder: Path) -> None:
    for name in ("go.mod", "go.sum"):
        shutil.copy(_FOLDER / name, folder)
    stamp = f"-s -w -X {_MODULE}/cmd.Version={release.version}"
    done = subprocess.run(
        ["go", "build", "-mod=readonly", "-trimpath", f"-ldflags={stamp}", "-o", "containerlab", _MODULE],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_BUILD_SECONDS,
        env={
            **os.environ,
            "PATH": search_path(),
            "CGO_ENABLED": "0",
            "GOOS": "linux",
            "GOARCH": "amd64",
            "GOTOOLCHAIN": "local",
            "GOFLAGS": "",
            "GOWORK": "off",
        },
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if not line.startswith("go: downloading")]
        raise BuildFailed(f"could not build containerlab: {next(iter(lines), 'it said nothing')}")
