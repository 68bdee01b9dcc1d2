"""FRR versions at hand, the machine's own and those in cached node trees; run without root or daemons."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from orchestrator.hosts.image import where
from orchestrator.hosts.places import Places
from orchestrator.hosts.recipe import Recipe


@dataclass(frozen=True, slots=True)
class FrrTree:
    """A file system with FRR in it."""

    root: Path

    def __str__(self) -> str:
        return self.root.name or "system"

    @property
    def version(self) -> str:
        said = self._run("usr/lib/frr/zebra", "--version").stdout
        found = re.search(r"version (\S+)", said)
        assert found, said
        return found[1]

    def complaint(self, configuration: str, file: Path) -> str:
        """What `vtysh -C` has against a configuration; empty for nothing."""
        file.write_text(configuration, encoding="utf-8")
        done = self._run("usr/bin/vtysh", "-C", "-f", str(file))
        return (done.stdout + done.stderr).strip() or (f"status {done.returncode}" if done.returncode else "")

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        libraries = self.root / "usr/lib/x86_64-linux-gnu"
        loader = [
            str(self.root / "lib64/ld-linux-x86-64.so.2"),
            "--library-path",
            f"{libraries}:{libraries / 'frr'}",
        ]
        own = self.root == Path("/")
        command = [*([] if own else loader), str(self.root / program), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


def trees_at_hand() -> list[FrrTree]:
    cache = where(Recipe.load(), Places.here()).parent
    roots = [Path("/"), *(sorted(cache.iterdir()) if cache.is_dir() else ())]
    return [
        FrrTree(root)
        for root in roots
        if (root / "usr/bin/vtysh").exists() and (root / "usr/lib/frr/zebra").exists()
    ]
