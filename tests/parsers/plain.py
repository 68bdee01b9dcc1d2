"""Facts as plain JSON values, for golden files that a person can read and correct."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import timedelta
from typing import TypeAlias

from parsers.values import Label

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"


def plain(value: object) -> Plain:
    """Turn a fact, or anything within one, into JSON values; labels are written as FRR writes them."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Label):
        return str(value)
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        kind: dict[str, Plain] = {"fact": type(value).__name__}
        return kind | {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return str(value)
