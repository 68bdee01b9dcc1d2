"""Runs on a node with no other file of ours: sends ICMP probes and says which arrive or come by here.

Commands on standard input, one a line:

    run NONCE                 eight hex digits; forget the run before
    watch FIRST               say of requests from number FIRST on by which interface they come in
    send NUMBER SOURCE DESTINATION SIZE GATEWAY TTL
                              queue an echo request of either family; SIZE in octets of IP with DF, 0 for
                              a short one without DF; GATEWAY a neighbour that it is handed to past the
                              routing table, from whatever SOURCE, or - to follow the table; TTL of an
                              IPv4 request that follows it, 0 for this node's own
    go                        send all that is queued
    end                       say no more of this run

The end of the input ends the program: nothing stays behind.

On standard output:

    ready NONCE               listening for this run: what was said before is of an earlier one
    arrived NUMBER            a request of this run reached this CE
    answered NUMBER           a reply of this run came back to this CE
    seen NUMBER INTERFACE     a request of this run came in here, labelled or not, on its way or at its end
    missed NUMBER             so many frames could not be looked at while watching
    unsent NUMBER REASON      the kernel would not send it
    refused NUMBER TYPE CODE ROUTER
                              a router returned it with an ICMP error
    sent                      the queue is empty
    over                      the run has ended
"""

from __future__ import annotations

# As few modules as will do: `socket`, `os` and `typing` would take a node twice as long as Python itself.
import _socket as socket
import errno
import posix
import select
import struct
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

ECHO_REPLY, UNREACHABLE, ECHO_REQUEST, TIME_EXCEEDED = 0, 3, 8, 11
# RFC 4443: unreachable, packet too big, hop limit exceeded; echo.
ERRORS_V6, ECHO_REQUEST_V6, ECHO_REPLY_V6 = (1, 2, 3), 128, 129
MAGIC = b"l3vpn"
IDENTITY = struct.Struct("!5s8sI")  # magic, nonce, number: the first octets of the ICMP payload
IP_HEADER, IPV6_HEADER, ICMP_HEADER = 20, 40, 8
# Linux' numbers, which Python's socket module lacks (linux/in.h, linux/icmp.h).
IP_MTU_DISCOVER, PMTUDISC_DONT, PMTUDISC_PROBE = 10, 0, 3
SOL_RAW, ICMP_FILTER, SO_RCVBUFFORCE = 255, 1, 33
SOL_PACKET, PACKET_STATISTICS = 263, 6
ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_ANY = 0x0800, 0x86DD, 0x0003
IPV6_MTU_DISCOVER, IPV6_DONTFRAG, ICMPV6_FILTER, IPPROTO_ICMPV6 = 23, 62, 1, 58
DISCARD = 9  # RFC 863: a port whose packets mean nothing
NEIGHBOR_PATIENCE = 0.5  # seconds: less than whoever listens to this program waits for its next word


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:  # noqa: PLR2004 -- 16 bits
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def echo_request_v6(nonce: bytes, number: int, size: int) -> bytes:
    """The same of ICMPv6, without its checksum, which takes the addresses in: the kernel adds it."""
    payload = IDENTITY.pack(MAGIC, nonce, number).ljust(size - IPV6_HEADER - ICMP_HEADER, b"\0")
    return struct.pack("!BBHHH", ECHO_REQUEST_V6, 0, 0, number & 0xFFFF, 1) + payload


def echo_request(nonce: bytes, number: int, size: int) -> bytes:
    """An ICMP echo request that carries its number, `size` octets long with its IP header if that is more."""
    payload = IDENTITY.pack(MAGIC, nonce, number).ljust(size - IP_HEADER - ICMP_HEADER, b"\0")
    identifier = number & 0xFFFF
    bare = struct.pack("!BBHHH", ECHO_REQUEST, 0, 0, identifier, 1) + payload
    return struct.pack("!BBHHH", ECHO_REQUEST, 0, checksum(bare), identifier, 1) + payload


def number_of(message: bytes, nonce: bytes) -> int | None:
    """The number in an ICMP echo message; None if it is not of this run."""
    identity = message[ICMP_HEADER : ICMP_HEADER + IDENTITY.size]
    if len(identity) < IDENTITY.size:
        return None
    magic, run, number = IDENTITY.unpack(identity)
    return int(number) if (magic, run) == (MAGIC, nonce) else None


