"""The library: labs brought up, failed and verified from Python, by the code that the command line runs.

`from orchestrator import load_lab, up, Fault`; what is public stands in `orchestrator.__all__`. Nothing is
printed: who wants to see progress gives a callback. All that is foreseen to go wrong is an `L3vpnError`, with
the exit code that the command line would end with.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Self

from orchestrator import loading
from orchestrator.errors import ExitCode, L3vpnError, UsageError
from orchestrator.faults.injections import Configured
from orchestrator.faults.naming import inject
from orchestrator.fleet.daemons import daemon_of
from orchestrator.hosts.recipe import SUITES
from orchestrator.lifecycle import up as bringing
from orchestrator.lifecycle.configure import configure
from orchestrator.lifecycle.down import take_down
from orchestrator.lifecycle.factory import pick_for
from orchestrator.lifecycle.failing import fail, failed_in, misconfigure, push_back, restore
from orchestrator.lifecycle.folders import lab_folder
from orchestrator.lifecycle.names import named_nodes, named_prefix, named_site, two_places
from orchestrator.lifecycle.observe import traced, verified, walked
from orchestrator.lifecycle.phases import Lines
from orchestrator.lifecycle.running import fleet, joined, opened
from orchestrator.lifecycle.spreading import spread_over
from orchestrator.lifecycle.store import Store
from orchestrator.render.daemons import daemons
from orchestrator.settings import Settings
from orchestrator.verification.kit.answers import Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from orchestrator.faults.fault import Fault
    from orchestrator.faults.injections import Injection
    from orchestrator.fleet.comparing import PushResult
    from orchestrator.fleet.fleet import Fleet
    from orchestrator.lifecycle.phases import Watcher
    from orchestrator.lifecycle.running import LabOnHost
    from orchestrator.model.lab import Lab
    from orchestrator.verification.forwarding.between import Path as ForwardingPath
    from orchestrator.verification.journey.stage import Journey
    from orchestrator.verification.kit.answers import Transcript
    from orchestrator.verification.report.result import Report

DEFAULT_TIMEOUT: Final = 90.0


class NotConfigured(L3vpnError):  # noqa: N818 -- says what happened
    """A node could not be reached, or refused its configuration."""

    exit_code = ExitCode.NODE


class NotAnswered(L3vpnError):  # noqa: N818 -- says what happened
    """A node could not be asked, or FRR does not know the command."""

    exit_code = ExitCode.NODE


def load_lab(lab: str | Path, stage: str = "") -> Lab:
    """What the files of a lab want.

    Args:
        lab: its folder, or the name of a lab that is shipped with the program.
        stage: of its intent; "" for how it begins.

    Raises:
        L3vpnError: there is no such lab or stage, or its files have mistakes, a line for each.
    """
    return loading.load_lab(lab_folder(str(lab)), stage)


@contextmanager
def up(  # noqa: PLR0913 -- all but the lab have a default that fits
    lab: Lab,
    *,
    host: str = "",
    runtime: str = "",
    frr: str = "",
    image: str = "",
    guests: int | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    keep: bool = False,
    settings: Settings | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Iterator[Running]:
    """Bring a lab up, or a running one to its files, and take it down at the end.

    `Running.verify` says whether it has converged.

    Args:
        lab: what its files want.
        host: `guest`, `local`, `ssh://user@machine`, several of these with commas between, or
            `k8s://[context/]namespace`; "" for the one
            set, else what suits this machine.
        runtime: `netns`, `containerlab` or, on a cluster, `c9s`; "" as well.
        frr: FRR version of the nodes, `8.4`, `10.3` or `10.7`; "" for the default.
        image: container image of all nodes; "" for the topology file's.
        guests: over how many of the guest's kernels it is spread; None for what is set, else the default.
        timeout: seconds that the network may take to converge.
        keep: leave it up at the end.
        settings: instead of those of the process's environment.
        progress: receives one line for each step.

    Raises:
        L3vpnError: it could not be brought up, or a node refused its configuration. What was made for it is
            removed again.
    """
    settings = settings or Settings.here()
    watcher, store = Lines(progress), Store.of(settings)
    suite = _suite(frr) if frr else settings.suite
    place = pick_for(lab, host, runtime, settings)
    request = bringing.Request(
        *place,
        bare=False,
        timeout=timeout,
        suite=suite,
        image=image or settings.image,
        guests=spread_over(guests, *place, settings),
    )
    with store.lock(lab.name, "up", progress):
        store.note(lab.name, "up")
        done = bringing.up(lab, request, settings, watcher)
    try:
        _must_be_configured(done.pushed)
        with joined(done.placement, settings) as there, Running(lab, opened(there), watcher) as running:
            yield running
    finally:
        if not keep:
            with store.lock(lab.name, "down", progress):
                take_down(done.placement, settings, progress)


class Running:
    """A lab that is up. Made by `up`; not for several threads at once."""

    def __init__(self, lab: Lab, there: LabOnHost, watcher: Watcher) -> None:
        self._lab = lab
        self._there = there
        self._watcher = watcher
        self._store = Store.of(there.settings)
        self._fleet: Fleet | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._fleet is not None:
            self._fleet.close()

    @property
    def lab(self) -> Lab:
        """What its files want, at the stage that it is at."""
        return self._lab

    def verify(self, timeout: float = DEFAULT_TIMEOUT, *, healthy: bool = False) -> Report:
        """Verify it from its intent: `report.holds`, `report.findings`. Changes nothing.

        Args:
            timeout: seconds until what does not hold is final at the latest; 0 looks once.
            healthy: expect a healthy lab, not the degraded one that injected faults leave.
        """
        failed = failed_in(self._lab, self._store)
        faults = () if healthy else failed
        progress = self._watcher.verification_status
        return verified(self._nodes, self._lab, faults, timeout=timeout, progress=progress, failed=failed)

    @contextmanager
    def fault(self, *faults: Fault) -> Iterator[None]:
        """Inject faults, and undo them at the end.

        A fault that changes a configuration is undone by a push of what the files want.

        Raises:
            L3vpnError: the lab has no such target, something else is failed there, or a node does not do it.
        """
        wanted = [inject(self._lab, one) for one in faults]
        before = failed_in(self._lab, self._store)
        ours = [one for one in wanted if one not in before]
        try:
            with self._alone("fail"):
                for one in ours:
                    self._store.note(self._lab.name, f"fail {one.fault}")
                    self._inject(one)
            yield
        finally:
            with self._alone("restore"):
                self._store.note(self._lab.name, f"restore {', '.join(str(one.fault) for one in ours)}")
                self._undo(ours)

    def _inject(self, fault: Injection) -> None:
        if isinstance(fault, Configured):
            misconfigure(self._nodes, self._lab, fault, failed_in(self._lab, self._store))
        else:
            fail(self._nodes, self._lab, fault, self._store)

    def _undo(self, faults: Iterable[Injection]) -> None:
        """Undo what of them has happened, if only in part: it is remembered before it is done."""
        failed = failed_in(self._lab, self._store)
        restore(self._nodes, self._lab, [one for one in faults if one in failed], self._store)
        changed = {node for one in faults if isinstance(one, Configured) for node in one.needs_push}
        if changed:
            push_back(self._nodes, self._lab, changed, failed_in(self._lab, self._store))

    def trace(self, site: str, prefix: str, to: str = "") -> Journey:
        """How a customer's route travels from its site to the others, stage by stage: `journey.complete`.

        Raises:
            L3vpnError: there is no such site or prefix, or no other site is to have it.
        """
        start = named_site(self._lab, site)
        end = named_site(self._lab, to) if to else None
        return traced(self._nodes, self._lab, start, named_prefix(start, prefix), end)

    def path(self, a: str, b: str) -> tuple[ForwardingPath, ...]:
        """The forwarding paths from one site or CE to another and back: `all(one.as_intended for one in …)`.

        Raises:
            L3vpnError: there is no such site, or a node on the way does not answer.
        """
        faults = failed_in(self._lab, self._store)
        return walked(self._nodes, self._lab, faults, *two_places(self._lab, a, b))

    def push(self, stage: str | None = None, *, dry_run: bool = False) -> Mapping[str, PushResult]:
        """Send what differs from the lab's files, by node.

        Args:
            stage: of the intent, which the lab is at from now on; None for the one that it is at.
            dry_run: send nothing and stay at the stage: only find out.

        Raises:
            L3vpnError: there is no such stage, or a node refused its configuration.
        """
        lab = self._lab if stage is None else loading.load_lab(self._lab.folder, stage)
        with self._alone("push"):
            if not dry_run:
                self._store.note(self._lab.name, "push")
                # Before anything is sent: a push that is cut off is finished by the next one.
                placement = replace(self._there.placement, stage=lab.stage)
                self._store.put(placement)
                self._lab, self._there = lab, replace(self._there, placement=placement)
            faults = failed_in(lab, self._store)
            results = configure(self._nodes, lab, faults, self._watcher, dry_run=dry_run)
        _must_be_configured(results)
        return results

    def collect(self, command: str, *nodes: str) -> dict[str, str]:
        """What nodes print, by node.

        Args:
            command: vtysh's if it begins with `show `, else the root shell's.
            nodes: which; without any, all on which the daemon runs that a `show` command is put to.

        Raises:
            L3vpnError: a node does not answer, or FRR does not know the command.
        """
        asked = named_nodes(self._lab, nodes)
        if not nodes:
            daemon, running = daemon_of(command), daemons(self._lab)
            known = {one for there in running.values() for one in there}
            asked = tuple(one for one in asked if daemon not in known or daemon in running[one])
        said = self._nodes.collect({key: [command] for key in asked})
        return {node: _text(said[node, command]) for node in asked}

    @property
    def _nodes(self) -> Fleet:
        """Sessions, kept; opened anew after an interruption, which closes them."""
        if self._fleet is None or self._fleet.closed:
            self._fleet = fleet(self._there, self._lab)
        return self._fleet

    def _alone(self, verb: str) -> AbstractContextManager[None]:
        return self._store.lock(self._lab.name, verb, self._watcher.say)


def _text(answer: Transcript | Unreachable) -> str:
    if isinstance(answer, Unreachable):
        raise NotAnswered(str(answer))
    if not answer.ok:
        raise NotAnswered(f"{answer.node}: {answer.output.strip() or f'exit status {answer.status}'}")
    return answer.output


def _suite(frr: str) -> str:
    if frr not in SUITES:
        raise UsageError(f"there are no nodes with FRR {frr}: there are {', '.join(SUITES)}")
    return SUITES[frr]


def _must_be_configured(results: Mapping[str, PushResult]) -> None:
    failed = [f"{one.node}: {one.failure}" for one in results.values() if one.failure is not None]
    if failed:
        raise NotConfigured("; ".join(failed))
