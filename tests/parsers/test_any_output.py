"""Whatever a node prints, a parser makes facts of it or raises `ParseError`.

`pytest --hypothesis-profile=long` on this file tries more of it, for minutes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hypothesis import example, given
from hypothesis import strategies as st

from parsers import ParseError, find
from parsers.bgp_configuration import BGP_CONFIGURATION
from parsers.eigrp import EIGRP_KEYS
from parsers.ospf import OSPF_KEYS
from parsers.registry import COMMANDS
from tests.parsers.cases import CASES

if TYPE_CHECKING:
    from collections.abc import Callable

    from parsers import Command


_VERSION: Final = "FRRouting 10.3 (pe1) on Linux(6.1).\n"
_NONE: Final = "No BGP prefixes displayed, 0 exist\n"
_ADDRESS: Final = "  Internet Address 10.0.{0}.1/24, Broadcast 10.0.{0}.255, Area 0.0.0.0\n"
_CONFIGURATION: Final = """\
frr version 10.3
interface eth1
 ip ospf authentication message-digest
 ip ospf message-digest-key 1 md5 secret
 ip ospf authentication-key plain
exit
!
 interface eth1
  authentication md5 1 secret
router bgp 65000 vrf red
 neighbor 10.1.0.2 password secret
 address-family ipv4 unicast
  rd vpn export 10.255.0.1:1
  rt vpn both 65000:1 65000:2
  import vpn
end
"""
_CONFIGURATIONS: Final = (BGP_CONFIGURATION, EIGRP_KEYS, OSPF_KEYS)
_OUTPUTS: Final = tuple((case.command, tuple(case.output.splitlines())) for case in CASES)
_COMMANDS: Final = tuple(dict.fromkeys((*COMMANDS, *(command for command, _ in _OUTPUTS))))
_TOKEN: Final = re.compile(r"[0-9]+|[A-Za-z]+|\S")
_ODD: Final = st.sampled_from((
    "", "-", "0", "-1", "1.5", "9" * 30, "9" * 5000, "999999999999y", "99999999w", "-1.787s", "500 usecs",
    "٣", "²", "é", "\0", "\u2028", "\x85", "\t", "\r", "\x1b[0m", "1e400", "inf", "nan", "4294967296",
    "1.2.3.4.5", "300.1.2.3", "::", "10.0.0.0/33", "10.0.0.1/8", "never", "N/A", "(", ")", "[", "{", "}",
    "{{ x }}", "}}", "|", "\\", "a" * 300, " " * 300, "*", ">", "%s", "imp-null", "1048576",
))  # fmt: skip


@st.composite
def with_an_odd_word(draw: st.DrawFn, line: str) -> str:
    """A line with one of its words replaced."""
    tokens = list(_TOKEN.finditer(line))
    if not tokens:
        return draw(_ODD)
    token = draw(st.sampled_from(tokens))
    return line[: token.start()] + draw(_ODD) + line[token.end() :]


@st.composite
def damaged(draw: st.DrawFn) -> tuple[Command[object], str]:
    """A command and its output with lines lost, repeated, cut or moved, and words replaced."""
    command, whole = draw(st.sampled_from(_OUTPUTS))
    lines = list(whole)
    for _ in range(draw(st.integers(1, 3))):
        if not lines:
            break
        at = draw(st.integers(0, len(lines) - 1))
        line = lines[at]
        match draw(st.sampled_from(("lost", "twice", "cut", "beheaded", "moved", "word", "word", "word"))):
            case "lost":
                del lines[at]
            case "twice":
                lines.insert(at, line)
            case "cut":
                lines[at] = line[: draw(st.integers(0, len(line)))]
            case "beheaded":
                lines[at] = line[draw(st.integers(0, len(line))) :]
            case "moved":
                lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(at))
            case _:
                lines[at] = draw(with_an_odd_word(line))
    return command, "\n".join(lines) + "\n"


def refuses_in_one_line(read: Callable[[], object]) -> None:
    """Facts, or a `ParseError` of one line; no other exception."""
    try:
        read()
    except ParseError as error:
        if "\n" in str(error):
            raise AssertionError("a refusal of several lines") from error


@given(damaged())
@example((find("show version"), _VERSION * 2))
@example((find("show bgp ipv4 vpn"), f"{_NONE}Displayed 0 routes and {'9' * 5000} total paths\n"))
@example((find("ip -d addr"), "1: lo: <UP> mtu 1500 state UP\n    link/ether\n"))
@example((find("ip -d addr"), "1: red: <UP> mtu 1500 state UP\n    link/ether 0:0\n    vrf table\n"))
@example((find("show ip ospf interface"), f"eth1 is up\n{_ADDRESS.format(1)}{_ADDRESS.format(2)}"))
def test_damaged_output(said: tuple[Command[object], str]) -> None:
    refuses_in_one_line(lambda: said[0].parse(said[1]))


@given(st.sampled_from(_COMMANDS), st.text())
def test_any_text(command: Command[object], text: str) -> None:
    refuses_in_one_line(lambda: command.parse(text))


@given(st.sampled_from(_COMMANDS), st.binary())
def test_any_bytes_as_a_session_decodes_them(command: Command[object], octets: bytes) -> None:
    refuses_in_one_line(lambda: command.parse(octets.decode("utf-8", "replace")))


@given(st.sampled_from(_COMMANDS), damaged())
def test_output_of_another_command(command: Command[object], said: tuple[Command[object], str]) -> None:
    refuses_in_one_line(lambda: command.parse(said[1]))


@given(st.sampled_from(_CONFIGURATIONS), st.data())
def test_damaged_configuration(command: Command[object], data: st.DataObject) -> None:
    lines = _CONFIGURATION.splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at] = data.draw(with_an_odd_word(lines[at]))
    refuses_in_one_line(lambda: command.parse("\n".join(lines)))


@given(damaged(), st.text())
def test_excerpts(said: tuple[Command[object], str], key: str) -> None:
    command, output = said
    command.rows(output, key)
