"""`render`: the configuration, without a lab."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.commands.warn import warn_of_sites
from orchestrator.errors import ExitCode
from orchestrator.lifecycle.folders import lab_folder
from orchestrator.lifecycle.names import named_nodes
from orchestrator.loading import load_lab
from orchestrator.protocols.registry import speaker_configuration
from orchestrator.render.frr import frr_configuration
from orchestrator.render.plumbing import plumbing
from orchestrator.runtimes.containerlab_plan import preview
from orchestrator.terminal import console

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab
    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    lab: str
    stage: str | None
    node: str | None
    frr: str
    topology: bool
    write: str | None


def run(options: Options, settings: Settings) -> int:
    """The configuration of a node, or of all; or what containerlab would deploy."""
    lab = load_lab(lab_folder(options.lab), options.stage or "")
    warn_of_sites(lab)
    if options.topology:
        print(preview(lab.topology, str(lab.folder), settings.image or None), end="")
        return ExitCode.PROVEN
    names = named_nodes(lab, [options.node] if options.node else [])
    nodes = [_Rendered.of(lab, name, options.frr) for name in names]
    for one in nodes:
        if options.write:
            one.write(Path(options.write) / one.node)
        else:
            one.print(options.frr)
    if options.write:
        console().print(
            f"{options.write}: {' '.join(one.node for one in nodes)}", markup=False, soft_wrap=True
        )
    return ExitCode.PROVEN


@dataclass(frozen=True, slots=True)
class _Rendered:
    """What a node is configured with; secrets as they are in the lab's files."""

    node: str
    linux: str
    frr: str
    eigrp: str

    @classmethod
    def of(cls, lab: Lab, node: str, version: str) -> _Rendered:
        linux, frr = str(plumbing(lab, node)), frr_configuration(lab, node, version)
        return cls(node, linux, frr, speaker_configuration(lab, node))

    def print(self, version: str) -> None:
        print(f"# {self.node}: Linux\n{self.linux}")
        print(f"! {self.node}: FRR {version}\n{self.frr}")
        if self.eigrp:
            print(f"! {self.node}: EIGRP\n{self.eigrp}")

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "linux.txt").write_text(self.linux, encoding="utf-8")
        (folder / "frr.conf").write_text(self.frr, encoding="utf-8")
        if self.eigrp:
            (folder / "eigrp.conf").write_text(self.eigrp, encoding="utf-8")
