"""Each captured output is read into exactly the facts beside it."""

from __future__ import annotations

import json

import pytest

from parsers import ParseError
from tests.parsers.cases import CASES, Case
from tests.parsers.plain import Plain, plain


def _read(case: Case) -> Plain:
    try:
        return plain(case.facts())
    except ParseError as error:
        return {"error": type(error).__name__, "message": str(error)}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_output_is_read_into_the_facts_beside_it(case: Case, *, update_golden: bool) -> None:
    found = _read(case)
    if update_golden:
        case.golden.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    assert found == json.loads(case.golden.read_text("utf-8"))


def test_there_are_cases_of_both_releases() -> None:
    assert {"8.4.4", "10.3"} <= {case.version for case in CASES}
