from __future__ import annotations

import pytest

from orchestrator.hosts.ssh import Destination


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("ssh://lab", ["--", "lab"]),
        ("ssh://BigMachine", ["--", "BigMachine"]),
        ("ssh://root@lab", ["-l", "root", "--", "lab"]),
        ("ssh://root@10.0.0.7:2222", ["-l", "root", "-p", "2222", "--", "10.0.0.7"]),
    ],
)
def test_a_destination_is_what_ssh_is_called_with(text: str, arguments: list[str]) -> None:
    destination = Destination.parse(text)
    assert str(destination) == text
    assert destination.arguments == arguments


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lab",
        "ssh://",
        "ssh://root@",
        "ssh://lab/x",
        "ssh://-oX",
        "ssh://a:b@lab",
        "ssh://lab:x",
        "http://lab",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not ssh://user@machine or ssh://user@machine:port"):
        Destination.parse(text)
