"""Whose lines change: counted from what a push would send."""

from __future__ import annotations

from pathlib import Path

from orchestrator.fleet.change_summary import Tally, tally
from orchestrator.fleet.comparing import PushResult
from orchestrator.loading import load_lab

LAB = load_lab(Path(__file__).parents[3] / "labs" / "two-vpns")
UNIFIED = """\
--- running
+++ wanted
@@ -3,4 +3,3 @@ router bgp 65101
 router bgp 65101
- neighbor 10.1.0.1 remote-as 65000
- neighbor 10.1.0.1 timers 3 9
+ neighbor 10.1.0.5 remote-as 65010
"""


def test_lines_are_counted_by_owner_customers_first() -> None:
    results = [
        PushResult("p1", configuration=UNIFIED),
        PushResult("pe1", plumbing=("ip link set eth3 down",)),
        PushResult("blue1"),
        PushResult("red1", configuration=UNIFIED),
    ]
    assert tally(LAB, results) == (
        Tally("red1", "customer red", 1, 2, kernel=False),
        Tally("p1", "provider", 1, 2, kernel=False),
        Tally("pe1", "provider", 0, 0, kernel=True),
    )
