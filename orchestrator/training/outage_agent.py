"""Runs on a CE with no other file of ours: pings hosts all the time and notes for how long none answered.

    outage_agent.py FILE SOURCE DESTINATION…

Every second FILE is written anew, whole or not at all: for each destination one line with its address, the
milliseconds of its longest outage, and those of an outage that is not over (0 if there is none). It runs
until it is killed, a day at the most.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import sys
import time

INTERVAL = 0.1
"""Seconds between two pings of a destination."""
NOTICED = 0.35
"""Seconds without an answer from which on it counts: one packet lost is nobody's outage."""
LONGEST = 86400.0
ECHO, REPLY = 8, 0
HEADER = struct.Struct("!BBHHH8s")


def checksum(data: bytes) -> int:
    """Of RFC 1071."""
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def echo(number: int, sequence: int, nonce: bytes) -> bytes:
    """An echo request."""
    plain = HEADER.pack(ECHO, 0, 0, number, sequence & 0xFFFF, nonce)
    return HEADER.pack(ECHO, 0, checksum(plain), number, sequence & 0xFFFF, nonce)


class Watched:
    """One destination: when it last answered, and its longest outage."""

    def __init__(self, address: str, begun: float) -> None:
        self.address, self.heard, self.longest = address, begun, 0.0

    def silence(self, now: float) -> float:
        """Seconds for which it is out now."""
        gone = now - self.heard
        return gone if gone > NOTICED else 0.0

    def answered(self, now: float) -> None:
        """It is there."""
        self.longest = max(self.longest, self.silence(now))
        self.heard = now

    def line(self, now: float) -> str:
        """What is written of it."""
        silence = self.silence(now)
        return f"{self.address} {max(self.longest, silence) * 1000:.0f} {silence * 1000:.0f}\n"


def receive(link: socket.socket, nonce: bytes, known: list[Watched]) -> None:
    """Note an answer, if it is one to us."""
    packet = link.recv(2048)
    start = (packet[0] & 0x0F) * 4
    if len(packet) >= start + HEADER.size:
        kind, _, _, number, _, said = HEADER.unpack(packet[start : start + HEADER.size])
        if kind == REPLY and said == nonce and number < len(known):
            known[number].answered(time.monotonic())


def write(file: str, known: list[Watched]) -> None:
    """Write the file anew."""
    now = time.monotonic()
    with open(f"{file}.new", "w", encoding="ascii") as out:  # noqa: PTH123 -- no import that can be spared
        out.writelines(one.line(now) for one in known)
    os.replace(f"{file}.new", file)  # noqa: PTH105 -- the same


def main(file: str, source: str, *destinations: str) -> None:
    """Ping until killed."""
    begun = time.monotonic()
    known = [Watched(one, begun) for one in destinations]
    nonce, due, written, sequence = os.urandom(8), begun, begun, 0
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as link:
        link.bind((source, 0))
        write(file, known)
        while time.monotonic() - begun < LONGEST:
            if time.monotonic() >= due:
                for number, one in enumerate(known):
                    try:
                        link.sendto(echo(number, sequence, nonce), (one.address, 0))
                    except OSError:  # no route: it counts as no answer
                        continue
                sequence, due = sequence + 1, max(due + INTERVAL, time.monotonic())
            if select.select([link], [], [], max(0.0, due - time.monotonic()))[0]:
                receive(link, nonce, known)
            if time.monotonic() - written >= 1:
                write(file, known)
                written = time.monotonic()


if __name__ == "__main__":
    main(*sys.argv[1:])
