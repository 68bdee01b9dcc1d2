"""What can be wrong with segment routing: settings where it does not run, indexes that do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.derive import homes
from orchestrator.model.label_protocols import LDP, SR, in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.files import LabFiles
    from orchestrator.model.intent import Core
    from orchestrator.model.lab import Lab, Provider
    from orchestrator.model.mistakes import Mistake
    from orchestrator.model.paths import Path


def check_segment_settings(files: LabFiles) -> Iterator[Mistake]:
    """Segment routing's settings stand where it runs, and LDP's where LDP does."""
    document, intent = files.intent_document, files.intent
    for name, provider in intent.providers.items():
        path: Path = ("providers", name, "core")
        labels = in_words(provider.core.labels)
        for key, use in _of_ldp(provider.core) if LDP not in provider.core.labels else ():
            what = f"{use}, and with labels: {labels} there is none"
            yield document.mistake((*path, key), what, "remove it, or write labels: ldp")
        if len(provider.core.labels) > 1 and provider.core.explicit_null:
            what = f"explicit-null is LDP's alone, and with labels: {labels} packets have other labels"
            yield document.mistake((*path, "explicit-null"), what, "remove it, or write labels: ldp")
        if SR not in provider.core.labels and provider.core.srgb is not None:
            what = f"an SRGB is segment routing's, and the labels are {labels}'s"
            yield document.mistake((*path, "srgb"), what, "remove it, or write labels: sr")
    home = homes(files.topology, intent)
    for node, own in intent.nodes.items():
        if node in home and SR not in intent.providers[home[node]].core.labels:
            for key, value in (("sid", own.sid), ("srgb", own.srgb)):
                if value is not None:
                    what = f"node {node} has '{key}', and segment routing does not run there"
                    yield document.mistake(("nodes", node, key), what, "remove it, or write labels: sr")


def check_segments(files: LabFiles, lab: Lab) -> Iterator[Mistake]:
    """No two nodes of a provider have one index, and each fits into the SRGB of every node."""
    for provider in lab.providers:
        yield from _check_indexes(files, provider)
        yield from _check_fit(files, provider)


def _check_indexes(files: LabFiles, provider: Provider) -> Iterator[Mistake]:
    owners: dict[int, str] = {}
    for one in provider.segments:
        first = owners.setdefault(one.index, one.node)
        if first != one.node:
            blamed = one.node if _gives(files, one.node, "sid") else first
            what = f"nodes {first} and {one.node} both have the prefix SID index {one.index}"
            right = "give one of them another with sid; without it the index is the node's position"
            yield files.intent_document.mistake(("nodes", blamed, "sid"), what, right)


def _check_fit(files: LabFiles, provider: Provider) -> Iterator[Mistake]:
    """Each node looks for its label in the block of its next hop, so an index has to fit into all of them."""
    if not provider.segments:
        return
    smallest = min(provider.segments, key=lambda one: one.srgb.size)
    for one in provider.segments:
        if one.index < smallest.srgb.size:
            continue
        path: Path = ("providers", provider.name, "core", "srgb")
        if _gives(files, one.node, "sid"):
            path = ("nodes", one.node, "sid")
        elif _gives(files, smallest.node, "srgb"):
            path = ("nodes", smallest.node, "srgb")
        what = (
            f"the prefix SID index {one.index} of {one.node} does not fit into the SRGB "
            f"{smallest.srgb} of {smallest.node}"
        )
        right = f"give an index below {smallest.srgb.size}, or larger blocks"
        yield files.intent_document.mistake(path, what, right)


def _gives(files: LabFiles, node: str, key: str) -> bool:
    own = files.intent.nodes.get(node)
    return own is not None and getattr(own, key) is not None


def _of_ldp(core: Core) -> Iterator[tuple[str, str]]:
    """Settings that LDP alone has, by their keys."""
    if core.ldp_sync:
        yield "ldp-sync", "ldp-sync waits for LDP"
    if core.ldp_password is not None:
        yield "ldp-password", "ldp-password is for sessions of LDP"
    if core.explicit_null:
        yield "explicit-null", "explicit-null is advertised by LDP"
