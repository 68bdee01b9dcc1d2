"""A lab in a cluster: real API server, real kubelet in a guest, real pods; a stand-in plays clabernetes.

What was never run here is clabernetes itself: `kubernetes/stand_in.py` says what it leaves out.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import pytest

from orchestrator.hosts import guest_docker
from orchestrator.hosts.guest import Guest
from orchestrator.hosts.rootless import enter
from orchestrator.scripts import with_arguments
from orchestrator.settings import Places
from tests.live.here import RECIPE, SETTINGS
from tests.live.kubernetes import programs
from tests.live.kubernetes.control import ControlPlane, control_plane, started
from tests.live.kubernetes.stand_in import stand_in
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.terminal import Completed

pytestmark = [
    pytest.mark.live,
    pytest.mark.slow,
    pytest.mark.skipif(bool(programs.lacks()), reason=programs.lacks()),
]

HOST: Final = "k8s://admin/labs"
IMAGE: Final = "registry.example/l3vpn-node:1"
WORKER: Final = "w1"
_PATIENCE: Final = 900.0
_JOIN_SECONDS: Final = 240


@dataclass(frozen=True)
class Cluster:
    """A cluster of one worker, and a person's terminal.

    Attributes:
        plane: its API server.
        worker: the machine that its pods are on.
        terminal: where `l3vpn` is typed.
        wrong: what the stand-in could not do.
    """

    plane: ControlPlane
    worker: Guest
    terminal: Terminal
    wrong: list[str]

    def l3vpn(self, *words: str) -> Completed:
        return self.terminal.l3vpn(*words, patience=_PATIENCE)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    programs.ensure("kubelet")
    places = Places(cache=SETTINGS.places.cache, state=folder / "worker")
    guest = guest_docker.start(lambda _: None, replace(SETTINGS, places=places), RECIPE)
    try:
        with pytest.MonkeyPatch.context() as patch, control_plane(folder, guest) as plane:
            patch.setenv("PATH", f"{plane.programs}:/usr/bin:/bin:/usr/sbin:/sbin")
            patch.setenv("KUBECONFIG", str(plane.kubeconfig))
            plane.install_crds()
            plane.make_namespace("labs")
            join(guest, plane)
            with stand_in(plane, guest, WORKER) as wrong:
                yield Cluster(plane, guest, Terminal(folder / "mine"), wrong)
    finally:
        guest.close()
        Guest.stop(lambda _: None, places)


def join(guest: Guest, plane: ControlPlane) -> None:
    """Make the guest a worker, and wait until the cluster finds it ready."""
    here, port = str(guest.orchestrator_address), "8000"
    kubeconfig = (plane.folder / "kubeconfig.inside").read_text()
    text = with_arguments(WORKER, str(guest.kernels[0].address), IMAGE, kubeconfig, here, port)
    text += (programs.FOLDER / "worker.sh").read_text()
    serve = sys.executable, "-m", "http.server", "--bind", here, "--directory", str(plane.programs), port
    with started(plane.folder / "http.log", *enter(guest.process.pid), *serve):
        done = guest.run("sh -s >/run/worker.log 2>&1", stdin=text.encode(), timeout=_JOIN_SECONDS)
        assert done.ok, guest.run("cat /run/worker.log", timeout=30).text
    deadline = time.monotonic() + _JOIN_SECONDS
    while "True" not in plane.kubectl(
        "get", "node", WORKER, "--output=jsonpath={.status.conditions[?(@.type=='Ready')].status}", ok=False
    ):
        said = guest.run("cat /run/worker.log; tail -n 20 /var/log/kubelet.log", timeout=30).text
        assert time.monotonic() < deadline, said
        time.sleep(1)


def test_a_lab_lives_in_a_cluster(cluster: Cluster) -> None:
    up = cluster.l3vpn("up", "two-vpns", "--host", HOST, "--image", IMAGE)
    assert up.returncode == 0, (up.stdout + up.stderr, cluster.wrong)
    assert f"two-vpns: host {HOST}, runtime c9s" in up.stdout
    assert "all 405 checks hold" in up.stdout

    assert cluster.l3vpn("push", "two-vpns").stdout.strip() == "no difference"
    assert "all 405 checks hold" in cluster.l3vpn("verify", "two-vpns").stdout
    said = cluster.l3vpn("exec", "two-vpns", "pe1", "--", "ip", "-M", "route").stdout
    assert " via inet " in said
    doctor = cluster.l3vpn("doctor", "--host", HOST)
    assert doctor.returncode == 0, doctor.stdout
    assert "worker w1" in doctor.stdout

    # A port that is shut is found as on any other host.
    assert cluster.l3vpn("fail", "two-vpns", "pe1-p1").returncode == 0
    assert cluster.l3vpn("restore", "two-vpns").returncode == 0

    down = cluster.l3vpn("down", "two-vpns")
    assert down.returncode == 0, down.stderr
    assert cluster.plane.get("pods", "--namespace=labs")["items"] == []
    assert cluster.plane.get("nodes.c9s.run", "--namespace=labs")["items"] == []
    assert cluster.wrong == []
