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
from eigrp.bmp_station import Station
from eigrp.config import parse
from eigrp.core_routes import CoreRoutes
from eigrp.effects import Install, Note, Remove, Transmit
from eigrp.errors import ConfigError, EigrpError
from eigrp.netlink import Kernel, Snapshot
from eigrp.process import Process
from eigrp.rib import Rib

if TYPE_CHECKING:
    from collections.abc import Callable
    from ipaddress import IPv4Address
    from pathlib import Path

    from eigrp.bmp import Message
    from eigrp.settings import ProcessSettings

log: Final = logging.getLogger("eigrp")
_PACKETS_AT_ONCE: Final = 64
_REQUEST_SECONDS: Final = 1.0
_LONGEST_REQUEST: Final = 256
_QUIET_SECONDS: Final = 2.0


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
        self._raw_sockets: dict[tuple[str, str], socket.socket] = {}
        self._running = True
        self._reload = False
        self._kernel = Kernel()
        self._snapshot = self._kernel.snapshot()
        self._rib = Rib(frr, self._selector, self._processes, self._snapshot)
        self._selector.register(self._kernel.socket, selectors.EVENT_READ, self._links_changed)
        self._stations: dict[str, Station] = {}
        self._renew_at: dict[str, float] = {}
        self._core = CoreRoutes()
        self._second_look = math.inf
        self._selector.register(self._core.socket, selectors.EVENT_READ, self._core_changed)
        self._control_socket = self._open_control_socket()
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
            if now >= self._rib.announce_again:
                self._rib.announce_all_again()
            self._renew_sessions(now)
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
        due += [self._second_look, self._rib.announce_again]
        due += self._renew_at.values()
        if not self._rib.connected:
            due.append(self._rib.retry)
        first = min(due, default=math.inf)
        return None if math.isinf(first) else max(0.0, first - now)

    def _end(self) -> None:
        now = time.monotonic()
        for process in self._processes.values():
            process.shut_down(now)
        self._carry_out()
        for raw in self._raw_sockets.values():
            raw.close()
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
                self._close_station(vrf)  # its successor is to be sent everything
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
        self._renew_at.pop(vrf, None)
        station = self._stations.pop(vrf, None)
        if station is not None:
            station.close()

    def _open_station(self, vrf: str, port: int) -> None:
        def on_message(session: int, message: Message) -> None:
            process = self._processes[vrf]
            now = time.monotonic()
            if process.receive_vpn(message, now, session):
                self._renew_at[vrf] = now + _QUIET_SECONDS
            if process.vpn.strange(message):
                self._see_next_hops(vrf)

        def ended(session: int, reason: str) -> None:
            process = self._processes.get(vrf)
            if process is not None:
                process.end_vpn(session, reason, time.monotonic())

        try:
            self._stations[vrf] = Station(port, self._selector, on_message, ended)
        except OSError as error:
            reason = f"cannot listen on port {port}: {error.strerror}"
            log.error("no VPN routes for vrf %s: %s", vrf, reason)  # noqa: TRY400 -- one line, no traceback
            ended(0, reason)

    def _renew_sessions(self, now: float) -> None:
        """Some time after the last news bgpd is asked once more, in case that it has missed something."""
        for vrf, due in self._renew_at.items():
            if now >= due:
                self._renew_at[vrf] = math.inf
                session = self._processes[vrf].vpn.renewable
                if session is not None:
                    self._stations[vrf].renew(session)

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
        self._match_raw_sockets()

    def _match_raw_sockets(self) -> None:
        """A socket for each circuit that meets neighbours, and no other."""
        wanted = {
            (vrf, name): circuit.link.index
            for vrf, process in self._processes.items()
            for name, circuit in process.circuits.items()
            if not circuit.settings.passive
        }
        for key in [key for key in self._raw_sockets if key not in wanted]:
            self._close_raw_socket(key)
        for key, index in wanted.items():
            if key not in self._raw_sockets:
                self._open_raw_socket(key, index)

    def _open_raw_socket(self, key: tuple[str, str], index: int) -> None:
        vrf, name = key
        try:
            raw = wire.open_socket(name, index)
        except OSError as error:
            log.error("no EIGRP on %s: %s", name, error.strerror)  # noqa: TRY400 -- one line, no traceback
            return
        self._raw_sockets[key] = raw
        self._selector.register(raw, selectors.EVENT_READ, lambda: self._packets(vrf, name, raw))

    def _close_raw_socket(self, key: tuple[str, str]) -> None:
        raw = self._raw_sockets.pop(key)
        self._selector.unregister(raw)
        raw.close()

    def _packets(self, vrf: str, name: str, raw: socket.socket) -> None:
        process = self._processes.get(vrf)
        for _ in range(_PACKETS_AT_ONCE):  # a flood on one link must not starve the others
            try:
                packet = wire.receive(raw)
            except OSError:
                return  # the link is going: netlink reports it
            if packet is None or process is None:
                return
            process.receive(name, *packet, time.monotonic())

    # ---- outputs -------------------------------------------------------------------------------

    def _carry_out(self) -> None:
        for vrf, process in self._processes.items():
            self._match_raw_sockets()
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
        line = self._raw_sockets.get((vrf, packet.interface))
        if line is not None:
            with contextlib.suppress(
                OSError
            ):  # lost, as a packet may be: it is sent again, or the link is gone
                wire.send(line, packet.destination, packet.data)

    # ---- show ----------------------------------------------------------------------------------

    def _open_control_socket(self) -> socket.socket:
        with socket.socket(socket.AF_UNIX) as knock:
            if knock.connect_ex(str(self._control)) == 0:
                raise EigrpError(f"a speaker already answers at {self._control}")
        self._control.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        before = os.umask(0o177)
        try:
            listener.bind(str(self._control))
        finally:
            os.umask(before)
        listener.listen()
        listener.settimeout(0)
        self._selector.register(listener, selectors.EVENT_READ, self._answer)
        return listener

    def _answer(self) -> None:
        with contextlib.suppress(OSError):
            guest, _ = self._control_socket.accept()
            with guest:
                guest.settimeout(_REQUEST_SECONDS)
                request = guest.recv(_LONGEST_REQUEST).decode("utf-8", "replace")
                guest.sendall(self._obey(request).encode())

    def _obey(self, request: str) -> str:
        if request.strip() == "reload":
            return self._read_config()
        processes = list(self._processes.values())
        return show.answer(request, processes, self._rib.standing, time.monotonic())
