"""From a lab's folder to a `Lab`, or to all that is wrong in its files."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from orchestrator.environment import environment
from orchestrator.model.check_core import check_core
from orchestrator.model.check_derived import check_derived
from orchestrator.model.check_intent import check_intent
from orchestrator.model.check_interconnects import check_interconnects, check_route_targets
from orchestrator.model.check_ipv6 import check_ipv6
from orchestrator.model.check_option_c import check_option_c
from orchestrator.model.check_segments import check_segment_settings, check_segments
from orchestrator.model.check_sites import check_sites
from orchestrator.model.check_timers import check_timers
from orchestrator.model.check_topology import check_topology
from orchestrator.model.containerlab import addressed_nodes, read_topology
from orchestrator.model.derive import PoolExhaustedError, derive, derive_topology
from orchestrator.model.document import Document
from orchestrator.model.files import LabFiles
from orchestrator.model.hosts import check_hosts
from orchestrator.model.intent import read_intent
from orchestrator.model.mistakes import LabFileError, Mistake
from orchestrator.model.reading import kept_text, read_text
from orchestrator.model.stages import at_stage, stage_names
from orchestrator.model.variables import expanded, named, unclosed
from orchestrator.model.yaml_lines import Scalar, read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from orchestrator.model.containerlab import TopologyFile
    from orchestrator.model.lab import Lab
    from orchestrator.model.pece_intent import SiteProtocol
    from orchestrator.model.schema import StrictModel
    from orchestrator.model.yaml_lines import Tree

INTENT_FILE: Final = "vpn.yml"
TOPOLOGY_SUFFIXES: Final = (".clab.yml", ".clab.yaml")
Typed = TypeVar("Typed", bound="StrictModel")


def load(
    folder: Path,
    protocols: Iterable[SiteProtocol],
    stage: str = "",
    texts: Mapping[str, str] | None = None,
) -> Lab:
    """Read the topology (`<name>.clab.yml`) and the intent (`vpn.yml`) in `folder`.

    Each file is checked by itself, then both together, then what follows from them.

    Args:
        folder: the lab's folder.
        protocols: the PE-CE protocols that its sites may speak.
        stage: a stage of the intent; none ("") for how it begins.
        texts: the lab's files by name, where they are in no folder; `folder` then says where they are from.

    Raises:
        LabFileError: the folder is not a lab or its files have mistakes; it holds all that could be seen.
    """
    # Not `resolve`: before Python 3.13 that fails on a link to itself.
    folder, protocols = Path(os.path.realpath(folder)), tuple(protocols)
    read = read_text if texts is None else lambda file: kept_text(file, texts[file.name])
    schemas = {one.name: one.intent for one in protocols}
    topology_file, intent_file = (
        _find(folder) if texts is None else _two_of(folder, map(folder.joinpath, texts))
    )
    topology_document, wiring, mistakes = read_file(
        topology_file, read_topology, check_topology, read=topology_text if texts is None else read
    )
    staged = partial(at_stage, intent_file, stage=stage)
    intent_document, intent, intent_mistakes = read_file(
        intent_file, partial(read_intent, schemas=schemas), check_intent, staged, read
    )
    if topology_document is None or wiring is None or intent_document is None or intent is None or mistakes:
        raise LabFileError(mistakes + intent_mistakes)
    topology = replace(
        derive_topology(topology_document.file, wiring), addressed=addressed_nodes(topology_document)
    )
    files = LabFiles(topology_document, topology, intent_document, intent)
    _stop_at(
        *intent_mistakes,
        *check_core(files),
        *check_interconnects(files),
        *check_segment_settings(files),
        *check_sites(files, protocols),
        *check_hosts(files),
        *check_ipv6(files),
    )
    try:
        lab = replace(derive(folder, topology, intent), stage=stage)
    except PoolExhaustedError as error:
        raise LabFileError([intent_document.mistake(error.path, str(error), "give a larger range")]) from None
    _stop_at(
        *check_derived(files, lab),
        *check_route_targets(files, lab),
        *check_option_c(files, lab),
        *check_segments(files, lab),
        *check_timers(files, lab),
    )
    return lab


def topology_text(file: Path) -> str:
    """A topology file with the variables of the environment expanded, as containerlab reads it.

    Raises:
        LabFileError: it can't be read, or containerlab would not expand it.
    """
    text = read_text(file)
    if (line := unclosed(text)) is not None:
        raise LabFileError(
            [Mistake(file, line, "a variable's '${' is not closed in its line", "add the '}'")]
        )
    return expanded(text, environment())


def portable_topology_text(file: Path) -> str:
    """The same for other machines: what nodes and links do not depend on is not told by its value.

    Raises:
        LabFileError: as `topology_text`.
    """
    text, values = read_text(file), environment()
    there = {name: values[name] for name in sorted(named(text) & values.keys())}
    meant = _wiring(file, expanded(text, there))
    needed = {
        name: value
        for name, value in there.items()
        if _wiring(file, expanded(text, {one: there[one] for one in there if one != name})) != meant
    }
    told = expanded(text, needed)
    return told if _wiring(file, told) == meant else topology_text(file)


def _wiring(file: Path, text: str) -> TopologyFile | None:
    tree, _ = read_yaml(file, text)
    return None if tree is None else read_topology(Document(file, tree))[1]


def intent_document(lab: Lab) -> Document:
    """The intent that a lab was read from, at its stage: for the lines of what is found out later."""
    file = lab.folder / INTENT_FILE
    tree, _ = read_yaml(file, file.read_text(encoding="utf-8"))
    assert tree is not None  # noqa: S101 -- the lab was read from it
    return Document(file, at_stage(file, tree, lab.stage)[0])


def load_each_stage(folder: Path, protocols: Collection[SiteProtocol]) -> tuple[Lab, ...]:
    """A lab as it begins, and at each of its stages.

    Raises:
        LabFileError: as `load` does for the first that has mistakes.
    """
    begins = load(folder, protocols)
    file = begins.folder / INTENT_FILE
    tree, _ = read_yaml(file, read_text(file))
    names = stage_names(tree) if tree is not None else ()
    return (begins, *(load(folder, protocols, name) for name in names))


def _stop_at(*mistakes: Mistake) -> None:
    if mistakes:
        raise LabFileError(mistakes)


def _find(folder: Path) -> tuple[Path, Path]:
    """The two files of a lab."""
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "there is no such folder"
        _stop_at(Mistake(folder, None, what, "name a lab's folder"))
    return _two_of(folder, folder.glob("[!.]*"))


def _two_of(folder: Path, files: Iterable[Path]) -> tuple[Path, Path]:
    known = sorted(file for file in files if not file.name.startswith("."))
    topologies = [file for suffix in TOPOLOGY_SUFFIXES for file in known if file.name.endswith(suffix)]
    mistakes: list[Mistake] = []
    if not topologies:
        right = f"a lab has one <name>{TOPOLOGY_SUFFIXES[0]}"
        mistakes.append(Mistake(folder, None, "there is no topology file", right))
    for further in topologies[1:]:
        what = f"a second topology file beside {topologies[0].name}"
        mistakes.append(Mistake(further, None, what, "a lab has one: remove or move the other"))
    intent = folder / INTENT_FILE
    if intent not in known:
        mistakes.append(
            Mistake(folder, None, f"there is no {INTENT_FILE}", "it says who the VPNs' sites are")
        )
    _stop_at(*mistakes)
    return topologies[0], intent


def _as_it_is(tree: Tree) -> tuple[Tree, tuple[Mistake, ...]]:
    return tree, ()


def read_file(
    file: Path,
    validate: Callable[[Document], tuple[Document, Typed | None, tuple[Mistake, ...]]],
    check: Callable[[Document, Typed], Iterable[Mistake]],
    prepared: Callable[[Tree], tuple[Tree, tuple[Mistake, ...]]] = _as_it_is,
    read: Callable[[Path], str] = read_text,
) -> tuple[Document | None, Typed | None, tuple[Mistake, ...]]:
    """One file with all that is wrong in it by itself."""
    try:
        text = read(file)
    except LabFileError as error:
        return None, None, error.mistakes
    tree, mistakes = read_yaml(file, text)
    if tree is None:
        return None, None, mistakes
    if isinstance(tree, Scalar) and tree.value is not None:
        # Not quoted: what is no lab file at all may be anything.
        return None, None, (Mistake(file, tree.line, "is not a mapping", "write key: value pairs"),)
    tree, unprepared = prepared(tree)
    mistakes += unprepared
    document, value, reject = validate(Document(file, tree))
    doubtful = {mistake.line for mistake in mistakes}  # what YAML can't read there is no second mistake
    reject = tuple(mistake for mistake in reject if mistake.line not in doubtful)
    more = tuple(check(document, value)) if value is not None else ()
    return document, value, mistakes + reject + more
