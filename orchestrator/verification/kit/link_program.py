"""Runs on a provider's node with no other file of ours: a plain and a labelled echo request over each link.

Each argument is `INTERFACE,OWN,NEIGHBOUR`. A labelled request carries IPv4 explicit null (RFC 3032 2.1):
whoever gets it must take labels there, pop this one, and find itself addressed. It is sent to the link layer
address that the kernel uses for the neighbour, as labelled packets of the kernel are, and no route is needed
for it: nothing is left behind. The answer comes back without a label: each direction is reported for itself.

On standard output, for each:

    INTERFACE LINK-LAYER-ADDRESS plain answered|lost labelled answered|lost
"""

from __future__ import annotations

import _socket as socket  # by itself: what `socket`, `os` and others add takes a node longer than all echoes
import posix
import select
import struct
import sys
import time

ECHO_REPLY, ECHO_REQUEST = 0, 8
ETHERTYPE_MPLS = 0x8847
EXPLICIT_NULL = struct.pack("!I", 0 << 12 | 1 << 8 | 255)  # label 0, bottom of the stack, TTL 255
PLAIN, LABELLED = "plain", "labelled"
INTERVAL, PATIENCE = 0.15, 1.5  # seconds: some links lose packets on purpose, and some delay them
COMPLETE = 2  # Linux' ATF_COM (linux/if_arp.h)
PAUSE = 0.01  # until the kernel is asked again for a link layer address


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071) of an even number of octets."""
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:  # noqa: PLR2004 -- 16 bits
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def echo_request(number: int, identity: int) -> bytes:
    """An ICMP echo request."""
    head = struct.pack("!BBHHH", ECHO_REQUEST, 0, 0, identity, number)
    return head[:2] + struct.pack("!H", checksum(head)) + head[4:]


def ip_packet(source: str, destination: str, payload: bytes) -> bytes:
    """An IPv4 packet that gets no further than one hop."""
    addresses = socket.inet_aton(source) + socket.inet_aton(destination)
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0, 1, socket.IPPROTO_ICMP, 0) + addresses
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def link_layer_address(interface: str, neighbour: str) -> str:
    """What the kernel has for a neighbour; nothing if it does not answer."""
    with open("/proc/net/arp", encoding="ascii") as table:  # noqa: PTH123 -- importing pathlib takes longer
        for line in table.readlines()[1:]:
            address, _, flags, mac, _, device = line.split()
            if (address, device) == (neighbour, interface) and int(flags, 16) & COMPLETE:
                return mac
    return ""


class Link:
    """One core link, as this end sees it."""

    def __init__(self, words: str, number: int, identity: int) -> None:
        self.interface, self.own, self.neighbour = words.split(",")
        self.numbers = {PLAIN: 2 * number, LABELLED: 2 * number + 1}
        self.answered: set[str] = set()
        self.mac = ""
        self._identity = identity
        self._due = dict.fromkeys(self.numbers, 0.0)
        self._icmp = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self._icmp.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, self.interface.encode())
        self._frames = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self._frames.bind((self.interface, 0))

    def send(self, now: float) -> None:
        """What has not been answered yet, once in a while."""
        try:
            if self._is_due(PLAIN, now):
                self._icmp.sendto(self._request(PLAIN), (self.neighbour, 0))
            self.mac = self.mac or link_layer_address(self.interface, self.neighbour)
            if self.mac and self._is_due(LABELLED, now):
                ends = bytes.fromhex(self.mac.replace(":", "")) + self._frames.getsockname()[4]
                packet = ip_packet(self.own, self.neighbour, self._request(LABELLED))
                self._frames.send(ends + struct.pack("!H", ETHERTYPE_MPLS) + EXPLICIT_NULL + packet)
        except OSError:
            return  # an interface that is down, a neighbour that is not there: the missing answer shows it

    def _is_due(self, kind: str, now: float) -> bool:
        if kind in self.answered or now < self._due[kind]:
            return False
        self._due[kind] = now + INTERVAL
        return True

    def _request(self, kind: str) -> bytes:
        return echo_request(self.numbers[kind], self._identity)

    def receive(self, source: str, number: int) -> None:
        """An answer."""
        if source == self.neighbour:
            self.answered |= {kind for kind, own in self.numbers.items() if own == number}

    @property
    def done(self) -> bool:
        """Whether both were answered."""
        return len(self.answered) == len(self.numbers)

    def __str__(self) -> str:
        fates = (f"{kind} {'answered' if kind in self.answered else 'lost'}" for kind in self.numbers)
        return f"{self.interface} {self.mac or '-'} {' '.join(fates)}"


def main() -> None:
    """Send to all neighbours, listen until all have answered or have had their time."""
    identity = posix.getpid() & 0xFFFF
    answers = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    links = [Link(words, number, identity) for number, words in enumerate(sys.argv[1:])]
    until = time.monotonic() + PATIENCE
    while (now := time.monotonic()) < until and not all(link.done for link in links):
        for link in links:
            link.send(now)
        if select.select([answers], [], [], PAUSE)[0]:
            packet, (source, _) = answers.recvfrom(2048)
            kind, _, _, whose, number = struct.unpack_from("!BBHHH", packet, 4 * (packet[0] & 15))
            if (kind, whose) == (ECHO_REPLY, identity):
                for link in links:
                    link.receive(source, number)
    for link in links:
        print(link)


main()
