"""`stages:` of `vpn.yml`: what a lab goes through, each stage as what it changes of the one before.

A stage says anew what is different, in the words of the file itself. Mappings are merged; a site, a list or a
single value takes the place of what stood there. The stages build on each other in the order of the file, so
a stage is the file with all changes up to and including its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from orchestrator.model.mistakes import Mistake, nearest
from orchestrator.model.names import word_fault
from orchestrator.model.yaml_lines import Entry, Fields, Scalar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.model.yaml_lines import Tree

KEY: Final = "stages"
_A_SITE: Final = 4  # vpns, a VPN, sites, a site: so deep mappings are merged


def stage_names(tree: Tree) -> tuple[str, ...]:
    """The stages in their order; none where the file has no (proper) `stages:`."""
    return tuple(_stages(tree))


def at_stage(file: Path, tree: Tree, stage: str) -> tuple[Tree, tuple[Mistake, ...]]:
    """The file as it stands at a stage, without `stages:`; for no stage (""), as it begins.

    Whatever is wrong with the stages is reported along with it; then the tree has only what could be read.
    """
    if not isinstance(tree, Fields) or KEY not in tree.entries:
        wrong = (_unknown(file, 1, stage, ()),) if stage else ()
        return tree, wrong
    own = tree.entries[KEY]
    now: Tree = replace(tree, entries={key: one for key, one in tree.entries.items() if key != KEY})
    if not isinstance(own.tree, Fields):
        what, right = "stages: is no mapping", "give each stage a name and what it changes"
        return now, (Mistake(file, own.line, what, right),)
    stages = _stages(tree)
    mistakes = [
        Mistake(file, entry.key_line, f"stage name '{name}' {fault}", "choose a name like after")
        for name, entry in own.tree.entries.items()
        if (fault := word_fault(name)) is not None
    ]
    mistakes += [
        Mistake(file, entry.line, f"stage {name} changes nothing that is known", "write it like the file")
        for name, entry in own.tree.entries.items()
        if name not in stages
    ]
    if stage and stage not in own.tree.entries:
        mistakes.append(_unknown(file, own.line, stage, tuple(own.tree.entries)))
    elif stage:
        for name, changes in stages.items():
            now = _merged(now, changes)
            if name == stage:
                break
    return now, tuple(mistakes)


def _stages(tree: Tree) -> Mapping[str, Fields]:
    """What each stage changes; one may change nothing, as the first does that names how it begins."""
    own = tree.entries.get(KEY) if isinstance(tree, Fields) else None
    found: dict[str, Fields] = {}
    for name, entry in own.tree.entries.items() if own and isinstance(own.tree, Fields) else ():
        match entry.tree:
            case Fields():
                found[name] = entry.tree
            case Scalar(None):
                found[name] = Fields({}, entry.line)
    return found


def _unknown(file: Path, line: int, stage: str, known: tuple[str, ...]) -> Mistake:
    right = nearest(stage, known) if known else "add stages: to the file, or ask for none"
    return Mistake(file, line, f"there is no stage '{stage}'", right)


def _merged(base: Tree, changes: Tree, depth: int = 0) -> Tree:
    if not isinstance(base, Fields) or not isinstance(changes, Fields) or depth == _A_SITE:
        return changes
    entries = dict(base.entries)
    for key, entry in changes.entries.items():
        before = entries.get(key)
        entries[key] = Entry(entry.key_line, _merged(before.tree, entry.tree, depth + 1)) if before else entry
    return replace(base, entries=entries)
