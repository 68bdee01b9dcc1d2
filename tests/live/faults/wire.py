"""Faults that a filter on a link makes: it loses what one protocol sends."""

from __future__ import annotations

from tests.live.fault import Fault
from tests.live.faults.shared import ON_THE_IGP

AT_P1 = "tc qdisc add dev eth2 clsact && tc filter add dev eth2 egress"
WITHOUT_FILTER = {"p1": "tc qdisc del dev eth2 clsact"}
FILTERED = {"kernel.qdiscs.p1": "also clsact on eth2"}
_LABELLED_LOST = {**FILTERED, "link.labelled.p1.eth2": "no answer to packets with a label from p1:eth2"}

WIRE = (
    Fault(
        "the wrong link layer address of a neighbour",
        {"p1": "ip neigh replace 10.0.0.3 lladdr 02:00:00:00:00:99 dev eth2 nud permanent"},
        {
            "link.labelled.p1.eth2": "p1 sends to 02:00:00:00:00:99, and p2:eth1 is *",
            "link.labelled.p2.eth1": "no answer to packets without and with a label from p2:eth1",
        },
        blocks=ON_THE_IGP,
        mend_it={"p1": "ip neigh del 10.0.0.3 dev eth2"},
    ),
    Fault(
        "labelled packets dropped on a core link, in one direction",
        {"p1": f"{AT_P1} protocol mpls_uc matchall action drop"},
        _LABELLED_LOST,
        blocks=ON_THE_IGP,
        mend_it=WITHOUT_FILTER,
    ),
    Fault(
        "labelled packets that have no TTL left on a core link",
        {"p1": f"{AT_P1} protocol mpls_uc matchall action mpls modify ttl 1"},
        _LABELLED_LOST,
        blocks=ON_THE_IGP,
        mend_it=WITHOUT_FILTER,
    ),
    Fault(
        "one direction of a core link that is dead",
        {"p1": f"{AT_P1} matchall action drop"},
        {
            **FILTERED,
            "link.labelled.p1.eth2": "no answer to packets without and with a label from p1:eth2",
            "link.labelled.p2.eth1": "no answer to packets without and with a label from p2:eth1",
        },
        blocks=ON_THE_IGP,
        mend_it=WITHOUT_FILTER,
    ),
)
