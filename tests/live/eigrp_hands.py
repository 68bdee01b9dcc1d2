"""What a hand does to the EIGRP speaker of a node: its configuration file edited, and read again."""

from __future__ import annotations

from orchestrator.scripts import script

_SPEAKER = "python3 /var/lib/frr/eigrp"
_FILE = "/etc/frr/eigrp.conf"
_PROCESS = script("scripts/speaker.sh")  # it names what to look for

WHICH_SPEAKER = f'{_PROCESS}pgrep -f "$speaker" || :\n'
"""Shell text that prints the process number of a node's speaker, and nothing where none runs."""
KILL_SPEAKER = f'{_PROCESS}pkill -KILL -f "$speaker"\n'
"""Shell text that kills a node's speaker; its supervisor starts another."""


def edited(*sed: str) -> str:
    """A shell command that edits the configuration by these commands of sed, and has it read again."""
    commands = " ".join(f"-e '{one}'" for one in sed)
    return f"sed -i {commands} {_FILE} && {_SPEAKER} reload"


def show(what: str) -> str:
    """A shell command that asks the speaker."""
    return f"{_SPEAKER} show {what}"
