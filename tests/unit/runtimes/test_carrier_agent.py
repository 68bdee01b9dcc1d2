"""The agents at both ends of a wire: whatever ports do, each has the carrier that a cable would give it."""

from __future__ import annotations

import socket
import struct
from collections import deque
from typing import TYPE_CHECKING, cast

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.runtimes.carrier_agent import Agent, Kernel, Link, Peer, links

if TYPE_CHECKING:
    from collections.abc import Callable

_NEWLINK, _DELLINK, _NAMESPACE, _PORT = 16, 17, 7, 4


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", len(value) + 4, kind) + value + bytes(-len(value) % 4)


def message(kind: int, index: int, *, up: bool, attributes: bytes = b"") -> bytes:
    body = struct.pack("=BxHiII", 0, 1, index, int(up), 0) + attributes
    return struct.pack("=IHHII", 16 + len(body), kind, 0, 0, 0) + body


def veth(number: int, index: int, kind: int = _NEWLINK) -> bytes:
    """The outer end of a wire, whose peer is a port in a node."""
    name = attribute(3, f"l3w{number}".encode() + b"\0")
    where = attribute(5, struct.pack("=i", _PORT)) + attribute(37, struct.pack("=i", _NAMESPACE))
    return message(kind, index, up=False, attributes=name + where)


def tunnel(number: int, near: str, far: str) -> bytes:
    data = attribute(4, socket.inet_aton(near)) + attribute(2, socket.inet_aton(far))
    name = attribute(3, f"l3x{number}".encode() + b"\0")
    return message(
        _NEWLINK, 90, up=True, attributes=name + attribute(18, attribute(1, b"vxlan\0") + attribute(2, data))
    )


class FakeKernel:
    """A machine with one node, whose port is a switch."""

    def __init__(self) -> None:
        self.port = False
        self.opened: dict[int, bool] = {}

    def up(self, index: int, namespace: int) -> bool:
        assert (index, namespace) == (_PORT, _NAMESPACE)
        return self.port

    def set(self, index: int, *, up: bool) -> None:
        self.opened[index] = up


class FakeConnection:
    """What is said on it waits until somebody listens."""

    def __init__(self, said: deque[bytes]) -> None:
        self.said = said

    def sendall(self, data: bytes) -> None:
        self.said.append(data.strip())


class End:
    """A machine at one end of wire 1."""

    def __init__(self, near: str, far: str, said: deque[bytes]) -> None:
        self.kernel = FakeKernel()
        self.agent = Agent(cast("Kernel", self.kernel))
        self.agent.peers[far] = Peer(cast("socket.socket", FakeConnection(said)))
        self.index = 8
        self.see(tunnel(1, near, far))

    def see(self, data: bytes, namespace: int | None = None) -> None:
        for link in links(data):
            self.agent.see(namespace, link)

    def plug(self) -> None:
        """The node is there, its port shut."""
        self.index += 1
        self.kernel.port = False
        self.see(veth(1, self.index))

    def unplug(self) -> None:
        self.see(veth(1, self.index, _DELLINK))

    def set_port(self, *, up: bool) -> None:
        self.kernel.port = up
        self.see(message(_NEWLINK, _PORT, up=up), _NAMESPACE)

    @property
    def there(self) -> bool:
        return 1 in self.agent.wires

    @property
    def opened(self) -> bool:
        return self.kernel.opened[self.index]


ACTIONS = ("plug", "unplug", "up", "down", "listen")


@given(st.lists(st.tuples(st.sampled_from((0, 1)), st.sampled_from(ACTIONS)), max_size=30))
def test_a_port_has_a_carrier_when_the_far_one_is_up_whatever_came_before(
    steps: list[tuple[int, str]],
) -> None:
    said: list[deque[bytes]] = [deque(), deque()]
    addresses = ("198.19.255.2", "198.19.255.6")
    ends = [End(addresses[i], addresses[1 - i], said[i]) for i in (0, 1)]

    def listen(which: int) -> None:
        while said[1 - which]:
            ends[which].agent.heed(said[1 - which].popleft())

    def step(which: int, action: str) -> None:
        end = ends[which]
        does: dict[str, Callable[[], None]] = {
            "up": lambda: end.set_port(up=True),
            "down": lambda: end.set_port(up=False),
            "unplug": end.unplug,
        }
        if action == "listen":
            listen(which)
        elif action == "plug" and not end.there:
            end.plug()
        elif action in does and end.there:
            does[action]()

    for which, action in steps:
        step(which, action)
    listen(0)
    listen(1)
    for which in (0, 1):
        far = ends[1 - which]
        if ends[which].there:
            assert ends[which].opened == (far.there and far.kernel.port)


def test_devices_are_read_as_the_kernel_writes_them() -> None:
    wire, way, port = links(veth(12, 8) + tunnel(12, "10.0.0.1", "10.0.0.2") + message(_DELLINK, 3, up=True))
    assert (wire.number("l3w"), wire.number("l3x"), wire.integer(5), wire.integer(37)) == (12, None, 4, 7)
    assert (way.number("l3x"), way.ends, wire.ends) == (12, ("10.0.0.1", "10.0.0.2"), None)
    assert port == Link(gone=True, index=3, up=True, attributes={})
    assert (port.name, port.integer(5)) == ("", -1)
