"""What differs on a node, in a line that a report has room for."""

from __future__ import annotations

from orchestrator.evidence.drift import drift_lines
from orchestrator.fleet.comparing import PushResult

BATCH = r"printf '%s\n' 'link set dev eth2 mtu 1400' 'link set dev eth2 up' | ip -batch -"
UNIFIED = """\
--- running
+++ wanted
@@ -3,3 +3,2 @@ mpls ldp
  address-family ipv4
-  label local advertise explicit-null
   interface eth1
@@ -9 +8,3 @@ mpls ldp
+router bgp 65101
+ no bgp ebgp-requires-policy
"""


def test_each_line_is_reported_with_its_block() -> None:
    result = PushResult("pe2", ("sysctl -w net/ipv4/conf/eth2/forwarding=1", BATCH), UNIFIED)
    assert tuple(drift_lines(result)) == (
        "pe2 needs sysctl -w net/ipv4/conf/eth2/forwarding=1",
        "pe2 needs ip link set dev eth2 mtu 1400",
        "pe2 needs ip link set dev eth2 up",
        "pe2 has label local advertise explicit-null (in mpls ldp)",
        "pe2 lacks router bgp 65101",
        "pe2 lacks no bgp ebgp-requires-policy (in router bgp 65101)",
    )
