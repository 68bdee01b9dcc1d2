"""The command: `python3 -m eigrp run | check | reload | show`."""

from __future__ import annotations

import argparse
import logging
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from eigrp.errors import EigrpError

# Imported where it is used is what `show` and `reload` can do without: they are asked often, and start in a
# third of the time.
if TYPE_CHECKING:
    from collections.abc import Sequence

log: Final = logging.getLogger("eigrp")
_CONFIG: Final = Path("/etc/frr/eigrp.conf")
_FRR: Final = Path("/run/frr")
_CONTROL: Final = Path("/run/frr/eigrp.sock")
_LOG: Final = Path("/var/log/frr/eigrp.log")
_CHUNK: Final = 1 << 16
_WRONG, _FAILED = 2, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """What the command line asks for: 0 done, 1 failed, 2 wrong usage or configuration."""
    chosen = _parser().parse_args(arguments)
    try:
        if chosen.verb == "run" and chosen.supervised:
            return _supervise(chosen)
        if chosen.verb == "run":
            _run(chosen)
        elif chosen.verb == "check":
            from eigrp.config import parse  # noqa: PLC0415 -- see above

            parse(chosen.config.read_text())
        elif chosen.verb == "reload":
            _ask(chosen.control, "reload")
        else:
            words = chosen.words if chosen.words[0] != "eigrp" else chosen.words[1:]
            _ask(chosen.control, " ".join(["show", "eigrp", *words]))
    except EigrpError as error:
        print(f"eigrp: {error}", file=sys.stderr)
        return _WRONG
    except OSError as error:
        print(f"eigrp: {error}", file=sys.stderr)
        return _FAILED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="eigrp", description="An EIGRP speaker beside FRRouting.")
    parser.add_argument("--control", type=Path, default=_CONTROL, help="socket that show is answered at")
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", help="run in the foreground; SIGHUP reloads, SIGTERM ends gracefully")
    run.add_argument("--config", type=Path, default=_CONFIG)
    run.add_argument("--frr", type=Path, default=_FRR, help="folder of FRR's sockets")
    run.add_argument("--log", type=Path, default=_LOG)
    run.add_argument("--supervised", action="store_true", help="start it again whenever it dies")
    check = verbs.add_parser("check", help="say what is wrong with a configuration file")
    check.add_argument("config", type=Path)
    verbs.add_parser("reload", help="have the running speaker read its configuration again")
    show = verbs.add_parser("show", help="show what the running speaker knows")
    show.add_argument(
        "words", nargs="+", metavar="neighbors|topology|interfaces|redistribute|vpn… [vrf NAME] [json]"
    )
    return parser


def _supervise(chosen: argparse.Namespace) -> int:
    from eigrp.supervisor import supervise  # noqa: PLC0415 -- see above

    _log_to(chosen.log)
    own = [f"--control={chosen.control}", "run", f"--config={chosen.config}"]
    own += [f"--frr={chosen.frr}", f"--log={chosen.log}"]
    return supervise([sys.executable, "-m", "eigrp", *own])


def _log_to(file: Path) -> None:
    logging.Formatter.converter = time.gmtime
    logging.basicConfig(
        filename=file,
        level=logging.INFO,
        format="%(asctime)s EIGRP: %(message)s",
        datefmt="%Y/%m/%d %H:%M:%S",
    )


def _run(chosen: argparse.Namespace) -> None:
    from eigrp.speaker import Speaker  # noqa: PLC0415 -- see above

    _log_to(chosen.log)
    try:
        Speaker(chosen.config, chosen.frr, chosen.control).run()
    except (EigrpError, OSError):
        raise
    except Exception:
        log.exception("the speaker has a fault, and ends")
        raise SystemExit(_FAILED) from None


def _ask(control: Path, request: str) -> None:
    """Have the running speaker answer, on the terminal."""
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(str(control))
        except OSError:
            raise ConnectionError(f"no speaker answers at {control}") from None
        line.sendall(request.encode())
        answer = b""
        while more := line.recv(_CHUNK):
            answer += more
    text = answer.decode("utf-8", "replace")
    if text.startswith("%"):
        raise EigrpError(text.removeprefix("% ").strip())
    sys.stdout.write(text)


if __name__ == "__main__":
    sys.exit(main())
