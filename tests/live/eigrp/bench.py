"""Routers for tests of the EIGRP speaker: network namespaces in a guest, each with an FRR and a speaker."""

from __future__ import annotations

import io
import json
import shlex
import tarfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import eigrp

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.hosts.guest import Guest

_PACKAGE = Path(eigrp.__file__).parent
_HOME = "/opt/eigrp-test"
_STEP = 0.3


@dataclass(slots=True)
class Bench:
    """Nodes by name. FRR's files of a node lie in its path space: /etc/frr/NODE, /run/frr/NODE."""

    guest: Guest
    nodes: list[str] = field(default_factory=list)

    # ---- making it ---------------------------------------------------------------------------

    def install(self) -> None:
        """Copy the speaker into the guest, as the fleet would copy it to a node."""
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            for module in sorted(_PACKAGE.glob("*.py")):
                tar.add(module, f"eigrp/{module.name}")
        command = f"mkdir -p {_HOME} && tar -x -C {_HOME}"
        self.guest.run(command, stdin=archive.getvalue(), timeout=20).expect_ok("copy the speaker")

    def node(self, name: str, *daemons: str) -> None:
        """A router with zebra and these FRR daemons, each with its options if there are any."""
        self.nodes.append(name)
        starts = "\n".join(
            f"[ ! -x /usr/lib/frr/{daemon} ] || ip netns exec {name} /usr/lib/frr/{daemon} {options} -d "
            f"-N {name} --log file:/run/frr/{name}/{daemon}.log --log-level debugging >/dev/null 2>&1"
            for daemon, _, options in (each.partition(" ") for each in ("mgmtd", "zebra", *daemons))
        )
        self.run(
            f"""
            ip netns add {name}
            ip -n {name} link set lo up
            ip netns exec {name} sysctl -q -w net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 \
                net.ipv4.conf.default.rp_filter=0
            mkdir -p /etc/frr/{name} /run/frr/{name}
            echo 'service integrated-vtysh-config' >/etc/frr/{name}/vtysh.conf
            : >/etc/frr/{name}/frr.conf
            chown -R frr:frr /etc/frr/{name} /run/frr /run/frr/{name}
            {starts}
            """
        )

    def vrf(self, node: str, name: str, table: int, *interfaces: str) -> None:
        """A VRF and the interfaces that are in it."""
        self.run(f"ip -n {node} link add {name} type vrf table {table}; ip -n {node} link set {name} up")
        for interface in interfaces:
            self.run(f"ip -n {node} link set {interface} master {name}")

    def link(self, a: str, b: str, port_a: str, port_b: str, net: str) -> None:
        """A cable; `net` is the first three bytes of its /24, a gets .1 and b .2."""
        self.run(
            f"""
            ip link add {port_a} netns {a} type veth peer name {port_b} netns {b}
            ip -n {a} addr add {net}.1/24 dev {port_a}
            ip -n {b} addr add {net}.2/24 dev {port_b}
            ip -n {a} link set {port_a} up
            ip -n {b} link set {port_b} up
            """
        )

    def lan(self, node: str, name: str, address: str) -> None:
        """A network with nobody else in it."""
        self.run(
            f"""
            ip -n {node} link add {name} type dummy
            ip -n {node} link set {name} up
            ip -n {node} addr add {address} dev {name}
            """
        )

    def clear(self) -> None:
        """Take everything away: whatever runs in the namespaces, then they."""
        for name in self.nodes:
            self.guest.run(
                f"for pid in $(ip netns pids {name}); do kill -KILL $pid; done; ip netns del {name}; "
                f"rm -rf /etc/frr/{name} /run/frr/{name}",
                timeout=20,
            )
        self.nodes.clear()

    # ---- using it ----------------------------------------------------------------------------

    def run(self, script: str) -> str:
        """Shell text in the guest that has to succeed."""
        return self.guest.run("sh -eu", stdin=script.encode(), timeout=60).expect_ok("run a script").text

    def on(self, node: str, command: str) -> str:
        """A command on a node."""
        return self.guest.run(f"ip netns exec {node} {command}", timeout=60).text

    def vtysh(self, node: str, *commands: str) -> str:
        """Commands to FRR."""
        options = " ".join(f"-c {shlex.quote(command)}" for command in commands)
        return self.on(node, f"vtysh -N {node} {options} 2>&1")

    def configure(self, node: str, text: str) -> None:
        """Configuration for FRR."""
        lines = [line.strip() for line in text.strip().splitlines()]
        said = self.vtysh(node, "configure terminal", *lines)
        # 10.7 says so where a line changes nothing.
        assert "%" not in said.replace("% Configuration applied with notes", ""), said

    def speaker(self, node: str, config: str, options: str = "") -> None:
        """Start the speaker and wait until it answers."""
        self.write(node, config)
        folder = f"/run/frr/{node}"
        self.run(
            f"cd {_HOME}; ip netns exec {node} python3 -m eigrp --control {folder}/eigrp.sock run "
            f"--config {folder}/eigrp.conf --frr {folder} --log {folder}/eigrp.log {options} "
            f">{folder}/eigrp.out 2>&1 & echo $! >{folder}/eigrp.pid"
        )
        self.until(lambda: "processes" in self.text(node, "interfaces json"), f"speaker of {node} answers")

    def write(self, node: str, config: str) -> None:
        """Give the speaker another configuration file."""
        command = f"cat >/run/frr/{node}/eigrp.conf"
        self.guest.run(command, stdin=config.encode(), timeout=10).expect_ok("write a configuration")

    def signal(self, node: str, name: str) -> None:
        """Send the speaker a signal."""
        self.run(f"kill -{name} $(cat /run/frr/{node}/eigrp.pid)")

    def ask(self, node: str, arguments: str) -> str:
        """What the command prints, on either output."""
        command = f"cd {_HOME}; timeout 10 python3 -m eigrp --control /run/frr/{node}/eigrp.sock {arguments}"
        return self.guest.run(f"{command} 2>&1", timeout=20).text

    def text(self, node: str, words: str) -> str:
        """What `show eigrp` says."""
        return self.ask(node, f"show {words}")

    def show(self, node: str, what: str) -> dict[str, Any]:
        """The same of the only process, as facts."""
        found: dict[str, Any] = json.loads(self.text(node, f"{what} json"))["processes"][0]
        return found

    def log(self, node: str, name: str = "eigrp") -> str:
        """A log of a node."""
        return self.guest.run(f"cat /run/frr/{node}/{name}.log", timeout=10).text

    def up(self, node: str) -> list[str]:
        """Addresses of its neighbours that are up."""
        return sorted(
            each["address"] for each in self.show(node, "neighbors")["neighbors"] if each["state"] == "up"
        )

    def routes(self, node: str, vrf: str = "default") -> dict[str, str]:
        """Lines of EIGRP routes in the RIB, by prefix."""
        where = "" if vrf == "default" else f"vrf {vrf} "
        lines = self.vtysh(node, f"show ip route {where}eigrp").splitlines()
        return {line.split()[1]: line for line in lines if line.startswith("E")}

    def until_route(self, node: str, begins: str, vrf: str = "default", seconds: float = 30) -> None:
        """Poll until the line of an EIGRP route in the RIB begins so; `E>q` waits to be installed."""
        prefix = begins.split()[1]
        self.until(lambda: self.routes(node, vrf).get(prefix, "").startswith(begins), begins, seconds)

    def until_ping(self, node: str, source: str, target: str, seconds: float = 30) -> None:
        """Poll until a target answers one of a node's addresses."""
        command = f"ping -c 1 -W 2 -I {source} {target}"
        self.until(lambda: "1 received" in self.on(node, command), f"{target} answers {source}", seconds)

    def until(self, holds: Callable[[], object], what: str, seconds: float = 30) -> None:
        """Poll until something holds."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if holds():
                return
            time.sleep(_STEP)
        raise AssertionError(f"not within {seconds} s: {what}")
