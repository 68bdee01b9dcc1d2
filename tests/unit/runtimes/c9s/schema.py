"""What an API server accepts of clabernetes' resources: the CRDs here, as it reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import yaml

FILE: Final = Path(__file__).with_name("crds.yml")


def schema_of(kind: str) -> dict[str, Any]:
    """The JSON Schema of a kind; asked to be strict, an API server refuses fields that are not in it."""
    for document in yaml.safe_load_all(FILE.read_text()):
        if document["spec"]["names"]["kind"] == kind:
            strict: dict[str, Any] = _strict(document["spec"]["versions"][0]["schema"]["openAPIV3Schema"])
            strict["properties"]["metadata"]["additionalProperties"] = True
            return strict
    raise KeyError(kind)


def _strict(schema: Any) -> Any:  # noqa: ANN401 -- any JSON
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _strict(value) for key, value in schema.items()}
    properties = made.get("properties")
    if made.get("type") == "object" and isinstance(properties, dict):
        made["additionalProperties"] = False
        defaults = {name for name, one in properties.items() if "default" in one}
        made["required"] = [name for name in made.get("required", []) if name not in defaults]
    return made
