"""The server on a real socket: who may speak with it, and what it says."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import UsageError
from orchestrator.live.guard import Address
from orchestrator.live.running_server import listening, served
from tests.unit.live.client import Client
from tests.unit.live.fake import FakeSource

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def serving(source: FakeSource) -> Iterator[Client]:
    with listening("127.0.0.1", 0) as bound, served(source, bound) as address:
        yield Client(address)
        source.board.close()


@pytest.fixture(scope="module")
def source() -> FakeSource:
    return FakeSource()


@pytest.fixture(scope="module")
def client(source: FakeSource) -> Iterator[Client]:
    with serving(source) as made:
        yield made


# ---- What it shows -----------------------------------------------------------------------------


def test_the_page_runs_its_own_script_only(client: Client) -> None:
    status, text, headers = client.ask(client.root)
    assert status == 200
    policy = dict(one.split(" ", 1) for one in headers["content-security-policy"].split("; "))
    nonce = policy["script-src"].removeprefix("'nonce-").removesuffix("'")
    assert re.findall("<script([^>]*)>", text) == [f' nonce="{nonce}"']
    assert policy["default-src"] == policy["form-action"] == policy["base-uri"] == "'none'"
    assert (policy["connect-src"], policy["frame-ancestors"]) == ("'self'", "'none'")
    assert "unsafe" not in policy["script-src"] + policy["style-src-elem"]
    assert re.findall(r"https?:|//\w[\w.]*/|@import|javascript:|<link| on\w+=", text) == []
    assert client.ask(client.root)[1] != text, "a nonce is used once"


def test_nothing_is_shared_or_kept(client: Client) -> None:
    for path in ("", "report", "node/pe1", "path/red1/red2", "nothing"):
        _, _, headers = client.ask(client.root + path)
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert [one for one in headers if one.startswith("access-control")] == []


def test_a_node_and_a_path_are_shown(client: Client) -> None:
    status, text, _ = client.ask(client.root + "node/pe1")
    assert status == 200
    assert "l3vpn shell two-vpns pe1" in text
    assert "router bgp 65000" in text
    assert '<summary class="mono">show mpls table</summary>' in text
    assert client.ask(client.root + "path/red1/red2")[0] == 200


def test_a_route_is_traced(client: Client) -> None:
    assert 'data-trace="red1 172.16.1.0/24"' in client.ask(client.root + "node/red1")[1]
    assert "data-trace" not in client.ask(client.root + "node/pe1")[1]
    status, text, _ = client.ask(client.root + "trace/red1/172.16.1.0%2F24")
    assert status == 200
    assert "172.16.1.0/24 of red1, VPN red" in text
    assert '<span class="good">complete</span>' in text
    assert "VRF red exports it as VPNv4" in text
    assert "<code>l3vpn trace two-vpns red1 172.16.1.0/24</code>" in text


@pytest.mark.parametrize(
    "path",
    [
        "node/%3Cb%3E",
        "node/nobody",
        "path/red1/nowhere",
        "trace/nobody/172.16.1.0%2F24",
        "trace/red1/10.9.0.0%2F16",
        "trace/red1/%3Cb%3E",
    ],
)
def test_what_there_is_not_is_one_line_of_text(client: Client, path: str) -> None:
    status, text, headers = client.ask(client.root + path)
    assert (status, len(text.splitlines())) == (409, 1)
    assert headers["content-type"].startswith("text/plain")


def test_events_tell_of_a_change(client: Client, source: FakeSource) -> None:
    with client.events() as events:
        first = next(events)
        assert (first["verdict"], first["holding"], first["log"]) == ("holds", 405, [])
        source.see(broken=True)
        second = next(events)
        assert (second["verdict"], second["number"]) == ("broken", int(str(first["number"])) + 1)
        log = second["log"]
        assert isinstance(log, list)
        assert {one["kind"] for one in log} == {"broken"}
        assert any(one["what"].startswith("ldp.") for one in log)
        assert "Not verified" in client.ask(client.root + "report")[1]
        source.see(broken=False)
        third = next(events)
        assert third["verdict"] == "holds"
        assert "healed" in {one["kind"] for one in third["log"]}  # type: ignore[attr-defined]


def test_another_look_at_the_same_is_no_event(client: Client, source: FakeSource) -> None:
    with client.events() as events:
        before = next(events)
        source.see(broken=False)
        source.see(broken=True)
        assert next(events)["verdict"] == "broken"
    source.see(broken=False)
    assert before["verdict"] == "holds"


# ---- Who may speak with it ---------------------------------------------------------------------


@pytest.mark.parametrize("root", ["/", "//", "/nope/", "/{token}x/", "/{short}/", "/%C3%A4/", "/{token}"])
def test_without_the_token_there_is_nothing(client: Client, root: str) -> None:
    token = client.root.strip("/")
    path = root.format(token=token, short=token[:-1])
    for further in ("", "events", "report", "node/pe1"):
        status, text, _ = client.ask(path + further)
        assert status == (404 if path == f"/{token}" and not further else 403)
        assert token not in text


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "10.1.2.3:{port}",
        "",
        "[::1]x:{port}",
    ],
)
def test_another_host_is_refused(client: Client, host: str) -> None:
    """A stranger's name that resolves to this machine: DNS rebinding."""
    assert client.ask(client.root, {"Host": host.format(port=client.port)})[0] in {400, 403}


