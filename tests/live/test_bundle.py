"""Evidence bundles of running labs: judged offline as live, healthy and broken; what changed; no secret."""

from __future__ import annotations

import json
import re
import stat
import struct
from typing import TYPE_CHECKING

import pytest

from orchestrator.evidence.archive import unpack
from orchestrator.evidence.file import read
from orchestrator.evidence.judge import opened
from orchestrator.faults.scenario import load_scenarios
from orchestrator.model.topology import Role
from tests.live.proving import proven
from tests.live.terminal import Terminal
from tests.unit.page.read import read_page
from tests.unit.verification.test_ci_reports import read_ctrf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live

UNPLUG_LDP = "vtysh -c 'conf t' -c 'mpls ldp' -c 'address-family ipv4' -c 'no interface eth1'"


@pytest.fixture(scope="module", params=["bgp-single-as", pytest.param("two-vpns", marks=pytest.mark.slow)])
def there(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven(request.param, Terminal(tmp_path_factory.mktemp("state"))) as lab:
        yield lab


def judged(there: ProvenLab, *words: str | Path) -> dict[str, object]:
    """A verification but for its times."""
    done = there.terminal.l3vpn("verify", "--format", "json", *words)
    assert done.returncode in {0, 1}, done.stderr
    report: dict[str, object] = json.loads(done.stdout)
    checks = report.pop("checks")
    report.pop("summary")
    assert (report.pop("seen at") is not None) == ("--from" in words)
    assert isinstance(checks, list)
    return {**report, "checks": [{**one, "seconds": 0} for one in checks]}


def test_healthy_and_broken_it_is_judged_offline_as_live(there: ProvenLab, tmp_path: Path) -> None:
    before, after = tmp_path / "before.tar.xz", tmp_path / "after.tar.xz"
    name = there.lab.name
    live = judged(there, name, "--bundle", before)
    assert judged(there, "--from", before) == live
    assert stat.S_IMODE(before.stat().st_mode) == 0o600

    pe = next(one.name for one in there.lab.nodes if one.role is Role.PE)
    p = there.lab.core_links_of(pe)[0][1].node
    try:
        there.type_in({pe: UNPLUG_LDP})
        there.wait_for("ldp.interfaces.*")
        broken = judged(there, name, "--bundle", after)
        assert judged(there, "--from", after) == broken != live
        compared = there.terminal.l3vpn("compare", "--format", "json", before, after)
        assert compared.returncode == 1, compared.stderr
        changes = json.loads(compared.stdout)["changes"]
        sessions = {(one["node"], one["name"]) for one in changes if one["kind"] == "session"}
        assert {(pe, f"LDP with {p}"), (p, f"LDP with {pe}")} <= sessions
        assert {one["name"] for one in changes if one["kind"] == "finding"} >= {
            f"ldp.interfaces.{pe}",
            "not judged",
        }
        # Between the two ends of that link, and no further.
        assert {one["node"] for one in changes if one["kind"] == "label"} <= {pe, p}
        assert {one["node"] for one in changes if one["table"] == "default" and "LDP" in one["name"]} == {
            pe,
            p,
        }
        differs = there.terminal.l3vpn("diff", "--from", after)
        assert (differs.returncode, "+  interface eth1" in differs.stdout) == (1, True)
    finally:
        there.push()


def test_another_look_at_the_same_network_is_no_change(there: ProvenLab, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert judged(there, there.lab.name, "--bundle", tmp_path / name)
    done = there.terminal.l3vpn("compare", tmp_path / "one", tmp_path / "two")
    assert (done.returncode, done.stdout) == (0, "no change\n")


def test_no_secret_is_in_it_but_on_demand(there: ProvenLab, tmp_path: Path) -> None:
    text = (there.lab.folder / "vpn.yml").read_text()
    secrets = set(re.findall(r"\b(?:password|key): ([\w-]+)", text))
    for name, options in (("without", ()), ("with", ("--with-secrets",))):
        judged(there, there.lab.name, "--once", "--bundle", tmp_path / name, *options)
    parts = {name: unpack((tmp_path / name).read_bytes()) for name in ("without", "with")}
    found = {
        name: {one for one in secrets for data in there.values() if one.encode() in data}
        for name, there in parts.items()
    }
    assert found == {"without": set(), "with": secrets}


def test_a_route_and_a_path_are_asked_of_it(there: ProvenLab, tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("page.html", "summary.md", "ctrf.json", "junit.xml")}
    wanted = ("--html", "--markdown", "--ctrf", "--junit")
    options = [word for pair in zip(wanted, files.values(), strict=True) for word in pair]
    live = judged(there, there.lab.name, "--bundle", tmp_path / "b", *options)
    checks = live["checks"]
    assert isinstance(checks, list)
    page = files["page.html"].read_text("utf-8")
    assert f"All {len(checks)} checks hold" in page
    assert "Configuration: as wanted" in page
    (labels,) = read_page(page).of("mpls")
    pes = [one.name for one in there.lab.nodes if one.role is Role.PE]
    assert all(f"{one} takes:\n" in labels.text for one in pes)  # what the kernels forward by
    summary = files["summary.md"].read_text("utf-8")
    assert summary.startswith(f"## ✅ `{there.lab.name}`: all {len(checks)} checks hold")
    assert read_ctrf(files["ctrf.json"].read_text("utf-8"))["summary"]["passed"] == len(checks)
    a, b = there.lab.vpns[0].sites[:2]
    for words in (("trace", a.name, str(a.prefixes[0])), ("verify", "--path", a.name, b.name)):
        done = there.terminal.l3vpn(*words, "--from", tmp_path / "b")
        assert done.returncode == 0, done.stdout + done.stderr


def test_probes_with_their_labels_are_in_it_on_demand(there: ProvenLab, tmp_path: Path) -> None:
    judged(there, there.lab.name, "--bundle", tmp_path / "b", "--pcap")
    (seen,) = read(tmp_path / "b").seen
    ends = [
        (f"{own.node}.{own.name}", f"{far.node}.{far.name}")
        for node in there.lab.nodes
        for own, far in there.lab.core_links_of(node.name)
    ]
    assert set(seen.packets) == {min(one) for one in ends}
    stacks = {packet_labels(one) for data in seen.packets.values() for one in packets_of(data)}
    assert {len(one) for one in stacks} == {1, 2}
    assert judged(there, "--from", tmp_path / "b") == judged(there, there.lab.name)
    (left,) = (there.ask(node, "pgrep tcpdump || echo none") for node in [ends[0][0].partition(".")[0]])
    assert left == "none\n"


def packets_of(data: bytes) -> Iterator[bytes]:
    """What follows the addresses of each packet in a pcap file of Ethernet."""
    magic, link_type = struct.unpack_from("=I16xI", data)
    assert (magic, link_type) == (0xA1B2C3D4, 1)
    at = 24
    while at < len(data):
        (length,) = struct.unpack_from("=8xI", data, at)
        yield data[at + 16 + 12 : at + 16 + length]
        at += 16 + length
    assert at == len(data), "the last packet is cut off"


def packet_labels(packet: bytes) -> tuple[int, ...]:
    """The label stack (RFC 3032)."""
    assert packet[:2] == b"\x88\x47"
    entries = [int.from_bytes(packet[at : at + 4], "big") for at in range(2, 14, 4)]
    depth = next(number for number, one in enumerate(entries, 1) if one & 0x100)
    return tuple(one >> 12 for one in entries[:depth])


def test_each_step_of_a_scenario_is_judged_again(there: ProvenLab, tmp_path: Path) -> None:
    scenario = load_scenarios(there.lab)[0].name
    ctrf = tmp_path / "ctrf.json"
    words = (scenario, "--bundle", tmp_path / "b", "--ctrf", ctrf)
    done = there.terminal.l3vpn("scenario", there.lab.name, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [one["name"] for one in read_ctrf(ctrf.read_text("utf-8"))["tests"]] == [scenario]
    bundle = read(tmp_path / "b")
    assert len(bundle.seen) == len(load_scenarios(there.lab)[0].steps)
    for number, seen in enumerate(bundle.seen, 1):
        then = {one["id"]: (one["verdict"], one["observed"]) for one in json.loads(seen.report)["checks"]}
        again = opened(tmp_path / "b", look=number).report()
        assert {str(one.check.id): (one.verdict, one.observed) for one in again.findings} == then, seen.title
    assert bundle.journal[-1].endswith(f"scenario {there.lab.name} {scenario} --bundle b --ctrf ctrf.json")
