"""What each verb of the command line does: calls `lifecycle`, prints, and says the exit code."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.hosts.base import HostError
from orchestrator.hosts.keys import Keys
from orchestrator.hosts.places import Places
from orchestrator.lifecycle.folders import NoSuchLab, known_labs, lab_folder
from orchestrator.lifecycle.store import Busy, Store
from orchestrator.model.mistakes import LabFileError
from orchestrator.runtimes.base import DeployFailed, NameTaken, RunningLab
from orchestrator.terminal import PhaseLines, console, diff_text, table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping

    from orchestrator.fleet.push import PushResult
    from orchestrator.lifecycle.running import Running
    from orchestrator.lifecycle.store import Placement
    from orchestrator.lifecycle.up import Up
    from orchestrator.model.lab import Lab
    from orchestrator.verify import Report

PROVEN, UNPROVEN, USAGE, MACHINE, NODE, INTERRUPTED = 0, 1, 2, 3, 4, 130
EXEC_FAILED = 255
_EXEC_SECONDS = 86400.0  # a command may run as long as its caller waits


def run(given: argparse.Namespace) -> int:
    """Run a parsed command line; every foreseen error is one line on standard error and an exit code."""
    from orchestrator.lifecycle.machine import UnknownChoice  # noqa: PLC0415 -- brings paramiko
    from orchestrator.lifecycle.running import NotUp  # noqa: PLC0415 -- brings nornir

    codes: tuple[tuple[type[Exception] | tuple[type[Exception], ...], int], ...] = (
        ((LabFileError, NoSuchLab, NameTaken, Busy, UnknownChoice, NotUp, UsageError), USAGE),
        (HostError, MACHINE),
        (DeployFailed, NODE),
    )
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return VERBS[given.verb](given)
    except KeyboardInterrupt:
        return _failed(given, "interrupted", INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERRUPTED
    except Exception as error:
        for kinds, code in codes:
            if isinstance(error, kinds):
                return _failed(given, str(error), code)
        raise


class UsageError(Exception):
    """The command line asks for something that makes no sense."""


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _failed(given: argparse.Namespace, text: str, code: int) -> int:
    sys.stdout.flush()
    print(f"l3vpn: {text}", file=sys.stderr)  # noqa: T201 -- the terminal is this module's output
    return EXEC_FAILED if given.verb == "exec" and code != INTERRUPTED else code


def _store() -> Store:
    return Store(Places.here().state)


def _wanted(given: argparse.Namespace) -> tuple[str, str]:
    """Host and runtime: as asked for, else what suits this machine."""
    from orchestrator.lifecycle.machine import check_choice  # noqa: PLC0415 -- brings paramiko

    host, runtime = given.host, given.runtime
    if not (host and runtime):
        from orchestrator.hosts.doctor import choose, probe  # noqa: PLC0415 -- looks at the machine

        chosen = choose(probe(), host, runtime)
        host, runtime = chosen.host, chosen.runtime
    check_choice(host, runtime)
    return host, runtime


@contextmanager
def _joined(given: argparse.Namespace) -> Iterator[Running]:
    """The running lab that is meant; `--host` and `--runtime` must not say otherwise."""
    from orchestrator.lifecycle.running import NotUp, find, joined  # noqa: PLC0415 -- brings nornir

    placement = find(given.lab, _store())
    for asked, there in ((given.host, placement.host), (given.runtime, placement.runtime)):
        if asked and asked != there:
            raise NotUp(f"lab '{placement.lab}' is up on {placement.host} ({placement.runtime}), not {asked}")
    with joined(placement) as running:
        yield running


# ---- up and down -------------------------------------------------------------------------------


def _up(given: argparse.Namespace) -> int:
    from orchestrator.lifecycle.up import Wish, up  # noqa: PLC0415 -- brings nornir
    from orchestrator.model.load import load_lab  # noqa: PLC0415 -- brings pydantic

    lab = load_lab(lab_folder(given.lab))
    host, runtime = _wanted(given)
    out = console()
    watcher = PhaseLines(out)
    out.print(f"{lab.name}: host {host}, runtime {runtime}")
    try:
        done = up(
            lab,
            Wish(host, runtime, given.bare, given.timeout),
            _store(),
            watcher,
            watcher.standing,
        )
    finally:
        watcher.stop()
    return _tell_up(given, done)


def _tell_up(given: argparse.Namespace, done: Up) -> int:
    out = console()
    if not all(result.ok for result in done.pushed.values()):
        _tell_failures(done.pushed)
        out.print(
            f"{done.lab.name} is up but not configured: mend the files and say `l3vpn push {given.lab}`"
        )
        return NODE
    if done.report is not None:
        code = _tell_report(given, done.report)
        if code:
            return code
    _tell_next(given, done)
    return PROVEN


def _tell_next(given: argparse.Namespace, done: Up) -> None:
    program = Path(sys.argv[0])
    name = os.path.relpath(program) if program.is_absolute() and Path.cwd() in program.parents else "l3vpn"
    pe = next(node.name for node in done.lab.nodes if node.role.value == "pe")
    state = "up, nothing configured" if done.report is None else "up and proven"
    console().print(
        f"\n{done.lab.name} is {state} after {done.total:.1f} s. Try:\n"
        f"  {name} shell {given.lab} {pe}                  vtysh of a PE: show bgp ipv4 vpn\n"
        f"  {name} exec {given.lab} {pe} -- ip -M route    what the kernel switches\n"
        f"  {name} verify {given.lab}                      prove it again\n"
        f"  {name} down {given.lab}                        take it down"
    )


def _down(given: argparse.Namespace) -> int:
    from orchestrator.lifecycle.down import take_down  # noqa: PLC0415 -- brings paramiko
    from orchestrator.lifecycle.running import NotUp, find  # noqa: PLC0415 -- brings nornir

    store = _store()
    out = console()
    try:
        placement = find(given.lab, store)
    except NotUp:
        out.print(f"{given.lab} is not up")
        return PROVEN
    watcher = PhaseLines(out)
    watcher.begin("down")
    try:
        with store.lock(placement.lab):
            removed = take_down(placement, store, watcher.step)
    finally:
        watcher.stop()
    out.print(f"{placement.lab} is down" if removed else f"{placement.lab} was not up; what was left is gone")
    return PROVEN


# ---- configuration -----------------------------------------------------------------------------


def _bring(given: argparse.Namespace, *, dry_run: bool) -> dict[str, PushResult]:
    """Push, or find out what a push would send."""
    from orchestrator.fleet.push import push  # noqa: PLC0415 -- brings nornir
    from orchestrator.lifecycle.proof import repair_imports  # noqa: PLC0415 -- same
    from orchestrator.lifecycle.running import fleet, intent_of  # noqa: PLC0415 -- same

    watcher = PhaseLines(console())
    watcher.begin("compare" if dry_run else "push")
    with _joined(given) as running, _store().lock(running.lab.name):
        lab = intent_of(given.lab, running.placement)
        nodes = _limit(given, lab)
        try:
            with fleet(running) as sessions:
                results = push(sessions, lab, nodes, dry_run=dry_run, progress=watcher.node_step)
                if not dry_run and all(result.ok for result in results.values()):
                    repair_imports(sessions, lab, watcher.say)
        finally:
            watcher.stop()
    return results


def _limit(given: argparse.Namespace, lab: Lab) -> list[str] | None:
    names = [node.name for node in lab.nodes]
    for name in given.limit:
        if name not in names:
            raise UsageError(f"lab '{lab.name}' has no node '{name}': it has {' '.join(names)}")
    return given.limit or None


def _push(given: argparse.Namespace) -> int:
    results = _bring(given, dry_run=given.dry_run)
    _tell_differences(results)
    changed = [result.node for result in results.values() if result.differs and result.ok]
    verb = "would change" if given.dry_run else "changed"
    console().print(f"{verb} {' '.join(changed)}" if changed else "no difference")
    return _tell_failures(results)


def _diff(given: argparse.Namespace) -> int:
    results = _bring(given, dry_run=True)
    _tell_differences(results)
    return _tell_failures(results) or (
        UNPROVEN if any(result.differs for result in results.values()) else PROVEN
    )


def _tell_differences(results: Mapping[str, PushResult]) -> None:
    out = console()
    for result in results.values():
        if result.plumbing:
            out.print(f"{result.node}: kernel", style="bold")
            for command in result.plumbing:
                out.print(command.rstrip(), markup=False)
        if result.configuration:
            out.print(f"{result.node}: FRR", style="bold")
            out.print(diff_text(result.configuration))


def _tell_failures(results: Mapping[str, PushResult]) -> int:
    """One line on standard error per node that is not as it should be."""
    failures = [result.failure for result in results.values() if result.failure is not None]
    for result in results.values():
        if result.failure is not None:
            said = str(result.failure)
            line = said if said.startswith(f"{result.node}:") else f"{result.node}: {said}"
            print(f"l3vpn: {line}", file=sys.stderr)  # noqa: T201 -- errors go to standard error
    return NODE if failures else PROVEN


def _render(given: argparse.Namespace) -> int:
    from orchestrator.model.load import load_lab  # noqa: PLC0415 -- brings pydantic
    from orchestrator.render.frr import frr_configuration  # noqa: PLC0415 -- brings jinja2
    from orchestrator.render.plumbing import plumbing  # noqa: PLC0415 -- same
    from orchestrator.render.quirks import UnknownFrrVersion  # noqa: PLC0415 -- same

    lab = load_lab(lab_folder(given.lab))
    given.limit = [given.node] if given.node else []
    try:
        for name in _limit(given, lab) or [node.name for node in lab.nodes]:
            print(f"# {name}: Linux\n{plumbing(lab, name)}")  # noqa: T201 -- plain text, to be copied
            print(f"! {name}: FRR {given.frr}\n{frr_configuration(lab, name, given.frr)}")  # noqa: T201 -- same
    except UnknownFrrVersion as error:
        raise UsageError(str(error)) from None
    return PROVEN


# ---- proof -------------------------------------------------------------------------------------


def _verify(given: argparse.Namespace) -> int:
    from orchestrator.lifecycle.running import fleet, intent_of  # noqa: PLC0415 -- brings nornir
    from orchestrator.verify import verify  # noqa: PLC0415 -- brings the parsers
    from orchestrator.verify.report.live import LiveProgress  # noqa: PLC0415 -- brings rich.live

    err = console(stderr=True)
    with _joined(given) as running:
        lab = intent_of(given.lab, running.placement)
        with fleet(running) as sessions, LiveProgress(err) as progress:
            report = verify(sessions, lab, timeout=given.timeout, progress=progress)
    return _tell_report(given, report)


def _tell_report(given: argparse.Namespace, report: Report) -> int:
    from orchestrator.verify.report.json import to_json  # noqa: PLC0415 -- one of these is needed
    from orchestrator.verify.report.junit import to_junit  # noqa: PLC0415 -- same
    from orchestrator.verify.report.table import to_table  # noqa: PLC0415 -- same

    if given.junit:
        Path(given.junit).write_text(to_junit(report))
    if getattr(given, "format", "table") == "json":
        print(to_json(report))  # noqa: T201 -- for programs
    else:
        console().print(to_table(report))
    return report.exit_code


# ---- looking -----------------------------------------------------------------------------------


def _doctor(given: argparse.Namespace) -> int:
    from orchestrator.hosts.doctor import diagnose, probe  # noqa: PLC0415 -- looks at the machine

    found = diagnose(probe(), given.host, given.runtime)
    if given.format == "json":
        print(json.dumps(found.as_json(), indent=2))  # noqa: T201 -- for programs
        return PROVEN if found.host else MACHINE
    out = console()
    rows = [(row.name, row.has, row.verdict.value, row.note) for row in found.rows]
    out.print(table(("what", "here", "", "note"), rows))
    for row in found.rows:
        if row.mend:
            out.print(f"{row.name}: {row.mend}", markup=False)
    out.print(
        f"\nhost {found.host}, runtime {found.runtime}: {found.why}" if found.host else f"\n{found.why}"
    )
    return PROVEN if found.host else MACHINE


def _status(given: argparse.Namespace) -> int:
    from orchestrator.lifecycle.running import NotUp, find, looks  # noqa: PLC0415 -- brings nornir

    store = _store()
    wanted = find(given.lab, store) if given.lab else None
    seen = [one for one in looks(store) if wanted in (None, one[0])]
    if wanted and isinstance(seen[0][1], HostError | NotUp):
        raise seen[0][1]
    if given.format == "json":
        labs = [_status_json(placement, lab) for placement, lab in seen]
        print(json.dumps(labs[0] if wanted else labs, indent=2))  # noqa: T201 -- for programs
        return PROVEN
    out = console()
    for placement, lab in seen:
        out.print(f"{placement.lab}  {placement.folder}  host {placement.host}, runtime {placement.runtime}")
        if isinstance(lab, RunningLab):
            rows = [(node.name, node.role.value, str(node.address), node.state.value) for node in lab.nodes]
            out.print(table(("node", "role", "address", "state"), rows))
        else:
            out.print(f"  {lab}")
    if not seen:
        out.print("no lab is up")
    return PROVEN


def _status_json(placement: Placement, lab: RunningLab | Exception) -> dict[str, object]:
    about: dict[str, object] = {
        "lab": placement.lab,
        "folder": placement.folder,
        "host": placement.host,
        "runtime": placement.runtime,
    }
    if not isinstance(lab, RunningLab):
        return about | {"nodes": [], "problem": str(lab)}
    return about | {
        "nodes": [
            {
                "name": node.name,
                "role": node.role.value,
                "address": str(node.address),
                "state": node.state.value,
            }
            for node in lab.nodes
        ]
    }


def _list(given: argparse.Namespace) -> int:
    from orchestrator.lifecycle.running import looks  # noqa: PLC0415 -- brings nornir

    there = {folder.resolve(): name for name, folder in known_labs().items()}
    up = {Path(one.folder): (one, lab) for one, lab in looks(_store())}
    rows = []
    for folder in sorted({*there, *up}):
        placement, lab = up.get(folder, (None, None))
        name = placement.lab if placement else there[folder]
        state = "-" if lab is None else "up" if isinstance(lab, RunningLab) else "broken"
        rows.append((name, state, placement.host if placement else "-", str(folder)))
    if given.format == "json":
        keys = ("lab", "state", "host", "folder")
        print(json.dumps([dict(zip(keys, row, strict=True)) for row in rows], indent=2))  # noqa: T201 -- same
    else:
        console().print(table(("lab", "state", "host", "folder"), rows))
    return PROVEN


# ---- logging in --------------------------------------------------------------------------------


def _exec(given: argparse.Namespace) -> int:
    from orchestrator.fleet.answers import Unreachable  # noqa: PLC0415 -- light, but brings the package
    from orchestrator.lifecycle.running import fleet  # noqa: PLC0415 -- brings nornir

    command = given.command[1:] if given.command[:1] == ["--"] else given.command
    if not command:
        raise UsageError("which command? l3vpn exec LAB NODE -- CMD…")
    with _joined(given) as running:
        running.node(given.node)
        if sys.stdin.isatty() or sys.stdout.isatty():
            return subprocess.run(
                _login(running, given.node, "root", shlex.join(command)), check=False
            ).returncode
        with fleet(running) as sessions:
            done = sessions.execute({given.node: shlex.join(command)}, within=_EXEC_SECONDS)[given.node]
    if isinstance(done, Unreachable):
        return _failed(given, str(done), NODE)
    sys.stdout.buffer.write(done.stdout)
    sys.stderr.buffer.write(done.stderr)
    return done.status


def _shell(given: argparse.Namespace) -> int:
    with _joined(given) as running:
        argv = _login(running, given.node, "vtysh", None)
    return subprocess.run(argv, check=False).returncode


def _login(running: Running, node: str, user: str, command: str | None) -> list[str]:
    keys = Keys.load_or_create()
    return running.host.login_argv(
        running.node(node).address,
        user,
        key=keys.login.private,
        known_hosts=keys.known_hosts,
        command=command,
    )


VERBS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "doctor": _doctor,
    "up": _up,
    "push": _push,
    "diff": _diff,
    "verify": _verify,
    "status": _status,
    "list": _list,
    "exec": _exec,
    "shell": _shell,
    "render": _render,
    "down": _down,
}
