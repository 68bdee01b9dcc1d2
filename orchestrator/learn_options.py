"""Options of `l3vpn learn`, which has verbs of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from orchestrator.shared_options import file_name

if TYPE_CHECKING:
    import argparse

    _Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 -- it has no public name


def add_learn_verb(verbs: _Verbs, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb to a command line; `parents` have what all verbs share."""
    learn = verbs.add_parser(
        "learn", parents=parents, help="exercises on running labs, with hints, questions and points"
    )
    learn.add_argument(
        "action",
        metavar="ACTION",
        nargs="?",
        default="list",
        choices=(
            *("list", "start", "brief", "watch", "check", "hint", "answer", "solve", "reset", "stop"),
            *("pack", "join", "hand-in", "leave", "grade", "door"),
        ),
        help="list (default), start NAME, brief, watch, check, hint, answer, solve, reset or stop; of a "
        "course: pack COURSE.yml, join FILE, hand-in, leave, grade FILE ..., and door FILE for sshd",
    )
    learn.add_argument(
        "words",
        metavar="WORD",
        nargs="*",
        help="of start: the exercise; of answer: question and letter; of check: exercises, or labs with all "
        "of theirs, that are to be tried themselves",
    )
    learn.add_argument(
        "--seed",
        type=int,
        metavar="N",
        help="of start and check NAME: which variant; the same number is the same exercise",
    )
    learn.add_argument(
        "--class",
        dest="class_file",
        type=file_name,
        metavar="NAMES.csv",
        help="of pack: who learns, a name a line below the word name; of grade: what pack has made of it",
    )
    learn.add_argument(
        "-o",
        "--output",
        type=file_name,
        metavar="FILE",
        help="of pack: the folder for the files of the class; of hand-in: the file",
    )
    learn.add_argument(
        "--keys",
        action="store_const",
        const=True,
        help="of pack, for an exam on this machine: a key for each learner, who gets vtysh of routers by ssh",
    )
    learn.add_argument(
        "--sign",
        dest="sign_with",
        type=file_name,
        metavar="KEY",
        help="of hand-in: an ed25519 key, as of bundles",
    )
    learn.add_argument(
        "--course",
        type=file_name,
        metavar="COURSE.yml",
        help="of grade: the course with its rubric, which may have changed (default: as it was given)",
    )
    learn.add_argument(
        "--csv", type=file_name, metavar="FILE", help="of grade: a line a learner and exercise"
    )
    learn.add_argument("--html", type=file_name, metavar="FILE", help="of grade: a page for a browser")
