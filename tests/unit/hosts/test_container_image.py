from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
from pathlib import Path, PurePosixPath

from orchestrator.hosts.container_image import IDLE, import_argv, import_command, tar_argv

IMAGE = Path(__file__).parents[3] / "image"


def _command(directive: str) -> list[str]:
    found = re.search(r"^CMD (\[.*\])$", directive, re.MULTILINE)
    assert found is not None
    command: list[str] = json.loads(found[1])
    return command


def test_an_imported_image_and_one_from_the_dockerfile_do_the_same() -> None:
    change = import_argv("l3vpn-node")[3]
    assert _command(change) == ["/bin/sh", "-c", IDLE]
    assert _command((IMAGE / "Dockerfile").read_text()) == _command(change)


def test_process_1_ends_when_it_is_asked_to() -> None:
    # It says when it has come past its trap: a signal before that would end it in another way.
    shown = IDLE.replace("; sleep", "; echo; sleep", 1)
    with subprocess.Popen(["sh", "-c", shown], stdout=subprocess.PIPE, start_new_session=True) as idle:
        assert idle.stdout is not None
        idle.stdout.readline()
        idle.terminate()
        assert idle.wait(timeout=10) == 0
        with contextlib.suppress(ProcessLookupError):  # it ended before it had one
            os.killpg(idle.pid, signal.SIGKILL)  # its sleep: outside of a container that outlives it


def test_the_image_has_all_of_the_tree_but_its_kernel(tmp_path: Path) -> None:
    for name in ("usr/bin/linux.uml", "usr/bin/vtysh", "usr/lib/uml/modules/7/a.ko", "etc/frr/daemons"):
        (tmp_path / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tree" / name).touch()
    packed = subprocess.run(tar_argv(tmp_path / "tree"), check=True, capture_output=True).stdout
    listed = subprocess.run(["tar", "-t"], input=packed, check=True, capture_output=True).stdout
    files = {line for line in listed.decode().splitlines() if not line.endswith("/")}
    assert files == {"./usr/bin/vtysh", "./etc/frr/daemons"}


def test_the_guest_imports_with_one_line_of_shell() -> None:
    subprocess.run(["sh", "-n", "-c", import_command(PurePosixPath("/mnt"))], check=True)
