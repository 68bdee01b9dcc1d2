"""YAML as plain values that remember their lines.

Scalars follow the core schema of YAML 1.2, not PyYAML's 1.1: `65000:1` is text and not a sexagesimal number,
`no` and `on` are text and not booleans. Keys are always text. A number keeps its text where it is not written
plainly (`007`, `1.5`, `0x10`): a schema that wants text loses nothing, one that wants a number says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import yaml
from yaml.composer import Composer

from orchestrator.model.mistakes import Mistake

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Far more than any lab needs (one of a thousand nodes has half of it); keeps nested aliases ("a billion
# laughs") from filling the memory, and long lists from taking minutes.
_MOST_VALUES: Final = 30_000
_TOO_MANY: Final = f"more than {_MOST_VALUES} values"
_TAG: Final = "tag:yaml.org,2002:"
_READ_DIFFERENTLY: Final = re.compile("[\t?\r\x85\u2028\u2029\ufeff]")
"""By libyaml and PyYAML: tabs, `?` before a key, other line ends, byte order marks."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value."""

    value: str | int | bool | None
    line: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Tree, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A value under its key."""

    key_line: int
    tree: Tree

    @property
    def line(self) -> int:
        """Where a person would look: at a single value, else at the key that a list or mapping hangs on."""
        return self.tree.line if isinstance(self.tree, Scalar) else self.key_line


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping, in the order of the file."""

    entries: Mapping[str, Entry]
    line: int


Tree: TypeAlias = Scalar | Items | Fields


def plain(tree: Tree) -> object:
    """The value without its lines."""
    match tree:
        case Scalar(value):
            return value
        case Items(items):
            return [plain(item) for item in items]
        case Fields(entries):
            return {key: plain(entry.tree) for key, entry in entries.items()}


def read_yaml(file: Path, text: str) -> tuple[Tree | None, tuple[Mistake, ...]]:
    """Read one YAML document; None where its syntax is wrong, with the mistakes found."""
    reader = _Reader(file)
    try:
        node = _compose(text)
        tree = reader.tree(node) if node is not None else Scalar(None, 1)
    except yaml.MarkedYAMLError as error:
        return None, (Mistake(file, *_syntax(error, text)),)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        what = f"the character U+{error.character:04X} has no place in YAML"
        return None, (Mistake(file, line, what, "remove it"),)
    except RecursionError:
        return None, (
            Mistake(file, 1, "lists or mappings are nested too deeply", "a lab needs a few levels only"),
        )
    return tree, tuple(reader.mistakes)


def _compose(text: str) -> yaml.Node | None:
    """The nodes of a document: libyaml reads it seven times as fast, PyYAML says what is wrong with it."""
    if _FastLoader is not None and not _READ_DIFFERENTLY.search(text):
        try:
            return yaml.compose(text, Loader=_FastLoader)
        except (yaml.YAMLError, UnicodeEncodeError):
            pass
    return yaml.compose(text, Loader=_CoreLoader)


def _syntax(error: yaml.MarkedYAMLError, text: str) -> tuple[int, str, str]:
    """The line, what is wrong and what would be right."""
    begun = error.context_mark.line + 1 if error.context_mark else None
    mark = error.problem_mark
    line = mark.line + 1 if mark else begun or 1
    lines = text.splitlines()
    if mark is not None and mark.line < len(lines) and "\t" in lines[mark.line][: mark.column + 1]:
        return line, "a tab indents this line", "YAML is indented with spaces"
    if error.context == "expected a single document in the stream":
        return line, "a second YAML document begins here", "a file has one: remove the '---'"
    if error.problem == _TOO_MANY:
        return line, _TOO_MANY, "a lab needs far fewer"
    problem = " ".join(part for part in (error.context, error.problem) if part)
    if begun is None or begun == line:
        return line, f"not YAML: {problem}", "fix the syntax here or just above"
    if line > len(lines):
        return begun, "what begins here has no end", "close its brackets or quotes"
    return line, f"not YAML: {error.problem}", f"fix what begins in line {begun}"


class _CoreLoader(yaml.SafeLoader):
    """Reads nodes only: the scalars of YAML 1.2's core schema, and the merge key of YAML 1.1."""

    yaml_implicit_resolvers: Final = {}  # type: ignore[misc]  # PyYAML declares a class attribute without a type

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._values = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """The next value, counted: what is too long is given up while it is read."""
        self._values += 1
        if self._values > _MOST_VALUES:
            raise yaml.MarkedYAMLError(None, None, _TOO_MANY, self.get_mark())
        return super().compose_node(parent, index)


