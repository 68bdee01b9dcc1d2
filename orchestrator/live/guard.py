"""Who may speak with the server: a browser on this machine that was given the address with the token.

A page of a stranger in the same browser can send requests here, though not read the answers. So the token
must be known, the name in `Host` must be ours (a stranger's name that resolves to 127.0.0.1 is not: DNS
rebinding), and what a page of another origin asks is refused, by `Origin` (RFC 6454) and `Sec-Fetch-Site`.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS: Final = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
NOTHING: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_HOST: Final = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):(?P<port>\d+)")


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens."""

    listen: str
    port: int

    @property
    def loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return ip_address(self.listen).is_loopback

    @property
    def origin(self) -> str:
        """As a browser names it, and how it is opened."""
        shown = ip_address(self.listen)
        name = "127.0.0.1" if shown.is_unspecified else f"[{shown}]" if shown.version == 6 else str(shown)  # noqa: PLR2004
        return f"http://{name}:{self.port}"

    def meant_by(self, host: str) -> bool:
        """Whether a `Host` means this server: an address or `localhost`, no name that DNS resolves."""
        found = _HOST.fullmatch(host)
        if found is None or int(found["port"]) != self.port:
            return False
        if found["name"] == "localhost":
            return self.loopback
        try:
            named = ip_address(found["name"].strip("[]"))
        except ValueError:
            return False
        return named.is_loopback if self.loopback else True


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets those requests through that are ours, without the token in their path."""

    app: ASGIApp
    address: Address
    token: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                policy = {"content-security-policy": NOTHING, **HEADERS}
                added = [(one.encode(), value.encode()) for one, value in policy.items()]
                message["headers"] = [*message["headers"], *(one for one in added if one[0] not in given)]
            await send(message)

        if scope["type"] != "http":
            return
        refusal = self._refusal(scope["method"], Headers(scope=scope))
        token, slash, rest = scope["path"][1:].partition("/")
        # Both are octets, as a path may have any characters.
        if not refusal and not hmac.compare_digest(token.encode(), self.token.encode()):
            refusal = "the token in the address is not this server's: open the address that it printed"
        if refusal:
            await PlainTextResponse(f"{refusal}\n", 403)(scope, receive, sealed)
        elif not slash:
            await PlainTextResponse("the address ends with a /\n", 404)(scope, receive, sealed)
        else:
            inner = {**scope, "path": f"/{rest}", "raw_path": b"", "root_path": ""}
            await self.app(inner, receive, sealed)

    def _refusal(self, method: str, headers: Headers) -> str:
        """Why a request is none of ours; "" if it may be."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self.address.meant_by(hosts[0]):
            return "the host in the address is not this server: open the address that it printed"
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
        own = origin == f"http://{hosts[0]}"
        # A browser sends its origin with each POST; what types one by hand has to do so, too.
        if (origin is not None or method not in {"GET", "HEAD"}) and not own:
            return "this comes from a page of another origin"
        return "" if site in {"none", "same-origin"} else "this comes from a page of another site"
