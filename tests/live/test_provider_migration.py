"""A customer moves from one provider to another, site by site, and back: proven at every stage."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.lifecycle.running import intent_of
from orchestrator.verification.kit.answers import Unreachable
from tests.live.fault import TABLES, Fault, vtysh
from tests.live.proving import proven
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live

NAME = "provider-migration"
STAGES = ("transit", "branch1-both", "branch1", "branch2", "after", "before")
"""From the first to the last, and from there back in one step."""
WHOSE = {
    "transit": {"customer acme": ["hq"], "provider south": ["s-pe1"]},
    "branch1-both": {"customer acme": ["branch1"], "provider south": ["s-pe2"]},
    "branch1": {"customer acme": ["branch1"], "provider north": ["n-pe2"]},
    "branch2": {"customer acme": ["branch2"], "provider north": ["n-pe2"], "provider south": ["s-pe2"]},
    "after": {"customer acme": ["hq"], "provider north": ["n-pe1"]},
    "before": {
        "customer acme": ["hq", "branch1", "branch2"],
        "provider north": ["n-pe1", "n-pe2"],
        "provider south": ["s-pe1", "s-pe2"],
    },
}


@dataclass(frozen=True, slots=True)
class Migration:
    """The lab, and the terminal in which it is brought from stage to stage."""

    terminal: Terminal
    begins: ProvenLab

    def push(self, stage: str) -> tuple[dict[str, list[str]], ProvenLab]:
        """Bring the lab to a stage; whose nodes that changes, and what the lab must be like from now on."""
        done = self.terminal.l3vpn("push", NAME, "--stage", stage, "--format", "json")
        assert done.returncode == 0, done.stdout + done.stderr
        changed: dict[str, list[str]] = {}
        for node in json.loads(done.stdout):
            if node["added"] or node["removed"] or node["kernel"]:
                changed.setdefault(node["owner"], []).append(node["node"])
        placement = replace(self.begins.running.placement, stage=stage)
        return changed, replace(self.begins, lab=intent_of(NAME, placement))

    def configurations(self) -> dict[str, list[str]]:
        """What each node runs, in no order; FRR keeps the name of a VRF that is gone as an empty block."""
        answers = self.begins.nodes.execute({node.name: RUNS for node in self.begins.lab.nodes})
        found = {}
        for node, answer in answers.items():
            assert not isinstance(answer, Unreachable)
            found[node] = sorted(line for line in answer.text.splitlines() if line not in EMPTY)
        return found


RUNS = "vtysh -c 'show running-config' && ip -br addr show && ip -o link show type vrf | cut -d : -f 2"
EMPTY = ("!", "vrf acme", "exit-vrf")


@pytest.fixture(scope="module")
def migration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Migration]:
    terminal = Terminal(tmp_path_factory.mktemp("state"))
    with proven(NAME, terminal) as there:
        yield Migration(terminal, there)


SILENT = Fault(
    "the transit site advertises nothing to north of who has moved",
    {"hq": vtysh("ip prefix-list vpn-prefixes seq 1 deny 172.16.1.0/24")},
    fails={"pece.announced.n-pe1.acme.172.16.1.0/24": "no such route"},
    blocks=("vpn.*.172.16.1.0/24*", "data.*branch1*", *TABLES),
)


def test_every_stage_is_proven_and_nothing_is_left(migration: Migration) -> None:
    began = migration.configurations()
    for stage in STAGES:
        changed, there = migration.push(stage)
        assert changed == WHOSE[stage], stage
        assert there.wrong() == [], stage
        if stage == "branch1":  # an old and a new site meet at the transit site, and nowhere else
            _the_transit_site_is_needed(there)
            done = migration.terminal.l3vpn("scenario", NAME, "old-core")
            assert done.returncode == 0, done.stdout + done.stderr
    assert migration.terminal.l3vpn("diff", NAME).returncode == 0  # the stage is remembered
    assert migration.configurations() == began


def _the_transit_site_is_needed(there: ProvenLab) -> None:
    said = there.ask("branch1", "vtysh -c 'show bgp ipv4 unicast 172.16.2.0/24'")
    assert "65010 65010 65000" in said
    assert there.unexplained(SILENT) == ()
    there.push()
    assert there.wrong() == []
