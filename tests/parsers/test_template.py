from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path

import pytest
import ttp

from parsers import template
from parsers.zebra import LFIB, ROUTES
from tests.parsers.cases import CASES, Case

_UNDERSTOOD = [case for case in CASES if '"error"' not in case.golden.read_text("utf-8")]
_TABLE = """\
 Inbound Label  Type  Nexthop   Outbound Label
 -----------------------------------------------
 {label}             LDP   10.0.1.2  implicit-null
"""


def _templates() -> list[str]:
    folder = files("parsers").joinpath("templates")
    return sorted(path.name.removesuffix(".ttp") for path in folder.iterdir())


@pytest.mark.parametrize("name", _templates())
def test_every_template_gives_unknown_lines_back(name: str) -> None:
    (first, second) = template.rows(name, "\n  ??? \n\n???\n")
    assert (first.number, first.text, first.kind) == (2, "  ??? ", "")
    assert (second.number, second.text, second.kind) == (4, "???", "")


def test_nothing_is_written_beside_ttp_and_the_environment_is_as_before() -> None:
    before = dict(os.environ)
    template._Engine().run("mpls_table", _TABLE.format(label=16))
    assert dict(os.environ) == before
    assert not list(Path(ttp.__file__).parent.glob("*.pickle"))


def test_text_that_names_a_file_is_text(tmp_path: Path) -> None:
    file = tmp_path / "output"
    file.write_text("secret", "utf-8")
    assert [row.text for row in template.rows("mpls_table", str(file))] == [str(file)]


def test_many_threads_get_their_own_rows() -> None:
    def label(value: int) -> int:
        (entry,) = LFIB.parse(_TABLE.format(label=value))
        return entry.in_label.value

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(label, range(16, 116))) == list(range(16, 116))


def test_a_header_of_other_widths_is_the_same_header() -> None:
    (entry,) = LFIB.parse(
        " Inbound Label  Type       Nexthop         Outbound Label  \n"
        " ----------------------------------------------------------\n"
        " 16             SR (OSPF)  10.255.255.254  16/IPv4 Explicit Null  \n"
    )
    assert entry.protocol == "SR (OSPF)"
    assert [label.value for label in entry.out_labels] == [16, 0]


_ECMP = """\
Codes: K - kernel route, C - connected, L - local, S - static,

IPv4 unicast VRF default:
{routes}"""
_ROUTE = """\
O>* 10.9.{number}.0/24 [110/20] via 10.0.0.1, eth1, label 16, weight 1, 00:0{age}:07
  *                        via 10.0.0.2, eth2, label 17, weight 1, 00:0{age}:07
  *                        via 10.0.0.3, eth3, weight 1, 00:0{age}:07
"""


def test_what_a_table_repeats_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[int] = []
    run = template._Engine.run

    def counted(engine: template._Engine, name: str, text: str) -> list[dict[str, str]]:
        given.append(text.count("\n") + 1)
        return run(engine, name, text)

    monkeypatch.setattr(template._Engine, "run", counted)
    monkeypatch.setattr(template, "_kept", {})
    text = _ECMP.format(routes="".join(_ROUTE.format(number=one, age=one % 2) for one in range(100)))
    routes = ROUTES.parse(text)

    # Legend and heading; routes, with one digit and with two, at two ages; two further next hops at two ages.
    assert given == [2 + 4 + 4]
    assert [str(one.prefix) for one in routes] == [f"10.9.{one}.0/24" for one in range(100)]
    assert {len(one.hops) for one in routes} == {3}
    assert len({id(hop) for one in routes for hop in one.hops}) == 3
    assert [row.number for row in template.rows("route", text) if row.kind == "hop"][:4] == [5, 6, 8, 9]


def test_what_a_node_says_again_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    run = template._Engine.run

    def noted(engine: template._Engine, name: str, text: str) -> list[dict[str, str]]:
        given.append(text)
        return run(engine, name, text)

    monkeypatch.setattr(template._Engine, "run", noted)
    monkeypatch.setattr(template, "_kept", {})
    first = template.rows("mpls_table", _TABLE.format(label=16))
    again = template.rows("mpls_table", _TABLE.format(label=17))
    assert [row.text for row in again[:2]] == [row.text for row in first[:2]]
    assert [row.kind for row in again] == [row.kind for row in first]
    assert given[1:] == [_TABLE.format(label=17).splitlines()[-1]]
    assert template.rows("mpls_table", _TABLE.format(label=16)) == first
    assert len(given) == 2
    template.rows("route", _TABLE.format(label=16))
    assert len(given) == 3


def test_what_is_remembered_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template, "_KEPT", 10)
    monkeypatch.setattr(template, "_kept", {})
    for label in range(16, 36):
        assert template.rows("mpls_table", _TABLE.format(label=label))[-1]["in_label"] == str(label)
        assert len(template._kept) <= 10
    template.rows("mpls_table", "x" * 300)
    assert not any(shape.before == "x" * 300 for shape in template._kept)
    assert len(template.rows("mpls_table", "\n".join(f"no {one}" for one in range(50)))) == 50
    assert len(template._kept) <= 10


@pytest.mark.parametrize("case", _UNDERSTOOD, ids=str)
def test_a_line_is_read_as_it_is_alone(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a line is read as by its shape is what TTP makes of the line itself."""
    monkeypatch.setattr(template, "_kept", {})
    by_shape = case.facts()
    monkeypatch.setattr(template, "_kept", {})
    monkeypatch.setattr(template, "_shape", lambda name, text: (template._Shape(name, text, "", ""), ""))
    assert case.facts() == by_shape
