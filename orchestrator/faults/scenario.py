"""Scenarios: the steps of `scenarios.yml` as faults of the lab, checked against the steps before."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, TypeAlias

from orchestrator.faults.fault import NoSuchTarget
from orchestrator.faults.injections import CeMisconfigured, ConfigurationChanged, Configured
from orchestrator.faults.naming import at_ce_of, read_fault, read_target, target_name
from orchestrator.model.load import read_file
from orchestrator.model.mistakes import LabFileError, nearest
from orchestrator.model.scenarios import (
    AGREED,
    ANYTHING,
    PLACES,
    SCENARIO_FILE,
    check_scenarios,
    read_scenarios,
)
from orchestrator.model.schema import validate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.faults.injections import Injection
    from orchestrator.model.document import Document
    from orchestrator.model.lab import Lab
    from orchestrator.model.mistakes import Mistake
    from orchestrator.model.paths import Path
    from orchestrator.model.scenarios import ScenarioIntent, StepIntent

EVERYTHING: Final = "everything"
CONFIGURATION: Final = "configuration"


@dataclass(frozen=True, slots=True)
class Break:
    """Checks that a configuration is to break, and what they are to say then; both are patterns."""

    checks: str
    saying: str = ANYTHING

    def foresees(self, check: str, observed: str) -> bool:
        """Whether a check that does not hold is one of them."""
        return fnmatchcase(check, self.checks) and fnmatchcase(observed, self.saying)

    def __str__(self) -> str:
        return self.checks if self.saying == ANYTHING else f"{self.checks}: {self.saying}"


@dataclass(frozen=True, slots=True)
class Step:
    """What is done at once.

    Attributes:
        words: as they stand in the file.
        fails: what happens.
        restores: what is undone.
        breaks: what does not hold afterwards, and nothing else; empty where the proof must hold.
        see: what to look at, in the author's words.
    """

    words: str
    fails: tuple[Injection, ...] = ()
    restores: tuple[Injection, ...] = ()
    breaks: tuple[Break, ...] = ()
    see: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A lab's story of failure and repair; it ends as it began."""

    name: str
    teaches: str
    steps: tuple[Step, ...]


NodeChange: TypeAlias = "list[str] | dict[str, object]"
"""Lines for a node, or the parameters that a CE has instead of those agreed; none of them for those."""
NodeChanges: TypeAlias = "Mapping[str, NodeChange]"


def _described(node_changes: NodeChanges) -> str:
    """What is configured, without values: some are secret."""
    alike: dict[str, list[str]] = {}
    for node, node_change in node_changes.items():
        parameters = f" ({', '.join(node_change)})" if node_change else f" as {AGREED}"
        alike.setdefault("" if isinstance(node_change, list) else parameters, []).append(node)
    return ", ".join(f"{', '.join(nodes)}{how}" for how, nodes in alike.items())


def _twice(change: Configured, before: Injection) -> bool:
    """Whether a change would meet an earlier one that it is not made for: lines add up, the rest does not."""
    both_lines = isinstance(change, ConfigurationChanged) and isinstance(before, ConfigurationChanged)
    return isinstance(before, Configured) and before.target == change.target and not both_lines


def load_scenarios(lab: Lab) -> tuple[Scenario, ...]:
    """The scenarios next to a lab's files; none where it has no such file.

    Raises:
        LabFileError: the file has mistakes; it holds all that could be seen.
    """
    file = lab.folder / SCENARIO_FILE
    if not file.exists():
        return ()
    document, scenarios, mistakes = read_file(file, read_scenarios, check_scenarios)
    if document is None or scenarios is None or mistakes:
        raise LabFileError(mistakes)
    readers = [_Reader(lab, document, name) for name in scenarios.scenarios]
    found = tuple(reader.read(scenarios.scenarios[reader.name]) for reader in readers)
    if reject := [mistake for reader in readers for mistake in reader.mistakes]:
        raise LabFileError(reject)
    return found


