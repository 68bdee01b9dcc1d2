"""FRR and iproute2 as they lie in a node tree, asked without a lab and without daemons."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.hosts.rootless import as_root

if TYPE_CHECKING:
    from pathlib import Path

# The tree is never written to: the configuration lies on a file system that this process alone sees.
_CHECK = 'mount -t tmpfs tmpfs "$1/tmp" && cat >"$1/tmp/conf" && exec chroot "$1" vtysh -C -f /tmp/conf'


@dataclass(frozen=True, slots=True)
class FrrTree:
    """The FRR of a node tree: its programs read the tree's files, never this machine's."""

    root: Path

    @property
    def version(self) -> str:
        said = self._run("", "chroot", str(self.root), "/usr/lib/frr/zebra", "--version").stdout
        found = re.search(r"version (\S+)", said)
        assert found, said
        return found[1]

    def complaint(self, configuration: str) -> str:
        """What `vtysh -C` has against a configuration; empty for nothing."""
        done = self._run(configuration, "sh", "-c", _CHECK, "check", str(self.root))
        return (done.stdout + done.stderr).strip() or (f"status {done.returncode}" if done.returncode else "")

    def says(self, command: str) -> str:
        """What a shell command prints in the tree, in a network of its own."""
        inside = 'mount -t proc proc "$1/proc" && exec chroot "$1" sh -c "$2"'
        argv = [*as_root(), "unshare", "--net", "--", "sh", "-c", inside, "says", str(self.root), command]
        return subprocess.run(argv, capture_output=True, text=True, check=True, timeout=60).stdout

    @staticmethod
    def _run(given: str, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*as_root(), *command], input=given, capture_output=True, text=True, check=False, timeout=60
        )
