"""Positions of nodes in the file of containerlab's VS Code extension, `NAME.clab.yml.annotations.json`.

Its TopoViewer keeps there where somebody has put each node: `nodeAnnotations`, each with `id` (the node's
name) and `position` (`x` and `y`, downwards). What else is in the file is the extension's own.
"""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, Final

from orchestrator.diagrams.content import content
from orchestrator.diagrams.geometry import Point
from orchestrator.diagrams.placement import place
from orchestrator.model.mistakes import LabFileError, Mistake
from orchestrator.model.reading import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.model.lab import Lab

SUFFIX: Final = ".annotations.json"
_ACROSS: Final = 0.8
_DOWN: Final = 1.3
"""Icons of the extension are small, with the name below."""

_GRID: Final = 5
_FARTHEST: Final = 1_000_000


def extension_file(lab: Lab) -> str:
    """The file for a lab: the extension then shows it as we place it."""
    document = {
        "nodeAnnotations": _entries(_ours(lab)),
        "freeTextAnnotations": [],
        "freeShapeAnnotations": [],
        "groupStyleAnnotations": [],
        "networkNodeAnnotations": [],
        "aliasEndpointAnnotations": [],
    }
    return json.dumps(document, indent=2) + "\n"


def _entries(placed: Mapping[str, Point]) -> list[dict[str, object]]:
    return [
        {"id": name, "position": {"x": round(point.x), "y": round(point.y)}} for name, point in placed.items()
    ]


def positions(lab: Lab) -> Mapping[str, Point] | None:
    """Where somebody has put the nodes; None where nobody has, or has left them where we put them.

    A node without a position, or on top of another, has been put nowhere: then no position counts.

    Raises:
        LabFileError: the file is there and is not one of the extension's.
    """
    file = lab.topology.file.with_name(lab.topology.file.name + SUFFIX)
    if not file.exists():
        return None
    return _put_there(lab, _read(file, read_text(file)))


def bundled_positions(lab: Lab) -> dict[str, str]:
    """The file as a bundle keeps it: where somebody has put the nodes, nothing else; {} as for `positions`.

    What cannot be read is left out: it is no part of what was seen.
    """
    try:
        placed = positions(lab)
    except LabFileError:
        return {}
    if placed is None:
        return {}
    return {lab.topology.file.name + SUFFIX: json.dumps({"nodeAnnotations": _entries(placed)}) + "\n"}


def positions_in(files: Mapping[str, str], lab: Lab) -> Mapping[str, Point] | None:
    """The same as `positions`, of a lab whose files are in a bundle.

    Raises:
        LabFileError: as `positions`.
    """
    file = lab.topology.file.with_name(lab.topology.file.name + SUFFIX)
    return _put_there(lab, _read(file, files[file.name])) if file.name in files else None


def _put_there(lab: Lab, found: Mapping[str, Point]) -> Mapping[str, Point] | None:
    wanted = {node.name: found[node.name] for node in lab.nodes if node.name in found}
    if len(set(wanted.values())) < len(lab.nodes) or wanted == _ours(lab):
        return None
    return wanted


def _ours(lab: Lab) -> Mapping[str, Point]:
    """Our own placement, of names alone: the same at every stage."""

    def snapped(value: float) -> float:
        return float(round(value / _GRID) * _GRID)

    centres = place(content(lab).bare()).centres
    return {
        name: Point(snapped(point.x * _ACROSS), snapped(point.y * _DOWN)) for name, point in centres.items()
    }


def _read(file: Path, text: str) -> dict[str, Point]:
    right = "let the extension write it, or remove it"
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise LabFileError([Mistake(file, error.lineno, f"is not JSON: {error.msg}", right)]) from None
    except ValueError:  # Python takes no number of so many digits
        raise LabFileError([Mistake(file, None, "has a number of thousands of digits", right)]) from None
    except RecursionError:
        raise LabFileError([Mistake(file, None, "is nested too deeply", right)]) from None
    entries = document.get("nodeAnnotations", []) if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise LabFileError([Mistake(file, None, "has no list nodeAnnotations", right)])
    return dict(filter(None, (_position(file, one) for one in entries)))


def _position(file: Path, entry: object) -> tuple[str, Point] | None:
    """A node with its position; None for one that has none."""
    match entry:
        case {"id": str(name), "position": {"x": x, "y": y}}:
            if not (_is_place(x) and _is_place(y)):
                what = f"the position of {name!r} is not two numbers"
                raise LabFileError([Mistake(file, None, what, 'write {"x": 100, "y": 40}')])
            return name, Point(float(x), float(y))
    return None


def _is_place(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and abs(value) <= _FARTHEST and isfinite(value)  # type: ignore[operator, arg-type, return-value, unused-ignore]
