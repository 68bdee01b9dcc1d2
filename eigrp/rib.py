"""The processes' side of zebra: what is installed there, what is asked for, and coming back after a loss."""

from __future__ import annotations

import logging
import math
import selectors
import time
from typing import TYPE_CHECKING, Final

from eigrp.errors import ZebraError
from eigrp.zebra import Zebra

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from ipaddress import IPv4Network
    from pathlib import Path

    from eigrp.effects import Install
    from eigrp.netlink import Snapshot
    from eigrp.process import Process
    from eigrp.zapi import Redistributed

log: Final = logging.getLogger("eigrp")
_RETRY_SECONDS: Final = 2.0
_TELL_AGAIN_SECONDS: Final = 1.5  # after links have changed: longer than it takes to meet a neighbour


class Rib:
    """Zebra, as long as it is there; connected again when it comes back.

    Args:
        frr: FRR's folder of sockets.
        selector: the loop's; zebra's socket is registered in it.
        processes: by VRF; the caller adds and removes.
        snapshot: the links at present.

    Attributes:
        snapshot: to be kept up to date by the caller.
        standing: how it stands with zebra, in words.
        retry: when to connect again, while there is no zebra.
        announce_again: when to send zebra all routes once more.
    """

    def __init__(
        self,
        frr: Path,
        selector: selectors.BaseSelector,
        processes: Mapping[str, Process],
        snapshot: Snapshot,
    ) -> None:
        self._frr, self._selector, self._processes = frr, selector, processes
        self.snapshot = snapshot
        self.standing = "not connected yet"
        self.retry = 0.0
        self.announce_again = math.inf
        self._zebra: Zebra | None = None
        self._subscribed: set[tuple[str, str]] = set()

    @property
    def connected(self) -> bool:
        """Whether zebra is there."""
        return self._zebra is not None

    def connect(self) -> None:
        """Try to reach zebra; if it cannot be reached, `retry` says when to try again."""
        self.retry = time.monotonic() + _RETRY_SECONDS
        try:
            self._zebra = Zebra(self._frr)
        except (OSError, ZebraError) as error:
            self._stands(f"no zebra: {error}")
            return
        self._stands(f"connected, FRRouting {self._zebra.version}")
        self._subscribed.clear()
        self._register()

    def close(self) -> None:
        """Leave; zebra removes our routes."""
        if self._zebra is not None:
            self._zebra.close()

    # ---- routes --------------------------------------------------------------------------------

    def install(self, vrf: str, route: Install) -> None:
        """Put a route into a VRF; kept for later where zebra does not know the VRF yet."""
        if self._zebra is not None and self._ready(vrf):
            indexes = {name: link.index for name, (_, link) in self.snapshot.links.items()}
            self._zebra.add(self.snapshot.vrfs[vrf], route, indexes)

    def remove(self, vrf: str, prefix: IPv4Network) -> None:
        """Take a route out of a VRF."""
        if self._zebra is not None and self._ready(vrf):
            self._zebra.delete(self.snapshot.vrfs[vrf], prefix)

    def flush(self) -> None:
        """Write what has gathered."""
        if self._zebra is not None and self._zebra.has_to_write:
            try:
                self._zebra.write()
            except OSError as error:
                self._lose(str(error))
        self._register()

    # ---- redistribution ------------------------------------------------------------------------

    def subscribe(self) -> None:
        """Ask zebra for what the processes redistribute, in VRFs that it knows."""
        if self._zebra is None:
            return
        wanted = {
            (vrf, source)
            for vrf, process in self._processes.items()
            for source in process.settings.redistribute
            if self._ready(vrf)
        }
        for vrf, source in sorted(wanted - self._subscribed):
            self._zebra.subscribe(self.snapshot.vrfs[vrf], source, wanted=True)
        for vrf, source in sorted(self._subscribed - wanted):
            if self._ready(vrf):
                self._zebra.subscribe(self.snapshot.vrfs[vrf], source, wanted=False)
            if vrf in self._processes:
                self._processes[vrf].forget_offers(source, time.monotonic())
        self._subscribed = wanted

    def links_are(self, snapshot: Snapshot) -> None:
        """Links or VRFs have changed."""
        before, self.snapshot = self.snapshot, snapshot
        if before.links != snapshot.links:
            self.announce_again = time.monotonic() + _TELL_AGAIN_SECONDS
        renewed = {index for vrf, index in snapshot.vrfs.items() if before.vrfs.get(vrf) != index}
        if self._zebra is not None and renewed:  # either may learn of a VRF first
            self._announced(renewed & self._zebra.vrfs)

    def _announced(self, new: set[int]) -> None:
        """Zebra knows these VRFs now: it may be sent their routes and asked for others'."""
        fresh = {vrf for vrf, index in self.snapshot.vrfs.items() if index in new}
        self._subscribed = {key for key in self._subscribed if self._ready(key[0]) and key[0] not in fresh}
        self.subscribe()
        self._announce(fresh & self._processes.keys())

    def announce_all_again(self) -> None:
        """Send zebra all routes once more.

        A neighbour may be met before zebra knows a new address of the link: it then takes the next hop for
        unreachable, and does not look again when the address is there (FRR 10.3).
        """
        self.announce_again = math.inf
        self._announce(self._processes)

    def _announce(self, vrfs: Iterable[str]) -> None:
        for vrf in vrfs:
            for route in self._processes[vrf].installed.values():
                self.install(vrf, route)

    def _ready(self, vrf: str) -> bool:
        """Whether zebra can be spoken to of this VRF."""
        return self._zebra is not None and self.snapshot.vrfs.get(vrf) in self._zebra.vrfs

    def _redistributed(self, said: Redistributed) -> None:
        for vrf, index in self.snapshot.vrfs.items():
            if index == said.vrf and vrf in self._processes and (vrf, said.source) in self._subscribed:
                self._processes[vrf].offer(said.source, said.prefix, said.offer, time.monotonic())

    # ---- the connection ------------------------------------------------------------------------

    def _register(self) -> None:
        if self._zebra is None:
            return
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._zebra.has_to_write else 0)
        if self._zebra.socket not in self._selector.get_map():
            self._selector.register(self._zebra.socket, events, self._talk)
        elif self._selector.get_key(self._zebra.socket).events != events:
            self._selector.modify(self._zebra.socket, events, self._talk)

    def _talk(self) -> None:
        if self._zebra is None:
            return
        before = set(self._zebra.vrfs)
        try:
            if self._zebra.has_to_write:
                self._zebra.write()
            received = self._zebra.read()
        except (OSError, ZebraError) as error:
            self._lose(str(error))
            return
        if self._zebra.vrfs != before:
            self._announced(self._zebra.vrfs - before)
        for each in received:
            self._redistributed(each)

    def _lose(self, reason: str) -> None:
        if self._zebra is None:
            return
        self._selector.unregister(self._zebra.socket)
        self._zebra.close()
        self._zebra = None
        self.retry = time.monotonic() + _RETRY_SECONDS
        self._stands(f"lost: {reason}")
        for vrf, source in self._subscribed:
            if vrf in self._processes:
                self._processes[vrf].forget_offers(source, time.monotonic())
        self._subscribed.clear()

    def _stands(self, text: str) -> None:
        if text != self.standing:
            self.standing = text
            log.info("zebra %s", text)
