from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.hosts.recipe import Recipe, Supplies, arguments, complaint, package_names, step
from orchestrator.settings import Settings

RECIPE = Recipe(
    suite="trixie",
    kernel_suite="forky",
    packages=("frr", "iproute2"),
    offer_kernel="echo offer",
    put_aside="",
    provision="echo it's done",
)


@pytest.mark.parametrize(
    "other",
    [
        replace(RECIPE, suite="bookworm"),
        replace(RECIPE, kernel_suite="trixie"),
        replace(RECIPE, packages=("frr",)),
        replace(RECIPE, offer_kernel=""),
        replace(RECIPE, put_aside="echo aside"),
        replace(RECIPE, provision=""),
        replace(RECIPE, mirror="http://mirror.example"),
        replace(RECIPE, architecture="aarch64"),
    ],
)
def test_whatever_changes_the_tree_changes_its_name_in_the_cache(other: Recipe) -> None:
    assert other.key != RECIPE.key


def test_the_name_in_the_cache_is_the_same_in_every_process() -> None:
    assert RECIPE.key == "trixie-1348beb10bf030cb"


def test_the_recipe_in_the_repository_can_be_read() -> None:
    recipe = Recipe.load(Settings.of({}))
    assert (recipe.suite, recipe.kernel_suite, recipe.mirror) == ("trixie", "forky", "")
    assert {"frr", "frr-pythontools", "openssh-server"} <= set(recipe.packages)


def test_the_environment_chooses_suite_kernel_and_mirror() -> None:
    chosen = {"L3VPN_SUITE": "forky", "L3VPN_KERNEL_SUITE": "sid", "L3VPN_MIRROR": "http://mirror.example"}
    recipe = Recipe.load(Settings.of(chosen))
    assert (recipe.suite, recipe.kernel_suite, recipe.mirror) == ("forky", "sid", "http://mirror.example")


def test_a_suite_with_a_libc_too_old_for_the_newer_kernel_gets_that_with_a_libc_of_its_own() -> None:
    recipe = Recipe.load(Settings.of({"L3VPN_SUITE": "bookworm"}))
    command = arguments(recipe, Supplies(), Path("/t"))
    assert recipe.kernel_suite == "forky"
    assert not [word for word in command if "user-mode-linux" in word and word.startswith("--include")]
    hooks = [word for word in command if word.startswith("--customize-hook")]
    assert [word.rpartition(" kernel_aside.sh ")[2] for word in hooks if "kernel_aside.sh" in word] == [
        '"$1" forky'
    ]
    assert "kernel_aside.sh" in hooks[0]  # before the tree is shaped


def test_a_suite_with_a_libc_too_old_keeps_its_own_kernel_where_asked_to() -> None:
    recipe = Recipe.load(Settings.of({"L3VPN_SUITE": "bookworm", "L3VPN_KERNEL_SUITE": "bookworm"}))
    command = arguments(recipe, Supplies(), Path("/t"))
    assert [word for word in command if word.startswith("--include") and "user-mode-linux" in word]
    assert not [word for word in command if word.startswith("--setup-hook") or "kernel_aside.sh" in word]


def test_a_suite_that_is_known_counts_more_than_the_environment() -> None:
    chosen = {"L3VPN_SUITE": "forky"}
    assert Recipe.load(Settings.of(chosen), suite="bookworm").suite == "bookworm"
    assert Recipe.load(Settings.of(chosen), suite="bookworm", docker=True).suite == "trixie"


def test_a_package_list_has_comments() -> None:
    assert package_names("# first\nfrr   # the routers\n\n  iproute2\n") == ("frr", "iproute2")


def test_the_kernel_comes_from_the_other_suite() -> None:
    command = arguments(
        RECIPE, Supplies(("deb http://m.example trixie main",), ('Acquire::Retries "3";',)), Path("/t")
    )
    assert command[0] == "mmdebstrap"
    assert command[-3:] == ["trixie", "/t", "deb http://m.example trixie main"]
    assert "--include=frr,iproute2,user-mode-linux" in command
    assert '--aptopt=Acquire::Retries "3";' in command
    assert """--setup-hook=sh -c 'echo offer' kernel.sh "$1" trixie forky""" in command
    assert """--customize-hook=sh -c 'echo it'"'"'s done' provision.sh "$1\"""" in command


def test_with_the_suites_own_kernel_no_other_suite_is_asked() -> None:
    command = arguments(replace(RECIPE, kernel_suite="trixie"), Supplies(), Path("/t"))
    assert "--include=frr,iproute2,user-mode-linux" in command
    assert not [word for word in command if word.startswith("--setup-hook")]


def test_where_there_is_no_such_kernel_none_is_installed() -> None:
    command = arguments(replace(RECIPE, architecture="aarch64"), Supplies(), Path("/t"))
    assert "--include=frr,iproute2" in command
    assert not [word for word in command if word.startswith("--setup-hook")]


def test_steps_are_reported_and_chatter_is_not() -> None:
    assert step("I: running apt-get update...\n") == "fetching package lists"
    assert step("I: automatically chosen format: directory\n") is None


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        ("I: x\nE: Unable to locate package foo\nE: apt-get failed\n", "Unable to locate package foo"),
        (
            "unshare: write failed /proc/self/uid_map: Operation not permitted\n\n",
            "unshare: write failed /proc/self/uid_map: Operation not permitted",
        ),
        ("", "it said nothing"),
    ],
)
def test_the_first_error_is_the_one_that_is_reported(output: str, shown: str) -> None:
    assert complaint(output) == shown
