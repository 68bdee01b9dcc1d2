"""The program `l3vpn`: what has to be so before modules are loaded, and after the last line."""

from __future__ import annotations

import os
import sys

from orchestrator import interrupts


def main() -> int:
    """Run the command line that this process was started with."""
    interrupts.leave_when_struck()
    _open_standard_streams()
    from orchestrator import cli  # noqa: PLC0415 -- takes a while: signals are caught from here on

    try:
        return cli.main()
    except BrokenPipeError:  # argparse of Python 3.11.2 does not catch it when it prints help
        return interrupts.INTERRUPTED
    finally:
        _flush()


def _open_standard_streams() -> None:
    """Give closed streams (`>&-`) a place: else the next file that is opened would get what is printed."""
    for number, mode in ((0, os.O_RDONLY), (1, os.O_WRONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)
    sys.stdin = sys.stdin or open(0, closefd=False)  # noqa: SIM115 -- a stream of the whole process
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115 -- the same
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115 -- the same


def _flush() -> None:
    """Write what is left; where nobody reads it, Python would complain at the very end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    sys.exit(main())
