"""A line that a parser does not know is never passed over."""

from __future__ import annotations

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from parsers import NotThisOutput, ParseError, find
from tests.parsers.cases import CASES, Case
from tests.trying import tries

_UNDERSTOOD = tuple(case for case in CASES if '"error"' not in case.golden.read_text("utf-8"))
_OUTPUTS = {case: case.output.splitlines() for case in _UNDERSTOOD}
_FACTS = {case: case.facts() for case in _UNDERSTOOD}

_noise = st.text(
    string.printable.replace("\r", "").translate({ord(c): None for c in "\n\x0b\x0c"}), min_size=1
)


def _parse(case: Case, lines: list[str]) -> object:
    """Return the facts, ``None`` for output that is refused."""
    try:
        return case.command.parse("\n".join(lines) + "\n")
    except ParseError:
        return None


@tries(4)
@given(st.sampled_from(_UNDERSTOOD), st.data(), _noise)
def test_a_foreign_line_is_refused_or_seen(case: Case, data: st.DataObject, noise: str) -> None:
    assume(noise.strip())
    lines = list(_OUTPUTS[case])
    lines.insert(data.draw(st.integers(0, len(lines))), noise)
    assert _parse(case, lines) != _FACTS[case]


@pytest.mark.parametrize("case", [case for case in _UNDERSTOOD if _FACTS[case]], ids=str)
def test_the_refusal_names_line_command_and_version(case: Case) -> None:
    lines = [*_OUTPUTS[case], "what is this"]
    with pytest.raises(ParseError, match="what is this") as refused:
        case.command.parse("\n".join(lines), "10.9")
    assert refused.value.number == len(lines)
    assert refused.value.line == "what is this"
    assert "(FRR 10.9)" in str(refused.value)
    assert refused.value.command in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("case", [case for case in _UNDERSTOOD if len(_FACTS[case]) > 1], ids=str)
def test_a_line_lost_on_the_way_changes_the_facts_or_is_noticed(case: Case) -> None:
    """Cut the last line of data: a row less, or a footer that does not agree."""
    lines = [line for line in _OUTPUTS[case] if line.strip()]
    assert _parse(case, lines[:-1]) != _FACTS[case] or _is_remark(lines[-1])


def _is_remark(line: str) -> bool:
    words = (
        "LSA retransmissions",
        "OSPF is not enabled",
        "% OSPF is not",
        "valid_lft",
        "Displayed",
        "Total number",
        "ipv6",
    )
    if "SR Adj." in line:  # adjacency segments are of no use to anybody here
        return True
    mpls = line.split(maxsplit=1)[0].isdigit()  # `ip route show table all` shows that table, too
    return mpls or line.strip().startswith(words)


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("show ip ospf neighbor", "ospfd is not running\n"),
        ("show mpls ldp binding", "ldpd is not running\n"),
        ("show bgp ipv4 vpn", "% Unknown command: show bgp ipv4 vpn\n"),
        ("show mpls table", "% Command incomplete: show mpls\n"),
        ("show ip route", "Exiting: failed to connect to any daemons.\n"),
        ("show ip route", "bash: vtysh: command not found\n"),
        ("ip -M route", 'Object "-M" is unknown, try "ip help".\n'),
        ("ip -d addr", 'Device "eth7" does not exist.\n'),
        ("show ip ospf neighbor", ""),
        ("show mpls ldp neighbor", "\n"),
        ("show bgp summary", ""),
        ("show version", ""),
    ],
)
def test_what_is_no_output_of_the_command_is_distinguished_from_no_rows(command: str, output: str) -> None:
    with pytest.raises(NotThisOutput):
        find(command).parse(output)


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("show ip ospf neighbor", "% OSPF is not enabled in vrf default\n"),
        ("show ip ospf vrf red neighbor", "% OSPF is not enabled in vrf red\n"),
        ("show ip ospf vrf red interface", "% OSPF instance not found\n"),
        ("show bgp vrf red summary", "% BGP instance not found\n"),
        ("show bgp vrf red summary", "% No BGP neighbors found in VRF red\n"),
        ("show bgp ipv4 vpn", "No BGP prefixes displayed, 0 exist\n"),
        ("show mpls table", ""),
        ("show mpls table", "\n"),
        ("show ip route vrf red", ""),
        ("show ip route vrf red", "vrf red not defined\n"),
        ("ip -M route", ""),
    ],
)
def test_no_rows_are_no_facts(command: str, output: str) -> None:
    assert find(command).parse(output) == ()


@pytest.mark.parametrize("case", [case for case in _UNDERSTOOD if _FACTS[case]], ids=str)
def test_one_commands_output_is_not_taken_for_anothers(case: Case) -> None:
    for other in ("show mpls table", "show ip route", "show mpls ldp neighbor", "sysctl"):
        if not case.command.name.startswith(other):
            with pytest.raises(ParseError):
                find(other).parse(case.output)


def test_an_unknown_command_has_no_parser() -> None:
    with pytest.raises(ParseError, match="show babel neighbor: there is no parser for this command"):
        find("show babel neighbor")
