from __future__ import annotations

import logging
import selectors
import socket
from typing import TYPE_CHECKING

import pytest

from eigrp.bmp import Initiation, Message
from eigrp.bmp_station import Station
from tests.eigrp.bmp_wire import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

HELLO = whole(4, b"\0\1\0\3FRR")


class Desk:
    """A station and the loop around it."""

    def __init__(self) -> None:
        self.selector = selectors.DefaultSelector()
        self.received: list[tuple[int, Message]] = []
        self.ended: list[tuple[int, str]] = []
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.station = Station(self.port, self.selector, self.on_message, self.on_end)

    def on_message(self, session: int, message: Message) -> None:
        self.received.append((session, message))

    def on_end(self, session: int, reason: str) -> None:
        self.ended.append((session, reason))

    def dial(self) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.port))
        self.turn()
        return line

    def turn(self) -> None:
        """All that has arrived is taken; at least one thing is awaited."""
        for key, _ in self.selector.select(5):
            key.data()


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.station.close()
    made.selector.close()


def test_it_receives_and_notices_the_end(desk: Desk) -> None:
    line = desk.dial()
    line.sendall(HELLO[:5])
    desk.turn()
    assert desk.received == []
    line.sendall(HELLO[5:] + HELLO)
    desk.turn()
    assert desk.received == [(1, Initiation("FRR"))] * 2
    line.close()
    desk.turn()
    assert desk.ended == [(1, "lost: bgpd closed the session")]


def test_two_sessions_are_read_and_a_third_takes_the_place_of_the_first(desk: Desk) -> None:
    with desk.dial() as first, desk.dial() as second:
        assert desk.ended == []
        with desk.dial() as third:
            assert desk.ended == [(1, "replaced by a new session")]
            assert first.recv(1) == b""
            for line in (second, third):
                line.sendall(HELLO)
                desk.turn()
    assert desk.received == [(2, Initiation("FRR")), (3, Initiation("FRR"))]


def test_a_session_is_renewed_and_the_other_goes_on(desk: Desk) -> None:
    with desk.dial() as first, desk.dial() as second:
        desk.station.renew(1)
        assert first.recv(1) == b""
        second.sendall(HELLO)
        desk.turn()
    assert desk.ended == [(1, "renewed")]
    assert desk.received == [(2, Initiation("FRR"))]


def test_what_is_no_bmp_ends_the_session(desk: Desk) -> None:
    with desk.dial() as line:
        line.sendall(b"GET / HTTP/1.1\r\n")
        desk.turn()
    assert desk.ended == [(1, "lost: not BMP: version 71, length 1163141167")]


def test_a_bad_message_is_passed_over_and_said(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), desk.dial() as line:
        line.sendall(whole(0, b"short") + HELLO)
        desk.turn()
    assert desk.received == [(1, Initiation("FRR"))]
    assert "a message is not understood: 5 bytes are no per-peer header" in caplog.text


def test_a_port_that_is_taken_is_an_error(desk: Desk) -> None:
    with pytest.raises(OSError, match="in use"):
        Station(desk.port, desk.selector, desk.on_message, desk.on_end)


def test_on_the_loopback_address_only(desk: Desk) -> None:
    assert desk.station._listener.getsockname()[0] == "127.0.0.1"
