"""Shell programs: `.sh` files with arguments, each sent as one text to the shell of a host or a node.

A file stands beside the module that sends it; what several of them need stands here: how FRR's daemons are
started, and which processes are the EIGRP speaker's. A line `. ./OTHER.sh` takes in another file, by its path
from the one that it stands in: in what is sent, the text of that file stands there.
"""

from __future__ import annotations

import re
import shlex
from importlib.resources import files
from posixpath import dirname, join, normpath


def script(path: str, *arguments: str) -> str:
    """Shell text of a file under `orchestrator/`, with arguments.

    They stand in the text: what a process list shows is for everybody, and an argument of a command has to be
    shorter than 128 KiB.
    """
    return (with_arguments(*arguments) if arguments else "") + _text(path)


def with_arguments(*arguments: str) -> str:
    """A line that gives arguments to the shell text after it."""
    return f"set -- {shlex.join(arguments)}\n"


def _text(path: str) -> str:
    def taken_in(line: re.Match[str]) -> str:
        return _text(normpath(join(dirname(path), line["path"])))

    text = files("orchestrator").joinpath(path).read_text("utf-8")
    return re.sub(r"^\. (?P<path>\S+\.sh)\n", taken_in, text, flags=re.MULTILINE)
