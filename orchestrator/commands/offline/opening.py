"""Which look of which bundle is meant, and by which intent it is judged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.evidence.judge import opened
from orchestrator.lifecycle.folders import lab_folder

if TYPE_CHECKING:
    from orchestrator.evidence.judge import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Offline:
    """What a verb that is asked of a bundle has on its command line, whatever it asks.

    Attributes:
        source: the file of `--from`.
        other: `--lab`: a lab whose intent is taken instead of the bundle's.
        look: `--look`.
        signed_by: the file of `--signed-by`.
    """

    source: str
    other: str | None
    look: int | None
    signed_by: str | None


def case(options: Offline, stage: str | None = None, *, public: bool = False) -> Case:
    """The look that is meant; `public` without keys and passwords.

    Raises:
        BadBundle, LabFileError, UsageError: as `opened`.
        NoSuchLab: there is no lab of the name that `--lab` has.
    """
    folder = lab_folder(options.other) if options.other else None
    signed_by = Path(options.signed_by) if options.signed_by else None
    return opened(
        Path(options.source), folder, stage=stage, look=options.look, signed_by=signed_by, public=public
    )
