"""What goes wrong in LDP and the LFIB."""

from __future__ import annotations

from tests.unit.verification.breaks.kit import BINDINGS, K_LFIB, K_RIB, LFIB, RIB, Break, one
from tests.unit.verification.scene import Edit

_ONE_LABEL = "push at pe1, 1 swap, pop at the hop before pe2 (PHP)"

LDP = (
    one(
        "LDP off on an interface",
        "ldp.interfaces.p1",
        ("p1", "show mpls ldp interface"),
        ("ipv4 eth2        ACTIVE 00:01:32 1/4            1\n", ""),
        ("eth1, eth2", "eth1 (missing: eth2)"),
    ),
    one(
        "LDP towards a customer",
        "ldp.interfaces.pe1",
        ("pe1", "show mpls ldp interface"),
        ("ipv4 eth1 ", "ipv4 eth2        ACTIVE 00:01:32 1/4            0\nipv4 eth1 "),
        ("eth1", "eth2, eth1 (too many: eth2)"),
    ),
    one(
        "LDP configured on a dead interface",
        "ldp.interfaces.pe1",
        ("pe1", "show mpls ldp interface"),
        ("ACTIVE", "DOWN"),
        ("eth1", "eth1 DOWN (missing: eth1; too many: eth1 DOWN)"),
    ),
    one(
        "session not up",
        "ldp.neighbor.p1.p2",
        ("p1", "show mpls ldp neighbor"),
        ("10.255.0.3      OPERATIONAL", "10.255.0.3      OPENREC"),
        ("10.255.0.3 at 10.255.0.3 OPERATIONAL", "10.255.0.3 at 10.255.0.3 OPENREC"),
    ),
    one(
        "no session",
        "ldp.neighbor.p1.p2",
        ("p1", "show mpls ldp neighbor"),
        ("ipv4 10.255.0.3      OPERATIONAL 10.255.0.3     00:01:14\n", ""),
        ("10.255.0.3 at 10.255.0.3 OPERATIONAL", "no session"),
    ),
    one(
        "session with another transport address",
        "ldp.neighbor.p1.p2",
        ("p1", "show mpls ldp neighbor"),
        ("10.255.0.3      OPERATIONAL 10.255.0.3 ", "10.255.0.3      OPERATIONAL 10.0.0.3   "),
        ("10.255.0.3 at 10.255.0.3 OPERATIONAL", "10.255.0.3 at 10.0.0.3 OPERATIONAL"),
    ),
    one(
        "a session too many",
        "ldp.no-other-neighbor.p1",
        ("p1", "show mpls ldp neighbor"),
        ("ipv4 10.255.0.3 ", "ipv4 10.9.9.9   "),
        ("no LDP neighbours but 10.255.0.1, 10.255.0.3", "also 10.9.9.9"),
    ),
    one(
        "a label that the kernel does not have",
        "ldp.lfib.p1",
        ("p1", K_LFIB),
        ("28 as to 38 via inet 10.0.0.3 dev eth2 proto ldp \n", ""),
        (
            "26 -> 10.0.0.0 none, 27 -> 10.0.0.3 none, 28 -> 10.0.0.3 38",
            "26 -> 10.0.0.0 none, 27 -> 10.0.0.3 none (missing: 28 -> 10.0.0.3 38)",
        ),
    ),
    one(
        "a label that the kernel swaps otherwise",
        "ldp.lfib.p1",
        ("p1", K_LFIB),
        ("28 as to 38", "28 as to 99"),
        (
            "26 -> 10.0.0.0 none, 27 -> 10.0.0.3 none, 28 -> 10.0.0.3 38",
            (
                "26 -> 10.0.0.0 none, 27 -> 10.0.0.3 none, 28 -> 10.0.0.3 99 "
                "(missing: 28 -> 10.0.0.3 38; too many: 28 -> 10.0.0.3 99)"
            ),
        ),
    ),
    one(
        "no label for the far PE",
        "ldp.lsp.pe1.pe2",
        ("pe1", RIB),
        ("via 10.0.0.1, eth1, label 28,", "via 10.0.0.1, eth1,"),
        (_ONE_LABEL, "pe1 > broken: pe1 has no label for 10.255.0.4/32 via 10.0.0.1"),
    ),
    one(
        "the ingress kernel pushes another label",
        "ldp.lsp.pe1.pe2",
        ("pe1", K_RIB),
        ("10.255.0.4 encap mpls  28 via", "10.255.0.4 encap mpls  29 via"),
        (_ONE_LABEL, "pe1 > broken: FRR pushes 28 at pe1, its kernel pushes 29"),
    ),
    one(
        "the ingress kernel pushes nothing",
        "ldp.lsp.pe1.pe2",
        ("pe1", K_RIB),
        ("10.255.0.4 encap mpls  28 via", "10.255.0.4 via"),
        (_ONE_LABEL, "pe1 > broken: FRR pushes 28 at pe1, its kernel pushes none"),
    ),
    one(
        "the ingress uses what LDP never gave",
        "ldp.lsp.pe1.pe2",
        ("pe1", BINDINGS),
        (
            "ipv4 10.255.0.4/32        10.255.0.2      18          28 ",
            "ipv4 10.255.0.4/32        10.255.0.2      18          77 ",
        ),
        (_ONE_LABEL, "pe1 > broken: pe1 uses label 28 towards p1, LDP bound 77"),
    ),
    one(
        "the next hop has bound another label by now",
        "ldp.lsp.pe1.pe2",
        ("p1", BINDINGS),
        (
            "ipv4 10.255.0.4/32        10.255.0.1      28 ",
            "ipv4 10.255.0.4/32        10.255.0.1      77 ",
        ),
        (_ONE_LABEL, "pe1 > broken: pe1 uses label 28 towards p1, which has bound 28, 77"),
    ),
    Break(
        "a P that does not know the label",
        "ldp.lsp.pe1.pe2",
        (
            Edit("p1", LFIB, " 28             LDP ", " 29             LDP "),
            Edit("p1", K_LFIB, "28 as to 38", "29 as to 38"),
        ),
        _ONE_LABEL,
        "pe1 push 28 > p1 drops 28 > broken: label 28 is not in the LFIB of p1",
    ),
    Break(
        "a P that swaps to a label of somebody else",
        "ldp.lsp.pe1.pe2",
        (
            Edit("p1", LFIB, "10.0.0.3  38 ", "10.0.0.3  36 "),
            Edit("p1", K_LFIB, "28 as to 38", "28 as to 36"),
        ),
        _ONE_LABEL,
        "pe1 push 28 > p1 swap 28->36 > broken: p1 uses label 36 towards p2, LDP bound 38",
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
        _ONE_LABEL,
        "pe1 push 28 > p1 pop 28 > p2 > broken: the label is popped before p2, which is not pe2",
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
        _ONE_LABEL,
        "pe1 push 28 > p1 swap 28->38 > p2 swap 38->28 > broken: loop: back at p1",
    ),
    Break(
        "a P that routes instead of switching",
        "ldp.lsp.pe1.pe2",
        (
            Edit("p1", LFIB, "28             LDP   10.0.0.3  38", "28             BGP   blue      -"),
            Edit("p1", K_LFIB, "28 as to 38 via inet 10.0.0.3 dev eth2 proto ldp", "28 dev blue proto bgp"),
        ),
        _ONE_LABEL,
        "pe1 push 28 > p1 28 -> blue > broken: p1 neither swaps nor pops towards a next hop",
    ),
)
