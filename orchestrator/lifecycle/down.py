"""`down`: remove a lab, or whatever is left of one, and power the guest off with the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.hosts.base import HostDied, HostError, HostSilent, NotRunning
from orchestrator.hosts.guest import Condition, Guest
from orchestrator.lifecycle import factory
from orchestrator.lifecycle.running import kept_sessions
from orchestrator.lifecycle.store import Store
from orchestrator.runtimes.base import NotOurs

if TYPE_CHECKING:
    from orchestrator.hosts.base import Progress
    from orchestrator.hosts.cluster import Place
    from orchestrator.lifecycle.store import Placement
    from orchestrator.settings import Settings


class Forgotten(HostError):  # noqa: N818 -- the name says what happened
    """A lab is not remembered any more; what a machine that does not answer has of it is still there."""


def take_down(placement: Placement, settings: Settings, progress: Progress, *, force: bool = False) -> bool:
    """Remove a lab from its host and forget it; whether there was anything to remove.

    A guest that has died took its labs with it: what is left of it is removed. One that does not answer is
    ended, with `force` even where other labs are in it. With `force` a lab is forgotten although a machine
    that has it, or a part of it, does not answer; what is on the others is removed in any case.

    Raises:
        NotOurs: somebody else deployed it; it is only forgotten.
        HostSilent: the guest does not answer, and other labs are in it.
        HostError: the host is there and does not do it, or a machine cannot be reached.
        Forgotten: such a machine, with `force`.
    """
    try:
        return _take_down(placement, settings, progress)
    except HostSilent:
        store = Store.of(settings)
        others = [one for one in store.all() if one.host == "guest" and one.lab != placement.lab]
        if others and not force:
            names = " and ".join(one.lab for one in others)
            raise HostSilent(
                f"the guest does not answer, and {names} would end with it: "
                f"`l3vpn down {placement.lab} --force` does that"
            ) from None
        progress("the guest does not answer: ending it")
        Guest.stop(progress, settings.places, at_once=True)
        for one in (placement, *others):
            store.forget(one.lab)
        return True
    except HostError as error:
        if not placement.host.startswith(factory.ELSEWHERE):
            raise
        if force:
            Store.of(settings).forget(placement.lab)
            raise Forgotten(f"{placement.lab} is forgotten, and may still be there: {error}") from None
        again = f"`l3vpn down {placement.lab}` removes what is there once it answers, --force forgets it"
        raise type(error)(f"{error}: {again}") from None


def _take_down(placement: Placement, settings: Settings, progress: Progress) -> bool:
    store = Store.of(settings)
    kept_sessions(settings).end()
    try:
        host = _host(placement, settings, progress)
    except HostDied:
        Guest.stop(progress, settings.places)
        host = None
    except NotRunning:
        if placement.host == "guest":
            Guest.stop(progress, settings.places)  # one that is not written down any more
        host = None
    if host is None:
        store.forget(placement.lab)
        return False
    try:
        if _power_off_with_last(placement, host, settings, progress):
            return True
        try:
            removed = factory.make_runtime(placement.runtime, host, settings).destroy(placement.lab)
        except NotOurs:
            store.forget(placement.lab)
            raise
        store.forget(placement.lab)
        _power_off_if_idle(host, settings, progress)
    finally:
        host.close()
    return removed


def _host(placement: Placement, settings: Settings, progress: Progress) -> Place:
    """The host as it is; one whose boot was cut off is brought to a known state first."""
    if placement.host == "guest" and Guest.status(settings.places).condition is Condition.BOOTING:
        return factory.start_host(placement, settings, progress)
    return factory.attach_host(placement, settings)


def _power_off_with_last(placement: Placement, host: Place, settings: Settings, progress: Progress) -> bool:
    """Stop a guest that has this lab alone, and the lab with it: whether it was so.

    All of such a lab is in the guest's memory. Taking 64 busy nodes apart one by one takes a minute or more.
    """
    if (host.name, placement.runtime) != ("guest", "netns"):
        return False
    store = Store.of(settings)
    with store.hosts_lock(progress):
        others = any(one.host == host.name and one.lab != placement.lab for one in store.all())
        if others or _labs_there(host, settings) != {placement.lab}:
            return False
        Guest.stop(progress, settings.places)
        store.forget(placement.lab)
    return True


def _power_off_if_idle(host: Place, settings: Settings, progress: Progress) -> None:
    """Stop the guest when no lab is left on it and none is coming."""
    if host.name != "guest":
        return
    store = Store.of(settings)
    with store.hosts_lock(progress):
        there = _labs_there(host, settings)
        for other in store.all():
            if other.host == host.name and other.lab not in there and not store.busy(other.lab):
                store.forget(other.lab)  # an `up` that was killed before it made anything
        if not there and not any(other.host == host.name for other in store.all()):
            Guest.stop(progress, settings.places)


def _labs_there(host: Place, settings: Settings) -> set[str]:
    return {
        lab.name for name in factory.RUNTIMES for lab in factory.make_runtime(name, host, settings).labs()
    }
