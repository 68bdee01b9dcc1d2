"""Lets `pytest --l3vpn labs/LAB` find the running lab: attaches the proof's pytest plugin to what is up."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from orchestrator.model.lab import Lab
    from orchestrator.model.state import State
    from orchestrator.verification.network import Network


@pytest.hookimpl(trylast=True)
def pytest_l3vpn_attach(lab: Lab, config: pytest.Config) -> AbstractContextManager[Network]:
    """The nodes of the lab that was brought up from this folder."""
    return _attached(lab, config)


@pytest.hookimpl(trylast=True)
def pytest_l3vpn_state(lab: Lab, config: pytest.Config) -> State:
    """What `l3vpn fail` did to the lab and nobody restored."""
    from orchestrator.lifecycle.failing import failed_in, state_of  # noqa: PLC0415 -- same
    from orchestrator.lifecycle.store import Store  # noqa: PLC0415 -- same
    from orchestrator.settings import Settings  # noqa: PLC0415 -- only if labs are collected

    del config
    return state_of(failed_in(lab, Store.of(Settings.here())))


@contextmanager
def _attached(lab: Lab, config: pytest.Config) -> Iterator[Network]:
    from orchestrator.hosts.base import HostError  # noqa: PLC0415 -- only if a lab is really proven
    from orchestrator.lifecycle.running import NotUp, find, fleet, joined  # noqa: PLC0415 -- same
    from orchestrator.settings import Settings  # noqa: PLC0415 -- same

    del config
    settings = Settings.here()
    try:
        with (
            joined(find(str(lab.folder), settings), settings) as running,
            fleet(running, lab) as sessions,
        ):
            yield sessions
    except (HostError, NotUp) as error:
        raise pytest.UsageError(str(error)) from None
