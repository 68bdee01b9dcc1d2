"""Keys and passwords go to the nodes and are shown to nobody; each of them comes, changes and goes."""

from __future__ import annotations

import pytest

from orchestrator.fleet.refusal import Refusal
from orchestrator.loading import load_lab
from orchestrator.render.difference import configuration_changes
from orchestrator.render.frr import frr_configuration
from tests.unit.render.conftest import LABS
from tests.unit.render.frr_model import Frr

LAB = load_lab(LABS / "parameter-mismatch")
VERSION = "10.3"
WITH, ANOTHER, WITHOUT = ("Tulip-7", "Orchid-3"), ("Tulip-0", "Orchid-0"), None


def pe(name: str, secrets: tuple[str, str] | None) -> str:
    text = frr_configuration(LAB, name, VERSION)
    if secrets is None:
        lines = text.splitlines(keepends=True)
        return "".join(line for line in lines if "Tulip" not in line and "Orchid" not in line)
    return text.replace("Tulip-7", secrets[0]).replace("Orchid-3", secrets[1])


@pytest.mark.parametrize("name", ["pe1", "pe2"])
@pytest.mark.parametrize(
    ("running", "wanted"), [(WITH, ANOTHER), (WITHOUT, WITH), (WITH, WITHOUT)], ids=["change", "come", "go"]
)
def test_a_key_that_differs_is_sent_and_hidden(
    name: str, running: tuple[str, str] | None, wanted: tuple[str, str] | None
) -> None:
    changes = configuration_changes(pe(name, running), pe(name, wanted), VERSION)
    there = Frr.with_configuration(pe(name, running))
    there.enter(changes.commands)
    assert configuration_changes(there.running(), pe(name, wanted), VERSION).commands == ""
    assert "(hidden)" in changes.unified
    assert "Tulip" not in changes.unified
    assert "Orchid" not in changes.unified


def test_a_digest_key_is_removed_before_another_takes_its_number() -> None:
    lines = configuration_changes(pe("pe1", WITH), pe("pe1", ANOTHER), VERSION).commands.splitlines()
    digest = "ip ospf message-digest-key 1 md5"
    assert lines.index(f" no {digest} Tulip-7") < lines.index(f" {digest} Tulip-0")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("neighbor 10.1.0.2 password Orchid-3", "neighbor 10.1.0.2 password (hidden)"),
        ("ip ospf authentication-key Heron-4", "ip ospf authentication-key (hidden)"),
        ("neighbor 10.1.0.2 password two words `or` so", "neighbor 10.1.0.2 password (hidden)"),
        ("key-string Finch-5", "key-string (hidden)"),
        ("enable password Finch-5", "enable password (hidden)"),
        (
            "ipv6 ospf6 authentication key-id 1 hash-algo md5 key Wren-6",
            "ipv6 ospf6 authentication key-id 1 hash-algo md5 key (hidden)",
        ),
        ("no ip ospf message-digest-key 1 md5 Tulip-7", "no ip ospf message-digest-key 1 md5 (hidden)"),
    ],
)
def test_a_line_that_is_refused_keeps_its_secret(line: str, shown: str) -> None:
    assert str(Refusal(line, "% Unknown command")) == f"refused `{shown}`: % Unknown command"
    assert str(Refusal("", f"line 3: {line}")) == f"line 3: {shown}"
