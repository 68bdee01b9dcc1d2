"""The root tree of nodes: a small Debian with FRR, made once from `image/` and kept in the cache.

The same tree is the guest's root, and the root of namespace nodes on the local kernel. It holds no
key, no address and no configuration of any lab, and is never written to after it is built.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.hosts import apt_sources, containerlab_program
from orchestrator.hosts.base import BuildFailed
from orchestrator.hosts.locks import alone
from orchestrator.hosts.process import ProcessId
from orchestrator.hosts.programs import find, install_missing, search_path, with_variables
from orchestrator.hosts.recipe import Supplies, arguments, complaint, step
from orchestrator.hosts.rootless import as_root

if TYPE_CHECKING:
    from orchestrator.hosts.base import Progress
    from orchestrator.hosts.recipe import Recipe
    from orchestrator.settings import Places

_HALF = ".half-"


def where(recipe: Recipe, places: Places) -> Path:
    """Where the tree of this recipe lies once it is built."""
    return places.cache / "trees" / recipe.key


def ensure(progress: Progress, recipe: Recipe, places: Places) -> Path:
    """The tree, built now if it is not in the cache: half a minute, 280 MB.

    Safe when interrupted at any moment and when several start at once: a tree gets its name when it is
    finished; what is not finished is removed, by this build or else by the next.

    Raises:
        CannotRunHere: a tool is missing and may not be installed; the text is the command that fixes it.
        BuildFailed: the build failed; the text is its first error.
    """
    tree = where(recipe, places)
    if tree.exists():
        return tree
    programs = (containerlab_program.ensure(progress, places),) if recipe.containerlab else ()
    with alone(tree.parent / "lock", "another build of a node tree", progress):
        if not tree.exists():
            install_missing(progress)
            _remove_halves(tree.parent)
            try:
                _build(recipe, programs, tree, progress)
            finally:
                _remove_halves(tree.parent)
    return tree


def _build(recipe: Recipe, programs: tuple[Path, ...], tree: Path, progress: Progress) -> None:
    contents = "FRR, Docker and containerlab" if recipe.containerlab else "FRR"
    progress(f"building the node tree: Debian {recipe.suite} with {contents} (once, about half a minute)")
    log = tree.with_name("build.log")
    settings = apt_settings()
    for number, attempt in enumerate(_attempts(recipe)):
        if attempt is not recipe:
            progress(f"no kernel to be had from {recipe.kernel_suite}: taking {recipe.suite}'s own")
        # A name of its own: what an interrupted build may still be writing to is out of the way.
        half = tree.with_name(f"{_HALF}{tree.name}-{os.getpid()}-{number}")
        supplies = Supplies(sources(attempt), settings, programs)
        if _ran(arguments(attempt, supplies, half), log, progress):
            half.rename(tree)
            progress(f"the node tree is built: {tree}")
            return
    raise BuildFailed(f"could not build the node tree: {complaint(log.read_text())} (all of it in {log})")


def _attempts(recipe: Recipe) -> tuple[Recipe, ...]:
    """The recipe, and what to do where the newer kernel is not to be had (an old mirror, an old libc)."""
    if recipe.kernel_suite == recipe.suite:
        return (recipe,)
    return (recipe, replace(recipe, kernel_suite=recipe.suite))


def sources(recipe: Recipe) -> tuple[str, ...]:
    """Where a recipe's Debian release is fetched from: as this machine's own; none for mmdebstrap's own."""
    if recipe.mirror:
        return (apt_sources.Source(recipe.mirror, (), ("main",)).line(recipe.suite),)
    source = apt_sources.debian_archive(
        apt_sources.os_release(_text(Path("/etc/os-release"))),
        {str(path): _text(path) for path in _source_files()},
    )
    return (source.line(recipe.suite),) if source else ()


def _source_files() -> tuple[Path, ...]:
    folder = Path("/etc/apt/sources.list.d")
    return (Path("/etc/apt/sources.list"), *sorted((*folder.glob("*.list"), *folder.glob("*.sources"))))


def apt_settings() -> tuple[str, ...]:
    """How this machine's apt fetches: proxies, certificates, checks of dates."""
    program = find("apt-config")
    if program is None:
        return ()
    dump = subprocess.run([program, "dump"], capture_output=True, text=True, check=False).stdout
    return apt_sources.fetch_settings(dump)


def _ran(command: list[str], log: Path, progress: Progress) -> bool:
    """Whether a build succeeded, run as root of its own namespaces, out of reach of the terminal's Ctrl-C."""
    with (
        log.open("w") as written,
        subprocess.Popen(
            [*with_variables(PATH=search_path(), LC_ALL="C.UTF-8"), *as_root(), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        ) as process,
    ):
        try:
            # If we are killed, the build's next word finds nobody to read it, and the build ends.
            for line in process.stdout or ():
                written.write(line)
                said = step(line)
                if said:
                    progress(said)
        except BaseException:
            # Its child is process 1 of the PID namespace: the whole build has ended when that one has.
            for child in ProcessId.of(process.pid).children():
                child.kill()
            process.kill()
            raise
    return process.returncode == 0


def _remove_halves(folder: Path) -> None:
    halves = [str(path) for path in folder.glob(f"{_HALF}*")]
    if halves:
        subprocess.run([*as_root(), "rm", "-rf", "--one-file-system", "--", *halves], check=False)


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
