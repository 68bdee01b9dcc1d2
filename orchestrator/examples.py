"""What `--help` of a verb ends with: one or two command lines that can be typed as they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLES: Final[Mapping[str, tuple[str, ...]]] = {
    "capture": ("capture two-vpns p1 eth1 mpls", "capture two-vpns pe1 eth1 --write - | wireshark -k -i -"),
    "compare": ("compare before.tar.xz after.tar.xz",),
    "diff": ("diff two-vpns --limit pe1 pe2", "diff --from seen.tar.xz"),
    "doctor": ("doctor", "doctor --host ssh://west,ssh://east", "doctor --host k8s://lab"),
    "down": ("down two-vpns",),
    "exec": ("exec two-vpns pe1 -- ip -M route", "exec two-vpns red1 -- ping -c 3 -I 172.16.1.1 172.16.2.1"),
    "fail": ("fail two-vpns pe1-p1 --silent", "fail two-vpns pe1 --daemon bgpd"),
    "graph": ("graph two-vpns -o two-vpns.svg", "graph provider-migration --stage after --format mmd"),
    "inventory": ("inventory two-vpns --write inventory",),
    "learn": ("learn", "learn start no-labels --seed 3"),
    "list": ("list --format json",),
    "measure": ("measure failover 'pe1-p1 silent' --stage bfd tuned",),
    "new": ("new my-lab --pes 3 --ps 2 --vpns 2 --sites 4 --protocol ospf",),
    "proxy": ("proxy two-vpns pe1",),
    "push": ("push two-vpns --dry-run", "push provider-migration --stage transit"),
    "render": ("render two-vpns pe1", "render two-vpns --write configurations"),
    "report": ("report two-vpns -o two-vpns.html", "report --from seen.tar.xz -o seen.html"),
    "restore": ("restore two-vpns pe1-p1", "restore two-vpns"),
    "scenario": ("scenario two-vpns --list", "scenario two-vpns"),
    "schema": ("schema vpn > vpn.schema.json",),
    "serve": ("serve two-vpns", "serve two-vpns --control --port 8080"),
    "shell": ("shell two-vpns pe1", "shell two-vpns pe1 -c 'show bgp vrf red ipv4 unicast'"),
    "show": ("show two-vpns pe1,pe2 ip route vrf red", "show two-vpns 'pe*' bgp summary"),
    "status": ("status", "status two-vpns"),
    "trace": ("trace two-vpns red1 172.16.1.0/24 --to red2",),
    "up": (
        "up two-vpns",
        "up two-vpns --frr 10.7 --bundle seen.tar.xz",
        "up two-vpns --host ssh://west,ssh://east",
        "up two-vpns --host k8s://lab --image registry.example/l3vpn-node",
    ),
    "verify": (
        "verify two-vpns --path red1 red2",
        "verify two-vpns --once --junit proof.xml --markdown summary.md",
    ),
    "watch": ("watch two-vpns",),
}


def of_verb(verb: str) -> str:
    """The end of its help."""
    lines = [f"  l3vpn {one}" for one in EXAMPLES[verb]]
    return "\n".join(["example:" if len(lines) == 1 else "examples:", *lines])