def test_localhost_is_this_machine(client: Client) -> None:
    assert client.ask(client.root, {"Host": f"localhost:{client.port}"})[0] == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:{port}"]
)
@pytest.mark.parametrize("path", ["", "events", "report"])
def test_another_origin_is_refused(client: Client, origin: str, path: str) -> None:
    headers = {"Origin": origin.format(port=client.port)}
    assert client.ask(client.root + path, headers)[0] == 403


@pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 200)])
def test_what_a_page_elsewhere_asks_for_is_refused(client: Client, site: str, status: int) -> None:
    assert client.ask(client.root + "report", {"Sec-Fetch-Site": site})[0] == status


def test_nothing_is_done_without_control(client: Client, source: FakeSource) -> None:
    for verb, words in (("fail", {"target": "pe1-p1", "how": ""}), ("restore", {"target": "pe1-p1"})):
        assert client.order(verb, words)[0] == 404
    assert source.orders == []
    assert 'id="live-control"' not in client.ask(client.root)[1]


def test_with_control_it_is_done_for_its_own_page_only() -> None:
    source = FakeSource(control=True)
    words = {"target": "pe1-p1", "how": "silent"}
    with serving(source) as client:
        assert client.order("fail", words, Origin="http://evil.example")[0] == 403
        assert client.order("fail", words, Sec_Fetch_Site="cross-site")[0] == 403
        assert client.order("fail", words, Content_Type="text/plain")[0] == 415
        assert client.ask(client.root + "fail", {"Content-Type": "application/json"}, "POST", "{}")[0] == 403
        assert client.ask(client.root + "fail")[0] == 405
        wrongs: tuple[object, ...] = ([], {}, {"target": "pe1-p1"}, {"target": 1, "how": ""}, "x", None)
        for wrong in wrongs:
            assert client.order("fail", wrong)[0] == 400
        assert client.order("fail", {"target": "x" * 5000, "how": ""})[0] == 413
        assert source.orders == []
        assert client.order("fail", words) == (200, "link pe1-p1 is cut")
        assert client.order("restore", {"target": "pe1-p1"}) == (200, "link pe1-p1 restored")
        assert 'id="live-control"' in client.ask(client.root)[1]
    assert source.orders == [("fail", "pe1-p1", "silent"), ("restore", "pe1-p1")]


# ---- Where it listens --------------------------------------------------------------------------


def test_a_port_in_use_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with (
            pytest.raises(UsageError, match=f"^127.0.0.1 port {port} is in use: `--port`.*$"),
            listening("127.0.0.1", port),
        ):
            pass


@pytest.mark.parametrize(("listen", "port"), [("here", 0), ("203.0.113.1", 0), ("127.0.0.1", 70000), ("", 0)])
def test_what_cannot_be_listened_on_is_one_line(listen: str, port: int) -> None:
    with pytest.raises(UsageError) as error, listening(listen, port):
        pass
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("listen", "host", "meant"),
    [
        ("127.0.0.1", "127.0.0.1:80", True),
        ("127.0.0.1", "[::1]:80", True),
        ("127.0.0.1", "localhost:80", True),
        ("127.0.0.1", "192.0.2.1:80", False),
        ("::1", "[::1]:80", True),
        ("0.0.0.0", "192.0.2.1:80", True),  # noqa: S104 -- what `--listen` may be
        ("192.0.2.1", "192.0.2.1:80", True),
        ("192.0.2.1", "lab.example:80", False),
        ("192.0.2.1", "192.0.2.1:81", False),
    ],
)
def test_who_is_meant(listen: str, host: str, *, meant: bool) -> None:
    assert Address(listen, 80).meant_by(host) is meant


def test_it_ends_while_somebody_listens() -> None:
    source = FakeSource()
    before = threading.active_count()
    with serving(source) as client, client.events() as events:
        next(events)
        source.board.close()
        assert list(events) == []
    assert threading.active_count() <= before + 1
