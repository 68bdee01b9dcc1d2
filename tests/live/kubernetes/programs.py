"""Kubernetes' own programs, built once of the pinned Go module and kept in the tests' cache."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from orchestrator.hosts.locks import alone
from orchestrator.hosts.programs import find, search_path, with_variables
from tests.live.here import SETTINGS

VERSION: Final = "v1.35.4"
MODULE: Final = "k8s.io/kubernetes"
PROGRAMS: Final = ("kube-apiserver", "kube-controller-manager", "kubectl")

FOLDER: Final = Path(__file__).parent

_STAGED: Final = re.compile(r"^\s+(\S+) v0\.0\.0$", re.MULTILINE)
_BUILD_SECONDS: Final = 3600


def lacks() -> str:
    """What this machine has not that is needed to run an API server; "" for nothing."""
    missing = [f"{what} ({how})" for what, how in _NEEDED.items() if find(what) is None]
    return f"needs {' and '.join(missing)}" if missing else ""


_NEEDED: Final = {"etcd": "apt-get install etcd-server", "go": "as .ci/install-go does"}


def ensure(*names: str) -> Path:
    """The folder with these programs: the first time they are built, which takes ten minutes and more.

    The module is one of a workspace whose others are published beside it under versions of their own: what it
    names v0.0.0 is v0.35.4 there. Go's checksum database vouches for all of them.
    """
    folder = SETTINGS.places.cache / "programs" / f"kubernetes-{VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder / "lock", "another build of Kubernetes", print):
        missing = [name for name in names if not (folder / name).exists()]
        if missing:
            with tempfile.TemporaryDirectory(prefix=".half-", dir=folder) as half:
                _build(missing, Path(half))
                for name in missing:
                    (Path(half) / name).rename(folder / name)
    return folder


def _build(names: list[str], folder: Path) -> None:
    environ = with_variables(PATH=search_path(), CGO_ENABLED="0", GOFLAGS="-mod=mod", GOWORK="off")

    def go(*words: str) -> str:
        done = subprocess.run(
            [*environ, "nice", "-n", "19", "go", *words],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_BUILD_SECONDS,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    there = json.loads(go("mod", "download", "-json", f"{MODULE}@{VERSION}"))
    (folder / "go.mod").write_text(module_text((Path(there["GoMod"])).read_text()))
    shutil.copy(Path(there["Dir"]) / "go.sum", folder / "go.sum")
    stamp = f"-s -w -X k8s.io/component-base/version.gitVersion={VERSION}"
    packages = (f"{MODULE}/cmd/{name}" for name in names)
    go("build", "-p=1", "-trimpath", f"-ldflags={stamp}", "-o", f"{folder}/", *packages)


def module_text(theirs: str) -> str:
    """A go.mod that has what Kubernetes' own one has, each of its own modules in the version beside it."""
    staged = VERSION.replace("v1.", "v0.")
    needs = theirs[theirs.index("\ngo ") :]
    needs = needs[: needs.index("\nreplace")] if "\nreplace" in needs else needs
    ours = "\n".join(f"\t{name} => {name} {staged}" for name in _STAGED.findall(needs))
    needs = _STAGED.sub(rf"\t\1 {staged}", needs)
    return f"module test\n{needs}\nrequire {MODULE} {VERSION}\n\nreplace (\n{ours}\n)\n"
