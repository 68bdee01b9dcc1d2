"""The list of exercises in their order: which are done, and which one is next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.terminal import program, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from orchestrator.training.exercise import Exercise
    from orchestrator.training.progress import Progress


def print_list(out: Console, all_of_them: Sequence[Exercise], progress: Progress) -> None:
    """The curriculum: what is done, with points; which is next."""
    at = progress.active.exercise if progress.active else ""
    following = next_one(all_of_them, progress)
    rows = []
    for one in all_of_them:
        done = progress.done.get(one.name)
        points = "" if done is None else f"{'shown' if done.shown else done.score}"
        mark = "on" if one.name == at else "next" if one is following else "done" if done else ""
        rows.append((mark, one.name, one.intent.title, one.lab, str(one.intent.minutes), points))
    out.print(table(("", "exercise", "title", "lab", "min", "of 100"), rows))
    if following is not None and not at:
        out.print(f"\n{program()} learn start {following.name}", markup=False)


def next_one(all_of_them: Sequence[Exercise], progress: Progress) -> Exercise | None:
    """The first one that is not done."""
    return next((one for one in all_of_them if one.name not in progress.done), None)
