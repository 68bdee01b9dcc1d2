"""What a container or a service may have of the machine it is on: the limits of its control groups.

A container with two of 16 processors and 2 of 64 GB still sees all of them in /proc. Version 2 of control
groups (cgroups(7)) has files `memory.max` and `cpu.max`, version 1 a hierarchy for each controller.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_GROUPS: Final = Path("sys/fs/cgroup")


def memory_left(root: Path = Path("/")) -> int | None:
    """Bytes that this process's groups may still take; None if they have no limit.

    Pages of files that the kernel would give up first count as free, as they do in /proc/meminfo.

    Args:
        root: where /proc and /sys are.
    """
    version2 = ("", "memory.max", "memory.current", "inactive_file")
    version1 = ("memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
    left = [
        limit - max(0, (_number(group / used) or 0) - _field(group / "memory.stat", files))
        for controller, most, used, files in (version2, version1)
        for group in _groups(root, controller)
        if (limit := _number(group / most)) is not None
    ]
    return max(0, min(left)) if left else None


def processors(root: Path = Path("/")) -> int:
    """How many processors this process can keep busy, at least one.

    Args:
        root: where /proc and /sys are.
    """
    allowed = [len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1]
    for group in _groups(root, ""):
        quota, _, period = _text(group / "cpu.max").partition(" ")
        allowed += _share(quota, period)
    for group in _groups(root, "cpu"):
        allowed += _share(_text(group / "cpu.cfs_quota_us"), _text(group / "cpu.cfs_period_us"))
    return max(1, min(allowed))


def _share(quota: str, period: str) -> list[int]:
    """Whole processors in so much time of each period; nothing where there is no limit (`max`, -1)."""
    return [int(quota) // int(period)] if quota.isdecimal() and period.strip().isdecimal() else []


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """The folders of this process's group and of all groups that it is in, as far as they can be seen.

    Args:
        root: where /proc and /sys are.
        controller: of version 1; "" for version 2.
    """
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controller not in controllers.split(","):
            continue
        # Where both versions are mounted, that of version 2 is `unified` and has no controller of the other.
        base = root / _GROUPS / controllers
        inside = PurePosixPath(path.lstrip("/"))
        yield from (base / part for part in (inside, *inside.parents) if (base / part).is_dir())


def _number(file: Path) -> int | None:
    text = _text(file)
    return int(text) if text.isdecimal() else None


def _field(file: Path, name: str) -> int:
    for line in _text(file).splitlines():
        key, _, value = line.partition(" ")
        if key == name:
            return int(value)
    return 0


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
