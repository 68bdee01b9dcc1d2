"""`learn watch`: the exercise in the terminal, while the learner works on it in another one."""

from __future__ import annotations

import shlex
import sys
from contextlib import closing
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from orchestrator.commands import shell
from orchestrator.commands.learn_kinds import steps_of
from orchestrator.commands.learner import place_of
from orchestrator.commands.resolve import joined_lab
from orchestrator.errors import ExitCode, L3vpnError, UsageError
from orchestrator.lifecycle.running import fleet
from orchestrator.live.full_screen import full_screen
from orchestrator.terminal import PhaseLines, console
from orchestrator.training.screen import Watched, screen
from orchestrator.training.session import Glance, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping

    from rich.console import Console

    from orchestrator.commands.learner import Lesson, Where
    from orchestrator.live.full_screen import FullScreen
    from orchestrator.settings import Settings
    from orchestrator.training.progress import Active, ProgressFile

At: TypeAlias = "Callable[[], tuple[Lesson, Active]]"
"""The exercise that the learner is at, as the file of the progress has it now."""
Do: TypeAlias = "Callable[..., object]"
"""Another step of `learn`: its name, and its words."""
Looks: TypeAlias = "Iterable[Glance | str]"
Aside: TypeAlias = "Callable[[Lesson], bool]"
"""What is done where one types lines; whether there is something to be read then."""

_PAUSE: Final = 1.0  # seconds; nodes have other things to do than to answer


def watch(at: At, do: Do, file: ProgressFile, options: Where, settings: Settings) -> int:
    """Show it until `q` or Ctrl-C. Holds no lock: the learner's commands work beside it.

    Raises:
        UsageError: there is no terminal, or no exercise is on.
    """
    out = console()
    if not (out.is_terminal and sys.stdin.isatty()):
        raise UsageError("learn watch needs a terminal: `l3vpn learn check` prints the same once")
    by_key = keys(out, do, file, partial(_shell, out, options, settings))
    with full_screen(out) as terminal:
        while True:
            lesson, _ = at()
            with closing(_looks(lesson, options, settings)) as looks:
                if not follow(terminal, at, looks, by_key):
                    return ExitCode.PROVEN


def _looks(lesson: Lesson, options: Where, settings: Settings) -> Generator[Glance | str, None, None]:
    """One glance after the other, without end; or why there can be none now."""
    while True:
        try:
            with (
                joined_lab(place_of(lesson, options), settings) as running,
                fleet(running, lesson.lab) as nodes,
            ):
                session = Session(nodes, lesson.lab, PhaseLines(console(stderr=True)))
                while True:
                    yield session.glance(lesson.customers)
        except L3vpnError as why:
            yield str(why)


def keys(out: Console, do: Do, file: ProgressFile, shell_of: Aside) -> Mapping[str, Aside]:
    """What is done at each key."""
    return {
        "h": lambda _: _hint(do),
        "s": shell_of,
        "a": lambda _: _answer(out, do),
        "r": lambda _: _reset(out, do),
        "n": lambda lesson: _next(out, do, file, lesson),
    }


def follow(terminal: FullScreen, at: At, looks: Looks, by_key: Mapping[str, Aside]) -> bool:
    """Show an exercise while it is on; whether to go on with another one."""
    watched, out = Watched(), terminal.out
    begun, _ = at()
    for glance in looks:
        lesson, active = at()
        if lesson.variant.cause != begun.variant.cause:
            return True
        watched, points = _seen(watched, lesson, active, glance)
        room = out.width, out.height
        terminal.show(screen(_heading(lesson), _brief(lesson), watched, lesson.customers, points, *room))
        pressed = terminal.key(_PAUSE)
        if pressed == "q":
            return False
        if pressed in by_key:
            terminal.aside(partial(by_key[pressed], lesson))
    return False


def _seen(watched: Watched, lesson: Lesson, active: Active, glance: Glance | str) -> tuple[Watched, str]:
    """How it stands after a glance, and the points."""
    if isinstance(glance, str):
        return watched.unseen(glance), ""
    now = f"{datetime.now().astimezone():%H:%M:%S}"
    return watched.after(lesson.customers, glance.lost, now), steps_of(lesson).points_line(
        lesson, active, glance
    )


def _heading(lesson: Lesson) -> str:
    return f"{lesson.exercise.intent.title} ({lesson.exercise.name}, lab {lesson.lab.name})"


def _brief(lesson: Lesson) -> str:
    side = lesson.exercise.intent.hands_off
    leave = f"\n\nLeave the {side}'s routers as they are." if side else ""
    return f"{lesson.variant.brief}{leave}"


def _hint(do: Do) -> bool:
    do("hint")
    return True


def _answer(out: Console, do: Do) -> bool:
    do("answer")
    given = out.input("number and letter, like 2 b: ", markup=False).split()
    if given:
        do("answer", *given)
    return bool(given)


def _reset(out: Console, do: Do) -> bool:
    sure = out.input(
        "Break the lab anew, as the exercise began? What you did is lost. yes/no: ", markup=False
    )
    if sure.strip().lower() in _YES:
        do("reset")
        return True
    return False


def _next(out: Console, do: Do, file: ProgressFile, lesson: Lesson) -> bool:
    """What the exercise was about, where it is done; then the next one, if that is wanted."""
    do("check")
    then = lesson.following(file.read())
    if then is None:
        return True
    begin = out.input(f"\nBegin {then.name}? yes/no: ", markup=False).strip().lower() in _YES
    if begin:
        do("start", then.name)
    return begin


def _shell(out: Console, options: Where, settings: Settings, lesson: Lesson) -> bool:
    """Vtysh of a node that is asked for."""
    names = [one.name for one in lesson.lab.nodes]
    node = out.input(f"vtysh of ({' '.join(map(shlex.quote, names))}): ", markup=False).strip()
    if node:
        on = place_of(lesson, options)
        shell.run(shell.Options(on.lab, on.host, on.runtime, node, None), settings)
    return False


_YES: Final = frozenset(("y", "yes"))
