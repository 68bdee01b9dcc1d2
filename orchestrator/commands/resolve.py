"""What a command line means on this machine: which lab, which host, and whose turn it is."""

from __future__ import annotations

import shlex
import sys
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from orchestrator.commands.exit_codes import complain
from orchestrator.faults.injections import described
from orchestrator.lifecycle.factory import same_folder
from orchestrator.lifecycle.folders import lab_folder
from orchestrator.lifecycle.running import NotUp, find, joined, opened
from orchestrator.lifecycle.store import Store
from orchestrator.render.secrets import masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.faults.injections import Injection
    from orchestrator.lifecycle.running import LabOnHost
    from orchestrator.lifecycle.store import Placement
    from orchestrator.model.lab import Lab
    from orchestrator.settings import Settings


_ONLY_LOOK: Final = frozenset(("diff",))


class OnLab(Protocol):
    """Options of a verb that is about a running lab."""

    @property
    def lab(self) -> str:
        """A name under `labs/`, or a folder."""

    @property
    def host(self) -> str | None:
        """`--host`."""

    @property
    def runtime(self) -> str | None:
        """`--runtime`."""


class Changing(OnLab, Protocol):
    """Options of a verb that changes a lab."""

    @property
    def wait(self) -> bool:
        """`--wait`."""


@contextmanager
def joined_lab(options: OnLab, settings: Settings) -> Iterator[LabOnHost]:
    """The running lab that is meant; `--host` and `--runtime` must name its place.

    Raises:
        NotUp: it is not up, or not there.
        DeployFailed: a node that was made by others does not let itself be opened.
    """
    placement = find(options.lab, settings)
    asked = options.host or settings.host, options.runtime or settings.runtime
    for wanted, there in zip(asked, (placement.host, placement.runtime), strict=True):
        if wanted and wanted != there:
            raise NotUp(
                f"lab '{placement.lab}' is up on {placement.host} ({placement.runtime}), not {wanted}"
            )
    with joined(placement, settings) as running:
        yield opened(running)


@contextmanager
def alone_with(lab: str, verb: str, settings: Settings, *, wait: bool) -> Iterator[None]:
    """A lab for this command alone: with `--wait`, once another command has ended.

    Raises:
        Busy: another one is at work on it.
    """
    store = Store.of(settings)
    with store.lock(lab, verb, complain if wait else None):
        if verb not in _ONLY_LOOK:
            store.note(lab, typed_words(sys.argv[1:]))
        yield


def typed_words(words: Iterable[str]) -> str:
    """A command line for a journal: of paths only where they end, which is all that concerns others."""
    return " ".join(shlex.quote(masked(one.rstrip("/").rpartition("/")[2])) for one in words)


@contextmanager
def held_lab(options: Changing, verb: str, settings: Settings) -> Iterator[LabOnHost]:
    """The running lab that is meant, as it is once nobody else is at work on it.

    Raises:
        Busy: another command is at work on it.
        NotUp, DeployFailed: as `joined_lab`.
    """
    name = find(options.lab, settings).lab
    with alone_with(name, verb, settings, wait=options.wait), joined_lab(options, settings) as running:
        yield running


def still_failed(given: str, faults: Iterable[Injection]) -> str:
    """What stays failed, in a line."""
    return (
        f"still failed: {', '.join(map(described, faults))}; `l3vpn restore {shlex.quote(given)}` undoes it"
    )


def wanted_lab(given: str, stage: str | None, settings: Settings) -> Lab:
    """What the files of a lab want: at the stage asked for, else at the one that it was last brought to.

    All its stages are read, so that none turns out to be wrong half way through.

    Raises:
        NoSuchLab: there is no such lab.
        LabFileError: the files have mistakes, or no such stage.
    """
    # 150 ms, of no use to commands that need no intent.
    from orchestrator.loading import load_lab, load_stages  # noqa: PLC0415

    folder = lab_folder(given)
    begins = load_stages(folder)[0]
    before = Store.of(settings).get(begins.name)
    if stage is None and before is not None and same_folder(before.folder, folder):
        return load_lab(folder, before.stage)
    return load_lab(folder, stage or "")


def staged(placement: Placement, stage: str | None) -> Placement:
    """A running lab at the stage asked for, else at the one that it was last brought to."""
    return placement if stage is None else replace(placement, stage=stage)
