"""Keeping what was seen of a running lab in an evidence bundle, or judging it as one at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.diagrams.annotations import bundled_positions
from orchestrator.evidence.gather import Subject, bundled, completed
from orchestrator.evidence.judge import case
from orchestrator.evidence.redact import redacted
from orchestrator.lifecycle.measuring import PLAN_FILE
from orchestrator.lifecycle.store import Store
from orchestrator.model.load import INTENT_FILE, portable_topology_text
from orchestrator.model.reading import read_text
from orchestrator.model.scenarios import SCENARIO_FILE
from orchestrator.model.yaml_lines import read_yaml

if TYPE_CHECKING:
    from orchestrator.evidence.bundle import Seen
    from orchestrator.evidence.judge import Case
    from orchestrator.lifecycle.running import LabOnHost
    from orchestrator.lifecycle.store import Placement
    from orchestrator.model.lab import Lab
    from orchestrator.verification.network import Network

_FURTHER: Final = (SCENARIO_FILE, PLAN_FILE)


def subject(lab: Lab, placement: Placement, journal: tuple[str, ...] = ()) -> Subject:
    """A lab that is up, and where, as a bundle describes it; of a machine's address only that it is one.

    Raises:
        LabFileError: a file of the lab can't be read.
    """
    files = {
        lab.topology.file.name: portable_topology_text(lab.topology.file),
        INTENT_FILE: read_text(lab.folder / INTENT_FILE),
    }
    for file in (lab.folder / name for name in _FURTHER):
        # What is no YAML is left out: nobody could find the secrets in it.
        if file.exists() and read_yaml(file, text := read_text(file))[0] is not None:
            files[file.name] = text
    files |= bundled_positions(lab)
    host = placement.host.partition(":")[0]
    return Subject(lab, files, host, placement.runtime, journal)


def public_case(running: LabOnHost, nodes: Network, lab: Lab, seen: Seen) -> Case:
    """One look at a running lab, completed, without keys and passwords: what a bundle would say of it."""
    whole = completed(seen, nodes, lab)
    journal = Store.of(running.settings).journal(lab.name)
    kept = redacted(bundled(subject(lab, running.placement, journal), [whole]))
    return case(kept, lab.folder)
