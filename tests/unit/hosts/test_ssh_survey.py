"""What a machine that is reached by ssh says of itself, and what is said of it."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import pytest

from orchestrator.hosts.doctor import Verdict
from orchestrator.hosts.ssh_doctor import rows_of
from orchestrator.hosts.ssh_survey import Survey, survey_text

SAID = """machine x86_64
kernel 6.8.0-45-generic
distribution ubuntu
boot 0b2e
processors 8
memory 16384000
lacks mpls_router
lacks vxlan
lacks tc
"""
FOUND = Survey.read(SAID)
WELL = replace(FOUND, lacks=())


def test_what_a_machine_says_is_read() -> None:
    lacks = ("mpls_router", "vxlan", "tc")
    assert Survey.read(SAID) == Survey("x86_64", "6.8.0-45-generic", "ubuntu", "0b2e", 8, 16000, lacks)


def test_a_machine_says_it() -> None:
    """This one, whatever it has."""
    done = subprocess.run(
        ["sh", "-s"], input=survey_text(load=False, joined=True), capture_output=True, text=True, check=False
    )
    found = Survey.read(done.stdout)
    assert found.architecture
    assert found.kernel
    assert found.boot
    assert found.processors >= 1
    assert found.memory > 0


def test_only_machines_with_links_between_need_what_these_need() -> None:
    assert "vxlan" in survey_text(load=False, joined=True)
    assert "vxlan" not in survey_text(load=False, joined=False)


def test_a_machine_that_has_all_is_good() -> None:
    (row,) = rows_of("ssh://a", WELL, "x86_64", tree=True)
    assert (row.verdict, row.note) == (Verdict.GOOD, "room for some 400 nodes")
    (row,) = rows_of("ssh://a", WELL, "x86_64", tree=False)
    assert "copies the node tree" in row.note


def test_what_it_lacks_is_told_with_what_helps() -> None:
    _, modules, programs = rows_of("ssh://a", FOUND, "x86_64", tree=True)
    assert (modules.has, modules.fix) == (
        "no mpls_router, vxlan",
        "apt-get install linux-modules-extra-6.8.0-45-generic",
    )
    assert (programs.has, programs.fix) == ("no tc", "apt-get install iproute2")
    assert programs.note == "links to other machines need it: VXLAN, joined to the ports of nodes by tc"
    assert {modules.verdict, programs.verdict} == {Verdict.LACKS}


@pytest.mark.parametrize(
    ("found", "here", "verdict", "note"),
    [
        (WELL, "aarch64", Verdict.LACKS, "node trees here are for aarch64"),
        (replace(WELL, kernel="7.1.4"), "x86_64", Verdict.NOTE, "6.19 to 7.1.5 forward MPLS wrongly"),
    ],
)
def test_a_machine_of_another_kind(found: Survey, here: str, verdict: Verdict, note: str) -> None:
    (row,) = rows_of("ssh://a", found, here, tree=True)
    assert row.verdict is verdict
    assert note in row.note
