"""YAML with lines, without the surprises of YAML 1.1."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.model.document import Document
from orchestrator.model.yaml_lines import plain, read_yaml

FILE = Path("some.yml")


def value(text: str) -> object:
    tree, mistakes = read_yaml(FILE, text)
    assert tree is not None
    assert not mistakes
    return plain(tree)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("65000:1", "65000:1"),
        ("1:30", "1:30"),
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("true", True),
        ("false", False),
        ("'true'", "true"),
        ("65000", 65000),
        ("-1", -1),
        ("'65000'", "65000"),
        ("007", "007"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("1.5", "1.5"),
        ("1e3", "1e3"),
        ("2026-01-01", "2026-01-01"),
        ("~", None),
        ("null", None),
        ("", None),
        ("9" * 5000, "9" * 5000),
        ("!!str 5", "5"),
        ("=", "="),
    ],
)
def test_scalars(text: str, expected: object) -> None:
    assert value(f"key: {text}") == {"key": expected}


def test_keys_are_text() -> None:
    assert value("1: a\nno: b\n65000:1: c\ntrue: d\n~: e") == {
        "1": "a",
        "no": "b",
        "65000:1": "c",
        "true": "d",
        "~": "e",
    }


def test_merge_keys_and_anchors() -> None:
    text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: *a, y: 5}\nd: {<<: [*a, *b]}\ne: *b"
    merged = value(text)
    assert isinstance(merged, dict)
    assert merged["c"] == {"x": 1, "y": 5}
    assert merged["d"] == {"x": 1, "y": 2, "z": 4}
    assert merged["e"] == {"y": 3, "z": 4}


def test_lines_of_keys_values_and_items() -> None:
    text = "a: 1\nb:\n  c:\n    - x\n    - y: 2\n      z: 3\n  d: >\n    long\n    text\n"
    tree, _ = read_yaml(FILE, text)
    assert tree is not None
    document = Document(FILE, tree)
    lines = {
        ("a",): 1,
        ("b",): 2,
        ("b", "c"): 3,
        ("b", "c", 0): 4,
        ("b", "c", 1): 5,
        ("b", "c", 1, "z"): 6,
        ("b", "d"): 7,
        ("b", "c", 1, "missing"): 5,
        ("b", "c", 7): 3,
        ("b", "missing", "c"): 2,
        (): 1,
    }
    assert {path: document.line(path) for path in lines} == lines


def test_a_billion_laughs_are_few() -> None:
    layers = "".join(
        f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
    )
    _, mistakes = read_yaml(FILE, f"a: &a [{', '.join('x' * 10)}]\n{layers}")
    (mistake,) = mistakes
    assert "more than 30000 values" in mistake.what