def after_ip_header(packet: bytes) -> bytes:
    """What an IPv4 packet carries."""
    return packet[(packet[0] & 0x0F) * 4 :] if packet else b""


def news_in(packet: bytes, nonce: bytes) -> str | None:
    """What a received ICMP packet says of this run, as a line of output; None if nothing."""
    message = after_ip_header(packet)
    if len(message) < ICMP_HEADER:
        return None
    kind, code = message[0], message[1]
    if kind in (ECHO_REQUEST, ECHO_REPLY):
        number = number_of(message, nonce)
        word = "arrived" if kind == ECHO_REQUEST else "answered"
        return None if number is None else f"{word} {number}"
    if kind in (UNREACHABLE, TIME_EXCEEDED):
        number = number_of(after_ip_header(message[ICMP_HEADER:]), nonce)
        return None if number is None else f"refused {number} {kind} {code} {socket.inet_ntoa(packet[12:16])}"
    return None


def news_in_v6(message: bytes, sender: str, nonce: bytes) -> str | None:
    """The same of a received ICMPv6 message, which comes without its IP header."""
    if len(message) < ICMP_HEADER:
        return None
    kind, code = message[0], message[1]
    if kind in (ECHO_REQUEST_V6, ECHO_REPLY_V6):
        number = number_of(message, nonce)
        word = "arrived" if kind == ECHO_REQUEST_V6 else "answered"
        return None if number is None else f"{word} {number}"
    if kind in ERRORS_V6:
        number = number_of(message[ICMP_HEADER + IPV6_HEADER :], nonce)
        return None if number is None else f"refused {number} {kind} {code} {sender}"
    return None


def seen_in(frame: bytes, nonce: bytes) -> int | None:
    """The number of the request of this run that a frame carries behind whatever labels; None if none."""
    start = frame.find(MAGIC + nonce) - ICMP_HEADER
    if start < 0 or frame[start] != ECHO_REQUEST:
        return None
    return number_of(frame[start:], nonce)


def send(source: str, destination: str, size: int, ttl: int, message: bytes) -> None:
    """Send one ICMP message from one of this CE's own addresses.

    Raises:
        OSError: no route, or larger than the link's MTU with DF set.
    """
    out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    try:
        out.setsockopt(SOL_RAW, ICMP_FILTER, struct.pack("I", 0xFFFFFFFF))
        # PROBE sets DF and ignores what earlier packets taught about the path: the network itself is asked.
        out.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, PMTUDISC_PROBE if size else PMTUDISC_DONT)
        if ttl:
            out.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
        out.bind((source, 0))
        out.sendto(message, (destination, 0))
    finally:
        out.close()


def send_v6(source: str, destination: str, size: int, message: bytes) -> None:
    """Send one ICMPv6 message from one of this CE's own addresses.

    Raises:
        OSError: no route, or larger than the link's MTU.
    """
    out = socket.socket(socket.AF_INET6, socket.SOCK_RAW, IPPROTO_ICMPV6)
    try:
        out.setsockopt(IPPROTO_ICMPV6, ICMPV6_FILTER, b"\xff" * 32)
        out.setsockopt(socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_PROBE if size else PMTUDISC_DONT)
        out.setsockopt(socket.IPPROTO_IPV6, IPV6_DONTFRAG, int(bool(size)))
        out.bind((source, 0))
        out.sendto(message, (destination, 0))
    finally:
        out.close()


def inject(source: str, destination: str, neighbor: tuple[str, bytes], message: bytes) -> None:
    """Hand one ICMP message to a neighbour, whatever this CE's routing table says of its destination.

    Raises:
        OSError: the interface is down.
    """
    addresses = socket.inet_aton(source) + socket.inet_aton(destination)
    length = IP_HEADER + len(message)
    header = struct.pack("!BBHHHBBH", 0x45, 0, length, 0, 0, 64, socket.IPPROTO_ICMP, 0) + addresses
    header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
    hand(neighbor, ETHERTYPE_IPV4, header + message)


