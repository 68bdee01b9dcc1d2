"""Runs on a machine that has a part of a lab, with no other file of ours: lets the carrier of wires cross.

A wire is a link between nodes on two machines. On each, `ethN` in the node is one end of a veth pair; its
other end `l3wNUMBER` is joined to the tunnel `l3xNUMBER`. Packets cross a tunnel, the carrier does not: with
a cable, or a veth pair between two nodes of one machine, a port that is shut takes the carrier from the port
at the other end. So each agent tells those at the far ends of its wires which of its ports are up, and shuts
`l3wNUMBER`, which takes the carrier from its node's port, for as long as the far port is not up.

All it needs to know stands in the devices: rtnetlink(7) names the peer of a veth and its namespace, and both
ends of a tunnel. Agents speak TCP among themselves, the one with the lower address calls: a line `NUMBER UP`
for each port that comes up (1) or goes (0), and for all of them when they meet.
"""

from __future__ import annotations

import contextlib
import errno
import selectors
import socket
import struct
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PORT = 14791
AGAIN = 0.2  # seconds until somebody who is not there yet is called again
_PATIENCE = 100  # times that much
WIRE, TUNNEL = "l3w", "l3x"

# linux/netlink.h, linux/rtnetlink.h, linux/if_link.h
_SOL_NETLINK, _LISTEN_ALL_NSID, _LINK_GROUP = 270, 8, 1
_NEWLINK, _DELLINK, _GETLINK, _SETLINK, _ERROR, _DONE = 16, 17, 18, 19, 2, 3
_REQUEST, _ACK, _DUMP = 0x1, 0x4, 0x300
_IFNAME, _LINK, _LINKINFO, _LINK_NETNSID, _TARGET_NETNSID = 3, 5, 18, 37, 46
_INFO_DATA, _VXLAN_REMOTE, _VXLAN_LOCAL = 2, 2, 4
_IFF_UP = 1
_HEADER, _INFO, _ATTRIBUTE = struct.Struct("=IHHII"), struct.Struct("=BxHiII"), struct.Struct("=HH")
_ROOM = 1 << 22  # bytes of news that may wait; a lab that is made has a great deal


@dataclass(frozen=True)
class Link:
    """A device, as a message of rtnetlink's tells it."""

    gone: bool
    index: int
    up: bool
    attributes: dict[int, bytes]

    @property
    def name(self) -> str:
        """`eth1`."""
        return self.attributes.get(_IFNAME, b"").rstrip(b"\0").decode()

    def number(self, kind: str) -> int | None:
        """Of which wire it is, if it is a device of that kind."""
        number = self.name.removeprefix(kind)
        return int(number) if number != self.name and number.isdigit() else None

    def integer(self, attribute: int) -> int:
        """A number among its attributes; -1 if it is not there."""
        return int(struct.unpack("=i", self.attributes.get(attribute, b"\xff" * 4))[0])

    @property
    def ends(self) -> tuple[str, str] | None:
        """Of a tunnel, its own address and the far one."""
        data = attributes(attributes(self.attributes.get(_LINKINFO, b"")).get(_INFO_DATA, b""))
        if _VXLAN_LOCAL not in data or _VXLAN_REMOTE not in data:
            return None
        return socket.inet_ntoa(data[_VXLAN_LOCAL]), socket.inet_ntoa(data[_VXLAN_REMOTE])


def attributes(data: bytes) -> dict[int, bytes]:
    """Attributes of a message, by their number."""
    found, at = {}, 0
    while at + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, at)
        if length < _ATTRIBUTE.size:
            break
        found[kind & 0x3FFF] = data[at + _ATTRIBUTE.size : at + length]
        at += (length + 3) & ~3
    return found


def attribute(kind: int, value: int) -> bytes:
    """One attribute that is a number."""
    return _ATTRIBUTE.pack(8, kind) + struct.pack("=i", value)


def messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and body of each message."""
    at = 0
    while at + _HEADER.size <= len(data):
        length, kind, _, _, _ = _HEADER.unpack_from(data, at)
        if length < _HEADER.size:
            return
        yield kind, data[at + _HEADER.size : at + length]
        at += (length + 3) & ~3


def links(data: bytes) -> Iterator[Link]:
    """The devices that messages tell of."""
    for kind, body in messages(data):
        if kind in (_NEWLINK, _DELLINK):
            _, _, index, flags, _ = _INFO.unpack_from(body)
            yield Link(kind == _DELLINK, index, bool(flags & _IFF_UP), attributes(body[_INFO.size :]))


class Kernel:
    """What is asked of the kernel, and told to it."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        self.news = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        self.news.setsockopt(_SOL_NETLINK, _LISTEN_ALL_NSID, 1)
        self.news.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
        self.news.bind((0, _LINK_GROUP))

    def all(self) -> list[Link]:
        """The devices of this namespace."""
        return list(links(b"".join(self._ask(_GETLINK, _REQUEST | _DUMP))))

    def up(self, index: int, namespace: int) -> bool:
        """Whether a device in another namespace is up."""
        said = b"".join(self._ask(_GETLINK, _REQUEST, index, attribute(_TARGET_NETNSID, namespace)))
        return any(link.up for link in links(said))

    def set(self, index: int, *, up: bool) -> None:
        """Shut a device of this namespace, or open it; nothing to do if it has gone."""
        list(self._ask(_SETLINK, _REQUEST | _ACK, index, up=up))

    def told(self) -> Iterator[tuple[int | None, Link]]:
        """News that has come: in which other namespace, and the device.

        Raises:
            OSError: ENOBUFS, there was more than is kept.
        """
        data, control, _, _ = self.news.recvmsg(1 << 17, 64)
        where = [
            struct.unpack("=i", value)[0]
            for level, kind, value in control
            if (level, kind) == (_SOL_NETLINK, _LISTEN_ALL_NSID)
        ]
        for link in links(data):
            yield (where[0] if where else None), link

    def _ask(
        self, kind: int, flags: int, index: int = 0, more: bytes = b"", *, up: bool = False
    ) -> Iterator[bytes]:
        body = _INFO.pack(0, 0, index, _IFF_UP if up else 0, _IFF_UP if kind == _SETLINK else 0) + more
        self._socket.send(_HEADER.pack(_HEADER.size + len(body), kind, flags, 0, 0) + body)
        while True:
            data = self._socket.recv(1 << 17)
            yield data
            last = flags & _DUMP != _DUMP
            if last or any(kind in (_DONE, _ERROR) for kind, _ in messages(data)):
                return


@dataclass
class Wire:
    """A wire's near end: `l3wNUMBER`, its peer in a node, and whether that is up, as it was last told."""

    index: int
    peer: int
    namespace: int
    up: bool = False


@dataclass
class Peer:
    """Somebody at the far end of wires."""

    connection: socket.socket | None = None
    again: float = 0.0
    said: bytes = b""


