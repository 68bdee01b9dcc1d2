"""Runs on a CE with no other file of ours: sends steady flows of UDP packets and notes which arrive here.

The receiving addresses need not exist: like a capture on the site's uplink it sees every packet that the VPN
delivers, whoever in the site it is for. Each packet says when it was sent, so a gap is as long as the
sender's clock says, whenever its packets were seen.

Commands on standard input, one a line, each answered by lines of output of which the last is its own word:

    run NONCE                 eight hex digits; forget what was before         ready
    flow NUMBER SOURCE DESTINATION                                             flow
    go MILLISECONDS           one packet of each flow, that often              going
    count                     `sent NUMBER PACKETS` for each flow              counted
    stop                      send no more; the same lines                     stopped
    arrived NUMBER INTERVAL SENT
                              `gap FIRST PACKETS MICROSECONDS` for each run of packets of a flow that did not
                              arrive, of so many that were sent                shown

The end of the input ends the program: nothing stays behind.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import sys
import time
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PORT = 9  # discard (RFC 863)
PAYLOAD = struct.Struct("!5s8sIIQ")  # magic, nonce, flow, number of the packet, microseconds
MAGIC = b"flow!"
UDP_HEADER = 8
ETHERTYPE_IPV4, OUTGOING = 0x0800, 4  # linux/if_ether.h, linux/if_packet.h


class Flow:
    """One flow that leaves here."""

    def __init__(self, number: int, source: str, destination: str) -> None:
        self.number, self.destination, self.sent = number, destination, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((source, 0))

    def send(self, nonce: bytes) -> None:
        """One packet; one that the kernel would not send is one that was lost."""
        packet = PAYLOAD.pack(MAGIC, nonce, self.number, self.sent, now())
        self.sent += 1
        try:
            self.socket.sendto(packet, (self.destination, PORT))
        except OSError:
            return


class Traffic:
    """All that is sent and has arrived in one run."""

    def __init__(self, nonce: str) -> None:
        self.nonce = nonce.encode("ascii")
        self.flows: list[Flow] = []
        self.arrived: dict[int, dict[int, int]] = {}  # by flow and packet, when it was sent
        self.interval = 0
        self.due = 0

    def go(self, interval: int) -> None:
        """Begin to send, that often (microseconds)."""
        self.interval, self.due = interval, now()

    @property
    def patience(self) -> float | None:
        """Seconds until the next packets are due; None while nothing is sent."""
        return max(0, self.due - now()) / 1e6 if self.interval else None

    def send_what_is_due(self) -> None:
        """One packet of each flow. What could not be sent in time is left out: there are no bursts."""
        if self.interval and now() >= self.due:
            for flow in self.flows:
                flow.send(self.nonce)
            self.due += (max(0, now() - self.due) // self.interval + 1) * self.interval

    def receive(self, packet: bytes) -> None:
        """Note a packet of this run."""
        payload = packet[(packet[0] & 0x0F) * 4 + UDP_HEADER :] if packet else b""
        if len(payload) == PAYLOAD.size:
            magic, nonce, flow, number, sent = PAYLOAD.unpack(payload)
            if (magic, nonce) == (MAGIC, self.nonce):
                self.arrived.setdefault(flow, {})[number] = sent

    def gaps(self, flow: int, interval: int, sent: int) -> Iterator[tuple[int, int, int]]:
        """First packet, number of packets and microseconds of each gap in a flow."""
        arrived = self.arrived.get(flow, {})
        numbers = [-1, *sorted(arrived), sent]
        for before, after in pairwise(numbers):
            missing = after - before - 1
            if missing:
                inside = before in arrived and after in arrived
                spent = arrived[after] - arrived[before] - interval if inside else missing * interval
                yield before + 1, missing, spent


def now() -> int:
    """Microseconds, from anywhere."""
    return time.monotonic_ns() // 1000


def say(*lines: str) -> None:
    """Lines of output, at once."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def obey(words: list[str], traffic: Traffic) -> Traffic:
    """Do one command, and give the traffic to go on with."""
    match words:
        case ["run", nonce]:
            traffic = Traffic(nonce)
            say("ready")
        case ["flow", number, source, destination]:
            traffic.flows.append(Flow(int(number), source, destination))
            say("flow")
        case ["go", milliseconds]:
            traffic.go(int(milliseconds) * 1000)
            say("going")
        case ["count" | "stop" as verb]:
            if verb == "stop":
                traffic.interval = 0
            counts = (f"sent {flow.number} {flow.sent}" for flow in traffic.flows)
            say(*counts, "stopped" if verb == "stop" else "counted")
        case ["arrived", flow, interval, sent]:
            gaps = traffic.gaps(int(flow), int(interval), int(sent))
            say(*(f"gap {first} {packets} {spent}" for first, packets, spent in gaps), "shown")
    return traffic


def main() -> None:
    """Send, listen and obey until the input ends."""
    sockets = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETHERTYPE_IPV4))
    sockets.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    commands, orders, traffic = sys.stdin.fileno(), b"", Traffic("")
    while True:
        for readable in select.select([commands, sockets], [], [], traffic.patience)[0]:
            if readable is sockets:
                packet, (_, _, kind, *_) = sockets.recvfrom(1 << 16)
                if kind != OUTGOING:
                    traffic.receive(packet)
                continue
            received = os.read(commands, 1 << 16)
            if not received:
                return
            *lines, orders = (orders + received).split(b"\n")
            for line in lines:
                traffic = obey(line.decode("ascii").split(), traffic)
        traffic.send_what_is_due()


if __name__ == "__main__":
    main()
