"""`labels` as people write it in `vpn.yml`: one label protocol, or a list of several."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BeforeValidator

from orchestrator.model.label_protocols import LABEL_PROTOCOLS, LDP
from orchestrator.model.mistakes import nearest
from orchestrator.model.schema import as_written, reject, shown

LDP_ALONE: Final = (LDP,)
_WORDS: Final = list(LABEL_PROTOCOLS)


def _read(value: object) -> tuple[str, ...]:
    named = value if isinstance(value, list) else [value]
    for one in named:
        if one not in LABEL_PROTOCOLS:
            raise reject(f"unknown label protocol {shown(one)}", nearest(str(one), LABEL_PROTOCOLS))
    if not named or len(set(named)) < len(named):
        what = "a label protocol is named twice" if named else "no label protocol is named"
        raise reject(what, "write ldp, sr, or [ldp, sr]")
    return tuple(one for one in LABEL_PROTOCOLS if one in named)


LabelProtocols = Annotated[
    tuple[str, ...],
    BeforeValidator(
        _read,
        json_schema_input_type=as_written(
            description="label protocol, or both: [ldp, sr]",
            anyOf=[
                {"enum": _WORDS},
                {"type": "array", "items": {"enum": _WORDS}, "minItems": 1, "uniqueItems": True},
            ],
        ),
    ),
]
"""As people write it: `ldp`, `sr`, or `[ldp, sr]`."""