def inject_v6(source: str, destination: str, neighbor: tuple[str, bytes], message: bytes) -> None:
    """Hand one ICMPv6 message to a neighbour, as `inject` does.

    Raises:
        OSError: the interface is down.
    """
    addresses = socket.inet_pton(socket.AF_INET6, source) + socket.inet_pton(socket.AF_INET6, destination)
    pseudo = addresses + struct.pack("!II", len(message), IPPROTO_ICMPV6)  # RFC 8200 8.1
    message = message[:2] + struct.pack("!H", checksum(pseudo + message)) + message[4:]
    header = struct.pack("!IHBB", 6 << 28, len(message), IPPROTO_ICMPV6, 64) + addresses
    hand(neighbor, ETHERTYPE_IPV6, header + message)


def hand(neighbor: tuple[str, bytes], ethertype: int, packet: bytes) -> None:
    """Hand one packet of either family to a neighbour, past the routing table.

    Raises:
        OSError: the interface is down.
    """
    device, mac = neighbor
    out = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    try:
        out.sendto(packet, (device, ethertype, 0, 0, mac))
    finally:
        out.close()


def resolve(address: str) -> tuple[str, bytes]:
    """Device and MAC address of a neighbour; whoever has not been spoken to is asked by ARP first.

    Raises:
        OSError: it does not answer.
    """
    known = in_arp_table(address)
    if known is None:
        out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        out.sendto(b"", socket.MSG_DONTROUTE, (address, DISCARD))
        out.close()
        patience = time.monotonic() + NEIGHBOR_PATIENCE
        while (known := in_arp_table(address)) is None:
            if time.monotonic() > patience:
                raise OSError(errno.EHOSTUNREACH, f"{address} does not answer ARP")
            time.sleep(0.01)
    return known


def resolve_v6(address: str) -> tuple[str, bytes]:
    """Device and MAC address of an IPv6 neighbour: those of what it answers to an echo request.

    Raises:
        OSError: it does not answer.
    """
    wanted = socket.inet_pton(socket.AF_INET6, address)
    out = socket.socket(socket.AF_INET6, socket.SOCK_RAW, IPPROTO_ICMPV6)
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETHERTYPE_IPV6))
    try:
        out.setsockopt(IPPROTO_ICMPV6, ICMPV6_FILTER, b"\xff" * 32)
        out.sendto(echo_request_v6(b"neighbor", 0, 0), socket.MSG_DONTROUTE, (address, 0))
        patience = time.monotonic() + NEIGHBOR_PATIENCE
        while (left := patience - time.monotonic()) > 0:
            tap.settimeout(left)
            packet, (device, _, kind, _, mac) = tap.recvfrom(1 << 16)
            if kind != socket.PACKET_OUTGOING and packet[8:24] == wanted:
                return device, mac
    except TimeoutError:
        pass
    finally:
        out.close()
        tap.close()
    raise OSError(errno.EHOSTUNREACH, f"{address} does not answer")


def in_arp_table(address: str) -> tuple[str, bytes] | None:
    """Device and MAC address of a neighbour that the kernel knows."""
    with open("/proc/net/arp", encoding="ascii") as table:  # noqa: PTH123 -- pathlib costs 20 ms at start
        for words in map(str.split, table):
            if words[0] == address and words[2] != "0x0":
                return words[5], bytes.fromhex(words[3].replace(":", ""))
    return None


def lines(buffer: bytearray) -> Iterator[list[str]]:
    """Take the complete lines out of the buffer, as words."""
    while (end := buffer.find(b"\n")) >= 0:
        yield buffer[:end].decode("ascii").split()
        del buffer[: end + 1]


