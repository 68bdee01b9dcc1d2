"""What customers run at their edge: hosts behind CEs, beside nodes that are left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.labs import EDGE
from tests.live.fault import Fault, vtysh
from tests.live.proving import proven
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven(str(EDGE), Terminal(tmp_path_factory.mktemp("state"))) as running:
        yield running


FAULTS = (
    Fault(
        "a host without a way out",
        {"host1": vtysh("no ip route 0.0.0.0/0 172.16.1.1")},
        {"link.gateway.host1": "no default route"},
        blocks=("data.host.*",),
    ),
    Fault(
        "a host with another's address",
        {"host2": vtysh("interface eth1", "no ip address 172.16.2.2/24", "ip address 172.16.2.3/24")},
        {"link.address.host2.eth1": "172.16.2.3/24 *"},
        blocks=("link.gateway.host2", "data.host.*"),
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_proof_says_what_is_wrong_and_a_push_repairs_it(lab: ProvenLab, fault: Fault) -> None:
    lab.must_explain_and_be_repaired_of(fault)


def test_a_lan_goes_with_the_link_to_its_host(lab: ProvenLab) -> None:
    with lab.failed("red1-host1") as state:
        assert lab.wrong(state) == []
    assert lab.wrong() == []