@dataclass
class Agent:
    """All that an agent knows, and does."""

    kernel: Kernel
    wires: dict[int, Wire] = field(default_factory=dict)
    tunnels: dict[int, tuple[str, str]] = field(default_factory=dict)
    far: dict[int, bool] = field(default_factory=dict)  # by wire, whether the far port is up
    peers: dict[str, Peer] = field(default_factory=dict)
    waits: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def run(self) -> None:
        """For ever."""
        listener = self.listen()
        self.waits.register(listener, selectors.EVENT_READ, "")
        self.waits.register(self.kernel.news, selectors.EVENT_READ, "")
        self.look()
        while True:
            for key, _ in self.waits.select(self.call()):
                if key.fileobj is listener:
                    self.accept(listener)
                elif key.fileobj is self.kernel.news:
                    self.hear_kernel()
                elif key.fileobj is self.peers[key.data].connection:  # it may have been replaced just now
                    self.hear_peer(key.data)

    @staticmethod
    def listen() -> socket.socket:
        """For those who call; whoever tries just now whether machines reach one another is soon gone."""
        for _ in range(_PATIENCE):
            try:
                return socket.create_server(("0.0.0.0", PORT), reuse_port=False)  # noqa: S104 -- see `accept`
            except OSError:
                time.sleep(AGAIN)
        raise TimeoutError(f"TCP port {PORT} is another program's")

    # ---- near ends -----------------------------------------------------------------------------

    def look(self) -> None:
        """Take in all devices that there are, whatever was missed of them."""
        there = self.kernel.all()
        names = {link.name for link in there}
        for number in [one for one in self.wires if f"{WIRE}{one}" not in names]:
            self.lose(number)
        for link in sorted(there, key=lambda one: one.number(TUNNEL) is None):
            self.see(None, link)
        for number, wire in self.wires.items():
            self.port_is(number, up=self.kernel.up(wire.peer, wire.namespace))

    def hear_kernel(self) -> None:
        """Take in news of devices."""
        try:
            for namespace, link in self.kernel.told():
                self.see(namespace, link)
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
            self.look()

    def see(self, namespace: int | None, link: Link) -> None:
        """Take in a device as it is now."""
        wire, tunnel = link.number(WIRE), link.number(TUNNEL)
        if namespace is not None:
            self.see_port(namespace, link)
        elif wire is not None:
            self.see_wire(wire, link)
        elif tunnel is not None:
            self.see_tunnel(tunnel, link)

    def see_port(self, namespace: int, link: Link) -> None:
        """A node's device; one that goes takes its peer with it."""
        for number, wire in self.wires.items():
            if (wire.namespace, wire.peer) == (namespace, link.index) and not link.gone:
                self.port_is(number, up=link.up)

    def see_tunnel(self, number: int, link: Link) -> None:
        """A way to a far end; who is there has to know how our port is."""
        if link.gone:
            self.tunnels.pop(number, None)
        elif link.ends is not None:
            self.tunnels[number] = link.ends
            self.peers.setdefault(link.ends[1], Peer())
            self.tell(number)

    def see_wire(self, number: int, link: Link) -> None:
        """A near end."""
        if link.gone:
            self.lose(number)
        elif number not in self.wires or self.wires[number].index != link.index:
            wire = Wire(link.index, link.integer(_LINK), link.integer(_LINK_NETNSID))
            self.wires[number] = wire
            self.kernel.set(wire.index, up=self.far.get(number, False))
            self.port_is(number, up=self.kernel.up(wire.peer, wire.namespace))

    def lose(self, number: int) -> None:
        """A near end has gone, with its node or for good."""
        if number in self.wires:
            self.port_is(number, up=False)
            del self.wires[number]

    def port_is(self, number: int, *, up: bool) -> None:
        """The node's port came up, or went."""
        if self.wires[number].up != up:
            self.wires[number].up = up
            self.tell(number)

    # ---- far ends ------------------------------------------------------------------------------

    def tell(self, *numbers: int) -> None:
        """Tell those at the far ends of wires how our ports are."""
        for number in numbers:
            peer = self.peers.get(self.tunnels.get(number, ("", ""))[1])
            if peer is not None and peer.connection is not None:
                up = number in self.wires and self.wires[number].up
                with contextlib.suppress(OSError):  # its end is heard, too
                    peer.connection.sendall(f"{number} {int(up)}\n".encode())

    def call(self) -> float | None:
        """Call those whom we have to; seconds until some are to be called again."""
        now = time.monotonic()
        waiting = []
        for own, address in set(self.tunnels.values()):
            peer = self.peers[address]
            if peer.connection is None and socket.inet_aton(own) < socket.inet_aton(address):
                if peer.again > now:
                    waiting.append(peer.again - now)
                    continue
                peer.connection, peer.again = self.met(own, address), now + AGAIN
                if peer.connection is None:
                    waiting.append(AGAIN)
                else:
                    self.greet(address)
        return min(waiting, default=None)

    @staticmethod
    def met(own: str, address: str) -> socket.socket | None:
        """A connection, unless nobody is there."""
        try:
            return socket.create_connection((address, PORT), timeout=1, source_address=(own, 0))
        except OSError:
            return None

    def accept(self, listener: socket.socket) -> None:
        """Take a call of somebody at the far end of a wire; nodes are not, and have other addresses."""
        connection, (address, _) = listener.accept()
        if address not in {far for _, far in self.tunnels.values()}:
            connection.close()
            return
        self.part(address)
        self.peers[address].connection = connection
        self.greet(address)

    def greet(self, address: str) -> None:
        """A connection begins: tell all."""
        peer = self.peers[address]
        if peer.connection is not None:
            peer.connection.settimeout(5)
            peer.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # A machine that is started anew says nothing of that, and this end may have nothing to say.
            peer.connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for option, value in (
                (socket.TCP_KEEPIDLE, 10),
                (socket.TCP_KEEPINTVL, 5),
                (socket.TCP_KEEPCNT, 3),
            ):
                peer.connection.setsockopt(socket.IPPROTO_TCP, option, value)
            peer.said = b""
            self.waits.register(peer.connection, selectors.EVENT_READ, address)
            self.tell(*(number for number, (_, far) in self.tunnels.items() if far == address))

    def part(self, address: str) -> None:
        """A connection has ended."""
        connection = self.peers[address].connection
        if connection is not None:
            self.waits.unregister(connection)
            connection.close()
            self.peers[address].connection = None

    def hear_peer(self, address: str) -> None:
        """Do what somebody says of its ports."""
        peer = self.peers[address]
        try:
            data = peer.connection.recv(1 << 16) if peer.connection is not None else b""
        except OSError:
            data = b""
        if not data:
            self.part(address)
            return
        *lines, peer.said = (peer.said + data).split(b"\n")
        for line in lines:
            self.heed(line)

    def heed(self, line: bytes) -> None:
        """Give our port the carrier that the far one allows."""
        number, up = map(int, line.split())
        self.far[number] = bool(up)
        if number in self.wires:
            self.kernel.set(self.wires[number].index, up=bool(up))


if __name__ == "__main__":
    Agent(Kernel()).run()
