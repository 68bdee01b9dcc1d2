"""Keys and passwords in a bundle, each replaced by a name that stands for it wherever it is.

The same secret has the same name everywhere, so that a CE and a PE that disagree still do, and a node that is
set as its files want still is. Names are numbers in the order in which the secrets stand in the lab's files:
nothing about a secret can be learnt from one, not even by guessing. That a secret was changed everywhere is
not to be seen, therefore.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import yaml

from orchestrator.evidence.keys import is_configuration
from orchestrator.model.mistakes import LabFileError, Mistake
from orchestrator.render.secrets import replaced
from orchestrator.verification.kit.answers import Transcript

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from orchestrator.evidence.bundle import Answers, Bundle, Seen
    from orchestrator.faults.fault import Fault

_KEYS: Final = frozenset(("key", "password", "ldp-password"))
"""What secrets are called in the lab's files."""
_NONE: Final = "none"  # the word in `vpn.yml` for no key and no password
_NO_FILES: Final[Mapping[str, str]] = MappingProxyType({})
_BEGINS: Final = (
    yaml.BlockMappingStartToken
    | yaml.FlowMappingStartToken
    | yaml.BlockSequenceStartToken
    | yaml.FlowSequenceStartToken
)
_ENDS: Final = yaml.BlockEndToken | yaml.FlowMappingEndToken | yaml.FlowSequenceEndToken
_DEEPEST: Final = 100
"""Levels of a file: PyYAML takes time by their square."""
_FEW_LEVELS: Final = "a lab needs a few levels only"
_TELLING: Final = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z]).{6,}")
"""A secret that can be found by itself: no other word looks like it."""


def redacted(bundle: Bundle) -> Bundle:
    """The bundle without keys and passwords.

    Raises:
        LabFileError: what is one in a file of the lab nobody can say: it is no YAML.
    """
    names = _Names()
    for name, text in _in_order(bundle.files):
        names.learn(name, text)
    seen = tuple(_seen(one, names) for one in bundle.seen)
    return replace(
        bundle,
        files={name: names.in_file(name, text) for name, text in bundle.files.items()},
        seen=tuple(replace(one, report=names.in_text(one.report)) for one in seen),
        journal=tuple(names.in_text(names.in_configuration(line)) for line in bundle.journal),
        results=names.in_text(bundle.results),
        redacted=True,
    )


def redacted_files(files: Mapping[str, str], like: Mapping[str, str] = _NO_FILES) -> dict[str, str]:
    """The files of another lab, as they would stand in a bundle beside files that are redacted.

    Nobody knows any more what a secret of the bundle was. What stands at the same place in `like` is taken
    for the same, if that can be: two secrets that differ have two names. A secret at a new place has a new
    name, and one that is a name of the bundle, copied from there, stays.

    Raises:
        LabFileError: as `redacted`.
    """
    before = [(at, secret) for one in _in_order(like) for at, secret in _places(*one)]
    names = _Names(taken={secret for _, secret in before})
    here = [(at, secret) for one in _in_order(files) for at, secret in _places(*one)]
    there = dict(before)
    for at, secret in here:
        name = secret if secret in names.taken else there.get(at)
        if name is not None and name not in names.known.values():
            names.known.setdefault(secret, name)
    for name, text in _in_order(files):
        names.learn(name, text)
    return {name: names.in_file(name, text) for name, text in files.items()}


