"""`l3vpn`: verbs, options and exit codes, nothing else. What a verb does stands in `lifecycle`.

Exit codes: 0 all proven, or no difference; 1 a check did not pass or could not look, or something differs;
2 wrong usage or a wrong lab file; 3 this machine cannot run the data plane; 4 a node could not be reached or
refused its configuration; 130 interrupted, by Ctrl-C, SIGTERM or SIGHUP, or because nobody reads the output.
`exec` passes the command's own status through, 255 when it could not run it.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, TypeAlias

from orchestrator import __version__
from orchestrator.environment import environment
from orchestrator.examples import of_verb
from orchestrator.learn_options import add_learn_verb
from orchestrator.shared_options import bundle_options, ci_options, file_name, lab_or_bundle

if TYPE_CHECKING:
    from collections.abc import Sequence

    _Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 -- it has no public name

DEFAULT_TIMEOUT = 90
OFFLINE = ("verify", "report", "trace", "diff")  # the verbs that have `--from`


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    said = sys.argv[1:] if arguments is None else arguments
    command_line = parser(offline=asks_a_bundle(said))
    if "_ARGCOMPLETE" in environment():  # a shell asks what could come next
        from orchestrator.completion import complete  # noqa: PLC0415 -- for that alone

        complete(command_line)
    given = command_line.parse_args(said)
    if given.verb == "capture" and not _read_behind_filter(given):
        return 0
    # What the verbs need takes a third of a second to import: not for `--help` or a typing error.
    from orchestrator import commands  # noqa: PLC0415

    return commands.run(given)


def asks_a_bundle(said: Sequence[str]) -> bool:
    """Whether a command line has `--from`, and means a bundle by it."""
    return bool(said) and said[0] in OFFLINE and any(one.partition("=")[0] == "--from" for one in said)


def _read_behind_filter(given: argparse.Namespace) -> bool:
    """Options of `capture` behind IFACE: argparse leaves all of that to the filter; False if it was help."""
    own = given.filter[: given.filter.index("--")] if "--" in given.filter else given.filter
    if {"-h", "--help"} & set(own):
        given.command_line.print_help()
        return False
    _, given.filter = given.options.parse_known_args(given.filter, given)
    return True


def parser(*, offline: bool = False) -> argparse.ArgumentParser:
    """The command line; `offline` with `--from`, instead of LAB and what only a running one has."""
    made = argparse.ArgumentParser(
        prog="l3vpn",
        description="Bring up, configure and prove MPLS Layer 3 VPN labs on FRRouting.",
        epilog="LAB is a name under labs/ or the path of a lab folder. "
        "Exit codes: 0 proven, 1 not proven or different, 2 usage or lab file, 3 machine, 4 node.",
    )
    made.add_argument("--version", action="version", version=f"l3vpn {__version__}")
    verbs = made.add_subparsers(dest="verb", required=True, metavar="COMMAND")

    place = argparse.ArgumentParser(add_help=False)
    place.add_argument(
        "--host",
        help="guest (embedded kernel), local (this kernel), ssh://user@machine, several with commas: "
        "ssh://a,ssh://b, or k8s://[context/]namespace; also L3VPN_HOST",
    )
    place.add_argument(
        "--runtime",
        help="netns (network namespaces), containerlab (Docker), or c9s (pods of a cluster); "
        "also L3VPN_RUNTIME",
    )
    lab = argparse.ArgumentParser(add_help=False)
    lab.add_argument("lab", metavar="LAB", help="a name under labs/ or a lab folder")
    stage = argparse.ArgumentParser(add_help=False)
    stage.add_argument(
        "--stage",
        metavar="NAME",
        help="a stage of the lab's intent; `up` and `push` switch the lab to it, and it is remembered",
    )
    form = argparse.ArgumentParser(add_help=False)
    form.add_argument("--format", choices=("table", "json"), default="table", help="how to print it")
    waits = argparse.ArgumentParser(add_help=False)
    waits.add_argument(
        "--wait",
        action="store_true",
        help="if another command is at work on the lab, begin when it has ended",
    )
    waits_for_network = argparse.ArgumentParser(add_help=False)
    waits_for_network.add_argument(
        "--timeout",
        type=float,
        default=DEFAULT_TIMEOUT,
        metavar="SECONDS",
        help="how long the network may take at most until more checks hold than ever did before; it is given "
        "up before that when what fails has outlasted the lab's own timers without a change "
        f"(default {DEFAULT_TIMEOUT})",
    )
    keeps, asked = bundle_options(), lab_or_bundle(lab, offline=offline)
    if offline:
        place = waits = waits_for_network = keeps = argparse.ArgumentParser(add_help=False)
    proof = argparse.ArgumentParser(add_help=False, parents=[waits_for_network, ci_options()])
    doctor = verbs.add_parser(
        "doctor", parents=[form], help="what this machine has and lacks, or what --host names"
    )
    doctor.add_argument(
        "--host",
        help="ssh://user@machine, or several with commas, or k8s://[context/]namespace; also L3VPN_HOST",
    )

    _add_up_verb(verbs, [place, waits, proof, form, stage, keeps, lab])
    _add_configuration_verbs(verbs, [place, waits, form, stage], lab, asked)

    _add_verify_verb(verbs, [place, proof, form, stage, keeps, asked], offline=offline)
    _add_report_verb(verbs, [place, stage, asked])
    _add_live_verbs(verbs, place, lab)
    _add_fault_verbs(verbs, [place, waits, lab])
    _add_capture_verb(verbs, place, lab)
    scenario = verbs.add_parser(
        "scenario",
        parents=[place, waits, proof, form, keeps, lab],
        help="run what may happen to a lab, proving each step",
    )
    scenario.add_argument("scenario", metavar="NAME", nargs="*", help="some of them (default: all)")
    scenario.add_argument(
        "--list", action="store_true", help="only say which there are; needs no running lab"
    )
    _add_measure_verb(verbs, [place, waits, form, keeps, lab])
    add_learn_verb(verbs, [place, waits])
    _add_trace_verb(verbs, [place, form, keeps, asked])
    _add_compare_verb(verbs, form)

    status = verbs.add_parser("status", parents=[place, form], help="nodes of a lab, or of all that are up")
    status.add_argument("lab", metavar="LAB", nargs="?", help="a name under labs/ or a lab folder")
    verbs.add_parser("list", parents=[place, form], help="list labs, what they are about, and which are up")

    _add_login_verbs(verbs, [place, lab])

    inventory = verbs.add_parser(
        "inventory", parents=[place, lab], help="export a nornir inventory and an ssh_config"
    )
    inventory.add_argument(
        "--write",
        type=file_name,
        metavar="DIR",
        help="write hosts, groups, defaults and an ssh_config there instead of printing",
    )
    proxy = verbs.add_parser("proxy", parents=[place, lab], help="ssh's ProxyCommand to a node")
    proxy.add_argument("node", metavar="NODE")

    _add_file_verbs(verbs, [stage, lab])
    _add_graph_verb(verbs, [stage, lab])
    down = verbs.add_parser(
        "down", parents=[place, waits, lab], help="take a lab down, or what is left of it"
    )
    down.add_argument(
        "--force",
        action="store_true",
        help="end a guest that does not answer, with all labs in it; forget what silent machines have",
    )
    for name, verb in verbs.choices.items():
        verb.epilog, verb.formatter_class = of_verb(name), argparse.RawDescriptionHelpFormatter
    return made


def _add_up_verb(verbs: _Verbs, parents: list[argparse.ArgumentParser]) -> None:
    up = verbs.add_parser(
        "up",
        parents=parents,
        help="bring a lab up, configure and prove it",
    )
    up.add_argument(
        "--frr",
        choices=("8.4", "10.3", "10.7"),
        help="FRR version of the nodes, remembered while the lab is up; a guest has one at a time "
        "(default 10.3, or L3VPN_SUITE)",
    )
    up.add_argument(
        "--image",
        metavar="NAME",
        help="containerlab: image of all nodes (default: the topology's, or L3VPN_IMAGE)",
    )
    up.add_argument(
        "--guests",
        type=int,
        metavar="N",
        help="spread it over N embedded kernels of one processor each, 1 to 4 (default: as many as there are "
        "processors, but one for every three nodes; or L3VPN_GUESTS)",
    )
    up.add_argument("--bare", action="store_true", help="nodes and links only: configure them by hand")


def _add_login_verbs(verbs: _Verbs, parents: list[argparse.ArgumentParser]) -> None:
    execute = verbs.add_parser("exec", parents=parents, help="run a Linux command in a node")
    execute.add_argument("node", metavar="NODE")
    execute.add_argument("command", metavar="-- CMD", nargs=argparse.REMAINDER)
    show = verbs.add_parser("show", parents=parents, help="what FRR shows, on one or several nodes")
    show.add_argument(
        "nodes", metavar="NODE", help="a node; several with commas or a pattern: pe1,pe2 or 'pe*'"
    )
    show.add_argument(
        "command", metavar="WORD", nargs=argparse.REMAINDER, help="what stands behind show: ip route vrf red"
    )
    shell = verbs.add_parser("shell", parents=parents, help="vtysh of a node")
    shell.add_argument("node", metavar="NODE")
    shell.add_argument(
        "-c",
        dest="lines",
        metavar="LINE",
        action="append",
        help="instead of asking, run this line; may be given several times, as vtysh's",
    )


def _add_verify_verb(verbs: _Verbs, parents: list[argparse.ArgumentParser], *, offline: bool) -> None:
    proving = verbs.add_parser("verify", parents=parents, help="prove a running lab from its intent")
    proving.add_argument(
        "--path",
        nargs=2,
        metavar=("A", "B"),
        help="instead, the path that packets take now between two sites or CEs, hop by hop",
    )
    proving.add_argument(
        "--html", type=file_name, metavar="FILE", help="also write the findings, map and paths as a page"
    )
    proving.add_argument(
        "--healthy", action="store_true", help="expect all of the lab, also what was failed on purpose"
    )
    if offline:
        return
    proving.add_argument(
        "--pcap",
        action="store_true",
        help="with --bundle: the probes as they pass each link of the core, with their labels",
    )
    looks = proving.add_mutually_exclusive_group()
    looks.add_argument("--once", action="store_true", help="look once and wait for nothing")
    looks.add_argument(
        "--watch", action="store_true", help="look again and again and show it anew, until interrupted"
    )


def _add_report_verb(verbs: _Verbs, parents: list[argparse.ArgumentParser]) -> None:
    showing = verbs.add_parser(
        "report", parents=parents, help="verify a running lab, or a bundle, and write a page for a browser"
    )
    showing.add_argument(
        "-o", "--output", dest="html", type=file_name, metavar="FILE", required=True, help="the page (.html)"
    )
    showing.add_argument(
        "--timeout", type=float, default=DEFAULT_TIMEOUT, metavar="SECONDS", help="as of verify"
    )
    showing.add_argument(
        "--healthy", action="store_true", help="expect all of the lab, also what was failed on purpose"
    )
    showing.add_argument("--once", action="store_true", help="look once and wait for nothing")


def _add_live_verbs(verbs: _Verbs, place: argparse.ArgumentParser, lab: argparse.ArgumentParser) -> None:
    verbs.add_parser(
        "watch", parents=[place, lab], help="verify a running lab again and again: its map, and what changes"
    )
    serving = verbs.add_parser(
        "serve", parents=[place], help="the page of a running lab live in a browser on this machine"
    )
    serving.add_argument(
        "lab",
        metavar="LAB",
        nargs="?",
        help="a name or a folder (default: the lab that is up)",
    )
    serving.add_argument("--port", type=int, default=0, metavar="N", help="(default: any that is free)")
    serving.add_argument(
        "--listen",
        default="127.0.0.1",
        metavar="ADDR",
        help="another address of this machine: others that reach it and have the token see the lab, too",
    )
    serving.add_argument(
        "--control",
        action="store_true",
        help="let the page inject and undo faults, as fail and restore do",
    )


def _add_measure_verb(verbs: _Verbs, parents: list[argparse.ArgumentParser]) -> None:
    measure = verbs.add_parser(
        "measure",
        parents=parents,
        help="what events cost: packets, and the time until all is proven",
    )
    measure.add_argument(
        "event",
        metavar="EVENT",
        nargs="*",
        help="what is to happen, each in the words of `fail`: 'pe1-p1 silent' (default: measure.yml's)",
    )
    measure.add_argument(
        "--stage", nargs="+", action="extend", metavar="NAME", help="compare these stages of the lab's intent"
    )
    measure.add_argument("--between", nargs=2, metavar="CE", help="the two CEs that packets flow between")


def _add_trace_verb(verbs: _Verbs, parents: list[argparse.ArgumentParser]) -> None:
    tracing = verbs.add_parser(
        "trace", parents=parents, help="how a customer's route travels to the other sites"
    )
    tracing.add_argument("site", metavar="SITE", help="where the route comes from")
    tracing.add_argument("prefix", metavar="PREFIX", help="a prefix of that site, or an address in it")
    tracing.add_argument("--to", metavar="SITE", help="only to this site")


def _add_compare_verb(verbs: _Verbs, form: argparse.ArgumentParser) -> None:
    compare = verbs.add_parser(
        "compare", parents=[form], help="what changed between two bundles; needs no lab, works anywhere"
    )
    compare.add_argument("before", metavar="BUNDLE", help="what --bundle kept before")
    compare.add_argument("after", metavar="BUNDLE", help="what --bundle kept after")


def _add_configuration_verbs(
    verbs: _Verbs,
    parents: list[argparse.ArgumentParser],
    lab: argparse.ArgumentParser,
    asked: argparse.ArgumentParser,
) -> None:
    push = verbs.add_parser("push", parents=[*parents, lab], help="send what differs from the lab's files")
    push.add_argument("--dry-run", action="store_true", help="only show what would be sent")
    diff = verbs.add_parser("diff", parents=[*parents, asked], help="how nodes differ from the lab's files")
    for verb in (push, diff):
        verb.add_argument(
            "--limit", nargs="+", action="extend", metavar="NODE", default=[], help="only these nodes"
        )


def _add_file_verbs(verbs: _Verbs, parents: list[argparse.ArgumentParser]) -> None:
    render = verbs.add_parser("render", parents=parents, help="the configuration, without a lab")
    render.add_argument("node", metavar="NODE", nargs="?")
    render.add_argument("--frr", metavar="VERSION", default="10.3", help="for which FRR (default 10.3)")
    instead = render.add_mutually_exclusive_group()
    instead.add_argument(
        "--topology", action="store_true", help="instead, the topology file that containerlab is given"
    )
    instead.add_argument(
        "--write",
        type=file_name,
        metavar="DIR",
        help="write DIR/NODE/frr.conf, linux.txt and eigrp.conf instead of printing",
    )
    new = verbs.add_parser("new", help="write a new lab folder; at a terminal it asks for what is not given")
    new.add_argument("folder", metavar="DIR", help="a new or an empty folder; its name is the lab's")
    new.add_argument("--pes", type=int, metavar="N", help="PEs (default 2)")
    new.add_argument("--ps", type=int, metavar="N", help="P routers between them (default 1)")
    new.add_argument("--vpns", type=int, metavar="N", help="VPNs (default 2)")
    new.add_argument("--sites", type=int, metavar="N", help="sites of each VPN (default 2)")
    new.add_argument(
        "--protocol", choices=("bgp", "eigrp", "ospf", "rip", "static"), help="PE-CE protocol (default bgp)"
    )
    new.add_argument("--asn", type=int, metavar="N", help="the provider's AS number (default 65000)")
    schema = verbs.add_parser("schema", help="JSON Schema of a lab's file, for editors")
    schema.add_argument(
        "file",
        choices=("vpn", "scenarios", "measure", "exercise", "course"),
        help="vpn.yml, scenarios.yml, measure.yml, a file in exercises/, or a course for a class",
    )


def _add_graph_verb(verbs: _Verbs, parents: list[argparse.ArgumentParser]) -> None:
    drawing = verbs.add_parser("graph", parents=parents, help="a picture of a lab, without the lab")
    drawing.add_argument(
        "-o",
        "--output",
        type=file_name,
        metavar="FILE",
        help="its ending says the format: FILE.svg (default: standard output)",
    )
    drawing.add_argument(
        "--format",
        choices=("svg", "mmd", "drawio", "dot", "annotations.json"),
        help="SVG, Mermaid, draw.io, Graphviz, or positions for containerlab's VS Code extension",
    )
    drawing.add_argument(
        "--show",
        metavar="LAYERS",
        default="interfaces,addresses,costs",
        help="what is written on the picture, with commas, or none (default: interfaces,addresses,costs)",
    )


def _capture_options(place: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Options of `capture`: they may stand behind IFACE too, where argparse does not look for them."""
    made = argparse.ArgumentParser(add_help=False, parents=[place], prog="l3vpn capture")
    made.add_argument(
        "--write",
        type=file_name,
        metavar="FILE",
        help="a pcap file for Wireshark instead of text; - for a pipe",
    )
    made.add_argument("--count", metavar="N", type=int, help="end after so many packets")
    return made


