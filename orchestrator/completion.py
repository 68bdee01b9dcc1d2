"""What a shell may complete: verbs and options by argparse, labs by name, nodes and sites of the lab.

For bash: `eval "$(register-python-argcomplete l3vpn)"`; argcomplete's documentation has zsh and fish.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

import argcomplete
from argcomplete.completers import FilesCompleter

from orchestrator.lifecycle.folders import NoSuchLab, known_labs, lab_folder
from orchestrator.model.mistakes import LabFileError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Lab


def complete(parser: argparse.ArgumentParser) -> None:
    """Answer the shell and exit."""
    for action in _actions(parser):
        if action.dest == "lab":
            action.completer = _labs  # type: ignore[attr-defined] # argcomplete's way
        if action.dest in {"node", "nodes", "limit"}:
            action.completer = _nodes  # type: ignore[attr-defined] # the same
        if action.dest == "scenario":
            action.completer = _scenarios  # type: ignore[attr-defined] # the same
        if action.dest == "words":
            action.completer = exercises  # type: ignore[attr-defined] # the same
        if action.dest == "target":
            action.completer = _targets  # type: ignore[attr-defined] # the same
        if action.dest in {"path", "site", "to"}:
            action.completer = sites  # type: ignore[attr-defined] # the same
        if action.dest == "prefix":
            action.completer = prefixes  # type: ignore[attr-defined] # the same
        if action.dest == "stage":
            action.completer = _stages  # type: ignore[attr-defined] # the same
    argcomplete.autocomplete(parser)


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:  # noqa: SLF001 -- argparse has no other way to its actions
        yield action
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 -- the same
            for verb in action.choices.values():
                yield from _actions(verb)


def _labs(**_: Any) -> list[str]:  # noqa: ANN401 -- argcomplete's signature
    return list(known_labs())


def _scenarios(parsed_args: argparse.Namespace, **_: Any) -> list[str]:  # noqa: ANN401 -- the same
    from orchestrator.faults.scenario import load_scenarios  # noqa: PLC0415 -- only if one is asked for
    from orchestrator.loading import load_lab  # noqa: PLC0415 -- the same

    try:
        return [one.name for one in load_scenarios(load_lab(lab_folder(parsed_args.lab)))]
    except (NoSuchLab, LabFileError):
        return []


def exercises(parsed_args: argparse.Namespace, prefix: str = "", **_: Any) -> list[str]:  # noqa: ANN401 -- the same
    """What can be started; files, where courses are about these."""
    if parsed_args.action in {"pack", "join", "grade"}:
        return list(FilesCompleter()(prefix))
    from orchestrator.training.catalogue import exercise_files  # noqa: PLC0415 -- only if one is asked for

    return list(exercise_files()) if parsed_args.action == "start" and not parsed_args.words else []


def _targets(parsed_args: argparse.Namespace, **_: Any) -> list[str]:  # noqa: ANN401 -- the same
    """What can be failed; for `restore`, what is."""
    from orchestrator.faults.naming import names  # noqa: PLC0415 -- only if a target is asked for
    from orchestrator.lifecycle.failing import failed_in  # noqa: PLC0415 -- the same
    from orchestrator.lifecycle.store import Store  # noqa: PLC0415 -- the same
    from orchestrator.loading import load_lab  # noqa: PLC0415 -- the same  # noqa: PLC0415 -- the same
    from orchestrator.settings import Settings  # noqa: PLC0415 -- the same

    try:
        lab = load_lab(lab_folder(parsed_args.lab))
    except (NoSuchLab, LabFileError):
        return []
    if parsed_args.verb == "restore":
        return [
            *(fault.target.partition(" ")[2] for fault in failed_in(lab, Store.of(Settings.here()))),
            "everything",
        ]
    return list(names(lab))


def _nodes(parsed_args: argparse.Namespace, **_: Any) -> list[str]:  # noqa: ANN401 -- the same
    lab = _lab(parsed_args)
    return [node.name for node in lab.nodes] if lab else []


def sites(parsed_args: argparse.Namespace, **_: Any) -> list[str]:  # noqa: ANN401 -- the same
    """The sites of the lab."""
    lab = _lab(parsed_args)
    return [site.name for site in lab.sites] if lab else []


def prefixes(parsed_args: argparse.Namespace, **_: Any) -> list[str]:  # noqa: ANN401 -- the same
    """The prefixes of the site that was named before."""
    lab = _lab(parsed_args)
    there = lab.sites if lab else ()
    return [str(prefix) for site in there if site.name == parsed_args.site for prefix in site.prefixes]


def _stages(parsed_args: argparse.Namespace, **_: Any) -> list[str]:  # noqa: ANN401 -- the same
    from orchestrator.loading import load_stages  # noqa: PLC0415 -- only if a stage is asked for

    try:
        return [lab.stage for lab in load_stages(lab_folder(parsed_args.lab)) if lab.stage]
    except (NoSuchLab, LabFileError):
        return []


def _lab(parsed_args: argparse.Namespace) -> Lab | None:
    """The lab that was named before, if its files can be read."""
    from orchestrator.loading import load_lab  # noqa: PLC0415 -- only if something of it is asked for

    try:
        return load_lab(lab_folder(parsed_args.lab))
    except (NoSuchLab, LabFileError):
        return None
