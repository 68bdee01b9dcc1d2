"""Options that several verbs of the command line have."""

from __future__ import annotations

import argparse


def file_name(name: str) -> str:
    """The name of a file or folder; an empty one is a variable of the shell that is not set."""
    if not name:
        # As an option that is not there, it would leave a bundle unsigned, or its signature unread.
        raise argparse.ArgumentTypeError("an empty name names no file")
    return name


def ci_options() -> argparse.ArgumentParser:
    """The outcome in files."""
    made = argparse.ArgumentParser(add_help=False)
    made.add_argument("--junit", type=file_name, metavar="FILE", help="also write a JUnit report")
    made.add_argument(
        "--markdown",
        type=file_name,
        metavar="FILE",
        help='also write a summary for CI: --markdown "$GITHUB_STEP_SUMMARY"',
    )
    made.add_argument(
        "--ctrf", type=file_name, metavar="FILE", help="also write a report in the Common Test Report Format"
    )
    return made


def bundle_options() -> argparse.ArgumentParser:
    """Keeping what was seen."""
    made = argparse.ArgumentParser(add_help=False)
    made.add_argument(
        "--bundle",
        type=file_name,
        metavar="FILE",
        help="also keep all that was seen in this file (.tar.xz), to be judged again",
    )
    made.add_argument(
        "--with-secrets",
        action="store_true",
        help="keys and passwords as they are in the bundle, instead of a name for each",
    )
    made.add_argument(
        "--sign",
        type=file_name,
        metavar="KEY",
        help="sign the bundle with this ed25519 private key (OpenSSH, no passphrase)",
    )
    return made


def lab_or_bundle(lab: argparse.ArgumentParser, *, offline: bool) -> argparse.ArgumentParser:
    """What is asked: a running lab, or with `--from` a bundle."""
    made = argparse.ArgumentParser(add_help=False, parents=[] if offline else [lab])
    made.add_argument(
        "--from",
        dest="source",
        type=file_name,
        metavar="FILE",
        help="instead of LAB: what --bundle kept of one; needs no lab, works anywhere",
    )
    made.add_argument(
        "--lab",
        dest="other",
        type=file_name,
        metavar="LAB",
        help="with --from: judge by this lab's intent",
    )
    made.add_argument(
        "--signed-by",
        type=file_name,
        metavar="PUB",
        help="with --from: refuse what this public key (OpenSSH) has not signed",
    )
    made.add_argument(
        "--look", type=int, metavar="N", help="with --from: which of several looks (default: the last)"
    )
    return made
