"""`learn door`: what sshd runs, on the instructor's machine, for a learner who has a key to it and no more.

The learner types `ssh -t -i KEY you@machine WORDS`. Whatever the words are, sshd runs this (`command=` in
`authorized_keys`), and of the words only these do anything: steps of an exam, and the names of routers, whose
vtysh is opened. Labs, exercises, seeds and the journal stay on this machine.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestrator.commands.learner import OnThisLab
from orchestrator.commands.login import login
from orchestrator.commands.resolve import joined_lab
from orchestrator.environment import environment
from orchestrator.errors import UsageError
from orchestrator.hosts.files import write_whole
from orchestrator.hosts.keys import new_pair
from orchestrator.hosts.terminal import sealed
from orchestrator.loading import load_lab
from orchestrator.terminal import console
from orchestrator.training.attendance import Attendance
from orchestrator.training.by_vtysh import beyond_vtysh
from orchestrator.training.catalogue import exercise, lab_of
from orchestrator.training.progress import ProgressFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.settings import Settings
    from orchestrator.training.class_list import Pupil
    from orchestrator.training.course import CourseIntent

STEPS: Final = ("list", "start", "check", "answer", "reset", "stop")
"""Steps of `learn` that a learner has; whatever else an exam forbids is forbidden here, too."""
_AUTHORIZED: Final = "authorized_keys"
_STATES: Final = "state"
_MODE: Final = 0o600
_ASKED: Final = "SSH_ORIGINAL_COMMAND"
_PASSED_ON: Final = ("XDG_CACHE_HOME", "L3VPN_")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a learner wants: a step of the exam, or a router, with lines for its vtysh, or none."""

    step: str = ""
    words: Sequence[str] = ()
    node: str = ""
    lines: str = ""


def asked(text: str) -> Asked:
    """What a learner has typed; nothing of it is ever run by a shell."""
    first, *rest = text.split(maxsplit=1) or ["list"]
    if first in STEPS:
        return Asked(first, tuple(" ".join(rest).split()))
    return Asked(node=first, lines="".join(rest))


def entered(file: str, settings: Settings) -> Asked:
    """Let a learner in, who may have been there before; what he wants.

    Raises:
        UsageError: it is no exam, or its time is over.
    """
    on = Attendance.join(settings.places.state, Path(file))
    course = on.given.course
    if not course.exam:
        raise UsageError(f"'{course.title}' is no exam: `l3vpn learn join` is for all else")
    wanted = asked(environment().get(_ASKED, ""))
    if on.over and wanted.step != "list":
        raise UsageError(f"'{course.title}': {on.left()}")
    if wanted.step in {"list", "start", "reset"}:
        out = console()
        out.print("ssh -t ... start [NAME] | check | answer [NUMBER LETTER] | reset | stop", markup=False)
        out.print("ssh -t ... ROUTER [LINE]      its vtysh, or one line for it", markup=False)
        out.print(
            "Where you read `learn start`, it is `ssh -t ... start` for you, and so on.\n", markup=False
        )
    return wanted


def vtysh(wanted: Asked, settings: Settings) -> int:
    """A router's vtysh, as the login that has no other shell.

    Raises:
        UsageError: no exercise is on, or its lab has no such router.
    """
    active = ProgressFile.below(settings.places.state).read().active
    if active is None:
        raise UsageError(
            f"'{wanted.node}' is neither a step ({', '.join(STEPS)}) nor a router: nothing is on"
        )
    known = [one.name for one in load_lab(lab_of(exercise(active.exercise))).nodes]
    if wanted.node not in known:
        what = f"'{wanted.node}' is neither a step ({', '.join(STEPS)}) nor a router ({', '.join(known)})"
        raise UsageError(what)
    with joined_lab(OnThisLab(active.lab, None, None, wait=False), settings) as running:
        argv = sealed(login(running, wanted.node, "vtysh", wanted.lines or None))
    return subprocess.run(argv, check=False).returncode


def must_be_by_vtysh(course: CourseIntent, source: str) -> None:
    """Refuse what a learner could not do.

    Raises:
        UsageError: the course is no exam, or has such an exercise.
    """
    if not course.exam:
        raise UsageError(f"{source}: --keys is of exams: say mode: exam")
    for one in map(exercise, course.exercises):
        if node := beyond_vtysh(load_lab(lab_of(one)), one):
            what = f"'{one.name}' needs more than vtysh: Linux or the EIGRP speaker of {node} has to be set"
            raise UsageError(f"{source}: {what}")


def give_keys(folder: Path, files: Mapping[str, str], pupils: Iterable[Pupil]) -> Path:
    """Make a key for each learner, if there is none yet; the file with what sshd is to know of them."""
    lines = []
    for one in pupils:
        given = (folder / files[one.name]).resolve()
        key, public = given.with_suffix(".key"), given.with_suffix(".pub")
        if not (key.exists() and public.exists()):
            private, shown = new_pair()
            write_whole(key, private, _MODE)
            write_whole(public, f"{shown}\n", _MODE)
        lines.append(f"{_options(given)} {public.read_text('utf-8').strip()} {given.stem}\n")
    write_whole(folder / _AUTHORIZED, "".join(lines), _MODE)
    return folder / _AUTHORIZED


def state_of(given: Path) -> Path:
    """The folder for all that a learner's exam keeps, `XDG_STATE_HOME` of its labs."""
    return given.parent / _STATES / given.stem


def _options(given: Path) -> str:
    here = {name: value for name, value in environment().items() if name.startswith(_PASSED_ON)}
    setting = {**here, "XDG_STATE_HOME": str(state_of(given))}
    words = [f"{name}={shlex.quote(value)}" for name, value in sorted(setting.items())]
    words += map(shlex.quote, (sys.executable, "-m", "orchestrator", "learn", "door", str(given)))
    # Exercises of one's own are found from where the course was packed.
    command = f"cd {shlex.quote(str(Path.cwd()))} && {' '.join(words)}".replace('"', '\\"')
    return f'restrict,pty,command="{command}"'
