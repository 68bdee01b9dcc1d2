"""Which host and runtime go together, and what each name means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts.base import CannotRunHere, PortUnreachable
from orchestrator.hosts.cluster import Cluster
from orchestrator.hosts.kubectl import Namespace
from orchestrator.lifecycle import factory
from orchestrator.lifecycle.down import Forgotten, take_down
from orchestrator.lifecycle.factory import UnknownChoice, check_choice, make_runtime, pick
from orchestrator.lifecycle.store import Placement, Store
from orchestrator.settings import Places, Settings
from tests.unit.fake_kubectl import Answer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.fake_kubectl import FakeKubectl


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(Places(cache=tmp_path, state=tmp_path))


@pytest.mark.parametrize(
    ("host", "runtime", "said"),
    [
        ("k8s://lab", "netns", "runtime netns cannot make a lab on host k8s://lab: c9s does so on"),
        ("guest", "c9s", "runtime c9s cannot make a lab on host guest: c9s does so on"),
        ("k8s://Lab", "c9s", "'k8s://Lab' is not k8s://namespace or k8s://context/namespace"),
        ("nowhere", "netns", r"there are guest, local, ssh://user@machine and k8s://\[context/\]namespace"),
        ("guest", "kne", "no runtime 'kne': there are netns, containerlab and c9s"),
    ],
)
def test_what_does_not_go_together_is_said(host: str, runtime: str, said: str) -> None:
    with pytest.raises(UnknownChoice, match=said):
        check_choice(host, runtime)


def test_in_a_cluster_there_is_one_runtime(kubectl: FakeKubectl, settings: Settings) -> None:
    kubectl.says("config current-context", Answer("west\n"))
    assert pick("k8s://lab", "", settings) == ("k8s://west/lab", "c9s")
    assert pick("k8s://east/lab", "c9s", settings) == ("k8s://east/lab", "c9s")
    made = make_runtime("c9s", Cluster(Namespace("west", "lab")), settings)
    assert made.name == "c9s"


def test_a_cluster_is_asked_for_only_by_its_host(settings: Settings) -> None:
    with pytest.raises(CannotRunHere, match=r"runtime c9s makes labs in a cluster: say --host k8s://"):
        pick("", "c9s", settings)


def test_a_lab_in_a_cluster_that_does_not_answer_is_not_forgotten(
    kubectl: FakeKubectl, settings: Settings
) -> None:
    kubectl.fails("get namespace", "Unable to connect to the server: dial tcp: i/o timeout")
    place = Placement("small", "/labs/small", "k8s://west/lab", "c9s")
    store = Store.of(settings)
    store.put(place)
    with pytest.raises(PortUnreachable, match="`l3vpn down small` removes what is there once it answers"):
        take_down(place, settings, lambda _: None)
    assert store.get("small") == place
    with pytest.raises(Forgotten):
        take_down(place, settings, lambda _: None, force=True)
    assert store.get("small") is None


def test_a_lab_whose_namespace_is_gone_is_gone(kubectl: FakeKubectl, settings: Settings) -> None:
    kubectl.fails("get namespace", 'Error from server (NotFound): namespaces "lab" not found')
    place = Placement("small", "/labs/small", "k8s://west/lab", "c9s")
    Store.of(settings).put(place)
    assert not take_down(place, settings, lambda _: None)
    assert Store.of(settings).all() == ()


def test_what_a_lab_is_made_on_is_said(kubectl: FakeKubectl) -> None:
    kubectl.says("version", Answer('{"serverVersion": {"gitVersion": "v1.35.4"}}'))
    assert factory.platform(Cluster(Namespace("west", "lab"))) == "Kubernetes v1.35.4"
