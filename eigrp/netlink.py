"""Links and addresses of this network namespace, as the kernel reports them (rtnetlink)."""

from __future__ import annotations

import errno
import socket
import struct
import sys
from dataclasses import dataclass, field
from ipaddress import IPv4Interface, IPv4Network
from typing import TYPE_CHECKING, Final

from eigrp.settings import Link

if TYPE_CHECKING:
    from collections.abc import Iterator

MESSAGE: Final = struct.Struct("=IHHII")
_LINK: Final = struct.Struct("=BxHiII")
_ADDRESS: Final = struct.Struct("=BBBBI")
_ATTRIBUTE: Final = struct.Struct("=HH")
ERROR, DONE = 2, 3
_NEW_LINK, _GET_LINK, _NEW_ADDRESS, _GET_ADDRESS = 16, 18, 20, 22
_REQUEST_DUMP: Final = 0x301
_GROUPS: Final = 0x1 | 0x10  # links, IPv4 addresses
_NAME, _MTU, _MASTER, _LINK_INFO = 3, 4, 10, 18
_INFO_KIND: Final = 1
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_UP, _LOWER_UP = 0x1, 0x10000
_LOOPBACK: Final = IPv4Network("127.0.0.0/8")
_CHUNK: Final = 1 << 17
DEFAULT_VRF: Final = "default"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is there.

    Attributes:
        vrfs: index of each VRF device, which is its VRF id in zebra; `default` is 0.
        links: links that are up, with the name of their VRF.
    """

    vrfs: dict[str, int] = field(default_factory=dict)
    links: dict[str, tuple[str, Link]] = field(default_factory=dict)


@dataclass(slots=True)
class _Device:
    index: int
    name: str
    mtu: int
    master: int
    kind: str
    up: bool


class Kernel:
    """Watches links and addresses. `socket` becomes readable when something may have changed."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        self.socket.bind((0, _GROUPS))
        self.socket.settimeout(0)

    def drain(self) -> None:
        """Take what has been announced; the snapshot is what counts."""
        drain(self.socket)

    def snapshot(self) -> Snapshot:
        """What is there now."""
        return read(_dump(_GET_LINK), _dump(_GET_ADDRESS))

    def close(self) -> None:
        """Watch no longer."""
        self.socket.close()


def drain(watch: socket.socket) -> None:
    """Take and forget all that a socket has received; whoever asks afresh then misses nothing."""
    while True:
        try:
            watch.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.ENOBUFS:  # news lost, which asking afresh makes up for
                raise


def read(links: list[bytes], addresses: list[bytes]) -> Snapshot:
    """A snapshot from the bodies of the kernel's answers."""
    devices = {device.index: device for device in map(_device, links)}
    vrfs = {DEFAULT_VRF: 0} | {each.name: each.index for each in devices.values() if each.kind == "vrf"}
    by_index = {index: name for name, index in vrfs.items()}
    owned: dict[int, list[IPv4Interface]] = {}
    for body in addresses:
        index, address = _address(body)
        if address is not None and address not in _LOOPBACK:
            owned.setdefault(index, []).append(address)
    found = {
        each.name: (
            by_index.get(each.master, DEFAULT_VRF),
            Link(each.name, each.index, each.mtu, tuple(owned.get(each.index, ()))),
        )
        for each in devices.values()
        if each.up
    }
    return Snapshot(vrfs, found)


def _dump(kind: int) -> list[bytes]:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as line:
        line.bind((0, 0))
        family = socket.AF_INET if kind == _GET_ADDRESS else socket.AF_UNSPEC
        body = bytes([family]).ljust(_LINK.size, b"\0")
        line.send(MESSAGE.pack(MESSAGE.size + len(body), kind, _REQUEST_DUMP, 1, 0) + body)
        bodies: list[bytes] = []
        while True:
            for answer, part in messages(line.recv(_CHUNK)):
                if answer in {DONE, ERROR}:
                    return bodies
                bodies.append(part)


def messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Kinds and bodies of the messages in what the kernel sent."""
    at = 0
    while at + MESSAGE.size <= len(data):
        length, kind, *_ = MESSAGE.unpack_from(data, at)
        yield kind, data[at + MESSAGE.size : at + length]
        at += _aligned(length)


def _attributes(data: bytes) -> dict[int, bytes]:
    found = {}
    at = 0
    while at + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, at)
        if length < _ATTRIBUTE.size:
            break
        found[kind & 0x3FFF] = data[at + _ATTRIBUTE.size : at + length]
        at += _aligned(length)
    return found


def _device(body: bytes) -> _Device:
    _, _, index, flags, _ = _LINK.unpack_from(body)
    attributes = _attributes(body[_LINK.size :])
    info = _attributes(attributes.get(_LINK_INFO, b""))
    return _Device(
        index,
        _text(attributes.get(_NAME, b"")),
        _number(attributes.get(_MTU, b"")),
        _number(attributes.get(_MASTER, b"")),
        _text(info.get(_INFO_KIND, b"")),
        up=bool(flags & _UP and flags & _LOWER_UP),
    )


def _address(body: bytes) -> tuple[int, IPv4Interface | None]:
    family, length, _, _, index = _ADDRESS.unpack_from(body)
    attributes = _attributes(body[_ADDRESS.size :])
    raw = attributes.get(_IFA_LOCAL, attributes.get(_IFA_ADDRESS))
    if family != socket.AF_INET or raw is None:
        return index, None
    return index, IPv4Interface((raw, length))


def _aligned(length: int) -> int:
    return (length + 3) & ~3


def _text(raw: bytes) -> str:
    return raw.rstrip(b"\0").decode("utf-8", "replace")


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, sys.byteorder) if raw else 0
