from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.protocols.registry import PROTOCOLS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
_MOST_LINES = 500


def test_imports_point_downwards() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_help_imports_nothing_heavy() -> None:
    heavy = {"nornir", "netmiko", "paramiko", "pydantic", "ttp", "rich", "yaml", "jinja2"}
    code = "import sys; from orchestrator.cli import parser; parser(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not heavy & set(done.stdout.split())


PROTOCOL_NAMES = {one.name for one in PROTOCOLS}
PROTOCOL_VALUES = {one.value.__name__ for one in PROTOCOLS}


def outside_the_folders() -> Iterator[tuple[str, ast.Module]]:
    """The modules of the orchestrator that are in no PE-CE protocol's folder."""
    package = ROOT / "orchestrator"
    folders = [package / "protocols" / name for name in PROTOCOL_NAMES]
    for file in package.rglob("*.py"):
        if not any(file.is_relative_to(one) for one in folders):
            yield str(file.relative_to(package)), ast.parse(file.read_text(encoding="utf-8"))


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
