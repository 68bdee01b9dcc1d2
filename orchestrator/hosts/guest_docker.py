"""The guest with Docker and containerlab: its disk, which holds the nodes' image, and its engine.

The disk is made once, by a guest that is started for that alone, and kept in the cache. Each start has a copy
on write of it: the engine always begins with that one image and no container, however the last guest ended.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from orchestrator.hosts import image
from orchestrator.hosts.base import BuildFailed, HostError
from orchestrator.hosts.container_image import import_command
from orchestrator.hosts.guest import Guest, check_machine
from orchestrator.hosts.guest_boot import Disk
from orchestrator.hosts.locks import alone
from orchestrator.hosts.recipe import Recipe
from orchestrator.scripts import script
from orchestrator.settings import Places

if TYPE_CHECKING:
    from orchestrator.hosts.base import Progress
    from orchestrator.settings import Settings

_HALF: Final = ".half-"
_ENGINE: Final = Path(__file__).with_name("guest_docker.sh")
_DISK_BYTES: Final = 4 << 30  # a sparse file: it takes what is written
_ENGINE_SECONDS: Final = 60
_IMPORT_SECONDS: Final = 300

_IMPORT: Final = script("hosts/guest_docker_import.sh", import_command(PurePosixPath("/mnt")))


def start(progress: Progress, settings: Settings, node: Recipe) -> Guest:
    """The running guest, or a new one, with Docker running in it and the nodes' image made from `node`.

    Raises:
        CannotRunHere: this machine lacks something for it, or the running guest has no Docker.
        BuildFailed: the tree, containerlab or the nodes' image could not be made.
        BootFailed: the kernel did not come up.
    """
    check_machine()
    recipe, places = Recipe.load(settings, docker=True), settings.places
    guest = Guest.start(progress, places, recipe, Disk(_disk(recipe, node, progress, places)))
    try:
        _start_engine(guest, progress)
    except BaseException:
        guest.close()
        raise
    return guest


def _start_engine(guest: Guest, progress: Progress) -> None:
    progress("starting Docker in the guest")
    done = guest.run("sh -s", stdin=_ENGINE.read_bytes(), timeout=_ENGINE_SECONDS)
    done.expect_ok("start Docker in the guest")


def _disk(recipe: Recipe, node: Recipe, progress: Progress, places: Places) -> Path:
    """The disk in the cache, made now if it is not there."""
    text = f"{node.key} {recipe.key} {_ENGINE.read_text()} {_IMPORT}"
    disk = places.cache / "disks" / f"{node.suite}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.ext4"
    if disk.exists():
        return disk
    shown = image.ensure(progress, node, places)
    image.ensure(progress, recipe, places)
    with alone(disk.parent / "lock", "another making of the guest's disk", progress):
        if not disk.exists():
            for left in disk.parent.glob(f"{_HALF}*"):
                shutil.rmtree(left, ignore_errors=True)  # of one that was killed
            with tempfile.TemporaryDirectory(prefix=_HALF, dir=disk.parent) as folder:
                half = Path(folder) / disk.name
                _make(half, shown, recipe, progress, places)
                half.chmod(0o444)
                half.rename(disk)
    return disk


def _make(half: Path, shown: Path, recipe: Recipe, progress: Progress, places: Places) -> None:
    half.touch()
    half.chmod(0o666)  # the guest's kernel is no user of this machine; the folder is closed to others
    os.truncate(half, _DISK_BYTES)
    mine = Places(cache=places.cache, state=half.parent / "state")
    progress("making the guest's disk with the nodes' image (once, about half a minute)")
    try:
        maker = Guest.start(lambda _: None, mine, recipe, Disk(half, making=shown))
        try:
            _start_engine(maker, lambda _: None)
            maker.run("sh -s", stdin=_IMPORT.encode(), timeout=_IMPORT_SECONDS).expect_ok("import the image")
        finally:
            maker.close()
    except HostError as error:
        raise BuildFailed(f"could not make the guest's disk: {error}") from error
    finally:
        Guest.stop(lambda _: None, mine)
