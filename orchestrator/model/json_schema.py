"""JSON Schema (draft 2020-12) of what people write, derived from the schemas that read it.

What a schema can't say of itself is added here: the short forms of `vpn.yml`, which become long ones before
they are read, its sites, which name their PE-CE protocol, and its stages. What only shows when several values
are looked at together (two sites with one prefix) is no part of it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pydantic.json_schema import models_json_schema

from orchestrator.model.intent import Intent
from orchestrator.model.scenarios import DEEDS, Scenarios
from orchestrator.model.stages import KEY as STAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.model.pece_intent import SiteProtocol
    from orchestrator.model.schema import StrictModel

JsonSchema: TypeAlias = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_CE: Final = "ce"  # a site's own name, where it does not say


def text(schema: JsonSchema) -> str:
    """As a file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def of_intent(protocols: Iterable[SiteProtocol]) -> JsonSchema:
    """`vpn.yml`, whose sites may speak these PE-CE protocols."""
    schemas = {one.name: one.intent for one in protocols}
    made, forms = _derived(Intent, *schemas.values())
    spoken = [_Spoken(name, schema.__name__, forms[schema.__name__]) for name, schema in schemas.items()]
    known = {"protocol": {"description": "what PE and CE speak", "enum": list(schemas)}}
    for one in spoken:
        one.form["properties"] |= known
    own = forms["SiteIntent"]["properties"]
    forms |= {f"Site-{one.name}": _site(one, own) for one in spoken}
    forms["SiteIntent"] = {
        "description": "A customer site. What it says holds for all its attachments; one with a single CE"
        " needs no list of them, and its CE has the site's name unless it says another.",
        "type": "object",
        "properties": known,
        "if": {"required": ["protocol"]},
        "then": {"allOf": [{"if": _speaks(one), "then": _ref(f"Site-{one.name}")} for one in spoken]},
        "else": _site_of_several(spoken, own, known),
    }
    forms["AttachmentIntent"] = {
        "type": "object",
        "properties": known,
        "required": ["protocol"],
        "allOf": [
            {"if": _speaks(one), "then": _ref(one.schema) | {"required": one.required}} for one in spoken
        ],
    }
    for mapping in (made["properties"]["vpns"], forms["VpnIntent"]["properties"]["sites"]):
        mapping["type"] = ["object", "null"]  # nothing under such a key is a mapping with nothing in it
    made["required"].remove("providers")
    made["properties"] = {"provider": _ref("ProviderIntent")} | made["properties"]
    forms["ProviderChanges"] = {key: one for key, one in forms["ProviderIntent"].items() if key != "required"}
    changes = {
        "provider": _ref("ProviderChanges"),
        "providers": made["properties"]["providers"] | {"additionalProperties": _ref("ProviderChanges")},
    }
    forms["Stage"] = made | {
        "description": "What a stage changes of the one before, in the words of the file itself.",
        "type": ["object", "null"],
        "properties": made["properties"] | changes,
    }
    made["description"] = "What the provider and its customers want."
    made["oneOf"] = [{"required": ["provider"]}, {"required": ["providers"]}]
    stages = {"type": "object", "additionalProperties": _ref("Stage")}
    made["properties"] |= {STAGES: stages | {"description": "what the lab goes through, in this order"}}
    return _whole("vpn.yml", made, forms)


def of_scenarios(protocols: Iterable[SiteProtocol]) -> JsonSchema:
    """`scenarios.yml` of a lab whose sites may speak these PE-CE protocols."""
    of_ces = _of_ces(protocols)
    made, forms = _derived(Scenarios, *of_ces)
    step = forms["StepIntent"]
    step["oneOf"] = [{"required": [deed]} for deed in DEEDS]
    step["dependentRequired"] = {"breaks": ["configure"]}
    _configures(step, of_ces)
    return _whole("scenarios.yml", made, forms)


def _of_ces(protocols: Iterable[SiteProtocol]) -> list[type[StrictModel]]:
    """What a CE may have instead of what was agreed, by protocol."""
    return list(dict.fromkeys(type(one.intent.model_fields["at_ce"].default) for one in protocols))


def _configures(form: JsonSchema, of_ces: Iterable[type[StrictModel]]) -> None:
    """Under `configure` a CE's parameters are those of one of these."""
    written = form["properties"]["configure"]["additionalProperties"]["anyOf"]
    of_a_ce = next(one for one in written if one.get("type") == "object")
    of_a_ce["anyOf"] = [_ref(one.__name__) for one in of_ces]


def of_configuration(name: str, model: type[StrictModel], protocols: Iterable[SiteProtocol]) -> JsonSchema:
    """A file parts of which configure nodes: by lines, or a CE by parameters of one of these protocols."""
    of_ces = _of_ces(protocols)
    made, forms = _derived(model, *of_ces)
    for form in forms.values():
        if "configure" in form.get("properties", ()):
            _configures(form, of_ces)
    return _whole(name, made, forms)


def of_file(name: str, model: type[StrictModel]) -> JsonSchema:
    """A file that is read by one schema and has no short forms."""
    return _whole(name, *_derived(model))


