"""The parts of a bundle: a manifest, the lab's files, what nodes said, what became of probes, findings.

::

    manifest.sig           who signed the manifest, if anybody did (see `sign`)
    manifest.json          version of this format, who wrote it, what was seen when, SHA-256 of other parts
    lab/vpn.yml            the lab's files as they were read; of the file of positions, these alone
    seen/1/nodes/pe1.txt   what pe1 said the first time: each command, its status and its answer
    seen/1/probes.json     each probe and what became of it
    seen/1/report.json     the findings, as `verify --format json` prints them
    seen/1/pe1.eth1.pcap   packets at that interface; as the nodes sent them, text is all else
    journal.txt            what was done to the lab
    results.json           of scenarios or a measurement

A reader ignores parts and keys that it does not know; what changes the meaning of others is a new version.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field

from orchestrator.evidence.archive import BadBundle
from orchestrator.evidence.bundle import Bundle, Place, Seen
from orchestrator.evidence.manifest import (
    Manifest,
    Recorded,
    digests,
    must_be_as_written,
    read_manifest,
    text_of,
)
from orchestrator.evidence.probes import probes_from_json, probes_to_json
from orchestrator.evidence.transcripts import transcripts_from_text, transcripts_to_text
from orchestrator.faults.fault import Fault, NoSuchTarget

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
_JOURNAL: Final = "journal.txt"
_RESULTS: Final = "results.json"
_FILES: Final = "lab/"
_FILE: Final = re.compile(rf"{_FILES}([^/]+)")
_NODE: Final = re.compile(r"seen/(?P<number>[0-9]{1,4})/nodes/(?P<node>[^/]+)\.txt")

_TEXTS: Final = re.compile(
    rf"{_JOURNAL}|{_RESULTS}|{_FILE.pattern}|seen/[0-9]{{1,4}}/(nodes/[^/]+\.txt|probes\.json|report\.json)"
)
_PACKETS: Final = re.compile(r"seen/(?P<number>[0-9]{1,4})/(?P<where>[^/]+)\.pcap")

_Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:+~-]*$", max_length=100)]
_Line = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f-\x9f]*$", max_length=1000)]


class _About(Recorded):
    title: _Line
    at: _Line
    stage: _Line = ""
    failed: list[dict[str, Any]] = Field(default_factory=list)


class _Manifest(Manifest):
    lab: _Word
    program: _Line = ""
    host: _Line = ""
    runtime: _Line = ""
    kernel: _Line = ""
    frr: dict[_Word, _Line] = Field(default_factory=dict)
    redacted: bool
    seen: Annotated[list[_About], Field(min_length=1, max_length=9999)]
    parts: dict[str, str]


def bundle_to_parts(bundle: Bundle) -> dict[str, bytes]:
    """The parts by name, the manifest first."""
    parts = {name: text.encode("utf-8", "replace") for name, text in _texts(bundle)}
    for number, seen in enumerate(bundle.seen, 1):
        parts |= {f"{look_parts(number)}{name}.pcap": data for name, data in sorted(seen.packets.items())}
    place = bundle.place
    manifest = _Manifest(
        format=FORMAT,
        lab=bundle.lab,
        program=place.program,
        host=place.host,
        runtime=place.runtime,
        kernel=place.kernel,
        frr=dict(sorted(place.frr.items())),
        redacted=bundle.redacted,
        seen=[
            _About(title=one.title, at=one.at, stage=one.stage, failed=[it.to_dict() for it in one.faults])
            for one in bundle.seen
        ],
        parts=digests(parts),
    )
    return {MANIFEST: manifest.model_dump_json(indent=1).encode() + b"\n", **parts}


def look_parts(number: int) -> str:
    """How the names of the parts of a look begin; the first is look 1."""
    return f"seen/{number}/"


def _texts(bundle: Bundle) -> Iterator[tuple[str, str]]:
    for name, text in sorted(bundle.files.items()):
        yield f"{_FILES}{name}", text
    for number, seen in enumerate(bundle.seen, 1):
        for node, answers in sorted(seen.answers.items()):
            yield f"{look_parts(number)}nodes/{node}.txt", transcripts_to_text(answers)
        yield f"{look_parts(number)}probes.json", probes_to_json(seen.flights)
        if seen.report:
            yield f"{look_parts(number)}report.json", seen.report
    if bundle.journal:
        yield _JOURNAL, "".join(f"{line}\n" for line in bundle.journal)
    if bundle.results:
        yield _RESULTS, bundle.results


def bundle_from_parts(parts: Mapping[str, bytes]) -> Bundle:
    """The bundle that was written as these parts.

    Raises:
        BadBundle: they are damaged, of a newer version of the format, or something else.
    """
    if MANIFEST not in parts:
        raise BadBundle("is no evidence bundle: it has no manifest")
    manifest = read_manifest(parts[MANIFEST], _Manifest, FORMAT)
    must_be_as_written(parts, manifest.parts)
    texts = {name: text_of(name, parts[name]) for name in manifest.parts if _TEXTS.fullmatch(name)}
    packets: dict[int, dict[str, bytes]] = {}
    for name in manifest.parts:
        if found := _PACKETS.fullmatch(name):
            packets.setdefault(int(found["number"]), {})[found["where"]] = parts[name]
    said: dict[int, dict[str, str]] = {}
    for name, text in texts.items():
        if found := _NODE.fullmatch(name):
            said.setdefault(int(found["number"]), {})[found["node"]] = text
    return Bundle(
        lab=manifest.lab,
        place=Place(manifest.host, manifest.runtime, manifest.kernel, manifest.frr, manifest.program),
        files={found[1]: text for name, text in texts.items() if (found := _FILE.fullmatch(name))},
        seen=tuple(
            replace(_seen(number, about, texts, said.get(number, {})), packets=packets.get(number, {}))
            for number, about in enumerate(manifest.seen, 1)
        ),
        journal=tuple(texts.get(_JOURNAL, "").splitlines()),
        redacted=manifest.redacted,
        results=texts.get(_RESULTS, ""),
    )


def _seen(number: int, about: _About, texts: Mapping[str, str], said: Mapping[str, str]) -> Seen:
    answers = {node: transcripts_from_text(node, text) for node, text in said.items()}
    try:
        faults = tuple(map(Fault.from_dict, about.failed))
        flights = probes_from_json(texts.get(f"seen/{number}/probes.json", "[]").encode())
    except (NoSuchTarget, ValueError):
        raise BadBundle(f"is damaged: what it has of look {number} is not to be read") from None
    return Seen(
        about.title,
        about.at,
        about.stage,
        faults,
        answers,
        flights,
        texts.get(f"seen/{number}/report.json", ""),
    )
