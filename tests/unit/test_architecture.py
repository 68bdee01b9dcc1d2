from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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


def test_no_module_is_longer_than_one_reads_at_once() -> None:
    modules = (
        one for top in ("eigrp", "orchestrator", "parsers", "tests") for one in ROOT.glob(f"{top}/**/*.py")
    )
    lines = {str(one.relative_to(ROOT)): one.read_text("utf-8").count("\n") for one in modules}
    assert {name: count for name, count in lines.items() if count > _MOST_LINES} == {}
