"""What is asked of a bundle is asked on any machine: nothing is imported or used that only Linux has."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.recorded.recording import RecordingKey

# As on Windows: these modules, functions and constants are not there.
PROGRAM = """
import os, signal, sys

ABSENT = {"fcntl", "termios", "tty", "pty", "pwd", "grp", "resource", "spwd", "syslog", "crypt", "readline"}

class Refused:
    def find_spec(self, name, path=None, target=None):
        if name in ABSENT:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Refused())
assert not ABSENT & set(sys.modules) - {"pwd", "grp"}, ABSENT & set(sys.modules)
for one in ("pwd", "grp"):
    sys.modules.pop(one, None)
for one in ("O_PATH", "O_CLOEXEC", "getuid", "geteuid", "fork", "setsid", "mkfifo", "register_at_fork"):
    if hasattr(os, one):
        delattr(os, one)
for one in ("SIGHUP", "SIGALRM", "SIGCHLD", "SIGUSR1", "SIGWINCH"):
    if hasattr(signal, one):
        delattr(signal, one)
from orchestrator import interrupts
interrupts.leave_when_struck()
from orchestrator import cli
code = cli.main(sys.argv[1:])
of_running_labs = ("orchestrator.hosts.g", "orchestrator.runtimes", "netmiko", "nornir", "paramiko")
wrong = {one for one in sys.modules if one.startswith(of_running_labs)}
assert not wrong, wrong
sys.exit(code)
"""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("verify",), "two-vpns: all 405 checks hold"),
        (("verify", "--path", "red1", "red2"), "arrives over the provider's network"),
        (("trace", "red1", "172.16.1.0/24"), "complete"),
        (("diff",), "no difference"),
        (("report", "-o", os.devnull), "two-vpns: all 405 checks hold"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_nothing_that_only_linux_has_is_needed(words: tuple[str, ...], said: str) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            PROGRAM,
            words[0],
            "--from",
            str(RecordingKey("two-vpns", "", "10.3").file),
            *words[1:],
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert said in done.stdout
