"""`--help` may look at a lab's types and errors without waiting for pydantic or YAML."""

from __future__ import annotations

import subprocess
import sys

LIGHT = ("rd_rt", "lab", "mistakes", "topology")
HEAVY = ("pydantic", "yaml")


def test_types_and_errors_import_nothing_heavy() -> None:
    imports = "; ".join(f"import orchestrator.model.{name}" for name in LIGHT)
    program = f"import sys; {imports}; print([name for name in {HEAVY} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
