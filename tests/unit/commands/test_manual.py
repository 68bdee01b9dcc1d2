"""The manual page is what the command line is."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from orchestrator.cli import parser
from orchestrator.examples import EXAMPLES
from orchestrator.manual import manual

PAGE = Path(__file__).parents[3] / "docs" / "l3vpn.1"


def test_it_is_made_of_the_command_line(*, update_golden: bool) -> None:
    if update_golden:
        PAGE.write_text(manual(parser()), "utf-8")
    assert PAGE.read_text("utf-8") == manual(parser())


def test_each_command_stands_there_with_its_options_and_examples() -> None:
    parts = dict(re.findall(r"^\.SS (\S+)\n(.*?)(?=^\.S[SH])", manual(parser()), re.MULTILINE | re.DOTALL))
    assert sorted(parts) == sorted(EXAMPLES)
    assert r"\fB\-\-bundle\fR \fIFILE\fR" in parts["verify"]
    assert r"\fB\-\-path\fR \fIA B\fR" in parts["verify"]
    assert r"\fB\-o\fR \fIFILE\fR, \fB\-\-output\fR \fIFILE\fR" in parts["graph"]
    assert "l3vpn fail two\\-vpns pe1\\-p1 \\-\\-silent" in parts["fail"]
    assert r"(20%)" in parts["fail"]


@pytest.mark.skipif(not shutil.which("groff"), reason="needs groff")
def test_a_reader_of_manual_pages_has_nothing_to_complain_of() -> None:
    words = ["groff", "-man", "-Tutf8", "-ww", "-rLL=100n", str(PAGE)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "l3vpn verify two-vpns --path red1 red2" in re.sub("\x1b\\[[0-9;]*m|.\b", "", done.stdout)
