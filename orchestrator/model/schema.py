"""The edge where values become typed: the base of all schemas, and the field's own kinds of value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from orchestrator.model.family import IpNetwork
from orchestrator.model.mistakes import Mistake, nearest
from orchestrator.model.paths import in_words
from orchestrator.model.rd_rt import RouteDistinguisher, RouteTarget, dotted_as
from orchestrator.model.yaml_lines import Entry, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic_core import ErrorDetails

    from orchestrator.model.document import Document
    from orchestrator.model.paths import Path, PathWords

LARGEST_AS: Final = 0xFFFFFFFF
# RFC 7607 (0), RFC 6793 (AS_TRANS), RFC 7300 (the last of each size).
RESERVED_AS: Final = {
    0: "AS 0 is reserved (RFC 7607)",
    23456: "AS 23456 is AS_TRANS (RFC 6793)",
    65535: "AS 65535 is reserved (RFC 7300)",
    LARGEST_AS: f"AS {LARGEST_AS} is reserved (RFC 7300)",
}


_SPOKEN_AS_VOWELS: Final = "aeiouAEIOM"
_KEY: Final = r"[A-Za-z0-9._/+=@%^:,~-]+"
_TEXT: Final = ["string", "integer", "boolean"]  # `1` and `true` are possible names
_OCTET: Final = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
IPV4: Final = rf"{_OCTET}(?:\.{_OCTET}){{3}}"


class StrictModel(BaseModel):
    """A mapping in a file: no key but the declared ones, no value of another type.

    Whatever pydantic finds wrong is put into our words here, where the declared keys are known.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    noun: ClassVar[str] = "a mapping"
    example: ClassVar[str] = "write key: value pairs"
    ignored: ClassVar[tuple[str, ...]] = ()  # keys that may stand here and are none of our business
    elsewhere: ClassVar[Mapping[str, str]] = {}  # keys that belong to another level, and what to say of them

    @classmethod
    def keys(cls) -> list[str]:
        """The keys that may stand in this mapping."""
        return [field.alias or name for name, field in cls.model_fields.items()]

    @model_validator(mode="wrap")
    @classmethod
    def _in_our_words(cls, value: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if isinstance(value, dict):
            value = {key: inner for key, inner in value.items() if key not in cls.ignored}
        try:
            return handler(value)
        except ValidationError as error:
            raise refused(*(cls._in_words(one) for one in error.errors(include_url=False))) from None

    @classmethod
    def _in_words(cls, error: ErrorDetails) -> Refusal:
        kind, path = error["type"], error["loc"]
        if kind == "extra_forbidden":
            key = str(path[-1])
            right = cls.elsewhere.get(key) or nearest(key, cls.keys(), (*cls.ignored, *cls.elsewhere))
            return Refusal(path, Fault.UNKNOWN_KEY, f"unknown key '{key}'", right)
        if kind == "missing":
            return Refusal(path[:-1], Fault.MISSING_KEY, *cls._missing(str(path[-1])))
        if kind in set(Fault):
            return Refusal(path, Fault(kind), error["ctx"]["what"], error["ctx"]["right"])
        what, right = _WRONG_TYPE.get(kind, (error["msg"], "write another value"))
        if kind == "model_type" and not path:
            what, right = f"is not {cls.noun}", cls.example
        if error["input"] is None:
            return Refusal(path, Fault.VALUE, "nothing stands here", right)
        return Refusal(path, Fault.VALUE, f"{shown(error['input'])} {what}", right)

    @classmethod
    def _missing(cls, key: str) -> tuple[str, str]:
        for name, field in cls.model_fields.items():
            if key in (name, field.alias):
                return f"no '{field.title or key}'", f"add {field.description or key}"
        return f"no '{key}'", f"add {key}"


class Fault(StrEnum):
    """How a mistake is put into a sentence with its place."""

    UNKNOWN_KEY = "unknown_key"  # "unknown key 'x' in PLACE"
    MISSING_KEY = "missing_key"  # "PLACE has no 'x'"
    VALUE = "value"  # "PLACE: 'x' is not …"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a schema says of a value at `path`."""

    path: Path
    fault: Fault
    what: str
    right: str


# pydantic's error types that a file can cause here, what they say of the value, and what would be right.
_WRONG_TYPE: Final = {
    "dict_type": ("is not a mapping", "write key: value pairs"),
    "list_type": ("is not a list", "write it in brackets, like [a, b]"),
    "string_type": ("is not text", "write a single word"),
    "int_type": ("is not a whole number", "write digits only"),
}


def refused(*refusals: Refusal) -> ValidationError:
    """The refusals as the error that pydantic expects of a validator."""
    return ValidationError.from_exception_data(
        "lab",
        [
            InitErrorDetails(type=_custom(one.fault, one.what, one.right), loc=one.path, input=None)
            for one in refusals
        ],
    )


def reject(what: str, right: str) -> PydanticCustomError:
    """A value that a validator refuses; the place is added by who reads the file."""
    return _custom(Fault.VALUE, what, right)


def _custom(fault: Fault, what: str, right: str) -> PydanticCustomError:
    return PydanticCustomError(fault.value, "{what}", {"what": what, "right": right})


Schema = TypeVar("Schema", bound=StrictModel)


def validate(
    document: Document,
    schema: type[Schema],
    path_words: PathWords,
    at: Path = (),
    context: Mapping[str, object] | None = None,
) -> tuple[Schema | None, tuple[Mistake, ...]]:
    """The document's values (those at a path of it) as `schema`, or None and all that is wrong.

    `places` puts the paths of the file into words; `context` is for the schema's own validators.
    """
    found = document.at(at)
    try:
        return schema.model_validate(
            plain(found.tree if isinstance(found, Entry) else found), context=context
        ), ()
    except ValidationError as error:
        errors = [one | {"loc": (*at, *one["loc"])} for one in error.errors(include_url=False)]
        # What a site says for all its attachments is one value of the file, and one mistake.
        distinct = {(id(document.at(one["loc"])), one["ctx"]["what"]): one for one in reversed(errors)}
        return None, tuple(_mistake(document, one, path_words) for one in reversed(distinct.values()))


def _mistake(document: Document, error: ErrorDetails, path_words: PathWords) -> Mistake:
    path, what = error["loc"], error["ctx"]["what"]
    match Fault(error["type"]):
        case Fault.UNKNOWN_KEY:
            what = f"{what} in {in_words(path[:-1], path_words)}"
        case Fault.MISSING_KEY:
            what = f"{in_words(path, path_words)} has {what}"
        case Fault.VALUE:
            what = f"{in_words(path, path_words)}: {what}"
    return document.mistake(path, what, error["ctx"]["right"])


def shown(value: object) -> str:
    """A value as a person wrote it, short enough for a line."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case dict():
            return "a mapping"
        case list():
            return "a list"
    text = str(value)
    most = 60
    return f"'{text}'" if len(text) <= most else f"'{text[:most]}…'"


def as_written(**form: object) -> Any:  # noqa: ANN401 -- a type, made of its JSON Schema
    """What people write for a value that a validator reads, as JSON Schema says it."""
    return Annotated[object, WithJsonSchema(dict(form))]


def choice(noun: str, *known: str) -> BeforeValidator:
    """One word of few."""

    def read(value: object) -> object:
        if value not in known:
            raise reject(f"unknown {noun} {shown(value)}", nearest(str(value), known))
        return value

    words = [str(one) for one in known]
    return BeforeValidator(read, json_schema_input_type=as_written(description=noun, enum=words))


def whole(noun: str, least: int, most: int) -> BeforeValidator:
    """A whole number within bounds."""

    def read(value: object) -> object:
        right = f"give a whole number within {least}..{most}"
        if isinstance(value, bool) or not isinstance(value, int):
            article = "an" if noun[0] in _SPOKEN_AS_VOWELS else "a"
            raise reject(f"{shown(value)} is not {article} {noun}", right)
        if not least <= value <= most:
            raise reject(f"{noun} {value} is out of range", right)
        return value

    form = as_written(description=noun, type="integer", minimum=least, maximum=most)
    return BeforeValidator(read, json_schema_input_type=form)


def secret(noun: str, longest: int) -> BeforeValidator:
    """A key or password. What is wrong with it is said without showing it."""

    def read(value: object) -> object:
        text = _text(value)
        if text is None:
            return None
        if not isinstance(text, str) or not re.fullmatch(_KEY, text):
            raise reject(
                f"a {noun} is letters, digits and ._/+=@%^:,~- only", f"give a single word as {noun}"
            )
        if len(text) > longest:
            raise reject(f"a {noun} of {len(text)} characters is too long", f"give {longest} at most")
        return text

    form = as_written(description=noun, type=_TEXT, pattern=f"^{_KEY}$", maxLength=longest)
    return BeforeValidator(read, json_schema_input_type=form)


def _text(value: object) -> object:
    """Text, though YAML sees a number or a boolean in it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else value


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise reject(f"{shown(value)} is neither true nor false", "write true or false")
    return value


def _as_number(value: object) -> int:
    if isinstance(value, str) and (dotted := dotted_as(value)) is not None:
        value = dotted
    if isinstance(value, bool) or not isinstance(value, int):
        quoted = isinstance(value, str) and value.isdigit()
        right = "write it without quotes" if quoted else "give a whole number such as 65000"
        raise reject(f"{shown(value)} is not an AS number", right)
    if value in RESERVED_AS:
        raise reject(
            RESERVED_AS[value], "for a lab take one of 64512..65534 or 4200000000..4294967294 (RFC 6996)"
        )
    if not 0 < value < LARGEST_AS:
        raise reject(f"AS number {value} is out of range", f"give one of 1..{LARGEST_AS - 1}")
    return value


def _network(value: object) -> IPv4Network:
    example = "write it like 172.16.1.0/24"
    if not isinstance(value, str) or "/" not in value:
        raise reject(f"{shown(value)} is not a prefix", example)
    try:
        return IPv4Network(value)
    except ValueError:
        pass
    try:
        network = IPv4Network(value, strict=False)
    except ValueError:
        raise reject(*_not_ipv4(value, "prefix", example)) from None
    raise reject(f"{shown(value)} has host bits set", f"the network is {network}")


def _site_network(value: object) -> IpNetwork:
    if not isinstance(value, str) or "/" not in value or ":" not in value:
        return _network(value)
    example = "write it like 2001:db8:1::/64"
    try:
        return IPv6Network(value)
    except ValueError:
        pass
    try:
        network = IPv6Network(value, strict=False)
    except ValueError:
        raise reject(f"{shown(value)} is not an IPv6 prefix", example) from None
    raise reject(f"{shown(value)} has host bits set", f"the network is {network}")


def _address(value: object) -> IPv4Address:
    example = "write it like 10.255.0.1"
    if not isinstance(value, str):
        raise reject(f"{shown(value)} is not an address", example)
    try:
        return IPv4Address(value)
    except ValueError:
        raise reject(*_not_ipv4(value, "address", example)) from None


def _not_ipv4(value: str, noun: str, example: str) -> tuple[str, str]:
    try:
        IPv6Network(value, strict=False)
    except ValueError:
        return f"{shown(value)} is not an IPv4 {noun}", example
    return f"{shown(value)} is an IPv6 {noun}, and only the prefixes of sites may be", example


def _administered(kind: type[RouteTarget | RouteDistinguisher], noun: str) -> Callable[[object], object]:
    right = "write it like 65000:1 or 10.255.0.1:1"

    def read(value: object) -> object:
        if not isinstance(value, str):
            raise reject(f"{shown(value)} is not a {noun}", right)
        try:
            return kind.parse(value)
        except ValueError as error:
            raise reject(f"bad {noun}: {error}", right) from None

    return read


_TWO_OCTETS: Final = "(?:6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[0-9]{1,4})"
_DOTTED_AS: Final = rf"{_TWO_OCTETS}\.{_TWO_OCTETS}"
_AS_JSON: Final = as_written(
    anyOf=[
        {
            "type": "integer",
            "minimum": 1,
            "maximum": LARGEST_AS - 1,
            "not": {"enum": [one for one in RESERVED_AS if 0 < one < LARGEST_AS]},
        },
        {"type": "string", "pattern": f"^{_DOTTED_AS}$", "examples": ["65000.1"]},
        # An editor takes 65000.1 without quotes for a fraction.
        {"type": "number", "minimum": 0, "maximum": 0x10000, "not": {"type": "integer"}},
    ]
)
# A shape alone: what more an IPv6 prefix must be is said when the file is read.
_IPV6_PREFIX: Final = "^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*/(?:12[0-8]|1[01][0-9]|[1-9]?[0-9])$"
_PREFIX_JSON: Final = as_written(
    type="string", pattern=f"^{IPV4}/(?:3[0-2]|[12]?[0-9])$", examples=["172.16.1.0/24"]
)
_SITE_PREFIX_JSON: Final = as_written(
    anyOf=[
        {"type": "string", "pattern": f"^{IPV4}/(?:3[0-2]|[12]?[0-9])$", "examples": ["172.16.1.0/24"]},
        {"type": "string", "pattern": _IPV6_PREFIX, "examples": ["2001:db8:1::/64"]},
    ]
)
_ADDRESS_JSON: Final = as_written(type="string", pattern=f"^{IPV4}$", examples=["10.255.0.1"])
_ADMINISTERED_JSON: Final = as_written(
    type="string",
    pattern=f"^(?:0*[1-9][0-9]*|{_DOTTED_AS}|{IPV4}):[0-9]+$",
    examples=["65000:1", "10.255.0.1:1"],
)

Text = Annotated[str, BeforeValidator(_text, json_schema_input_type=as_written(type=_TEXT))]
Switch = Annotated[bool, BeforeValidator(_switch)]
AsNumber = Annotated[int, BeforeValidator(_as_number, json_schema_input_type=_AS_JSON)]
Prefix = Annotated[IPv4Network, BeforeValidator(_network, json_schema_input_type=_PREFIX_JSON)]
SitePrefix = Annotated[IpNetwork, BeforeValidator(_site_network, json_schema_input_type=_SITE_PREFIX_JSON)]
Address = Annotated[IPv4Address, BeforeValidator(_address, json_schema_input_type=_ADDRESS_JSON)]
Target = Annotated[
    RouteTarget,
    BeforeValidator(_administered(RouteTarget, "route target"), json_schema_input_type=_ADMINISTERED_JSON),
]
Distinguisher = Annotated[
    RouteDistinguisher,
    BeforeValidator(
        _administered(RouteDistinguisher, "route distinguisher"), json_schema_input_type=_ADMINISTERED_JSON
    ),
]
