"""`graph`: a picture of a lab, without the lab."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.diagrams.content import Layer
from orchestrator.diagrams.formats import FORMATS, graph
from orchestrator.errors import ExitCode, UsageError
from orchestrator.lifecycle.folders import lab_folder
from orchestrator.loading import load_lab

if TYPE_CHECKING:
    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    lab: str
    stage: str | None
    output: str | None
    format: str | None
    show: str


def run(options: Options, settings: Settings) -> int:  # noqa: ARG001 -- every verb is called alike
    """Write the picture to a file, or to standard output."""
    form, layers = _form(options), _layers(options.show)
    text = graph(load_lab(lab_folder(options.lab), options.stage or ""), form, layers)
    if options.output is None:
        sys.stdout.write(text)
    else:
        Path(options.output).write_text(text, encoding="utf-8")
    return ExitCode.PROVEN


def _form(options: Options) -> str:
    """The format: as asked for, else by the file's ending."""
    if options.format is not None:
        return options.format
    if options.output is None:
        raise UsageError(f"which format? give -o FILE.svg, or --format with one of {', '.join(FORMATS)}")
    for form in FORMATS:
        if options.output.endswith(f".{form}"):
            return form
    endings = ", ".join(f".{form}" for form in FORMATS)
    raise UsageError(f"{options.output}: no format ends like this; known: {endings}, or give --format")


def _layers(text: str) -> list[Layer]:
    if text == "none":
        return []
    words = text.split(",")
    for word in words:
        if word not in set(Layer):
            raise UsageError(f"--show: there is no '{word}'; known: {', '.join(Layer)}, or none")
    return [layer for layer in Layer if layer in words]
