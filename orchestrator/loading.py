"""Lab files read with all PE-CE protocols that this program knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.load import load, load_each_stage
from orchestrator.protocols.registry import PROTOCOLS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.model.lab import Lab


def load_lab(folder: Path, stage: str = "") -> Lab:
    """The lab of a folder with a topology (`<name>.clab.yml`) and an intent (`vpn.yml`).

    Args:
        folder: the lab's folder.
        stage: a stage of the intent; none ("") for how it begins.

    Raises:
        LabFileError: the folder is not a lab or its files have mistakes; it holds all that could be seen.
    """
    return load(folder, PROTOCOLS, stage)


def load_stages(folder: Path) -> tuple[Lab, ...]:
    """A lab as it begins, and at each of its stages.

    Raises:
        LabFileError: as `load_lab` does for the first that has mistakes.
    """
    return load_each_stage(folder, PROTOCOLS)


def load_texts(texts: Mapping[str, str], source: Path, stage: str = "") -> Lab:
    """The lab whose files were kept elsewhere than in a folder.

    Args:
        texts: the files by name.
        source: where they were kept, for messages about them.
        stage: as `load_lab`.

    Raises:
        LabFileError: as `load_lab`.
    """
    return load(source, PROTOCOLS, stage, texts)
