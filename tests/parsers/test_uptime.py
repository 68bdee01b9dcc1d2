from __future__ import annotations

from datetime import timedelta

import pytest

from parsers.uptime import parse_uptime


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("00:00:12", timedelta(seconds=12)),
        ("23:59:59", timedelta(hours=23, minutes=59, seconds=59)),
        ("1d02h03m", timedelta(days=1, hours=2, minutes=3)),
        ("02w3d04h", timedelta(weeks=2, days=3, hours=4)),
        ("01y02w3d", timedelta(days=365 + 14 + 3)),
        ("57.077s", timedelta(seconds=57.077)),
        ("1m11s", timedelta(minutes=1, seconds=11)),
        ("1h02m03s", timedelta(hours=1, minutes=2, seconds=3)),
        ("999 usecs", timedelta(microseconds=999)),
        ("-1.787s", timedelta(milliseconds=-213)),
        ("-35.001s", timedelta(seconds=-34, milliseconds=-999)),
    ],
)
def test_each_form_is_read(text: str, span: timedelta) -> None:
    assert parse_uptime(text) == span


@pytest.mark.parametrize(
    "text",
    ["", "never", "12", "1:2:3", "00:00", "3h2d", "--:--:--", "-1h", "9999999999y", "9" * 400 + ":00:00"],
)
def test_what_is_no_span_of_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no span of time"):
        parse_uptime(text)
