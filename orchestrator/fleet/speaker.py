"""The EIGRP speaker of a node: program, configuration and process, brought there like FRR's configuration.

The program is the package `eigrp` in one file, named for its content, so that a node that has it needs no
second look and a process says in its own command line which version it is. It is started supervised, and a
node that shall have no EIGRP any more is rid of it.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shlex
import zipfile
from dataclasses import dataclass
from difflib import unified_diff
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Self

from orchestrator.fleet.errors import NoAnswer, SessionLost
from orchestrator.fleet.refusal import Refusal
from orchestrator.render.secrets import masked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.fleet.session import FrrConnection

CONFIGURATION: Final = "/etc/frr/eigrp.conf"
_FOLDER: Final = "/var/lib/frr"
_LINK: Final = f"{_FOLDER}/eigrp"
_DOOR: Final = "/run/frr/eigrp.sock"
_WITHIN: Final = 60.0
_NO_PYTHON, _NOT_VALID, _NOT_STARTED = 90, 91, 92  # exit statuses of the script
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can name: the same program, the same bytes
# The supervisor starts the speaker as `python3 -m eigrp`.
_START: Final = """\
import os, sys
os.environ["PYTHONPATH"] = os.path.realpath(sys.argv[0])
from eigrp.__main__ import main
sys.exit(main())
"""

OBSERVE_SPEAKER: Final = (
    f"if [ -e {CONFIGURATION} ]; then "
    f"pgrep -a -f '^python3 {_FOLDER}/eigrp-[0-9a-f]+ run' | sed 's/^/process /'; "
    f"for file in {_FOLDER}/eigrp-*; do echo program $file; done; "
    f"echo configuration; cat {CONFIGURATION}; fi"
)
"""Shell text: which speaker runs, which are there, and the configuration; nothing where there is none."""


@dataclass(frozen=True, slots=True)
class Program:
    """The speaker as one executable file of Python."""

    data: bytes

    @property
    def path(self) -> str:
        """Where it lies on a node."""
        return f"{_FOLDER}/eigrp-{hashlib.sha256(self.data).hexdigest()[:12]}"


@cache
def program() -> Program:
    """The package `eigrp` of this checkout; the same modules give the same bytes."""
    packed = io.BytesIO()
    packed.write(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in (("__main__.py", _START), *_modules()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return Program(packed.getvalue())


def _modules() -> Iterator[tuple[str, str]]:
    modules = (one for one in files("eigrp").iterdir() if one.name.endswith(".py"))
    for module in sorted(modules, key=lambda one: one.name):
        yield f"eigrp/{module.name}", module.read_text("utf-8")


@dataclass(frozen=True, slots=True)
class ObservedSpeaker:
    """What of the speaker is on a node, as `OBSERVE_SPEAKER` printed it.

    Attributes:
        configuration: the file that it follows.
        running: the program of each process that runs (there should be one).
        programs: those that are there.
    """

    configuration: str = ""
    running: tuple[str, ...] = ()
    programs: frozenset[str] = frozenset()

    @classmethod
    def read(cls, text: str) -> Self:
        """Read it."""
        before, _, configuration = text.partition("configuration\n")
        return cls(
            configuration,
            tuple(re.findall(r"^process \d+ python3 (\S+) ", before, re.MULTILINE)),
            frozenset(re.findall(r"^program (\S+)$", before, re.MULTILINE)),
        )

    def __str__(self) -> str:
        """State and configuration as text that can be compared."""
        told = [f"! speaker {one.removeprefix(f'{_FOLDER}/')} runs\n" for one in self.running]
        return "".join(told) + self.configuration


def wanted_speaker(configuration: str) -> ObservedSpeaker:
    """What a node should have; nothing at all where nothing is to be configured."""
    if not configuration:
        return ObservedSpeaker()
    path = program().path
    return ObservedSpeaker(configuration, (path,), frozenset((path,)))


@dataclass(frozen=True, slots=True)
class SpeakerChange:
    """The way from one speaker to another; both parts are empty where nothing has to change.

    Attributes:
        script: shell text that changes the node.
        unified: for people: `-` lines are running, `+` lines wanted.
    """

    script: str = ""
    unified: str = ""

    def __bool__(self) -> bool:
        return bool(self.script)


def speaker_change(observed: ObservedSpeaker, configuration: str) -> SpeakerChange:
    """What takes a node's speaker to the wanted configuration.

    One that runs and stays reads its configuration again: neighbours that it does not concern stay.
    """
    wanted = wanted_speaker(configuration)
    if str(observed) == str(wanted):
        return SpeakerChange()
    lines = unified_diff(
        str(observed).splitlines(), str(wanted).splitlines(), "running", "wanted", lineterm=""
    )
    told = masked("".join(f"{line}\n" for line in lines))
    return SpeakerChange("".join(_script(observed, wanted)), told)


def _script(observed: ObservedSpeaker, wanted: ObservedSpeaker) -> Iterator[str]:
    if not wanted.configuration:
        yield f"{_STOP}rm -f {CONFIGURATION} {_LINK} {_FOLDER}/eigrp-*\n"
        return
    (path,) = wanted.running
    yield f"command -v python3 >/dev/null || exit {_NO_PYTHON}\numask 077\nmkdir -p {_FOLDER}\n"
    if path not in observed.programs:
        text = base64.encodebytes(program().data).decode()
        yield f"base64 -d >{path}.new <<'program'\n{text}program\n"
        yield f"chmod 755 {path}.new\nmv {path}.new {path}\n"
    yield f"printf %s {shlex.quote(wanted.configuration)} >{CONFIGURATION}.new\n"
    if observed.configuration:  # else there is nothing that a bad line could spoil
        yield f"python3 {path} check {CONFIGURATION}.new || exit {_NOT_VALID}\n"
    yield f"mv {CONFIGURATION}.new {CONFIGURATION}\n"
    if observed.running == wanted.running:
        yield f"exec python3 {path} reload\n"
        return
    yield f"{_STOP if observed.configuration else ''}ln -sf {path} {_LINK}\n"
    yield f"setsid python3 {path} run --supervised </dev/null >/dev/null 2>&1 &\n{_AWAIT}"
    yield f"[ ! -S {_DOOR} ] || exit 0\n"
    yield f"python3 {path} check {CONFIGURATION} || exit {_NOT_VALID}\nexit {_NOT_STARTED}\n"


# By their command lines: a supervisor that died may have left its speaker behind.
_STOP: Final = (
    f"pkill -f '^python3 {_FOLDER}/eigrp-[0-9a-f]+ run' || :\n"
    "tries=50\n"
    f"while [ $tries -gt 0 ] && pgrep -f '^(/usr/bin/)?python3 (-m eigrp|{_FOLDER}/eigrp-)' >/dev/null; do\n"
    "    sleep 0.1; tries=$((tries - 1))\n"
    "done\n"
    "[ $tries -gt 0 ] || pkill -KILL -f '^(/usr/bin/)?python3 -m eigrp ' || :\n"
    f"rm -f {_DOOR}\n"
)
_AWAIT: Final = (
    f"tries=200\nwhile [ $tries -gt 0 ] && [ ! -S {_DOOR} ]; do sleep 0.05; tries=$((tries - 1)); done\n"
)


def send_speaker(session: FrrConnection, change: SpeakerChange) -> Refusal | None:
    """Carry out a change on one node.

    Returns:
        What was refused.

    Raises:
        NoAnswer: the connection was lost on the way, or the change took longer than a minute.
    """
    try:
        done = session.run("exec sh -eus", change.script.encode(), _WITHIN)
    except SessionLost as lost:  # the change may have been made in part: this is not to be begun again
        raise NoAnswer(str(lost)) from None
    if done.ok:
        return None
    said = "; ".join(done.stderr.decode("utf-8", "replace").split("\n")).strip("; ")
    return Refusal(
        "", _WORDS.get(done.status, "the EIGRP speaker cannot be changed: {said}").format(said=said)
    )


_WORDS: Final = {
    _NO_PYTHON: "has no python3, which the EIGRP speaker is written in",
    _NOT_VALID: "EIGRP configuration refused: {said}",
    _NOT_STARTED: "the EIGRP speaker does not start; /var/log/frr/eigrp.log on the node says why",
}