def _places(name: str, text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """The secrets of a file, each with the keys that lead to it, and its number among those at them."""
    seen: Counter[tuple[str, ...]] = Counter()
    path: list[str] = []
    waiting, after = "", None
    for token, secret in _tokens(name, text):
        if isinstance(token, yaml.ScalarToken) and isinstance(after, yaml.KeyToken):
            waiting = str(token.value)
        elif isinstance(token, _BEGINS):
            path.append(waiting)
        elif isinstance(token, _ENDS):
            path = path[:-1]
        if secret:
            at = (*path, waiting)
            seen[at] += 1
            yield (*at, str(seen[at])), secret.strip()
        after = token


def _in_order(files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The intent first: its secrets have the lowest numbers, whatever other files there are."""
    yield from sorted(files.items(), key=lambda one: (one[0] != "vpn.yml", one[0]))


def _seen(seen: Seen, names: _Names) -> Seen:
    configured: Answers = {
        node: {
            command: replace(one, output=names.in_configuration(one.output))
            if isinstance(one, Transcript) and is_configuration(command)
            else one
            for command, one in said.items()
        }
        for node, said in sorted(seen.answers.items())
    }
    answers: Answers = {
        node: {
            command: replace(one, output=names.in_text(one.output)) if isinstance(one, Transcript) else one
            for command, one in said.items()
        }
        for node, said in configured.items()
    }
    faults = tuple(_fault(one, names) for one in seen.faults)
    return replace(seen, answers=answers, faults=faults)


def _fault(fault: Fault, names: _Names) -> Fault:
    lines = tuple(map(names.in_configuration, fault.lines))
    at_ce = None if fault.at_ce is None else {key: names.in_value(key, it) for key, it in fault.at_ce.items()}
    return replace(fault, lines=lines, at_ce=at_ce)


@dataclass(slots=True)
class _Names:
    """The name of each secret that has been met."""

    known: dict[str, str] = field(default_factory=dict)
    plain: set[str] = field(default_factory=set)
    """What the files call nodes, VPNs and all else that they have: it stays, though a secret be the same."""
    taken: Collection[str] = ()
    """Names that stand for other secrets."""

    def of(self, secret: str) -> str:
        """What stands for a secret: eight characters, which any protocol takes for a key."""
        secret = secret.strip()
        if not secret or secret in self.known.values():
            return secret
        if secret not in self.known:
            used = {*self.known.values(), *self.taken}
            self.known[secret] = next(
                name for number in count(len(self.known) + 1) if (name := f"key-{number:04}") not in used
            )
        return self.known[secret]

    def learn(self, name: str, text: str) -> None:
        """The secrets of one of the lab's files."""
        after = None
        for token, secret in _tokens(name, text):
            self.of(secret)
            if isinstance(token, yaml.ScalarToken) and isinstance(after, yaml.KeyToken):
                self.plain.add(str(token.value))
            after = token

    def in_file(self, name: str, text: str) -> str:
        """A file of the lab; of its comments, which may have any secret as a word, and of its sentences."""
        pieces, at = [], 0
        for token, secret in _tokens(name, text):
            start, end = token.start_mark.index, token.end_mark.index
            pieces += [self._without(self.known, text[at:start]), self._word(token, text[start:end], secret)]
            at = end
        return "".join((*pieces, self._without(self.known, text[at:])))

    def _word(self, token: yaml.Token, written: str, secret: str) -> str:
        if not secret:
            return self.in_text(written)
        if secret in written:
            return written.replace(secret, self.of(secret))
        # It is written with escapes.
        return json.dumps(str(token.value).replace(secret, self.of(secret)))  # type: ignore[attr-defined]

    def in_configuration(self, text: str) -> str:
        """Lines of configuration."""
        return replaced(text, self.of)

    def in_text(self, text: str) -> str:
        """Any text: secrets that are known, and cannot be mistaken for anything else."""
        telling = (one for one in self.known if _TELLING.fullmatch(one) and one not in self.plain)
        return self._without(telling, text)

    def _without(self, secrets: Iterable[str], text: str) -> str:
        words = "|".join(map(re.escape, sorted(secrets, key=len, reverse=True)))
        found = rf"(?<![\w-])(?:{words})(?![\w-])"
        return re.sub(found, lambda one: self.known[one[0]], text) if words and text else text

    def in_value(self, key: str, value: object) -> object:
        """A value of the intent, under its key."""
        if isinstance(value, dict):
            return {inner: self.in_value(inner, one) for inner, one in value.items()}
        secret = key in _KEYS and isinstance(value, str | int) and value != _NONE
        return self.of(str(value)) if secret else value


def _tokens(name: str, text: str) -> Iterator[tuple[yaml.Token, str]]:
    """The words of a YAML file, each with the secret in it, if there is one."""
    tokens = _scanned(name, text)
    anchored = _anchors_of_secrets(tokens)
    key, anchor, after = "", "", None
    for token in tokens:
        secret = ""
        if isinstance(token, yaml.ScalarToken):
            if isinstance(after, yaml.KeyToken):
                key = str(token.value)
            elif (isinstance(after, yaml.ValueToken) and key in _KEYS) or anchor in anchored:
                secret = str(token.value) if token.value != _NONE else ""
            else:
                secret = _in_line(str(token.value))
        yield token, secret
        if isinstance(token, yaml.AnchorToken):
            anchor = str(token.value)
        elif not isinstance(token, yaml.TagToken):
            anchor, after = "", token


def _scanned(name: str, text: str) -> Sequence[yaml.Token]:
    """All words of a YAML file; what is nested deeper than anything is given up while it is scanned."""
    tokens, depth = [], 0
    try:
        for token in yaml.scan(text):
            depth += isinstance(token, _BEGINS) - isinstance(token, _ENDS)
            if depth > _DEEPEST:
                raise LabFileError(
                    [Mistake(Path(name), token.start_mark.line + 1, "is nested too deeply", _FEW_LEVELS)]
                )
            tokens.append(token)
    except yaml.YAMLError:
        # The secrets of a file that cannot be read cannot be told from anything else in it.
        raise LabFileError([Mistake(Path(name), None, "is not YAML", "correct it or remove it")]) from None
    return tokens


def _anchors_of_secrets(tokens: Sequence[yaml.Token]) -> frozenset[str]:
    """The anchors of what stands elsewhere and is a secret where it is repeated: `password: *one`."""
    return frozenset(
        str(alias.value)
        for before, key, after, alias in zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False)
        if isinstance(before, yaml.KeyToken)
        and (isinstance(key, yaml.ScalarToken) and key.value in _KEYS)
        and (isinstance(after, yaml.ValueToken) and isinstance(alias, yaml.AliasToken))
    )


def _in_line(line: str) -> str:
    """The key or password in a line of configuration; "" for none."""
    found = [""]

    def note(secret: str) -> str:
        found.append(secret.strip())
        return ""

    replaced(line, note)
    return found[-1]
