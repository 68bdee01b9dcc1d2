"""The protocol between us and the program on the CEs, and the program itself."""

from __future__ import annotations

import errno
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.verification import probe_agent
from orchestrator.verification.kit.probes import (
    Answered,
    Arrived,
    Missed,
    Ready,
    Refused,
    RunEnded,
    Seen,
    Sent,
    UnknownLine,
    Unsent,
    read_event,
)

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAM = Path(probe_agent.__file__)
NONCE = b"0123abcd"


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("ready 0123abcd", Ready("0123abcd")),
        ("sent", Sent()),
        ("over", RunEnded()),
        ("arrived 7", Arrived(7)),
        ("answered 7", Answered(7)),
        ("unsent 7 Network is unreachable", Unsent(7, "Network is unreachable")),
        ("seen 7 eth2", Seen(7, "eth2")),
        ("missed 7", Missed(7)),
        ("refused 7 3 0 10.1.0.1", Refused(7, "network unreachable, says 10.1.0.1")),
        ("refused 7 3 9 10.1.0.1", Refused(7, "ICMP type 3 code 9, says 10.1.0.1")),
    ],
)
def test_each_line_means_one_thing(line: str, event: object) -> None:
    assert read_event(line) == event


@pytest.mark.parametrize(
    "line",
    ["", "hello", "arrived", "arrived x", "arrived -1", "ready", "ready now", "ready 0123abcde",
     "refused 7", "refused 7 3 0", "unsent 7", "refused 7 3 0 10.1.0.999",
     "arrived " + "7" * 5000, "Traceback (most recent call last):"],
)  # fmt: skip
def test_any_other_line_is_an_error(line: str) -> None:
    with pytest.raises(UnknownLine):
        read_event(line)


def _ip(message: bytes, source: str = "10.1.0.1") -> bytes:
    octets = bytes(map(int, source.split(".")))
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(message), 0, 0, 64, 1, 0) + octets + bytes(4) + message


@given(st.integers(0, 2**32 - 1), st.sampled_from([0, 100, 101, 1500]))
def test_a_request_that_arrives_is_known_by_its_number(number: int, size: int) -> None:
    request = probe_agent.echo_request(NONCE, number, size)
    assert probe_agent.checksum(request) == 0
    assert len(_ip(request)) == size or (size == 0 and len(_ip(request)) < 60)
    assert probe_agent.news_in(_ip(request), NONCE) == f"arrived {number}"
    assert probe_agent.news_in(_ip(b"\0" + request[1:]), NONCE) == f"answered {number}"


def test_a_packet_of_an_earlier_run_is_nobodys() -> None:
    assert probe_agent.news_in(_ip(probe_agent.echo_request(b"ffffffff", 7, 0)), NONCE) is None


@given(st.integers(0, 2**32 - 1), st.integers(0, 3))
def test_a_request_is_known_behind_its_labels(number: int, labels: int) -> None:
    request = probe_agent.echo_request(NONCE, number, 0)
    header = bytes(12) + (b"\x88\x47" if labels else b"\x08\x00") + struct.pack("!I", 16 << 12 | 64) * labels
    assert probe_agent.seen_in(header + _ip(request), NONCE) == number
    assert probe_agent.seen_in(header + _ip(b"\0" + request[1:]), NONCE) is None
    assert probe_agent.seen_in(header + _ip(probe_agent.echo_request(b"ffffffff", number, 0)), NONCE) is None


@given(st.binary(max_size=40), st.binary(max_size=8))
def test_no_other_frame_is_taken_for_a_request(junk: bytes, more: bytes) -> None:
    assert probe_agent.seen_in(junk, NONCE) is None
    assert probe_agent.seen_in(probe_agent.MAGIC + NONCE + more, NONCE) is None
    assert probe_agent.seen_in(bytes([8]) * 8 + probe_agent.MAGIC + NONCE, NONCE) is None