def _add_capture_verb(verbs: _Verbs, place: argparse.ArgumentParser, lab: argparse.ArgumentParser) -> None:
    options = _capture_options(place)
    capture = verbs.add_parser(
        "capture", parents=[options, lab], help="packets on a node's interface, label stacks included"
    )
    capture.add_argument("node", metavar="NODE")
    capture.add_argument("interface", metavar="IFACE", help="eth1, a VRF, or any")
    capture.add_argument("filter", metavar="FILTER", nargs=argparse.REMAINDER, help="tcpdump's: mpls, icmp")
    capture.set_defaults(options=options, command_line=capture)


def _add_fault_verbs(verbs: _Verbs, parents: list[argparse.ArgumentParser]) -> None:
    fail = verbs.add_parser("fail", parents=parents, help="inject a fault into a link, node or LAN")
    fail.add_argument(
        "target",
        metavar="LINK-or-NODE",
        help="a link (pe1-p1, or by an end pe1:eth1), node or LAN (ce1:lan1)",
    )
    fail.add_argument(
        "--silent",
        action="store_true",
        help="blackhole the link: the carrier stays up, all packets are dropped in both directions",
    )
    fail.add_argument("--loss", metavar="PERCENT", help="a link loses so many packets, each way (20%%)")
    fail.add_argument("--delay", metavar="TIME", help="add this one-way delay to the link (50ms)")
    fail.add_argument("--daemon", metavar="NAME", help="kill only this daemon on the node (bgpd)")
    restore = verbs.add_parser("restore", parents=parents, help="undo what `fail` did")
    restore.add_argument(
        "target", metavar="LINK-or-NODE", nargs="?", default="everything", help="or `everything` (default)"
    )