# At most 18 digits: a longer one is no number that a lab has, and Python refuses to read very long ones.
_CoreLoader.add_implicit_resolver(f"{_TAG}int", re.compile(r"0$|-?[1-9][0-9]{0,17}$"), list("-0123456789"))
_CoreLoader.add_implicit_resolver(f"{_TAG}bool", re.compile(r"(?:true|false)$"), list("tf"))
_CoreLoader.add_implicit_resolver(f"{_TAG}null", re.compile(r"(?:~|null|)$"), ["~", "n", ""])
_CoreLoader.add_implicit_resolver(f"{_TAG}merge", re.compile(r"<<$"), ["<"])


def _with_libyaml() -> Any:  # noqa: ANN401 - a class made of one that some builds of PyYAML do not have
    if not yaml.__with_libyaml__:
        return None

    class FastLoader(Composer, yaml.CSafeLoader):
        """The same nodes, of libyaml's events."""

        yaml_implicit_resolvers: Final = _CoreLoader.yaml_implicit_resolvers  # type: ignore[misc]  # as above

        def __init__(self, stream: str) -> None:
            yaml.CSafeLoader.__init__(self, stream)
            Composer.__init__(self)
            self._values = 0

        def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
            self._values += 1
            if self._values > _MOST_VALUES:
                raise yaml.MarkedYAMLError(problem=_TOO_MANY)
            return super().compose_node(parent, index)

    return FastLoader


_FastLoader: Final = _with_libyaml()


class _Reader:
    """Turns PyYAML's nodes into trees and collects what is wrong on the way."""

    def __init__(self, file: Path) -> None:
        self.mistakes: list[Mistake] = []
        self._file = file
        self._open: list[yaml.Node] = []
        self._values = 0

    def tree(self, node: yaml.Node) -> Tree:
        line = node.start_mark.line + 1
        self._values += 1
        if any(node is outer for outer in self._open):
            return self._refuse(line, "an alias stands inside what it repeats", "write the values out")
        if self._values > _MOST_VALUES:
            if self._values == _MOST_VALUES + 1:
                self._refuse(line, _TOO_MANY, "a lab needs far fewer: look at the aliases")
            return Scalar(None, line)
        self._open.append(node)
        try:
            match node:
                case yaml.MappingNode():
                    return self._fields(node, line)
                case yaml.SequenceNode():
                    return Items(tuple(self.tree(item) for item in node.value), line)
                case _:
                    return self._scalar(node, line)
        finally:
            self._open.pop()

    def _scalar(self, node: yaml.Node, line: int) -> Scalar:
        text = str(node.value)
        match node.tag.removeprefix(_TAG):
            case "str" | "merge":
                return Scalar(text, line)
            case "int" if re.fullmatch(r"-?[0-9]{1,18}", text):
                return Scalar(int(text), line)
            case "bool":
                return Scalar(text == "true", line)
            case "null":
                return Scalar(None, line)
        return self._refuse(line, f"unknown YAML tag '{node.tag}'", "write the value without a tag")

    def _fields(self, node: yaml.MappingNode, line: int) -> Fields:
        merged: dict[str, Entry] = {}
        own: dict[str, Entry] = {}
        for key, value in node.value:
            key_line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self._refuse(
                    key_line, "a list or mapping stands where a key should", "a key is a single word"
                )
            elif key.tag == f"{_TAG}merge":
                for name, entry in self._merged(value).items():
                    merged.setdefault(name, entry)
            elif key.value in own:
                first = own[key.value].key_line
                self._refuse(
                    key_line, f"key '{key.value}' stands here twice", f"it is first given in line {first}"
                )
            else:
                own[str(key.value)] = Entry(key_line, self.tree(value))
        return Fields({**merged, **own}, line)

    def _merged(self, node: yaml.Node) -> Mapping[str, Entry]:
        match self.tree(node):
            case Fields(entries):
                return entries
            case Items(items) if all(isinstance(item, Fields) for item in items):
                found: dict[str, Entry] = {}
                for item in items:
                    if isinstance(item, Fields):
                        found = {**item.entries, **found}
                return found
        self._refuse(
            node.start_mark.line + 1, "'<<' merges what is no mapping", "merge an alias of a mapping"
        )
        return {}

    def _refuse(self, line: int, what: str, right: str) -> Scalar:
        self.mistakes.append(Mistake(self._file, line, what, right))
        return Scalar(None, line)
