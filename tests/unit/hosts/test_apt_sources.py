from __future__ import annotations

import pytest

from orchestrator.hosts.apt_sources import Source, debian_archive, fetch_settings, os_release

DEBIAN_12 = {"ID": "debian", "VERSION_CODENAME": "bookworm"}
DEB822 = """\
Types: deb
# a comment that some tool left
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""


def test_deb822_source_of_the_machines_release_serves_another_suite() -> None:
    source = debian_archive(DEBIAN_12, {"debian.sources": DEB822})
    assert source is not None
    key = "/usr/share/keyrings/debian-archive-keyring.gpg"
    assert source.line("trixie") == f"deb [signed-by={key}] http://mirror.example/debian trixie main"


def test_one_line_source_keeps_how_to_fetch_and_drops_what_is_the_machines_own() -> None:
    text = (
        "# deb http://old.example/debian bookworm main\n"
        "deb-src http://mirror.example/debian bookworm main\n"
        "deb [arch=amd64 check-valid-until=no] https://snapshot.example/20250520 bookworm main contrib\n"
    )
    source = debian_archive(DEBIAN_12, {"sources.list": text})
    assert source is not None
    assert source.line("trixie") == (
        "deb [check-valid-until=no] https://snapshot.example/20250520 trixie main"
    )


@pytest.mark.parametrize("suite", ["stable", "testing", "sid"])
def test_a_machine_on_a_moving_suite(suite: str) -> None:
    source = debian_archive(
        {"ID": "debian", "VERSION_CODENAME": "forky"},
        {"sources.list": f"deb http://m.example/d {suite} main\n"},
    )
    assert source == Source("http://m.example/d", (suite,), ("main",))


def test_other_archives_on_the_machine_are_passed_over() -> None:
    files = {
        "tools.list": "deb https://tools.example bookworm stable\n",
        "node.sources": "Types: deb\nURIs: https://node.example\nSuites: nodistro\nComponents: main\n",
        "off.sources": DEB822.replace("Types: deb", "Enabled: no\nTypes: deb").replace("mirror", "off"),
        "debian.sources": DEB822,
    }
    source = debian_archive(DEBIAN_12, files)
    assert source is not None
    assert source.uri == "http://mirror.example/debian"


def test_a_key_written_into_the_sources_file_cannot_be_repeated_in_one_line() -> None:
    inline = DEB822.replace(
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg",
        "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n -----END PGP PUBLIC KEY BLOCK-----",
    )
    source = debian_archive(DEBIAN_12, {"debian.sources": inline})
    assert source is not None
    assert source.line("trixie") == "deb http://mirror.example/debian trixie main"


def test_a_machine_that_is_not_debian_has_no_debian_archive() -> None:
    ubuntu = {"ID": "ubuntu", "VERSION_CODENAME": "noble"}
    assert debian_archive(ubuntu, {"ubuntu.sources": DEB822.replace("bookworm", "noble")}) is None


def test_settings_about_fetching_are_kept_and_nothing_else() -> None:
    dump = """\
APT "";
APT::Install-Recommends "1";
Acquire "";
Acquire::http "";
Acquire::http::Proxy "http://proxy.example:3128";
Acquire::https::CAInfo "/etc/ssl/own.pem";
Acquire::Check-Valid-Until "false";
Acquire::Languages:: "en";
DPkg::Post-Invoke:: "rm -f /var/cache/apt/archives/*.deb || true";
"""
    assert fetch_settings(dump) == (
        'Acquire::http::Proxy "http://proxy.example:3128";',
        'Acquire::https::CAInfo "/etc/ssl/own.pem";',
        'Acquire::Check-Valid-Until "false";',
    )


def test_os_release_values_lose_their_quotes() -> None:
    assert os_release('ID=debian\n# x=y\nVERSION="12 (bookworm)"\n') == {
        "ID": "debian",
        "VERSION": "12 (bookworm)",
    }
