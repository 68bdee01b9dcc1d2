"""The manifest of a file of several parts: its version, and a digest of each part that it vouches for."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from orchestrator.evidence.archive import BadBundle

if TYPE_CHECKING:
    from collections.abc import Mapping


class Recorded(BaseModel):
    """What stands in a manifest, or in a part of it; keys that are not known are left alone."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Manifest(Recorded):
    """All that is read of a format that is not known; a known one has more."""

    format: int


ManifestT = TypeVar("ManifestT", bound=Manifest)


def digests(parts: Mapping[str, bytes]) -> dict[str, str]:
    """By name the SHA-256 of each part, in hexadecimal."""
    return {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}


def read_manifest(data: bytes, schema: type[ManifestT], newest: int) -> ManifestT:
    """The manifest.

    Args:
        data: of it.
        schema: of its newest version that is known.
        newest: that version.

    Raises:
        BadBundle: it is damaged, or of a newer version of the format.
    """
    try:
        version = Manifest.model_validate_json(data).format
        if version > newest:
            raise BadBundle(
                f"is of format {version}, and this program knows {newest}: it was written by a newer one"
            )
        return schema.model_validate_json(data)
    except ValidationError:
        raise BadBundle("is damaged: its manifest is not to be read") from None


def must_be_as_written(parts: Mapping[str, bytes], wanted: Mapping[str, str]) -> None:
    """What the digests of a manifest do not name, nobody vouches for.

    Args:
        parts: as they are.
        wanted: `digests` of those that were written.

    Raises:
        BadBundle: a part is gone, or another.
    """
    for name, digest in wanted.items():
        if name not in parts:
            raise BadBundle(f"is damaged: it lacks {name!a}")
        if hashlib.sha256(parts[name]).hexdigest() != digest:
            raise BadBundle(f"is damaged: {name} is not what was written")


def text_of(name: str, data: bytes) -> str:
    """A part that is text.

    Raises:
        BadBundle: it is none.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadBundle(f"is damaged: {name} is not UTF-8 text") from None
