"""What a lab's files promise and no configuration can keep: told on standard error, and no reason to stop."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from orchestrator.model.load import intent_document
from orchestrator.verification.apart import sites_apart

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab


def warn_of_sites_apart(lab: Lab) -> None:
    """A line for each pair of sites that route targets join and that get no routes to each other."""
    for one in sites_apart(lab, intent_document(lab)):
        print(f"warning: {one}", file=sys.stderr)
