from __future__ import annotations

import socket
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts.base import PortUnreachable
from orchestrator.hosts.dialer import Dialer, DialerGone

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOPBACK = IPv4Address("127.0.0.1")


@pytest.fixture
def dialer() -> Iterator[Dialer]:
    made = Dialer(enter=[])
    yield made
    made.close()


def test_the_socket_that_comes_out_is_the_connection(dialer: Dialer) -> None:
    with socket.create_server((str(LOOPBACK), 0)) as server:
        link = dialer.dial(LOOPBACK, server.getsockname()[1], timeout=5)
        with link, server.accept()[0] as accepted:
            accepted.sendall(b"hello")
            assert link.recv(5) == b"hello"
            assert link.gettimeout() is None


def test_a_refusal_comes_out_as_its_reason(dialer: Dialer) -> None:
    with socket.create_server((str(LOOPBACK), 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(PortUnreachable, match=rf"^127\.0\.0\.1 port {port}: connection refused$"):
        dialer.dial(LOOPBACK, port, timeout=5)


def test_when_the_child_has_ended_nothing_hangs(dialer: Dialer) -> None:
    dialer._child.kill()
    dialer._child.wait()
    with pytest.raises(DialerGone, match=r"^nothing dials any more$"):
        dialer.dial(LOOPBACK, 22, timeout=5)
