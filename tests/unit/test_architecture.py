from __future__ import annotations

import argparse
import ast
import builtins
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

from orchestrator import commands
from orchestrator.cli import parser

ROOT = Path(__file__).parents[2]


def test_imports_point_downwards() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_help_imports_nothing_heavy() -> None:
    heavy = {"nornir", "netmiko", "paramiko", "pydantic", "ttp", "rich", "yaml", "jinja2"}
    code = "import sys; from orchestrator.cli import parser; parser(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not heavy & set(done.stdout.split())


def test_the_environment_is_read_in_one_place_and_written_nowhere() -> None:
    names = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
    found = {
        file.relative_to(ROOT).as_posix()
        for package in ("orchestrator", "parsers")
        for file in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if (isinstance(node, ast.Attribute) and node.attr in names and ast.unparse(node.value) == "os")
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and names & {a.name for a in node.names})
    }
    assert found == {"orchestrator/environment.py"}


_FINDS_BY_NAME = {"down", "list", "status"}
"""Verbs that take a place for the sake of uniformity: a lab is where it was brought up."""


def test_each_verb_is_a_module_named_like_it_with_an_option_for_each_word_of_its_command_line() -> None:
    (verbs,) = (one for one in parser()._actions if isinstance(one, argparse._SubParsersAction))
    for name, verb in verbs.choices.items():
        module = commands.verb(name)
        said = {one.dest for one in verb._actions if one.dest != "help"}
        declared = {one.name for one in fields(module.Options)}
        ignored = {"host", "runtime"} if name in _FINDS_BY_NAME else set()
        assert declared == said - ignored, name
        assert callable(module.run)


def test_errors_have_one_root() -> None:
    """But for control flow inside a module, and for the parsers, which know nothing of us."""
    bases: dict[str, list[str]] = {}
    for file in (ROOT / "orchestrator").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ClassDef):
                bases.setdefault(node.name, [ast.unparse(one) for one in node.bases])

    def builtin(name: str) -> bool:
        found = getattr(builtins, name, None)
        return isinstance(found, type) and issubclass(found, BaseException)

    roots = {name for name, there in bases.items() if any(map(builtin, there))}
    assert {one for one in roots if not one.startswith("_")} == {"L3vpnError"}
