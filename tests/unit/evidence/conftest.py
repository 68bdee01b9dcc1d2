"""A bundle of the default lab, as it would be written of a running one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.evidence.gather import Subject, bundled, completed, look_of
from orchestrator.verification.verification import verify
from tests.unit.verification.fake_network import FakeNetwork, by_the_intent

if TYPE_CHECKING:
    from orchestrator.evidence.bundle import Bundle
    from orchestrator.model.lab import Lab
    from tests.unit.verification.converged import Converged


def made(lab: Lab, network: FakeNetwork, *, complete: bool = False) -> Bundle:
    """A bundle of what a network says."""
    seen = look_of(verify(network, lab, timeout=0), lab, (), "verify")
    files = {one.name: one.read_text() for one in lab.folder.glob("*.yml")}
    looks = [completed(seen, network, lab) if complete else seen]
    return bundled(Subject(lab, files, "guest", "netns"), looks)


@pytest.fixture(scope="session")
def network(lab: Lab, converged: Converged) -> FakeNetwork:
    return FakeNetwork(lambda _, node, command: converged.says(node, command), by_the_intent(lab))


@pytest.fixture(scope="session")
def bundle(lab: Lab, network: FakeNetwork) -> Bundle:
    return made(lab, network)
