"""The formats that a picture is written in, by name; the name is also how their files end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.diagrams.annotations import SUFFIX, extension_file, positions
from orchestrator.diagrams.dot import dot
from orchestrator.diagrams.drawio import drawio
from orchestrator.diagrams.mermaid import mermaid
from orchestrator.diagrams.picture import picture
from orchestrator.diagrams.svg import svg

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from orchestrator.diagrams.content import Layer
    from orchestrator.diagrams.picture import Picture
    from orchestrator.model.lab import Lab

_WRITERS: Final[Mapping[str, Callable[[Picture], str]]] = {
    "svg": svg,
    "mmd": mermaid,
    "drawio": drawio,
    "dot": dot,
}
ANNOTATIONS: Final = SUFFIX.removeprefix(".")
FORMATS: Final = (*_WRITERS, ANNOTATIONS)


def graph(lab: Lab, form: str, layers: Collection[Layer]) -> str:
    """A lab's picture in one of the formats, at the positions of its annotations if there are some.

    Raises:
        LabFileError: the annotations beside the topology are broken.
    """
    if form == ANNOTATIONS:
        return extension_file(lab)
    return _WRITERS[form](picture(lab, layers, positions(lab)))
