"""Every `l3vpn …` of a README or of `--help` can be typed as printed, and what it names is there."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from orchestrator.cli import asks_a_bundle, parser
from orchestrator.commands import fail, options
from orchestrator.commands.restore import EVERYTHING
from orchestrator.commands.show import named
from orchestrator.examples import EXAMPLES
from orchestrator.faults.naming import inject, read_fault, read_target
from orchestrator.faults.scenario import load_scenarios
from orchestrator.hosts.recipe import SUITES
from orchestrator.lifecycle.folders import lab_folder
from orchestrator.lifecycle.names import named_nodes, named_place, named_site
from orchestrator.loading import load_lab

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from orchestrator.model.lab import Lab

ROOT: Final = Path(__file__).parents[3]
READMES: Final = (
    ROOT / "README.md",
    ROOT / "docs" / "l3vpn.md",
    *sorted((ROOT / "labs").glob("*/README.md")),
)
# `look: COMMAND: what is seen there` is the report's.
_LINE: Final = re.compile(r"(?P<sign>\$ |look: )?(?:\.venv/bin/)?l3vpn (?P<rest>.*)")
_PLACEHOLDER: Final = re.compile(r"\b[A-Z]{3,}\b|…")
_BETWEEN: Final = frozenset({"&&", "|", ";", ">"})


@dataclass(frozen=True, slots=True)
class Snippet:
    """A command line of a README, and where it stands."""

    place: str
    text: str


def commands(line: str) -> Iterator[str]:
    """The command lines of the program in a line of a code block, each without `l3vpn`."""
    found = _LINE.fullmatch(line.strip())
    if found is None:
        return
    rest = found["rest"]
    if found["sign"] == "look: ":
        rest = rest.partition(": ")[0]
    yield from re.split(r" && (?:\.venv/bin/)?l3vpn ", rest)


def snippets() -> Iterator[Snippet]:
    for file in READMES:
        fenced = False
        for number, line in enumerate(file.read_text().splitlines(), 1):
            place = f"{file.parent.name if file.parent != ROOT else 'top'}:{number}"
            fenced ^= line.startswith("```")
            if fenced or line.startswith("    "):
                yield from (Snippet(place, one) for one in commands(line))
                continue
            # In running text: those that are whole.
            for code in re.findall(r"`((?:\.venv/bin/)?l3vpn [a-z]+ [^`]+)`", line):
                if not _PLACEHOLDER.search(code):
                    yield from (Snippet(place, one) for one in commands(code))
    for verb, lines in EXAMPLES.items():
        yield from (Snippet(f"help of {verb}:", one) for one in lines)


ALL: Final = tuple(snippets())


def check(given: argparse.Namespace) -> None:
    """That everything a command line names is there.

    Raises:
        Exception: it is not; the program's own words.
    """
    if getattr(given, "lab", None) is None:
        return
    stages = [given.stage or ""] if isinstance(getattr(given, "stage", None), str) else []
    lab = load_lab(lab_folder(given.lab), *stages)
    _check_nodes(lab, given)
    for name in getattr(given, "path", None) or ():
        named_place(lab, name)
    if given.verb == "trace":
        assert any(given.prefix == str(one) for one in named_site(lab, given.site).prefixes)
    if given.verb == "fail":
        inject(lab, fail.fault_of(options(fail.Options, given)))
    if given.verb == "restore" and given.target != EVERYTHING:
        read_target(lab, given.target)
    if given.verb == "scenario":
        assert {*given.scenario} <= {one.name for one in load_scenarios(lab)}
    if given.verb == "measure":
        for event in given.event:
            read_fault(lab, event)
        for stage in given.stage or ():
            load_lab(lab_folder(given.lab), stage)


def _check_nodes(lab: Lab, given: argparse.Namespace) -> None:
    nodes = named_nodes(lab, [*getattr(given, "limit", ()), *filter(None, [getattr(given, "node", None)])])
    if given.verb == "show":
        named(given.nodes, nodes)
    if given.verb == "capture":
        there = {one.name for one in lab.interfaces if one.node == given.node} | {"any"}
        there |= {one.name for one in lab.vrfs if one.pe == given.node}
        assert given.interface in there
        given.options.parse_known_args(given.filter)


def test_there_are_some() -> None:
    assert len({one.place.partition(":")[0] for one in ALL}) == len(READMES) + len(EXAMPLES)
    assert {"up", "push", "fail", "capture", "trace"} <= {one.text.split()[0] for one in ALL}


@pytest.mark.parametrize("snippet", ALL, ids=lambda one: f"{one.place} {one.text.split()[0]}")
def test_can_be_typed_as_printed(snippet: Snippet) -> None:
    assert "   " not in snippet.text.partition(" #")[0].rstrip(), "what explains it stands behind a #"
    typed = list(takewhile(lambda word: word not in _BETWEEN, shlex.split(snippet.text, comments=True)))
    try:
        given = parser(offline=asks_a_bundle(typed)).parse_args(typed)
    except SystemExit:
        pytest.fail(f"the program does not take it: l3vpn {snippet.text}")
    check(given)


@pytest.mark.parametrize(
    "text",
    [
        "verify no-such-lab",
        "exec two-vpns pe9 -- true",
        "verify two-vpns --path red1 red9",
        "trace two-vpns red1 172.16.9.0/24",
        "fail two-vpns pe1-pe2",
        "scenario two-vpns no-such-thing",
        "capture two-vpns pe1 eth9",
        "push provider-migration --stage nowhere",
        "measure failover 'pe1-p1 quiet'",
        "diff two-vpns --limit pe9",
    ],
)
def test_what_is_not_there_is_seen(text: str) -> None:
    given = parser().parse_args(shlex.split(text))
    with pytest.raises(Exception, match=r"."):
        check(given)


@pytest.mark.parametrize("verb", EXAMPLES)
def test_help_of_each_verb_ends_with_its_examples(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args([verb, "--help"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[-len(EXAMPLES[verb]) :] == [f"  l3vpn {one}" for one in EXAMPLES[verb]]
    assert all(one.split()[0] == verb for one in EXAMPLES[verb])


def test_all_versions_of_frr_that_the_readme_names() -> None:
    text = READMES[0].read_text()
    assert all(version in text for version in SUITES)
