"""What this machine's apt is configured to use, read for building another Debian tree from it.

Pure: the texts of the files come in, source lines go out (sources.list(5), both formats).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ONE_LINE = re.compile(
    r"deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<components>\S.*)"
)
_ALIASES = frozenset({"oldstable", "stable", "testing", "unstable", "sid"})
# How to fetch and what to trust; other options (architectures, languages) are its machine's own affair.
_KEPT_OPTIONS = frozenset(
    {"signed-by", "trusted", "check-valid-until", "check-date", "by-hash", "allow-insecure"}
)
_SETTINGS = re.compile(
    r"Acquire::(?:(?:https?)(?:::[^ ]+)+|Check-Valid-Until|Check-Date|Retries|ForceIPv[46]) \"[^\"]*\";"
)


@dataclass(frozen=True, slots=True)
class Source:
    """One place to get a suite from.

    Attributes:
        uri: the archive.
        suites: names of suites it is asked for.
        components: `main`, ….
        options: option name to value, as in the brackets of a one-line source.
    """

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()

    def line(self, suite: str) -> str:
        """A one-line source for component main of another suite of the same archive."""
        kept = [f"{name}={value}" for name, value in self.options if name in _KEPT_OPTIONS]
        options = f"[{' '.join(kept)}] " if kept else ""
        return f"deb {options}{self.uri} {suite} main"


def debian_archive(os_release: Mapping[str, str], files: Mapping[str, str]) -> Source | None:
    """The Debian archive this machine installs itself from, or None if it is no Debian machine.

    It is the first source with component main whose suite is the machine's own release, or one of Debian's
    moving names (`stable`, `sid`, …). A mirror pinned to a day serves the other suites of that day.

    Args:
        os_release: /etc/os-release.
        files: name to text of /etc/apt/sources.list and the files beside it.
    """
    if os_release.get("ID") != "debian":
        return None
    own = {os_release.get("VERSION_CODENAME", ""), *_ALIASES}
    for name, text in files.items():
        read = _read_deb822 if name.endswith(".sources") else _read_one_line
        for source in read(text):
            if "main" in source.components and own.intersection(source.suites):
                return source
    return None


def fetch_settings(dump: str) -> tuple[str, ...]:
    """The lines of `apt-config dump` that say how to fetch: proxies, certificates, checks of dates."""
    return tuple(line for line in dump.splitlines() if _SETTINGS.fullmatch(line))


def os_release(text: str) -> dict[str, str]:
    """The assignments of /etc/os-release (os-release(5))."""
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    return {name: value.strip("\"'") for name, value in pairs}


def _read_one_line(text: str) -> Iterable[Source]:
    for line in text.splitlines():
        match = _ONE_LINE.fullmatch(line.split("#", 1)[0].strip())
        if match is None:
            continue
        options = (option.partition("=") for option in (match["options"] or "").split())
        yield Source(
            uri=match["uri"],
            suites=(match["suite"],),
            components=tuple(match["components"].split()),
            options=tuple((name.lower(), value) for name, _, value in options),
        )


def _read_deb822(text: str) -> Iterable[Source]:
    for stanza in re.split(r"\n\s*\n", text):
        fields = _fields(stanza)
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() == "no":
            continue
        # A key written out in the file itself cannot stand in a one-line source.
        options = {
            name: value
            for name, value in fields.items()
            if name in _KEPT_OPTIONS and "\n" not in value and value
        }
        for uri in fields.get("uris", "").split()[:1]:
            yield Source(
                uri=uri,
                suites=tuple(fields.get("suites", "").split()),
                components=tuple(fields.get("components", "").split()),
                options=tuple(options.items()),
            )


def _fields(stanza: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in stanza.splitlines():
        if line.startswith("#"):
            continue
        if line[:1].isspace() and name:
            fields[name] += "\n" + line.strip()
        elif ":" in line:
            name, value = line.split(":", 1)
            name = name.lower()
            fields[name] = value.strip()
    return fields
