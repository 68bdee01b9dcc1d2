"""Writing what a command saw into an evidence bundle: for `--bundle`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from orchestrator.commands.exit_codes import complain
from orchestrator.evidence.archive import LARGEST_WHOLE
from orchestrator.evidence.file import write
from orchestrator.evidence.gather import Remembered, bundled, completed, unjudged
from orchestrator.evidence.redact import redacted
from orchestrator.evidence.sign import read_key
from orchestrator.lifecycle.failing import failed_in
from orchestrator.lifecycle.keeping import subject
from orchestrator.lifecycle.running import fleet
from orchestrator.lifecycle.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.evidence.bundle import Seen
    from orchestrator.lifecycle.running import LabOnHost
    from orchestrator.model.lab import Lab
    from orchestrator.verification.network import Network


class Keeping(Protocol):
    """Options of a verb that can write a bundle."""

    @property
    def bundle(self) -> str | None:
        """The file of `--bundle`."""

    @property
    def with_secrets(self) -> bool:
        """`--with-secrets`: keys and passwords as they are."""

    @property
    def sign(self) -> str | None:
        """The file of `--sign`."""


def keep_after(
    options: Keeping, running: LabOnHost, lab: Lab, seen: Sequence[Seen], results: str = ""
) -> None:
    """The same where no sessions are open any more; without a look, one is taken at the lab as it is now."""
    if not options.bundle:
        return
    with fleet(running, lab) as nodes:
        faults = failed_in(lab, Store.of(running.settings))
        looks = seen or [unjudged(Remembered(nodes), lab, faults, "at the end")]
        keep(options, running, nodes, lab, *looks, results=results)


def keep(
    options: Keeping, running: LabOnHost, nodes: Network, lab: Lab, *seen: Seen, results: str = ""
) -> None:
    """Write the bundle that was asked for, if one was; the last look is completed first."""
    if not options.bundle:
        return
    looks = (*seen[:-1], completed(seen[-1], nodes, lab))
    journal = Store.of(running.settings).journal(lab.name)
    bundle = replace(bundled(subject(lab, running.placement, journal), looks), results=results)
    key = read_key(Path(options.sign)) if options.sign else None
    left_out = write(bundle if options.with_secrets else redacted(bundle), Path(options.bundle), key)
    if left_out:
        complain(
            f"warning: {options.bundle}: the first {left_out} of {len(looks)} looks are not in it: "
            f"it would unpack to more than {LARGEST_WHOLE:,} bytes, which nothing reads"
        )
