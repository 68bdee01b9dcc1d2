"""Whether machines reach one another as links between their nodes need it: runs on all of them at once.

Tunnels are UDP, in packets as large as a lab's and so in fragments; what tells of carrier is TCP. Datagrams
are heard on a raw socket: nothing is bound to the tunnels' port, which a lab's tunnels have, or are about to.

It stands alone, on the Python of a machine: underlay_probe.py UDP TCP OCTETS SECONDS TOKEN OWN PEER...
    UDP, TCP  ports
    OCTETS    of the largest datagram
    SECONDS   to wait for what does not arrive
    TOKEN     by which the programs of one trial know each other
    OWN       address of this machine; PEER those of the others

Prints a line for each thing that failed: `udp PEER`, `large PEER` or `tcp PEER`.
"""

from __future__ import annotations

import select
import socket
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

_EACH = 0.1  # seconds from one datagram to the next
_TRIES = 1.0  # seconds for a connection
_LAST = 3  # datagrams that say that one has all, in case some are lost
_IP_MTU_DISCOVER, _DO_NOT = 10, 0  # linux/in.h: the packet may be fragmented, as a tunnel's


@dataclass
class Peer:
    """What has been seen of another machine."""

    heard: set[str] = field(default_factory=set)
    connected: bool = False
    content: bool = False  # it has seen all of us

    @property
    def complete(self) -> bool:
        """Whether all that is needed came from it."""
        return self.connected and self.heard == {"small", "large"}

    def lacks(self) -> list[str]:
        """What did not come; without small datagrams nobody expects large ones."""
        words = [] if self.connected else ["tcp"]
        if "small" not in self.heard:
            words.append("udp")
        elif "large" not in self.heard:
            words.append("large")
        return words


@dataclass
class Trial:
    """What is tried, from one machine."""

    udp: int
    tcp: int
    octets: int
    deadline: float
    token: str
    own: str
    peers: dict[str, Peer]

    def run(self) -> None:
        """Send and listen until all have all, or time is over."""
        for address, peer in self.peers.items():
            threading.Thread(target=self.connect, args=(address, peer), daemon=True).start()
        heard = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, _DO_NOT)
        sender.bind((self.own, 0))
        last = _LAST
        while last and time.monotonic() < self.deadline:
            if all(one.complete and one.content for one in self.peers.values()):
                last -= 1
            for address, peer in self.peers.items():
                for octets in (0, self.octets):
                    with suppress(OSError):  # no route to it, which is what is looked for
                        sender.sendto(
                            datagram(self.token, octets, content=peer.complete), (address, self.udp)
                        )
            until = time.monotonic() + _EACH
            while (left := until - time.monotonic()) > 0 and select.select([heard], [], [], left)[0]:
                self.take(heard.recv(1 << 16))

    def take(self, packet: bytes) -> None:
        """Take in an IPv4 packet, if it has a datagram of this trial."""
        start = (packet[0] & 15) * 4
        port = int.from_bytes(packet[start + 2 : start + 4], "big")
        mark, token, size, arrived, *_ = (*packet[start + 8 :][:100].split(), *[b""] * 4)
        peer = self.peers.get(socket.inet_ntoa(packet[12:16]))
        if peer is not None and (port, mark, token) == (self.udp, b"l3vpn", self.token.encode()):
            peer.heard.add(size.decode())
            peer.content |= arrived == b"all"

    def connect(self, address: str, peer: Peer) -> None:
        """Connect to another machine, whose program may not have begun yet."""
        while not peer.connected and time.monotonic() < self.deadline:
            try:
                socket.create_connection((address, self.tcp), _TRIES, (self.own, 0)).close()
                peer.connected = True
            except OSError:
                time.sleep(_EACH)


def datagram(token: str, octets: int, *, content: bool) -> bytes:
    """What is sent, in so many octets or as few as it takes."""
    size = "large" if octets else "small"
    return f"l3vpn {token} {size} {'all' if content else 'not'} ".encode().ljust(octets, b".")


def main() -> None:
    """Try it, as the command line says."""
    udp, tcp, octets, seconds, token, own, *others = sys.argv[1:]
    deadline = time.monotonic() + float(seconds)
    trial = Trial(int(udp), int(tcp), int(octets), deadline, token, own, {one: Peer() for one in others})
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with listener:
        with suppress(OSError):  # an agent, or another trial, has the port and answers on it
            listener.bind((own, trial.tcp))
            listener.listen()
        trial.run()
    for address, peer in trial.peers.items():
        sys.stdout.writelines(f"{word} {address}\n" for word in peer.lacks())


if __name__ == "__main__":
    main()
