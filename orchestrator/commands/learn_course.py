"""`learn pack`, `join`, `hand-in`, `leave`: courses, for who gives them and for who attends them."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.text import Text

from orchestrator.commands.learn_door import give_keys, must_be_by_vtysh
from orchestrator.errors import ExitCode, UsageError
from orchestrator.evidence.file import look_at_target, write_octets
from orchestrator.evidence.gather import DISTRIBUTION
from orchestrator.evidence.sign import read_key
from orchestrator.hosts.files import write_whole
from orchestrator.model.mistakes import LabFileError, Mistake
from orchestrator.terminal import console, program
from orchestrator.training import journal
from orchestrator.training.attendance import Attendance
from orchestrator.training.catalogue import exercise_files
from orchestrator.training.class_list import CLASS_FILE, class_text, file_names, read_class, with_seeds
from orchestrator.training.course import GivenIntent, given_text, load_course
from orchestrator.training.hand_in import hand_in_parts, pack_hand_in

if TYPE_CHECKING:
    from orchestrator.settings import Settings

_NONE: Final = "no course is on: `l3vpn learn join FILE` begins the one that you were given"
_MODE: Final = 0o600  # a seed says what is broken, to who has the program


def pack(course_file: str, class_file: str | None, output: str | None, *, keys: bool) -> int:
    """Write what each learner is given, and the class with its seeds."""
    if class_file is None:
        raise UsageError("say who learns: --class names.csv")
    course = load_course(Path(course_file), exercise_files())
    if keys:
        must_be_by_vtysh(course, course_file)
    folder = Path(output) if output is not None else Path(Path(course_file).stem)
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: is no folder")
    before = read_class(folder / CLASS_FILE) if (folder / CLASS_FILE).exists() else ()
    pupils = with_seeds(read_class(Path(class_file)), before)
    if missing := {one.name for one in before} - {one.name for one in pupils}:
        what = f"{', '.join(sorted(missing))}: had a seed in {folder / CLASS_FILE}"
        raise LabFileError([Mistake(Path(class_file), None, what, "leave them in, or take another folder")])
    folder.mkdir(parents=True, exist_ok=True)
    files = file_names(pupils)
    for one in pupils:
        given = GivenIntent(learner=one.name, seed=one.seed or 0, course=course)
        write_whole(folder / files[one.name], given_text(given), _MODE)
    write_whole(folder / CLASS_FILE, class_text(pupils), _MODE)
    out = console()
    if keys:
        authorized = give_keys(folder, files, pupils)
        out.print(
            f"{folder}: {len(pupils)} keys, one for each learner; nothing else is for learners", markup=False
        )
        out.print(f"{authorized}: a line for each of them, for sshd of this machine", markup=False)
    else:
        out.print(
            f"{folder}: {len(pupils)} files, one for each learner: `l3vpn learn join FILE`", markup=False
        )
    out.print(
        f"{folder / CLASS_FILE}: who has which seed; keep it: `l3vpn learn grade --class`", markup=False
    )
    return ExitCode.PROVEN


def join(file: str, settings: Settings) -> int:
    """Begin a course."""
    on = Attendance.join(settings.places.state, Path(file))
    print_course(on)
    out = console()
    if on.given.course.exam:
        out.print("An exam: no hints, no solutions.", markup=False)
    out.print(
        "What you do on it is noted with its time, and handed in with what your labs say.", markup=False
    )
    out.print(f"\n{program()} learn start", markup=False)
    return ExitCode.PROVEN


def print_course(on: Attendance) -> None:
    """Which course is on, whose it is, and how much time there is."""
    course = on.given.course
    left = on.left()
    about = f"{course.title}, {course.mode}, {on.given.learner}{f': {left}' if left else ''}"
    console().print(Text(about, "bold"))


def leave(settings: Settings) -> int:
    """Put the course away."""
    kept = Attendance.leave(settings.places.state)
    if kept is None:
        raise UsageError(_NONE)
    console().print(f"The course is left; what was kept of it is in {kept}", markup=False)
    return ExitCode.PROVEN


def hand_in(output: str | None, key_file: str | None, settings: Settings) -> int:
    """Pack what was done into one file."""
    on = _on(settings)
    if output is None:
        raise UsageError("say where to: `l3vpn learn hand-in -o FILE`")
    file = Path(output)
    key = None if key_file is None else read_key(Path(key_file))
    look_at_target(file)
    on.note([journal.Event(at=journal.now(), what="hand-in", seed=on.given.seed)])
    looks = on.looks
    parts = hand_in_parts(on.given_text, on.journal, looks, version(DISTRIBUTION))
    write_octets(pack_hand_in(parts, key), file)
    out, wanted = console(), on.given.course.exercises
    checked = [name for name in wanted if name in looks]
    out.print(
        f"{file}: {len(checked)} of {len(wanted)} exercises, {file.stat().st_size:,} bytes", markup=False
    )
    if left := [name for name in wanted if name not in looks]:
        out.print(f"nothing of: {', '.join(left)}", markup=False)
    out.print(
        "Whoever grades it computes the points from it; keys and passwords are not in it.", markup=False
    )
    return ExitCode.PROVEN


def _on(settings: Settings) -> Attendance:
    on = Attendance.at(settings.places.state)
    if on is None:
        raise UsageError(_NONE)
    return on
