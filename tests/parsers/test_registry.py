"""Each command is found by its name, and every captured output is one's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parsers import find
from parsers.bgp import BGP_PEERS, BGP_PEERS_IF_ANY, bgp_routes
from parsers.eigrp import EIGRP_KEYS
from parsers.ospf import ospf_interfaces
from parsers.registry import COMMANDS
from tests.parsers.cases import CASES, Case

if TYPE_CHECKING:
    from parsers import Command

SEARCHED = {
    "show running-config bgpd",
    "show running-config ospfd",
    "show running-config ldpd",
    EIGRP_KEYS.name,
}
"""Of these a few lines count among any others: `tests/parsers/test_running_config.py`."""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_case_is_of_the_command_that_its_folder_names(case: Case) -> None:
    assert case.command.name.endswith(case.folder.parent.name.replace("_", " "))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_is_found_by_its_name(command: Command[object]) -> None:
    assert find(command.name) == (BGP_PEERS if command is BGP_PEERS_IF_ANY else command)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_parser_has_a_captured_case(command: Command[object]) -> None:
    assert command.name in SEARCHED or find(command.name).facts in {case.command.facts for case in CASES}


def test_arguments_are_those_of_the_text() -> None:
    assert find("show bgp vrf red ipv4 unicast") == bgp_routes("red")
    assert find("show bgp ipv4 unicast") == bgp_routes()
    assert find("show ip ospf interface eth1") == ospf_interfaces(name="eth1")
