"""The daemon: sockets, clock, files and zebra around the processes."""

from __future__ import annotations

import contextlib
import logging
import math
import os
import selectors
import signal
import socket
import time
from typing import TYPE_CHECKING, Final

from eigrp import core_routes, show, wire
from eigrp.bmp import PeerUp
from eigrp.config import parse
from eigrp.core_routes import CoreRoutes
from eigrp.effects import Install, Note, Remove, Transmit
from eigrp.errors import ConfigError, EigrpError
from eigrp.netlink import Kernel, Snapshot
from eigrp.process import Process
from eigrp.rib import Rib
from eigrp.station import Station

if TYPE_CHECKING:
    from collections.abc import Callable
    from ipaddress import IPv4Address
    from pathlib import Path

    from eigrp.bmp import Message
    from eigrp.settings import ProcessSettings

log: Final = logging.getLogger("eigrp")
_PACKETS_AT_ONCE: Final = 64
_REQUEST_SECONDS: Final = 1.0
_RENEW_SECONDS: Final = 4.0  # after the last news; a dump that brings none is the last
_SWEEP_SECONDS: Final = 10.0  # until bgpd has dialled again and told all
_LONGEST_REQUEST: Final = 256


def asks_again(message: Message, *, news: bool, renewed: bool) -> bool:
    """Whether bgpd is to tell all once more, a while from now.

    It is after news, and after a peer came up, also if not one of its routes was told: bgpd may forget those
    that come while it goes through its table (seen on FRR 10.3). In a renewed session peers come up anyhow.
    """
    return news or (isinstance(message, PeerUp) and not renewed)


