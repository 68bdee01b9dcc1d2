"""`render`: the configuration, without a lab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.commands.warn import warn_of_sites_apart
from orchestrator.errors import ExitCode
from orchestrator.lifecycle.folders import lab_folder
from orchestrator.lifecycle.names import named_nodes
from orchestrator.loading import load_lab
from orchestrator.protocols.registry import speaker_configuration
from orchestrator.render.frr import frr_configuration
from orchestrator.render.plumbing import plumbing
from orchestrator.runtimes.containerlab_plan import preview

if TYPE_CHECKING:
    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    lab: str
    stage: str | None
    node: str | None
    frr: str
    topology: bool


def run(options: Options, settings: Settings) -> int:
    """The configuration of a node, or of all; or what containerlab would deploy."""
    lab = load_lab(lab_folder(options.lab), options.stage or "")
    warn_of_sites_apart(lab)
    if options.topology:
        print(preview(lab.topology, str(lab.folder), settings.image or None), end="")
        return ExitCode.PROVEN
    for name in named_nodes(lab, [options.node] if options.node else []):
        configuration = frr_configuration(lab, name, options.frr)
        print(f"# {name}: Linux\n{plumbing(lab, name)}")
        print(f"! {name}: FRR {options.frr}\n{configuration}")
        if speaker := speaker_configuration(lab, name):
            print(f"! {name}: EIGRP\n{speaker}")
    return ExitCode.PROVEN