class Run:
    """One run: its nonce, what is queued, what was said already."""

    def __init__(self, nonce: str) -> None:
        self.nonce = nonce.encode("ascii")
        self.queue: list[tuple[int, str, str, int, str, int]] = []
        self.said: set[str] = set()
        self.neighbors: dict[str, tuple[str, bytes] | OSError] = {}
        self.tap: socket.socket | None = None
        self.first_watched = 0

    def watch(self, first: int) -> None:
        """Look at all that comes in, before any filter of the kernel's."""
        self.first_watched = first
        self.tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERTYPE_ANY))
        self.tap.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
        self.tap.settimeout(0)

    def look(self) -> None:
        """Say what has come in."""
        while self.tap is not None:
            try:
                frame, (interface, _, kind, *_) = self.tap.recvfrom(1 << 16)
            except BlockingIOError:
                return
            number = None if kind == socket.PACKET_OUTGOING else seen_in(frame, self.nonce)
            if number is not None and number >= self.first_watched:
                say(f"seen {number} {interface}")

    def end(self) -> None:
        """Say the last of it."""
        if self.tap is not None:
            self.look()
            _, missed = struct.unpack("II", self.tap.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
            self.tap.close()
            if missed:
                say(f"missed {missed}")
        say("over")

    def report(self, news: str | None) -> None:
        """Say what a packet tells of this run, once."""
        if news is not None and news not in self.said:
            self.said.add(news)
            say(news)

    def go(self) -> None:
        """Send what is queued."""
        for number, source, destination, size, gateway, ttl in self.queue:
            of_ipv6 = ":" in destination
            message = (echo_request_v6 if of_ipv6 else echo_request)(self.nonce, number, size)
            try:
                if gateway == "-" and of_ipv6:
                    send_v6(source, destination, size, message)
                elif gateway == "-":
                    send(source, destination, size, ttl, message)
                else:
                    neighbor = self.neighbor(gateway)
                    (inject_v6 if of_ipv6 else inject)(source, destination, neighbor, message)
            except OSError as error:
                say(f"unsent {number} {error.strerror}")
        self.queue.clear()
        say("sent")

    def neighbor(self, address: str) -> tuple[str, bytes]:
        """Device and MAC address of a neighbour, looked for once in a run.

        Raises:
            OSError: it does not answer.
        """
        if address not in self.neighbors:
            try:
                self.neighbors[address] = (resolve_v6 if ":" in address else resolve)(address)
            except OSError as silence:
                self.neighbors[address] = silence
        known = self.neighbors[address]
        if isinstance(known, OSError):
            raise known
        return known


NO_RUN = Run("")


def say(line: str) -> None:
    """One line of output, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def obey(words: list[str], run: Run) -> Run:
    """Do one command, and give the run to go on with."""
    if words == ["go"]:
        run.go()
    elif words == ["end"]:
        run.end()
        return NO_RUN
    elif words[0] == "run":
        say(f"ready {words[1]}")
        return Run(words[1])
    elif words[0] == "watch":
        run.watch(int(words[1]))
    elif words[0] == "send":
        run.queue.append((int(words[1]), words[2], words[3], int(words[4]), words[5], int(words[6])))
    return run


def listening(family: int, protocol: int) -> socket.socket | None:
    """A socket that gets all ICMP of a family; None where the kernel has no such family (ipv6.disable=1)."""
    try:
        found = socket.socket(family, socket.SOCK_RAW, protocol)
    except OSError as error:
        if error.errno != errno.EAFNOSUPPORT:
            raise
        return None
    found.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 22)
    return found


def main() -> None:
    """Listen and obey until the input ends."""
    icmp = listening(socket.AF_INET, socket.IPPROTO_ICMP)
    icmp_v6 = listening(socket.AF_INET6, IPPROTO_ICMPV6)
    commands, orders, run = sys.stdin.fileno(), bytearray(), NO_RUN
    while True:
        listeners = [one for one in (icmp, icmp_v6, run.tap) if one is not None]
        # What has come in before the end of a run belongs to it: commands are obeyed last.
        for readable in select.select([*listeners, commands], [], [])[0]:
            if isinstance(readable, int):
                received = posix.read(commands, 1 << 16)
                if not received:
                    return
                orders += received
                for words in lines(orders):
                    run = obey(words, run)
            elif readable is run.tap:
                run.look()
            else:
                packet, (sender, *_) = readable.recvfrom(1 << 16)
                news = (
                    news_in_v6(packet, sender, run.nonce)
                    if readable is icmp_v6
                    else news_in(packet, run.nonce)
                )
                run.report(news)


if __name__ == "__main__":
    main()
