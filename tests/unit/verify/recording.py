"""What real nodes said: `two-vpns` on FRR 10.3, converged, on a Linux 7.2 kernel."""

from __future__ import annotations

from pathlib import Path

from parsers.bgp import BGP_PEERS_IF_ANY

_FOLDER = Path(__file__).with_name("recorded") / "frr-10.3"


def says(node: str, command: str) -> str:
    """The recorded output of a command on a node."""
    if command == BGP_PEERS_IF_ANY.text:
        name = "show_bgp_vrf_all_summary_if_any"
    elif command.startswith("python3 -c "):
        name = "link_echoes"
    elif command.startswith("sysctl "):
        name = "sysctl"
    else:
        name = command.replace(" ", "_")
    return (_FOLDER / node / f"{name}.txt").read_text()
