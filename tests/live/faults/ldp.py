"""Faults of LDP and the LFIB."""

from __future__ import annotations

from tests.live.fault import Fault, vtysh
from tests.live.faults.shared import ON_THE_CORE, ON_THE_LSPS

LDP = (
    Fault(
        "LDP off on an interface",
        {"p1": vtysh("mpls ldp", "address-family ipv4", "no interface eth2")},
        {"ldp.interfaces.p1": "eth1 (missing: eth2)"},
        blocks=ON_THE_LSPS,
        # ldpd binds what leaves by such an interface to implicit null, and a mapping that comes while
        # it changes back is not programmed, for good (FRR 10.3, rarely): the session must come anew.
        mend_it={"p1": "vtysh -c 'clear mpls ldp neighbor 10.255.0.3'"},
    ),
    Fault(
        "LDP with a password on one side",
        {"p1": vtysh("mpls ldp", "neighbor 10.255.0.3 password secret")},
        {"ldp.neighbor.p1.p2": "*", "ldp.neighbor.p2.p1": "*"},
        blocks=ON_THE_LSPS,
        differs="p1 has neighbor 10.255.0.3 password (hidden) (in mpls ldp)",
    ),
    Fault(
        "an LDP session across the core",
        {
            "pe1": vtysh("mpls ldp", "address-family ipv4", "neighbor 10.255.0.4 targeted"),
            "pe2": vtysh("mpls ldp", "address-family ipv4", "neighbor 10.255.0.1 targeted"),
        },
        {"ldp.no-other-neighbor.pe1": "also 10.255.0.4", "ldp.no-other-neighbor.pe2": "also 10.255.0.1"},
        blocks=ON_THE_LSPS,
    ),
    Fault(
        "an explicit null where the label should be popped one hop before",
        {"pe2": vtysh("mpls ldp", "address-family ipv4", "label local advertise explicit-null")},
        {"ldp.lsp.pe1.pe2": "*"},
        blocks=ON_THE_CORE,
        differs="pe2 has label local advertise explicit-null (in mpls ldp)",
    ),
    Fault(
        "an LFIB entry with the wrong outgoing label, changed under FRR",
        {
            "p1": "ip -M route | grep 'as to' | head -1 >/tmp/right; read in_label _ rest </tmp/right; "
            "ip -M route replace $in_label as 999 via inet 10.0.0.3 dev eth2"
        },
        {"ldp.lfib.p1": "*(missing: * -> 10.0.0.3 *; unexpected: * -> 10.0.0.3 999)"},
        blocks=("ldp.lsp.*", *ON_THE_CORE),
        mend_it={"p1": "ip -M route replace $(cat /tmp/right)"},
    ),
    Fault(
        "a push without its label, changed under FRR",
        {
            "pe1": "ip route show 10.255.0.4 >/tmp/right && "
            "ip route replace 10.255.0.4 via 10.0.0.1 dev eth1 proto ospf metric 20"
        },
        {"ldp.lsp.pe1.pe2": "*its kernel pushes none*"},
        blocks=ON_THE_CORE,
        mend_it={"pe1": "ip route replace $(sed 's/nhid [0-9]*//' /tmp/right)"},
    ),
)
