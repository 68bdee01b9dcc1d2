"""What `l3vpn schema` prints: takes what the program takes, and refuses what is wrong in form."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from orchestrator.lifecycle.measuring import PlanIntent
from orchestrator.model.document import Document
from orchestrator.model.intent import read_intent
from orchestrator.model.json_schema import of_configuration, of_file, of_intent, of_scenarios, text
from orchestrator.model.stages import at_stage, stage_names
from orchestrator.model.yaml_lines import plain, read_yaml
from orchestrator.protocols.registry import PROTOCOLS
from orchestrator.training.course import CourseIntent
from orchestrator.training.exercise import ExerciseIntent
from tests.trying import tries

if TYPE_CHECKING:
    from orchestrator.model.yaml_lines import Tree

FILE: Final = Path("vpn.yml")
ROOT: Final = Path(__file__).parents[3]
ERRORS: Final = Path(__file__).parent / "errors"
SCHEMAS: Final = {one.name: one.intent for one in PROTOCOLS}
VPN: Final = Draft202012Validator(of_intent(PROTOCOLS))
SCENARIOS: Final = Draft202012Validator(of_scenarios(PROTOCOLS))
MEASURE: Final = Draft202012Validator(of_file("measure.yml", PlanIntent))
EXERCISE: Final = Draft202012Validator(of_configuration("an exercise", ExerciseIntent, PROTOCOLS))
COURSE: Final = Draft202012Validator(of_file("a course", CourseIntent))

# Rejected files each of whose values is right by itself: they contradict, or name what is not there.
MEANING: Final = {
    "bgp_options",
    "ospf_areas",
    "ipv6", "ipv6_between_providers",
    "access_in_core", "backdoors_of_nothing", "backup_and_backdoor", "both_files_deep", "ce_at_no_pe",
    "ce_at_two_pes", "ce_in_two_sites", "ce_not_at_that_pe", "ce_twice_at_a_pe", "control_characters",
    "core_pool_too_small", "core_subnet_twice", "customers_at_a_p", "default_route", "eigrp_processes",
    "interconnects", "interconnects_b", "interconnects_c", "link_costs",
    "lan_in_infrastructure", "link_of_two_attachments", "link_parameters", "loopback_twice", "no_vpns",
    "no_vpns_key", "node_of_no_provider", "overrides_contradict", "pece_timers", "pool_is_management",
    "pools_overlap", "pools_too_small", "prefix_filled_by_others", "prefix_twice_in_a_site", "provider_name",
    "providers", "providers_joined", "rd_equals_a_derived_one", "rd_for_a_strange_pe", "rd_of_two_vpns",
    "rip_twice", "segment_indexes", "segments_and_ldp", "segments_do_not_fit", "segments_without_sr",
    "several_providers", "sham_link_derived", "sham_links", "site_names_strange_nodes",
    "site_with_the_providers_as", "site_without_attachments", "special_prefixes", "two_as_numbers",
    "vpn_names", "vpn_numbers", "vpn_without_sites", "vpn_without_sites_alone",
    "vrf_named_like_an_interface", "vrf_of_two_vpns", "vrfs_of_nothing", "untold", "untold_isis",
}  # fmt: skip
# What the program says while it reads values and JSON Schema can't: one of them must suit another.
BESIDE_EACH_OTHER: Final = ("has host bits set", "would give a neighbour up")


def tree_of(file: Path) -> Tree | None:
    tree, mistakes = read_yaml(file, file.read_text(encoding="utf-8"))
    return None if mistakes else tree


def complaints(schema: Draft202012Validator, tree: Tree) -> list[str]:
    return [f"{one.json_path}: {one.message}" for one in schema.iter_errors(plain(tree))]


@pytest.mark.parametrize("schema", [VPN, SCENARIOS, MEASURE, EXERCISE, COURSE])
def test_they_are_schemas(schema: Draft202012Validator) -> None:
    Draft202012Validator.check_schema(schema.schema)


SHIPPED: Final = [
    (validator, file)
    for name, validator in (
        ("vpn.yml", VPN),
        ("scenarios.yml", SCENARIOS),
        ("measure.yml", MEASURE),
        ("exercises/*.yml", EXERCISE),
    )
    for file in sorted([*ROOT.glob(f"labs/*/{name}"), *ROOT.glob(f"tests/labs/*/{name}")])
]


@pytest.mark.parametrize(("schema", "file"), SHIPPED, ids=lambda one: str(one)[-40:])
def test_all_files_of_ours_are_right(schema: Draft202012Validator, file: Path) -> None:
    tree = tree_of(file)
    assert tree is not None
    assert complaints(schema, tree) == []


@pytest.mark.parametrize(
    ("name", "schema"),
    [("vpn", VPN), ("scenarios", SCENARIOS), ("measure", MEASURE), ("exercise", EXERCISE)],
    ids=lambda one: str(one)[:9],
)
def test_editors_find_it_in_our_labs(name: str, schema: Draft202012Validator, *, update_golden: bool) -> None:
    """By the comment that yaml-language-server looks for."""
    kept = ROOT / "labs" / f"{name}.schema.json"
    if update_golden:
        kept.write_text(text(schema.schema), encoding="utf-8")
    assert kept.read_text(encoding="utf-8") == text(schema.schema)
    files = [*ROOT.glob(f"labs/*/{name}.yml"), *ROOT.glob(f"labs/*/{name}s/*.yml")]
    assert files
    for file in files:
        first = file.read_text(encoding="utf-8").splitlines()[0]
        up = "../" * (len(file.relative_to(ROOT / "labs").parts) - 1)
        assert first == f"# yaml-language-server: $schema={up}{kept.name}", file


def test_a_course_is_taken_as_the_readme_has_it_and_refused_where_it_is_wrong_in_form() -> None:
    block = (ROOT / "README.md").read_text("utf-8").partition("```yaml\ntitle: ")[2].partition("```")[0]
    tree, _ = read_yaml(FILE, f"title: {block}")
    assert tree is not None
    assert complaints(COURSE, tree) == []
    for wrong in ("{title: x}", "{title: x, exercises: []}", "{title: x, exercises: [leak], mode: test}"):
        tree, _ = read_yaml(FILE, wrong)
        assert tree is not None
        assert complaints(COURSE, tree)


def wrong_in_form(tree: Tree) -> bool:
    """Whether the program finds a mistake while it reads the values of `vpn.yml`, one by one."""
    for stage in ("", *stage_names(tree)):
        at, mistakes = at_stage(FILE, tree, stage)
        found = (*mistakes, *read_intent(Document(FILE, at), SCHEMAS)[2])
        if any(not any(said in one.what for said in BESIDE_EACH_OTHER) for one in found):
            return True
    return False


def test_rejected_files_are_refused_unless_only_their_meaning_is_wrong() -> None:
    taken = set()
    for file in sorted(ERRORS.glob("*/vpn.yml")):
        blamed = f"{file.parent.name}/vpn.yml:" in (file.parent / "expected.txt").read_text(encoding="utf-8")
        if (tree := tree_of(file)) is None:
            continue  # YAML itself is wrong
        wrong = complaints(VPN, tree)
        assert bool(wrong) == wrong_in_form(tree), (file, wrong)
        assert blamed or not wrong, (file, wrong)
        if blamed and not wrong:
            taken.add(file.parent.name)
    assert taken == MEANING


# ---- Made-up mistakes --------------------------------------------------------------------------

FILES: Final = [plain(tree) for schema, file in SHIPPED if schema is VPN and (tree := tree_of(file))]
ODD: Final[tuple[object, ...]] = (
    None, True, 0, -1, 7, 70000, 2**32, "", "x", "none", "quick", "broadcast", "10.0.0.0/30", "10.9.9.9",
    "65000:1", "specific", "eigrp", [], ["x"], [1, 0, 1, 0, 0], {}, {"x": 1}, {"key": "s"},
)  # fmt: skip


def keys(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(keys, value.values()))
    return set().union(*map(keys, value)) if isinstance(value, list) else set()


KEYS: Final = tuple(sorted(keys(VPN.schema["$defs"]) | set().union(*(keys(one) for one in FILES))))


def places(value: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401 -- any JSON
    """Every value in a file, as what it stands in and where."""
    inner = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    deeper = [one for _, under in inner if isinstance(under, dict | list) for one in places(under)]
    return [(value, key) for key, _ in inner] + deeper


@tries(8)
@given(st.data())
def test_what_it_takes_the_program_reads(data: st.DataObject) -> None:
    """One or two values of a right file are replaced, added or left out."""
    file = deepcopy(data.draw(st.sampled_from(FILES)))
    for _ in range(data.draw(st.integers(1, 2))):
        around, key = data.draw(st.sampled_from(places(file)))
        what = data.draw(st.sampled_from(("replace", "remove", "add")))
        if what == "remove":
            del around[key]
        elif what == "add" and isinstance(around, dict):
            around[data.draw(st.sampled_from(KEYS))] = deepcopy(data.draw(st.sampled_from(ODD)))
        else:
            around[key] = deepcopy(data.draw(st.sampled_from(ODD)))
        if not isinstance(file, dict) or not places(file):
            return
    tree, mistakes = read_yaml(FILE, json.dumps(file))
    assert tree is not None
    assert not mistakes
    if not complaints(VPN, tree):
        assert not wrong_in_form(tree), json.dumps(file)
