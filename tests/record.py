"""Record every lab as it runs: `make record`, or `python -m tests.record [LAB …] [--frr VERSION …]`.

Brings each lab up in a guest of its own, verifies it at every stage, and keeps an evidence bundle of each in
`tests/recorded/labs/`, which the tests judge without a lab. A lab that is named is recorded anew; without a
name, those of which no recording is there yet. About a minute for each stage.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import L3vpnError
from orchestrator.evidence.file import write
from orchestrator.evidence.gather import bundled, completed, look_of
from orchestrator.evidence.judge import opened
from orchestrator.evidence.replay import Replay
from orchestrator.lifecycle.keeping import subject
from orchestrator.verification.verification import verify
from tests.conftest import CACHE
from tests.live.proving import failures, proven
from tests.live.terminal import Terminal
from tests.recorded.recording import LABS, VERSIONS, RecordingKey, kinds, note, noted, stages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.evidence.bundle import Bundle
    from orchestrator.model.lab import Lab
    from tests.live.proving import ProvenLab

_WITHIN = 90.0


def record(there: ProvenLab, lab: Lab) -> Bundle:
    """Verify a running lab at its stage, and keep all that can be asked of it."""
    there.sessions.renew()  # a stage may have brought a daemon
    report = verify(there.nodes, lab, timeout=_WITHIN)
    seen = completed(look_of(report, lab, (), "record"), there.nodes, lab)
    again = verify(Replay(seen), lab, timeout=0, carrier=Replay(seen))
    for wrong in (failures(report), failures(again)):
        assert not wrong, "not all of it holds:\n" + "\n".join(wrong)
    return bundled(subject(lab, there.running.placement), [seen])


def record_all(lab: str, frr: str) -> None:
    """Bring a lab up on a version of FRR, and record it at each of its stages."""
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="l3vpn-record-") as state,
        proven(lab, Terminal(Path(state)), "--host", "guest", "--runtime", "netns", "--frr", frr) as there,
    ):
        for one in stages(lab):
            if one.stage:
                pushed = there.terminal.l3vpn("push", lab, "--stage", one.stage)
                assert pushed.returncode == 0, pushed.stderr
            place = RecordingKey(lab, one.stage, frr)
            made = record(there, one)
            write(made, place.file)
            place.file.chmod(0o644)
            note(place, kinds(one.check.id for one in opened(place.file).report().findings))
            checks, size = sum(noted()[place.file.name].values()), place.file.stat().st_size
            _say(f"{place}: {checks} checks, {size} octets, after {time.monotonic() - begun:.0f} s")


def _say(line: str) -> None:
    print(line, flush=True)


def main(words: Sequence[str]) -> None:
    """Record what is asked for, one lab after the other."""
    known = sorted(folder.name for folder in LABS.iterdir() if folder.is_dir())
    parser = argparse.ArgumentParser(prog="python -m tests.record", description=__doc__)
    parser.add_argument("labs", nargs="*", metavar="LAB", help="recorded anew; without one, what is missing")
    parser.add_argument("--frr", action="append", choices=VERSIONS, help="all of them without")
    asked = parser.parse_args(words)
    os.environ["XDG_CACHE_HOME"] = str(CACHE)
    wanted = [
        (lab, frr)
        for frr in asked.frr or VERSIONS
        for lab in asked.labs or known
        if asked.labs or not all(RecordingKey(lab, one.stage, frr).file.exists() for one in stages(lab))
    ]
    failed = 0
    for number, (lab, frr) in enumerate(wanted, 1):
        _say(f"[{number}/{len(wanted)}] {lab} on FRR {frr}")
        try:
            record_all(lab, frr)
        except (
            AssertionError,
            L3vpnError,
            subprocess.TimeoutExpired,
        ) as error:  # the next lab may be recorded all the same
            failed += 1
            _say(f"{lab} on FRR {frr} is not recorded: {error}")
    if failed:
        sys.exit(f"{failed} of {len(wanted)} are not recorded")


if __name__ == "__main__":
    main(sys.argv[1:])
