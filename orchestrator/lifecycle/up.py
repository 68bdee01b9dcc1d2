"""`up`: from two files to a lab that is there, configured and proven."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from orchestrator.faults.execute import held_down
from orchestrator.faults.injections import described
from orchestrator.fleet.push import push
from orchestrator.hosts.base import HostDied, HostError, NotRunning
from orchestrator.hosts.recipe import SUITE
from orchestrator.lifecycle import factory
from orchestrator.lifecycle.converge import prove
from orchestrator.lifecycle.down import take_down
from orchestrator.lifecycle.failing import fail_again, failed_in, restore, state_of
from orchestrator.lifecycle.phases import Phases
from orchestrator.lifecycle.running import LabOnHost, NotUp, fleet, kept_sessions, on_host
from orchestrator.lifecycle.spreading import spread
from orchestrator.lifecycle.store import Placement, Store
from orchestrator.loading import load_stages
from orchestrator.render.daemons import daemons
from orchestrator.runtimes.base import Deployment, NameTaken, NotOurs
from orchestrator.verification.kit.check_id import Layer
from orchestrator.verification.report.result import Drift

if TYPE_CHECKING:
    from orchestrator.faults.injections import Injection
    from orchestrator.fleet.comparing import PushResult
    from orchestrator.fleet.fleet import Fleet
    from orchestrator.hosts.cluster import Place
    from orchestrator.lifecycle.phases import Watcher
    from orchestrator.model.lab import Lab
    from orchestrator.settings import Settings
    from orchestrator.verification.report.result import Report


@dataclass(frozen=True, slots=True)
class Up:
    """What `up` came to.

    Attributes:
        lab: the lab.
        placement: where it is.
        pushed: by node; empty for a bare lab.
        report: None for a bare lab, and where a node refused its configuration.
        seconds: by phase.
        total: seconds in all.
    """

    lab: Lab
    placement: Placement
    pushed: dict[str, PushResult]
    report: Report | None
    seconds: dict[str, float]
    total: float


@dataclass(frozen=True, slots=True)
class Request:
    """How a lab is to be brought up.

    Attributes:
        host: name of the host.
        runtime: name of the runtime.
        bare: nodes and links only.
        timeout: seconds the network may take to converge.
        suite: the Debian release of its nodes; "" for that it was brought up with, else the default.
        image: the container image of all its nodes; "" for that it was brought up with, else the topology's.
        guests: over how many of the guest's kernels it is spread; 0 for as many as it was, else as suits it.
    """

    host: str
    runtime: str
    bare: bool
    timeout: float
    suite: str = ""
    image: str = ""
    guests: int = 0


def up(lab: Lab, request: Request, settings: Settings, watcher: Watcher) -> Up:
    """Bring a lab up, or a running one to its files; configure and prove it.

    What was made is removed again if it fails or is interrupted before the lab stands; a lab that stood
    before is left as it is. The caller holds the lab's lock.

    Raises:
        HostError: this machine cannot run it.
        LabFileError: one of the lab's stages has mistakes.
        RuntimeFailure: a node or link could not be made, or the name is taken.
    """
    phases, store = Phases(watcher), Store.of(settings)
    stood = _stood(lab, request, settings)
    placement = placed(lab, request, store.get(lab.name))
    reached = False
    if not stood:
        store.put_failed(lab.name, ())
    try:
        with phases.phase("host") as outcome, store.hosts_lock(watcher.step):
            placement = spread(placement, len(lab.nodes), settings, settled=stood or bool(request.guests))
            # Remembered before anything is made, so that whatever is made can be found.
            store.put(placement)
            if placement.host == "guest":
                kept_sessions(settings).start()
            host = factory.start_host(placement, settings, watcher.step)
            reached = True
            outcome.text = f"{factory.host_words(placement)}, {factory.platform(host)}"
        try:
            if stood:
                _bring_back_lost(lab, on_host(placement, host, settings), store, phases.watcher)
            return _build(lab, request, host, placement, settings, phases)
        finally:
            host.close()
    except NameTaken:
        if not stood:  # it is another lab that has the name there, and nothing has been made
            store.forget(lab.name)
        raise
    except BaseException:
        if not stood:
            with suppress(OSError):  # nobody may be there any more to read it
                watcher.say("cleaning up what was made so far")
            # What failed matters more than what now fails because of it.
            with suppress(NotOurs, *(() if reached else (HostError,))):
                take_down(placement, settings, watcher.step)
            if not reached:
                store.forget(lab.name)
        raise


def placed(lab: Lab, request: Request, before: Placement | None) -> Placement:
    """Where and how a lab is to be; what the request leaves open is as it was `before`, in the same place.

    Its `guests` are 0 where nothing says.
    """
    there = (str(lab.folder), request.host, request.runtime)
    if before is None or (before.folder, before.host, before.runtime) != there:
        return Placement(lab.name, *there, lab.stage, request.suite or SUITE, request.image, request.guests)
    suite, image = request.suite or before.suite or SUITE, request.image or before.image
    return Placement(lab.name, *there, lab.stage, suite, image, request.guests or before.guests)


def _stood(lab: Lab, request: Request, settings: Settings) -> bool:
    """Whether the lab is up already, as it is wished for now.

    Raises:
        NameTaken: it is up from another folder, or elsewhere or on another FRR than is wished.
    """
    before = Store.of(settings).get(lab.name)
    if before is None or not _stands(before, settings):
        return False
    if before.folder != str(lab.folder):
        raise NameTaken(
            f"lab '{lab.name}' is already up from {before.folder}; "
            f"take it down first (l3vpn down {before.folder}) or give this one another name"
        )
    if (before.host, before.runtime) != (request.host, request.runtime):
        raise NameTaken(
            f"lab '{lab.name}' is up on host {before.host} with runtime {before.runtime}; "
            f"take it down first (l3vpn down {lab.name})"
        )
    if request.suite and request.suite != (before.suite or request.suite):
        raise NameTaken(
            f"lab '{lab.name}' is up on nodes of Debian {before.suite}, not {request.suite}: "
            f"take it down first (l3vpn down {lab.name})"
        )
    if request.guests and request.guests != before.guests:
        raise NameTaken(
            f"lab '{lab.name}' is up in {before.guests} of the guest's kernels, not {request.guests}: "
            f"take it down first (l3vpn down {lab.name})"
        )
    return True


def _stands(placement: Placement, settings: Settings) -> bool:
    """Whether a lab that was brought up is there, as far as can be seen."""
    try:
        host = factory.attach_host(placement, settings)
    except (NotRunning, HostDied):
        return False
    except HostError:
        return placement.host != "guest"  # a machine that does not let us in may well have it
    try:
        on_host(placement, host, settings)
    except (HostError, NotUp):
        return False
    else:
        return True
    finally:
        host.close()


def _build(  # noqa: PLR0913, PLR0917 -- the rest of `up`
    lab: Lab, request: Request, host: Place, placement: Placement, settings: Settings, phases: Phases
) -> Up:
    runtime = factory.make_runtime(placement.runtime, host, settings, placement.image)
    stages = (lab, *load_stages(lab.folder))  # the nodes must do for all of them
    with phases.phase("nodes") as outcome:
        wanted = Deployment(
            lab.topology,
            placement.folder,
            daemons(*stages),
            tuple(
                dict.fromkeys(
                    one.address.network
                    for stage in stages
                    for one in stage.interfaces
                    if isinstance(one.address, IPv4Interface)
                )
            ),
            placement.guests,
        )
        running = LabOnHost(placement, host, runtime.deploy(wanted, phases.watcher.step), settings)
        outcome.text = f"{len(lab.nodes)} nodes, {len(lab.topology.links)} links"
    if request.bare:
        return Up(lab, placement, {}, None, phases.seconds, phases.total)
    with fleet(running) as nodes:
        faults = _fail_again(nodes, lab, Store.of(settings), phases.watcher)
        with phases.phase("push") as outcome:
            pushed = push(nodes, lab, progress=phases.watcher.node_step, failed=held_down(faults))
            changed = sum(result.differs for result in pushed.values())
            outcome.text = f"{changed} nodes configured" if changed else "no difference"
        if not all(result.ok for result in pushed.values()):
            return Up(lab, placement, pushed, None, phases.seconds, phases.total)
        with phases.phase("proof") as outcome:
            report = prove(nodes, lab, request.timeout, phases.watcher, state_of(faults))
            # The push has just read back that nothing differs.
            report = replace(report, failed=tuple(map(described, faults)), drift=Drift())
            outcome.text = _summary(report)
    return Up(lab, placement, pushed, report, phases.seconds, phases.total)


def _bring_back_lost(lab: Lab, running: LabOnHost, store: Store, watcher: Watcher) -> None:
    """Start lost nodes again: without its daemons a runtime takes a node for dead and makes it anew."""
    lost = tuple(fault for fault in failed_in(lab, store) if fault.state.nodes_down)
    if lost:
        with fleet(running) as nodes:
            restore(nodes, lab, lost, store)
        for fault in lost:
            watcher.say(f"{fault.target} was lost: restored")


def _fail_again(nodes: Fleet, lab: Lab, store: Store, watcher: Watcher) -> tuple[Injection, ...]:
    """What stays failed; done again, for a node that had died has been made anew with its links."""
    faults = failed_in(lab, store)
    fail_again(nodes, faults)
    for fault in faults:
        watcher.say(f"still failed: {described(fault)}")
    return faults


def _summary(report: Report) -> str:
    """How many checks hold, and when the network had converged: when the last one below the probes held."""
    holding = sum(finding.holds for finding in report.findings)
    described = f"{holding} of {len(report.findings)} checks hold"
    if not report.holds:
        return described
    converged = max(one.seconds for one in report.findings if one.check.layer is not Layer.DATA)
    return f"{described}; converged in {converged:.1f} s"
