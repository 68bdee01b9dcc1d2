"""What a learner hands in: one file with what he was given, his journal, and the looks at his labs.

::

    manifest.sig       who signed the manifest, if anybody did (see `evidence.sign`)
    hand-in.json       version of this format, who wrote it when, SHA-256 of the other parts
    given.yml          what the learner was given
    journal.jsonl      what he did, an event a line
    NAME.tar.xz        exercise NAME: an evidence bundle of the looks at its lab, one as it began, one a check

No points are in it: they are computed from what nodes said and from what became of packets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestrator.evidence.archive import LARGEST_FILE, BadBundle, pack, unpack
from orchestrator.evidence.file import bundle_of, octets, packed
from orchestrator.evidence.format import MANIFEST as BUNDLE
from orchestrator.evidence.manifest import Manifest, digests, must_be_as_written, read_manifest, text_of
from orchestrator.evidence.redact import redacted
from orchestrator.evidence.sign import SIGNATURE, signature, signer
from orchestrator.model.mistakes import LabFileError
from orchestrator.training import journal
from orchestrator.training.course import load_given

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from orchestrator.evidence.bundle import Bundle
    from orchestrator.training.course import GivenIntent

FORMAT: Final = 1
MANIFEST: Final = "hand-in.json"
_GIVEN: Final = "given.yml"
_JOURNAL: Final = "journal.jsonl"
_LOOKS: Final = ".tar.xz"


class _Manifest(Manifest):
    program: str = ""
    at: str = ""
    parts: dict[str, str]


@dataclass(frozen=True, slots=True)
class HandIn:
    """One learner's work.

    Attributes:
        given: what he says that he was given.
        journal: what he did, the oldest first.
        looks: by exercise, what was seen of its lab: as it began (`begin`), and at each check (`check N`).
        at: when it was packed.
        signer: the public key of who signed it; "" where nobody did.
    """

    given: GivenIntent
    journal: tuple[journal.Event, ...]
    looks: Mapping[str, Bundle]
    at: str = ""
    signer: str = ""


def hand_in_parts(
    given_text: str, events: tuple[journal.Event, ...], looks: Mapping[str, Bundle], program: str
) -> dict[str, bytes]:
    """The parts by name, the manifest first; keys and passwords are not in them."""
    parts = {_GIVEN: given_text.encode(), _JOURNAL: journal.to_text(events).encode()}
    parts |= {
        f"{name}{_LOOKS}": packed(bundle if bundle.redacted else redacted(bundle))
        for name, bundle in sorted(looks.items())
    }
    manifest = _Manifest(
        format=FORMAT,
        program=program,
        at=journal.now(),
        parts=digests(parts),
    )
    return {MANIFEST: manifest.model_dump_json(indent=1).encode() + b"\n", **parts}


def pack_hand_in(parts: Mapping[str, bytes], key: Ed25519PrivateKey | None) -> bytes:
    """The file, signed if a key is given."""
    signed = {SIGNATURE: signature(parts[MANIFEST], key)} if key is not None else {}
    return pack({**parts, **signed})


def read_hand_in(file: Path, known: Collection[str]) -> HandIn:
    """What is in a file; it may come from a stranger, and nothing of it is unpacked to disk.

    Raises:
        BadBundle: it is none, damaged, or of a newer version; why, in one line that begins with the file.
    """
    try:
        parts = unpack(octets(file))
        found = _from_parts(parts, known)
        if SIGNATURE in parts:
            found = replace(found, signer=signer(parts[MANIFEST], parts[SIGNATURE]))
    except OSError as error:
        raise BadBundle(f"{file}: can't be read: {error.strerror}") from None
    except BadBundle as error:
        raise BadBundle(f"{file}: {error}") from None
    return found


def _from_parts(parts: Mapping[str, bytes], known: Collection[str]) -> HandIn:
    if MANIFEST not in parts:
        hint = "; it is an evidence bundle of a lab" if BUNDLE in parts else ""
        raise BadBundle(f"is not what `l3vpn learn hand-in` writes: it has no {MANIFEST}{hint}")
    manifest = read_manifest(parts[MANIFEST], _Manifest, FORMAT)
    must_be_as_written(parts, manifest.parts)
    texts = {name: _text(name, parts.get(name, b"")) for name in (_GIVEN, _JOURNAL) if name in manifest.parts}
    given = _given(texts.get(_GIVEN, ""), known)
    try:
        events = journal.from_text(texts.get(_JOURNAL, ""))
    except ValueError as error:
        raise BadBundle(f"is damaged: its journal {error}") from None
    looks = {}
    for name in given.course.exercises:  # what else there may be is not even opened
        if (part := f"{name}{_LOOKS}") in manifest.parts:
            try:
                looks[name] = bundle_of(parts[part])
            except BadBundle as error:
                raise BadBundle(f"is damaged: {part} {error}") from None
    return HandIn(given, events, looks, manifest.at)


def _given(text: str, known: Collection[str]) -> GivenIntent:
    try:
        return load_given(Path(_GIVEN), known, text)
    except LabFileError as error:
        raise BadBundle(f"has no course that is known here: {str(error).splitlines()[0]}") from None


def _text(name: str, data: bytes) -> str:
    if len(data) > LARGEST_FILE // 64:
        raise BadBundle(f"is damaged: {name} is too large")
    return text_of(name, data)
