"""Pushing to a running lab, or finding out what a push would send: for `push` and `diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from orchestrator.commands.resolve import Changing, held_lab, staged, still_failed
from orchestrator.lifecycle.configure import configure
from orchestrator.lifecycle.failing import failed_in
from orchestrator.lifecycle.names import named_nodes
from orchestrator.lifecycle.running import fleet, intent_of
from orchestrator.lifecycle.store import Store
from orchestrator.terminal import PhaseLines, console

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.fleet.comparing import PushResult
    from orchestrator.model.lab import Lab
    from orchestrator.settings import Settings


class Configuring(Changing, Protocol):
    """Options of a verb that compares or configures nodes."""

    @property
    def format(self) -> str:
        """`table` or `json`."""

    @property
    def stage(self) -> str | None:
        """`--stage`."""

    @property
    def limit(self) -> Sequence[str]:
        """`--limit`: only these nodes; all if there are none."""


def configured(
    options: Configuring, verb: str, settings: Settings, *, dry_run: bool
) -> tuple[Lab, Mapping[str, PushResult]]:
    """Push, or find out what a push would send; and what is wanted."""
    watcher = PhaseLines(console(stderr=options.format == "json"))
    store = Store.of(settings)
    with held_lab(options, verb, settings) as running:
        watcher.begin("compare" if dry_run else "push")
        placement = staged(running.placement, options.stage)
        lab = intent_of(options.lab, placement)
        nodes = named_nodes(lab, options.limit)
        faults = failed_in(lab, store)
        if not dry_run:
            # Before anything is sent: a push that is cut off is finished by the next one.
            store.put(placement)
        try:
            with fleet(running, lab) as sessions:
                results = configure(sessions, lab, faults, watcher, nodes=nodes, dry_run=dry_run)
        finally:
            watcher.stop()
        if faults:
            watcher.say(still_failed(options.lab, faults))
    return lab, results
