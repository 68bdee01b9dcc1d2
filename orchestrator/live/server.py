"""The live page by HTTP: the page itself, what it fetches, and server-sent events (WHATWG HTML, 9.2)."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final, Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from orchestrator.errors import L3vpnError
from orchestrator.live.guard import Guard
from orchestrator.live.news import news
from orchestrator.live.shell import POLICY, report_piece, shell

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from orchestrator.live.board import Board
    from orchestrator.live.guard import Address

_BEAT: Final = 15.0  # seconds; a connection that nobody reads is found out by then
_MOST: Final = 2000  # octets of what a page may send


class Source(Protocol):
    """What the page shows and does; all methods may take a while, and raise `L3vpnError` with a line."""

    @property
    def board(self) -> Board:
        """The moments."""

    @property
    def title(self) -> str:
        """The lab's name."""

    @property
    def targets(self) -> tuple[str, ...]:
        """What can be failed; nothing where the page only looks."""

    def report(self) -> str:
        """The report of the last look: a document of HTML."""

    def node(self, name: str) -> str:
        """A node: a piece of HTML."""

    def path(self, a: str, b: str) -> str:
        """The way between two sites or CEs: a piece of HTML."""

    def trace(self, site: str, prefix: str) -> str:
        """How a route of a site travels: a piece of HTML."""

    def fail(self, target: str, how: str) -> str:
        """Let something happen; what has happened, in a line."""

    def restore(self, target: str) -> str:
        """Undo it; the same."""


class Site:
    """The server's answers."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def app(self, address: Address, token: str) -> ASGIApp:
        """The application, behind its guard."""
        routes = [
            Route("/", self._shell),
            Route("/events", self._events),
            Route("/report", self._report),
            Route("/node/{name}", self._node),
            Route("/path/{a}/{b}", self._path),
            Route("/trace/{site}/{prefix:path}", self._trace),
        ]
        if self._source.targets:
            routes += [
                Route("/fail", self._fail, methods=["POST"]),
                Route("/restore", self._restore, methods=["POST"]),
            ]
        made = Starlette(routes=routes, exception_handlers={L3vpnError: _refused, OSError: _refused})
        made.router.redirect_slashes = False
        return Guard(made, address, token)

    async def _shell(self, _: Request) -> Response:
        nonce = token_urlsafe(16)
        text = shell(self._source.title, self._source.targets, nonce)
        return HTMLResponse(text, headers={"content-security-policy": POLICY.format(nonce=nonce)})

    async def _report(self, _: Request) -> Response:
        return HTMLResponse(report_piece(await run_in_threadpool(self._source.report)))

    async def _node(self, request: Request) -> Response:
        return HTMLResponse(await run_in_threadpool(self._source.node, request.path_params["name"]))

    async def _path(self, request: Request) -> Response:
        a, b = request.path_params["a"], request.path_params["b"]
        return HTMLResponse(await run_in_threadpool(self._source.path, a, b))

    async def _trace(self, request: Request) -> Response:
        site, prefix = request.path_params["site"], request.path_params["prefix"]
        return HTMLResponse(await run_in_threadpool(self._source.trace, site, prefix))

    async def _fail(self, request: Request) -> Response:
        target, how = await _words(request, "target", "how")
        return PlainTextResponse(await run_in_threadpool(self._source.fail, target, how))

    async def _restore(self, request: Request) -> Response:
        (target,) = await _words(request, "target")
        return PlainTextResponse(await run_in_threadpool(self._source.restore, target))

    async def _events(self, _: Request) -> Response:
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(self._stream(), media_type="text/event-stream", headers=headers)

    async def _stream(self) -> AsyncIterator[str]:
        """The moment as it is, and each new one; who is slow misses those in between."""
        board, told, loop = self._source.board, asyncio.Event(), asyncio.get_running_loop()

        def tell() -> None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(told.set)

        said = ""
        with board.reader(tell):
            yield "retry: 1000\n\n"
            while not board.closed:
                told.clear()
                now = json.dumps(news(board.moment))
                yield f"data: {now}\n\n" if now != said else ": still the same\n\n"
                said = now
                with suppress(TimeoutError):
                    await asyncio.wait_for(told.wait(), _BEAT)


async def _words(request: Request, *names: str) -> tuple[str, ...]:
    """What a page sends: JSON, which no page of another origin can send without being asked first."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise HTTPException(415, "send application/json")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST:
            raise HTTPException(413, "that is too much")
    try:
        said = json.loads(body)
        values = tuple(said[name] for name in names)
    except (ValueError, KeyError, TypeError, RecursionError):
        values = ()
    if not values or not all(isinstance(one, str) for one in values):
        raise HTTPException(400, f"send an object with {' and '.join(names)}")
    return values


async def _refused(_: Request, error: Exception) -> Response:
    return PlainTextResponse(f"{error}\n", 409)
