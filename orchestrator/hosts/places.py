"""Where files are kept: the XDG base directories (freedesktop.org, version 0.8)."""

from __future__ import annotations

import errno
import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of this installation.

    Attributes:
        cache: what can be made again: root trees of nodes.
        state: what cannot: keys, the running guest, the console log.
    """

    cache: Path
    state: Path

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Places:
        """The folders that `XDG_CACHE_HOME`, `XDG_STATE_HOME` and `HOME` name; relative ones do not count."""
        return cls(
            cache=_base(environ, "XDG_CACHE_HOME", ".cache") / "l3vpn",
            state=_base(environ, "XDG_STATE_HOME", ".local/state") / "l3vpn",
        )

    @classmethod
    def here(cls) -> Places:
        """The folders of the calling user."""
        return cls.of(os.environ)

    @property
    def keys(self) -> Path:
        """The keys of this installation; private."""
        return self.state / "keys"

    @property
    def guest(self) -> Path:
        """The running guest and its console log."""
        return self.state / "guest"


def _home_of_user() -> str:
    """The home folder that the user database knows, for one who has no `HOME` set.

    Raises:
        FileNotFoundError: the database does not know the user.
    """
    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        what = "no HOME is set and the user database has none: set HOME or XDG_STATE_HOME and XDG_CACHE_HOME"
        raise FileNotFoundError(errno.ENOENT, what) from None


def private_folder(path: Path) -> Path:
    """The folder, made if need be, open to its owner alone."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def write_whole(path: Path, text: str, mode: int = 0o666) -> None:
    """Put the text there whole or not at all: a full disk leaves no half of it, and the error says where."""
    half = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
            file.write(text)
        half.replace(path)
    except BaseException as error:
        half.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)
        raise


def _base(environ: Mapping[str, str], name: str, below_home: str) -> Path:
    named = environ.get(name)
    if named and Path(named).is_absolute():
        return Path(named)
    return Path(environ.get("HOME") or _home_of_user()) / below_home
