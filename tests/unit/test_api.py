"""What the library promises without a lab: its names, its types, its cost, its errors."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import orchestrator
from orchestrator import load_lab
from orchestrator.errors import ExitCode, L3vpnError
from tests.api_example import PAGE, example

ROOT = Path(__file__).parents[2]


def test_the_public_names_are_these() -> None:
    assert orchestrator.__all__ == [
        "ExitCode",
        "Fault",
        "Finding",
        "ForwardingPath",
        "Journey",
        "L3vpnError",
        "Lab",
        "PushResult",
        "Report",
        "Running",
        "Settings",
        "Verdict",
        "load_lab",
        "up",
    ]
    assert set(orchestrator.__all__) == orchestrator._MODULES.keys()
    assert set(orchestrator.__all__) <= set(dir(orchestrator))
    for name in orchestrator.__all__:
        assert getattr(orchestrator, name).__doc__, name
    with pytest.raises(AttributeError, match="module 'orchestrator' has no attribute 'nonsense'"):
        _ = orchestrator.nonsense  # type: ignore[attr-defined] # that is the point


def test_what_a_type_checker_is_reported_is_what_there_is() -> None:
    tree = ast.parse(Path(orchestrator.__file__).read_text())
    stubs = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("orchestrator.")
        for alias in node.names
    }
    there = {
        name: (f"orchestrator.{place.partition(':')[0]}", place.partition(":")[2] or name)
        for name, place in orchestrator._MODULES.items()
    }
    assert stubs == there
    assert (ROOT / "orchestrator" / "py.typed").exists()


def test_importing_it_loads_nothing_of_it() -> None:
    code = "import sys; before = {*sys.modules}; import orchestrator; print(*{*sys.modules} - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ours = {name for name in done.stdout.split() if name.partition(".")[0] not in sys.stdlib_module_names}
    assert ours == {"orchestrator"}


def test_the_documentation_names_everything() -> None:
    compile(example(), str(PAGE), "exec")
    page = PAGE.read_text()
    silent = {"ExitCode", "Finding", "Lab", "Verdict"}  # types that nobody has to name
    assert {name for name in orchestrator.__all__ if f"`{name}" not in page} == silent


@pytest.mark.parametrize("name", ["two-vpns", "labs/two-vpns", ROOT / "labs" / "two-vpns"])
def test_a_lab_is_loaded_by_its_name_or_its_folder(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert load_lab(name).name == "two-vpns"
    assert load_lab("provider-migration", "transit").stage == "transit"


def test_what_is_not_there_is_one_kind_of_error() -> None:
    for lab, stage in (("two-vpn", ""), ("two-vpns", "after")):
        with pytest.raises(L3vpnError) as error:
            load_lab(lab, stage)
        assert error.value.exit_code is ExitCode.USAGE
