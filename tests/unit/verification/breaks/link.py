"""What goes wrong on a link."""

from __future__ import annotations

from tests.unit.verification.breaks.kit import ADDR, ECHOES, one

_MAC = "02:00:00:00:00:1f"

LINK = (
    one(
        "no carrier",
        "link.up.pe1:eth1--p1:eth1",
        ("p1", ADDR),
        ("<BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9500", "<NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 9500"),
    ),
    one(
        "interface shut down",
        "link.up.pe1:eth1--p1:eth1",
        ("p1", ADDR),
        ("<BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9500", "<BROADCAST,MULTICAST> mtu 9500"),
    ),
    one(
        "interface gone",
        "link.up.pe1:eth1--p1:eth1",
        ("pe1", ADDR),
        (": eth1@", ": eth9@"),
    ),
    one(
        "labelled packets get lost",
        "link.labelled.p1.eth2",
        ("p1", ECHOES),
        (f"eth2 {_MAC} plain answered labelled answered", f"eth2 {_MAC} plain answered labelled lost"),
    ),
    one(
        "another link layer address",
        "link.labelled.p1.eth2",
        ("p1", ECHOES),
        (f"eth2 {_MAC} plain answered labelled answered", "eth2 02:00:00:00:00:99 plain lost labelled lost"),
    ),
    one("wrong MTU", "link.mtu.p1.eth1", ("p1", ADDR), ("mtu 9500", "mtu 1500")),
    one(
        "no interface to have an MTU",
        "link.mtu.p1.eth1",
        ("p1", ADDR),
        (": eth1@", ": eth9@"),
    ),
    one(
        "no address",
        "link.address.p1.eth1",
        ("p1", ADDR),
        ("    inet 10.0.0.1/31 scope global eth1\n", ""),
    ),
    one(
        "another length of prefix",
        "link.address.p1.eth1",
        ("p1", ADDR),
        ("inet 10.0.0.1/31", "inet 10.0.0.1/30"),
    ),
    one(
        "a second address",
        "link.address.p1.lo",
        ("p1", ADDR),
        ("    inet 10.255.0.2/32", "    inet 10.255.0.9/32 scope global lo\n    inet 10.255.0.2/32"),
    ),
    one(
        "a LAN device that is not there",
        "link.address.red1.lan2",
        ("red1", ADDR),
        (": lan2@", ": lan9@"),
    ),
)
