"""The proof as pytest: `pytest --l3vpn labs/two-vpns` gives one item for each check of the lab there.

Without the option nothing is collected: a folder full of labs is safe from a plain `pytest`. How a running
lab is attached to, and what of it is down on purpose, is not this plugin's to know: it asks the hooks
`pytest_l3vpn_attach` and `pytest_l3vpn_state`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.errors import ExitCode, L3vpnError
from orchestrator.model.state import HEALTHY, State
from orchestrator.verification.expect import expect
from orchestrator.verification.kit.check import Check, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from orchestrator.model.lab import Lab
    from orchestrator.verification.kit.check_id import CheckId
    from orchestrator.verification.network import Network

INTENT_FILE = "vpn.yml"


class Hooks:
    """What somebody else must know."""

    @staticmethod
    @pytest.hookspec(firstresult=True)
    def pytest_l3vpn_state(lab: Lab, config: pytest.Config) -> State | None:
        """What of `lab` is down on purpose, and so is not expected; None if that is not yours to know."""

    @staticmethod
    @pytest.hookspec(firstresult=True)
    def pytest_l3vpn_attach(lab: Lab, config: pytest.Config) -> AbstractContextManager[Network] | None:
        """Attach to the running nodes of `lab` for the time of a verification; None if that is not yours."""


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Make these hooks known."""
    pluginmanager.add_hookspecs(Hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--l3vpn`, and `--l3vpn-timeout`, `--l3vpn-stage` and `--l3vpn-healthy`."""
    group = parser.getgroup("l3vpn", "proof of running MPLS L3VPN labs")
    group.addoption("--l3vpn", action="store_true", help="collect the checks of each lab folder (vpn.yml)")
    group.addoption(
        "--l3vpn-timeout",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="until what does not hold is final (default: 60)",
    )
    group.addoption("--l3vpn-stage", default="", metavar="NAME", help="a stage of the labs' intents")
    group.addoption(
        "--l3vpn-healthy", action="store_true", help="expect all of a lab, also what was failed on purpose"
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> LabFile | None:
    """Take `vpn.yml` files, if asked to."""
    if file_path.name != INTENT_FILE or not parent.config.getoption("--l3vpn"):
        return None
    collected: LabFile = LabFile.from_parent(parent, path=file_path)
    return collected


class Unproven(L3vpnError):  # noqa: N818 -- what the check is
    """A check does not hold."""

    exit_code = ExitCode.UNPROVEN


class LabFile(pytest.File):
    """A lab's intent: collects its checks, and verifies the running lab once, when the first item runs."""

    _lab: Lab
    _state: State = HEALTHY
    _findings: Mapping[CheckId, Finding] | None = None

    def collect(self) -> Iterator[CheckItem]:
        """One item a check.

        Raises:
            pytest.Collector.CollectError: the lab's files have mistakes.
        """
        from orchestrator.loading import load_lab  # noqa: PLC0415 -- only if labs are collected
        from orchestrator.model.mistakes import LabFileError  # noqa: PLC0415 -- only if labs are collected

        try:
            self._lab = load_lab(self.path.parent, self.config.getoption("--l3vpn-stage"))
        except LabFileError as mistakes:
            raise self.CollectError(str(mistakes)) from None
        if not self.config.getoption("--l3vpn-healthy"):
            self._state = self.ihook.pytest_l3vpn_state(lab=self._lab, config=self.config) or HEALTHY
        for check in expect(self._lab, self._state):
            yield CheckItem.from_parent(self, name=str(check.id), check=check)

    def finding(self, check_id: CheckId) -> Finding:
        """What became of a check.

        Raises:
            pytest.UsageError: nobody implements `pytest_l3vpn_attach`.
        """
        if self._findings is None:
            self._findings = self._verify()
        return self._findings[check_id]

    def _verify(self) -> Mapping[CheckId, Finding]:
        from orchestrator.verification.verification import verify  # noqa: PLC0415 -- brings nornir and netmiko

        attached = self.ihook.pytest_l3vpn_attach(lab=self._lab, config=self.config)
        if attached is None:
            raise pytest.UsageError("no plugin attaches to labs: implement pytest_l3vpn_attach(lab, config)")
        with attached as network:
            timeout = self.config.getoption("--l3vpn-timeout")
            report = verify(network, self._lab, timeout=timeout, state=self._state)
        return {finding.check.id: finding for finding in report.findings}


class CheckItem(pytest.Item):
    """One check: fails if it does not hold, is skipped if what it stands on does not."""

    def __init__(self, *, check: Check, **arguments: Any) -> None:  # noqa: ANN401 -- pytest's own, passed on
        super().__init__(**arguments)
        self._check = check

    def runtest(self) -> None:
        """Look the finding up.

        Raises:
            Unproven: it does not hold, or could not be looked at.
        """
        file = self.parent
        assert isinstance(file, LabFile)  # noqa: S101 -- that is who makes items
        finding = file.finding(self._check.id)
        if finding.verdict is Verdict.BLOCKED:
            pytest.skip(finding.observed)
        if not finding.holds:
            raise Unproven(finding)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401 -- pytest's own
        """Expected, observed, why and where to look; a traceback only for what is no finding."""
        if not isinstance(excinfo.value, Unproven):
            return super().repr_failure(excinfo, style)
        finding: Finding = excinfo.value.args[0]
        lines = [
            ("verdict", finding.verdict.value),
            ("check", finding.check.title),
            ("expected", finding.expected),
            ("observed", finding.observed),
            ("why", finding.why),
            ("look", finding.hint),
        ]
        return "\n".join(f"{label:<9} {text}" for label, text in lines if text)

    def reportinfo(self) -> tuple[Path, None, str]:
        """File and name, as reports show them."""
        return self.path, None, f"{self._check.id}: {self._check.title}"
