"""What goes wrong in LDP and the LFIB."""

from __future__ import annotations

from tests.unit.verification.breaks.kit import BINDINGS, K_LFIB, K_RIB, LFIB, RIB, Break, one
from tests.unit.verification.scene import Edit

LDP = (
    one(
        "LDP off on an interface",
        "ldp.interfaces.p1",
        ("p1", "show mpls ldp interface"),
        ("ipv4 eth2        ACTIVE 00:01:32 1/4            1\n", ""),
    ),
    one(
        "LDP towards a customer",
        "ldp.interfaces.pe1",
        ("pe1", "show mpls ldp interface"),
        ("ipv4 eth1 ", "ipv4 eth2        ACTIVE 00:01:32 1/4            0\nipv4 eth1 "),
    ),
    one(
        "LDP configured on a dead interface",
        "ldp.interfaces.pe1",
        ("pe1", "show mpls ldp interface"),
        ("ACTIVE", "DOWN"),
    ),
    one(
        "session not up",
        "ldp.neighbor.p1.p2",
        ("p1", "show mpls ldp neighbor"),
        ("10.255.0.3      OPERATIONAL", "10.255.0.3      OPENREC"),
    ),
    one(
        "no session",
        "ldp.neighbor.p1.p2",
        ("p1", "show mpls ldp neighbor"),
        ("ipv4 10.255.0.3      OPERATIONAL 10.255.0.3     00:01:14\n", ""),
    ),
    one(
        "session with another transport address",
        "ldp.neighbor.p1.p2",
        ("p1", "show mpls ldp neighbor"),
        ("10.255.0.3      OPERATIONAL 10.255.0.3 ", "10.255.0.3      OPERATIONAL 10.0.0.3   "),
    ),
    one(
        "a session too many",
        "ldp.no-other-neighbor.p1",
        ("p1", "show mpls ldp neighbor"),
        ("ipv4 10.255.0.3 ", "ipv4 10.9.9.9   "),
    ),
    one(
        "a label that the kernel does not have",
        "ldp.lfib.p1",
        ("p1", K_LFIB),
        ("28 as to 38 via inet 10.0.0.3 dev eth2 proto ldp \n", ""),
    ),
    one(
        "a label that the kernel swaps for another",
        "ldp.lfib.p1",
        ("p1", K_LFIB),
        ("28 as to 38", "28 as to 99"),
    ),
    one(
        "no label for the far PE",
        "ldp.lsp.pe1.pe2",
        ("pe1", RIB),
        ("via 10.0.0.1, eth1, label 28,", "via 10.0.0.1, eth1,"),
    ),
    one(
        "the ingress kernel pushes another label",
        "ldp.lsp.pe1.pe2",
        ("pe1", K_RIB),
        ("10.255.0.4 encap mpls  28 via", "10.255.0.4 encap mpls  29 via"),
    ),
    one(
        "the ingress kernel pushes nothing",
        "ldp.lsp.pe1.pe2",
        ("pe1", K_RIB),
        ("10.255.0.4 encap mpls  28 via", "10.255.0.4 via"),
    ),
    one(
        "the ingress uses what LDP never gave",
        "ldp.lsp.pe1.pe2",
        ("pe1", BINDINGS),
        (
            "ipv4 10.255.0.4/32        10.255.0.2      18          28 ",
            "ipv4 10.255.0.4/32        10.255.0.2      18          77 ",
        ),
    ),
    one(
        "the next hop has bound another label by now",
        "ldp.lsp.pe1.pe2",
        ("p1", BINDINGS),
        (
            "ipv4 10.255.0.4/32        10.255.0.1      28 ",
            "ipv4 10.255.0.4/32        10.255.0.1      77 ",
        ),
    ),
    Break(
        "a P that does not know the label",
        "ldp.lsp.pe1.pe2",
        (
            Edit("p1", LFIB, " 28             LDP ", " 29             LDP "),
            Edit("p1", K_LFIB, "28 as to 38", "29 as to 38"),
        ),
    ),
    Break(
        "a P that swaps to a label of somebody else",
        "ldp.lsp.pe1.pe2",
        (
            Edit("p1", LFIB, "10.0.0.3  38 ", "10.0.0.3  36 "),
            Edit("p1", K_LFIB, "28 as to 38", "28 as to 36"),
        ),
    ),
    Break(
        "a P that pops too early",
        "ldp.lsp.pe1.pe2",
        (
            Edit("p1", LFIB, "10.0.0.3  38             ", "10.0.0.3  implicit-null  "),
            Edit("p1", K_LFIB, "28 as to 38 via", "28 via"),
            Edit("p1", BINDINGS, "10.255.0.3      28          38 ", "10.255.0.3      28          imp-null "),
            Edit("p2", BINDINGS, "10.255.0.2      38          28 ", "10.255.0.2      imp-null    28 "),
            Edit(
                "p2", BINDINGS, "10.255.0.4      38          imp-null", "10.255.0.4      imp-null    imp-null"
            ),
        ),
    ),
    Break(
        "an LSP that runs in a circle",
        "ldp.lsp.pe1.pe2",
        (
            Edit(
                "p2",
                LFIB,
                " 38             LDP   10.0.0.5  implicit-null  ",
                " 38             LDP   10.0.0.2  28  ",
            ),
            Edit("p2", K_LFIB, "38 via inet 10.0.0.5 dev eth2", "38 as to 28 via inet 10.0.0.2 dev eth1"),
        ),
    ),
    Break(
        "a P that routes instead of switching",
        "ldp.lsp.pe1.pe2",
        (
            Edit("p1", LFIB, "28             LDP   10.0.0.3  38", "28             BGP   blue      -"),
            Edit("p1", K_LFIB, "28 as to 38 via inet 10.0.0.3 dev eth2 proto ldp", "28 dev blue proto bgp"),
        ),
    ),
)
