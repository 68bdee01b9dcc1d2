"""No secret of a lab is in a bundle of it, and it is judged as if they were."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.evidence.archive import unpack
from orchestrator.evidence.file import read, write
from orchestrator.evidence.judge import opened
from orchestrator.evidence.redact import redacted, redacted_files
from orchestrator.lifecycle.keeping import subject
from orchestrator.lifecycle.store import Placement
from orchestrator.loading import load_lab
from orchestrator.model.mistakes import LabFileError
from orchestrator.verification.kit.answers import Transcript
from tests.recorded.recording import LABS, RecordingKey, recorded

if TYPE_CHECKING:
    from pathlib import Path


def _secrets_of(place: RecordingKey) -> set[str]:
    text = "".join(one.read_text() for one in (LABS / place.lab).glob("*.yml"))
    # One of eigrp-same-as is `secret`, which its scenarios also say in a sentence.
    return set(re.findall(r"\b(?:password|key): ([\w-]+)", text)) - {"none", "agreed", "secret"}


FILES = {
    "vpn.yml": """\
# the password of red was Heron-4 once, and of blue short
vpns:
  red:
    sites:
      ce1: {protocol: bgp, password: Heron-4, at-ce: {password: heron-4}}
      ce-password: {protocol: bgp, password: &pw "Tulip-7"}   # Tulip-7 as well
      ce3: {password: *pw, key: none}
      short: {key: short}
      number: {key: 123456}
      escaped: {key: "\\x48eron-5"}
""",
    "scenarios.yml": """\
scenarios:
  wrong:
    steps:
      - configure: {ce-password: agreed, ce1: [neighbor 10.1.0.1 password Wren-11, exit]}
      - configure: {ce1: {authentication: {id: 9, key: Heron-4}}}
""",
}


def test_each_secret_of_the_files_has_a_name_of_its_own() -> None:
    assert redacted_files(FILES) == {
        "vpn.yml": """\
# the password of red was key-0001 once, and of blue key-0004
vpns:
  red:
    sites:
      ce1: {protocol: bgp, password: key-0001, at-ce: {password: key-0002}}
      ce-password: {protocol: bgp, password: &pw "key-0003"}   # key-0003 as well
      ce3: {password: *pw, key: none}
      short: {key: key-0004}
      number: {key: key-0005}
      escaped: {key: "key-0006"}
""",
        "scenarios.yml": """\
scenarios:
  wrong:
    steps:
      - configure: {ce-password: agreed, ce1: [neighbor 10.1.0.1 password key-0007, exit]}
      - configure: {ce1: {authentication: {id: 9, key: key-0001}}}
""",
    }


def test_a_secret_in_a_sentence_or_under_another_key_is_found_and_a_name_stays() -> None:
    text = """\
description: one lab, where Heron-4 is the password
nodes:
  customer1: {site: &one Swan, like: customer1}
  customer2: {password: *one, note: [Heron-4, Heron-41]}
  customer3: {password: Heron-4}
  customer4: {password: customer1}
"""
    assert (
        redacted_files({"vpn.yml": text})["vpn.yml"]
        == """\
description: one lab, where key-0002 is the password
nodes:
  customer1: {site: &one key-0001, like: customer1}
  customer2: {password: *one, note: [key-0002, Heron-41]}
  customer3: {password: key-0002}
  customer4: {password: key-0003}
"""
    )


LIKE = """\
vpns:
  red: {sites: {ce1: {password: key-0001}, ce2: {password: key-0002}, ce3: {password: key-0001}}}
