"""The server in a thread of its own, on a socket that is bound before anything else is begun."""

from __future__ import annotations

import errno
import socket
import threading
from contextlib import contextmanager
from ipaddress import ip_address
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final

import uvicorn

from orchestrator.errors import UsageError
from orchestrator.live.guard import Address
from orchestrator.live.server import Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.live.server import Source

_MOST_CONNECTIONS: Final = 64
_GRACE: Final = 2  # seconds that answers have when the server ends
_LAST_PORT: Final = 65535


@contextmanager
def listening(listen: str, port: int) -> Iterator[socket.socket]:
    """A bound socket.

    Args:
        listen: an address of this machine.
        port: 0 for any that is free.

    Raises:
        UsageError: it is none, or somebody else has it.
    """
    if not 0 <= port <= _LAST_PORT:
        raise UsageError(f"--port {port}: a port is a number up to {_LAST_PORT}, or 0 for any that is free")
    try:
        family = socket.AF_INET6 if ip_address(listen).version == 6 else socket.AF_INET  # noqa: PLR2004
    except ValueError:
        raise UsageError(f"--listen {listen}: give an address of this machine, like 127.0.0.1") from None
    try:
        made = socket.create_server((listen, port), family=family)
    except OSError as error:
        place = f"{listen} port {port}"
        if error.errno == errno.EADDRINUSE:
            raise UsageError(f"{place} is in use: `--port` takes another one, 0 any that is free") from None
        raise UsageError(f"{place}: {error.strerror}") from None
    with made:
        yield made


@contextmanager
def served(source: Source, bound: socket.socket) -> Iterator[str]:
    """Serve a source during the block; the address to open, with its token.

    The block should let go of everybody who waits for the source before it ends.
    """
    token = token_urlsafe(24)
    address = Address(*bound.getsockname()[:2])
    config = uvicorn.Config(
        Site(source).app(address, token),
        http="h11",
        loop="asyncio",
        ws="none",
        lifespan="off",
        proxy_headers=False,  # nobody's word but the connection's own counts
        server_header=False,
        access_log=False,  # the address has the token
        log_config=None,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_graceful_shutdown=_GRACE,
    )
    server = uvicorn.Server(config)
    # Signals are the main thread's, which verifies: uvicorn leaves them alone in any other.
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, name="serve", daemon=True)
    thread.start()
    try:
        yield f"{address.origin}/{token}/"
    finally:
        server.should_exit = True
        thread.join(_GRACE * 2)
