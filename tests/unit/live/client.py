"""What a browser, and whoever is none, asks the server of `serve`."""

from __future__ import annotations

import http.client
import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Client:
    """Asks the server what a browser would, and whatever else it is told to."""

    def __init__(self, address: str) -> None:
        self.address = address
        found = re.fullmatch(r"http://(127\.0\.0\.1):(\d+)(/[\w-]{32}/)", address)
        assert found is not None
        self.host, self.port, self.root = found[1], int(found[2]), found[3]
        self.origin = f"http://{self.host}:{self.port}"

    def ask(
        self, path: str, headers: dict[str, str] | None = None, method: str = "GET", body: str | None = None
    ) -> tuple[int, str, dict[str, str]]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            said = answer.read().decode()
            return answer.status, said, {name.lower(): value for name, value in answer.getheaders()}
        finally:
            connection.close()

    def order(self, verb: str, words: object, **headers: str) -> tuple[int, str]:
        given = {"Origin": self.origin, "Content-Type": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        status, said, _ = self.ask(self.root + verb, given, "POST", json.dumps(words))
        return status, said

    @contextmanager
    def events(self) -> Iterator[Iterator[dict[str, object]]]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        connection.request("GET", self.root + "events")
        answer = connection.getresponse()
        assert answer.getheader("content-type") == "text/event-stream; charset=utf-8"
        try:
            yield (json.loads(line[5:]) for line in iter(answer.readline, b"") if line.startswith(b"data:"))
        finally:
            connection.close()