"""


@pytest.mark.parametrize(
    ("red", "named"),
    [
        (
            "ce1: {password: A}, ce2: {password: B}, ce3: {password: A}",
            "1 2 1",
        ),
        ("ce0: {password: N}, ce2: {password: B}, ce1: {password: A}, ce3: {password: A}", "3 2 1 1"),
        ("ce1: {password: A}, ce2: {password: A}, ce3: {password: A}", "1 1 1"),  # ce2 was another
        ("ce1: {password: A}, ce2: {password: B}, ce3: {password: C}", "1 2 3"),  # ce3 was the same
        ("ce1: {password: key-0001}, ce2: {password: key-0001}", "1 1"),  # copied from a bundle, and changed
        ("ce1: {password: key-0002}, ce2: {password: A}", "2 3"),
    ],
)
def test_secrets_of_another_intent_are_those_at_the_same_places_if_they_can_be(red: str, named: str) -> None:
    text = f"vpns:\n  red: {{sites: {{{red}}}}}\n"
    found = redacted_files({"vpn.yml": text}, {"vpn.yml": LIKE})["vpn.yml"]
    assert re.findall(r"key-0*([1-9]\d*)", found) == named.split()


PLACES = [place for place in recorded() if _secrets_of(place)]


def test_labs_have_secrets() -> None:
    assert {place.lab for place in PLACES} >= {"bgp-single-as", "eigrp-same-as", "ospf", "parameter-mismatch"}


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_no_secret_of_a_lab_is_in_its_bundle_and_it_is_judged_all_the_same(
    place: RecordingKey, tmp_path: Path
) -> None:
    before = read(place.file)
    write(redacted(before), tmp_path / "b.tar.xz")
    parts = unpack((tmp_path / "b.tar.xz").read_bytes())
    assert [
        (name, secret)
        for name, data in parts.items()
        for secret in _secrets_of(place)
        if re.search(rf"\b{re.escape(secret)}\b", data.decode())
    ] == []
    assert opened(tmp_path / "b.tar.xz").report().holds


def test_a_ce_with_another_password_than_its_pe_still_has_one(tmp_path: Path) -> None:
    place = next(one for one in PLACES if one.lab == "bgp-single-as")
    before = read(place.file)
    said = dict(before.seen[0].answers["ce2"])
    configuration = said["show running-config bgpd"]
    assert isinstance(configuration, Transcript)
    wrong = configuration.output.replace("Heron-4", "Heron-5")
    said["show running-config bgpd"] = replace(configuration, output=wrong)
    seen = replace(before.seen[0], answers={**before.seen[0].answers, "ce2": said})
    reports = []
    for number, bundle in enumerate((replace(before, seen=(seen,)), redacted(replace(before, seen=(seen,))))):
        write(bundle, tmp_path / f"{number}")
        found = opened(tmp_path / f"{number}").report().findings
        reports.append([(str(one.check.id), one.observed) for one in found if not one.holds])
    assert reports[0] == reports[1] != []


def test_a_file_that_is_no_yaml_is_left_out(tmp_path: Path) -> None:
    """It would have ended a whole `up --bundle` in a traceback: nobody could tell the secrets in it."""
    folder = tmp_path / "two-vpns"
    shutil.copytree(LABS / "two-vpns", folder)
    (folder / "scenarios.yml").write_text('scenarios: {password: "Heron-4')
    kept = subject(load_lab(folder), Placement("two-vpns", str(folder), "guest", "netns"))
    assert set(kept.files) >= {"vpn.yml", "two-vpns.clab.yml"}
    assert "scenarios.yml" not in kept.files


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 50_000, "scenarios.yml:1: is nested too deeply; a lab needs a few levels only"),
        ("a: b\x07\n", "scenarios.yml: is not YAML; correct it or remove it"),
        ("a: @b\n", "scenarios.yml: is not YAML; correct it or remove it"),
    ],
)
def test_a_file_whose_secrets_nobody_can_tell_is_refused_in_a_line(text: str, said: str) -> None:
    with pytest.raises(LabFileError) as caught:
        redacted_files({**FILES, "scenarios.yml": text})
    assert str(caught.value) == said


def test_the_password_of_ldp_is_one_too() -> None:
    intent = "provider: {asn: 65000, core: {ldp-password: Tulip-7}}\n"
    found = redacted_files({"vpn.yml": intent}, {})["vpn.yml"]
    assert "Tulip" not in found
    assert "ldp-password: key-0001" in found
