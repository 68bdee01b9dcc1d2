from __future__ import annotations

import argparse
import ast
import builtins
import subprocess
import sys
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.protocols.registry import PROTOCOLS

if TYPE_CHECKING:
    from collections.abc import Iterator

from orchestrator import commands
from orchestrator.cli import parser

ROOT = Path(__file__).parents[2]
_MOST_LINES = 500


def test_imports_point_downwards() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_help_imports_nothing_heavy() -> None:
    heavy = {
        "nornir",
        "netmiko",
        "paramiko",
        "pydantic",
        "ttp",
        "rich",
        "yaml",
        "jinja2",
        "starlette",
        "uvicorn",
    }
    code = "import sys; from orchestrator.cli import parser; parser(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not heavy & set(done.stdout.split())


def test_exec_and_shell_import_nothing_that_reads_lab_files() -> None:
    heavy = {"pydantic", "jinja2", "orchestrator.loading", "orchestrator.model.load"}
    code = "import sys; from orchestrator.commands import exec, shell, show; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not heavy & set(done.stdout.split())


PROTOCOL_NAMES = {one.name for one in PROTOCOLS}
PROTOCOL_VALUES = {one.value.__name__ for one in PROTOCOLS}


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def outside_the_folders() -> Iterator[tuple[str, ast.Module]]:
    """The modules of the orchestrator that are in no PE-CE protocol's folder."""
    package = ROOT / "orchestrator"
    folders = [package / "protocols" / name for name in PROTOCOL_NAMES]
    for file in package.rglob("*.py"):
        if not any(file.is_relative_to(one) for one in folders):
            yield str(file.relative_to(package)), parsed(file)


def test_no_other_module_asks_which_pece_protocol_it_is() -> None:
    """What depends on the protocol is a field of its descriptor, or a property of its value."""
    asks = [
        f"{file}:{node.lineno}"
        for file, tree in outside_the_folders()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute)
        and (node.id if isinstance(node, ast.Name) else node.attr) in PROTOCOL_VALUES
    ]
    compares = [
        f"{file}:{node.lineno}: {constant.value}"
        for file, tree in outside_the_folders()
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare | ast.MatchValue)
        for constant in ast.walk(node)
        if isinstance(constant, ast.Constant) and constant.value in PROTOCOL_NAMES
    ]
    assert asks + compares == []


def test_no_module_is_longer_than_one_reads_at_once() -> None:
    modules = (
        one for top in ("eigrp", "orchestrator", "parsers", "tests") for one in ROOT.glob(f"{top}/**/*.py")
    )
    lines = {str(one.relative_to(ROOT)): one.read_text("utf-8").count("\n") for one in modules}
    assert {name: count for name, count in lines.items() if count > _MOST_LINES} == {}


def test_the_environment_is_read_in_one_place_and_written_nowhere() -> None:
    names = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
    found = {
        file.relative_to(ROOT).as_posix()
        for package in ("orchestrator", "parsers")
        for file in (ROOT / package).rglob("*.py")
        for node in ast.walk(parsed(file))
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
        if "source" in said:  # with `--from`, another module of the same name runs
            assert not hasattr(module.Options, "source"), name
            offline = {one.name for one in fields(commands.verb(f"offline.{name}").Options)}
            assert offline <= said, name
            ignored |= offline - declared
        assert declared == said - ignored, name
        assert callable(module.run)


def test_errors_have_one_root() -> None:
    """But for control flow inside a module, and for the parsers, which know nothing of us."""
    bases: dict[str, list[str]] = {}
    for file in (ROOT / "orchestrator").rglob("*.py"):
        for node in ast.walk(parsed(file)):
            if isinstance(node, ast.ClassDef):
                bases.setdefault(node.name, [ast.unparse(one) for one in node.bases])

    def builtin(name: str) -> bool:
        found = getattr(builtins, name, None)
        return isinstance(found, type) and issubclass(found, BaseException)

    roots = {name for name, there in bases.items() if any(map(builtin, there))}
    assert {one for one in roots if not one.startswith("_")} == {"L3vpnError"}
