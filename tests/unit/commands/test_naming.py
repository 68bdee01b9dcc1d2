"""Names that people type, and what they read when there is nothing of that name."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator import completion
from orchestrator.errors import UsageError
from orchestrator.lifecycle.names import named_place, named_prefix, named_site, no_route
from orchestrator.loading import load_lab

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab

LABS = Path(__file__).parents[3] / "labs"


@pytest.fixture(scope="module")
def extranet() -> Lab:
    return load_lab(LABS / "extranet")


def test_a_site_or_one_of_its_ces() -> None:
    hub = load_lab(LABS / "hub-and-spoke")
    assert named_site(hub, "spoke1").name == "spoke1"
    assert named_place(hub, "hub").ces == ("hub",)


@pytest.mark.parametrize("find", [named_site, named_place])
def test_the_nearest_name_is_offered(extranet: Lab, find: object) -> None:
    assert callable(find)
    with pytest.raises(UsageError, match=r"^lab 'extranet' has no site.* 'rd1': did you mean 'red1'\?$"):
        find(extranet, "rd1")


def test_a_name_like_no_other(extranet: Lab) -> None:
    with pytest.raises(UsageError, match=r"has no site 'x': it has red1 red2 blue1 blue2 dns$"):
        named_site(extranet, "x")


@pytest.mark.parametrize("text", ["172.16.1.0/24", "172.16.1.77", "172.16.1.5/24"])
def test_a_prefix_or_an_address_in_it(extranet: Lab, text: str) -> None:
    assert str(named_prefix(named_site(extranet, "red1"), text)) == "172.16.1.0/24"


@pytest.mark.parametrize("text", ["172.16.1.0/25", "172.16.11.0/24", "172.16.1", "0.0.0.0/0"])
def test_no_such_prefix(extranet: Lab, text: str) -> None:
    with pytest.raises(UsageError, match=f"^site 'red1' has no prefix '{text}': .*172.16.1.0/24"):
        named_prefix(named_site(extranet, "red1"), text)


@pytest.mark.parametrize("text", ["2001:db8:1::/64", "2001:db8:1::1", "2001:db8:77::/64"])
def test_ipv6_is_not_traced_and_that_is_said(text: str) -> None:
    blue1 = named_site(load_lab(LABS / "dual-stack"), "blue1")
    said = f"'{text}' is IPv6, which trace does not follow; IPv4 prefixes of site 'blue1': 172.16.1.0/24"
    with pytest.raises(UsageError, match=f"^{re.escape(said)}"):
        named_prefix(blue1, text)


def test_who_is_not_to_have_a_route_is_reported_why(extranet: Lab) -> None:
    red, blue = named_site(extranet, "red1"), named_site(extranet, "blue1")
    assert no_route(extranet, red, red.prefixes[0], blue) == (
        "blue1 is not to have it: 172.16.1.0/24 of red1 is exported with RT 65000:1, 65000:31, and blue1's "
        "VRF imports 65000:2, 65000:3"
    )
    assert no_route(extranet, red, red.prefixes[0], red) == (
        "172.16.1.0/24 is red1's own: trace it to another site"
    )


def test_sites_and_prefixes_are_completed() -> None:
    given = argparse.Namespace(lab="extranet", site="red1")
    assert completion.sites(parsed_args=given) == ["red1", "red2", "blue1", "blue2", "dns"]
    assert completion.prefixes(parsed_args=given) == ["172.16.1.0/24"]
    assert completion.sites(parsed_args=argparse.Namespace(lab="no-such-lab")) == []


def test_exercises_and_files_of_courses_are_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alice.hand").touch()
    start = argparse.Namespace(action="start", words=[])
    assert "import-target" in completion.exercises(parsed_args=start)
    grade = argparse.Namespace(action="grade", words=[])
    assert completion.exercises(parsed_args=grade, prefix="al") == ["alice.hand"]
    assert completion.exercises(parsed_args=argparse.Namespace(action="hint", words=[])) == []
