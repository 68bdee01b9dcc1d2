from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from eigrp.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path


def test_check_is_silent_about_what_is_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "eigrp.conf"
    file.write_text("router eigrp 1\nexit\n")
    assert main(["check", str(file)]) == 0
    assert capsys.readouterr() == ("", "")


def test_check_names_the_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "eigrp.conf"
    file.write_text("router bgp 1\n")
    assert main(["check", str(file)]) == 2
    assert capsys.readouterr().err == (
        "eigrp: line 1: expected router eigrp AS [vrf NAME], found router bgp 1\n"
    )


def test_no_file_and_no_speaker_are_one_line_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path / "none")]) == 1
    assert capsys.readouterr().err == f"eigrp: [Errno 2] No such file or directory: '{tmp_path / 'none'}'\n"
    assert main(["--control", str(tmp_path / "sock"), "show", "neighbors"]) == 1
    assert capsys.readouterr().err == f"eigrp: no speaker answers at {tmp_path / 'sock'}\n"


@pytest.mark.parametrize(
    ("arguments", "exchange", "outcome"),
    [
        (
            ["show", "topology", "vrf", "red"],
            (b"show eigrp topology vrf red", b"table\n"),
            (0, "table\n", ""),
        ),
        (["show", "eigrp", "topology"], (b"show eigrp topology", b"table\n"), (0, "table\n", "")),
        (["reload"], (b"reload", b""), (0, "", "")),
        (["reload"], (b"reload", b"% line 1: no\n"), (2, "", "eigrp: line 1: no\n")),
    ],
)
def test_what_the_speaker_is_asked_and_says(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    exchange: tuple[bytes, bytes],
    outcome: tuple[int, str, str],
) -> None:
    received: list[bytes] = []
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "sock"))
        door.listen()

        def reply() -> None:
            guest, _ = door.accept()
            with guest:
                received.append(guest.recv(256))
                guest.sendall(exchange[1])

        thread = threading.Thread(target=reply)
        thread.start()
        status = main(["--control", str(tmp_path / "sock"), *arguments])
        thread.join()
    assert received == [exchange[0]]
    assert (status, *capsys.readouterr()) == outcome
