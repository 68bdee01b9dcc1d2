"""A control plane of tests: Debian's etcd, a kube-apiserver, and the controllers that tidy up."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from orchestrator.hosts.programs import find
from orchestrator.hosts.rootless import enter
from tests.live.kubernetes.programs import PROGRAMS, ensure
from tests.live.kubernetes.relay import relay
from tests.unit.runtimes.c9s.schema import FILE as CRDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestrator.hosts.guest import Guest

_READY_SECONDS: Final = 240  # on a machine that is busy
CONTROLLERS: Final = ("garbage-collector-controller", "namespace-controller", "serviceaccount-controller")
ADMIN, GUEST = "admin", "joe"
"""Who may do all, and who only what the tests let him."""


@dataclass(frozen=True)
class ControlPlane:
    """A running API server.

    Attributes:
        folder: with its keys and logs.
        programs: the folder of kubectl.
        url: where it is, for kubelets.
    """

    folder: Path
    programs: Path
    url: str

    @property
    def kubeconfig(self) -> Path:
        """With the contexts `admin`, `joe`, `nobody` (who is not known) and `nowhere` (where nothing is)."""
        return self.folder / "kubeconfig"

    def kubectl(self, *words: str, stdin: str = "", ok: bool = True) -> str:
        """What kubectl prints for the administrator."""
        done = subprocess.run(
            [self.programs / "kubectl", f"--kubeconfig={self.kubeconfig}", f"--context={ADMIN}", *words],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not ok or done.returncode == 0, done.stderr
        return done.stdout

    def get(self, *words: str) -> Any:  # noqa: ANN401 -- JSON
        """The same of `get`, as JSON."""
        return json.loads(self.kubectl("get", *words, "--output=json"))

    def apply(self, *resources: dict[str, Any]) -> None:
        """Make these, or make them so."""
        items = json.dumps({"apiVersion": "v1", "kind": "List", "items": resources})
        self.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=items)

    def make_namespace(self, name: str) -> None:
        """One that admits nodes, and pods at all."""
        self.kubectl("create", "namespace", name)
        self.kubectl("label", "namespace", name, "pod-security.kubernetes.io/enforce=privileged")
        self.kubectl("wait", "--for=create", "serviceaccount/default", f"--namespace={name}", "--timeout=60s")

    def install_crds(self) -> None:
        """The part of clabernetes that an API server needs; waits until it serves them."""
        self.kubectl("apply", "--server-side", "-f", str(CRDS))
        names = "crd/topologies.c9s.run", "crd/nodes.c9s.run"
        self.kubectl("wait", "--for=condition=Established", *names, "--timeout=60s")


@contextmanager
def control_plane(folder: Path, guest: Guest | None = None) -> Iterator[ControlPlane]:
    """Start one and stop it.

    Args:
        folder: for what it keeps.
        guest: in whose network it is to be, where kubelets reach it; else on this machine's loopback.
    """
    programs = ensure(*PROGRAMS)
    address = "127.0.0.1" if guest is None else str(guest.orchestrator_address)
    inside = [] if guest is None else enter(guest.process.pid)
    etcd, port = _free_port(), _free_port()
    tokens = {name: secrets.token_hex(16) for name in (ADMIN, GUEST)}
    (folder / "tokens.csv").write_text(
        f"{tokens[ADMIN]},{ADMIN},{ADMIN},system:masters\n{tokens[GUEST]},{GUEST},{GUEST}\n"
    )
    _write_keys(folder)
    program = find("etcd")
    assert program is not None
    with ExitStack() as running:
        near = port
        if guest is not None:
            near = running.enter_context(relay(guest, IPv4Address(address), port))
        plane = ControlPlane(folder, programs, f"https://{address}:{port}")
        plane.kubeconfig.write_text(json.dumps(_kubeconfig(f"https://127.0.0.1:{near}", tokens)))
        (folder / "kubeconfig.inside").write_text(json.dumps(_kubeconfig(plane.url, tokens)))
        at = f"http://127.0.0.1:{etcd}"
        peers = f"http://127.0.0.1:{_free_port()}"
        words = [
            f"--data-dir={folder}/etcd",
            f"--listen-client-urls={at}",
            f"--advertise-client-urls={at}",
            f"--listen-peer-urls={peers}",
            f"--initial-advertise-peer-urls={peers}",
            f"--initial-cluster=default={peers}",
            "--unsafe-no-fsync",
        ]
        running.enter_context(started(folder / "etcd.log", *inside, program, *words))
        words = [
            f"--etcd-servers={at}",
            f"--secure-port={port}",
            f"--bind-address={address}",
            f"--cert-dir={folder}/certificates",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={folder}/accounts.pub",
            f"--service-account-signing-key-file={folder}/accounts.key",
            f"--token-auth-file={folder}/tokens.csv",
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--allow-privileged=true",
            "--kubelet-preferred-address-types=InternalIP",
        ]
        running.enter_context(
            started(folder / "apiserver.log", *inside, str(programs / "kube-apiserver"), *words)
        )
        _wait_until_ready(plane)
        words = [
            f"--kubeconfig={folder}/kubeconfig.inside",
            "--leader-elect=false",
            "--authentication-skip-lookup",
            f"--secure-port={_free_port()}",
            "--bind-address=127.0.0.1",
            f"--cert-dir={folder}/certificates",
            f"--service-account-private-key-file={folder}/accounts.key",
            f"--controllers={','.join(CONTROLLERS)}",
        ]
        program = str(programs / "kube-controller-manager")
        running.enter_context(started(folder / "controllers.log", *inside, program, *words))
        yield plane
    shutil.rmtree(folder / "etcd", ignore_errors=True)


@contextmanager
def started(log: Path, *argv: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program that runs beside the tests, what it says in a file."""
    with log.open("wb") as said:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            yield process
        finally:
            process.terminate()
            process.wait()


def _wait_until_ready(plane: ControlPlane) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while plane.kubectl("get", "--raw", "/readyz", ok=False) != "ok":
        log = (plane.folder / "apiserver.log").read_text()[-2000:]
        assert time.monotonic() < deadline, log
        time.sleep(0.5)


def _kubeconfig(url: str, tokens: dict[str, str]) -> dict[str, Any]:
    users = {**tokens, "nobody": "wrong"}
    there = {"server": url, "insecure-skip-tls-verify": True}  # a certificate that it made for itself
    contexts = {name: ("here", name) for name in users} | {"nowhere": ("nowhere", ADMIN)}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": "here", "cluster": there},
            {"name": "nowhere", "cluster": {**there, "server": "https://127.0.0.1:1"}},
        ],
        "users": [{"name": name, "user": {"token": token}} for name, token in users.items()],
        "contexts": [
            {"name": name, "context": {"cluster": cluster, "user": user}}
            for name, (cluster, user) in contexts.items()
        ],
        "current-context": ADMIN,
    }


def _write_keys(folder: Path) -> None:
    """Of service accounts, which an API server does not start without."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    for name, text in (("accounts.key", private), ("accounts.pub", public)):
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(text)


def _free_port() -> int:
    """One of this machine; in a guest's network, where nothing listens, any is free."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
