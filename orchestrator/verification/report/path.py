"""Paths for people and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from orchestrator.verification.forwarding.between import Carrier
from orchestrator.verification.forwarding.walk import End, Fate
from orchestrator.verification.kit.tables import stack
from orchestrator.verification.kit.wording import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from orchestrator.verification.forwarding.between import Path, Run
    from orchestrator.verification.forwarding.walk import Branch, Visit

_STYLES = {fate: "green" if fate is Fate.DELIVERED else "bold red" for fate in Fate}
_CARRIERS = {
    Carrier.PROVIDER: "the provider's network",
    Carrier.BACKDOOR: "the backdoor",
    Carrier.BOTH: "the provider's network and the backdoor",
    Carrier.NOTHING: "nothing",
}


def paths_to_table(paths: Sequence[Path], failed: Sequence[str] = ()) -> RenderableType:
    """One table a path: a line for each node, branches indented beneath where they part.

    Args:
        paths: what was found.
        failed: what was failed on purpose, one thing a line.
    """
    heading = (Text(f"as failed: {'; '.join(failed)}", "yellow"), Text()) if failed else ()
    return Group(*heading, *(part for path in paths for part in _path(path)))


def _path(path: Path) -> tuple[RenderableType, ...]:
    title = Text.assemble(
        (f"{path.start} {path.source} -> {path.destination}", "bold"),
        (f"  {listed(path.prefixes)}", "dim"),
    )
    table = Table(box=box.SIMPLE, title=title, title_justify="left", pad_edge=False)
    table.add_column("node", no_wrap=True)
    table.add_column("does", overflow="fold")
    table.add_column("by", no_wrap=True)
    table.add_column("label stack", no_wrap=True)
    _visit(table, path.visit, "", "")
    return table, _verdict(path), Text()


def _visit(table: Table, visit: Visit, first: str, rest: str) -> None:
    """Rows of a visit; `first` stands before the first of them, `rest` before those further down."""
    several = len(visit.branches) > 1
    for number, branch in enumerate(visit.branches):
        last = number == len(visit.branches) - 1
        mark = (rest if number else first) + (("└ " if last else "├ ") if several else "")
        below = rest + (("  " if last else "│ ") if several else "")
        _branch(table, visit.node, branch, mark)
        if isinstance(branch.then, End):
            if branch.then.fate is not Fate.DELIVERED:
                text = Text(f"{branch.then.fate.value}: {branch.then.why}", _STYLES[branch.then.fate])
                table.add_row(Text(f"{below}✗"), text, "", "")
        else:
            _visit(table, branch.then, below, below)


def _branch(table: Table, node: str, branch: Branch, mark: str) -> None:
    port = branch.port.name if branch.port else ""
    if branch.does or branch.port:
        does = Text(branch.does, _STYLES[Fate.DELIVERED] if branch.port is None else "")
        table.add_row(Text(mark + node), does, port, stack(branch.labels) if branch.labels else "")
    else:
        table.add_row(Text(mark + node), "", "", "")


def _verdict(path: Path) -> Text:
    lost = [run for run in path.runs if run.end.fate is not Fate.DELIVERED]
    if lost and len(lost) == len(path.runs):
        why = listed(dict.fromkeys(f"{run.end.fate.value}, {run.end.why}" for run in lost))
        if path.as_intended and path.preferred is Carrier.NOTHING:
            return Text(f"does not arrive, and is not to: {why}", "green")
        if path.as_intended:
            return Text(f"does not arrive, nor can it with what is failed: {why}", "yellow")
        return Text(f"does not arrive: {why}", "bold red")
    some = f"; {len(lost)} of {len(path.runs)} branches do not arrive" if lost else ""
    branches = f", {len(path.runs)} equal-cost branches" if len(path.runs) > 1 else ""
    text = f"arrives over {_CARRIERS[path.over]}, {_rank(path)}{branches}{some}"
    if lost or not path.as_intended:
        return Text(text, "bold red")
    return Text(text, "green" if path.over is path.preferred else "yellow")


def _rank(path: Path) -> str:
    if path.preferred is Carrier.NOTHING:
        return "though the two are to be apart"
    if path.over is path.preferred and path.expected is not Carrier.NOTHING:
        return "the primary path"
    if path.expected is Carrier.NOTHING:
        return "though with what is failed nothing can"
    why = ", failed on purpose" if path.over is path.expected else ""
    return f"not the primary path, which is {_CARRIERS[path.preferred]}{why}"


def paths_to_json(lab: str, paths: Sequence[Path], failed: Sequence[str] = ()) -> str:
    """An object with `lab`, `failed` (on purpose) and `paths`.

    Of each path it has the branches, and of each of these the hops.
    """
    document = {"lab": lab, "failed": list(failed), "paths": [_path_json(path) for path in paths]}
    return json.dumps(document, indent=2)


def _path_json(path: Path) -> dict[str, object]:
    return {
        "start": path.start,
        "source": str(path.source),
        "destination": str(path.destination),
        "prefixes": [str(prefix) for prefix in path.prefixes],
        "delivered": path.delivered,
        "as_intended": path.as_intended,
        "over": path.over.value,
        "primary": path.preferred.value,
        "expected": path.expected.value,
        "branches": [_run_json(run) for run in path.runs],
    }


def _run_json(run: Run) -> dict[str, object]:
    hops = [
        {
            "node": node,
            "does": branch.does,
            "interface": branch.port.name if branch.port else None,
            "labels": [label.value for label in branch.labels],
        }
        for node, branch in run.steps
    ]
    return {"fate": run.end.fate.value, "why": run.end.why, "over": run.over.value, "hops": hops}
