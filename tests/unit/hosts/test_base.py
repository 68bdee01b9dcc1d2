from __future__ import annotations

import pytest

from orchestrator.hosts.base import CommandFailed, Completed


def test_success_gives_itself_back() -> None:
    done = Completed(0, b"caf\xc3\xa9 \xff", b"")
    assert done.expect_ok("look") is done
    assert done.text == "café \ufffd"


@pytest.mark.parametrize(
    ("stdout", "stderr", "shown"),
    [
        (b"", b"first\nlast\n", "could not make the links: last"),
        (b"said it here\n", b"", "could not make the links: said it here"),
        (b"", b"", "could not make the links: exit status 3"),
    ],
)
def test_failure_is_one_line(stdout: bytes, stderr: bytes, shown: str) -> None:
    with pytest.raises(CommandFailed) as failure:
        Completed(3, stdout, stderr).expect_ok("make the links")
    assert str(failure.value) == shown