def test_a_complaint_is_known_by_what_it_quotes() -> None:
    quoted = _ip(probe_agent.echo_request(NONCE, 7, 0), "172.16.1.1")
    complaint = struct.pack("!BBHI", 3, 4, 0, 0) + quoted
    assert probe_agent.news_in(_ip(complaint, "10.0.0.5"), NONCE) == "refused 7 3 4 10.0.0.5"


@given(st.binary(max_size=80))
def test_other_packets_are_ignored(junk: bytes) -> None:
    assert probe_agent.news_in(junk, NONCE) is None


def _converse(commands: str) -> list[str]:
    """What the program says, run as it is on a CE."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", PROGRAM.read_text()],
        input=commands,
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    if "PermissionError" in done.stderr:
        pytest.skip("raw sockets need CAP_NET_RAW")
    assert not done.stderr
    return done.stdout.splitlines()


def test_the_program_needs_nothing_but_the_standard_library_and_ends_with_its_input() -> None:
    assert _converse("run 0123abcd\nend\n") == ["ready 0123abcd", "over"]


def test_what_cannot_be_sent_is_said() -> None:
    said = _converse(
        "run 0123abcd\nsend 1 203.0.113.77 127.0.0.1 0 - 0\nsend 2 127.0.0.1 127.0.0.1 0 203.0.113.1 0\ngo\n"
    )
    assert said == [
        "ready 0123abcd",
        "unsent 1 Cannot assign requested address",
        "unsent 2 Network is unreachable",
        "sent",
    ]


NO_IPV6 = f"""
import _socket, errno

class Socket(_socket.socket):
    def __init__(self, family, *rest):
        if family == _socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
        super().__init__(family, *rest)

_socket.socket = Socket
exec(compile(open({str(PROGRAM)!r}).read(), "probe_agent", "exec"))
"""
"""The program on a node whose kernel was started with ipv6.disable=1."""


def said_of(program: str, commands: str, lines: int) -> list[str]:
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as agent:
        assert agent.stdin is not None
        assert agent.stdout is not None
        assert agent.stderr is not None
        agent.stdin.write(commands)
        agent.stdin.flush()
        said = [agent.stdout.readline().strip()]
        if said == [""]:
            agent.stdin.close()
            why = agent.stderr.read()
            assert "PermissionError" in why, why
            pytest.skip("raw sockets need CAP_NET_RAW")
        said += [agent.stdout.readline().strip() for _ in range(lines - 1)]
        agent.stdin.close()
    return said


@pytest.mark.parametrize("program", [PROGRAM.read_text(), NO_IPV6], ids=["both families", "no IPv6"])
def test_a_probe_to_itself_arrives_and_is_answered(program: str) -> None:
    commands = "run 0123abcd\nsend 1 127.0.0.1 127.0.0.2 0 - 0\nsend 2 127.0.0.1 127.0.0.1 900 - 1\ngo\n"
    said = said_of(program, commands, 6)
    assert said[:2] == ["ready 0123abcd", "sent"]
    assert sorted(said[2:]) == ["answered 1", "answered 2", "arrived 1", "arrived 2"]


@pytest.mark.parametrize("gateway", ["-", "fe80::1"])
def test_a_kernel_without_ipv6_does_not_send_it_and_says_so(gateway: str) -> None:
    said = said_of(NO_IPV6, f"run 0123abcd\nsend 1 ::1 ::1 0 {gateway} 0\ngo\n", 3)
    assert said == ["ready 0123abcd", "unsent 1 Address family not supported by protocol", "sent"]


def test_only_a_family_that_is_not_there_goes_unheard(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(error: int) -> Callable[..., NoReturn]:
        def opened(*_: object) -> NoReturn:
            raise OSError(error, os.strerror(error))

        return opened

    monkeypatch.setattr("_socket.socket", refused(errno.EAFNOSUPPORT))
    assert probe_agent.listening(socket.AF_INET6, probe_agent.IPPROTO_ICMPV6) is None
    monkeypatch.setattr("_socket.socket", refused(errno.EPERM))
    with pytest.raises(PermissionError):
        probe_agent.listening(socket.AF_INET, socket.IPPROTO_ICMP)
