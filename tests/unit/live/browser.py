"""Chromium driven by its own protocol over a pipe (DevTools protocol, `--remote-debugging-pipe`)."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# CI has it, and would not notice that these tests are skipped.
needs_chromium = pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="needs Chromium")
_PATIENCE = 30.0
# Chromium reads descriptor 3 and writes descriptor 4.
_LAUNCH = "import os, sys; a, b, *w = sys.argv[1:]; os.dup2(int(a), 3); os.dup2(int(b), 4); os.execv(w[0], w)"


class Tab:
    """One page, and what its console has complained of."""

    def __init__(self, said: BinaryIO, asked: BinaryIO, patience: float) -> None:
        self._said, self._asked, self._patience = said, asked, patience
        self._number = 0
        self._session: str | None = None
        self.complaints: list[str] = []

    def open(self, address: str, *, wide: int = 1200, high: int = 900, dark: bool = False) -> None:
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._call(f"{domain}.enable")
        self.size(wide, high)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", features=[scheme])
        self._call("Page.navigate", url=address)

    def size(self, wide: int, high: int) -> None:
        size = {"width": wide, "height": high, "deviceScaleFactor": 1, "mobile": wide < 600}
        self._call("Emulation.setDeviceMetricsOverride", **size)

    def run(self, script: str) -> Any:  # noqa: ANN401 -- whatever the page says
        done = self._call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def wait(self, script: str) -> Any:  # noqa: ANN401 -- the same
        """What the script says once it says anything."""
        until = time.monotonic() + self._patience
        while time.monotonic() < until:
            if said := self.run(script):
                return said
            time.sleep(0.1)
        raise AssertionError(f"{script}: {self.run('document.body.innerText')[:2000]}")

    def picture(self, file: Path) -> None:
        data = self._call("Page.captureScreenshot", format="png")["data"]
        file.write_bytes(base64.b64decode(data))

    def _call(self, method: str, **words: object) -> dict[str, Any]:
        self._number += 1
        order: dict[str, object] = {"id": self._number, "method": method, "params": words}
        if self._session:
            order["sessionId"] = self._session
        self._asked.write(json.dumps(order).encode() + b"\0")
        self._asked.flush()
        while True:
            message = json.loads(self._message())
            if message.get("id") == self._number:
                assert "error" not in message, message
                return dict(message["result"])
            self._note(message)

    def _message(self) -> bytes:
        parts = []
        while (one := self._said.read(1)) != b"\0":
            assert one, "the browser has gone"
            parts.append(one)
        return b"".join(parts)

    def _note(self, message: dict[str, Any]) -> None:
        match message.get("method"):
            case "Runtime.exceptionThrown":
                self.complaints.append(str(message["params"]["exceptionDetails"]))
            case "Log.entryAdded" if message["params"]["entry"]["level"] == "error":
                self.complaints.append(str(message["params"]["entry"]))
            case "Runtime.consoleAPICalled":
                self.complaints.append(str(message["params"]["args"]))


@contextmanager
def browser(profile: Path, patience: float = _PATIENCE) -> Iterator[Tab]:
    """A browser of the test's own; what is waited for has so many seconds to come."""
    assert CHROMIUM is not None, "there is no Chromium"
    from_us, to_us = os.pipe(), os.pipe()
    words = [
        *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe"),
        *(f"--user-data-dir={profile}", "--no-first-run", "about:blank"),
    ]
    shell = [sys.executable, "-c", _LAUNCH, str(from_us[0]), str(to_us[1]), *words]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(shell, pass_fds=(from_us[0], to_us[1]), stdout=quiet, stderr=quiet) as process:
        os.close(from_us[0])
        os.close(to_us[1])
        try:
            with os.fdopen(to_us[0], "rb") as said, os.fdopen(from_us[1], "wb") as asked:
                yield Tab(said, asked, patience)
        finally:
            process.kill()
