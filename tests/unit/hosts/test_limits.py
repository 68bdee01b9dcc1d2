"""What control groups leave of a machine to the container or service that runs in them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts import limits

if TYPE_CHECKING:
    from pathlib import Path

GIGA = 1 << 30
HERE = len(os.sched_getaffinity(0))
NO_LIMIT = "9223372036854771712"  # of version 1


def machine(root: Path, groups: str, **files: str) -> Path:
    """The root of one: what /proc/self/cgroup says, and files below /sys/fs/cgroup."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(groups)
    for name, text in files.items():
        file = root / "sys/fs/cgroup" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n")
    return root


def test_without_groups_all_of_the_machine_is_there(tmp_path: Path) -> None:
    assert limits.memory_left(tmp_path) is None
    assert limits.processors(tmp_path) == HERE


def test_version_2_without_a_limit(tmp_path: Path) -> None:
    root = machine(tmp_path, "0::/\n", **{"memory.max": "max", "cpu.max": "max 100000"})
    assert limits.memory_left(root) is None
    assert limits.processors(root) == HERE


def test_the_narrowest_group_on_the_way_counts_and_pages_of_files_are_free(tmp_path: Path) -> None:
    root = machine(
        tmp_path,
        "0::/outer/inner\n",
        **{
            "outer/memory.max": str(3 * GIGA),
            "outer/memory.current": str(2 * GIGA),
            "outer/memory.stat": f"anon {GIGA}\ninactive_file {GIGA}",
            "outer/inner/memory.max": str(8 * GIGA),
            "outer/inner/memory.current": str(GIGA),
            "outer/cpu.max": "150000 100000",
            "outer/inner/cpu.max": "max 100000",
        },
    )
    assert limits.memory_left(root) == 2 * GIGA
    assert limits.processors(root) == 1


def test_more_used_than_allowed_leaves_nothing(tmp_path: Path) -> None:
    root = machine(tmp_path, "0::/\n", **{"memory.max": "5", "memory.current": "9", "cpu.max": "1 100000"})
    assert limits.memory_left(root) == 0
    assert limits.processors(root) == 1


@pytest.mark.parametrize(("quota", "allowed"), [("-1", HERE), ("100000", 1)])
def test_version_1_and_a_group_that_is_outside_of_what_a_container_sees(
    tmp_path: Path, quota: str, allowed: int
) -> None:
    root = machine(
        tmp_path,
        "9:name=systemd:/\n4:memory:/docker/1\n1:cpu,cpuacct:/docker/1\n0::/\n",
        **{
            "memory/memory.limit_in_bytes": str(2 * GIGA),
            "memory/memory.usage_in_bytes": str(GIGA),
            "memory/memory.stat": "total_inactive_file 0",
            "cpu,cpuacct/cpu.cfs_quota_us": quota,
            "cpu,cpuacct/cpu.cfs_period_us": "100000",
        },
    )
    assert limits.memory_left(root) == GIGA
    assert limits.processors(root) == allowed


def test_version_1_without_a_limit_leaves_more_than_any_machine_has(tmp_path: Path) -> None:
    root = machine(tmp_path, "4:memory:/\n", **{"memory/memory.limit_in_bytes": NO_LIMIT})
    assert (limits.memory_left(root) or 0) > 1 << 60
