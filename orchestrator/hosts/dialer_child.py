"""Runs inside the guest's network namespace and hands connected sockets out of it.

Started by file name with the standard library alone. Its standard input is a SOCK_SEQPACKET Unix socket; each
message there is one request, `ADDRESS PORT SECONDS`, with a socket for the answer: one byte with the
connected socket, or the reason why there is none (unix(7), SCM_RIGHTS). It ends with its input.
"""

from __future__ import annotations

import socket
import threading

_REQUEST = 256


def connect(address: str, port: int, seconds: float) -> socket.socket:
    """A connected TCP socket that notices within about 15 seconds when the other side is gone."""
    link = socket.create_connection((address, port), timeout=seconds)
    link.setblocking(True)  # noqa: FBT003 -- the standard library's signature
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 5)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 3)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 15_000)
    return link


def answer(request: bytes, reply: socket.socket) -> None:
    """Connect as asked and send the socket, or the reason, to `reply`."""
    address, port, seconds = request.decode().split()
    with reply:
        try:
            link = connect(address, int(port), float(seconds))
        except OSError as error:
            reply.send((error.strerror or str(error)).encode())
            return
        with link:
            socket.send_fds(reply, [b"+"], [link.fileno()])


def serve(requests: socket.socket) -> None:
    """Answer requests, each in a thread of its own, until there are no more to come."""
    while True:
        request, handles, _, _ = socket.recv_fds(requests, _REQUEST, 1)
        if not request:
            return
        reply = socket.socket(fileno=handles[0])
        threading.Thread(target=answer, args=(request, reply), daemon=True).start()


if __name__ == "__main__":
    serve(socket.socket(fileno=0))