def _derived(top: type[StrictModel], *further: type[StrictModel]) -> tuple[JsonSchema, JsonSchema]:
    """A schema and what it refers to."""
    refs, made = models_json_schema([(one, "validation") for one in (top, *further)], by_alias=True)
    forms = {name: _plain(form) for name, form in made["$defs"].items()}
    return forms.pop(refs[top, "validation"]["$ref"].rpartition("/")[2]), forms


def _whole(name: str, made: Mapping[str, Any], forms: Mapping[str, Any]) -> JsonSchema:
    """What is referred to, and no more."""
    used: dict[str, Any] = {}
    waiting = list(_references(made))
    while waiting:
        if (one := waiting.pop()) not in used:
            used[one] = forms[one]
            waiting += _references(forms[one])
    return {"$schema": DIALECT, "title": name, **made, "$defs": dict(sorted(used.items()))}


def _references(schema: object) -> list[str]:
    if isinstance(schema, list):
        return [found for one in schema for found in _references(one)]
    if not isinstance(schema, dict):
        return []
    own = schema.get("$ref")
    inner = [found for one in schema.values() for found in _references(one)]
    return [own.rpartition("/")[2], *inner] if isinstance(own, str) else inner


def _plain(schema: Any, *, of_key: bool = False) -> Any:  # noqa: ANN401 -- any JSON
    """Without pydantic's titles and the defaults that have a form of their own; descriptions for people."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made: JsonSchema = {}
    for word, value in schema.items():
        match word, value:
            case "title", _:
                pass
            case "default", None | dict() | list():
                pass
            case "properties", dict():
                made[word] = {name: _plain(one, of_key=True) for name, one in value.items()}
            case "description", str():
                whole = " ".join(value.partition("\n\nAttributes:")[0].split())
                made[word] = re.sub("^[a-z]+: ", "", whole) if of_key else whole  # the key, for "add asn: …"
            case "anyOf", [{"type": kind, **rest}, {"type": "null"}] if "enum" not in rest:
                kinds = [kind] if isinstance(kind, str) else kind
                made = _plain(rest) | made | {"type": [*kinds, "null"]}
            case _:
                made[word] = _plain(value)
    return made


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A PE-CE protocol, and what is written of an attachment that speaks it.

    Attributes:
        name: what `protocol:` says.
        schema: the name of its schema.
        form: the schema; no key is required in it, since site and attachment may share them out.
        required: the keys that one of both must have.
    """

    name: str
    schema: str
    form: JsonSchema
    required: list[str] = field(init=False)

    def __post_init__(self) -> None:
        required = [one for one in self.form.pop("required") if one != "protocol"]
        object.__setattr__(self, "required", required)


def _site(spoken: _Spoken, own: JsonSchema) -> JsonSchema:
    """A site that names its protocol; an attachment that names another takes nothing from it."""
    named_here = {"properties": {"protocol": {"const": spoken.name}}}  # or not at all
    items = {"if": named_here, "then": _ref(spoken.schema), "else": _ref("AttachmentIntent")}
    return {
        "description": f"A site. {spoken.form['description']}",
        "type": "object",
        "properties": own | {"attachments": {"type": "array", "items": items}} | spoken.form["properties"],
        "additionalProperties": False,
        "if": {"required": ["attachments"]},
        "then": {"allOf": _site_or_each(spoken, named_here)},
        "else": {"required": [key for key in spoken.required if key != _CE]},
    }


def _site_of_several(spoken: Sequence[_Spoken], own: JsonSchema, known: JsonSchema) -> JsonSchema:
    """A site that leaves the protocol to its attachments: what it says must fit each of them."""
    items = {
        "type": "object",
        "properties": known,
        "required": ["protocol"],
        "allOf": [{"if": _speaks(one), "then": _ref(one.schema)} for one in spoken],
    }
    attachments = {"type": "array", "items": items}
    return {
        "anyOf": [{"required": ["protocol"]}, {"required": ["attachments"]}],
        "properties": own | {"attachments": attachments},
        "allOf": [
            {
                "if": _attachments("contains", _speaks(one)),
                "then": {
                    "properties": dict.fromkeys(own, True) | one.form["properties"],
                    "additionalProperties": False,
                    "allOf": _site_or_each(one, _speaks(one)),
                },
            }
            for one in spoken
        ],
    }


def _site_or_each(spoken: _Spoken, speaks: JsonSchema) -> list[JsonSchema]:
    """What is required stands at the site, or at each attachment that speaks the protocol."""
    return [
        {
            "anyOf": [
                {"required": [key]},
                _attachments("items", {"if": speaks, "then": {"required": [key]}}),
            ]
        }
        for key in spoken.required
    ]


def _attachments(which: str, schema: JsonSchema) -> JsonSchema:
    return {"required": ["attachments"], "properties": {"attachments": {"type": "array", which: schema}}}


def _speaks(spoken: _Spoken) -> JsonSchema:
    return {"properties": {"protocol": {"const": spoken.name}}, "required": ["protocol"]}


def _ref(name: str) -> JsonSchema:
    return {"$ref": f"#/$defs/{name}"}