class _Reader:
    """Reads one scenario, and collects what is wrong in it."""

    def __init__(self, lab: Lab, document: Document, name: str) -> None:
        self.name = name
        self.mistakes: list[Mistake] = []
        self._lab = lab
        self._document = document
        self._failed: list[Injection] = []

    def read(self, intent: ScenarioIntent) -> Scenario:
        steps = tuple(self._step(number, step) for number, step in enumerate(intent.steps))
        if self._failed:
            path = ("scenarios", self.name)
            left = ", ".join(fault.target for fault in self._failed)
            self._wrong(path, f"scenario {self.name} ends with {left} failed", "restore it at the end")
        return Scenario(self.name, intent.teaches, steps)

    def _step(self, number: int, step: StepIntent) -> Step:
        path = ("scenarios", self.name, "steps", number)
        breaks = tuple(Break(*one) for one in step.breaks.items())
        if step.restore is not None:
            return Step(f"restore {', '.join(step.restore)}", restores=self._restored(path, step.restore))
        if step.configure is not None:
            changes = self._configured(path, step.configure)
            return Step(f"configure {_described(step.configure)}", changes, breaks=breaks, see=step.see)
        things = step.fail or ()
        return Step(f"fail {', '.join(things)}", self._happened(path, things), see=step.see)

    def _happened(self, path: Path, things: Sequence[str]) -> tuple[Injection, ...]:
        found = []
        for position, words in enumerate(things):
            try:
                fault = read_fault(self._lab, words)
            except NoSuchTarget as lack:
                self._wrong((*path, "fail", position), lack.what, lack.right)
                continue
            if any(fault.target == one.target for one in self._failed):
                self._wrong(
                    (*path, "fail", position), f"{fault.target} is failed already", "restore it first"
                )
            else:
                self._failed.append(fault)
                found.append(fault)
        return tuple(found)

    def _configured(self, path: Path, node_changes: NodeChanges) -> tuple[Injection, ...]:
        changes = []
        for node, node_change in node_changes.items():
            change = self._change((*path, "configure", node), node, node_change)
            if change is None:
                continue
            if any(_twice(change, before) for before in self._failed):
                right = "restore it first"
                self._wrong((*path, "configure", node), f"{change.target} is changed already", right)
            changes.append(change)
        self._failed += changes
        return tuple(changes)

    def _change(self, path: Path, node: str, node_change: NodeChange) -> Configured | None:
        known = [one.name for one in self._lab.nodes]
        if node not in known:
            self._wrong(path, f"lab '{self._lab.name}' has no node '{node}'", nearest(node, known))
            return None
        if isinstance(node_change, list):
            return ConfigurationChanged(node, tuple(node_change))
        try:
            schema = at_ce_of(self._lab, node)
        except NoSuchTarget as lack:
            self._wrong(path, lack.what, lack.right)
            return None
        if not node_change:
            return CeMisconfigured(node, schema())
        at_ce, mistakes = validate(self._document, schema, PLACES, path)
        self.mistakes += mistakes
        return None if at_ce is None else CeMisconfigured(node, at_ce)

    def _restored(self, path: Path, things: Sequence[str]) -> tuple[Injection, ...]:
        found: list[Injection] = []
        for position, name in enumerate(things):
            try:
                matching = [fault for fault in self._failed if self._is_meant(fault, name)]
            except NoSuchTarget as lack:
                self._wrong((*path, "restore", position), lack.what, lack.right)
                continue
            if not matching:
                what, right = f"nothing of '{name}' is failed here", "fail it in an earlier step"
                self._wrong((*path, "restore", position), what, right)
            found += matching
            self._failed = [fault for fault in self._failed if fault not in matching]
        return tuple(found)

    def _is_meant(self, fault: Injection, name: str) -> bool:
        by_hand = isinstance(fault, Configured)
        if name in {EVERYTHING, CONFIGURATION}:
            return by_hand or name == EVERYTHING
        return fault.target == target_name(self._lab, read_target(self._lab, name))

    def _wrong(self, path: Path, what: str, right: str) -> None:
        self.mistakes.append(self._document.mistake(path, what, right))
