"""Labs that are there to be tested, and no example of anything."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SHARED_RD: Final = Path(__file__).parent / "shared-rd"
NEAR_AND_FAR: Final = Path(__file__).parent / "near-and-far"
EDGE: Final = Path(__file__).parent / "edge"
COSTS: Final = Path(__file__).parent / "costs"


def without_route_reflector(folder: Path) -> Path:
    """The lab `shared-rd` in another folder, all PEs peering with each other; it is named like the folder."""
    folder.mkdir()
    topology = (SHARED_RD / "shared-rd.clab.yml").read_text().splitlines()
    kept = [line.replace("name: shared-rd", f"name: {folder.name}") for line in topology if "rr1" not in line]
    (folder / f"{folder.name}.clab.yml").write_text("\n".join(kept))
    (folder / "vpn.yml").write_text((SHARED_RD / "vpn.yml").read_text())
    return folder


def costs_by_isis(folder: Path) -> Path:
    """The lab `costs`, named like its folder: IS-IS, wide costs, hidden hops, explicit null, a password."""
    folder.mkdir()
    topology = (COSTS / "costs.clab.yml").read_text().replace("name: costs", f"name: {folder.name}")
    (folder / f"{folder.name}.clab.yml").write_text(topology)
    intent = (COSTS / "vpn.yml").read_text()
    for old, new in (
        ("igp: ospf", "igp: isis"),
        ("p1: 100", "p1: 70000"),
        ("ttl: true", "ttl: false, explicit-null: true, ldp-password: Tulip-7"),
    ):
        assert old in intent
        intent = intent.replace(old, new)
    (folder / "vpn.yml").write_text(intent)
    return folder
