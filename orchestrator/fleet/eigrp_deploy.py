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
import zipfile
from dataclasses import dataclass
from difflib import unified_diff
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Self

from orchestrator.fleet.errors import NoAnswer, SessionLost
from orchestrator.fleet.refusal import Refusal
from orchestrator.render.secrets import masked
from orchestrator.scripts import script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.fleet.session import Session

_FOLDER: Final = "/var/lib/frr"
_WITHIN: Final = 60.0
_NO_PYTHON, _NOT_VALID, _NOT_STARTED = 90, 91, 92  # exit statuses of speaker_change.sh
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can name: the same program, the same bytes
# The supervisor starts the speaker as `python3 -m eigrp`.
_START: Final = """\
import os, sys
os.environ["PYTHONPATH"] = os.path.realpath(sys.argv[0])
from eigrp.__main__ import main
sys.exit(main())
"""

OBSERVE_SPEAKER: Final = script("fleet/speaker_observe.sh")
"""Shell text: which speaker runs, which are there, and the configuration; nothing where there is none."""


@dataclass(frozen=True, slots=True)
class SpeakerExecutable:
    """The speaker as one executable file of Python."""

    data: bytes

    @property
    def path(self) -> str:
        """Where it lies on a node."""
        return f"{_FOLDER}/eigrp-{hashlib.sha256(self.data).hexdigest()[:12]}"


@cache
def program() -> SpeakerExecutable:
    """The package `eigrp` of this checkout; the same modules give the same bytes."""
    packed = io.BytesIO()
    packed.write(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in (("__main__.py", _START), *_modules()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return SpeakerExecutable(packed.getvalue())


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
        shown = [f"! speaker {one.removeprefix(f'{_FOLDER}/')} runs\n" for one in self.running]
        return "".join(shown) + self.configuration


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
    shown = masked("".join(f"{line}\n" for line in lines))
    return SpeakerChange(_script(observed, wanted), shown)


def _script(observed: ObservedSpeaker, wanted: ObservedSpeaker) -> str:
    if not wanted.configuration:
        return script("fleet/speaker_remove.sh")
    (path,) = wanted.running
    packed = "" if path in observed.programs else base64.encodebytes(program().data).decode()
    before = "absent" if not observed.configuration else "stopped"
    if observed.running == wanted.running:
        before = "running"
    return script("fleet/speaker_change.sh", path, packed, wanted.configuration, before)


def send_speaker(session: Session, change: SpeakerChange) -> Refusal | None:
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
