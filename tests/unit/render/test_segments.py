"""The order in which FRR takes lines of segment routing, and how they go."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from orchestrator.loading import load_lab
from orchestrator.render.difference import configuration_changes
from orchestrator.render.frr import frr_configuration

VERSION: Final = "10.3"
LABS: Final = Path(__file__).parents[3] / "labs"


def commands(running: str, wanted: str) -> str:
    return configuration_changes(running, wanted, VERSION).commands


def test_segment_routing_is_on_and_has_its_block_before_a_sid_comes() -> None:
    """ospfd refuses a SID while it is off, and both refuse one that does not fit into the block of labels."""
    wanted = frr_configuration(load_lab(LABS / "sr-core"), "p4", VERSION)
    lines = commands("", wanted).splitlines()
    of_segments = [line.split()[1] for line in lines if line.startswith(" segment-routing ")]
    assert of_segments == ["on", "global-block", "prefix"]


def test_a_block_of_labels_goes_without_its_values_and_an_index_is_replaced() -> None:
    """`no segment-routing global-block 20000 27999` is an incomplete command (FRR 8.4 to 10.7)."""
    wanted = frr_configuration(load_lab(LABS / "sr-core"), "p1", VERSION)
    on = " segment-routing on\n"
    running = wanted.replace(on, f"{on} segment-routing global-block 20000 27999\n").replace(
        "index 2", "index 9"
    )
    changes = [line for line in commands(running, wanted).splitlines() if "segment-routing" in line]
    assert changes == [
        " no segment-routing global-block",
        " segment-routing prefix 10.255.0.2/32 index 2",
    ]