class Speaker:
    """Runs the processes that a configuration file asks for.

    Args:
        config: the configuration file.
        frr: FRR's folder of sockets.
        control: where `show` is answered.

    Raises:
        ConfigError: the file cannot be used.
        EigrpError: another speaker runs with this control socket.
        OSError: no such file, or no privilege.
    """

    def __init__(self, config: Path, frr: Path, control: Path) -> None:
        self._config, self._control = config, control
        settings = parse(config.read_text())
        self._epoch = time.time() - time.monotonic()
        self._selector = selectors.DefaultSelector()
        self._processes: dict[str, Process] = {}
        self._lines: dict[tuple[str, str], socket.socket] = {}
        self._running = True
        self._reload = False
        self._kernel = Kernel()
        self._snapshot = self._kernel.snapshot()
        self._rib = Rib(frr, self._selector, self._processes, self._snapshot)
        self._selector.register(self._kernel.socket, selectors.EVENT_READ, self._links_changed)
        self._stations: dict[str, Station] = {}
        self._renewals: dict[str, float] = {}
        self._sweeps: dict[str, float] = {}
        self._core = CoreRoutes()
        self._second_look = math.inf
        self._selector.register(self._core.socket, selectors.EVENT_READ, self._core_changed)
        self._door = self._open_door()
        self._alarm = self._catch_signals()
        self._rib.connect()
        self._follow(settings)

    # ---- running -------------------------------------------------------------------------------

    def run(self) -> None:
        """Until SIGTERM or SIGINT; SIGHUP reads the configuration again."""
        while self._running:
            for key, _ in self._selector.select(self._patience()):
                act: Callable[[], None] = key.data
                act()
            if self._reload:
                self._reload = False
                self._read_config()
            now = time.monotonic()
            if not self._rib.connected and now >= self._rib.retry:
                self._rib.connect()
            if now >= self._rib.tell_again:
                self._rib.tell_all_again()
            self._hear_vpn_again(now)
            if now >= self._second_look:
                self._see_all_next_hops()
            for process in list(self._processes.values()):
                if process.deadline() <= now:
                    process.tick(now)
            self._carry_out()
        self._end()

    def _patience(self) -> float | None:
        """Seconds to wait for events at most; None: for ever."""
        now = time.monotonic()
        due = [process.deadline() for process in self._processes.values()]
        due += [self._second_look, self._rib.tell_again, *self._renewals.values(), *self._sweeps.values()]
        if not self._rib.connected:
            due.append(self._rib.retry)
        first = min(due, default=math.inf)
        return None if math.isinf(first) else max(0.0, first - now)

    def _end(self) -> None:
        now = time.monotonic()
        for process in self._processes.values():
            process.shut_down(now)
        self._carry_out()
        for line in self._lines.values():
            line.close()
        for station in self._stations.values():
            station.close()
        self._core.close()
        self._rib.close()
        self._control.unlink(missing_ok=True)
        log.info("ended")

    def _catch_signals(self) -> socket.socket:
        """Signals wake the loop through a socket."""
        read, write = socket.socketpair()
        read.settimeout(0)
        write.settimeout(0)
        signal.set_wakeup_fd(write.detach(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: None)
        self._selector.register(read, selectors.EVENT_READ, self._signalled)
        return read

    def _signalled(self) -> None:
        for number in self._alarm.recv(64):
            if number == signal.SIGHUP:
                self._reload = True
            elif number in {signal.SIGTERM, signal.SIGINT}:
                self._running = False

    # ---- configuration -------------------------------------------------------------------------

    def _read_config(self) -> str:
        """Follow the file as it is now; what is wrong with it, or nothing."""
        try:
            settings = parse(self._config.read_text())
        except (ConfigError, OSError) as error:
            log.error("configuration not reloaded: %s", error)  # noqa: TRY400 -- one line, no traceback
            return f"% configuration not reloaded: {error}\n"
        self._follow(settings)
        log.info("configuration reloaded")
        return ""

    def _follow(self, wanted: tuple[ProcessSettings, ...]) -> None:
        now = time.monotonic()
        by_vrf = {settings.vrf: settings for settings in wanted}
        for vrf, process in list(self._processes.items()):
            settings = by_vrf.get(vrf)
            if settings is None or settings.asn != process.settings.asn:
                process.shut_down(now)
                self._carry_out()
                del self._processes[vrf]
                self._close_station(vrf)  # its successor is to be told everything
                log.info("router eigrp %d vrf %s removed", process.settings.asn, vrf)
        for vrf, settings in by_vrf.items():
            known = self._processes.get(vrf)
            if known is None:
                self._processes[vrf] = Process(settings, self._epoch, int(time.time()) & 0x7FFFFFFF)
                log.info("router eigrp %d vrf %s begins", settings.asn, vrf)
            elif known.settings != settings:
                known.reconfigure(settings, now)
        self._rib.subscribe()
        self._match_stations()
        self._apply_links(self._snapshot)
        self._carry_out()

    # ---- the VPN -------------------------------------------------------------------------------

    def _match_stations(self) -> None:
        """A place for bgpd to connect to for each process that wants one, and no other."""
        wanted = {vrf: process.settings.vpn.port for vrf, process in self._processes.items()}
        for vrf, station in list(self._stations.items()):
            if wanted.get(vrf) != station.port:
                self._close_station(vrf)
        for vrf, port in wanted.items():
            if port and vrf not in self._stations:
                self._open_station(vrf, port)
        self._see_all_next_hops()

    def _close_station(self, vrf: str) -> None:
        self._renewals.pop(vrf, None)
        self._sweeps.pop(vrf, None)
        station = self._stations.pop(vrf, None)
        if station is not None:
            station.close()

    def _open_station(self, vrf: str, port: int) -> None:
        def hear(message: Message) -> None:
            process = self._processes[vrf]
            now = time.monotonic()
            news = process.hear_vpn(message, now)
            if asks_again(message, news=news, renewed=vrf in self._sweeps):
                self._renewals[vrf] = now + _RENEW_SECONDS
            if process.vpn.strange(message):
                self._see_next_hops(vrf)

        def lost(reason: str) -> None:
            process = self._processes.get(vrf)
            if process is not None:
                process.lose_vpn(reason, time.monotonic())

        try:
            self._stations[vrf] = Station(port, self._selector, hear, lost)
        except OSError as error:
            reason = f"cannot listen on port {port}: {error.strerror}"
            log.error("no VPN routes for vrf %s: %s", vrf, reason)  # noqa: TRY400 -- one line, no traceback
            lost(reason)

    def _hear_vpn_again(self, now: float) -> None:
        for vrf in _taken(self._renewals, now):
            self._processes[vrf].vpn.renew()
            self._stations[vrf].renew()
            self._sweeps[vrf] = now + _SWEEP_SECONDS
        for vrf in _taken(self._sweeps, now):
            process = self._processes[vrf]
            if self._stations[vrf].connected:
                if process.sweep_vpn(now):  # gone, or bgpd was slow: it is asked until nothing is missing
                    self._renewals[vrf] = now + _RENEW_SECONDS
            else:
                process.lose_vpn("bgpd did not come back", now)

    def _core_changed(self) -> None:
        """A route of the kernel may have changed, and with it the way to a far PE."""
        self._core.drain()
        self._see_all_next_hops()
        self._second_look = time.monotonic() + core_routes.SECOND_LOOK

    def _see_all_next_hops(self) -> None:
        self._second_look = math.inf
        for vrf in self._stations:
            self._see_next_hops(vrf)

    def _see_next_hops(self, vrf: str) -> None:
        process = self._processes[vrf]
        wanted = process.vpn.next_hops
        found: frozenset[IPv4Address] = core_routes.reachable(wanted) if wanted else frozenset()
        process.vpn_changed(process.vpn.reach(wanted, found), time.monotonic())

    # ---- links ---------------------------------------------------------------------------------

    def _links_changed(self) -> None:
        self._kernel.drain()
        snapshot = self._kernel.snapshot()
        if snapshot != self._snapshot:
            self._apply_links(snapshot)

    def _apply_links(self, snapshot: Snapshot) -> None:
        before, self._snapshot = self._snapshot, snapshot
        self._rib.links_are(snapshot)
        now = time.monotonic()
        for vrf, process in self._processes.items():
            mine = {name: link for name, (owner, link) in snapshot.links.items() if owner == vrf}
            for name in list(process.circuits):
                if name not in mine:
                    process.link_gone(name, now)
            for name, link in mine.items():
                if before.links.get(name) != (vrf, link) or name not in process.circuits:
                    process.link_is(link, now)
        self._match_lines()

    def _match_lines(self) -> None:
        """A socket for each circuit that meets neighbours, and no other."""
        wanted = {
            (vrf, name): circuit.link.index
            for vrf, process in self._processes.items()
            for name, circuit in process.circuits.items()
            if not circuit.settings.passive
        }
        for key in [key for key in self._lines if key not in wanted]:
            self._close_line(key)
        for key, index in wanted.items():
            if key not in self._lines:
                self._open_line(key, index)

    def _open_line(self, key: tuple[str, str], index: int) -> None:
        vrf, name = key
        try:
            line = wire.open_socket(name, index)
        except OSError as error:
            log.error("no EIGRP on %s: %s", name, error.strerror)  # noqa: TRY400 -- one line, no traceback
            return
        self._lines[key] = line
        self._selector.register(line, selectors.EVENT_READ, lambda: self._packets(vrf, name, line))

    def _close_line(self, key: tuple[str, str]) -> None:
        line = self._lines.pop(key)
        self._selector.unregister(line)
        line.close()

    def _packets(self, vrf: str, name: str, line: socket.socket) -> None:
        process = self._processes.get(vrf)
        for _ in range(_PACKETS_AT_ONCE):  # a flood on one link must not starve the others
            try:
                packet = wire.receive(line)
            except OSError:
                return  # the link is going: netlink tells
            if packet is None or process is None:
                return
            process.receive(name, *packet, time.monotonic())

    # ---- outputs -------------------------------------------------------------------------------

    def _carry_out(self) -> None:
        for vrf, process in self._processes.items():
            self._match_lines()
            outputs, process.outputs = process.outputs, []
            for output in outputs:
                match output:
                    case Transmit():
                        self._send(vrf, output)
                    case Install():
                        self._rib.install(vrf, output)
                    case Remove():
                        self._rib.remove(vrf, output.prefix)
                    case Note(text):
                        log.info("AS %d vrf %s: %s", process.settings.asn, vrf, text)
        self._rib.flush()

    def _send(self, vrf: str, packet: Transmit) -> None:
        line = self._lines.get((vrf, packet.interface))
        if line is not None:
            with contextlib.suppress(
                OSError
            ):  # lost, as a packet may be: it is sent again, or the link is gone
                wire.send(line, packet.destination, packet.data)

    # ---- show ----------------------------------------------------------------------------------

    def _open_door(self) -> socket.socket:
        with socket.socket(socket.AF_UNIX) as knock:
            if knock.connect_ex(str(self._control)) == 0:
                raise EigrpError(f"a speaker already answers at {self._control}")
        self._control.unlink(missing_ok=True)
        door = socket.socket(socket.AF_UNIX)
        before = os.umask(0o177)
        try:
            door.bind(str(self._control))
        finally:
            os.umask(before)
        door.listen()
        door.settimeout(0)
        self._selector.register(door, selectors.EVENT_READ, self._answer)
        return door

    def _answer(self) -> None:
        with contextlib.suppress(OSError):
            guest, _ = self._door.accept()
            with guest:
                guest.settimeout(_REQUEST_SECONDS)
                request = guest.recv(_LONGEST_REQUEST).decode("utf-8", "replace")
                guest.sendall(self._obey(request).encode())

    def _obey(self, request: str) -> str:
        if request.strip() == "reload":
            return self._read_config()
        processes = list(self._processes.values())
        return show.answer(request, processes, self._rib.standing, time.monotonic())


def _taken(due: dict[str, float], now: float) -> list[str]:
    """The VRFs whose time has come; they wait no longer."""
    come = [vrf for vrf, at in due.items() if now >= at]
    for vrf in come:
        del due[vrf]
    return come
